"""The money behind a project: committed and released."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budgets import ledger, steps
from budgets.models import Allocation
from budgets.money import show
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.mistakes import mistakes_in
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.page import show_page
from portfolio.views.budgets.telling import tell


def to_money(request: SignedInRequest, project: Project, done: str) -> HttpResponse:
    """Say what was done, and what became of the confirmation; show the money."""
    tell(request, project, done)
    return redirect(reverse("project_budget", args=[project.pk]) + "#money")


def _load_allocation(project: Project, pk: int) -> Allocation:
    """Return allocation `pk` of the project; Http404 when it has no such one."""
    found = project.budget.allocations.select_related("appropriation__fund").filter(pk=pk).first()
    if found is None:
        raise Http404("This project has no such allocation.")
    return found


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def commit(request: SignedInRequest, project: Project, allocation: int) -> HttpResponse:
    """Commit money that is held; where that ends a confirmation, only when sure."""
    chosen = _load_allocation(project, allocation)
    why = steps.why_commit_ends(chosen, budget=project.budget, on=request.city.today())
    step = Step("Commit", chosen, why, chosen.appropriation.left)
    if request.method != "POST":
        return _asked(request, project, step)
    return _take(request, project, step, ledger.commit, "is committed")


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def release(request: SignedInRequest, project: Project, allocation: int) -> HttpResponse:
    """Give money back to its appropriation; where that ends a confirmation, only when sure."""
    chosen = _load_allocation(project, allocation)
    why = steps.why_release_ends(chosen, budget=project.budget)
    step = Step("Release", chosen, why, steps.left_after_release(chosen))
    if request.method != "POST":
        return _asked(request, project, step)
    return _take(request, project, step, ledger.release, "is released")


class Step(NamedTuple):
    """A step with an allocation: why it ends a confirmation, if it does, and what it leaves."""

    verb: str
    allocation: Allocation
    why_it_ends: str
    leaves: Decimal


def _asked(
    request: SignedInRequest, project: Project, step: Step, *, ends: bool = False, status: int = 200
) -> HttpResponse:
    """Say what follows from `step`, and ask for it. A page that did not know was overtaken."""
    context = {
        "project": project,
        "verb": f"{step.verb} {show(step.allocation.amount)}",
        "step": step,
        "allocation": step.allocation,
        "ends": ends or bool(step.why_it_ends),
    }
    return render(request, "portfolio/budget/money/step.html", context, status=status)


def _take(
    request: SignedInRequest,
    project: Project,
    step: Step,
    change: Callable[..., Allocation],
    done: str,
) -> HttpResponse:
    """Take `step`, unless it ends a confirmation and the person was not told."""
    is_sure = "sure" in request.POST
    if step.why_it_ends and not is_sure:
        return _asked(request, project, step, status=409)
    try:
        changed = change(step.allocation, by=request.user, keep_dedicated=not is_sure)
    except ledger.EndsConfirmation:
        return _asked(request, project, step, ends=True, status=409)
    except ValidationError as refused:
        return show_page(request, project, status=409, mistakes=mistakes_in(refused))
    return to_money(request, project, f"{show(changed.amount)} {done}.")
