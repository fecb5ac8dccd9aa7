"""Two options over the years: what each has cost by the end of every fiscal year, as two lines.

Where the lines cross, the option that was cheaper at first has become the dearer one. The lines
differ by dashes and by the marks on them, not by color alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from budgets.charts.drawing import NOTHING, px
from budgets.fiscal import label
from budgets.money import show_short
from budgets.options import Comparison, Side

LEFT, RIGHT = Decimal(58), Decimal(372)
TOP, BOTTOM = Decimal(54), Decimal(204)
HEIGHT = 232
LABEL_GAP = Decimal(15)
# More names of years would run into each other.
MOST_YEARS_NAMED = 6
MOST_STEPS = 4
LONGEST_NAME = 52


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it is, where its words stand, and the words."""

    at: str
    label_at: str
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The sum at the end of one year."""

    x: str
    y: str
    corner_x: str
    corner_y: str


@dataclass(frozen=True, slots=True)
class Line:
    """One option: its line, the marks on it, and what stands at its end."""

    css: str
    color: str
    is_dashed: bool
    name: str
    legend_y: str
    points: str
    marks: tuple[Mark, ...]
    end: Tick


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing; `finding` says in words what it shows. `turn` is where the lines cross."""

    finding: str
    height: str
    amounts: tuple[Tick, ...]
    years: tuple[Tick, ...]
    lines: tuple[Line, Line]
    turn: Tick | None


def chart(comparison: Comparison) -> Chart | None:
    """Return the chart of two options, or nothing where neither costs anything."""
    first, second = comparison.first, comparison.second
    most = max(first.together, second.together)
    if not most:
        return None
    steps = _steps(most)
    top, count = steps[-1], len(comparison.years)
    ends = _apart(_y(first.together, top), _y(second.together, top))
    return Chart(
        finding=(
            "Two lines of what each option has cost by the end of each fiscal year. "
            f"{comparison.finding}"
        ),
        height=str(HEIGHT),
        amounts=tuple(
            Tick(px(_y(step, top)), px(_y(step, top) + 4), show_short(step)) for step in steps
        ),
        years=_years(comparison.years),
        lines=(
            _line(first, 0, count, top, ends[0]),
            _line(second, 1, count, top, ends[1]),
        ),
        turn=_turn(comparison),
    )


def _line(side: Side, place: int, count: int, top: Decimal, end: Decimal) -> Line:
    spots = [(_x(year, count), _y(sum_, top)) for year, sum_ in enumerate(side.running_total)]
    name = side.name
    return Line(
        css=("c-one", "c-two")[place],
        color=("#1f4e79", "#96620f")[place],
        is_dashed=place == 1,
        name=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        legend_y=str(14 + place * 18),
        points=" ".join(f"{px(x)},{px(y)}" for x, y in spots),
        marks=tuple(Mark(px(x), px(y), px(x - 4), px(y - 4)) for x, y in spots),
        end=Tick(px(RIGHT + 10), px(end + 4), show_short(side.together)),
    )


def _x(place: int, count: int) -> Decimal:
    """Return where a year stands; a single one in the middle."""
    if count == 1:
        return (LEFT + RIGHT) / 2
    return LEFT + 12 + (RIGHT - LEFT - 12) * place / (count - 1)


def _y(amount: Decimal, top: Decimal) -> Decimal:
    return BOTTOM - (BOTTOM - TOP) * amount / top


def _years(years: Sequence[int]) -> tuple[Tick, ...]:
    """Return the names of the years, every second or third where there are many."""
    every = -(-len(years) // MOST_YEARS_NAMED)
    return tuple(
        Tick(px(_x(place, len(years))), px(BOTTOM + 19), label(year))
        for place, year in enumerate(years)
        if place % every == 0
    )


def _turn(comparison: Comparison) -> Tick | None:
    if comparison.turns_in is None:
        return None
    place = comparison.years.index(comparison.turns_in)
    at = px(_x(place, len(comparison.years)))
    return Tick(at, px(TOP - 4), f"Turning point, {label(comparison.turns_in)}")


def _apart(first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """Move two labels apart where they would cover each other."""
    overlap = LABEL_GAP - abs(first - second)
    if overlap <= 0:
        return first, second
    shift = overlap / 2 if first > second else -overlap / 2
    return first + shift, second - shift


def _steps(most: Decimal) -> tuple[Decimal, ...]:
    """Return round amounts from zero to at least `most`, at most MOST_STEPS above zero."""
    size = Decimal(10) ** (most / MOST_STEPS).adjusted()
    rounds = (size * factor for factor in (1, 2, Decimal("2.5"), 5, 10))
    step = next(step for step in rounds if step * MOST_STEPS >= most)
    count = int((most / step).to_integral_value(rounding=ROUND_CEILING))
    return tuple((NOTHING + step * number) for number in range(count + 1))
