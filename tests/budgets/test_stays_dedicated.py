"""What may change behind a confirmation, and what takes it back: each column in each direction.

Tried by SQL with the rights of the site, one statement at a time. `dedicated` costs $90,000 of
services, $10,000 of security and $25,000 of contingency in its first year, and $5,000 of staff in
each of five; $125,000 is committed to it, and its phase lies inside the money's window.
"""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from budgets import ledger
from budgets.models import Appropriation, Budget, BudgetPolicy, BudgetVersion
from tests.budgets.rules import Sql, refused_by
from tests.factories import add_costs, dedicate, make_appropriation, make_project, make_user

LINES = "UPDATE budgets_costline SET "
BUDGET = "UPDATE budgets_budget SET "
RELEASE = (
    "UPDATE budgets_allocation SET state = 'released', released_at = now(), "
    "released_by_id = held_by_id"
)
NEW_LINE = (
    "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note, source_id) "
    "SELECT budget_id, fiscal_year, {kind}, {element}, {amount}, '', source_id "
    "FROM budgets_costline WHERE {where}"
)

STAYS = {
    "a_note": f"{LINES} note = 'Two people'",
    "less_for_services": f"{LINES} amount = amount - 1 WHERE element = 'services'",
    "no_services": "DELETE FROM budgets_costline WHERE element = 'services'",
    "other_element": f"{LINES} element = 'hardware' WHERE element = 'services'",
    "once_as_capital": f"{LINES} kind = 'capital' WHERE kind = 'one_time'",
    "more_for_security_less_for_services": f"{LINES} amount = amount + CASE element "
    "WHEN 'security' THEN 10 ELSE -10 END WHERE element IN ('services', 'security')",
    "more_contingency_less_for_services": f"{LINES} amount = amount + CASE element "
    "WHEN 'contingency' THEN 10 ELSE -10 END WHERE element IN ('services', 'contingency')",
    "a_line_split_in_one_statement": "WITH less AS (UPDATE budgets_costline SET amount = 60000 "
    "WHERE element = 'services') "
    + NEW_LINE.format(
        kind="kind", element="'software'", amount=30_000, where="element = 'services'"
    ),
    "running_it_costs_less": f"{LINES} amount = amount - 1 WHERE kind = 'recurring'",
    "source_of_a_cost_that_comes_once": f"{LINES} source_id = (SELECT min(id) FROM budgets_fund) "
    "WHERE kind = 'one_time'",
    "phase_a_day_longer": f"{BUDGET} phase_end = phase_end + 1",
    "phase_later": f"{BUDGET} phase_start = phase_start + 9",
    "reason_why_nothing_recurs": f"{BUDGET} no_recurring_reason = 'A study.'",
    "revision": f"{BUDGET} revision = revision + 1",
    "nothing_at_all": f"{BUDGET} revision = revision",
    "facts_written_by_hand": f"{BUDGET} committed = 0, security_cost = 0, one_time_cost = 10",
}

LEAVES = {
    "first_year_earlier": f"{BUDGET} first_fiscal_year = first_fiscal_year - 1",
    "more_for_services": f"{LINES} amount = amount + 0.01 WHERE element = 'services'",
    "more_and_as_much_less_in_another_year": f"{LINES} amount = amount + CASE fiscal_year "
    "WHEN (SELECT max(fiscal_year) FROM budgets_costline) THEN 1 ELSE -1 END "
    "WHERE kind = 'recurring'",
    "services_a_year_later": f"{LINES} fiscal_year = fiscal_year + 1 WHERE element = 'services'",
    "services_a_year_earlier": f"{LINES} fiscal_year = fiscal_year - 1 WHERE element = 'services'",
    "a_line_more": NEW_LINE.format(
        kind="kind", element="'software'", amount="0.01", where="element = 'services'"
    ),
    "less_for_security": f"{LINES} amount = amount - 0.01 WHERE element = 'security'",
    "less_for_everything": f"{LINES} amount = amount / 2",
    "security_under_another_name": f"{LINES} element = 'software' WHERE element = 'security'",
    "no_security": "DELETE FROM budgets_costline WHERE element = 'security'",
    "less_contingency": f"{LINES} amount = amount - 0.01 WHERE element = 'contingency'",
    "contingency_becomes_services": f"{LINES} element = 'services' WHERE element = 'contingency'",
    "more_to_run": f"{LINES} amount = amount + 0.01 WHERE kind = 'recurring'",
    "to_run_instead_of_once": f"{LINES} kind = 'recurring' WHERE element = 'services'",
    "once_instead_of_to_run": f"{LINES} kind = 'one_time' WHERE kind = 'recurring'",
    "a_year_without_running_cost": "DELETE FROM budgets_costline WHERE fiscal_year = "
    "(SELECT max(fiscal_year) FROM budgets_costline)",
    "nothing_recurs_and_no_reason": "DELETE FROM budgets_costline WHERE kind = 'recurring'",
    "a_year_without_source": f"{LINES} source_id = NULL WHERE fiscal_year = "
    "(SELECT max(fiscal_year) FROM budgets_costline)",
    "another_fund_runs_it": f"{LINES} source_id = (SELECT max(id) FROM budgets_fund) "
    "WHERE fiscal_year = (SELECT max(fiscal_year) FROM budgets_costline)",
    "no_cost": "DELETE FROM budgets_costline",
    "phase_past_the_money": f"{BUDGET} phase_end = money_until + 1",
    "phase_before_the_money": f"{BUDGET} phase_start = money_from - 1",
    "no_phase": f"{BUDGET} phase_start = NULL",
    "first_year_later": f"{BUDGET} first_fiscal_year = first_fiscal_year + 1",
    "prepared_by_the_confirmer": f"{BUDGET} prepared_by_id = confirmed_by_id",
    "money_released": RELEASE,
    "withdrawn": f"{BUDGET} state = 'draft', confirmed_by_id = NULL, confirmed_at = NULL",
}


