"""What the files of money hold: the same dollars as the database, names for who may know them."""

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import funds
from budgets.models import Allocation, Appropriation, BudgetVersion, CostLine, Spending
from portfolio.models import User
from portfolio.money_files.registry import TABLES
from portfolio.money_files.subject import SOMEBODY_ELSES, Place, Subject
from tests.factories import hoped_for
from tests.portfolio.busy_ledger import busy_ledger

OFFERED = [(name, place) for name, table in TABLES.items() for place in table.places]


@pytest.fixture
def busy(cast: SimpleNamespace) -> SimpleNamespace:
    return busy_ledger(cast)


def rows(name: str, subject: Subject) -> list[dict[str, Any]]:
    """The rows of a table by heading."""
    table = TABLES[name]
    headings = [column.heading for column in table.columns]
    return [dict(zip(headings, row, strict=True)) for row in table.rows(subject)]


def of(reader: User, cast: SimpleNamespace, **about: Any) -> Subject:
    return Subject(User.objects.get(pk=reader.pk), cast.city, **about)


def together(found: Sequence[dict[str, Any]], heading: str) -> Decimal:
    return sum((row[heading] for row in found), Decimal(0))


def subject_at(place: Place, busy: SimpleNamespace, cast: SimpleNamespace) -> Subject:
    about: dict[Place, dict[str, Any]] = {
        Place.CITY: {},
        Place.FUND: {"fund": busy.fund},
        Place.BUDGET: {"project": busy.scoped},
    }
    return of(cast.finance, cast, **about[place])


def test_every_table_has_rows_where_it_is_offered(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    for name, place in OFFERED:
        found = rows(name, subject_at(place, busy, cast))
        assert found, (name, place)
        kinds = {type(value).__name__ for row in found for value in row.values()}
        assert kinds <= {"str", "int", "Decimal", "date", "NoneType"}, (name, kinds)


def test_headings_are_told_apart() -> None:
    for table in TABLES.values():
        headings = [column.heading for column in table.columns]
        assert len(headings) == len(set(headings))


def test_a_table_takes_as_many_queries_for_more_rows(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    few = queries_of_all(busy, cast)
    busy_ledger(cast, code="2")
    assert queries_of_all(busy, cast) == few
    assert max(few.values()) <= 5


def queries_of_all(busy: SimpleNamespace, cast: SimpleNamespace) -> dict[tuple[str, Place], int]:
    """The number of queries of each table in each place."""
    counts = {}
    for name, place in OFFERED:
        subject = subject_at(place, busy, cast)
        with CaptureQueriesContext(connection) as queries:
            rows(name, subject)
        counts[name, place] = len(queries)
    return counts


def test_dollars_of_the_city_are_those_of_the_database(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    city = of(cast.finance, cast)
    sums = Appropriation.objects.aggregate(Sum("adopted_amount"), Sum("amount"), Sum("committed"))
    found = rows("appropriations", city)
    assert together(found, "Authorized by the action") == sums["adopted_amount__sum"]
    assert together(found, "Authorized now") == sums["amount__sum"]
    assert together(rows("years", city), "Committed") == sums["committed__sum"]
    assert together(rows("funds", city), "Appropriated in all") == sums["amount__sum"]
    for name, model, heading in (
        ("allocations", Allocation, "Amount"),
        ("costs", CostLine, "Amount"),
        ("spending", Spending, "Spent"),
    ):
        assert together(rows(name, city), heading) == model.objects.aggregate(s=Sum("amount"))["s"]
    grant = next(row for row in found if row["Number of the award"])
    assert grant["Authorized now"] == Decimal("400051.05")


def test_the_years_of_a_fund_are_those_of_its_page(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    on_page = dict(funds.by_year(busy.fund, on=cast.city.today()))
    found = rows("years", of(cast.finance, cast, fund=busy.fund))
    assert [row["Fiscal year"] for row in found] == [f"FY {year}" for year in sorted(on_page)]
    for row, year in zip(found, sorted(on_page), strict=True):
        assert row["Free"] == on_page[year].free
        assert row["Spent"] == on_page[year].spent
        assert row["Held"] == on_page[year].held


def test_each_state_of_an_allocation_is_told(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    found = rows("allocations", of(cast.finance, cast, project=busy.scoped))
    states = sorted(row["State"] for row in found)
    assert states == ["Committed", "Committed", "Ended", "Held", "Released"]
    ended = next(row for row in found if row["State"] == "Ended")
    assert not ended["Released by"]
    assert ended["Released on"] is not None
    assert {row["Held by"] for row in found} == {"Fiona Finance"}


def test_more_spent_than_planned_is_told(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    found = rows("planned-and-spent", of(cast.finance, cast, project=busy.scoped))
    first = found[0]
    assert (first["Planned"], first["Spent"]) == (Decimal(130_000), Decimal("999999.99"))
    assert first["Spent of planned, in percent"] == Decimal("769.2")
    assert first["Spent beyond the plan"] == Decimal("869999.99")
    assert found[1]["Spent of planned, in percent"] == 0
    assert together(found, "Planned") == busy.scoped.budget.whole_life


def test_a_year_in_which_only_was_spent_has_a_row(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    with cast.finance.changing():
        Spending.objects.filter(amount=Decimal("0.01")).update(fiscal_year=2099)
    last = rows("planned-and-spent", of(cast.finance, cast))[-1]
    assert (last["Fiscal year"], last["Planned"]) == ("FY 2099", 0)
    assert last["Spent of planned, in percent"] is None


def test_a_version_keeps_the_cost_it_was_confirmed_with(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    budget = of(cast.finance, cast, project=busy.scoped)
    version = BudgetVersion.objects.get(budget=busy.scoped.budget)
    (row,) = rows("versions", budget)
    assert row["Whole-life cost"] == version.whole_life
    assert together(rows("version-costs", budget), "Amount") == version.whole_life
    assert {line["Kind"] for line in rows("version-costs", budget)} == {
        "One-time operating",
        "Recurring operating",
    }


# Only what the person may see


@pytest.mark.parametrize("name", ["allocations", "costs", "planned-and-spent", "requests"])
def test_nobody_reads_the_name_of_a_project_that_is_not_theirs(
    busy: SimpleNamespace, cast: SimpleNamespace, name: str
) -> None:
    with_name = [*rows(name, of(cast.finance, cast)), *rows("costs", of(cast.finance, cast))]
    assert "Secret tunnel" in str(with_name)
    without = rows(name, of(cast.head, cast))
    assert without
    assert "Secret" not in str(without)
    assert busy.hidden.reference not in str(without)


def test_words_about_a_project_that_is_not_theirs_stay_away(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    hoped_for(
        busy.hidden.budget,
        note="A tunnel under the mill",
        asked_by=cast.outsider,
        asked_at=timezone.now(),
        declined_by=cast.finance,
        declined_at=timezone.now(),
        declined_reason="No second tunnel.",
    )
    finance, head = (str(rows("requests", of(who, cast))) for who in (cast.finance, cast.head))
    for words in ("A tunnel under the mill", "No second tunnel.", cast.outsider.name):
        assert words in finance
        assert words not in head


def test_money_of_others_is_there_without_a_name(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    found = rows("allocations", of(cast.head, cast, fund=busy.fund))
    others = [row for row in found if row["Title"] == SOMEBODY_ELSES]
    assert together(others, "Amount") == 4 * Decimal("2000.44")
    assert {(row["Project"], row["Department"]) for row in others} == {("", "")}
