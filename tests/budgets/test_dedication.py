"""When a budget is dedicated: each condition alone, in words and in the database."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from budgets import costing, dedication, ledger
from budgets.models import Allocation, Appropriation, Budget, BudgetPolicy, CostLine
from tests.factories import (
    add_costs,
    dedicate,
    make_appropriation,
    make_project,
    scoping_project,
)

TODAY = timezone.localdate()


def today() -> date:
    return timezone.localdate()


def covered(budget: Budget, cast: SimpleNamespace, **changes: Any) -> Budget:
    """Commit what `budget` needs from one appropriation, by the first finance officer."""
    source = make_appropriation(**changes)
    held = ledger.hold(budget=budget, appropriation=source, amount=budget.needed, by=cast.finance)
    ledger.commit(held, by=cast.finance)
    budget.refresh_from_db()
    return budget


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    """A budget with its cost and no money."""
    return add_costs(make_project(cast).budget, cast=cast)


def codes(budget: Budget) -> list[str]:
    return [item.code for item in dedication.unmet_before_confirmation(budget, on=today())]


def no_cost(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast)
    lines = budget.cost_lines.exclude(kind=CostLine.Kind.RECURRING)
    security = lines.get(element=CostLine.Element.SECURITY)
    lines.exclude(pk=security.pk).delete()
    security.kind = CostLine.Kind.RECURRING
    security.source = budget.cost_lines.filter(kind=CostLine.Kind.RECURRING)[0].source
    security.save()


def short_contingency(budget: Budget, cast: SimpleNamespace) -> None:
    budget.cost_lines.filter(element="contingency").update(amount=Decimal("24999.99"))
    budget.refresh_from_db()
    covered(budget, cast)


def no_security(budget: Budget, cast: SimpleNamespace) -> None:
    budget.cost_lines.filter(element="security").update(element="software")
    covered(budget, cast)


def no_recurring(budget: Budget, cast: SimpleNamespace) -> None:
    budget.cost_lines.filter(kind="recurring").delete()
    covered(budget, cast)


def a_year_without_line(budget: Budget, cast: SimpleNamespace) -> None:
    budget.cost_lines.filter(kind="recurring", fiscal_year=budget.first_fiscal_year + 2).delete()
    covered(budget, cast)


def a_year_without_fund(budget: Budget, cast: SimpleNamespace) -> None:
    last = budget.first_fiscal_year + 4
    budget.cost_lines.filter(kind="recurring", fiscal_year=last).update(source=None)
    covered(budget, cast)


def a_cent_short(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast)
    budget.cost_lines.filter(element="contingency").update(amount=Decimal("25000.01"))


def only_held(budget: Budget, cast: SimpleNamespace) -> None:
    ledger.hold(
        budget=budget, appropriation=make_appropriation(), amount=budget.needed, by=cast.finance
    )


def assigned_money(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast, constraint=Appropriation.Constraint.ASSIGNED)


def unassigned_money(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast, constraint=Appropriation.Constraint.UNASSIGNED)


def no_phase(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(phase_end=None)


def phase_too_long(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast, available_until=today() + timedelta(days=299))


def phase_too_early(budget: Budget, cast: SimpleNamespace) -> None:
    covered(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(phase_start=today() - timedelta(days=31))


def money_to_come(budget: Budget, cast: SimpleNamespace) -> None:
    tomorrow = today() + timedelta(days=1)
    covered(budget, cast, available_from=tomorrow)
    Budget.objects.filter(pk=budget.pk).update(phase_start=tomorrow)


def money_gone(budget: Budget, cast: SimpleNamespace) -> None:
    yesterday = today() - timedelta(days=1)
    covered(budget, cast, available_until=yesterday)
    Budget.objects.filter(pk=budget.pk).update(phase_start=yesterday, phase_end=yesterday)


type Breach = Callable[[Budget, SimpleNamespace], None]

# Each condition broken alone, and the code that says so.
IN_THE_ROW: list[tuple[Breach, str]] = [
    (no_cost, "no_cost"),
    (short_contingency, "contingency_short"),
    (no_security, "no_security_cost"),
    (no_recurring, "no_recurring_cost"),
    (a_year_without_line, "recurring_without_source"),
    (a_year_without_fund, "recurring_without_source"),
    (a_cent_short, "not_covered"),
    (only_held, "not_covered"),
    (assigned_money, "unsuitable_money"),
    (unassigned_money, "unsuitable_money"),
    (no_phase, "no_phase"),
    (phase_too_long, "phase_outside_window"),
    (phase_too_early, "phase_outside_window"),
]
# These hang on the day, which a constraint cannot know: the gate's trigger looks at it.
ON_THE_DAY: list[tuple[Breach, str]] = [
    (money_to_come, "money_not_yet"),
    (money_gone, "money_lapsed"),
]


@pytest.mark.parametrize(("breach", "code"), [*IN_THE_ROW, *ON_THE_DAY])
def test_one_unmet_condition_is_named_alone_and_refuses(
    cast: SimpleNamespace, budget: Budget, breach: Breach, code: str
) -> None:
    breach(budget, cast)
    budget.refresh_from_db()
    assert codes(budget) == [code]
    with pytest.raises(ValidationError) as refused:
        dedication.confirm(budget, by=cast.second_finance, on=today())
    assert [error.code for error in refused.value.error_list] == [code]
    budget.refresh_from_db()
    assert budget.state == Budget.State.DRAFT


@pytest.mark.parametrize("breach", [breach for breach, _ in IN_THE_ROW])
def test_the_database_refuses_the_same(
    cast: SimpleNamespace, budget: Budget, breach: Breach
) -> None:
    breach(budget, cast)
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = %s, "
            "confirmed_at = now() WHERE id = %s",
            [cast.second_finance.pk, budget.pk],
        )
    cause = refused.value.__cause__
    assert cause.diag.constraint_name == "budget_dedicated_is_whole"  # type: ignore[union-attr]


@pytest.mark.parametrize("breach", [breach for breach, _ in ON_THE_DAY])
def test_money_of_another_day_dedicates_no_project(
    cast: SimpleNamespace, budget: Budget, breach: Breach
) -> None:
    breach(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(
        state="dedicated", confirmed_by=cast.second_finance, confirmed_at=timezone.now()
    )
    budget.refresh_from_db()
    assert budget.is_dedicated
    assert not type(budget).objects.filter(pk=budget.pk, project__budget_dedicated=True).exists()


def test_everything_unmet_is_told_at_once(cast: SimpleNamespace) -> None:
    empty = make_project(cast).budget
    assert [item.code for item in dedication.unmet(empty, on=today())] == [
        "no_cost",
        "no_security_cost",
        "no_recurring_cost",
        "no_phase",
        "not_confirmed",
    ]


def test_a_whole_budget_is_confirmed_by_the_second_officer(
    cast: SimpleNamespace, budget: Budget
) -> None:
    covered(budget, cast)
    assert [item.code for item in dedication.unmet(budget, on=today())] == ["not_confirmed"]
    confirmed = dedication.confirm(budget, by=cast.second_finance, on=today())
    assert (confirmed.state, confirmed.confirmed_by) == ("dedicated", cast.second_finance)
    assert dedication.unmet(confirmed, on=today()) == []


def test_a_reason_stands_for_recurring_cost(cast: SimpleNamespace, budget: Budget) -> None:
    no_recurring(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(no_recurring_reason="It is a study.")
    assert dedication.confirm(budget, by=cast.second_finance, on=today()).is_dedicated


def test_assigned_money_counts_where_the_city_says_so(
    cast: SimpleNamespace, budget: Budget
) -> None:
    BudgetPolicy.objects.create(allow_assigned=True)
    assigned_money(budget, cast)
    assert dedication.confirm(budget, by=cast.second_finance, on=today()).is_dedicated


def test_unassigned_money_counts_where_the_action_names_the_budget(
    cast: SimpleNamespace, budget: Budget
) -> None:
    covered(budget, cast, constraint=Appropriation.Constraint.UNASSIGNED, for_budget=budget)
    assert dedication.confirm(budget, by=cast.second_finance, on=today()).is_dedicated


def test_who_held_the_money_cannot_confirm_it(cast: SimpleNamespace, budget: Budget) -> None:
    covered(budget, cast)
    with pytest.raises(ValidationError) as refused:
        dedication.confirm(budget, by=cast.finance, on=today())
    assert [error.code for error in refused.value.error_list] == ["same_person"]


def test_who_prepared_the_cost_cannot_confirm_it(cast: SimpleNamespace, budget: Budget) -> None:
    covered(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(prepared_by=cast.second_finance)
    with pytest.raises(ValidationError) as refused:
        dedication.confirm(budget, by=cast.second_finance, on=today())
    assert [error.code for error in refused.value.error_list] == ["same_person"]


def test_released_money_binds_nobody(cast: SimpleNamespace, budget: Budget) -> None:
    mistaken = ledger.hold(
        budget=budget,
        appropriation=make_appropriation(),
        amount=Decimal(5),
        by=cast.second_finance,
    )
    ledger.release(mistaken, by=cast.second_finance)
    covered(budget, cast)
    assert dedication.confirm(budget, by=cast.second_finance, on=today()).is_dedicated


def test_the_own_work_and_the_conditions_are_told_together(
    cast: SimpleNamespace, budget: Budget
) -> None:
    only_held(budget, cast)
    budget.refresh_from_db()
    refused = dedication.refusals(budget, by=cast.finance, on=today())
    assert [item.code for item in refused] == ["not_covered", "same_person"]
    assert refused[0].sentence == (
        "Commit $125,000 more: $0 of $125,000 is committed. $125,000 is held but not committed."
    )


def test_a_confirmation_signs_what_was_seen(cast: SimpleNamespace, budget: Budget) -> None:
    covered(budget, cast)
    seen = dedication.mark(budget)
    swapped = budget.allocations.get()
    ledger.release(swapped, by=cast.finance)
    covered(budget, cast)
    with pytest.raises(ledger.Stale, match="changed since you opened"):
        dedication.confirm(budget, by=cast.second_finance, on=today(), seen=seen)
    now = dedication.mark(Budget.objects.get(pk=budget.pk))
    assert dedication.confirm(budget, by=cast.second_finance, on=today(), seen=now).is_dedicated


def test_a_budget_is_confirmed_once_and_withdrawn_once(
    cast: SimpleNamespace, budget: Budget
) -> None:
    dedicate(budget, cast=cast)
    with pytest.raises(ledger.Stale, match="dedicated already"):
        dedication.confirm(budget, by=cast.second_finance, on=today())
    withdrawn = dedication.withdraw(budget, by=cast.finance)
    assert (withdrawn.state, withdrawn.confirmed_by, withdrawn.committed) == (
        "draft",
        None,
        125_000,
    )
    with pytest.raises(ledger.Stale, match="not dedicated any more"):
        dedication.withdraw(budget, by=cast.finance)


@pytest.mark.parametrize(
    ("days", "label", "tone"),
    [
        (500, "Dedicated", "ok"),
        (91, "Dedicated", "ok"),
        (90, "Dedicated, lapses in 90 days", "warn"),
        (1, "Dedicated, lapses in 1 day", "warn"),
        (0, "Dedicated, lapses in 0 days", "warn"),
        (-1, "Lapsed", "bad"),
    ],
)
def test_dedicated_money_says_when_it_lapses(days: int, label: str, tone: str) -> None:
    budget = Budget(
        state="dedicated", money_from=TODAY - timedelta(9), money_until=TODAY + timedelta(days)
    )
    if days < 0:
        budget.money_from = TODAY - timedelta(99)
    assert dedication.standing(budget, on=TODAY, warn_days=90) == (label, tone)


@pytest.mark.parametrize(
    ("held", "committed", "label"),
    [
        (0, 0, "No money yet"),
        (100, 0, "Held, not committed"),
        (60, 40, "Partly committed"),
        (0, 100, "Committed, not confirmed"),
    ],
)
def test_money_on_its_way_says_how_far_it_is(held: int, committed: int, label: str) -> None:
    budget = Budget(one_time_cost=Decimal(100), held=Decimal(held), committed=Decimal(committed))
    assert dedication.standing(budget, on=TODAY, warn_days=90) == (label, "warn")


def test_saving_a_higher_cost_withdraws(cast: SimpleNamespace, budget: Budget) -> None:
    dedicated = dedicate(budget, cast=cast)
    lines = list(dedicated.cost_lines.all())
    lines[0].amount += Decimal("0.01")
    plan = {name: getattr(dedicated, name) for name in costing.PLAN}
    saved = costing.save_costs(
        dedicated, plan=plan, lines=lines, removed=[], seen=dedicated.revision, by=cast.head
    )
    assert saved.state == Budget.State.DRAFT
    assert Allocation.objects.get().state == Allocation.State.COMMITTED


@pytest.mark.parametrize(
    ("estimate", "sentence"),
    [
        (
            "concept",
            "Add $15,000 of contingency. This is a concept: nothing is designed yet, so the policy "
            "asks for 25 percent, $25,000 on $100,000.",
        ),
        (
            "design",
            "Add $5,000 of contingency. It is being designed: much is still open, so the policy "
            "asks for 15 percent, $15,000 on $100,000.",
        ),
        (
            "delivery",
            "Add $2,500 of contingency. It is being delivered: surprises still come, so the policy "
            "asks for 12.5 percent, $12,500 on $100,000.",
        ),
    ],
)
def test_contingency_is_asked_for_by_stage(estimate: str, sentence: str) -> None:
    asked = {"concept": 25_000, "design": 15_000, "delivery": 12_500}[estimate]
    budget = Budget(
        one_time_cost=Decimal(100_000),
        contingency=Decimal(10_000),
        contingency_floor=Decimal(asked),
        security_cost=Decimal(1),
        estimate=estimate,
    )
    first = next(dedication.unmet_before_confirmation(budget, on=TODAY))
    assert first == ("contingency_short", sentence)


def test_what_is_scoped_needs_less_contingency(cast: SimpleNamespace) -> None:
    budget = scoping_project(cast).budget
    budget.refresh_from_db()
    assert (budget.estimate, budget.contingency_floor) == ("design", 15_000)
    budget.cost_lines.filter(element="contingency").update(amount=Decimal(15_000))
    budget.refresh_from_db()
    assert budget.is_dedicated
