"""Holds end: the money is everybody's again, and an ended hold is never committed."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Allocation, Appropriation, Budget, BudgetPolicy
from portfolio import history
from portfolio.models import History, Project
from tests.factories import add_costs, dedicate, make_appropriation, make_project
from tests.portfolio.budgets.money import hold_made

HELD, RELEASED = Allocation.State.HELD, Allocation.State.RELEASED
DAYS = 60


@pytest.fixture
def project(cast: SimpleNamespace) -> Project:
    return make_project(cast)


@pytest.fixture
def source(db: None) -> Appropriation:
    return make_appropriation(100)


def today() -> date:
    return timezone.localdate()


def made(days_ago: int, project: Project, cast: SimpleNamespace, **more: Any) -> Allocation:
    return hold_made(days_ago, project, cast, **more)


def states(*allocations: Allocation) -> list[tuple[str, bool]]:
    for allocation in allocations:
        allocation.refresh_from_db()
    return [(allocation.state, allocation.has_expired) for allocation in allocations]


def test_a_hold_says_its_last_day(cast: SimpleNamespace, project: Project) -> None:
    BudgetPolicy.objects.create(hold_days=10, hold_warn_days=3)
    held = ledger.hold(
        budget=project.budget, appropriation=make_appropriation(), amount=Decimal(1), by=cast.head
    )
    assert held.expires_on in {today() + timedelta(days=9 + n) for n in range(3)}
    assert held.expires_on == held.held_at.date() + timedelta(days=10)


def test_holds_end_after_their_last_day_and_not_on_it(
    cast: SimpleNamespace, project: Project, source: Appropriation
) -> None:
    ended = made(DAYS + 2, project, cast, source=source, amount=30)
    lasting = made(DAYS - 2, project, cast, source=source, amount=50)
    last_day = lasting.expires_on
    assert last_day is not None
    assert ledger.expire(on=today()) == 1
    assert states(ended, lasting) == [(RELEASED, True), (HELD, False)]
    assert (ended.released_by, ended.committed_at) == (None, None)
    assert ended.released_at is not None
    source.refresh_from_db()
    project.budget.refresh_from_db()
    assert (source.held, source.left, project.budget.held) == (50, 50, 50)
    assert ledger.expire(on=today()) == 0, "nothing is left to end"


def test_committed_money_never_ends(cast: SimpleNamespace, project: Project) -> None:
    committed = ledger.commit(made(DAYS - 1, project, cast), by=cast.finance)
    assert ledger.expire(on=today() + timedelta(days=1)) == 0
    assert states(committed) == [(Allocation.State.COMMITTED, False)]


def test_an_ended_hold_is_not_committed_even_before_the_daily_job_ran(
    cast: SimpleNamespace, project: Project
) -> None:
    ended = made(DAYS + 2, project, cast)
    sentence = "This hold ended on .* Hold it anew, then commit it."
    with pytest.raises(ValidationError, match=sentence):
        ledger.commit(ended, by=cast.finance)
    assert states(ended) == [(HELD, False)]
    ledger.expire(on=today())
    with pytest.raises(ValidationError, match=sentence):
        ledger.commit(ended, by=cast.finance)
    with pytest.raises(ValidationError, match="released already"):
        ledger.release(ended, by=cast.finance)


def test_the_database_alone_refuses_it_too(cast: SimpleNamespace, project: Project) -> None:
    ended = made(DAYS + 3, project, cast)
    signed = {"state": "committed", "committed_by": cast.finance, "committed_at": timezone.now()}
    with pytest.raises(IntegrityError, match="This hold has ended") as refused:
        Allocation.objects.filter(pk=ended.pk).update(**signed)
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.errors.CheckViolation)
    assert cause.diag.constraint_name == "allocation_hold_has_ended"


def test_nobody_ends_a_hold_before_its_day(cast: SimpleNamespace, project: Project) -> None:
    lasting = made(DAYS - 3, project, cast)
    with pytest.raises(IntegrityError, match="not before"):
        Allocation.objects.filter(pk=lasting.pk).update(
            state=RELEASED, has_expired=True, released_at=timezone.now()
        )


def test_the_next_hold_takes_the_money_of_an_ended_one(
    cast: SimpleNamespace, project: Project, source: Appropriation
) -> None:
    ended = made(DAYS + 2, project, cast, source=source, amount=80)
    elsewhere = made(DAYS + 2, project, cast)
    ledger.hold(
        budget=make_project(cast).budget, appropriation=source, amount=Decimal(100), by=cast.finance
    )
    assert states(ended, elsewhere) == [(RELEASED, True), (HELD, False)]
    source.refresh_from_db()
    assert (source.held, source.left) == (100, 0)


def test_a_hold_refused_ends_nothing(
    cast: SimpleNamespace, project: Project, source: Appropriation
) -> None:
    ended = made(DAYS + 2, project, cast, source=source, amount=80)
    with pytest.raises(ValidationError, match=r"has \$100 left"):
        ledger.hold(
            budget=project.budget, appropriation=source, amount=Decimal(101), by=cast.finance
        )
    assert states(ended) == [(HELD, False)]


def test_a_hold_that_ends_leaves_a_dedicated_budget_dedicated(
    cast: SimpleNamespace, project: Project
) -> None:
    add_costs(project.budget, cast=cast)
    dedicate(project.budget, cast=cast)
    made(DAYS + 2, project, cast)
    assert ledger.expire(on=today()) == 1
    project.refresh_from_db()
    assert project.budget_dedicated


def test_the_daily_command_ends_holds_and_says_how_many(
    cast: SimpleNamespace, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    made(DAYS + 2, project, cast)
    made(DAYS - 2, project, cast)
    call_command("daily")
    assert capsys.readouterr().out.splitlines()[0] == "1 hold ended."
    call_command("daily")
    assert capsys.readouterr().out.splitlines()[0] == "0 holds ended."


@pytest.mark.django_db(transaction=True)
def test_the_history_says_that_it_ended_by_itself(cast: SimpleNamespace, project: Project) -> None:
    ended = made(DAYS + 2, project, cast, amount=9)
    ledger.expire(on=today())
    change = History.objects.filter(table="budgets_allocation", row=str(ended.pk)).latest("id")
    assert (change.action, change.user_id) == ("UPDATE", None)
    assert "$9 free again: the hold ended" in {
        entry.sentence for entry in history.of_project(project)
    }


# A dedicated budget and more money


@pytest.fixture
def dedicated(cast: SimpleNamespace, project: Project) -> Budget:
    add_costs(project.budget, cast=cast)
    return dedicate(project.budget, cast=cast)


def is_dedicated(budget: Budget) -> bool:
    return Budget.objects.dedicated().filter(pk=budget.pk).exists()


def more(dedicated: Budget, cast: SimpleNamespace, **changes: Any) -> Allocation:
    return ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(**changes),
        amount=Decimal(5),
        by=cast.finance,
    )


def test_more_money_held_committed_and_released_keeps_the_confirmation(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    extra = more(dedicated, cast)
    assert is_dedicated(dedicated)
    ledger.commit(extra, by=cast.finance, keep_dedicated=True)
    assert is_dedicated(dedicated)
    ledger.release(extra, by=cast.finance, keep_dedicated=True)
    assert is_dedicated(dedicated)


def test_a_confirmer_may_hold_more_money_without_ending_it(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(),
        amount=Decimal(5),
        by=cast.second_finance,
    )
    assert is_dedicated(dedicated)
    refused = {
        item.code for item in dedication.refusals(dedicated, by=cast.second_finance, on=today())
    }
    assert "same_person" in refused, "but it is somebody else who confirms the next version"


UNFIT: list[dict[str, Any]] = [
    {"constraint": Appropriation.Constraint.UNASSIGNED},
    {"available_until": timezone.localdate() + timedelta(days=10)},
    {"available_from": timezone.localdate() + timedelta(days=10)},
]


@pytest.mark.parametrize("changes", UNFIT)
def test_committing_money_that_does_not_fit_ends_it_only_when_told_to(
    cast: SimpleNamespace, dedicated: Budget, changes: dict[str, Any]
) -> None:
    extra = more(dedicated, cast, **changes)
    assert is_dedicated(dedicated), "held money never ends a confirmation"
    with pytest.raises(ledger.EndsConfirmation, match="ends the confirmation"):
        ledger.commit(extra, by=cast.finance, keep_dedicated=True)
    assert is_dedicated(dedicated)
    assert states(extra) == [(HELD, False)]
    ledger.commit(extra, by=cast.finance)
    assert not is_dedicated(dedicated)


def test_releasing_confirmed_money_ends_it_only_when_told_to(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    confirmed = dedicated.allocations.get()
    with pytest.raises(ledger.EndsConfirmation):
        ledger.release(confirmed, by=cast.finance, keep_dedicated=True)
    assert is_dedicated(dedicated)
    ledger.release(confirmed, by=cast.finance)
    assert not is_dedicated(dedicated)
