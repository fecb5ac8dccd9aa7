"""Projects and their stages: start, open scoping, hold, resume, stop."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from budgets.ledger import lock_changes, open_budget
from budgets.models import Budget
from portfolio.gates import scoping_gate
from portfolio.models import Department, Project, User, WorkingPosition
from problems import marks
from problems.marks import Stale
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
    """Start a project as a concept, with an empty budget of its own.

    Raises ValidationError when `department` cannot answer `problem`.
    """
    with by.changing():
        if problem is not None:
            _insist_on_answerable(problem, department.pk)
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

    Raises ValidationError when the problem is other departments' alone, or retired.
    """
    with by.changing():
        current = _locked(project)
        _insist_on_answerable(problem, current.department_id)
        current.problem = problem
        current.save(update_fields=["problem"])
        current.refresh_from_db()
    return current


def _insist_on_answerable(problem: Problem, department: int) -> None:
    """Raise ValidationError unless a project of `department` can answer `problem` as it is now.

    The problem stays locked: nobody retires it, and no department leaves it, meanwhile.
    """
    current = Problem.objects.select_for_update(no_key=True).get(pk=problem.pk)
    if department not in current.department_ids:
        raise ValidationError("Choose a problem of the department that runs the project.")
    if current.state == Problem.State.RETIRED:
        raise ValidationError("This problem is retired. Choose another one.")


def describe(project: Project, *, title: str, summary: str, seen: str, by: User) -> Project:
    """Change what `project` is called and its summary; adopted lists keep the title they had.

    `seen` is the mark of both as the person read them (`description_mark`). Raises Stale where
    somebody changed them since, ValidationError without a title or when the project is over.
    """
    with by.changing():
        current = _locked(project)
        if current.stage in {Project.Stage.STOPPED, Project.Stage.CLOSED}:
            raise ValidationError(f"This project is {current.get_stage_display().lower()}.")
        if description_mark(current) != seen:
            raise Stale(
                "Somebody changed the title or the summary while you had the page open. Your "
                "words are still here: compare them with the saved ones, then save again."
            )
        if not title.strip():
            raise ValidationError("Enter a title.")
        current.title, current.summary = title.strip(), summary.strip()
        current.save(update_fields=["title", "summary"])
        current.refresh_from_db()
    return current


def description_mark(project: Project) -> str:
    """Return the mark of what a project is called and its summary."""
    return marks.of_value(f"{project.title}\n{project.summary}")


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
        lock_changes()
        # The budget first: whoever withdraws one locks it before its project.
        Budget.objects.select_for_update(no_key=True).get(pk=project.budget_id)
        current = _locked(project)
        if current.stage != Project.Stage.CONCEPT:
            raise ValidationError(f"This project is in {current.get_stage_display().lower()}.")
        _insist_on_open_gate(current)
        current.stage = Project.Stage.SCOPING
        current.save(update_fields=["stage"])
        # What is being scoped needs less contingency than a concept: the database computes it.
        Budget.objects.filter(pk=current.budget_id).update(revision=F("revision"))
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
    """Close the gates whose money, list or security waiver has ended; return how many closed.

    Money, lists and waivers end without anybody writing a row. The daily job calls this; the gate
    itself looks at the dates whenever it is asked.
    """
    standing = Project.objects.filter(Q(budget_dedicated=True) | Q(listed=True))
    with transaction.atomic():
        lock_changes()
        before = standing.gate_open().count()
        # The database computes the facts of every row that is written.
        standing.update(revision=F("revision"))
        return before - standing.gate_open().count()
