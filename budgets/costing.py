"""What a budget costs: saving its lines as one state, and what they come to.

Whole-life cost after GFOA (multi-year capital planning): the operating cost of every year counts,
not the first payment alone.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from budgets import money
from budgets.fiscal import label
from budgets.ledger import Stale, lock_changes
from budgets.models import Budget, CostLine, OptionLine

PLAN = ("phase_start", "phase_end", "no_recurring_reason")
LINE = ("fiscal_year", "kind", "element", "amount", "note", "source_id")
NOTHING = Decimal(0)
WRITE_LINES = """
WITH line AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS line(
        id bigint, fiscal_year smallint, kind text, element text, amount numeric, note text,
        source_id bigint)),
removed AS (
    DELETE FROM budgets_costline WHERE budget_id = %(budget)s AND id = ANY(%(gone)s)),
changed AS (
    UPDATE budgets_costline saved
       SET fiscal_year = line.fiscal_year, kind = line.kind, element = line.element,
           amount = line.amount, note = line.note, source_id = line.source_id
      FROM line WHERE saved.id = line.id AND saved.budget_id = %(budget)s)
INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note, source_id)
SELECT %(budget)s, fiscal_year, kind, element, amount, note, source_id
  FROM line WHERE id IS NULL
"""


def save_costs(
    budget: Budget,
    *,
    plan: Mapping[str, Any],
    lines: Sequence[CostLine],
    removed: Collection[int],
    seen: int,
    by: Any,
) -> Budget:
    """Save the planned phase and the cost lines of `budget`, prepared by `by`.

    `lines` are the lines as written; one whose key is saved replaces that line, any other is new.
    `removed` are keys. A saved line in neither stays. The database decides whether a dedicated
    budget keeps its confirmation. Raises Stale when `budget` is not at the revision `seen`.
    """
    with by.changing():
        lock_changes()
        current = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
        if current.revision != seen:
            raise Stale(
                "Somebody else changed this budget while you were writing. What you wrote is "
                "still below. Compare it with what is saved, then save again."
            )
        saved = {line.pk: line for line in current.cost_lines.all()}
        changed = [line for line in lines if _values(line) != _values(saved.get(line.pk))]
        gone = set(removed) & set(saved)
        if changed or gone or any(getattr(current, name) != plan[name] for name in PLAN):
            _write_plan(current, plan, by)
            _write_lines(current, saved, changed, gone)
            current.refresh_from_db()
    return current


def _values(line: CostLine | None) -> list[Any] | None:
    return None if line is None else [getattr(line, name) for name in LINE]


def _write_plan(current: Budget, plan: Mapping[str, Any], by: Any) -> None:
    for name in PLAN:
        setattr(current, name, plan[name])
    current.prepared_by = by
    current.revision += 1
    if current.confirmed_by_id == by.pk:
        # Preparing and confirming never stand together.
        current.state, current.confirmed_by, current.confirmed_at = Budget.State.DRAFT, None, None
    confirmation = ["state", "confirmed_by", "confirmed_at"]
    current.save(update_fields=[*PLAN, *confirmation, "prepared_by", "revision"])


def _write_lines(
    current: Budget, saved: Collection[int], changed: Iterable[CostLine], gone: Collection[int]
) -> None:
    """Write the lines by one statement: the database judges the sheet as a whole."""
    rows = [
        {name: getattr(line, name) for name in LINE}
        | {"id": line.pk if line.pk in saved else None, "amount": str(line.amount)}
        for line in changed
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE_LINES, {"budget": current.pk, "rows": json.dumps(rows), "gone": list(gone)}
        )


def describe(line: CostLine | OptionLine | None) -> str:
    """Return a line of a plan or of an option in words, to compare two versions of it."""
    if line is None:
        return "Not there"
    words = [
        label(line.fiscal_year),
        line.get_kind_display(),
        line.get_element_display(),
        money.show(line.amount),
        line.note,
        f"paid by {line.source}" if isinstance(line, CostLine) and line.source_id else "",
    ]
    return " · ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class KindCost:
    """Dollars of one kind of cost: one amount per fiscal year of its table, and their sum."""

    label: str
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """The sum over the years."""
        return sum(self.amounts, NOTHING)


@dataclass(frozen=True, slots=True)
class Costs:
    """What the lines of a budget come to."""

    years: tuple[int, ...]
    kinds: tuple[KindCost, ...]

    @property
    def last_year(self) -> int | None:
        """The last fiscal year that costs something."""
        return self.years[-1] if self.years else None

    @property
    def totals(self) -> tuple[Decimal, ...]:
        """Dollars of each fiscal year."""
        return tuple(
            sum((kind.amounts[place] for kind in self.kinds), NOTHING)
            for place in range(len(self.years))
        )

    @property
    def whole_life(self) -> Decimal:
        """Everything, over all years."""
        return sum(self.totals, NOTHING)


def summarize(lines: Iterable[CostLine]) -> Costs:
    """Return `lines` by kind and fiscal year, without the years and kinds that cost nothing."""
    sums: dict[tuple[str, int], Decimal] = {}
    for line in lines:
        key = (line.kind, line.fiscal_year)
        sums[key] = sums.get(key, NOTHING) + line.amount
    years = tuple(sorted({year for _, year in sums}))
    kinds = tuple(
        KindCost(str(kind.label), tuple(sums.get((kind, year), NOTHING) for year in years))
        for kind in CostLine.Kind
        if any(key == kind for key, _ in sums)
    )
    return Costs(years, kinds)


def percent(part: Decimal, whole: Decimal, *, is_cut: bool = False) -> Decimal:
    """Return `part` of `whole` in percent with one decimal, zero where there is no whole.

    Rounded, halves up; with `is_cut` it never says more than there is: 4.96 is not yet 5.
    """
    if not whole:
        return NOTHING
    rounding = ROUND_DOWN if is_cut else ROUND_HALF_UP
    return (100 * part / whole).quantize(Decimal("0.1"), rounding=rounding)


@dataclass(frozen=True, slots=True)
class RunningYear:
    """What running it costs in one fiscal year, and the names of the funds that pay it."""

    fiscal_year: int
    amount: Decimal
    sources: tuple[str, ...]
    is_paid: bool


def running(lines: Iterable[CostLine]) -> list[RunningYear]:
    """Return the recurring cost of `lines` year by year; a year is paid when each line is."""
    recurring = [line for line in lines if line.kind == CostLine.Kind.RECURRING]
    found = []
    for year in sorted({line.fiscal_year for line in recurring}):
        mine = [line for line in recurring if line.fiscal_year == year]
        sources = dict.fromkeys(str(line.source) for line in mine if line.source)
        is_paid = all(line.source for line in mine)
        amount = sum((line.amount for line in mine), NOTHING)
        found.append(RunningYear(year, amount, tuple(sources), is_paid))
    return found
