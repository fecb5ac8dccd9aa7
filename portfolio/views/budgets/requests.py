"""Money a project asked for, applied for or expects: shown apart, and never counted."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import asking, ledger
from budgets.models import FundingRequest
from budgets.money import show
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.mistakes import mistakes_of
from portfolio.forms.requests import RequestForm
from portfolio.models import Project
from portfolio.roles import Permission


@require_safe
@with_project(Permission.READ_MONEY)
def requests(request: SignedInRequest, project: Project) -> HttpResponse:
    """Every request, application and forecast of the project."""
    people = ("fund", "asked_by", "declined_by")
    rows = list(project.budget.requests.select_related(*people))
    user = request.user
    drafts = may(user, Permission.DRAFT_COSTS, project)
    context = {
        "project": project,
        "rows": rows,
        "together": sum((row.amount for row in rows if row.declined_at is None), Decimal(0)),
        "may_draft": drafts,
        "may_write": drafts or may(user, Permission.ENTER_MONEY, project),
        "may_decline": may(user, Permission.ENTER_MONEY, project),
    }
    return render(request, "portfolio/budget/requests/index.html", context)


@require_http_methods(["GET", "POST"])
@with_project(Permission.DRAFT_COSTS, Permission.ENTER_MONEY)
def new(request: SignedInRequest, project: Project) -> HttpResponse:
    """Enter money that is hoped for."""
    form = RequestForm(_typed(request), instance=FundingRequest(budget=project.budget))
    if form.is_valid():
        try:
            entered = asking.enter(form.save(commit=False), by=request.user)
        except ValidationError as refused:
            form.add_error("fund", refused)
        else:
            messages.success(request, f"{show(entered.amount)} is noted. It does not count.")
            return redirect("funding_requests", project.pk)
    return _form(request, project, form)


@require_http_methods(["GET", "POST"])
@with_project(Permission.DRAFT_COSTS, Permission.ENTER_MONEY)
def change(request: SignedInRequest, project: Project, funding_request: int) -> HttpResponse:
    """Change what is hoped for: its amount, how far it is."""
    found = load_request(project, funding_request)
    if found.asked_at is not None:
        raise PermissionDenied("What finance was asked for does not change. Take it back instead.")
    form = RequestForm(_typed(request), instance=found)
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            asking.change(form.save(commit=False), seen=seen, by=request.user)
        except ledger.Stale as stale:
            return _overtaken(request, project, form, stale.messages[0])
        except ValidationError as refused:
            form.add_error("fund", refused)
        else:
            messages.success(request, "The request is changed.")
            return redirect("funding_requests", project.pk)
    return _form(request, project, form)


def _typed(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, project: Project, form: RequestForm) -> HttpResponse:
    context = {"project": project, "form": form, "mistakes": list(mistakes_of(form))}
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/budget/requests/form.html", context, status=status)


def _overtaken(
    request: SignedInRequest, project: Project, typed: RequestForm, stale: str
) -> HttpResponse:
    """Show both versions. What was typed can be saved over the newer one, knowing it."""
    saved = FundingRequest.objects.select_related("fund").filter(pk=typed.instance.pk).first()
    seen = asking.mark(saved) if saved else ""
    form = RequestForm({**request.POST.dict(), "seen": seen}, instance=typed.instance)
    context = {
        "project": project,
        "form": form,
        "stale": stale,
        "differences": typed.differences(saved),
    }
    return render(request, "portfolio/budget/requests/form.html", context, status=409)


@require_POST
@with_project(Permission.DRAFT_COSTS, Permission.ENTER_MONEY)
def remove(request: SignedInRequest, project: Project, funding_request: int) -> HttpResponse:
    """Remove a request. What finance was asked for, the department takes back itself."""
    found = load_request(project, funding_request)
    if found.is_waiting and not may(request.user, Permission.DRAFT_COSTS, project):
        raise PermissionDenied("The department asked for it. Decline it with a reason instead.")
    try:
        asking.remove(found, by=request.user)
    except ledger.Stale as stale:
        messages.info(request, stale.messages[0])
    else:
        messages.success(request, f"The request for {show(found.amount)} is removed.")
    return redirect("funding_requests", project.pk)


def load_request(project: Project, pk: int) -> FundingRequest:
    """Return request `pk` of the project; Http404 when it has no such one."""
    found = project.budget.requests.select_related("fund", "asked_by").filter(pk=pk).first()
    if found is None:
        raise Http404("This project has no such request.")
    return found
