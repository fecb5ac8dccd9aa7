"""What waits on a person: one list for every role, oldest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q
from django.urls import reverse

from budgets import money
from budgets.models import Budget
from portfolio import ranking
from portfolio.models import AdoptedList, Project, User
from portfolio.roles import Permission
from problems.models import Problem

MOST = 8


class Task(NamedTuple):
    """One thing that waits: a picture, what to do, about what, where, and since when."""

    icon: str
    title: str
    about: str
    url: str
    since: datetime | None


def waiting_for(user: User) -> list[Task]:
    """Return what waits on `user`, oldest first; at most eight of a kind, at most five queries."""
    tasks: list[Task] = []
    if user.has_perm(Permission.REVIEW_PROBLEMS):
        tasks += _reviews(user)
    if user.has_perm(Permission.MOVE_STAGES):
        tasks += _stages()
    if user.has_perm(Permission.ADOPT_LIST):
        tasks += _order()
    if user.has_perm(Permission.CONFIRM_MONEY):
        tasks += _money()
    if user.has_perm(Permission.WRITE_PROBLEMS):
        tasks += _statements(user)
    return sorted(tasks, key=lambda task: (task.since is None, task.since))


def _reviews(user: User) -> Iterator[Task]:
    waiting = Problem.objects.waiting_for_review().exclude(author=user).exclude(submitted_by=user)
    for problem in waiting.select_related("department")[:MOST]:
        url = reverse("problems:review", args=[problem.pk])
        yield Task("flag", f"Review: {problem}", problem.department.name, url, problem.submitted_at)


def _stages() -> Iterator[Task]:
    open_gate = Project.objects.gate_open().select_related("department")
    waiting = open_gate.filter(Q(stage="concept") | Q(stage="scoping", on_hold=True))
    for project in waiting.order_by("stage_since", "pk")[:MOST]:
        verb = "Resume" if project.on_hold else "Open scoping"
        about = f"{project.reference} · {project.department}"
        url = project.get_absolute_url()
        yield Task("lock_open", f"{verb}: {project}", about, url, project.stage_since)


def _order() -> Iterator[Task]:
    latest = AdoptedList.objects.latest_adopted()
    changes = ranking.changes_since(latest)
    if changes:
        since = f"since list {latest.number}" if latest else "and no list adopted yet"
        about = f"{changes} {'change' if changes == 1 else 'changes'} {since}"
        yield Task("list", "Adopt the working order", about, reverse("priority_list"), None)


def _money() -> Iterator[Task]:
    waiting = Budget.objects.filter(
        state=Budget.State.DRAFT, one_time_cost__gt=0, project__isnull=False
    ).exclude(project__stage=Project.Stage.STOPPED)
    for budget in waiting.select_related("project").order_by("pk")[:MOST]:
        project = budget.project
        url = reverse("project_budget", args=[project.pk])
        short = budget.needed - budget.committed
        if short > 0:
            title = f"Allocate {money.show(short)}: {project}"
        else:
            title = f"Confirm {money.show(budget.needed)}: {project}"
        yield Task("account_balance", title, project.reference, url, project.created_at)


def _statements(user: User) -> Iterator[Task]:
    open_here = Problem.objects.filter(
        department__in=user.headed_department_ids,
        state__in=[Problem.State.RETURNED, Problem.State.DRAFT],
    )
    returned_first = open_here.select_related("department").order_by(
        F("decided_at").asc(nulls_last=True), "saved_at"
    )
    for problem in returned_first[:MOST]:
        url = reverse("problems:edit", args=[problem.pk])
        if problem.state == Problem.State.RETURNED:
            yield Task("undo", f"Answer: {problem}", "Returned", url, problem.decided_at)
        else:
            yield Task("edit", f"Finish: {problem}", "Draft", url, problem.saved_at)
