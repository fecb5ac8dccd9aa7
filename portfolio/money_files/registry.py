"""The tables of money that can be taken along: a new one is one entry here."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.http import Http404
from django.utils import timezone
from django.utils.text import slugify

from portfolio.exports import Column, Row
from portfolio.money_files import of_budgets, of_funds
from portfolio.money_files.subject import Place, Subject

CITY, FUND, BUDGET = Place


class Table(NamedTuple):
    """A table: what a link calls it, its columns, its rows in that order, where it is offered."""

    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Subject], Iterator[Row]]
    places: tuple[Place, ...]


TABLES: dict[str, Table] = {
    "funds": Table("Funds", of_funds.FUNDS, of_funds.funds, (CITY,)),
    "years": Table("Balances by fiscal year", of_funds.YEARS, of_funds.years, (CITY, FUND)),
    "appropriations": Table(
        "Appropriations", of_funds.APPROPRIATIONS, of_funds.appropriations, (CITY, FUND)
    ),
    "amendments": Table("Amendments", of_funds.AMENDMENTS, of_funds.amendments, (CITY, FUND)),
    "allocations": Table(
        "Allocations", of_budgets.ALLOCATIONS, of_budgets.allocations, (CITY, FUND, BUDGET)
    ),
    "requests": Table(
        "Requests, applications, forecasts",
        of_budgets.REQUESTS,
        of_budgets.requests,
        (CITY, FUND, BUDGET),
    ),
    "costs": Table("Cost lines", of_budgets.COSTS, of_budgets.costs, (CITY, BUDGET)),
    "planned-and-spent": Table(
        "Planned and spent", of_budgets.PLANNED, of_budgets.planned_and_spent, (CITY, BUDGET)
    ),
    "spending": Table(
        "Spending by fund", of_budgets.SPENDING, of_budgets.spending, (CITY, FUND, BUDGET)
    ),
    "versions": Table("Confirmed versions", of_budgets.VERSIONS, of_budgets.versions, (BUDGET,)),
    "version-costs": Table(
        "Cost lines of each version", of_budgets.VERSION_COSTS, of_budgets.version_costs, (BUDGET,)
    ),
    "options": Table("The two options", of_budgets.OPTIONS, of_budgets.options, (BUDGET,)),
}


def of_place(place: Place) -> list[tuple[str, str]]:
    """Return the name and the title of each table that is offered in `place`."""
    return [(name, table.title) for name, table in TABLES.items() if place in table.places]


def find(name: str, place: Place) -> Table:
    """Return the table of that name; Http404 where there is none, or not in that place."""
    table = TABLES.get(name)
    if table is None or place not in table.places:
        raise Http404("There is no such file.")
    return table


def file_name(table: str, subject: Subject) -> str:
    """Return the name of a file without its ending: what it is about, the table, today."""
    about = ""
    if subject.project:
        about = f"{subject.project.reference}-".lower()
    elif subject.fund:
        # A fund's number may be written with any signs.
        about = f"fund-{slugify(subject.fund.code) or subject.fund.pk}-"
    return f"{about}{table}-{timezone.localdate():%Y-%m-%d}"
