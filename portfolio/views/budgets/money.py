"""The money behind a project: held, committed, released."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from budgets import ledger
from budgets.models import Allocation
from budgets.money import show
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.holding import HoldForm
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.page import ask_again, gone_on_hold, refusals, show_page


@require_POST
@with_project(Permission.ENTER_MONEY)
def hold(request: SignedInRequest, project: Project) -> HttpResponse:
    """Hold money of an appropriation for the project."""
    form = HoldForm(request.POST, budget=project.budget, today=request.city.today())
    if _is_unaware(request, project):
        warning = "This budget is dedicated now. Read what holding more money does, then hold it."
        mistakes = [Mistake(warning, "#hold")]
        return show_page(request, project, status=409, mistakes=mistakes, hold_form=form)
    if form.is_valid():
        try:
            held = ledger.hold(budget=project.budget, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error("amount", refused)
        else:
            done = f"{show(held.amount)} is held. It counts once it is committed."
            return _to_money(request, project, done)
    return show_page(request, project, status=422, mistakes=mistakes_of(form), hold_form=form)


def _is_unaware(request: SignedInRequest, project: Project) -> bool:
    """Return whether what was sent ends a confirmation that the page did not show."""
    return project.budget.is_dedicated and "sure" not in request.POST


def _to_money(request: SignedInRequest, project: Project, done: str) -> HttpResponse:
    """Say what was done, and that the confirmation went with it where it did; show the money."""
    if project.budget.is_dedicated:
        lost = f"The budget lost its confirmation.{gone_on_hold(project)}"
        messages.warning(request, f"{done} {lost}")
    else:
        messages.success(request, done)
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
    if request.method != "POST" or _is_unaware(request, project):
        return ask_again(request, project, f"Commit {show(chosen.amount)}", allocation=chosen)
    try:
        done = ledger.commit(chosen, by=request.user)
    except ValidationError as refused:
        return show_page(request, project, status=409, mistakes=refusals(refused))
    return _to_money(request, project, f"{show(done.amount)} is committed.")


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def release(request: SignedInRequest, project: Project, allocation: int) -> HttpResponse:
    """Give money back to its appropriation; where that ends a confirmation, only when sure."""
    chosen = _load_allocation(project, allocation)
    if request.method != "POST" or _is_unaware(request, project):
        return ask_again(request, project, f"Release {show(chosen.amount)}", allocation=chosen)
    try:
        done = ledger.release(chosen, by=request.user)
    except ValidationError as refused:
        return show_page(request, project, status=409, mistakes=refusals(refused))
    return _to_money(request, project, f"{show(done.amount)} is released.")
