"""Rows of the priority list as people read them, in the bands that its two lines cut.

The working order and every what-if are shown by these rows: `Moves` says where a row's moves are
posted. Ranks, money and slots come from a `Standing`; one query brings the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict, cast

from django.db.models import F
from django.utils.html import escape
from django.utils.safestring import SafeString

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
    # False where the rows are not neighbors on the list: then they move to a position only.
    steps: bool = True


class Row(TypedDict):
    """One project of the list, in words ready to show.

    A page has fifty rows of twenty texts: a template reads a dictionary in half the time of an
    object, and a text that is escaped already is not looked through each time it is shown.
    """

    rank: int
    # The rank as people read it, and as a control holds it; the project's key.
    rank_words: SafeString
    position: SafeString
    id: SafeString
    title: SafeString
    # Where it stands on the list; empty where the rows are the list.
    place: SafeString
    # Empty where the reader may not open the project.
    url: SafeString
    # The critical priority it serves; whose it is and where it stood before.
    critical: SafeString
    sub: SafeString
    gate_tone: SafeString
    gate_icon: SafeString
    gate_word: SafeString
    # Whether it has a slot, waits for one, or takes none.
    people: SafeString
    cost: SafeString
    # What the projects with money cost so far, or why it has none itself.
    sum: SafeString
    # Its score and its rank by score; empty until every criterion is answered.
    score: SafeString
    score_rank: SafeString
    # How far it stands from its score, where that is farther than the policy leaves free.
    off: SafeString
    # Empty where it cannot be moved.
    move_url: SafeString
    seen: SafeString
    # The pairs of keys between which a step puts it; empty where there is no such step.
    top: SafeString
    up: SafeString
    down: SafeString


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
    # Of the whole list, not of the page: as people read it, and as a control holds it.
    length: SafeString
    last: SafeString
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
    places: Callable[[int], str] | None = None,
) -> Table:
    """Return `projects`, a part of `drawn` in the order to show, as a table: one query.

    `notes` are words below the title by project. `score_places` is how many places a rank may
    leave the score order before the row says so. `places` is given where the rows are not neighbors
    on the list: then there are no bands, and it gives the address of a project's place on the list.
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
            place=places(key) if places else "",
        )
        for key in projects
    ]
    above, below = _around(drawn, projects) if projects and not places else ("", "")
    bands = [Shown("plain", "", "", "", False, shown)] if places else in_bands(drawn, shown)
    length = len(drawn.order)
    words = SafeString(f"{length:,}" if length else "")
    return Table(bands, words, SafeString(length), moves, above, below)


def _around(drawn: Standing, projects: Sequence[int]) -> tuple[str, str]:
    """Return the keys of the projects just above and just below `projects`, blank at an end."""
    first, last = drawn.ranks[projects[0]], drawn.ranks[projects[-1]]
    above = str(drawn.order[first - 2]) if first > 1 else ""
    return above, str(drawn.order[last]) if last < len(drawn.order) else ""


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
    place: str,
) -> Row:
    """Return one row; `project` is as `_found` found it, `off` None where it has no score."""
    key = project.pk
    outcome = drawn.walk.outcomes[key]
    parts = (project.department_name, project.sponsor_name, note)
    others = {
        "title": project.title,
        "place": place,
        "url": project.get_absolute_url() if is_open else "",
        "critical": project.critical or "",
        "sub": " · ".join(part for part in parts if part),
        "sum": sentence(outcome, drawn.funds) or f"{dollars(outcome.so_far)} so far",
        "move_url": moves.address(key) if moves else "",
        "seen": (moves.seen or project.key) if moves else "",
    }
    own = _own_words(project, drawn, off=off, score_places=score_places)
    own |= _steps(drawn.order, drawn.ranks[key]) if moves and moves.steps else NO_STEPS
    texts: Any = {name: escape(text) for name, text in others.items()}
    texts |= {name: SafeString(text) for name, text in own.items()}
    return cast("Row", texts | {"rank": drawn.ranks[key]})


def _own_words(
    project: Any, drawn: Standing, *, off: int | None, score_places: int
) -> dict[str, str]:
    """Return numbers and words of our own: safe as they are, as no name is part of them."""
    key = project.pk
    rank, need = drawn.ranks[key], drawn.needs[key]
    return {
        "rank_words": f"{rank:,}",
        "position": str(rank),
        "id": str(key),
        "gate_tone": project.gate_tone,
        "gate_icon": project.gate_icon,
        "gate_word": project.gate_word,
        "people": _people(need, drawn.walk.outcomes[key]),
        "cost": dollars(need.cost) if need.cost else "–",
        "score": "" if off is None else f"{project.points.normalize():f}",
        "score_rank": "" if off is None else f"{drawn.score_ranks[key]:,}",
        "off": off_in_words(off) if off is not None and abs(off) > score_places else "",
    }


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


NO_STEPS = {"top": "", "up": "", "down": ""}


def _steps(order: Sequence[int], rank: int) -> dict[str, str]:
    """Return the gaps to which a step moves the project at `rank`."""
    steps = dict(NO_STEPS)
    if rank > 1:
        steps["top"] = f"-{order[0]}"
        steps["up"] = f"{order[rank - 3] if rank > 2 else ''}-{order[rank - 2]}"
    if rank < len(order):
        steps["down"] = f"{order[rank]}-{order[rank + 1] if rank + 1 < len(order) else ''}"
    return steps


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
        inside = [row for row in left if band.first <= row["rank"] <= band.last]
        if inside:
            found.append(_band(drawn, band, inside))
    return found


def _band(drawn: Standing, band: Band, inside: Sequence[Row]) -> Shown:
    key = KEYS.get(band.icon, "both")
    if inside[0]["rank"] > band.first:
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
