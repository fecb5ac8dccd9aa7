"""One problem that several departments have, and write together: “ours is the same”.

The department that wrote the problem stays its first; others join and leave. A draft that the
joint problem replaces is retired and points to it; its words stay readable.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from problems.access import WRITE
from problems.locking import lock_changes
from problems.models import JointDepartment, Problem


def joinable(problem: Problem, *, by: Any) -> frozenset[int]:
    """Return the keys of the departments that `by` heads and that may join `problem`."""
    if not by.has_perm(WRITE) or problem.state == Problem.State.RETIRED:
        return frozenset()
    return frozenset(by.headed_department_ids) - problem.department_ids


def why_not_joinable(problem: Problem, *, by: Any) -> str:
    """Return in a sentence why no department of `by` joins `problem`, when none is joinable."""
    if not by.has_perm(WRITE):
        return "Only a head of a department may say that the department has the same problem."
    if problem.state == Problem.State.RETIRED:
        return "This problem is retired. Nobody joins it any more."
    return "Your department has this problem already."


def drafts_to_replace(departments: Iterable[int], *, by: Any) -> Any:
    """Return the drafts that a joint problem of `departments` may replace, newest first."""
    return (
        Problem.objects.visible_to(by)
        .writable()
        .filter(department__in=departments, joint_departments=None, projects=None)
        .exclude(title="", statement="")
    )


def join(
    problem: Problem, *, department: Any, by: Any, instead_of: Problem | None = None
) -> Problem:
    """Let `department` have `problem` with those that have it, and return the problem.

    `instead_of` is a draft of `department` that says the same: it is retired and points to
    `problem`. Raises ValidationError when `by` does not head the department or may not read the
    problem, when the problem is retired or the department's already, and when the draft may not be
    retired: sent in, answered by a project, or joined by others.
    """
    with by.changing():
        current, draft = _locked(problem, instead_of)
        _insist_on_joining(current, department, by)
        JointDepartment.objects.create(problem=current, department=department, joined_by=by)
        if draft is not None:
            _take_in(draft, department=department, into=current)
    return current


def leave(problem: Problem, *, department: Any, by: Any) -> Problem:
    """Let `department`, which had joined, have `problem` no longer, and return the problem.

    Raises ValidationError when `by` does not head the department, when it had not joined, and while
    one of its projects answers the problem.
    """
    with by.changing():
        current, _ = _locked(problem, None)
        _insist_on_head(department, by)
        joined = JointDepartment.objects.filter(problem=current, department=department)
        if not joined.exists():
            raise ValidationError(f"{department} has not joined this problem.")
        if current.projects.filter(department=department).exists():
            raise ValidationError(
                f"A project of {department} answers this problem. Let the project answer another "
                "problem first."
            )
        joined.delete()
    return current


def _locked(problem: Problem, draft: Problem | None) -> tuple[Problem, Problem | None]:
    """Return both as they are now, locked after the one lock of changes behind a gate.

    The whole row is locked: no project can begin to answer the draft meanwhile.
    """
    lock_changes()
    keys = [problem.pk, *([draft.pk] if draft else [])]
    rows = Problem.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[problem.pk], found[draft.pk] if draft else None


def _insist_on_head(department: Any, by: Any) -> None:
    if not by.has_perm(WRITE) or department.pk not in by.headed_department_ids:
        raise ValidationError(f"Only a head of {department} may do this.")


def _insist_on_joining(problem: Problem, department: Any, by: Any) -> None:
    _insist_on_head(department, by)
    if not Problem.objects.visible_to(by).filter(pk=problem.pk).exists():
        raise ValidationError("This problem is not yours to read any more.")
    if problem.state == Problem.State.RETIRED:
        raise ValidationError("This problem is retired. Join the one that took it in, if any.")
    if department.pk in problem.department_ids:
        raise ValidationError(f"{department} has this problem already.")


def _take_in(draft: Problem, *, department: Any, into: Problem) -> None:
    """Retire `draft`, which says the same as `into`."""
    if draft.pk == into.pk or draft.department_id != department.pk:
        raise ValidationError(f"Choose a draft of {department}.")
    if not draft.can_be_written:
        raise ValidationError(
            f"Your problem “{draft}” is {draft.get_state_display().lower()}. Only a draft can be "
            "replaced: reopen it first."
        )
    if draft.joint_departments.exists():
        raise ValidationError(
            f"Other departments have joined your draft “{draft}”. They have to leave it first."
        )
    if draft.projects.exists():
        raise ValidationError(
            f"A project answers your draft “{draft}”. Let the project answer another problem first."
        )
    draft.state, draft.same_as = Problem.State.RETIRED, into
    draft.revision += 1
    draft.save(update_fields=["state", "same_as", "revision"])
