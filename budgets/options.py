"""Two ways to spend, side by side over the horizon: cheaper now against cheaper in the end.

Options are ways to pay for the same aim, written down before one becomes the plan. They count
nowhere. Everything is in the comparison, running it and keeping it secure included, because GFOA
asks for the full life-cycle cost and a low first payment often ends up as the dearer way.
"""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from budgets import costing, money
from budgets.fiscal import label
from budgets.ledger import Stale, lock_changes
from budgets.models import Budget, CostLine, CostOption, OptionLine
from budgets.models.cost import Cost

PLACES = (1, 2)
LINE = ("fiscal_year", "kind", "element", "amount", "note")
# What makes a line of an option the same line as one of the plan, whatever it costs.
SAME = ("fiscal_year", "kind", "element", "note")
NOTHING = Decimal(0)


def save(
    budget: Budget,
    *,
    place: int,
    name: str,
    note: str,
    lines: Sequence[OptionLine],
    removed: Collection[int],
    seen: int,
    by: Any,
) -> CostOption:
    """Save the option at `place` (1 or 2) of `budget` and its lines, written by `by`.

    `lines` are the lines as written; one whose key is saved replaces that line, any other is new.
    `removed` are keys; a saved line in neither stays. `seen` is the revision that was read, 0 for
    an option that was not there. Raises Stale when it is another one by now.
    """
    with by.changing():
        lock_changes()
        current = budget.options.select_for_update(no_key=True).filter(place=place).first()
        if seen != (current.revision if current else 0):
            raise Stale(
                "Somebody else changed this option while you were writing. What you wrote is "
                "still below. Compare it with what is saved, then save again."
            )
        option = current or CostOption(budget=budget, place=place)
        option.name, option.note, option.written_by = name, note, by
        option.revision += 1
        option.save()
        _write_lines(option, lines, removed)
    return option


def _write_lines(option: CostOption, lines: Iterable[OptionLine], removed: Collection[int]) -> None:
    saved = {line.pk: line for line in option.lines.all()}
    option.lines.filter(pk__in=removed).delete()
    changed: list[OptionLine] = []
    new: list[OptionLine] = []
    for line in lines:
        stored = saved.get(line.pk)
        target = stored or OptionLine(option=option)
        if stored and all(getattr(stored, name) == getattr(line, name) for name in LINE):
            continue
        for name in LINE:
            setattr(target, name, getattr(line, name))
        (changed if stored else new).append(target)
    OptionLine.objects.bulk_update(changed, LINE)
    OptionLine.objects.bulk_create(new)


def remove(option: CostOption, *, seen: int, by: Any) -> None:
    """Remove `option` with its lines. Raises Stale when it is no longer at the revision `seen`."""
    with by.changing():
        lock_changes()
        current = CostOption.objects.filter(pk=option.pk).first()
        if current is None or current.revision != seen:
            raise Stale("Somebody else changed or removed this option. Look at it again.")
        current.delete()


def use(option: CostOption, *, seen: str, by: Any) -> Budget:
    """Make the lines of `option` the cost lines of its budget, prepared by `by`.

    A line of the plan for the same year, kind, element and purpose stays and takes the option's
    amount, so that it keeps the fund that pays it; the others are replaced. `seen` is the `mark`
    that was read. Raises Stale when the plan or the option is another one by now.
    """
    with by.changing():
        lock_changes()
        current = CostOption.objects.filter(pk=option.pk).first()
        budget = Budget.objects.get(pk=option.budget_id)
        if current is None or mark(budget, current) != seen:
            raise Stale(
                "The plan or the option changed since you opened this page. Nothing was saved. "
                "Read what would change, then decide again."
            )
        lines, removed = as_plan(budget, current)
        plan = {name: getattr(budget, name) for name in costing.PLAN}
        return costing.save_costs(
            budget, plan=plan, lines=lines, removed=removed, seen=budget.revision, by=by
        )


def mark(budget: Budget, option: CostOption) -> str:
    """Return which state of the plan and of the option a page shows."""
    return f"{budget.revision}:{option.pk}:{option.revision}"


def as_plan(budget: Budget, option: CostOption) -> tuple[list[CostLine], set[int]]:
    """Return the cost lines that `option` makes of the plan, and the keys of those that go."""
    free: dict[tuple[Any, ...], list[CostLine]] = {}
    for saved in budget.cost_lines.select_related("source"):
        free.setdefault(_same(saved), []).append(saved)
    lines = []
    for wanted in option.lines.all():
        kept = free.get(_same(wanted))
        line = copy(kept.pop(0)) if kept else CostLine(budget=budget)
        for name in LINE:
            setattr(line, name, getattr(wanted, name))
        lines.append(line)
    return lines, {line.pk for left in free.values() for line in left}


