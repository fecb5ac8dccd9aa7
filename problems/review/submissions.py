"""What was sent to review, word for word, so that the next reader sees what changed since."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Max, Model
from django.utils.dateformat import format as in_words

from problems import severity
from problems.figures import in_figures
from problems.models import Problem, Submission
from problems.review import differences
from problems.review.differences import FieldChange

# What a statement says, in the order in which people read it; a part by the name of its rows.
CONTENT = (
    "departments",
    "title",
    "statement",
    "affected_groups",
    "place",
    "since",
    "frequency",
    "impact_now",
    "severity",
    "do_nothing",
    "do_nothing_cost",
    "critical_priority",
    "critical_reason",
    "prior_attempts",
    "evidence",
    "causes",
    "contact_method",
    "contact_count",
    "contact_dates",
    "no_contact_reason",
    "mandate",
    "measures",
    "solved_6_months",
    "solved_12_months",
    "influence",
    "not_in_scope",
    "constraints",
    "owner",
)
# What the rows of a part say.
COLUMNS = MappingProxyType(
    {
        "affected_groups": ("who", "number", "number_source", "as_of"),
        "prior_attempts": ("what", "year", "result"),
        "evidence": (
            *("finding", "kind", "source", "link", "count", "dated"),
            *("file_name", "file_sha256"),
        ),
        "causes": ("cause", "depth", "basis"),
        "measures": (
            *("name", "kind", "unit", "direction"),
            *("baseline_value", "baseline_date", "baseline_source", "baseline_quality"),
            *("target_value", "target_date"),
        ),
    }
)
ORDER = (*CONTENT, *(column for columns in COLUMNS.values() for column in columns))
# Numbers that name something and do not count it.
NAMES = frozenset({"year", "depth"})


def content_of(problem: Problem) -> dict[str, Any]:
    """Return what `problem` says as people read it, in their order.

    A field maps to its words, a part to its rows: each a mapping of columns to words, with the key
    of the row under "key". What says nothing is left out. Plain data, fit for JSON.
    """
    content: dict[str, Any] = {}
    for name in CONTENT:
        said = _rows(problem, name) if name in COLUMNS else _field(problem, name)
        if said:
            content[name] = said
    return content


def _field(problem: Problem, name: str) -> str:
    if name == "departments":
        joined = [row.department for row in problem.joint_departments.all()]
        return ", ".join(str(department) for department in [problem.department, *joined])
    if name == "severity":
        return severity.in_words(problem.severity)
    if name == "do_nothing_cost" and problem.do_nothing_cost is not None:
        return f"${in_figures(problem.do_nothing_cost)}"
    return _words(problem, name)


def _rows(problem: Problem, part: str) -> list[dict[str, Any]]:
    return [
        {"key": row.pk} | {name: words for name in COLUMNS[part] if (words := _words(row, name))}
        for row in getattr(problem, part).all()
    ]


def _words(row: Model, name: str) -> str:
    """Return the value of a column as the pages print it; "" for none."""
    value = getattr(row, name)
    if row._meta.get_field(name).choices:  # type: ignore[union-attr]
        return str(getattr(row, f"get_{name}_display")())
    if value is None:
        return ""
    if isinstance(value, date):
        return in_words(value, "F j, Y")
    return (
        in_figures(value) if isinstance(value, int | Decimal) and name not in NAMES else str(value)
    )


def record(problem: Problem, *, by: Any, at: datetime) -> Submission:
    """Keep what `problem` says now, as sent by `by` at that moment.

    Belongs inside the transaction that sends it, with the problem locked: so numbers have no gaps.
    """
    last = problem.submissions.aggregate(last=Max("number"))["last"] or 0
    return Submission.objects.create(
        problem=problem,
        number=last + 1,
        version=problem.version,
        content=content_of(problem),
        by=by,
        at=at,
    )


def read_before(problem: Problem) -> Submission | None:
    """Return what a reviewer of `problem`, now in review, read of it before.

    The one that was decided on last; when none was, the one sent before. None for the first one.
    """
    earlier = list(problem.submissions.defer("content")[1:])
    decided = problem.reviews.first()
    read = [item for item in earlier if decided and item.at <= decided.at]
    return next(iter(read or earlier), None)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return what differs between two contents, in the order in which people read them."""
    return differences.between(before, after, order=ORDER)
