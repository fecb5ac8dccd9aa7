"""The versions of a project's budget: what was confirmed, and what differs between any two."""

from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budgets import versions
from budgets.models import BudgetVersion
from budgets.versions import Content
from portfolio.access import SignedInRequest, with_project
from portfolio.budget_changes import Told, told
from portfolio.models import Project
from portfolio.roles import Permission

NOW = "now"


class State(NamedTuple):
    """A state of a budget that can be compared: its name in the address, and for people."""

    key: str
    name: str


class Comparison(NamedTuple):
    """Two states of a budget, and what differs between them."""

    before: State
    after: State
    changes: Told


@require_safe
@with_project(Permission.READ_MONEY)
def index(request: SignedInRequest, project: Project) -> HttpResponse:
    """Every confirmed version, and what differs between two states: the last one and now."""
    rows = list(_versions(project).defer("lines", "money"))
    states = [*(_state(row) for row in rows), State(NOW, "What stands now")]
    context = {
        "project": project,
        "budget": project.budget,
        "versions": rows,
        "states": states,
        "comparison": _comparison(request, project, states) if rows else None,
    }
    return render(request, "portfolio/budget/versions/index.html", context)


def _comparison(request: SignedInRequest, project: Project, states: list[State]) -> Comparison:
    """Return what was asked to compare: the last version with what stands now, if nothing was."""
    known = {state.key: state for state in states}
    before = known.get(request.GET.get("before", ""), states[-2])
    after = known.get(request.GET.get("after", ""), states[-1])
    first, second = _content(project, before), _content(project, after)
    return Comparison(before, after, told(versions.between(first, second)))


def _content(project: Project, state: State) -> Content:
    """Return what the budget says in that state."""
    if state.key == NOW:
        return versions.of_budget(project.budget)
    return versions.of_version(project.budget.versions.get(number=int(state.key)))


@require_safe
@with_project(Permission.READ_MONEY)
def version(request: SignedInRequest, project: Project, number: int) -> HttpResponse:
    """One version as it was confirmed, with what changed since the one before."""
    rows = {row.number: row for row in _versions(project).filter(number__in=[number - 1, number])}
    if number not in rows:
        raise Http404("This budget has no such version.")
    chosen, before = rows[number], rows.get(number - 1)
    content = versions.of_version(chosen)
    context = {
        "project": project,
        "version": chosen,
        "content": content,
        "before": before,
        "changes": told(versions.between(versions.of_version(before), content)) if before else None,
        "is_last": not project.budget.versions.filter(number__gt=number).exists(),
    }
    return render(request, "portfolio/budget/versions/version.html", context)


def _versions(project: Project) -> Any:
    return project.budget.versions.select_related("confirmed_by", "prepared_by").order_by("number")


def _state(row: BudgetVersion) -> State:
    return State(str(row.number), f"Version {row.number}")
