"""What was planned and what was spent, by fiscal year: two bars for each year.

What goes beyond the plan is drawn apart and told in words, in the chart and in its table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.charts import drawing
from budgets.charts.drawing import CROSS, EMPTY, SOLID, Key, Segment
from budgets.money import show, show_short

ROW, BAR = 40, 15
# More years over their plan are counted, not listed, where somebody listens to the finding.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Year:
    """Dollars planned and spent under one label: a fiscal year, or all of them."""

    label: str
    planned: Decimal
    spent: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Spent of planned in whole percent; nothing where nothing was planned."""
        return drawing.share(self.spent, self.planned)

    @property
    def is_over(self) -> bool:
        """True where more was spent than planned."""
        return self.spent > self.planned

    @property
    def over(self) -> Decimal:
        """Dollars spent above the plan."""
        return max(self.spent - self.planned, drawing.NOTHING)

    @property
    def left(self) -> Decimal:
        """Dollars planned and not spent."""
        return max(self.planned - self.spent, drawing.NOTHING)

    @property
    def words(self) -> str:
        """How much of the plan is spent, in a few words."""
        if not self.spent:
            return "Nothing spent"
        if self.percent is None:
            return "Spent without a plan"
        over = f", over by {show(self.over)}" if self.is_over else ""
        return f"{self.percent:,}% spent{over}"


@dataclass(frozen=True, slots=True)
class Bar:
    """The two bars of one year."""

    label: str
    text_y: str
    planned: tuple[Segment, ...]
    planned_y: str
    planned_label: str
    planned_label_y: str
    planned_x: str
    spent: tuple[Segment, ...]
    spent_y: str
    spent_label: str
    spent_label_y: str
    spent_x: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing. `finding` says in words what it shows; `years` are the rows of its table."""

    finding: str
    height: str
    bar_height: str
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]
    years: tuple[Year, ...]

    @property
    def total(self) -> Year:
        """All years together, for the table's last row."""
        return together(self.years)


def together(years: Sequence[Year]) -> Year:
    """Return all `years` as one."""
    return Year(
        label="All years",
        planned=sum((year.planned for year in years), drawing.NOTHING),
        spent=sum((year.spent for year in years), drawing.NOTHING),
    )


def chart(years: Sequence[Year]) -> Chart | None:
    """Return the chart of `years`, earliest first, or nothing where nothing is planned or spent."""
    drawn = drawing.earlier_together(years)
    most = max((max(year.planned, year.spent) for year in drawn), default=drawing.NOTHING)
    if not most:
        return None
    keys = [(EMPTY, "Planned"), (SOLID, "Spent")]
    if any(year.is_over for year in drawn):
        keys.append((CROSS, "Spent beyond the plan"))
    return Chart(
        finding=finding(years),
        height=str(drawing.FIRST_ROW + len(drawn) * ROW - 4),
        bar_height=str(BAR),
        keys=drawing.legend(keys),
        bars=tuple(_bar(year, row, most) for row, year in enumerate(drawn)),
        years=tuple(years),
    )


def finding(years: Sequence[Year]) -> str:
    """Return in words how much of the plan is spent, and which years are over it."""
    total = together(years)
    first, last = years[0].label, years[-1].label
    span = f"in {first}" if len(years) == 1 else f"in each fiscal year from {first} to {last}"
    said = f"Bars of what was planned and what was spent {span}."
    if not total.spent:
        return f"{said} {show_short(total.planned)} is planned and nothing is spent yet."
    percent = "" if total.percent is None else f", {total.percent:,} percent"
    said += f" Of {show_short(total.planned)} planned, {show_short(total.spent)} is spent{percent}."
    over = [year for year in years if year.is_over]
    if not over:
        return f"{said} No year is over its plan."
    more = len(over) - MOST_NAMED
    rest = [f"{more} more {'year is' if more == 1 else 'years are'} over."] if more > 0 else []
    return " ".join([said, *map(_said_over, over[:MOST_NAMED]), *rest])


def _said_over(year: Year) -> str:
    if year.percent is None:
        return f"Nothing was planned for {year.label}, and {show_short(year.spent)} was spent."
    over = show_short(year.over)
    return f"The spending of {year.label} is over its plan by {over}: {year.percent:,} percent."


def _bar(year: Year, row: int, most: Decimal) -> Bar:
    y = Decimal(drawing.FIRST_ROW + row * ROW)
    below = y + BAR + 2
    return Bar(
        label=year.label,
        text_y=drawing.px(y + BAR + 5),
        planned=drawing.bar([(EMPTY, year.planned)], most=most),
        planned_y=drawing.px(y),
        planned_label=show_short(year.planned),
        planned_label_y=drawing.px(y + Decimal("11.5")),
        planned_x=drawing.end_of(year.planned, most=most),
        spent=drawing.bar([(SOLID, min(year.spent, year.planned)), (CROSS, year.over)], most=most),
        spent_y=drawing.px(below),
        spent_label=_behind(year),
        spent_label_y=drawing.px(below + Decimal("11.5")),
        spent_x=drawing.end_of(year.spent, most=most),
        is_over=year.is_over,
    )


def _behind(year: Year) -> str:
    """Return what stands behind the bar of what was spent."""
    if not year.spent:
        return "$0"
    amount = show_short(year.spent)
    if year.percent is None:
        return f"{amount}, no plan"
    return f"{amount}, {year.percent:,}%{' – over' if year.is_over else ''}"
