"""The whole-life cost by what it pays for: a bar for each element, once and every year apart.

The cheap way is often the dear one in the end, and security is often what was left out: both show
here, because what recurs and what security takes have their own length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.charts import drawing
from budgets.charts.drawing import LINES, SOLID, Key, Segment
from budgets.costing import percent
from budgets.models import CostLine
from budgets.money import show_short

ROW, BAR = 26, 18
# Names of elements are longer than those of years.
LEFT = Decimal(78)


@dataclass(frozen=True, slots=True)
class Element:
    """Dollars of one element of cost over all years: paid once, and recurring."""

    label: str
    once: Decimal
    recurring: Decimal
    is_security: bool = False

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.once + self.recurring


@dataclass(frozen=True, slots=True)
class Row:
    """An element with its part of the whole, for the table."""

    element: Element
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one element."""

    label: str
    y: str
    text_y: str
    segments: tuple[Segment, ...]
    total: str
    total_x: str
    is_security: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing. `finding` says in words what it shows; `rows` are the rows of its table."""

    finding: str
    height: str
    bar_height: str
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]
    rows: tuple[Row, ...]
    total: Element


def of_lines(lines: Iterable[CostLine]) -> tuple[Element, ...]:
    """Return what `lines` pay for, dearest first; security is named even where it costs nothing."""
    once: dict[str, Decimal] = {}
    recurring: dict[str, Decimal] = {}
    for line in lines:
        sums = recurring if line.kind == CostLine.Kind.RECURRING else once
        sums[line.element] = sums.get(line.element, drawing.NOTHING) + line.amount
    named = [
        Element(
            label=str(element.label),
            once=once.get(element, drawing.NOTHING),
            recurring=recurring.get(element, drawing.NOTHING),
            is_security=element is CostLine.Element.SECURITY,
        )
        for element in CostLine.Element
    ]
    there = [element for element in named if element.total or element.is_security]
    if not any(element.total for element in there):
        return ()
    return tuple(sorted(there, key=lambda element: -element.total))


def chart(elements: Sequence[Element]) -> Chart | None:
    """Return the chart of `elements`, or nothing where nothing costs anything."""
    most = max((element.total for element in elements), default=drawing.NOTHING)
    if not most:
        return None
    total = Element(
        label="Together",
        once=sum((element.once for element in elements), drawing.NOTHING),
        recurring=sum((element.recurring for element in elements), drawing.NOTHING),
    )
    return Chart(
        finding=finding(elements, total),
        height=str(drawing.FIRST_ROW + len(elements) * ROW),
        bar_height=str(BAR),
        keys=drawing.legend([(SOLID, "Paid once"), (LINES, "Recurring over the horizon")]),
        bars=tuple(_bar(element, row, most) for row, element in enumerate(elements)),
        rows=tuple(Row(element, percent(element.total, total.total)) for element in elements),
        total=total,
    )


def finding(elements: Sequence[Element], total: Element) -> str:
    """Return in words what is dearest, what security takes and what recurs."""
    dearest = max(elements, key=lambda element: element.total)
    said = (
        "Bars of the whole-life cost by what it pays for, together "
        f"{show_short(total.total)}. The largest part is {dearest.label.lower()} with "
        f"{show_short(dearest.total)}, {percent(dearest.total, total.total)} percent."
    )
    for element in elements:
        if element.is_security and element is not dearest:
            part = percent(element.total, total.total)
            said += f" Security is {show_short(element.total)}, {part} percent."
    part = percent(total.recurring, total.total)
    return f"{said} Of the whole, {show_short(total.recurring)} recurs, {part} percent."


def _bar(element: Element, row: int, most: Decimal) -> Bar:
    y = Decimal(drawing.FIRST_ROW + row * ROW)
    return Bar(
        label=element.label,
        y=drawing.px(y),
        text_y=drawing.px(y + Decimal("13.5")),
        segments=drawing.bar(
            [(SOLID, element.once), (LINES, element.recurring)], most=most, left=LEFT
        ),
        total=show_short(element.total),
        total_x=drawing.end_of(element.total, most=most, left=LEFT),
        is_security=element.is_security,
    )