def insist(budget: Budget, *, dedicated: bool) -> None:
    """Fail unless the budget is, or is not, dedicated with a whole signature."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    budget.refresh_from_db()
    signature = (budget.confirmed_by_id is not None, budget.confirmed_at is not None)
    assert (budget.is_dedicated, *signature) == (dedicated,) * 3
    assert BudgetVersion.objects.count() == 1


@pytest.fixture
def other_fund(dedicated: Budget) -> None:
    make_appropriation()


@pytest.mark.usefixtures("other_fund")
@pytest.mark.parametrize("what", STAYS)
def test_what_costs_no_more_stays_dedicated(sql: Sql, dedicated: Budget, what: str) -> None:
    assert sql(STAYS[what]) >= 1
    insist(dedicated, dedicated=True)


@pytest.mark.usefixtures("other_fund")
@pytest.mark.parametrize("what", LEAVES)
def test_what_costs_more_or_covers_less_takes_the_confirmation_back(
    sql: Sql, dedicated: Budget, what: str
) -> None:
    assert sql(LEAVES[what]) >= 1
    insist(dedicated, dedicated=False)


def test_what_was_taken_back_does_not_come_back(sql: Sql, dedicated: Budget) -> None:
    for sign in "+-":
        sql(f"{LINES} amount = amount {sign} 1 WHERE element = 'services'")
    insist(dedicated, dedicated=False)


def test_step_by_step_is_measured_at_the_confirmed_version(sql: Sql, dedicated: Budget) -> None:
    """Less first, then more: each step is compared with what was signed, not with the last one."""
    sql(f"{LINES} amount = amount - 100 WHERE element = 'services'")
    sql(f"{LINES} amount = amount + 100 WHERE element = 'services'")
    insist(dedicated, dedicated=True)
    sql(f"{LINES} amount = amount + 0.01 WHERE element = 'services'")
    insist(dedicated, dedicated=False)


def test_a_line_moved_to_another_budget_counts_there(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    other = make_project(cast).budget
    sql(f"{LINES} budget_id = %s WHERE element = 'services'", other.pk)
    insist(dedicated, dedicated=True)
    other.refresh_from_db()
    assert (dedicated.one_time_cost, other.one_time_cost) == (10_000, 90_000)


def test_a_line_moved_here_takes_the_confirmation_back(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    other = make_project(cast).budget
    sql(
        "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note) "
        "VALUES (%s, 2027, 'capital', 'other', 0.01, '')",
        other.pk,
    )
    sql(f"{LINES} budget_id = %s WHERE budget_id = %s", dedicated.pk, other.pk)
    insist(dedicated, dedicated=False)


def test_a_year_is_not_moved_from_one_named_fund_to_another(
    sql: Sql, cast: SimpleNamespace
) -> None:
    """Two funds share a year; what each pays was signed, not only that both do."""
    budget = add_costs(make_project(cast).budget, cast=cast)
    year = budget.first_fiscal_year
    sql(f"{LINES} amount = 4999 WHERE kind = 'recurring' AND fiscal_year = %s", year)
    sql(
        "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note, "
        "source_id) VALUES (%s, %s, 'recurring', 'staff', 1, '', %s)",
        *(budget.pk, year, make_appropriation().fund_id),
    )
    confirmed = dedicate(budget, cast=cast)
    less = f"{LINES} amount = amount - 0.5 WHERE kind = 'recurring' AND fiscal_year = %s"
    assert sql(less, year) == 2
    insist(confirmed, dedicated=True)
    swap = f"{LINES} amount = 4999 - amount WHERE kind = 'recurring' AND fiscal_year = %s"
    assert sql(swap, year) == 2
    insist(confirmed, dedicated=False)


def test_the_horizon_is_not_moved_to_leave_years_out(sql: Sql, dedicated: Budget) -> None:
    year = dedicated.first_fiscal_year
    sql(f"{BUDGET} first_fiscal_year = first_fiscal_year - 4")
    sql("DELETE FROM budgets_costline WHERE kind = 'recurring' AND fiscal_year > %s", year)
    insist(dedicated, dedicated=False)


# More money


def test_more_money_that_fits_stays_and_may_go_again(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    more = ledger.hold(
        budget=dedicated, appropriation=make_appropriation(), amount=Decimal(1), by=cast.finance
    )
    insist(dedicated, dedicated=True)
    ledger.commit(more, by=cast.finance)
    insist(dedicated, dedicated=True)
    assert dedicated.committed == 125_001
    ledger.release(more, by=cast.finance)
    insist(dedicated, dedicated=True)


@pytest.mark.parametrize(
    "money",
    [
        {"constraint": Appropriation.Constraint.UNASSIGNED},
        {"available_until": timezone.localdate() + timedelta(days=200)},
        {"available_from": timezone.localdate() + timedelta(days=1)},
    ],
)
def test_more_money_that_does_not_fit_takes_the_confirmation_back(
    cast: SimpleNamespace, dedicated: Budget, money: dict[str, Any]
) -> None:
    more = ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(**money),
        amount=Decimal(1),
        by=cast.finance,
    )
    insist(dedicated, dedicated=True)
    ledger.commit(more, by=cast.finance)
    insist(dedicated, dedicated=False)


def test_other_money_does_not_replace_what_was_confirmed(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    more = ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(),
        amount=Decimal(125_000),
        by=cast.finance,
    )
    ledger.commit(more, by=cast.finance)
    assert sql(f"{RELEASE} WHERE id <> {more.pk}") == 1
    insist(dedicated, dedicated=False)
    assert dedicated.committed == dedicated.needed


def test_the_confirmer_may_not_have_entered_any_of_it_when_signing_again(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(),
        amount=Decimal(1),
        by=cast.second_finance,
    )
    insist(dedicated, dedicated=True)
    again = f"{BUDGET} confirmed_at = now() + interval '1 second'"
    assert refused_by(sql, again) == "budget_confirmer_did_not_allocate"


# The city's policy


def test_a_higher_floor_is_asked_with_the_next_change(sql: Sql, dedicated: Budget) -> None:
    BudgetPolicy.objects.create(security_floor_percent=50)
    insist(dedicated, dedicated=True)
    sql(f"{LINES} note = 'With tax'")
    insist(dedicated, dedicated=False)


# One statement


def test_a_sheet_in_one_statement_is_judged_when_it_is_done(sql: Sql, dedicated: Budget) -> None:
    """On the way each line alone would have ended it: the contingency, the security, the year."""
    year, fund = dedicated.first_fiscal_year, dedicated.cost_lines.exclude(source=None)[0].source_id
    sql(
        "WITH gone AS (DELETE FROM budgets_costline WHERE budget_id = %s) "
        "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note, "
        "source_id) SELECT %s, %s + n, kind, element, amount, '', source FROM (VALUES "
        "(0, 'capital', 'hardware', 80000, NULL), (0, 'one_time', 'security', 20000, NULL), "
        "(0, 'one_time', 'contingency', 25000, NULL), (0, 'recurring', 'services', 5000, %s), "
        "(1, 'recurring', 'services', 5000, %s), (2, 'recurring', 'services', 5000, %s), "
        "(3, 'recurring', 'services', 5000, %s), (4, 'recurring', 'services', 5000, %s)) "
        "AS line(n, kind, element, amount, source)",
        *(dedicated.pk, dedicated.pk, year),
        *(fund,) * 5,
    )
    insist(dedicated, dedicated=True)
    assert dedicated.security_cost == 20_000


def test_cost_and_signature_in_one_statement(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    """Raised and signed at once: nobody signed what would be frozen."""
    more = ledger.hold(
        budget=dedicated, appropriation=make_appropriation(), amount=Decimal(9), by=cast.finance
    )
    ledger.commit(more, by=cast.finance)
    rule = refused_by(
        sql,
        "WITH raised AS (UPDATE budgets_costline SET amount = amount + 4 "
        "WHERE element = 'services') "
        "UPDATE budgets_budget SET confirmed_by_id = %s, confirmed_at = now() WHERE id = %s",
        make_user("Thea Third").pk,
        dedicated.pk,
    )
    assert rule == "budget_version_says_what_was_signed"
    insist(dedicated, dedicated=True)
