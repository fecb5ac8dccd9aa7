"""How far a statement is from being sent: the list beside the page on which it is written."""

from collections.abc import Iterable
from typing import NamedTuple

from problems.completeness import Missing

# What a complete statement does, each with the fields and parts that do it.
POINTS = (
    ("Has a title", ("title",)),
    ("Says in short who has the problem", ("statement",)),
    ("Counts the people who have it", ("affected_groups",)),
    ("Says where it happens", ("place",)),
    ("Describes what happens today", ("impact_now",)),
    ("Says how bad it is", ("severity",)),
    ("Says what happens if nothing is done", ("do_nothing",)),
    ("Says why it matters now", ("critical_priority", "critical_reason")),
    ("Points to evidence", ("evidence",)),
    ("Names a cause that somebody has seen", ("causes",)),
    ("Says how people were asked", ("contact_method",)),
    ("Has a measure with a starting value and a target", ("measures",)),
    ("Says what success looks like", ("solved_12_months",)),
    ("Says how far the city can change it", ("influence",)),
    ("Names its owner", ("owner",)),
)


class Point(NamedTuple):
    """One thing a complete statement does; `field` and `detail` tell where and what is missing."""

    label: str
    is_done: bool
    field: str
    detail: str


def points(gaps: Iterable[Missing]) -> list[Point]:
    """Return every point, done or with the first field that lacks something."""
    gaps = list(gaps)
    return [_point(label, [gap for gap in gaps if gap.field in fields]) for label, fields in POINTS]


def _point(label: str, gaps: list[Missing]) -> Point:
    if not gaps:
        return Point(label, is_done=True, field="", detail="")
    # A field that is still empty explains itself; anything else needs the sentence.
    told = [gap.sentence for gap in gaps if not gap.code.endswith("_missing")]
    return Point(label, is_done=False, field=gaps[0].field, detail=" ".join(told))
