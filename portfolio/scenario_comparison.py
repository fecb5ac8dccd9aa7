"""The working order beside scenarios: who moves above or below which line, and what it is worth."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from portfolio import keys, scenarios
from portfolio.line_facts import Standing, sentence
from portfolio.lines import Side
from portfolio.models import Scenario

MOST_COMPARED = 3

# Where a rank stands, in few words.
SIDES = {
    Side.BOTH: "above both lines",
    Side.FUNDED: "below the capacity line",
    Side.STAFFED: "below the money line",
    Side.NEITHER: "below both lines",
}


class Column(NamedTuple):
    """One order with its lines: the working order, or what a scenario makes of it."""

    name: str
    drawn: Standing
    scenario: Scenario | None = None

    @property
    def funded(self) -> int:
        """How many projects have money."""
        return sum(outcome.has_money for outcome in self.drawn.walk.outcomes.values())

    @property
    def dollars_funded(self) -> Decimal:
        """What the projects that have money cost."""
        return dollars(self.drawn.walk.critical_money[1])

    @property
    def dollars_used(self) -> Decimal:
        """What is promised or taken by the walk, of `dollars_there`."""
        return dollars(self.drawn.walk.money_used)

    @property
    def dollars_there(self) -> Decimal:
        """The money of all funds, the changes applied."""
        return dollars(self.drawn.walk.money)

    @property
    def critical_percent(self) -> int | None:
        """The critical projects' share of the dollars of projects that have money.

        Rounded down, as in the warning: what is below the floor never reads as the floor.
        """
        critical, everything = self.drawn.walk.critical_money
        return 100 * critical // everything if everything else None

    @property
    def reach(self) -> str:
        """How far down people and money reach, in words."""
        walk = self.drawn.walk
        people = _reach("People reach", walk.people_line, walk.length)
        return f"{people} {_reach('Money reaches', walk.money_line, walk.length)}"


def _reach(what: str, line: int, length: int) -> str:
    if not line:
        return f"{what} nobody."
    return f"{what} down to {'the end' if line == length else f'project {line}'}."


class Turn(NamedTuple):
    """One thing that is otherwise than in the working order: to the better, or not."""

    is_gain: bool
    words: str
    # Why it has no money any more.
    why: str = ""

    @property
    def tone(self) -> str:
        """The look of its tag."""
        return "ok" if self.is_gain else "bad"

    @property
    def icon(self) -> str:
        """The icon before its words."""
        return "arrow_upward" if self.is_gain else "arrow_downward"


class Cell(NamedTuple):
    """Where a project stands in one order; no rank where it is not in it."""

    column: str
    rank: int | None
    side: str
    turns: tuple[Turn, ...]


class Row(NamedTuple):
    """One project whose side of a line differs, as it stands in each order."""

    project: int
    cells: tuple[Cell, ...]


class Place(NamedTuple):
    """Where a project stands to both lines, and what it gets."""

    above_people: bool
    above_money: bool
    has_people: bool
    has_money: bool


class Moved(NamedTuple):
    """A project that another order puts elsewhere, or on another side of a line."""

    project: int
    before: int
    after: int
    # False where it only made room for others.
    is_moved: bool
    turns: tuple[Turn, ...]


def working(list_now: Standing) -> Column:
    """Return the column of the working order, which the others are held against."""
    return Column("Working order", list_now)


def column(scenario: Scenario, list_now: Standing) -> Column:
    """Return what `scenario` makes of the list as it is now."""
    order = scenarios.contents(scenario, list_now).order
    return Column(scenario.name, scenarios.drawn(scenario, order, list_now), scenario)


def moves(before: Standing, after: Standing) -> list[Moved]:
    """Return what making `after` the working order does, in its order; both have the same projects.

    Moved are the fewest projects whose moving explains the new order.
    """
    stayed = keys.longest_rising([before.ranks[project] for project in after.order])
    found = [
        Moved(
            project=project,
            before=before.ranks[project],
            after=rank,
            is_moved=before.ranks[project] not in stayed,
            turns=turns(before, after, project),
        )
        for rank, project in enumerate(after.order, start=1)
    ]
    return [one for one in found if one.is_moved or one.turns]


def dollars(cents: int) -> Decimal:
    """Return whole cents as dollars."""
    return Decimal(cents) / 100


def differing(columns: Sequence[Column]) -> list[int]:
    """Return the projects that stand otherwise to a line than in the first column, in its order.

    Those that are missing in a column stand nowhere in it and are told apart, not here.
    """
    first, *others = columns
    places = {project: _place(first.drawn, project) for project in first.drawn.order}
    return [
        project
        for project, place in places.items()
        if any(
            project in column.drawn.ranks and _place(column.drawn, project) != place
            for column in others
        )
    ]


def rows(columns: Sequence[Column], projects: Sequence[int]) -> list[Row]:
    """Return where each of `projects` stands in each column, against the first."""
    first = columns[0]
    return [
        Row(project, tuple(_cell(column, first.drawn, project) for column in columns))
        for project in projects
    ]


def _place(drawn: Standing, project: int) -> Place:
    rank, outcome = drawn.ranks[project], drawn.walk.outcomes[project]
    return Place(
        above_people=rank <= drawn.walk.people_line,
        above_money=rank <= drawn.walk.money_line,
        has_people=outcome.has_people,
        has_money=outcome.has_money,
    )


def _cell(column: Column, first: Standing, project: int) -> Cell:
    rank = column.drawn.ranks.get(project)
    if rank is None:
        return Cell(column.name, None, "not in it", ())
    return Cell(
        column=column.name,
        rank=rank,
        side=SIDES[column.drawn.walk.side(rank)],
        turns=turns(first, column.drawn, project),
    )


def turns(before: Standing, after: Standing, project: int) -> tuple[Turn, ...]:
    """Return which line `project` moves above or below, and what it gets or loses by that."""
    old, new = _place(before, project), _place(after, project)
    found = []
    if old.above_people != new.above_people:
        found.append(_crossing("capacity", up=new.above_people))
    elif old.has_people != new.has_people:
        found.append(Turn(new.has_people, "gets people" if new.has_people else "loses its people"))
    if old.above_money != new.above_money:
        found.append(_crossing("money", up=new.above_money))
    if old.has_money != new.has_money:
        why = sentence(after.walk.outcomes[project], after.funds)
        found.append(Turn(new.has_money, "gets money" if new.has_money else "loses money", why))
    return tuple(found)


def _crossing(line: str, *, up: bool) -> Turn:
    return Turn(up, f"moves {'above' if up else 'below'} the {line} line")
