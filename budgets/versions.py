"""What a budget said when it was confirmed, what it says now, and what differs between two states.

The database freezes a version with each confirmation (migration `0004_amended_frozen_and_waived`).
Two states differ in amounts, line by line and in sum, and in texts; how the words of a text are
compared is the site's business. Pure apart from the rows that it is given.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format

from budgets import fiscal
from budgets.models import Allocation, Budget, BudgetVersion, CostLine

NOTHING = Decimal(0)
KINDS: dict[str, str] = dict(CostLine.Kind.choices)
ELEMENTS: dict[str, str] = dict(CostLine.Element.choices)
# What both a budget and a version of it have, under the same name.
TOTALS = ("one_time_cost", "contingency", "recurring_cost", "security_cost", "committed")
PLAN = ("phase_start", "phase_end", "no_recurring_reason")


@dataclass(frozen=True, slots=True)
class Line:
    """One cost: `key` is the line's own, `source` the fund that pays a recurring one.

    A fund that got another name since is the same fund.
    """

    key: int
    fiscal_year: int
    kind: str
    element: str
    amount: Decimal
    note: str
    source: int | None
    source_name: str = field(compare=False)

    @property
    def title(self) -> str:
        """The line in a few words: FY 2027 · Capital · Hardware."""
        return " · ".join((fiscal.label(self.fiscal_year), self.kind_name, self.element_name))

    @property
    def kind_name(self) -> str:
        """The kind of cost, for people."""
        return KINDS.get(self.kind, self.kind)

    @property
    def element_name(self) -> str:
        """What the cost is for, for people."""
        return ELEMENTS.get(self.element, self.element)


@dataclass(frozen=True, slots=True)
class Part:
    """One committed allocation: `key` is its own; its amount never changes."""

    key: int
    fund: str = field(compare=False)
    fiscal_year: int
    action_number: str
    amount: Decimal

    @property
    def title(self) -> str:
        """Where the money comes from: fund, fiscal year, action."""
        return " · ".join((self.fund, fiscal.label(self.fiscal_year), self.action_number))


@dataclass(frozen=True, slots=True)
class Content:
    """What a budget says: its plan, its totals in dollars, its cost lines, its committed money."""

    phase_start: date | None
    phase_end: date | None
    no_recurring_reason: str
    one_time_cost: Decimal
    contingency: Decimal
    recurring_cost: Decimal
    security_cost: Decimal
    committed: Decimal
    lines: tuple[Line, ...]
    money: tuple[Part, ...]

    @property
    def needed(self) -> Decimal:
        """Dollars that committed money must cover: one-time cost and its contingency."""
        return self.one_time_cost + self.contingency

    @property
    def whole_life(self) -> Decimal:
        """Dollars of everything it costs over the years."""
        return self.needed + self.recurring_cost


def of_version(version: BudgetVersion) -> Content:
    """Return what `version` says: from its own row alone."""
    return _content(
        version,
        [_frozen_line(row) for row in version.lines],
        [_frozen_part(row) for row in version.money],
    )


def of_budget(budget: Budget) -> Content:
    """Return what `budget` says now. Reads what of its lines and money was not read before."""
    prefetch_related_objects([budget], "cost_lines__source", "allocations__appropriation__fund")
    lines = [
        Line(
            key=line.pk,
            source=line.source_id,
            source_name=str(line.source or ""),
            fiscal_year=line.fiscal_year,
            kind=line.kind,
            element=line.element,
            amount=line.amount,
            note=line.note,
        )
        for line in budget.cost_lines.all()
    ]
    money = [
        Part(
            key=row.pk,
            fund=str(row.appropriation.fund),
            fiscal_year=row.appropriation.fiscal_year,
            action_number=row.appropriation.action_number,
            amount=row.amount,
        )
        for row in budget.allocations.all()
        if row.state == Allocation.State.COMMITTED
    ]
    return _content(budget, lines, money)


def _content(row: Budget | BudgetVersion, lines: list[Line], money: list[Part]) -> Content:
    named: dict[str, Any] = {name: getattr(row, name) for name in (*TOTALS, *PLAN)}
    # The rows' own order is the order in which they were written.
    lines.sort(key=attrgetter("fiscal_year", "kind", "key"))
    return Content(**named, lines=tuple(lines), money=tuple(money))


def _frozen_line(row: dict[str, Any]) -> Line:
    return Line(
        key=row["id"],
        fiscal_year=row["fiscal_year"],
        kind=row["kind"],
        element=row["element"],
        amount=Decimal(row["amount"]),
        note=row["note"],
        source=row["source"],
        source_name=row["source_name"] or "",
    )


def _frozen_part(row: dict[str, Any]) -> Part:
    return Part(
        key=row["id"],
        fund=row["fund"],
        fiscal_year=row["fiscal_year"],
        action_number=row["action_number"],
        amount=Decimal(row["amount"]),
    )


class TextChange(NamedTuple):
    """A text, a choice or a day that differs, as people read both."""

    label: str
    before: str
    after: str


class Total(NamedTuple):
    """A sum in dollars, in both states."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """What was added; below zero what was taken away."""
        return self.after - self.before


class LineChange(NamedTuple):
    """A cost line that came (no `before`), went (no `after`) or says something else."""

    before: Line | None
    after: Line | None

    @property
    def word(self) -> str:
        """What became of it: new, removed or changed."""
        if self.before is None:
            return "new"
        return "removed" if self.after is None else "changed"

    @property
    def title(self) -> str:
        """The line in a few words, as it is now where it is there."""
        line = self.after or self.before
        return line.title if line else ""

    @property
    def difference(self) -> Decimal:
        """Dollars that were added; below zero what was taken away."""
        return _amount(self.after) - _amount(self.before)

    @property
    def texts(self) -> list[TextChange]:
        """What it says differently, apart from its amount."""
        return list(_changed(_texts(self.before), _texts(self.after)))


class PartChange(NamedTuple):
    """Committed money that came or went."""

    part: Part
    is_new: bool

    @property
    def difference(self) -> Decimal:
        """Dollars that were added; below zero what was taken away."""
        return self.part.amount if self.is_new else -self.part.amount


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two states of a budget; `totals` are all of them, differing or not."""

    texts: tuple[TextChange, ...]
    totals: tuple[Total, ...]
    lines: tuple[LineChange, ...]
    money: tuple[PartChange, ...]

    @property
    def count(self) -> int:
        """How many things differ."""
        return len(self.texts) + len(self.lines) + len(self.money)


