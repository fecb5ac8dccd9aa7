"""Walk the one list: who gets people, who gets money, and where both end.

What is promised stays promised, the rest goes down the list. Nothing here reads the database:
`line_facts` brings what the walk needs. Amounts are whole cents, so that ten thousand projects
take milliseconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import chain, islice, pairwise
from typing import NamedTuple

TOP = 10


class Need(NamedTuple):
    """What one project needs, on the list or not. Money in cents, funds by their keys."""

    project: int
    # One-time cost and contingency; 0 where nothing is estimated.
    cost: int
    # What is held and committed for it, fund by fund.
    promised: tuple[tuple[int, int], ...]
    # What is left of appropriations whose action names its budget: nobody else may take that.
    own: int
    # The funds that its budget names, in the order in which they are asked.
    names: tuple[int, ...]
    # In scoping or delivery and not on hold: it keeps its slot wherever it is ranked.
    keeps_slot: bool
    # A concept that is not on hold.
    wants_slot: bool
    is_critical: bool
    is_ready: bool


class Limits(NamedTuple):
    """What there is: slots, and cents by fund without what `Need.own` counts."""

    slots: int
    money: Mapping[int, int]


class Why(Enum):
    """Why a project has money, or has none."""

    PROMISED = "promised"
    FITS = "fits"
    SHORT = "short"
    NOT_ESTIMATED = "not_estimated"
    NO_FUND = "no_fund"


# Read once: the walk compares them for each project.
FITS, PROMISED, SHORT = Why.FITS, Why.PROMISED, Why.SHORT


class Outcome(NamedTuple):
    """What the walk found for one project of the list."""

    has_people: bool
    has_money: bool
    # Cents that it lacks: 0 where it has money, and where nothing is estimated.
    missing: int
    # The fund in which they lack: the last one that its budget names.
    fund: int | None
    why: Why
    # Cents that the projects with money cost, from the top of the list to this one.
    so_far: int


class Outcomes(Mapping[int, Outcome]):
    """The outcome of each project, first rank first; put together when somebody asks for it.

    A page asks for fifty of ten thousand.
    """

    def __init__(self, found: Mapping[int, tuple[bool, bool, int, int | None, Why, int]]) -> None:
        self._found = found

    def __getitem__(self, project: int) -> Outcome:
        return Outcome(*self._found[project])

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Side(Enum):
    """Where a rank stands: above both lines, between them, or below both."""

    BOTH = "both"
    FUNDED = "funded"
    STAFFED = "staffed"
    NEITHER = "neither"


class Band(NamedTuple):
    """The ranks from `first` to `last` that stand on one side, and what to say above them."""

    side: Side
    first: int
    last: int
    title: str
    icon: str
    note: str


class Walk(NamedTuple):
    """What the walk down one list found.

    A line stands after the rank that it gives: 0 is above the first project, and the length of the
    list is below the last one, where there is no line to draw. Money in cents.
    """

    outcomes: Mapping[int, Outcome]
    people_line: int
    money_line: int
    slots: int
    # May be more than `slots`: whoever is in scoping or delivery stays there.
    slots_used: int
    money: int
    # Promised to whomever, or taken by the walk.
    money_used: int
    # The part of `money_used` that is promised to projects that are not on the list.
    money_elsewhere: int
    # How many of the first ten serve a critical priority, and how many there are.
    critical_of_top_ten: tuple[int, int]
    # What the projects with money cost: the critical ones, and all.
    critical_money: tuple[int, int]
    # How many of the projects above both lines are ready to scope, and how many stand there.
    ready_above: tuple[int, int]
    # How many of them have both people and money.
    whole_above: int

    @property
    def length(self) -> int:
        """How many projects are on the list."""
        return len(self.outcomes)

    @property
    def fold(self) -> int:
        """The rank after which projects have neither: the line that is lower on the page."""
        return max(self.people_line, self.money_line)

    def side(self, rank: int) -> Side:
        """Return on which side of the two lines `rank` stands."""
        if rank <= self.people_line:
            return Side.BOTH if rank <= self.money_line else Side.STAFFED
        return Side.FUNDED if rank <= self.money_line else Side.NEITHER

    def bands(self) -> tuple[Band, ...]:
        """Return the bands of the list from the top: none of an empty list, three at most."""
        first, second = sorted((self.people_line, self.money_line))
        edges = (0, first, second, self.length)
        return tuple(
            self._band(above + 1, below) for above, below in pairwise(edges) if below > above
        )

    def _band(self, first: int, last: int) -> Band:
        side = self.side(first)
        if side is Side.BOTH:
            return Band(side, first, last, "People and money", "check_circle", self._both(last))
        if side is Side.FUNDED:
            title, icon, note = PEOPLE_END, "groups", "Projects with money wait for people."
        elif side is Side.STAFFED:
            title, icon, note = MONEY_ENDS, "attach_money", "Projects with people wait for money."
        else:
            (title, icon), note = self._last_line(), "Projects below have neither people nor money."
        return Band(side, first, last, title, icon, note)

    def _last_line(self) -> tuple[str, str]:
        """Return the title and the icon of the line below which there is neither."""
        if self.people_line == self.money_line:
            return BOTH_END, "do_not_disturb"
        if self.people_line > self.money_line:
            return PEOPLE_END, "groups"
        return MONEY_ENDS, "attach_money"

    def _both(self, last: int) -> str:
        if self.whole_above < last:
            return f"{self.whole_above} of these {last} have both. The others say what they lack."
        if last == self.length:
            return "Both reach the end of the list."
        return "These come first."


PEOPLE_END = "Team capacity ends here"
MONEY_ENDS = "Dedicated money ends here"
BOTH_END = "Team capacity and dedicated money end here"


class Ask(NamedTuple):
    """What one project brings to the walk, its promises counted. Money in cents."""

    keeps_slot: bool
    wants_slot: bool
    cost: int
    # Of its cost: what is not promised, and how much of that its own appropriations pay.
    lack: int
    own: int
    names: tuple[int, ...]
    # What is settled before any fund is asked; None where the funds have to be asked.
    settled: Why | None
    is_critical: bool


class Start(NamedTuple):
    """What is settled before the walk begins, whatever the order. Money in cents by fund."""

    needs: Mapping[int, Need]
    limits: Limits
    asks: Mapping[int, Ask]
    # Not promised to anybody: below zero where a fund has less than is promised.
    free: Mapping[int, int]
    # Promised, by project.
    kept: Mapping[int, int]
    slots_kept: int
    money: int


def walk(order: Sequence[int], needs: Mapping[int, Need], limits: Limits) -> Walk:
    """Walk down `order` (project keys, first rank first) and return who gets what.

    `needs` has every project of `order`, and those that are on no list but hold money or a slot.
    """
    return walk_from(begin(needs, limits), order)


def begin(needs: Mapping[int, Need], limits: Limits) -> Start:
    """Count what is promised: the part of the walk that several orders of one list share."""
    free = dict(limits.money)
    kept: dict[int, int] = {}
    own = slots_kept = 0
    for need in needs.values():
        own += need.own
        slots_kept += need.keeps_slot
        for fund, cents in need.promised:
            free[fund] = free.get(fund, 0) - cents
            kept[need.project] = kept.get(need.project, 0) + cents
        for fund in need.names:
            free.setdefault(fund, 0)
    money = sum(limits.money.values()) + own
    return Start(needs, limits, _asks(needs, kept), free, kept, slots_kept, money)


def _asks(needs: Mapping[int, Need], kept: Mapping[int, int]) -> dict[int, Ask]:
    return {project: _ask(need, kept.get(project, 0)) for project, need in needs.items()}


def _ask(need: Need, kept: int) -> Ask:
    """Return what `need` brings to the walk; `kept` are the cents that stay promised to it."""
    lack = max(need.cost - kept, 0)
    settled = None
    if need.cost <= 0:
        settled = Why.NOT_ESTIMATED
    elif not lack:
        settled = Why.PROMISED
    elif need.own >= lack:
        settled = Why.FITS
    elif not need.names:
        settled = Why.NO_FUND
    return Ask(
        need.keeps_slot,
        need.wants_slot,
        need.cost,
        lack,
        min(need.own, lack),
        need.names,
        settled,
        need.is_critical,
    )


def walk_from(start: Start, order: Sequence[int]) -> Walk:
    """Walk down `order` from what `start` settled."""
    if min(start.free.values(), default=0) < 0:
        start = _keep_what_is_there(start, order)
    asks, free = start.asks, dict(start.free)
    slots_left = start.limits.slots - start.slots_kept
    given = people_line = money_line = so_far = critical = taken = 0
    found: dict[int, tuple[bool, bool, int, int | None, Why, int]] = {}
    for rank, project in enumerate(order, start=1):
        has_people, wants_slot, cost, lack, own, names, why, is_critical = asks[project]
        if wants_slot and given < slots_left:
            has_people = True
            given += 1
        if has_people:
            people_line = rank
        short, fund = lack - own, None
        if why is None:
            short, fund, why = _take(short, names, free)
        if why is FITS or why is PROMISED:
            money_line, short = rank, 0
            taken += lack
            so_far += cost
            if is_critical:
                critical += cost
        found[project] = (has_people, money_line == rank, short, fund, why, so_far)
    above = min(people_line, money_line)
    return Walk(
        outcomes=Outcomes(found),
        people_line=people_line,
        money_line=money_line,
        slots=start.limits.slots,
        slots_used=start.slots_kept + given,
        money=start.money,
        money_used=sum(start.kept.values()) + taken,
        money_elsewhere=sum(start.kept[project] for project in start.kept.keys() - found.keys()),
        critical_of_top_ten=_critical_of_top_ten(order, start.needs),
        critical_money=(critical, so_far),
        ready_above=_ready(order[:above], start.needs),
        whole_above=sum(has[0] and has[1] for has in islice(found.values(), above)),
    )


def _take(
    missing: int, names: tuple[int, ...], free: dict[int, int]
) -> tuple[int, int | None, Why]:
    """Take `missing` cents from the funds named, in their order, or nothing at all.

    Return the cents that are short, the fund in which they are, and which of the two it was.
    """
    there = 0
    for fund in names:
        there += free[fund]
    if there < missing:
        return missing - there, names[-1], SHORT
    for fund in names:
        part = min(missing, free[fund])
        free[fund] -= part
        missing -= part
    return 0, None, FITS


def _keep_what_is_there(start: Start, order: Sequence[int]) -> Start:
    """Let promises fall away, whole, until no fund has less than is promised.

    Those to projects on no list go first, the newest project first, then from the bottom of the
    list up.
    """
    free, kept = dict(start.free), dict(start.kept)
    listed = set(order)
    elsewhere = sorted((project for project in kept if project not in listed), reverse=True)
    for project in chain(elsewhere, reversed(order)):
        for fund, cents in start.needs[project].promised:
            if free[fund] < 0:
                free[fund] += cents
                kept[project] -= cents
    return start._replace(asks=_asks(start.needs, kept), free=free, kept=kept)


def _critical_of_top_ten(order: Sequence[int], needs: Mapping[int, Need]) -> tuple[int, int]:
    top = order[:TOP]
    return sum(needs[project].is_critical for project in top), len(top)


def _ready(above: Sequence[int], needs: Mapping[int, Need]) -> tuple[int, int]:
    return sum(needs[project].is_ready for project in above), len(above)
