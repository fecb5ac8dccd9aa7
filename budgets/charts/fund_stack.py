"""What was appropriated in each fiscal year, and what became of it: a bar of parts for each year.

Committed, held, free and lapsed together are what was appropriated. What was spent has a slim bar
of its own below: a year's bills may be paid with money of the year before, so spending is no part
of what was appropriated for the same year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.charts import drawing
from budgets.charts.drawing import DOTS, EMPTY, LINES, SECOND, SOLID, Key, Segment
from budgets.money import show_short

ROW, BAR, SLIM = 44, 20, 7
PARTS = (
    ("committed", "Committed", SOLID),
    ("held", "Held", LINES),
    ("free", "Free", EMPTY),
    ("lapsed", "Lapsed", DOTS),
)


@dataclass(frozen=True, slots=True)
class Year:
    """Dollars of one fiscal year: the parts of what was appropriated, and what was spent in it."""

    label: str
    committed: Decimal
    held: Decimal
    free: Decimal
    lapsed: Decimal
    spent: Decimal

    @property
    def appropriated(self) -> Decimal:
        """All parts together."""
        return self.committed + self.held + self.free + self.lapsed

    @property
    def over(self) -> Decimal:
        """Dollars spent above what was appropriated for the year."""
        return max(self.spent - self.appropriated, drawing.NOTHING)


@dataclass(frozen=True, slots=True)
class Bar:
    """The bars of one year: what was appropriated above, what was spent below."""

    label: str
    y: str
    text_y: str
    segments: tuple[Segment, ...]
    total: str
    total_x: str
    spent: tuple[Segment, ...]
    spent_y: str
    spent_label: str
    spent_label_y: str
    spent_x: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing. `finding` says in words what it shows; `years` are the rows of its table."""

    finding: str
    height: str
    bar_height: str
    slim_height: str
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]
    years: tuple[Year, ...]

    @property
    def total(self) -> Year:
        """All years together, for the table's last row."""
        return _together(self.years)


def chart(years: Sequence[Year], *, current: str) -> Chart | None:
    """Return the chart of `years`, earliest first, or nothing where no money was appropriated.

    `current` is the label of the year that the finding speaks of.
    """
    drawn = drawing.earlier_together(years)
    most = max((max(year.appropriated, year.spent) for year in drawn), default=drawing.NOTHING)
    if not most:
        return None
    keys = [(look, words) for name, words, look in PARTS if any(getattr(y, name) for y in drawn)]
    spent = [(SECOND, "Spent in the year")] if any(year.spent for year in drawn) else []
    return Chart(
        finding=finding(years, current=current),
        height=str(drawing.FIRST_ROW + len(drawn) * ROW - 4),
        bar_height=str(BAR),
        slim_height=str(SLIM),
        keys=drawing.legend([*keys, *spent]),
        bars=tuple(_bar(year, row, most) for row, year in enumerate(drawn)),
        years=tuple(years),
    )


def finding(years: Sequence[Year], *, current: str) -> str:
    """Return in words what is there: of the current year, then of all years."""
    year = next((one for one in years if one.label == current), years[-1])
    said = (
        "Bars of what was appropriated for each fiscal year, and what became of it. For "
        f"{year.label} it is {show_short(year.appropriated)}, of which {show_short(year.free)} is "
        f"free, {show_short(year.committed)} is committed and {show_short(year.held)} is held."
    )
    if year.lapsed:
        said += f" {show_short(year.lapsed)} lapsed."
    if year.spent:
        said += f" In that year {show_short(year.spent)} was spent."
    if len(years) == 1:
        return said
    total = _together(years)
    return (
        f"{said} In all years together, {show_short(total.free)} of "
        f"{show_short(total.appropriated)} is free."
    )


def _together(years: Sequence[Year]) -> Year:
    nothing = drawing.NOTHING
    return Year(
        label="All years",
        committed=sum((year.committed for year in years), nothing),
        held=sum((year.held for year in years), nothing),
        free=sum((year.free for year in years), nothing),
        lapsed=sum((year.lapsed for year in years), nothing),
        spent=sum((year.spent for year in years), nothing),
    )


def _bar(year: Year, row: int, most: Decimal) -> Bar:
    y = Decimal(drawing.FIRST_ROW + row * ROW)
    return Bar(
        label=year.label,
        y=drawing.px(y),
        text_y=drawing.px(y + Decimal("14.5")),
        segments=drawing.bar([(look, getattr(year, name)) for name, _, look in PARTS], most=most),
        total=show_short(year.appropriated),
        total_x=drawing.end_of(year.appropriated, most=most),
        spent=drawing.bar([(SECOND, year.spent)], most=most),
        spent_y=drawing.px(y + BAR + 3),
        spent_label=f"{show_short(year.spent)} spent" if year.spent else "",
        spent_label_y=drawing.px(y + BAR + 11),
        spent_x=drawing.end_of(year.spent, most=most),
    )
