"""Sending a problem in, and deciding on it. A reviewer is never its author."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from problems import advice
from problems.completeness import missing
from problems.locking import lock_changes
from problems.marks import Stale
from problems.models import Problem, Review, ReviewReason
from problems.review import submissions

# The states from which a statement is taken back to be changed.
REOPENED = frozenset({Problem.State.SUBMITTED, Problem.State.DEFINED})


def open_findings(problem: Problem) -> list[dict[str, str]]:
    """Return the wording advice that is left in `problem`, with its author's answers, as data."""
    return [item.as_data() for item in advice.on_problem(problem)]


def _locked(problem: Problem) -> Problem:
    """Return `problem` as it is now, locked after the one lock of changes behind a gate."""
    lock_changes()
    return Problem.objects.select_for_update(no_key=True).get(pk=problem.pk)


def submit(problem: Problem, *, by: Any, on: date) -> Problem:
    """Send `problem` to review, and keep its words as they were sent.

    Raises ValidationError with every gap at once when it is incomplete, or when it was sent before.
    """
    with by.changing():
        current = _locked(problem)
        if not current.can_be_written:
            raise ValidationError(f"This problem is {current.get_state_display().lower()} already.")
        gaps = missing(current, on=on)
        if gaps:
            raise ValidationError(
                [ValidationError(gap.sentence, code=gap.code, params=gap._asdict()) for gap in gaps]
            )
        now = timezone.now()
        current.state = Problem.State.SUBMITTED
        current.submitted_by, current.submitted_at = by, now
        current.first_submitted_at = current.first_submitted_at or now
        current.decision, current.decided_by, current.decided_at = Problem.Decision.NONE, None, None
        current.revision += 1
        current.save()
        submissions.record(current, by=by, at=now)
    return current


def accept(problem: Problem, *, by: Any, seen: int | None = None) -> Review:
    """Accept `problem`: it is defined from now on. Raises ValidationError as `_decide` does."""
    return _decide(problem, decision=Review.Decision.ACCEPTED, reasons=(), by=by, seen=seen)


def send_back(
    problem: Problem, *, reasons: Sequence[tuple[str, str]], by: Any, seen: int | None = None
) -> Review:
    """Return `problem` with reasons, each a field name (or "") and a sentence.

    Raises ValidationError without a reason: an author must know what to do.
    """
    given = [(field, reason.strip()) for field, reason in reasons if reason.strip()]
    if not given:
        raise ValidationError("Say what the author should change: at least one reason.")
    return _decide(problem, decision=Review.Decision.RETURNED, reasons=given, by=by, seen=seen)


def _decide(
    problem: Problem,
    *,
    decision: Review.Decision,
    reasons: Sequence[tuple[str, str]],
    by: Any,
    seen: int | None,
) -> Review:
    """Decide on a submitted problem, as it was read at revision `seen` (None: as it is).

    Raises ValidationError when it is not waiting for review, or when `by` wrote or sent it; Stale
    when it was changed and sent again since.
    """
    with by.changing():
        current = _locked(problem)
        _check_may_decide(current, by=by, seen=seen)
        now = timezone.now()
        review = Review.objects.create(
            problem=current,
            version=current.version,
            decision=decision,
            author_id=current.author_id,
            by=by,
            at=now,
            open_findings=open_findings(current),
        )
        for field, reason in reasons:
            ReviewReason.objects.create(review=review, field=field, reason=reason)
        accepted = decision == Review.Decision.ACCEPTED
        current.state = Problem.State.DEFINED if accepted else Problem.State.RETURNED
        current.decision, current.decided_by, current.decided_at = decision, by, now
        current.revision += 1
        current.save()
    return review


def _check_may_decide(problem: Problem, *, by: Any, seen: int | None) -> None:
    if problem.state != Problem.State.SUBMITTED:
        raise ValidationError(
            f"This problem is {problem.get_state_display().lower()}, not waiting for review."
        )
    if problem.is_by(by):
        raise ValidationError(
            "You wrote or sent this problem. Somebody else has to review it.",
            code="own_problem",
        )
    if seen is not None and problem.revision != seen:
        raise Stale(
            "The problem was changed and sent again after you opened this page. Read it as it "
            "is now, then decide."
        )


def may_reopen(problem: Problem, *, by: Any) -> bool:
    """Return whether `by`, who writes `problem`, may take it back to be changed.

    What is defined keeps gates open, so only the department that wrote it first closes them: nobody
    can join a problem in order to stop the projects of others.
    """
    if problem.state == Problem.State.DEFINED:
        return problem.department_id in by.headed_department_ids
    return problem.state in REOPENED


def reopen(problem: Problem, *, by: Any) -> Problem:
    """Make a sent or defined problem a draft again, as its next version.

    Its projects' gates close in the same transaction; the pages say so beforehand. Raises
    ValidationError when there is nothing to reopen, or when only others may (`may_reopen`).
    """
    with by.changing():
        current = _locked(problem)
        if current.state not in REOPENED:
            raise ValidationError(
                f"This problem is {current.get_state_display().lower()}; it can be written as it "
                "is."
            )
        if not may_reopen(current, by=by):
            raise ValidationError(
                f"This problem is defined, and {current.department} wrote it first. Ask a head of "
                "that department to reopen it."
            )
        was_defined = current.state == Problem.State.DEFINED
        current.state = Problem.State.DRAFT
        current.version += was_defined
        current.submitted_by, current.submitted_at = None, None
        current.decision, current.decided_by, current.decided_at = Problem.Decision.NONE, None, None
        current.revision += 1
        current.save()
    return current
