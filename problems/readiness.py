"""How far a statement is from being sent: the list beside the page on which it is written."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from problems.completeness import Missing

SOLUTION = "tech_first_open"

# What a complete statement does, each with the fields and parts that do it.
POINTS = (
    ("who", "Names who is affected, and where", ("affected_groups", "place")),
    ("today", "Says what happens today", ("impact_now", "severity", "do_nothing")),
    ("now", "Says why it matters now", ("critical_priority", "critical_reason")),
    ("proof", "Points to evidence and a cause", ("evidence", "causes", "contact_method")),
    ("measure", "Has a measure with a starting value", ("measures",)),
    ("success", "Says what success looks like", ("solved_12_months", "influence")),
    ("short", "Says it in short and has an owner", ("title", "statement", "owner")),
)
DESCRIBES_A_PROBLEM = "Describes a problem, not a solution"
WORDS = ("title", "impact_now", "do_nothing", "solved_12_months", "statement")

# What is missing, in as few words as a list beside a page has room for.
IN_SHORT = {
    "affected_group_missing": "Needs a group, its number and a source",
    "place_missing": "Needs a place",
    "impact_now_missing": "Needs what people experience",
    "severity_missing": "Needs a rating",
    "do_nothing_missing": "Needs what happens otherwise",
    "critical_priority_missing": "Needs a reason",
    "critical_reason_missing": "Needs a reason",
    "evidence_missing": "Needs evidence with a source",
    "cause_missing": "Needs a cause that was seen or measured",
    "contact_missing": "Needs how people were asked",
    "measure_missing": "Needs a value today and a target",
    "solved_12_months_missing": "Needs what people would notice",
    "influence_missing": "Needs what the city can do",
    "title_missing": "Needs a title",
    "statement_missing": "Needs two or three sentences",
    "owner_missing": "Needs an owner",
}


class Point(NamedTuple):
    """One thing a complete statement does.

    `state` is done, missing, or later where a step to come asks for it; `field` is the first that
    lacks something.
    """

    key: str
    label: str
    state: str
    field: str
    detail: str

    @property
    def is_done(self) -> bool:
        """True when nothing is missing."""
        return self.state == "done"


def points(
    gaps: Iterable[Missing],
    *,
    is_empty: bool = False,
    to_come: Callable[[str], str] = lambda _: "",
) -> list[Point]:
    """Return every point: done, or with the first field that lacks something.

    `is_empty` says that there are no words yet to name a solution in; `to_come` names the later
    step that asks for a field ("Step 4"), or "".
    """
    gaps = list(gaps)
    solutions = [gap for gap in gaps if gap.code == SOLUTION]
    others = [gap for gap in gaps if gap.code != SOLUTION]
    found = [
        _point(key, label, [gap for gap in others if gap.field in fields], to_come)
        for key, label, fields in POINTS
    ]
    return [*found[:2], _wording(solutions, is_empty=is_empty), *found[2:]]


def _wording(solutions: list[Missing], *, is_empty: bool) -> Point:
    key = "solution"
    if solutions:
        phrases = "1 phrase" if len(solutions) == 1 else f"{len(solutions)} phrases"
        field, detail = solutions[0].field, f"{phrases} to reword"
        return Point(key, DESCRIBES_A_PROBLEM, "missing", field, detail)
    if is_empty:
        return Point(key, DESCRIBES_A_PROBLEM, "later", "impact_now", "Nothing is written yet")
    return Point(key, DESCRIBES_A_PROBLEM, "done", "", "")


def _point(key: str, label: str, gaps: list[Missing], to_come: Callable[[str], str]) -> Point:
    if not gaps:
        return Point(key, label, "done", "", "")
    field = gaps[0].field
    step = to_come(field)
    if step and all(gap.code in IN_SHORT for gap in gaps):
        return Point(key, label, "later", field, step)
    detail = IN_SHORT.get(gaps[0].code, gaps[0].sentence)
    more = len(gaps) - 1
    return Point(key, label, "missing", field, f"{detail} (and {more} more)" if more else detail)
