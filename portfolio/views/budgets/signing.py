"""The signature under a project's money: the second officer's confirmation, and taking it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from budgets import dedication, ledger, versions
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.mistakes import mistakes_in
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.page import show_page
from portfolio.views.budgets.telling import gone_on_hold


@require_POST
@with_project(Permission.CONFIRM_MONEY)
def confirm(request: SignedInRequest, project: Project) -> HttpResponse:
    """Dedicate the budget, or what changed in it since, as the second finance officer."""
    today, seen = request.city.today(), request.POST.get("seen", "")
    try:
        confirmed = dedication.confirm(project.budget, by=request.user, on=today, seen=seen)
    except ledger.Stale as stale:
        return show_page(request, project, status=409, mistakes=mistakes_in(stale))
    except ValidationError as refused:
        return show_page(request, project, status=422, mistakes=mistakes_in(refused))
    version = versions.latest(confirmed)
    kept = f" {version} says what you signed, and never changes." if version else ""
    messages.success(request, f"The budget of {project.reference} is dedicated.{kept}")
    return redirect("project_budget", project.pk)


@require_http_methods(["GET", "POST"])
@with_project(Permission.CONFIRM_MONEY)
def withdraw(request: SignedInRequest, project: Project) -> HttpResponse:
    """Take the confirmation back, after saying what follows."""
    if request.method != "POST":
        if not project.budget.is_dedicated:
            return redirect("project_budget", project.pk)
        context = {"project": project, "verb": "Withdraw the confirmation"}
        return render(request, "portfolio/budget/signing/withdraw.html", context)
    try:
        dedication.withdraw(project.budget, by=request.user)
    except ledger.Stale as stale:
        return show_page(request, project, status=409, mistakes=mistakes_in(stale))
    messages.success(request, f"The confirmation is withdrawn.{gone_on_hold(project)}")
    return redirect("project_budget", project.pk)