def between(before: Content, after: Content) -> Changes:
    """Return what differs between two states, in the order in which people read a budget."""
    return Changes(
        texts=tuple(_changed(_plan(before), _plan(after))),
        totals=tuple(_totals(before, after)),
        lines=tuple(
            LineChange(old, new) for old, new in _pairs(before.lines, after.lines) if old != new
        ),
        money=tuple(_money(before.money, after.money)),
    )


def latest(budget: Budget) -> BudgetVersion | None:
    """Return the version of `budget` that was confirmed last, with who did: one query."""
    found = BudgetVersion.objects.filter(budget=budget).select_related("confirmed_by")
    return found.order_by("-number").first()


def _totals(before: Content, after: Content) -> Iterator[Total]:
    for label, name in (
        ("One-time cost", "one_time_cost"),
        ("Contingency", "contingency"),
        ("Recurring cost", "recurring_cost"),
        ("Whole-life cost", "whole_life"),
        ("Security in it", "security_cost"),
        ("Committed money", "committed"),
    ):
        yield Total(label, getattr(before, name), getattr(after, name))


def _plan(content: Content) -> dict[str, str]:
    return {
        "Planned phase begins": _day(content.phase_start),
        "Planned phase ends": _day(content.phase_end),
        "Why nothing recurs": content.no_recurring_reason,
    }


def _texts(line: Line | None) -> dict[str, str]:
    if line is None:
        return {}
    return {
        "Fiscal year": fiscal.label(line.fiscal_year),
        "Kind": line.kind_name,
        "For": line.element_name,
        "What it pays for": line.note,
        "Paid by": line.source_name,
    }


def _changed(before: dict[str, str], after: dict[str, str]) -> Iterator[TextChange]:
    for label in after or before:
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            yield TextChange(label, old, new)


def _pairs(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Pair lines by their key, then those of the same year, kind and element; the rest is alone."""
    left = {line.key: line for line in old}
    found = {line.key: left.pop(line.key, None) for line in new}
    waiting: dict[Hashable, list[Line]] = {}
    for line in left.values():
        waiting.setdefault(_place(line), []).append(line)
    for line in new:
        alike = waiting.get(_place(line))
        if found[line.key] is None and alike:
            found[line.key] = alike.pop(0)
    paired = {line.key for line in found.values() if line}
    for line in new:
        yield found[line.key], line
    for line in old:
        if line.key not in paired:
            yield line, None


def _place(line: Line) -> Hashable:
    return line.fiscal_year, line.kind, line.element


def _money(old: Iterable[Part], new: Iterable[Part]) -> Iterator[PartChange]:
    before, after = {part.key: part for part in old}, {part.key: part for part in new}
    yield from (PartChange(part, True) for key, part in after.items() if key not in before)
    yield from (PartChange(part, False) for key, part in before.items() if key not in after)


def _amount(line: Line | None) -> Decimal:
    return line.amount if line else NOTHING


def _day(day: date | None) -> str:
    return date_format(day) if day else ""
