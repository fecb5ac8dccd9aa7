"""What is planned and spent, summed by the database where it changes."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection, transaction

from budgets import spending
from budgets.models import Budget, Comparison, Fund, SpentYear
from budgets.spending import Place, Source
from portfolio.models import History
from tests.factories import add_costs, make_project, ready_project

BOOKS = Source("books.csv", "ab" * 32, date(2026, 10, 31))


@pytest.fixture
def fund(db: None) -> Fund:
    return Fund.objects.create(code="301", name="Capital projects", fund_type="capital_projects")


def recorded(budget: Budget, fund: Fund, amount: int, cast: SimpleNamespace) -> None:
    place = Place(budget.pk, fund.pk, 2026)
    seen = spending.mark(spending.saved({place}))
    spending.record({place: Decimal(amount)}, source=BOOKS, seen=seen, by=cast.finance)


def kept() -> list[tuple[object, ...]]:
    return list(Comparison.objects.order_by("pk").values_list("planned", "spent", "is_over"))


def test_a_plan_counts_with_the_first_amount_and_follows_both(
    cast: SimpleNamespace, fund: Fund
) -> None:
    budget = make_project(cast).budget
    add_costs(budget, cast=cast)
    assert kept() == []
    recorded(budget, fund, 100, cast)
    budget.refresh_from_db()
    assert kept() == [(budget.whole_life, 100, False)]
    budget.cost_lines.all()[0].delete()
    budget.refresh_from_db()
    recorded(budget, fund, 900_000, cast)
    assert kept() == [(budget.whole_life, 900_000, True)]
    assert SpentYear.objects.values_list().get() == (2026, 900_000, BOOKS.as_of)


def test_an_amount_without_a_plan_has_no_percent(cast: SimpleNamespace, fund: Fund) -> None:
    recorded(make_project(cast).budget, fund, 5, cast)
    assert Comparison.objects.get().percent is None


def test_a_budget_that_is_dedicated_no_more_counts_no_more(cast: SimpleNamespace) -> None:
    budget = ready_project(cast).budget
    assert kept() == [(budget.whole_life, 0, False)]
    with cast.finance.changing():
        Budget.objects.filter(pk=budget.pk).update(
            state="draft", confirmed_by=None, confirmed_at=None
        )
    assert kept() == []


def test_what_was_spent_touches_no_budget(cast: SimpleNamespace, fund: Fund) -> None:
    budget = ready_project(cast).budget
    before = Budget.objects.values().get(pk=budget.pk)
    changes = History.objects.filter(table="budgets_budget")
    count = changes.count()
    recorded(budget, fund, 10**9, cast)
    assert Budget.objects.values().get(pk=budget.pk) == before
    assert changes.count() == count


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budgets_comparison SET spent = 0",
        "DELETE FROM budgets_comparison",
        "INSERT INTO budgets_spentyear VALUES (2026, 5, '2026-01-01')",
        "SELECT budgets_compare('{1}')",
        "SELECT budgets_sum_years('{2026}')",
    ],
)
def test_the_site_cannot_write_a_sum(db: None, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
