"""Rows of the priority list as people read them, in the bands that its two lines cut.

The working order and every what-if are shown by these rows: `Moves` says where a row's moves are
posted. Ranks, money and slots come from a `Standing`; one query brings the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F

from budgets import money
from portfolio.line_facts import Standing, sentence
from portfolio.lines import Band, Need, Outcome, Side
from portfolio.models import Project, User
from portfolio.roles import Permission
from portfolio.scoring import off_in_words, places_off


class Moves(NamedTuple):
    """How the rows of a page may be moved."""

    # The address to which a move of the project with this key is posted.
    address: Callable[[int], str]
    # The mark of the whole order that the page shows.
    mark: str
    # What a move says it saw: the same for every row, or nothing for each row's own key.
    seen: str = ""
    # False where the rows are not neighbours on the list: then they move to a position only.
    steps: bool = True


class Row(NamedTuple):
    """One project of the list, in words."""

    rank: int
    project: Project
    # Empty where the reader may not open the project.
    url: str
    # Where it stood before, or that it is new; empty where nothing is to be said.
    note: str
    # Whether it has a slot, waits for one, or takes none.
    people: str
    cost: str
    so_far: str
    # Why it has no money; empty where it has.
    lacks: str
    # Its score and its rank by score; empty until every criterion is answered.
    score: str
    score_rank: str
    # How far it stands from its score, where that is farther than the policy leaves free.
    off: str
    # Empty where it cannot be moved.
    move_url: str
    seen: str
    # The pairs of keys between which a step puts it; empty where there is no such step.
    top: str
    up: str
    down: str


class Shown(NamedTuple):
    """Rows of one band; a page may begin in the middle of one."""

    key: str
    title: str
    icon: str
    note: str
    is_line: bool
    rows: Sequence[Row]


class Table(NamedTuple):
    """What `portfolio/list/rows.html` shows: rows in their bands, and how they may be moved."""

    bands: Sequence[Shown]
    # Of the whole list, not of the page.
    length: int
    moves: Moves | None
    # The keys of the projects just before and after the rows; empty at the ends of the list.
    above: str
    below: str


def table(
    drawn: Standing,
    projects: Sequence[int],
    *,
    reader: User,
    on: date,
    score_places: int,
    moves: Moves | None = None,
    notes: Mapping[int, str] | None = None,
    banded: bool = True,
) -> Table:
    """Return `projects`, a part of `drawn` in the order to show, as a table: one query.

    `notes` are words below the title by project. `score_places` is how many places a rank may
    leave the score order before the row says so. `banded` is False where the rows are not
    neighbours on the list.
    """
    found = _found(projects, reader, on)
    off = places_off(drawn.order, drawn.score_ranks) if drawn.score_ranks else {}
    shown = [
        _row(
            found[key],
            drawn,
            is_open=_may_open(reader, found[key]),
            off=off.get(key),
            score_places=score_places,
            note=(notes or {}).get(key, ""),
            moves=moves,
        )
        for key in projects
    ]
    above = below = ""
    if banded and shown:
        first, last = shown[0].rank, shown[-1].rank
        above = str(drawn.order[first - 2]) if first > 1 else ""
        below = str(drawn.order[last]) if last < len(drawn.order) else ""
    bands = in_bands(drawn, shown) if banded else [Shown("plain", "", "", "", False, shown)]
    return Table(bands, len(drawn.order), moves, above, below)


def _may_open(reader: User, project: Project) -> bool:
    reads_all = reader.has_perm(Permission.READ_ALL_PROJECTS)
    return reads_all or project.department_id in reader.department_ids


def _row(
    project: Any,
    drawn: Standing,
    *,
    is_open: bool,
    off: int | None,
    score_places: int,
    note: str,
    moves: Moves | None,
) -> Row:
    """Return one row; `project` is as `_found` found it, `off` None where it has no score."""
    key = project.pk
    rank, outcome, need = drawn.ranks[key], drawn.walk.outcomes[key], drawn.needs[key]
    top, up, down = _steps(drawn.order, rank) if moves and moves.steps else ("", "", "")
    return Row(
        rank=rank,
        project=project,
        url=project.get_absolute_url() if is_open else "",
        note=note,
        people=_people(need, outcome),
        cost=dollars(need.cost) if need.cost else "–",
        so_far=dollars(outcome.so_far),
        lacks=sentence(outcome, drawn.funds),
        score="" if off is None else f"{project.points.normalize():f}",
        score_rank="" if off is None else f"{drawn.score_ranks[key]:,}",
        off=off_in_words(off) if off is not None and abs(off) > score_places else "",
        move_url=moves.address(key) if moves else "",
        seen=(moves.seen or project.key) if moves else "",
        top=top,
        up=up,
        down=down,
    )


def _found(projects: Sequence[int], reader: User, on: date) -> dict[int, Project]:
    """Return what the rows show of `projects` themselves."""
    asked = (
        Project.objects.filter(pk__in=projects)
        .with_critical_priority(reader, on=on)
        .annotate(
            key=F("working_position__key"),
            points=F("score__score"),
            department_name=F("department__name"),
            sponsor_name=F("sponsor__name"),
        )
        .only(
            *("title", "department", "stage", "on_hold"),
            *("problem_defined", "budget_dedicated", "listed"),
        )
    )
    return {project.pk: project for project in asked}


def _people(need: Need, outcome: Outcome) -> str:
    if outcome.has_people:
        return "Has a slot"
    return "Waits for a slot" if need.wants_slot else "Takes no slot"


def dollars(cents: int) -> str:
    """Return whole cents as people read dollars."""
    return money.show(Decimal(cents) / 100)


def _steps(order: Sequence[int], rank: int) -> tuple[str, str, str]:
    """Return the gaps to which a step moves the project at `rank`: to the top, up, down."""
    top = up = down = ""
    if rank > 1:
        top = f"-{order[0]}"
        up = f"{order[rank - 3] if rank > 2 else ''}-{order[rank - 2]}"
    if rank < len(order):
        down = f"{order[rank]}-{order[rank + 1] if rank + 1 < len(order) else ''}"
    return top, up, down


KEYS = {"check_circle": "go", "groups": "cap", "attach_money": "money"}
# Above rows whose band began on a page before.
CONTINUED = {
    Side.BOTH: "People and money, continued",
    Side.FUNDED: "Below the line of team capacity",
    Side.STAFFED: "Below the line of dedicated money",
    Side.NEITHER: "Below both lines",
}


def in_bands(drawn: Standing, shown: Iterable[Row]) -> list[Shown]:
    """Return `shown`, rows in list order without gaps, in the bands that the lines cut."""
    left = list(shown)
    found = []
    for band in drawn.walk.bands():
        inside = [row for row in left if band.first <= row.rank <= band.last]
        if inside:
            found.append(_band(drawn, band, inside))
    return found


def _band(drawn: Standing, band: Band, inside: Sequence[Row]) -> Shown:
    key = KEYS.get(band.icon, "both")
    if inside[0].rank > band.first:
        return Shown(key, CONTINUED[band.side], band.icon, "", False, inside)
    totals = _totals(drawn, band)
    return Shown(key, band.title, band.icon, f"{totals} {band.note}", key != "go", inside)


def _totals(drawn: Standing, band: Band) -> str:
    """Return how much is used where `band` begins, or for the first one where it ends."""
    walk = drawn.walk
    if band.icon == "check_circle":
        return f"{dollars(walk.outcomes[drawn.order[band.last - 1]].so_far)} in all."
    slots = f"{walk.slots_used} of {walk.slots} slots"
    money_used = f"{dollars(walk.money_used)} of {dollars(walk.money)}"
    if band.icon == "groups":
        return f"{slots} taken."
    return f"{money_used} used." if band.icon == "attach_money" else f"{slots}, {money_used} used."
