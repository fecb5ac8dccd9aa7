"""What a budget costs in each fiscal year: a bar for each, stacked by kind of cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.charts import drawing
from budgets.charts.drawing import DOTS, EMPTY, LINES, SOLID, Key, Segment
from budgets.money import show, show_short

ROW, BAR = 27, 22
# What recurs looks as it does in the chart of the whole-life cost.
KINDS = (
    ("capital", "Capital", SOLID),
    ("one_time", "One-time operating", EMPTY),
    ("contingency", "Contingency", DOTS),
    ("recurring", "Recurring", LINES),
)


@dataclass(frozen=True, slots=True)
class YearCost:
    """Dollars of one fiscal year, by kind; `one_time` without contingency."""

    label: str
    capital: Decimal
    one_time: Decimal
    contingency: Decimal
    recurring: Decimal

    @property
    def total(self) -> Decimal:
        """All kinds together."""
        return self.capital + self.one_time + self.contingency + self.recurring


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one year, with its total at the end."""

    label: str
    y: str
    text_y: str
    segments: tuple[Segment, ...]
    total: str
    total_x: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Cost by fiscal year, stacked by kind. `finding` is what the chart shows, in words."""

    finding: str
    height: str
    bar_height: str
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]


def chart(years: Sequence[YearCost]) -> Chart | None:
    """Return the chart of cost by year, or nothing where there is no cost."""
    drawn = _later_together(years)
    most = max((year.total for year in drawn), default=drawing.NOTHING)
    if not most:
        return None
    return Chart(
        finding=finding(years),
        height=str(drawing.FIRST_ROW + len(drawn) * ROW),
        bar_height=str(BAR),
        keys=drawing.legend(
            (look, words) for key, words, look in KINDS if any(getattr(y, key) for y in years)
        ),
        bars=tuple(_bar(year, row, most) for row, year in enumerate(drawn)),
    )


def _later_together(years: Sequence[YearCost]) -> Sequence[YearCost]:
    """Sum the last years of too many: a cost begins now, and its tail is all alike."""
    if len(years) <= drawing.MOST_ROWS:
        return years
    later = years[drawing.MOST_ROWS - 1 :]
    return [
        *years[: drawing.MOST_ROWS - 1],
        YearCost(
            label="Later",
            capital=sum((year.capital for year in later), drawing.NOTHING),
            one_time=sum((year.one_time for year in later), drawing.NOTHING),
            contingency=sum((year.contingency for year in later), drawing.NOTHING),
            recurring=sum((year.recurring for year in later), drawing.NOTHING),
        ),
    ]


def finding(years: Sequence[YearCost]) -> str:
    """Return in words which year is the dearest and what all cost together."""
    dearest = max(years, key=lambda year: year.total)
    together = show(sum((year.total for year in years), drawing.NOTHING))
    if len(years) == 1:
        return f"One bar: all of the cost of this project, {together}, falls into {dearest.label}."
    return (
        f"Bars of the cost in each fiscal year from {years[0].label} to {years[-1].label}. The "
        f"dearest year is {dearest.label} with {show(dearest.total)}; together they cost "
        f"{together}. The table below gives every amount."
    )


def _bar(year: YearCost, row: int, most: Decimal) -> Bar:
    y = Decimal(drawing.FIRST_ROW + row * ROW)
    return Bar(
        label=year.label,
        y=drawing.px(y),
        text_y=drawing.px(y + Decimal("15.5")),
        segments=drawing.bar([(look, getattr(year, key)) for key, _, look in KINDS], most=most),
        total=show_short(year.total),
        total_x=drawing.end_of(year.total, most=most),
    )
