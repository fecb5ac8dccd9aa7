"""Projects and their stages: start, open scoping, hold, resume, stop."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from budgets.ledger import lock_changes, open_budget
from portfolio.gates import scoping_gate
from portfolio.models import Department, Project, User, WorkingPosition
from problems.models import Problem


def start(
    *,
    title: str,
    department: Department,
    by: User,
    problem: Problem | None = None,
    sponsor: User | None = None,
    **details: Any,
) -> Project:
    """Start a project as a concept, with an empty budget of its own."""
    with by.changing():
        return Project.objects.create(
            title=title,
            department=department,
            problem=problem,
            sponsor=sponsor,
            budget=open_budget(by=by),
            created_by=by,
            **details,
        )


def answer(project: Project, *, problem: Problem, by: User) -> Project:
    """Name the problem that `project` answers.

    Raises ValidationError when the problem belongs to another department.
    """
    with by.changing():
        if problem.department_id != project.department_id:
            raise ValidationError("Choose a problem of the department that runs the project.")
        current = _locked(project)
        current.problem = problem
        current.save(update_fields=["problem"])
        current.refresh_from_db()
    return current


def _locked(project: Project) -> Project:
    """Return `project` as it is now, locked after the one lock of changes behind a gate."""
    lock_changes()
    current = Project.objects.for_pages().select_for_update(of=("self",), no_key=True)
    return current.get(pk=project.pk)


def _insist_on_open_gate(project: Project) -> None:
    gate = scoping_gate(project)
    if not gate.is_open:
        raise ValidationError(
            [ValidationError(blocker.sentence, code=blocker.code) for blocker in gate.blockers]
        )


def open_scoping(project: Project, *, by: User) -> Project:
    """Move `project` from concept to scoping.

    Raises ValidationError with every blocker while the scoping gate is closed.
    """
    with by.changing():
        current = _locked(project)
        if current.stage != Project.Stage.CONCEPT:
            raise ValidationError(f"This project is in {current.get_stage_display().lower()}.")
        _insist_on_open_gate(current)
        current.stage = Project.Stage.SCOPING
        current.save(update_fields=["stage"])
        current.refresh_from_db()
    return current


def put_on_hold(project: Project, *, reason: str, by: User) -> Project:
    """Put `project` on hold with a reason that pages show."""
    with by.changing():
        current = _locked(project)
        if not reason.strip():
            raise ValidationError("Say why the project is put on hold.")
        current.on_hold, current.hold_reason = True, reason.strip()
        current.save(update_fields=["on_hold", "hold_reason"])
        current.refresh_from_db()
    return current


def resume(project: Project, *, by: User) -> Project:
    """Take `project` off hold.

    Raises ValidationError with every blocker while its gate is closed.
    """
    with by.changing():
        current = _locked(project)
        if not current.on_hold:
            raise ValidationError("This project is not on hold.")
        current.on_hold, current.hold_reason = False, ""
        if current.has_left_concept:
            _insist_on_open_gate(current)
        current.save(update_fields=["on_hold", "hold_reason"])
        current.refresh_from_db()
    return current


def stop(project: Project, *, reason: str, by: User) -> Project:
    """Stop `project` with a published reason, and take it off the working order."""
    with by.changing():
        current = _locked(project)
        if not reason.strip():
            raise ValidationError("Say why the project stops. The reason is published.")
        if current.stage == Project.Stage.STOPPED:
            raise ValidationError("This project was stopped already.")
        current.stage, current.stopped_reason = Project.Stage.STOPPED, reason.strip()
        current.on_hold, current.hold_reason = False, ""
        current.save(update_fields=["stage", "stopped_reason", "on_hold", "hold_reason"])
        WorkingPosition.objects.filter(project=current).delete()
        current.refresh_from_db()
    return current


def bring_up_to_date() -> int:
    """Close the gates whose money or list has lapsed; return how many closed.

    Money lapses and lists lapse without anybody writing a row. The daily job calls this; the gate
    itself looks at the dates whenever it is asked.
    """
    standing = Project.objects.filter(Q(budget_dedicated=True) | Q(listed=True))
    with transaction.atomic():
        lock_changes()
        before = standing.gate_open().count()
        # The database computes the facts of every row that is written.
        standing.update(revision=F("revision"))
        return before - standing.gate_open().count()
