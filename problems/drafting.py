"""Writing a statement: start a draft, save it with anything missing, never over newer words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model

from problems import marks
from problems.actors import Actor
from problems.evidence_files.shelf import stored
from problems.marks import Marks, Stale
from problems.models import Problem

# The parts of a statement that are rows of their own, by their names on the problem.
PARTS = ("affected_groups", "measures", "causes", "evidence", "prior_attempts")


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


def _writable(problem: Problem) -> Problem:
    """Lock `problem` and return it as it is now. Raises ValidationError when it was sent in."""
    current = Problem.objects.select_for_update(no_key=True).get(pk=problem.pk)
    if not current.can_be_written:
        raise ValidationError(
            f"This problem is {current.get_state_display().lower()}. Reopen it before you change "
            "its words."
        )
    return current


def _stale() -> Stale:
    return Stale(
        "A newer version was saved while you were writing, by somebody else or in another "
        "window. Your words are still here: compare them, then save again."
    )


def save(
    problem: Problem,
    *,
    fields: Mapping[str, Any],
    seen: int,
    by: Actor,
    parts: Mapping[str, Rows] | None = None,
    shown: Marks | None = None,
) -> Problem:
    """Save some of the statement's own fields, and rows of its parts, with anything missing.

    `parts` names some of PARTS; rows that it does not mention stay as they are. Raises Stale when
    somebody saved after revision `seen`; nothing is saved then. With `shown`, the marks of what the
    page showed, a newer revision is no hindrance as long as it changed nothing that is saved here.
    """
    parts = parts or {}
    evidence = parts.get("evidence", Rows())
    files = stored(problem, written=evidence.written, removed=evidence.removed)
    with files, by.changing():
        current = _writable(problem)
        if shown is None and current.revision != seen:
            raise _stale()
        if shown is not None and _clashes(current, fields, parts, shown):
            raise _stale()
        for name, value in fields.items():
            setattr(problem, name, value)
        problem.revision = current.revision + 1
        problem.save(update_fields=[*fields, "revision", "saved_at"])
        for name, rows in parts.items():
            _save_rows(problem, name, rows, shown)
    return problem


def _clashes(
    current: Problem, fields: Iterable[str], parts: Mapping[str, Rows], shown: Marks
) -> bool:
    """Return whether something to be saved was changed since the page showed it."""
    now = marks.of(current, fields=fields, parts=parts)
    if any(now.fields[name] != shown.fields.get(name) for name in fields):
        return True
    for part, rows in parts.items():
        known = shown.rows.get(part, {})
        changed = [row.pk for row in rows.written if row.pk in known]
        if any(now.rows[part].get(key) != known[key] for key in changed):
            return True
        taken_out = [key for key in rows.removed if key in now.rows[part]]
        if any(now.rows[part][key] != known.get(key) for key in taken_out):
            return True
    return False


def _save_rows(problem: Problem, part: str, rows: Rows, shown: Marks | None) -> None:
    """Write and take out rows of one part. A row that was taken out meanwhile is made anew.

    A new row that says the same as a saved one of which the page knew nothing was sent twice.
    """
    here = getattr(problem, part)
    there = {row.pk: row for row in here.model.objects.filter(problem=problem)}
    known = shown.rows.get(part, {}) if shown else there
    sent_before = {marks.of_row(row): key for key, row in there.items() if key not in known}
    for row in rows.written:
        row.problem = problem  # type: ignore[attr-defined]
        if row.pk in there:
            row.save()
            continue
        row.pk = sent_before.get(marks.of_row(row))
        if row.pk is None:
            row.save(force_insert=True)
    here.model.objects.filter(problem=problem, pk__in=rows.removed).delete()
