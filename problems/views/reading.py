"""Reading problems: the list, and one statement with the decisions on it."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from problems import completeness, joining, severity
from problems.access import READ, REVIEW, WRITE, SignedInRequest, may, requires, with_problem
from problems.drafting import PARTS
from problems.forms.asking import FilterForm
from problems.models import Problem
from problems.review.decisions import may_reopen
from problems.tables import page_of
from problems.views.conversation import conversation_on


@require_safe
@requires(READ)
def index(request: SignedInRequest) -> HttpResponse:
    """Every problem that the person may read, filtered and sorted."""
    form = FilterForm(request.GET)
    found = form.narrow(Problem.objects.visible_to(request.user))
    kept = request.GET.copy()
    for name in ("page", "per_page"):
        kept.pop(name, None)
    may_write = request.user.has_perm(WRITE)
    context = {
        "form": form,
        "table": page_of(found, request, best_first=bool(form.words)),
        "kept": kept.urlencode(),
        "own_departments": request.user.headed_department_ids if may_write else [],
    }
    page = "problems/list.html#table" if request.htmx else "problems/list.html"
    return render(request, page, context)


@require_safe
@with_problem(READ)
def detail(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """One statement, the decisions on it, and what this person may do about it."""
    context = statement_context(problem)
    reads_all = request.user.has_perm("portfolio.read_all_projects")
    writes = may(request.user, WRITE, problem)
    may_edit = writes and problem.can_be_written
    gaps = completeness.missing(problem, on=timezone.localdate()) if may_edit else []
    context |= {
        "conversation": conversation_on(problem),
        "may_edit": may_edit,
        "gap_count": len(gaps),
        "may_reopen": writes and may_reopen(problem, by=request.user),
        "may_review": may(request.user, REVIEW, problem)
        and problem.state == Problem.State.SUBMITTED,
        "may_start_project": writes and problem.state != Problem.State.RETIRED,
        "reads_all_projects": reads_all,
        "projects": projects_shown(problem, request.user),
    } | _sharing(problem, request.user)
    return render(request, "problems/detail.html", context)


def projects_shown(problem: Problem, user: Any) -> list[Any]:
    """Return the projects that answer `problem` and that `user` may know of.

    Which projects of others there are is not told, not even that there are some.
    """
    reads_all = user.has_perm("portfolio.read_all_projects")
    projects: Any = problem.projects
    return [
        project
        for project in projects.all()
        if reads_all or project.department_id in user.department_ids
    ]


def _sharing(problem: Problem, user: Any) -> dict[str, Any]:
    """Return which departments of `user` may join or leave, and the drafts of the same problem."""
    readable = Problem.objects.visible_to(user)
    return {
        "may_join": bool(joining.joinable(problem, by=user)),
        "may_leave": user.headed_department_ids if user.has_perm(WRITE) else [],
        "same_as": readable.filter(pk=problem.same_as_id).first() if problem.same_as_id else None,
        "took_in": readable.filter(same_as=problem).select_related("department"),
    }


def statement_context(problem: Problem) -> dict[str, Any]:
    """Return what templates need to print the whole statement."""
    prefetch_related_objects([problem], *PARTS)
    return {
        "problem": problem,
        "severity": severity.in_words(problem.severity),
    }
