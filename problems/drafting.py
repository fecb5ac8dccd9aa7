"""Writing a statement: start a draft, save it with anything missing, never overwrite a newer one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from problems.actors import Actor
from problems.models import Problem


class Stale(ValidationError):
    """Somebody saved a newer state since the page was read."""


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
    current = Problem.objects.select_for_update().get(pk=problem.pk)
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
            "Somebody else saved this problem while you were writing. Your words are still below; "
            "compare them with the saved ones, then save again."
        )
    problem.revision = seen + 1


def save(problem: Problem, *, fields: dict[str, Any], seen: int, by: Actor) -> Problem:
    """Save the statement's own fields as a draft, whatever is missing.

    Raises Stale when somebody saved after revision `seen`; nothing is saved then.
    """
    with by.changing():
        claim(problem, seen=seen)
        for name, value in fields.items():
            setattr(problem, name, value)
        problem.save(update_fields=[*fields, "saved_at"])
    return problem
