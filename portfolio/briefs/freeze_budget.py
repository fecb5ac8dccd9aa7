"""The budget's part of a brief."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from budgets import dedication, spending, versions
from budgets.charts import elements
from budgets.charts.cost_by_year import YearCost
from budgets.fiscal import label
from budgets.models import Allocation, Budget, BudgetPolicy, CostLine
from portfolio.briefs.content import (
    NO_MONEY,
    AllocationRow,
    BudgetPart,
    CostRow,
    CostTable,
    Fact,
    Version,
    Waiver,
)

# As many years as stay readable beside each other on letter paper.
YEARS_BESIDE_EACH_OTHER = 6


def part(budget: Budget) -> BudgetPart:
    """Return what a brief says of `budget`: seven queries at most."""
    lines = list(budget.cost_lines.select_related("source"))
    spent, by_fund = spending.of_budget(budget, lines)
    horizon = BudgetPolicy.current().horizon_years
    last = max([line.fiscal_year for line in lines] + [budget.first_fiscal_year + horizon - 1])
    confirmed = budget.confirmed_at
    return BudgetPart(
        is_dedicated=budget.is_dedicated,
        confirmed_by=str(budget.confirmed_by or ""),
        confirmed_on=timezone.localdate(confirmed) if confirmed else None,
        phase_start=budget.phase_start,
        phase_end=budget.phase_end,
        one_time=budget.one_time_cost,
        contingency=budget.contingency,
        recurring=budget.recurring_cost,
        recurring_sources=", ".join(sorted({str(line.source) for line in lines if line.source})),
        no_recurring_reason=budget.no_recurring_reason,
        security=budget.security_cost,
        horizon=f"{label(budget.first_fiscal_year)} to {label(last)}",
        held=budget.held,
        committed=budget.committed,
        tables=tuple(_tables(lines)),
        spending=tuple(_spending(lines)),
        notes=tuple(_notes(lines)),
        allocations=tuple(_allocations(budget)),
        requested=_requested(budget),
        version=_version(budget),
        waiver=_waiver(budget),
        security_floor=budget.security_floor,
        pays_for=elements.of_lines(lines),
        spent=spent,
        spent_up_to=max((row.as_of for row in by_fund), default=None),
    )


def _requested(budget: Budget) -> Decimal:
    asked = budget.requests.filter(declined_at=None)
    return asked.aggregate(together=Sum("amount"))["together"] or NO_MONEY


def _version(budget: Budget) -> Version | None:
    last = versions.latest(budget)
    return Version(last.number, timezone.localdate(last.confirmed_at)) if last else None


def _waiver(budget: Budget) -> Waiver | None:
    """Return the waiver that the share of security rests on, if it rests on one."""
    ends_on = dedication.waiver_end(budget)
    if ends_on is None:
        return None
    signed = budget.waivers.filter(ends_on=ends_on, withdrawn_at=None).select_related("signed_by")
    row = signed.first()
    return Waiver(row.reason, row.ends_on, str(row.signed_by)) if row else None


def _years(lines: Sequence[CostLine]) -> list[int]:
    return sorted({line.fiscal_year for line in lines})


def _spending(lines: Sequence[CostLine]) -> Iterator[YearCost]:
    together: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        is_contingency = line.element == CostLine.Element.CONTINGENCY
        together[line.fiscal_year, "contingency" if is_contingency else line.kind] += line.amount
    for year in _years(lines):
        yield YearCost(
            label=label(year),
            capital=together[year, CostLine.Kind.CAPITAL],
            one_time=together[year, CostLine.Kind.ONE_TIME],
            contingency=together[year, "contingency"],
            recurring=together[year, CostLine.Kind.RECURRING],
        )


def _tables(lines: Sequence[CostLine]) -> Iterator[CostTable]:
    """Yield the cost by kind and element, a table for each handful of years."""
    years = _years(lines)
    for start in range(0, len(years), YEARS_BESIDE_EACH_OTHER):
        beside = years[start : start + YEARS_BESIDE_EACH_OTHER]
        rows = tuple(_rows(lines, beside))
        yield CostTable(
            years=tuple(label(year) for year in beside),
            rows=rows,
            totals=tuple(
                sum((row.amounts[place] for row in rows), NO_MONEY) for place in range(len(beside))
            ),
            total=sum((row.total for row in rows), NO_MONEY),
        )


def _rows(lines: Sequence[CostLine], years: Sequence[int]) -> Iterator[CostRow]:
    together: dict[tuple[str, str, int], Decimal] = defaultdict(Decimal)
    for line in lines:
        together[line.kind, line.element, line.fiscal_year] += line.amount
    for kind in CostLine.Kind:
        for element in CostLine.Element:
            amounts = tuple(together.get((kind, element, year), NO_MONEY) for year in years)
            if any(amounts):
                yield CostRow(
                    kind=kind.label,
                    element=element.label,
                    amounts=amounts,
                    total=sum(amounts, NO_MONEY),
                )


def _notes(lines: Sequence[CostLine]) -> Iterator[Fact]:
    """Yield what the lines of each element pay for, every note once."""
    for element in CostLine.Element:
        mine = (line.note.rstrip(".") for line in lines if line.element == element)
        notes = dict.fromkeys(note for note in mine if note)
        if notes:
            yield Fact(element.label, "; ".join(notes))


def _allocations(budget: Budget) -> Iterator[AllocationRow]:
    rows: Any = budget.allocations.select_related("appropriation", "appropriation__fund")
    for row in rows.exclude(state=Allocation.State.RELEASED):
        money = row.appropriation
        named = ", names this project" if money.for_budget_id == budget.pk else ""
        yield AllocationRow(
            fund=str(money.fund),
            year=label(money.fiscal_year),
            action=f"{money.get_action_type_display()} {money.action_number}",
            constraint=f"{money.get_constraint_display()}{named}",
            available_from=money.available_from,
            available_until=money.available_until,
            state=row.get_state_display(),
            amount=row.amount,
        )
