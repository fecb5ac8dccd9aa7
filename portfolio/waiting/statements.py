"""Statements that wait: to be reviewed, to be answered, to be finished; priorities that end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Window,
)
from django.urls import reverse
from django.utils.formats import date_format

from portfolio.models import City, Project, User
from portfolio.roles import Permission
from portfolio.waiting.task import Asked, Kind, Task, Wait, counted, morning_of, oldest
from problems.models import CriticalPriority, JointDepartment, Problem, ReviewReason

REVIEW = Kind("review", "flag", "problems to review", "problems:list", "?state=submitted")
RETURNED = Kind("returned", "undo", "returned problems", "problems:list", "?state=returned")
DRAFT = Kind("draft", "edit", "drafts", "problems:list", "?state=draft")
ENDING = Kind("ending", "event", "priorities that end", "problems:priorities")

# A month leaves a council one meeting to declare a priority again.
ENDS_SOON = timedelta(days=30)
OVER = (Project.Stage.STOPPED, Project.Stage.CLOSED)


def tasks(asked: Asked) -> Iterator[Task]:
    """Yield the statements that wait on the person, and the critical priorities about to end."""
    user, city, most = asked
    for problem in oldest(_problems(user), list(_waits(user)), most=most):
        yield _WORDED[problem.waits_as](problem)
    if user.has_perm(Permission.DECLARE_PRIORITIES):
        yield from _ending(user, city, most)


def _waits(user: User) -> Iterator[Wait]:
    if user.has_perm(Permission.REVIEW_PROBLEMS):
        # Nobody reviews what they wrote or sent.
        others = ~Q(author=user) & ~Q(submitted_by=user) & ~Q(writer_ids__contains=[user.pk])
        yield Wait(REVIEW, Q(state=Problem.State.SUBMITTED) & others, F("submitted_at"))
    if user.has_perm(Permission.WRITE_PROBLEMS):
        written = Problem.objects.of_departments(user.headed_department_ids).values("pk")
        own = Q(pk__in=written)
        yield Wait(RETURNED, own & Q(state=Problem.State.RETURNED), F("decided_at"))
        yield Wait(DRAFT, own & Q(state=Problem.State.DRAFT), F("saved_at"))


def _problems(user: User) -> Any:
    """Problems with what their tasks say."""
    reasons = ReviewReason.objects.filter(
        review__problem=OuterRef("pk"), review__at=OuterRef("decided_at")
    )
    projects = Project.objects.filter(problem=OuterRef("pk")).exclude(stage__in=OVER)
    joined = JointDepartment.objects.filter(problem=OuterRef("pk")).order_by("-joined_at", "-pk")
    return Problem.objects.select_related("department").annotate(
        reasons=_number(reasons, "review__problem"),
        unanswered=_number(reasons.filter(answer__isnull=True), "review__problem"),
        projects_waiting=_number(projects, "problem"),
        joined_at=Subquery(joined.values("joined_at")[:1]),
        joined_name=Subquery(joined.values("department__name")[:1]),
        joined_by_another=ExpressionWrapper(
            Exists(joined.exclude(joined_by=user)), output_field=BooleanField()
        ),
    )


def _number(rows: Any, of: str) -> Subquery:
    """Return how many `rows` there are of one problem; nothing where there are none."""
    return Subquery(rows.order_by().values(of).annotate(number=Count("*")).values("number"))


def _waiting_projects(problem: Any) -> str:
    number = problem.projects_waiting or 0
    verb = "waits" if number == 1 else "wait"
    return f" · {counted(number, 'project')} {verb} for it" if number else ""


def _review(problem: Any) -> Task:
    return Task(
        kind=REVIEW,
        record=problem.pk,
        title=f"Review: {problem}",
        about=f"{problem.department}{_waiting_projects(problem)}",
        url=reverse("problems:review", args=[problem.pk]),
        since=problem.waits_since,
        of_kind=problem.of_kind,
    )


def _returned(problem: Any) -> Task:
    number, left = problem.reasons or 0, problem.unanswered or 0
    answered = f", {number - left} answered" if 0 < left < number else ""
    return Task(
        kind=RETURNED,
        record=problem.pk,
        title=f"Answer: {problem}",
        about=f"Returned with {counted(number, 'reason')}{answered}{_waiting_projects(problem)}",
        url=reverse("problems:edit", args=[problem.pk]),
        since=problem.waits_since,
        of_kind=problem.of_kind,
    )


def _draft(problem: Any) -> Task:
    state = f"Reopened as version {problem.version}" if problem.version > 1 else "Draft"
    joined = f", joined by {problem.joined_name}" if problem.joined_name else ""
    return Task(
        kind=DRAFT,
        record=problem.pk,
        title=f"Finish: {problem}",
        about=f"{state}{joined}{_waiting_projects(problem)}",
        url=reverse("problems:edit", args=[problem.pk]),
        since=problem.waits_since,
        of_kind=problem.of_kind,
        # Every save moves `since`; what waits is the same until a department joins.
        mark=f"{problem.version}.{problem.joined_at or ''}",
        by_mail=problem.joined_by_another,
    )


_WORDED = {REVIEW.code: _review, RETURNED.code: _returned, DRAFT.code: _draft}


def _ending(user: User, city: City, most: int | None) -> Iterator[Task]:
    today = city.today()
    ending = CriticalPriority.objects.declared(on=today).filter(ends_on__lte=today + ENDS_SOON)
    counting = ending.annotate(
        of_kind=Window(Count("*")),
        named_by=_number(
            Problem.objects.visible_to(user).filter(critical_priority=OuterRef("pk")),
            "critical_priority",
        ),
    )
    for priority in counting.order_by("ends_on", "pk")[:most]:
        yield _priority(priority, city)


def _priority(priority: Any, city: City) -> Task:
    named = counted(priority.named_by or 0, "problem")
    return Task(
        kind=ENDING,
        record=priority.pk,
        title=f"Declare it longer, or let it end: {priority}",
        about=f"Ends on {date_format(priority.ends_on)} · named by {named}",
        url=reverse("problems:priority_change", args=[priority.pk]),
        since=morning_of(priority.ends_on - ENDS_SOON, city),
        of_kind=priority.of_kind,
    )
