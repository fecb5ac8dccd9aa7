"""What was spent, as the city's books say it: saved from a file as a whole, compared with the plan.

A budget's spending of a fund in a fiscal year is one amount, "so far": a later file replaces it.
Planned is what the cost lines of a budget say for a year.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Sum

from budgets.charts import planned_spent
from budgets.fiscal import label
from budgets.ledger import Stale, lock_changes
from budgets.models import (
    Allocation,
    Budget,
    Comparison,
    CostLine,
    Fund,
    Spending,
    SpendingFile,
    SpentYear,
)

NOTHING = Decimal(0)
# Rows of one statement: a round trip each, and memory stays flat.
BATCH = 1_000
CHANGED_MEANWHILE = (
    "Somebody changed what is saved while you had this page open. Nothing of your file was saved. "
    "Below is what it would change now."
)


class Place(NamedTuple):
    """What an amount is told of once: a budget, a fund, a fiscal year, by their keys."""

    budget: int
    fund: int
    fiscal_year: int


class Saved(NamedTuple):
    """The amount that is saved for a place, and up to which day it counts."""

    amount: Decimal
    as_of: date


@dataclass(frozen=True, slots=True)
class Source:
    """The file that amounts come from, and the day up to which it counts them."""

    file_name: str
    sha256: str
    as_of: date


def saved(places: Collection[Place]) -> dict[Place, Saved]:
    """Return what is saved for `places`; those without anything are left out. One query."""
    rows = Spending.objects.filter(budget__in={place.budget for place in places})
    found = {
        Place(budget, fund, year): Saved(amount, as_of)
        for budget, fund, year, amount, as_of in rows.values_list(
            "budget", "fund", "fiscal_year", "amount", "as_of"
        )
    }
    return {place: found[place] for place in places if place in found}


def mark(there: Mapping[Place, Saved]) -> str:
    """Return a mark of what is saved: another one as soon as any amount or day differs."""
    lines = [f"{place}={amount}@{as_of}" for place, (amount, as_of) in sorted(there.items())]
    return sha256("\n".join(lines).encode()).hexdigest()


def record(amounts: Mapping[Place, Decimal], *, source: Source, seen: str, by: Any) -> SpendingFile:
    """Save `amounts` out of one file: all of them or, on any failure, none.

    `seen` is the mark of what was saved for these places when the person decided. An amount that is
    saved already, up to the same day, stays as it is. Raises Stale when something else is saved by
    now, ValidationError where nothing would change.
    """
    with by.changing():
        lock_changes()
        there = saved(amounts)
        if mark(there) != seen:
            raise Stale(CHANGED_MEANWHILE)
        differing = {
            place: amount
            for place, amount in amounts.items()
            if there.get(place) != Saved(amount, source.as_of)
        }
        if not differing:
            raise ValidationError("Every amount of this file is saved already.")
        file = SpendingFile.objects.create(
            file_name=source.file_name,
            sha256=source.sha256,
            as_of=source.as_of,
            rows=len(amounts),
            imported_by=by,
        )
        _write(differing, file)
    return file


def _write(amounts: Mapping[Place, Decimal], file: SpendingFile) -> None:
    Spending.objects.bulk_create(
        [
            Spending(
                budget_id=place.budget,
                fund_id=place.fund,
                fiscal_year=place.fiscal_year,
                amount=amount,
                as_of=file.as_of,
                file=file,
            )
            for place, amount in amounts.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["budget", "fund", "fiscal_year"],
        update_fields=["amount", "as_of", "file"],
    )


# Planned against spent


def counted() -> Q:
    """Return the condition on budgets that a city compares: dedicated, or with spending.

    What others plan is no money yet, so it would only make the plan look larger than it is.
    """
    return Q(state=Budget.State.DEDICATED) | Q(pk__in=Spending.objects.values("budget"))


def by_year(
    lines: QuerySet[CostLine], spending: QuerySet[Spending]
) -> tuple[planned_spent.Year, ...]:
    """Return what `lines` plan and what of `spending` was spent, by fiscal year. Two queries."""
    return _years(_sums(lines), _sums(spending))


def _years(
    planned: Mapping[int, Decimal], spent: Mapping[int, Decimal]
) -> tuple[planned_spent.Year, ...]:
    return tuple(
        planned_spent.Year(label(year), planned.get(year, NOTHING), spent.get(year, NOTHING))
        for year in sorted({*planned, *spent})
    )


def _sums(rows: QuerySet[CostLine] | QuerySet[Spending]) -> dict[int, Decimal]:
    sums = rows.order_by().values("fiscal_year").annotate(together=Sum("amount"))
    return dict(sums.values_list("fiscal_year", "together"))


def of_city() -> tuple[planned_spent.Year, ...]:
    """Return what all counted budgets plan and spent, by fiscal year. Two queries."""
    lines = CostLine.objects.filter(budget__in=Comparison.objects.values("budget"))
    return _years(_sums(lines), dict(SpentYear.objects.values_list("fiscal_year", "amount")))


def as_of() -> date | None:
    """Return the day up to which the city's spending is counted, where there is any."""
    return max(SpentYear.objects.values_list("as_of", flat=True), default=None)


@dataclass(frozen=True, slots=True)
class FundYear:
    """Dollars spent of one fund in one fiscal year, and up to which day they are counted."""

    fiscal_year: int
    fund: Fund
    amount: Decimal
    as_of: date


def of_budget(
    budget: Budget, lines: Iterable[CostLine]
) -> tuple[tuple[planned_spent.Year, ...], tuple[FundYear, ...]]:
    """Return what a budget planned and spent by year, and what it spent by year and fund.

    `lines` are the budget's cost lines. One query.
    """
    planned: dict[int, Decimal] = {}
    for line in lines:
        planned[line.fiscal_year] = planned.get(line.fiscal_year, NOTHING) + line.amount
    rows = tuple(
        FundYear(row.fiscal_year, row.fund, row.amount, row.as_of)
        for row in budget.spending.select_related("fund")
    )
    spent: dict[int, Decimal] = {}
    for row in rows:
        spent[row.fiscal_year] = spent.get(row.fiscal_year, NOTHING) + row.amount
    return _years(planned, spent), rows


def of_fund(fund: Fund) -> tuple[planned_spent.Year, ...]:
    """Return what of a fund is committed to budgets and what they spent of it. Two queries.

    A fund plans nothing itself: what is committed out of it is its plan.
    """
    committed = (
        Allocation.objects.committed()
        .filter(appropriation__fund=fund)
        .order_by()
        .values_list("appropriation__fiscal_year")
        .annotate(Sum("amount"))
    )
    return _years(dict(committed), _sums(Spending.objects.filter(fund=fund)))


def years_over(budgets: Iterable[int]) -> dict[int, list[int]]:
    """Return the fiscal years in which each of `budgets` spent more than planned. Two queries."""
    keys = list(budgets)
    planned = _sums_by_budget(CostLine.objects.filter(budget__in=keys))
    over: dict[int, list[int]] = {}
    for (budget, year), spent in _sums_by_budget(Spending.objects.filter(budget__in=keys)).items():
        if spent > planned.get((budget, year), NOTHING):
            over.setdefault(budget, []).append(year)
    return {budget: sorted(years) for budget, years in over.items()}


def _sums_by_budget(
    rows: QuerySet[CostLine] | QuerySet[Spending],
) -> dict[tuple[int, int], Decimal]:
    sums = rows.order_by().values("budget", "fiscal_year").annotate(together=Sum("amount"))
    return {
        (budget, year): together
        for budget, year, together in sums.values_list("budget", "fiscal_year", "together")
    }
