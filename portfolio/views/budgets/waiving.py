"""The security waiver of a project: signed and withdrawn by a security officer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from budgets import ledger, waivers
from budgets.models import BudgetPolicy, SecurityWaiver
from portfolio import waiving
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.mistakes import mistakes_in
from portfolio.forms.waiving import WaiverForm
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.page import show_page, waivers_of
from portfolio.views.budgets.telling import tell


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.WAIVE_SECURITY)
def waiver(request: SignedInRequest, project: Project) -> HttpResponse:
    """Read what a waiver would cover, and sign one."""
    if request.method != "POST":
        return _page(request, project, _form(request, project))
    form = _form(request, project)
    if not form.is_valid():
        return _page(request, project, form, status=422)
    today = request.city.today()
    try:
        signed = waiving.sign(project, by=request.user, on=today, **form.cleaned_data)
    except ledger.Stale as stale:
        project.budget.refresh_from_db()
        newer = _form(request, project, seen=waivers.mark(project.budget))
        return _page(request, project, newer, status=409, stale=stale.messages[0])
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, project, form, status=422)
    done = f"The waiver is signed. It counts until {date_format(signed.ends_on)}."
    tell(request, project, done)
    return redirect("project_budget", project.pk)


def _form(request: SignedInRequest, project: Project, *, seen: str = "") -> WaiverForm:
    """Return the form; with `seen`, as it was sent but for the share that is now read."""
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and seen:
        data["seen"] = seen
    today = request.city.today()
    latest = waivers.last_day(today, BudgetPolicy.current().waiver_months)
    return WaiverForm(data, mark=waivers.mark(project.budget), today=today, latest=latest)


def _page(
    request: SignedInRequest,
    project: Project,
    form: WaiverForm,
    *,
    status: int = 200,
    stale: str = "",
) -> HttpResponse:
    context = {
        "project": project,
        "budget": project.budget,
        "form": form,
        "stale": stale,
        "share": waivers.share(project.budget),
        "policy": BudgetPolicy.current(),
        "refusals": [error.messages[0] for error in waiving.refusals(project, by=request.user)],
        "waivers": waivers_of(project.budget, on=request.city.today()),
    }
    return render(request, "portfolio/budget/waiving/waiver.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.WAIVE_SECURITY)
def withdraw(request: SignedInRequest, project: Project, waiver: int) -> HttpResponse:
    """Take a waiver back, after saying what follows."""
    chosen = _load(project, waiver)
    if request.method != "POST":
        if chosen.withdrawn_at:
            messages.info(request, "This waiver was withdrawn already.")
            return redirect("project_budget", project.pk)
        rests = waivers.rests_on(project.budget, chosen, on=request.city.today())
        context = {"project": project, "waiver": chosen, "rests": rests}
        return render(request, "portfolio/budget/waiving/withdraw.html", context)
    try:
        waivers.withdraw(chosen, by=request.user)
    except ledger.Stale as stale:
        return show_page(request, project, status=409, mistakes=mistakes_in(stale))
    tell(request, project, "The waiver is withdrawn.")
    return redirect("project_budget", project.pk)


def _load(project: Project, pk: int) -> SecurityWaiver:
    """Return waiver `pk` of the project; Http404 when it has no such one."""
    found = project.budget.waivers.select_related("signed_by", "withdrawn_by").filter(pk=pk)
    waiver = found.first()
    if waiver is None:
        raise Http404("This project has no such waiver.")
    return waiver
