"""What was spent: saved from a file as a whole, compared with the plan."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from budgets import funds, spending
from budgets.ledger import Stale
from budgets.models import Budget, Fund, Spending, SpendingFile
from budgets.spending import Place, Saved, Source
from portfolio.models import History
from tests.factories import add_costs, make_appropriation, make_project, ready_project

BOOKS = Source("books.csv", "ab" * 32, date(2026, 10, 31))
LATER = Source("books-2.csv", "cd" * 32, date(2026, 11, 15))


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


@pytest.fixture
def fund(db: None) -> Fund:
    return Fund.objects.create(code="301", name="Capital projects", fund_type="capital_projects")


def recorded(
    amounts: dict[Place, int], cast: SimpleNamespace, source: Source = BOOKS
) -> SpendingFile:
    """Save amounts that a person saw as they are."""
    places = {place: Decimal(amount) for place, amount in amounts.items()}
    seen = spending.mark(spending.saved(places))
    return spending.record(places, source=source, seen=seen, by=cast.finance)


def test_a_file_is_saved_with_its_amounts_and_who_brought_it(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    places = {Place(budget.pk, fund.pk, year): 100 * (year - 2025) for year in (2026, 2027)}
    file = recorded(places, cast)
    assert (file.file_name, file.as_of, file.rows, file.imported_by) == (
        *("books.csv", date(2026, 10, 31), 2),
        cast.finance,
    )
    assert spending.saved(places) == {
        place: Saved(Decimal(amount), BOOKS.as_of) for place, amount in places.items()
    }
    changes = History.objects.filter(table="budgets_spending")
    assert {change.user_id for change in changes} == {cast.finance.pk}


def test_a_later_file_replaces_what_it_names_and_leaves_the_rest(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    first, second = Place(budget.pk, fund.pk, 2026), Place(budget.pk, fund.pk, 2027)
    recorded({first: 100, second: 200}, cast)
    file = recorded({second: 250}, cast, LATER)
    assert spending.saved({first, second}) == {
        first: Saved(Decimal(100), BOOKS.as_of),
        second: Saved(Decimal(250), LATER.as_of),
    }
    assert Spending.objects.get(fiscal_year=2027).file == file
    assert Spending.objects.count() == 2


def test_the_same_amount_of_a_later_day_moves_the_day_alone(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    place = Place(budget.pk, fund.pk, 2026)
    recorded({place: 100}, cast)
    recorded({place: 100}, cast, LATER)
    assert spending.saved({place}) == {place: Saved(Decimal(100), LATER.as_of)}


def test_what_is_saved_already_writes_nothing(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    same, other = Place(budget.pk, fund.pk, 2026), Place(budget.pk, fund.pk, 2027)
    recorded({same: 100}, cast)
    before = History.objects.count()
    with pytest.raises(ValidationError, match="Every amount of this file is saved already"):
        recorded({same: 100}, cast)
    assert History.objects.count() == before
    first = Spending.objects.get().file
    recorded({same: 100, other: 5}, cast)
    assert Spending.objects.get(fiscal_year=2026).file == first


def test_whoever_saw_something_else_saves_nothing(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    place = Place(budget.pk, fund.pk, 2026)
    seen = spending.mark(spending.saved({place}))
    recorded({place: 100}, cast)
    with pytest.raises(Stale, match="Nothing of your file was saved"):
        spending.record({place: Decimal(7)}, source=LATER, seen=seen, by=cast.second_finance)
    assert spending.saved({place}) == {place: Saved(Decimal(100), BOOKS.as_of)}
    assert SpendingFile.objects.count() == 1


def test_the_mark_is_another_with_every_difference() -> None:
    place, day = Place(1, 2, 2027), BOOKS.as_of
    marks = [
        spending.mark(there)
        for there in (
            {},
            {place: Saved(Decimal("1.00"), day)},
            {place: Saved(Decimal("1.01"), day)},
            {place: Saved(Decimal("1.00"), day + timedelta(days=1))},
            {Place(2, 1, 2027): Saved(Decimal("1.00"), day)},
        )
    ]
    assert len(set(marks)) == len(marks)


def test_all_of_a_file_is_saved_or_nothing(
    cast: SimpleNamespace, budget: Budget, fund: Fund
) -> None:
    places = {Place(budget.pk, fund.pk, year): 1 for year in range(2000, 2030)}
    with pytest.raises(IntegrityError), transaction.atomic():
        recorded(places | {Place(budget.pk, fund.pk, 2030): -1}, cast)
    assert not Spending.objects.exists()
    assert not SpendingFile.objects.exists()


# Planned against spent


def test_a_budget_is_compared_by_year(cast: SimpleNamespace, budget: Budget) -> None:
    add_costs(budget, cast=cast)
    fund, first = make_appropriation().fund, budget.first_fiscal_year
    other = make_appropriation().fund
    recorded(
        {
            Place(budget.pk, fund.pk, first - 1): 7,
            Place(budget.pk, fund.pk, first): 100_000,
            Place(budget.pk, other.pk, first): 50_000,
        },
        cast,
    )
    years, rows = spending.of_budget(budget, budget.cost_lines.all())
    told = [(year.planned, year.spent, year.words) for year in years]
    assert told[:3] == [
        (0, 7, "Spent without a plan"),
        (130_000, 150_000, "116% spent, over by $20,000"),
        (5_000, 0, "Nothing spent"),
    ]
    assert [(row.fiscal_year, row.fund, row.amount) for row in rows] == [
        (first - 1, fund, 7),
        (first, fund, 100_000),
        (first, other, 50_000),
    ]
    assert spending.years_over([budget.pk]) == {budget.pk: [first - 1, first]}


def test_the_city_counts_dedicated_budgets_and_those_that_spent(cast: SimpleNamespace) -> None:
    dedicated = ready_project(cast).budget
    only_planned, spent = make_project(cast).budget, make_project(cast).budget
    for one in (only_planned, spent):
        add_costs(one, cast=cast)
    year = dedicated.first_fiscal_year
    assert next((y.planned, y.spent) for y in spending.of_city()) == (130_000, 0)
    recorded({Place(spent.pk, Fund.objects.all()[0].pk, year): 9}, cast)
    assert next((y.planned, y.spent) for y in spending.of_city()) == (260_000, 9)


def test_comparing_takes_two_queries_whatever_is_there(cast: SimpleNamespace, fund: Fund) -> None:
    for year in (2026, 2027):
        for _ in range(3):
            budget = make_project(cast).budget
            add_costs(budget, cast=cast)
            recorded({Place(budget.pk, fund.pk, year): 5}, cast)
    with CaptureQueriesContext(connection) as queries:
        spending.of_city()
    assert len(queries) == 2
    keys = list(Budget.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        spending.years_over(keys)
    assert len(queries) == 2


# What was appropriated, and what became of it


def test_the_city_is_the_sum_of_its_funds(cast: SimpleNamespace, budget: Budget) -> None:
    today = date(2027, 6, 30)
    first = make_appropriation(100, fiscal_year=2027)
    make_appropriation(50, fiscal_year=2027)
    gone = date(2026, 6, 30)
    make_appropriation(30, fiscal_year=2026, available_from=gone, available_until=gone)
    recorded(
        {Place(budget.pk, first.fund_id, 2027): 40, Place(budget.pk, first.fund_id, 2025): 3}, cast
    )
    years = funds.city_by_year(on=today)
    assert [
        (year, sums.appropriated, sums.lapsed, sums.free, sums.spent) for year, sums in years
    ] == [(2027, 150, 0, 150, 40), (2026, 30, 30, 0, 0), (2025, 0, 0, 0, 3)]
    rows = funds.stack(years)
    assert [row.label for row in rows] == ["FY 2025", "FY 2026", "FY 2027"]
    assert (rows[2].free, rows[2].spent, rows[0].over) == (150, 40, 3)
