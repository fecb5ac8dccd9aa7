"""What the database itself refuses about money, tried by SQL with the rights of the site."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Allocation, Appropriation, Budget, CostLine
from tests.budgets.rules import HOLD, Sql, refused_by
from tests.factories import add_costs, make_appropriation, make_project


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


@pytest.fixture
def held(cast: SimpleNamespace, budget: Budget) -> Allocation:
    return ledger.hold(
        budget=budget, appropriation=make_appropriation(100), amount=Decimal(60), by=cast.finance
    )


def test_the_tests_use_the_role_of_the_site(sql: Sql) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(oid, (SELECT relowner FROM pg_class "
            "WHERE relname = 'budgets_allocation'), 'USAGE') FROM pg_roles "
            "WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)


# Appropriations


def test_an_appropriation_is_never_overdrawn(
    sql: Sql, cast: SimpleNamespace, held: Allocation
) -> None:
    values = (held.budget_id, held.appropriation_id, 41, "held", cast.finance.pk)
    assert refused_by(sql, HOLD, *values) == "appropriation_not_overdrawn"
    values = (held.budget_id, held.appropriation_id, 40, "held", cast.finance.pk)
    assert sql(HOLD, *values) == 1


def test_held_and_committed_cannot_be_written(sql: Sql, held: Allocation) -> None:
    sql("UPDATE budgets_appropriation SET held = 0, committed = 0")
    held.appropriation.refresh_from_db()
    assert (held.appropriation.held, held.appropriation.committed) == (60, 0)


def test_a_new_appropriation_starts_with_nothing_taken(sql: Sql) -> None:
    made = make_appropriation(100, held=Decimal(-500), committed=Decimal(7))
    made.refresh_from_db()
    assert (made.held, made.committed) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "\"constraint\" = 'restricted'",
        "available_until = available_until + 1",
        "action_number = 'Ord. 99'",
        "for_budget_id = (SELECT min(id) FROM budgets_budget)",
        "award_number = 'A-1', agency = 'State'",
        "entered_by_id = (SELECT min(id) FROM portfolio_user)",
    ],
)
def test_an_appropriation_in_use_stays_as_it_is(sql: Sql, held: Allocation, change: str) -> None:
    refusal = refused_by(sql, f"UPDATE budgets_appropriation SET {change}")
    assert refusal == "appropriation_in_use_stays"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("match_percent = 20", "appropriation_match_is_whole"),
        ("match_percent = 100.01, match_kind = 'cash'", "appropriation_match_is_whole"),
        ("match_percent = 'NaN', match_kind = 'cash'", "appropriation_match_is_whole"),
        ("match_kind = 'in_kind'", "appropriation_match_is_whole"),
        ("available_until = available_from - 1", "appropriation_window_in_order"),
    ],
)
def test_an_appropriation_is_sound(sql: Sql, change: str, rule: str) -> None:
    make_appropriation()
    assert refused_by(sql, f"UPDATE budgets_appropriation SET {change}") == rule


def test_an_action_is_entered_once_for_a_fund_and_year(sql: Sql) -> None:
    first = make_appropriation()
    make_appropriation(fund=first.fund, fiscal_year=first.fiscal_year)
    change = "UPDATE budgets_appropriation SET action_number = 'Ord. 1'"
    assert refused_by(sql, change) == "appropriation_once_per_action"


@pytest.mark.parametrize("table", ["appropriation", "allocation", "budget", "fund"])
def test_money_is_never_deleted(sql: Sql, held: Allocation, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(f"DELETE FROM budgets_{table}")


# Allocations


@pytest.mark.parametrize("state", ["committed", "released"])
def test_money_is_held_first(sql: Sql, cast: SimpleNamespace, held: Allocation, state: str) -> None:
    values = (held.budget_id, held.appropriation_id, 1, state, cast.finance.pk)
    assert refused_by(sql, HOLD, *values) == "allocation_starts_held"


def test_an_allocation_is_positive(sql: Sql, cast: SimpleNamespace, held: Allocation) -> None:
    for amount in (0, -60):
        values = (held.budget_id, held.appropriation_id, amount, "held", cast.finance.pk)
        assert refused_by(sql, HOLD, *values) == "allocation_is_positive"


def test_money_that_an_action_gives_by_name_goes_to_nobody_else(
    sql: Sql, cast: SimpleNamespace
) -> None:
    named, other = make_project(cast).budget, make_project(cast).budget
    values = (make_appropriation(100, for_budget=named).pk, 60, "held", cast.finance.pk)
    assert refused_by(sql, HOLD, other.pk, *values) == "allocation_follows_its_action"
    assert sql(HOLD, named.pk, *values) == 1


@pytest.mark.parametrize(
    "change",
    [
        "amount = 1",
        "held_at = now()",
        "appropriation_id = (SELECT max(id) FROM budgets_appropriation)",
        "budget_id = (SELECT max(id) FROM budgets_budget)",
        "held_by_id = (SELECT max(id) FROM portfolio_user)",
    ],
)
def test_an_allocation_keeps_what_it_is(
    sql: Sql, cast: SimpleNamespace, held: Allocation, change: str
) -> None:
    make_project(cast)
    make_appropriation()
    rule = refused_by(sql, f"UPDATE budgets_allocation SET {change}")
    assert rule == "allocation_moves_forward"


def test_an_allocation_never_goes_back(sql: Sql, cast: SimpleNamespace, held: Allocation) -> None:
    back = (
        "UPDATE budgets_allocation SET state = 'held', committed_by_id = NULL, "
        "committed_at = NULL, released_by_id = NULL, released_at = NULL"
    )
    ledger.commit(held, by=cast.finance)
    assert refused_by(sql, back) == "allocation_moves_forward"
    ledger.release(held, by=cast.finance)
    assert refused_by(sql, back) == "allocation_moves_forward"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("committed_at = now()", "allocation_commitment_is_whole"),
        ("released_at = now()", "allocation_release_is_whole"),
        ("state = 'committed'", "allocation_state_fits_signatures"),
        ("state = 'released'", "allocation_state_fits_signatures"),
        ("committed_at = now(), committed_by_id = held_by_id", "allocation_state_fits_signatures"),
    ],
)
def test_a_state_comes_with_its_signature(
    sql: Sql, held: Allocation, change: str, rule: str
) -> None:
    assert refused_by(sql, f"UPDATE budgets_allocation SET {change}") == rule


# Budgets


def test_totals_of_a_budget_cannot_be_written(sql: Sql, budget: Budget) -> None:
    sql(
        "UPDATE budgets_budget SET one_time_cost = 5, contingency = 5, recurring_cost = 5, "
        "security_cost = 5, held = 5, committed = 5, unsuitable = -5, money_from = '2026-01-01', "
        "money_until = '2099-01-01', contingency_floor = -9, years_without_source = 0 "
        "WHERE id = %s",
        budget.pk,
    )
    budget.refresh_from_db()
    sums = (budget.one_time_cost, budget.contingency, budget.recurring_cost, budget.security_cost)
    assert sums == (0, 0, 0, 0)
    assert (budget.held, budget.committed, budget.unsuitable) == (0, 0, 0)
    assert (budget.money_from, budget.money_until, budget.contingency_floor) == (None, None, 0)


def test_a_budget_starts_without_a_confirmation(sql: Sql, cast: SimpleNamespace) -> None:
    rule = refused_by(
        sql,
        "INSERT INTO budgets_budget (first_fiscal_year, no_recurring_reason, state, revision, "
        "confirmed_by_id, confirmed_at) VALUES (2027, '', 'dedicated', 0, %s, now())",
        cast.finance.pk,
    )
    assert rule == "budget_starts_undedicated"


def test_a_confirmation_names_who_and_when(sql: Sql, dedicated: Budget) -> None:
    for change in ("confirmed_by_id = NULL", "confirmed_at = NULL", "state = 'draft'"):
        rule = refused_by(sql, f"UPDATE budgets_budget SET {change}")
        assert rule == "budget_confirmation_is_whole"


def test_the_preparer_does_not_confirm(sql: Sql, cast: SimpleNamespace, dedicated: Budget) -> None:
    change = (
        "UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = prepared_by_id, "
        "confirmed_at = now()"
    )
    assert refused_by(sql, change) == "budget_confirmer_did_not_prepare"
    dedication.withdraw(dedicated, by=cast.finance)
    assert refused_by(sql, change) == "budget_confirmer_did_not_prepare"


def test_who_entered_the_money_does_not_confirm(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    change = "UPDATE budgets_budget SET confirmed_by_id = %s"
    assert refused_by(sql, change, cast.finance.pk) == "budget_confirmer_did_not_allocate"


def test_the_planned_phase_ends_after_it_begins(sql: Sql, budget: Budget) -> None:
    change = "UPDATE budgets_budget SET phase_start = '2027-02-01', phase_end = '2027-01-31'"
    assert refused_by(sql, change) == "budget_phase_in_order"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE budgets_costline SET amount = 0", "cost_line_is_positive"),
        (
            "UPDATE budgets_costline SET kind = 'recurring' WHERE element = 'contingency'",
            "cost_line_contingency_is_one_time",
        ),
    ],
)
def test_a_cost_line_is_sound(
    sql: Sql, cast: SimpleNamespace, budget: Budget, statement: str, rule: str
) -> None:
    add_costs(budget, cast=cast)
    assert refused_by(sql, statement) == rule


def test_a_request_is_positive_and_made_once_a_year(sql: Sql, budget: Budget) -> None:
    fund = make_appropriation().fund
    request = (
        "INSERT INTO budgets_fundingrequest (budget_id, fund_id, fiscal_year, amount, status, "
        "note, declined_reason) VALUES (%s, %s, 2027, %s, 'requested', '', '')"
    )
    assert refused_by(sql, request, budget.pk, fund.pk, 0) == "funding_request_is_positive"
    sql(request, budget.pk, fund.pk, 9)
    assert refused_by(sql, request, budget.pk, fund.pk, 9) == "funding_request_once_per_year"
    budget.refresh_from_db()
    assert (budget.held, budget.committed) == (0, 0)


# Totals of a budget


def test_recurring_cost_is_followed_to_the_end_of_the_horizon(
    sql: Sql, cast: SimpleNamespace, budget: Budget
) -> None:
    fund = make_appropriation().fund
    year = budget.first_fiscal_year
    CostLine.objects.create(
        budget=budget,
        fiscal_year=year + 2,
        kind=CostLine.Kind.RECURRING,
        element=CostLine.Element.STAFF,
        amount=Decimal(9),
        source=fund,
    )
    budget.refresh_from_db()
    assert budget.years_without_source == 2
    sql("UPDATE budgets_costline SET source_id = NULL")
    budget.refresh_from_db()
    assert budget.years_without_source == 3


def test_the_window_is_that_of_all_committed_money(cast: SimpleNamespace, budget: Budget) -> None:
    today = timezone.localdate()
    for start, end in ((-30, 100), (-10, 400)):
        source = make_appropriation(
            available_from=today + timedelta(days=start),
            available_until=today + timedelta(days=end),
        )
        ledger.commit(
            ledger.hold(budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance),
            by=cast.finance,
        )
    budget.refresh_from_db()
    assert budget.money_from == today - timedelta(days=10)
    assert budget.money_until == today + timedelta(days=100)


def test_bulk_writes_are_summed_like_any_other(cast: SimpleNamespace, budget: Budget) -> None:
    CostLine.objects.bulk_create(
        CostLine(
            budget=budget,
            fiscal_year=budget.first_fiscal_year,
            kind="capital",
            element="hardware",
            amount=Decimal("0.10"),
        )
        for _ in range(3)
    )
    budget.refresh_from_db()
    assert budget.one_time_cost == Decimal("0.30")
    assert Appropriation.objects.count() == 0
