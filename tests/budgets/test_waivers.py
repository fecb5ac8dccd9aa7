"""Security waivers: signed with reason and end by somebody else, counted as long as they hold."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from budgets import dedication, ledger, waivers
from budgets.models import Budget, BudgetPolicy, SecurityWaiver
from tests.budgets.rules import Sql, refused_by
from tests.factories import add_costs, make_appropriation, make_project

TODAY = timezone.localdate()


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    """A covered budget with $4,000 of security in $144,000 of whole-life cost: 2.77 percent."""
    made = add_costs(make_project(cast).budget, cast=cast)
    made.cost_lines.filter(element="security").update(amount=Decimal(4000))
    made.refresh_from_db()
    held = ledger.hold(
        budget=made, appropriation=make_appropriation(), amount=made.needed, by=cast.finance
    )
    ledger.commit(held, by=cast.finance)
    made.refresh_from_db()
    return made


def sign(budget: Budget, cast: SimpleNamespace, **changes: Any) -> SecurityWaiver:
    given = {
        "reason": "A gate keeps people out until the locks come.",
        "ends_on": TODAY + timedelta(days=90),
        "by": cast.security,
        "on": TODAY,
    } | changes
    return waivers.sign(budget, **given)


def codes(budget: Budget, *, on: date = TODAY) -> list[str]:
    found = dedication.unmet_before_confirmation(Budget.objects.get(pk=budget.pk), on=on)
    return [item.code for item in found]


def confirm(budget: Budget, cast: SimpleNamespace) -> Budget:
    return dedication.confirm(budget, by=cast.second_finance, on=TODAY)


# A share below the floor


def test_a_share_below_the_floor_blocks_and_says_how_much_is_missing(
    cast: SimpleNamespace, budget: Budget
) -> None:
    (condition,) = dedication.unmet_before_confirmation(budget, on=TODAY)
    assert condition == (
        "security_below_floor",
        "Security is 2.7 percent of the whole-life cost, $4,000 of $144,000; the policy asks for "
        "5 percent. Plan $3,200 more for security, or ask a security officer for a waiver.",
    )
    with pytest.raises(ValidationError, match="the policy asks for 5 percent"):
        confirm(budget, cast)


def test_a_waiver_lets_it_count_until_its_end(cast: SimpleNamespace, budget: Budget) -> None:
    waiver = sign(budget, cast)
    assert (waiver.percent, waiver.signed_by) == (Decimal("2.77"), cast.security)
    dedicated = confirm(budget, cast)
    assert dedicated.security_waived_until == waiver.ends_on
    assert codes(budget, on=waiver.ends_on) == []
    (ended,) = dedication.unmet_before_confirmation(dedicated, on=waiver.ends_on + timedelta(1))
    assert ended.code == "security_waiver_ended"
    assert "Plan more for security, or ask a security officer for another waiver." in ended.sentence


def test_an_ended_waiver_lets_nobody_confirm(cast: SimpleNamespace, budget: Budget) -> None:
    waiver = sign(budget, cast, ends_on=TODAY)
    with pytest.raises(ValidationError, match="The security waiver ended on"):
        dedication.confirm(budget, by=cast.second_finance, on=waiver.ends_on + timedelta(1))


def test_a_smaller_share_than_the_signed_one_is_not_covered(
    cast: SimpleNamespace, budget: Budget
) -> None:
    sign(budget, cast)
    budget.cost_lines.filter(element="security").update(amount=Decimal(3900))
    assert codes(budget) == ["security_below_floor"]
    budget.cost_lines.filter(element="security").update(amount=Decimal(4100))
    assert codes(budget) == ["not_covered"]


def test_nothing_at_all_is_never_waived(cast: SimpleNamespace, budget: Budget) -> None:
    sign(budget, cast)
    budget.cost_lines.filter(element="security").delete()
    assert codes(budget) == ["no_security_cost"]
    with pytest.raises(ValidationError, match="no waiver covers nothing"):
        sign(budget, cast)


def test_next_to_nothing_is_never_waived(cast: SimpleNamespace, budget: Budget) -> None:
    """A waiver of 0.00 percent would cover whatever is cut from there on."""
    budget.cost_lines.filter(element="security").update(amount=Decimal("0.50"))
    budget.refresh_from_db()
    with pytest.raises(ValidationError, match="no waiver covers nothing"):
        sign(budget, cast)


def test_a_small_share_above_the_floor_is_noted_only(cast: SimpleNamespace) -> None:
    plenty = Budget(one_time_cost=Decimal(100), security_cost=Decimal(10))
    small = Budget(
        one_time_cost=Decimal(100), security_cost=Decimal("6.67"), security_floor=Decimal(5)
    )
    below = Budget(one_time_cost=Decimal(100), security_cost=Decimal(4), security_floor=Decimal(5))
    policy = BudgetPolicy()
    assert dedication.security_note(plenty, policy) == ""
    assert dedication.security_note(below, policy) == ""
    assert dedication.security_note(small, policy).startswith("Security is 6.7 percent")
    assert "This blocks nothing." in dedication.security_note(small, policy)


# Signing


def test_a_waiver_needs_a_reason_and_an_end_in_time(cast: SimpleNamespace, budget: Budget) -> None:
    with pytest.raises(ValidationError) as refused:
        sign(budget, cast, reason="  ", ends_on=TODAY - timedelta(days=1))
    assert set(refused.value.message_dict) == {"reason", "ends_on"}
    latest = waivers.last_day(TODAY, 12)
    with pytest.raises(ValidationError, match="Choose a day from today to"):
        sign(budget, cast, ends_on=latest + timedelta(days=1))
    assert sign(budget, cast, ends_on=latest).ends_on == latest


@pytest.mark.parametrize(
    ("on", "months", "latest"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 5), 12, date(2028, 12, 5)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
    ],
)
def test_the_last_day_counts_months(on: date, months: int, latest: date) -> None:
    assert waivers.last_day(on, months) == latest


def test_who_prepared_the_budget_does_not_sign(cast: SimpleNamespace, budget: Budget) -> None:
    Budget.objects.filter(pk=budget.pk).update(prepared_by=cast.security)
    with pytest.raises(ValidationError) as refused:
        sign(budget, cast)
    assert [error.code for error in refused.value.error_list] == ["same_person"]


def test_a_signer_who_prepares_it_later_covers_nothing(
    cast: SimpleNamespace, budget: Budget
) -> None:
    waiver = sign(budget, cast)
    Budget.objects.filter(pk=budget.pk).update(prepared_by=cast.security)
    assert codes(budget) == ["security_below_floor"]
    now = Budget.objects.get(pk=budget.pk)
    standing = waivers.standing(waiver, now, on=TODAY)
    assert standing.label == "Does not cover this budget"


def test_enough_security_needs_no_waiver(cast: SimpleNamespace, dedicated: Budget) -> None:
    with pytest.raises(ValidationError, match="no waiver is needed"):
        sign(dedicated, cast)


def test_a_waiver_is_signed_for_the_share_that_was_read(
    cast: SimpleNamespace, budget: Budget
) -> None:
    seen = waivers.mark(budget)
    budget.cost_lines.filter(element="security").update(amount=Decimal(3000))
    with pytest.raises(ledger.Stale, match="The share of security changed"):
        sign(budget, cast, seen=seen)
    now = waivers.mark(Budget.objects.get(pk=budget.pk))
    assert sign(budget, cast, seen=now).percent == Decimal("2.09")


# Withdrawing, and another one


def test_withdrawing_ends_the_confirmation_that_rests_on_it(
    cast: SimpleNamespace, budget: Budget
) -> None:
    waiver = sign(budget, cast)
    confirm(budget, cast)
    waivers.withdraw(waiver, by=cast.security)
    budget.refresh_from_db()
    assert (budget.is_dedicated, budget.security_waived_until) == (False, None)
    with pytest.raises(ledger.Stale, match="withdrawn already"):
        waivers.withdraw(waiver, by=cast.security)


def test_a_longer_waiver_takes_over(cast: SimpleNamespace, budget: Budget) -> None:
    first = sign(budget, cast)
    confirm(budget, cast)
    second = sign(budget, cast, ends_on=TODAY + timedelta(days=200))
    budget = Budget.objects.get(pk=budget.pk)
    assert not waivers.rests_on(budget, first, on=TODAY)
    waivers.withdraw(first, by=cast.security)
    budget = Budget.objects.get(pk=budget.pk)
    assert (budget.is_dedicated, budget.security_waived_until) == (True, second.ends_on)
    assert waivers.rests_on(budget, second, on=TODAY)


def test_a_waiver_says_how_it_stands(cast: SimpleNamespace, budget: Budget) -> None:
    waiver = sign(budget, cast)
    budget.refresh_from_db()

    def standing(day: date = TODAY) -> tuple[str, str]:
        return waivers.standing(waiver, budget, on=day)

    assert standing() == ("In force", "ok")
    assert standing(waiver.ends_on - timedelta(days=30)) == ("In force", "warn")
    assert standing(waiver.ends_on + timedelta(days=1)) == ("Ended", "bad")
    budget.cost_lines.filter(element="security").update(amount=F("amount") + 9000)
    budget.refresh_from_db()
    assert standing() == ("Not needed", "ok")
    waiver = waivers.withdraw(waiver, by=cast.security)
    assert standing() == ("Withdrawn", "")


@pytest.mark.parametrize(
    ("waived", "lapses", "label", "tone"),
    [
        (91, 500, "Dedicated", "ok"),
        (90, 500, "Dedicated, security waiver ends in 90 days", "warn"),
        (0, 500, "Dedicated, security waiver ends in 0 days", "warn"),
        (-1, 500, "Security waiver ended", "bad"),
        (20, 10, "Dedicated, lapses in 10 days", "warn"),
        (1, 10, "Dedicated, security waiver ends in 1 day", "warn"),
        (-3, -1, "Lapsed", "bad"),
    ],
)
def test_a_dedicated_budget_says_when_its_waiver_ends(
    waived: int, lapses: int, label: str, tone: str
) -> None:
    budget = Budget(
        state="dedicated",
        money_from=TODAY - timedelta(99),
        money_until=TODAY + timedelta(lapses),
        security_cost=Decimal(1),
        security_floor=Decimal(5),
        security_waived_until=TODAY + timedelta(waived),
    )
    assert dedication.standing(budget, on=TODAY, warn_days=90) == (label, tone)


# The database alone


def test_a_signed_waiver_never_changes(cast: SimpleNamespace, budget: Budget, sql: Sql) -> None:
    waiver = sign(budget, cast)
    change = "UPDATE budgets_securitywaiver SET {} WHERE id = %s"
    for what in ("ends_on = ends_on + 1", "percent = 0", "reason = 'Other'", "signed_by_id = NULL"):
        assert refused_by(sql, change.format(what), waiver.pk) == "security_waiver_stays"
    waivers.withdraw(waiver, by=cast.security)
    again = change.format("withdrawn_at = NULL, withdrawn_by_id = NULL")
    assert refused_by(sql, again, waiver.pk) == "security_waiver_stays"


def test_an_ended_waiver_dedicates_no_project(cast: SimpleNamespace, budget: Budget) -> None:
    """The date is no column of the constraint: the fact on the project's row looks at it."""
    SecurityWaiver.objects.create(
        budget=budget,
        percent=Decimal(2),
        reason="Guards.",
        ends_on=cast.city.today() - timedelta(days=1),
        signed_by=cast.security,
        signed_at=timezone.now() - timedelta(days=40),
    )
    Budget.objects.filter(pk=budget.pk).update(
        state="dedicated", confirmed_by=cast.second_finance, confirmed_at=timezone.now()
    )
    assert Budget.objects.get(pk=budget.pk).is_dedicated
    assert not Budget.objects.filter(project__budget_dedicated=True).exists()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"ends_on": TODAY + timedelta(days=400)}, "security_waiver_ends_in_time"),
        ({"ends_on": TODAY - timedelta(days=3)}, "security_waiver_ends_in_time"),
        ({"reason": ""}, "security_waiver_has_a_reason"),
        ({"percent": Decimal(101)}, "security_waiver_has_a_reason"),
    ],
)
def test_the_database_refuses_an_unsound_waiver(
    cast: SimpleNamespace, budget: Budget, sql: Sql, changes: dict[str, Any], rule: str
) -> None:
    row = {"percent": Decimal(2), "reason": "Guards.", "ends_on": TODAY} | changes
    statement = (
        "INSERT INTO budgets_securitywaiver (budget_id, percent, reason, ends_on, signed_by_id, "
        "signed_at) VALUES (%s, %s, %s, %s, %s, now())"
    )
    assert refused_by(sql, statement, budget.pk, *row.values(), cast.security.pk) == rule


def test_the_database_refuses_a_signer_who_prepared_or_sponsors(
    cast: SimpleNamespace, budget: Budget, sql: Sql
) -> None:
    statement = (
        "INSERT INTO budgets_securitywaiver (budget_id, percent, reason, ends_on, signed_by_id, "
        "signed_at) VALUES (%s, 2, 'Guards.', now(), %s, now())"
    )
    Budget.objects.filter(pk=budget.pk).update(prepared_by=cast.security)
    prepared = refused_by(sql, statement, budget.pk, cast.security.pk)
    assert prepared == "security_waiver_signer_did_not_prepare"
    sponsors = refused_by(sql, statement, budget.pk, cast.head.pk)
    assert sponsors == "security_waiver_signer_does_not_own"
