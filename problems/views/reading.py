"""Reading problems: the list, and one statement with the decisions on it."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from problems import completeness, severity
from problems.access import READ, REVIEW, WRITE, SignedInRequest, may, requires, with_problem
from problems.drafting import PARTS
from problems.forms.asking import FilterForm
from problems.forms.sheet import label_of
from problems.models import Problem
from problems.review import REOPENED
from problems.tables import TONES, page_of


@require_safe
@requires(READ)
def index(request: SignedInRequest) -> HttpResponse:
    """Every problem that the person may read, filtered and sorted."""
    form = FilterForm(request.GET)
    visible = Problem.objects.visible_to(request.user).select_related(
        "department", "critical_priority"
    )
    may_write = request.user.has_perm(WRITE)
    context = {
        "form": form,
        "is_narrowed": any(request.GET.get(name) for name in form.fields),
        "table": page_of(form.narrow(visible), request),
        "own_departments": request.user.headed_department_ids if may_write else [],
    }
    page = "problems/list.html#table" if request.htmx else "problems/list.html"
    return render(request, page, context)


@require_safe
@with_problem(READ)
def detail(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """One statement, the decisions on it, and what this person may do about it."""
    context = statement_context(problem)
    writes = may(request.user, WRITE, problem)
    may_edit = writes and problem.can_be_written
    gaps = completeness.missing(problem, on=timezone.localdate()) if may_edit else []
    context |= {
        "decisions": decisions_on(problem),
        "may_edit": may_edit,
        "gap_count": len(gaps),
        "may_reopen": writes and problem.state in REOPENED,
        "may_review": may(request.user, REVIEW, problem)
        and problem.state == Problem.State.SUBMITTED,
        "may_start_project": writes and problem.state != Problem.State.RETIRED,
        "reads_all_projects": request.user.has_perm("portfolio.read_all_projects"),
    }
    return render(request, "problems/detail.html", context)


def statement_context(problem: Problem) -> dict[str, Any]:
    """Return what templates need to print the whole statement."""
    prefetch_related_objects([problem], *PARTS)
    return {
        "problem": problem,
        "state_tone": TONES.get(Problem.State(problem.state), ""),
        "severity": severity.in_words(problem.severity),
    }


def decisions_on(problem: Problem) -> list[dict[str, Any]]:
    """Return every decision on `problem`, newest first, with its reasons in words."""
    reviews = problem.reviews.select_related("by").prefetch_related("reasons")
    return [
        {
            "review": review,
            "reasons": [
                {"label": label_of(reason.field), "reason": reason.reason}
                for reason in review.reasons.all()
            ],
        }
        for review in reviews
    ]
