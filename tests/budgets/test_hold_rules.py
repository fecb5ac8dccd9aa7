"""Holds that end, tried by SQL with the rights of the site."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Budget, BudgetPolicy
from tests.budgets.rules import HOLD, Sql, refused_by
from tests.factories import make_appropriation, make_project

EXPIRE = "UPDATE budgets_allocation SET state = 'released', has_expired = true, released_at = now()"
COMMIT = (
    "UPDATE budgets_allocation SET state = 'committed', committed_at = now(), "
    "committed_by_id = held_by_id"
)


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


def held(budget: Budget, cast: SimpleNamespace, *, days_ago: int = 0) -> Allocation:
    """Return a hold as it would stand had it been made so many days ago."""
    made = Allocation.objects.create(
        budget=budget,
        appropriation=make_appropriation(100),
        amount=Decimal(60),
        held_by=cast.finance,
        held_at=timezone.now() - timedelta(days=days_ago),
    )
    made.refresh_from_db()
    return made


def today_in_utc() -> datetime:
    return datetime.now(UTC)


def test_its_last_day_is_given_by_the_database(
    sql: Sql, cast: SimpleNamespace, budget: Budget
) -> None:
    forged = HOLD.replace("held_at)", "held_at, expires_on)").replace(
        "now())", "now(), '2199-1-1')"
    )
    sql(forged, budget.pk, make_appropriation(100).pk, 60, "held", cast.finance.pk)
    made = Allocation.objects.get()
    assert made.expires_on == (today_in_utc() + timedelta(days=60)).date()


def test_its_last_day_follows_the_policy(cast: SimpleNamespace, budget: Budget) -> None:
    BudgetPolicy.objects.create(hold_days=9)
    assert held(budget, cast).expires_on == (today_in_utc() + timedelta(days=9)).date()


def test_a_longer_policy_does_not_lengthen_it(
    sql: Sql, cast: SimpleNamespace, budget: Budget
) -> None:
    made = held(budget, cast)
    BudgetPolicy.objects.create(hold_days=700)
    for change in ("expires_on = expires_on + 1", "expires_on = NULL"):
        rule = refused_by(sql, f"UPDATE budgets_allocation SET {change}")
        assert rule == "allocation_moves_forward"
    made.refresh_from_db()
    assert made.expires_on == (today_in_utc() + timedelta(days=60)).date()


def test_a_day_of_holding_in_the_future_is_no_way_around_it(
    cast: SimpleNamespace, budget: Budget
) -> None:
    made = held(budget, cast, days_ago=-900)
    assert made.expires_on == (today_in_utc() + timedelta(days=60)).date()


@pytest.mark.parametrize("days_ago", [0, 58])
def test_it_does_not_end_before_its_day(
    sql: Sql, cast: SimpleNamespace, budget: Budget, days_ago: int
) -> None:
    held(budget, cast, days_ago=days_ago)
    assert refused_by(sql, EXPIRE) == "allocation_expires_in_time"


def test_it_ends_after_its_day_and_the_money_is_free(
    sql: Sql, cast: SimpleNamespace, budget: Budget
) -> None:
    made = held(budget, cast, days_ago=61)
    assert sql(EXPIRE) == 1
    made.appropriation.refresh_from_db()
    budget.refresh_from_db()
    assert made.appropriation.left == 100
    assert (budget.held, budget.committed) == (0, 0)


def test_it_does_not_end_twice_nor_come_back(
    sql: Sql, cast: SimpleNamespace, budget: Budget
) -> None:
    held(budget, cast, days_ago=61)
    sql(EXPIRE)
    back = "UPDATE budgets_allocation SET has_expired = false"
    assert refused_by(sql, back) == "allocation_expires_in_time"
    back = "UPDATE budgets_allocation SET state = 'held', has_expired = false, released_at = NULL"
    assert refused_by(sql, back) == "allocation_moves_forward"


def test_what_has_ended_is_not_committed(sql: Sql, cast: SimpleNamespace, budget: Budget) -> None:
    held(budget, cast, days_ago=63)
    assert refused_by(sql, COMMIT) == "allocation_hold_has_ended"


@pytest.mark.parametrize("days_ago", [0, 60])
def test_on_its_last_day_it_is_committed(
    sql: Sql, cast: SimpleNamespace, budget: Budget, days_ago: int
) -> None:
    held(budget, cast, days_ago=days_ago)
    assert sql(COMMIT) == 1


def test_committed_money_does_not_end(sql: Sql, cast: SimpleNamespace, budget: Budget) -> None:
    made = held(budget, cast, days_ago=60)
    sql(COMMIT)
    assert ledger.expire(on=timezone.localdate() + timedelta(days=900)) == 0
    assert refused_by(sql, EXPIRE) == "allocation_expires_in_time"
    made.refresh_from_db()
    assert made.state == Allocation.State.COMMITTED


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("has_expired = true", "allocation_expires_as_a_hold"),
        (
            "state = 'released', has_expired = true, released_at = now(), "
            "released_by_id = held_by_id",
            "allocation_expires_as_a_hold",
        ),
        ("state = 'released', has_expired = true", "allocation_state_fits_signatures"),
        ("state = 'released', released_at = now()", "allocation_release_is_whole"),
        (
            "state = 'committed', has_expired = true, committed_at = now(), "
            "committed_by_id = held_by_id",
            "allocation_expires_as_a_hold",
        ),
    ],
)
def test_nobody_signs_an_end_and_somebody_signs_a_release(
    sql: Sql, cast: SimpleNamespace, budget: Budget, change: str, rule: str
) -> None:
    held(budget, cast, days_ago=61)
    assert refused_by(sql, f"UPDATE budgets_allocation SET {change}") == rule


def test_a_hold_does_not_start_ended(sql: Sql, cast: SimpleNamespace, budget: Budget) -> None:
    ended = HOLD.replace("held_at)", "held_at, has_expired)").replace("now())", "now(), true)")
    values = (budget.pk, make_appropriation(100).pk, 60, "held", cast.finance.pk)
    assert refused_by(sql, ended, *values) == "allocation_expires_as_a_hold"
