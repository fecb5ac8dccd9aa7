"""Asking finance for money, and the answer that is no; holding money is the answer that is yes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from budgets import asking, ledger
from budgets.money import show
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.requests import DeclineForm
from portfolio.models import Project, User
from portfolio.roles import Permission
from portfolio.views.budgets.requests import load_request

OVER = {Project.Stage.STOPPED, Project.Stage.CLOSED}


@require_POST
@with_project(Permission.DRAFT_COSTS)
def ask(request: SignedInRequest, project: Project) -> HttpResponse:
    """Ask finance for what the budget is short of."""
    if project.stage in OVER:
        messages.info(request, f"This project is {project.get_stage_display().lower()}.")
        return _to_money(project)
    try:
        asked = asking.ask(project.budget, by=request.user)
    except ValidationError as refused:
        messages.info(request, refused.messages[0])
    else:
        told = f"Finance is asked for {show(asked.amount)}. It waits on every finance officer."
        messages.success(request, told)
    return _to_money(project)


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def decline(request: SignedInRequest, project: Project, funding_request: int) -> HttpResponse:
    """Decline what the department asked for, with a reason that it reads."""
    asked = load_request(project, funding_request)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if not asked.is_waiting:
        messages.info(request, asking.GONE)
        return _to_money(project)
    if not form.is_valid():
        context = {"project": project, "asked": asked, "form": form}
        status = 422 if request.method == "POST" else 200
        return render(request, "portfolio/budget/asking/decline.html", context, status=status)
    try:
        asking.decline(asked, reason=form.cleaned_data["reason"], by=request.user)
    except ledger.Stale as stale:
        messages.info(request, stale.messages[0])
    else:
        told = f"The {show(asked.amount)} is declined. {project.department} reads why."
        messages.success(request, told)
    return _to_money(project)


def _to_money(project: Project) -> HttpResponse:
    return redirect(reverse("project_budget", args=[project.pk]) + "#money")


def asking_of(project: Project, user: User, requests: Any) -> dict[str, Any]:
    """Return how the budget stands with finance, and what `user` may do about it, for pages."""
    found = asking.asking(project.budget, requests)
    can_ask = found.short and project.budget.one_time_cost and project.stage not in OVER
    return {
        "asking": found,
        "may_ask": bool(can_ask)
        and not found.waiting
        and may(user, Permission.DRAFT_COSTS, project),
        "may_take_back": may(user, Permission.DRAFT_COSTS, project),
        "may_hold": may(user, Permission.ENTER_MONEY, project),
    }
