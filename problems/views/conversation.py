"""What author and reviewer said to each other about a statement, in order, and what changed."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.text import capfirst

from problems.forms.parts import PART_ROWS
from problems.forms.steps import label_of
from problems.models import Problem, Review, Submission
from problems.review.answers import Asked, asked_for
from problems.review.differences import FieldChange, Kind, Piece, RowChange, shortened

# What became of a row, after its number.
OUTCOMES = {Kind.ADDED: "added", Kind.REMOVED: "taken out", Kind.CHANGED: "changed"}


class Event(NamedTuple):
    """One turn: a statement was sent (`submission`), or decided on (`review`, with its reasons)."""

    at: Any
    by: Any
    submission: Submission | None = None
    review: Review | None = None
    reasons: list[tuple[str, Asked]] = []


class Row(NamedTuple):
    """One row that changed: "Group 2", "added", and its columns by their labels."""

    title: str
    outcome: str
    columns: list[tuple[str, list[Piece]]]


class Change(NamedTuple):
    """One field that changed, or a part with the rows that did, in the words of the page."""

    field: str
    label: str
    pieces: list[Piece]
    rows: list[Row]


class Turn(NamedTuple):
    """What a reviewer asked of one place, and what changed there."""

    label: str
    asked: Asked | None
    change: Change | None


def conversation_on(problem: Problem) -> list[Event]:
    """Return every turn about `problem`, the oldest first, in a handful of queries."""
    sent = problem.submissions.defer("content").select_related("by")
    reviews = problem.reviews.select_related("by").prefetch_related("reasons__answer__by")
    events = [Event(item.at, item.by, submission=item) for item in sent]
    events += [Event(item.at, item.by, review=item, reasons=_reasons_of(item)) for item in reviews]
    return sorted(events, key=lambda event: event.at)


def _reasons_of(review: Review) -> list[tuple[str, Asked]]:
    return [(label_of(reason.field), asked_for(reason)) for reason in review.reasons.all()]


def turns(problem: Problem, changes: Iterable[FieldChange]) -> list[Turn]:
    """Return what the last reviewer asked, each with what changed there, then what else changed."""
    left = {change.field: _labelled(change) for change in changes}
    last = problem.reviews.prefetch_related("reasons__answer").first()
    asked = [asked_for(reason) for reason in last.reasons.all()] if last else []
    beside = [Turn(label_of(item.field), item, left.pop(item.field, None)) for item in asked]
    return beside + [Turn(change.label, None, change) for change in left.values()]


def labelled(changes: Iterable[FieldChange]) -> list[Change]:
    """Return changes in the words of the page."""
    return [_labelled(change) for change in changes]


def _labelled(change: FieldChange) -> Change:
    label = "Departments" if change.field == "departments" else label_of(change.field)
    rows = [_labelled_row(change.field, row) for row in change.rows]
    return Change(change.field, label, shortened(change.pieces), rows)


def _labelled_row(part: str, row: RowChange) -> Row:
    columns = [(_column(part, item.column), shortened(item.pieces)) for item in row.columns]
    return Row(f"{PART_ROWS[part].row_label} {row.number}", OUTCOMES[row.kind], columns)


def _column(part: str, name: str) -> str:
    """Return the words for a column of a part; its name when there is no such column any more."""
    model: Any = Problem._meta.get_field(part).related_model
    names = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return capfirst(names.get(name, name.replace("_", " ")))
