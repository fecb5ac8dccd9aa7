"""The demonstration's options: two ways to spend that a head compares before one is the plan."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from budgets import options
from budgets.models import Budget, OptionLine
from portfolio.demo.data import read
from portfolio.models import Project


def build(projects: dict[str, Project]) -> None:
    """Write the options of each project that has some, as its sponsor does."""
    for key, plan in read("budgets").items():
        for place, row in zip(options.PLACES, plan.get("options", []), strict=False):
            options.save(
                projects[key].budget,
                place=place,
                name=row["name"],
                note=row["note"],
                lines=list(_lines(projects[key].budget, row["lines"])),
                removed=[],
                seen=0,
                by=projects[key].sponsor,
            )


def _lines(budget: Budget, rows: list[dict[str, Any]]) -> Iterator[OptionLine]:
    for row in rows:
        first, last = row.get("years") or (row["year"], row["year"])
        for offset in range(first, last + 1):
            yield OptionLine(
                fiscal_year=budget.first_fiscal_year + offset,
                kind=row["kind"],
                element=row["element"],
                amount=Decimal(row["amount"]),
                note=row["note"],
            )
