"""Writing a statement: start a draft, save it with anything missing, never over a newer one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, Model

from problems.actors import Actor
from problems.models import Problem

# The parts of a statement that are rows of their own, by their names on the problem.
PARTS = ("affected_groups", "measures", "causes", "evidence", "prior_attempts")


class Stale(ValidationError):
    """Somebody saved a newer state since the page was read."""


class Rows(NamedTuple):
    """What to do with the rows of one part: which to write, and the keys of those to take out."""

    written: Sequence[Model] = ()
    removed: Sequence[int] = ()


def start(*, department: Any, by: Any) -> Problem:
    """Make an empty draft of `department`, written by `by`."""
    with by.changing():
        return Problem.objects.create(department=department, author=by, owner_id=_head(by))


def _head(by: Any) -> int | None:
    return int(by.pk) if getattr(by, "headed_department_ids", None) else None


def claim(problem: Problem, *, seen: int) -> None:
    """Lock `problem` for writing and raise its revision, inside the caller's transaction.

    Raises Stale when it is no longer at the revision `seen`, ValidationError when it was sent in
    and must be reopened first.
    """
    current = Problem.objects.select_for_update(no_key=True).get(pk=problem.pk)
    if not current.can_be_written:
        raise ValidationError(
            f"This problem is {current.get_state_display().lower()}. Reopen it before you change "
            "its words."
        )
    changed = Problem.objects.filter(pk=problem.pk, revision=seen).update(
        revision=F("revision") + 1
    )
    if not changed:
        raise Stale(
            "A newer version was saved while you were writing, by somebody else or in another "
            "window. Your words are still here: compare them, then save again."
        )
    problem.revision = seen + 1


def save(
    problem: Problem,
    *,
    fields: Mapping[str, Any],
    seen: int,
    by: Actor,
    parts: Mapping[str, Rows] | None = None,
) -> Problem:
    """Save the statement's own fields, and the rows of its parts, as a draft with anything missing.

    `parts` names some of PARTS; rows that it does not mention stay as they are. Raises Stale when
    somebody saved after revision `seen`; nothing is saved then.
    """
    with by.changing():
        claim(problem, seen=seen)
        for name, value in fields.items():
            setattr(problem, name, value)
        problem.save(update_fields=[*fields, "saved_at"])
        for name, rows in (parts or {}).items():
            _save_rows(problem, name, rows)
    return problem


def _save_rows(problem: Problem, part: str, rows: Rows) -> None:
    """Write and take out rows of one part. A row that was taken out meanwhile is made anew."""
    here = getattr(problem, part)
    keys = set(here.values_list("pk", flat=True))
    for row in rows.written:
        row.problem = problem  # type: ignore[attr-defined]
        is_new = row.pk not in keys
        if is_new:
            row.pk = None
        row.save(force_insert=is_new)
    here.filter(pk__in=rows.removed).delete()
