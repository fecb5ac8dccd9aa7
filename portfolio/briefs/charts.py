"""Geometry of the chart of an adopted list. The template draws the SVG.

Coordinates are strings, ready for an SVG attribute, so that no locale puts a comma into them.
Colors are presentation attributes, because a page's style sheet does not reach an SVG in a PDF;
on the web the classes beside them color the chart again for dark pages. Every fill has a contrast
of at least 3 to 1 to the paper, and of 4.5 to 1 to a label written on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from budgets.money import show, show_short

LINES_LEFT, LINES_WIDTH = Decimal(56), Decimal(500)
LINES_TOP, LINES_HEIGHT = Decimal(14), Decimal(150)
LABEL_GAP = Decimal(15)
# More steps than this are not told apart on paper.
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and its words."""

    at: str
    label_at: str
    label: str


@dataclass(frozen=True, slots=True)
class RunningChart:
    """Two step lines down a list: cost and committed money, added up."""

    finding: str
    cost: str
    committed: str
    committed_area: str
    cost_label: Tick
    committed_label: Tick
    amounts: tuple[Tick, ...]
    ranks: tuple[Tick, ...]


def running_total(steps: Sequence[tuple[Decimal, Decimal]]) -> RunningChart | None:
    """Return the chart of (cost, committed money) added up to each place, first place first.

    Nothing where there is neither.
    """
    cost, committed = steps[-1] if steps else (Decimal(0), Decimal(0))
    if not cost and not committed:
        return None
    scale = _round_steps(max(cost, committed))
    top = scale[-1]
    cost_line = _stairs([step[0] for step in steps], top)
    committed_line = _stairs([step[1] for step in steps], top)
    cost_y, committed_y = _apart(_height(cost, top), _height(committed, top))
    right = LINES_LEFT + LINES_WIDTH + 8
    return RunningChart(
        finding=_running_finding(len(steps), cost, committed),
        cost=cost_line,
        committed=committed_line,
        committed_area=f"{committed_line}V{_height(Decimal(0), top):.1f}H{LINES_LEFT}Z",
        cost_label=Tick(_px(right), _px(cost_y + 4), f"Cost {show_short(cost)}"),
        committed_label=Tick(
            _px(right), _px(committed_y + 4), f"Committed {show_short(committed)}"
        ),
        amounts=tuple(
            Tick(_px(_height(step, top)), _px(_height(step, top) + 4), show_short(step))
            for step in scale
        ),
        ranks=_rank_ticks(len(steps)),
    )


def _running_finding(length: int, cost: Decimal, committed: Decimal) -> str:
    projects = "project" if length == 1 else "projects"
    first = f"The {length:,} {projects} cost {show(cost)} once, with contingency."
    if not committed:
        return f"{first} No money was committed to them when the list was signed."
    return f"{first} {show(committed)} was committed to them when the list was signed."


def _stairs(values: Sequence[Decimal], top: Decimal) -> str:
    """Return the path of a line that rises at each place, thinned for long lists."""
    stride = -(-len(values) // MOST_STEPS)
    path = f"M{LINES_LEFT} {_height(Decimal(0), top):.1f}"
    for place, value in enumerate(values, start=1):
        if place % stride == 0 or place == len(values):
            x = LINES_LEFT + LINES_WIDTH * place / len(values)
            path += f"V{_height(value, top):.1f}H{x:.1f}"
    return path


def _height(value: Decimal, top: Decimal) -> Decimal:
    return LINES_TOP + LINES_HEIGHT * (1 - value / top)


def _apart(cost_y: Decimal, committed_y: Decimal) -> tuple[Decimal, Decimal]:
    """Move two labels from each other until both can be read, the higher one upwards."""
    if abs(cost_y - committed_y) >= LABEL_GAP:
        return cost_y, committed_y
    middle = (cost_y + committed_y) / 2
    above, below = middle - LABEL_GAP / 2, middle + LABEL_GAP / 2
    return (above, below) if cost_y <= committed_y else (below, above)


def _rank_ticks(length: int) -> tuple[Tick, ...]:
    """Return the marks of the first place, of round places between, and of the last."""
    stride = next(
        (
            size
            for ten in range(6)
            for size in (10**ten, 2 * 10**ten, 5 * 10**ten)
            if length / size <= 10
        ),
        length,
    )
    marked = {1, length} | set(range(stride, length - stride // 2, stride))
    foot = LINES_TOP + LINES_HEIGHT
    ticks = []
    for place in sorted(marked):
        x = LINES_LEFT + LINES_WIDTH * (place - Decimal("0.5")) / length
        ticks.append(Tick(_px(x), _px(foot + 16), f"{place:,}"))
    return tuple(ticks)


def _round_steps(most: Decimal) -> tuple[Decimal, ...]:
    """Return the amounts of the axis from zero up, in round steps, the last at or above `most`."""
    for_four = most / 4
    unit = Decimal(10) ** (len(str(int(for_four))) - 1)
    step = next(unit * size for size in (1, 2, 5, 10) if unit * size >= for_four)
    count = int((most / step).to_integral_value(rounding=ROUND_CEILING))
    return tuple(step * place for place in range(count + 1))


def _px(value: Decimal) -> str:
    return f"{value:.1f}"