def _same(line: Cost) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in SAME)


@dataclass(frozen=True, slots=True)
class Side:
    """What one option comes to: dollars of each fiscal year of the horizon, and of its parts.

    `later` is what falls outside of the horizon and is not compared.
    """

    name: str
    amounts: tuple[Decimal, ...]
    once: Decimal
    running: Decimal
    security: Decimal
    later: Decimal

    @property
    def together(self) -> Decimal:
        """Dollars over the horizon."""
        return sum(self.amounts, NOTHING)

    @property
    def running_total(self) -> tuple[Decimal, ...]:
        """Dollars up to the end of each year."""
        return tuple(accumulate(self.amounts))

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the option has no line for, although it is rarely free."""
        parts = (("running it", self.running), ("security", self.security))
        return tuple(words for words, amount in parts if not amount)


@dataclass(frozen=True, slots=True)
class Year:
    """One row of the comparison: dollars of each option in the year, and up to its end."""

    fiscal_year: int
    amounts: tuple[Decimal, Decimal]
    so_far: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two options over the same fiscal years."""

    years: tuple[int, ...]
    first: Side
    second: Side

    @property
    def rows(self) -> list[Year]:
        """The numbers year by year."""
        return [
            Year(year, (mine, other), (mine_so_far, other_so_far))
            for year, mine, other, mine_so_far, other_so_far in zip(
                self.years,
                self.first.amounts,
                self.second.amounts,
                self.first.running_total,
                self.second.running_total,
                strict=True,
            )
        ]

    def _cheaper(self, first: Decimal, second: Decimal) -> Side | None:
        if first == second:
            return None
        return self.first if first < second else self.second

    @property
    def cheaper_now(self) -> Side | None:
        """The option that costs less in the first fiscal year, if one does."""
        return self._cheaper(self.first.amounts[0], self.second.amounts[0])

    @property
    def cheaper_in_the_end(self) -> Side | None:
        """The option that costs less over the horizon, if one does."""
        return self._cheaper(self.first.together, self.second.together)

    @property
    def turns_in(self) -> int | None:
        """The fiscal year from which on the option cheaper in the end has cost less.

        Nothing where it was never dearer.
        """
        best = self.cheaper_in_the_end
        if best is None:
            return None
        other = self.second if best is self.first else self.first
        behind = [
            place
            for place, (mine, its) in enumerate(
                zip(best.running_total, other.running_total, strict=True)
            )
            if mine > its
        ]
        return self.years[behind[-1] + 1] if behind else None

    @property
    def finding(self) -> str:
        """What the comparison shows, in words."""
        now, end = self.cheaper_now, self.cheaper_in_the_end
        first_year = label(self.years[0])
        at_once = abs(self.first.amounts[0] - self.second.amounts[0])
        in_the_end = abs(self.first.together - self.second.together)
        if end is None:
            start = (
                f" “{now.name}” costs {money.show(at_once)} less in {first_year}." if now else ""
            )
            return f"Both cost {money.show(self.first.together)} {self._span}.{start}"
        less = f"“{end.name}” costs {money.show(in_the_end)} less {self._span}"
        if now is end:
            return f"{less}, and is the cheaper one in {first_year} already."
        if now is None:
            start = f"Both cost the same in {first_year}"
        else:
            start = f"“{now.name}” costs {money.show(at_once)} less in {first_year}"
        turn = f" By the end of {label(self.turns_in)} it has cost less." if self.turns_in else ""
        return f"{start}, but {less}.{turn}"

    @property
    def _span(self) -> str:
        if len(self.years) == 1:
            return f"in {label(self.years[0])}"
        return f"over the {len(self.years)} years to {label(self.years[-1])}"


def compare(first: CostOption, second: CostOption, *, years: range) -> Comparison:
    """Return two options with their saved lines, compared over the fiscal `years`."""
    sides = (_side(option.name, list(option.lines.all()), years) for option in (first, second))
    return Comparison(tuple(years), *sides)


def _side(name: str, lines: Sequence[Cost], years: range) -> Side:
    compared = [line for line in lines if line.fiscal_year in years]
    recurring = [line for line in compared if line.kind == Cost.Kind.RECURRING]
    running = _sum(recurring)
    return Side(
        name=name,
        amounts=tuple(
            _sum(line for line in compared if line.fiscal_year == year) for year in years
        ),
        once=_sum(compared) - running,
        running=running,
        security=_sum(line for line in compared if line.element == Cost.Element.SECURITY),
        later=_sum(lines) - _sum(compared),
    )


def _sum(lines: Iterable[Cost]) -> Decimal:
    return sum((line.amount for line in lines), NOTHING)
