"""The bump chart: how the ranks of the projects now on top changed from list to list.

The first ten ranks have a lane each. Deeper ranks share the lanes below, in their order, so that
nothing covers anything; each mark says its rank. The lines differ by dashes, by the shape of their
marks and by the name at their end, not by color alone.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from budgets.charts.drawing import px

TOP = 10
# More columns have no room for their names.
MOST_LISTS = 11

# In units of the drawing.
FEW_COLUMNS = 6
LEFT, FIRST_LANE, LANE = Decimal(20), Decimal(54), Decimal(26)
WIDEST_GAP, NARROW, WIDE = Decimal(150), Decimal(450), Decimal(748)
NAME_ROOM, NAME_GAP, LETTER = 310, Decimal(18), Decimal("6.8")
RADIUS = Decimal(10)

DASHES = ("", "9 4", "2 3", "12 3 2 3", "5 3")
LOOKS = (("c-one", "#1f4e79"), ("c-two", "#96620f"))


class Column(NamedTuple):
    """One order of the list: its name, and the day on which it was adopted."""

    name: str
    day: str


class Trace(NamedTuple):
    """One project and its rank in each column; None where it was not on the list."""

    project: int
    title: str
    ranks: tuple[int | None, ...]

    @property
    def now(self) -> int:
        """Its rank in the last column, the working order, where every trace stands."""
        return self.ranks[-1] or 0


class Head(NamedTuple):
    """Where the name of a column stands."""

    x: str
    column: Column


class Mark(NamedTuple):
    """A rank: a disk or a square with the number in it, wider where the number is long."""

    x: str
    y: str
    corner_x: str
    corner_y: str
    text_y: str
    rank: str
    width: str


class Line(NamedTuple):
    """One project: its line in parts without gaps, its marks, and its name at the end."""

    css: str
    color: str
    dash: str
    is_square: bool
    parts: tuple[str, ...]
    marks: tuple[Mark, ...]
    name: str
    name_x: str
    name_y: str


class Rule(NamedTuple):
    """A rule across the drawing, and where the words at its end stand."""

    y: str
    end: str
    words_x: str
    words_y: str


class Chart(NamedTuple):
    """The drawing; `finding` says in words what it shows."""

    finding: str
    width: str
    height: str
    is_wide: bool
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    # Above the lanes of the deeper ranks, where there are any.
    below: Rule | None


def chart(columns: Sequence[Column], traces: Sequence[Trace]) -> Chart:
    """Return the chart of at least two columns, the last of them the working order."""
    gap = _gap(len(columns))
    lanes = _lanes(traces)
    deepest = max(max(lane for lane in column.values()) for column in lanes if column)
    end = LEFT + gap * (len(columns) - 1)
    return Chart(
        finding=finding(columns, traces),
        width=px(end + NAME_GAP + NAME_ROOM),
        height=px(_y(max(deepest, len(traces))) + 18),
        is_wide=len(columns) > FEW_COLUMNS,
        heads=tuple(Head(px(LEFT + gap * n), column) for n, column in enumerate(columns)),
        lines=tuple(_line(n, trace, lanes, gap) for n, trace in enumerate(traces)),
        below=_below(end) if deepest > TOP else None,
    )


def _gap(count: int) -> Decimal:
    """Return how far apart `count` columns stand."""
    room = WIDE if count > FEW_COLUMNS else NARROW
    return min(WIDEST_GAP, room / (count - 1))


def _lanes(traces: Sequence[Trace]) -> list[dict[int, int]]:
    """Return for each column the lane of each rank that is drawn in it."""
    found = []
    for column in zip(*(trace.ranks for trace in traces), strict=True):
        ranks = sorted(rank for rank in column if rank is not None)
        deeper = [rank for rank in ranks if rank > TOP]
        lanes = {rank: rank for rank in ranks if rank <= TOP}
        found.append(lanes | {rank: TOP + 1 + place for place, rank in enumerate(deeper)})
    return found


def _y(lane: int) -> Decimal:
    """Return where a lane runs: the deeper ones keep off the first ten."""
    return FIRST_LANE + LANE * (lane - 1) + (LANE if lane > TOP else 0)


def _below(end: Decimal) -> Rule:
    rule = _y(TOP) + LANE
    return Rule(px(rule), px(end + RADIUS), px(end + NAME_GAP), px(rule + 4))


def _line(place: int, trace: Trace, lanes: Sequence[dict[int, int]], gap: Decimal) -> Line:
    css, color = LOOKS[place % len(LOOKS)]
    spots = [
        None if rank is None else (LEFT + gap * n, _y(lanes[n][rank]), rank)
        for n, rank in enumerate(trace.ranks)
    ]
    end_x, end_y = LEFT + gap * (len(spots) - 1) + NAME_GAP, _y(place + 1)
    return Line(
        css=css,
        color=color,
        dash=DASHES[place % len(DASHES)],
        is_square=place >= len(DASHES),
        parts=tuple(_parts(spots)),
        marks=tuple(_mark(*spot) for spot in spots if spot),
        name=_cut(trace.title),
        name_x=px(end_x),
        name_y=px(end_y + 5),
    )


def _parts(spots: Sequence[tuple[Decimal, Decimal, int] | None]) -> Iterator[str]:
    """Give the points of each run of columns that the project stands in."""
    for is_there, run in groupby(spots, key=lambda spot: spot is not None):
        points = [f"{px(spot[0])},{px(spot[1])}" for spot in run if spot]
        if is_there and len(points) > 1:
            yield " ".join(points)


def _mark(x: Decimal, y: Decimal, rank: int) -> Mark:
    words = f"{rank:,}"
    half = max(RADIUS, Decimal("3.4") * len(words) + 3)
    return Mark(px(x), px(y), px(x - half), px(y - RADIUS), px(y + 4), words, px(2 * half))


def _cut(title: str) -> str:
    longest = int(NAME_ROOM / LETTER)
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"


def finding(columns: Sequence[Column], traces: Sequence[Trace]) -> str:
    """Return in words what the ranks show: who rose and who fell most, and who is new."""
    lists = len(columns) - 1
    said = [
        f"Ranks of the first {len(traces)} of the working order on {lists} adopted "
        f"{'list' if lists == 1 else 'lists'} and now."
        if len(traces) > 1
        else "Ranks of the only project of the working order."
    ]
    ways = [(_first(trace), trace) for trace in traces]
    rises = [(place[1] - trace.now, place, trace) for place, trace in ways if place]
    risen = max(rises, key=lambda rise: rise[0], default=None)
    fallen = min(rises, key=lambda rise: rise[0], default=None)
    if risen and risen[0] > 0:
        said.append(_told("rose", columns, *risen[1:]))
    if fallen and fallen[0] < 0:
        said.append(_told("fell", columns, *fallen[1:]))
    if rises and not any(rise for rise, _, _ in rises):
        said.append("Whoever was on a list stands where it stood first.")
    new = len(traces) - len(rises)
    if new:
        said.append(f"{new} {'was' if new == 1 else 'were'} on none of these lists.")
    return " ".join(said)


def _first(trace: Trace) -> tuple[int, int] | None:
    """Return the first column before the last that the project stands in, and its rank there."""
    found = ((column, rank) for column, rank in enumerate(trace.ranks[:-1]) if rank is not None)
    return next(found, None)


def _told(verb: str, columns: Sequence[Column], place: tuple[int, int], trace: Trace) -> str:
    column, rank = place
    name = columns[column].name.lower()
    return f"{trace.title} {verb} most, from {rank:,} on {name} to {trace.now:,}."
