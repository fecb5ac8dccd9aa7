"""Two options of cost side by side, each written on a sheet, and one of them made the plan."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import costing, ledger, options
from budgets.charts import options as drawn
from budgets.models import BudgetPolicy, CostLine, CostOption
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.cost_lines import differing
from portfolio.forms.mistakes import Mistake
from portfolio.forms.numbers import whole
from portfolio.forms.options import (
    OptionSheet,
    overtaken,
    with_block,
    with_more_rows,
    with_plan,
)
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.telling import tell


@require_safe
@with_project(Permission.READ_MONEY)
def compared(request: SignedInRequest, project: Project) -> HttpResponse:
    """Both options over the horizon: which is cheaper now, which in the end, and when it turns."""
    found = {option.place: option for option in project.budget.options.prefetch_related("lines")}
    budget, horizon = project.budget, BudgetPolicy.current().horizon_years
    years = range(budget.first_fiscal_year, budget.first_fiscal_year + horizon)
    context: dict[str, Any] = {
        "project": project,
        "places": [(place, found.get(place)) for place in options.PLACES],
        "may_draft": may(request.user, Permission.DRAFT_COSTS, project),
    }
    if len(found) == len(options.PLACES):
        comparison = options.compare(found[1], found[2], years=years)
        context |= {"comparison": comparison, "chart": drawn.chart(comparison)}
    return render(request, "portfolio/budget/options/compared.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.DRAFT_COSTS)
def option(request: SignedInRequest, project: Project, place: int) -> HttpResponse:
    """Write one option; only “Save the option” saves."""
    _check(place)
    budget = project.budget
    if request.method != "POST":
        wants_plan = request.GET.get("from") == "plan"
        sheet = with_plan(budget, place, None) if wants_plan else OptionSheet(budget, place)
        return _sheet(request, project, sheet)
    if "more" in request.POST:
        return _sheet(request, project, with_more_rows(budget, place, request.POST))
    if "plan" in request.POST:
        return _sheet(request, project, with_plan(budget, place, request.POST))
    if "read" in request.POST:
        sheet, mistakes = with_block(budget, place, request.POST)
        return _sheet(request, project, sheet, mistakes=mistakes)
    return _save(request, project, place)


def _save(request: SignedInRequest, project: Project, place: int) -> HttpResponse:
    sheet = OptionSheet(project.budget, place, data=request.POST)
    if not sheet.is_valid():
        return _sheet(request, project, sheet, mistakes=sheet.mistakes())
    try:
        saved = sheet.save(by=request.user)
    except ledger.Stale as stale:
        newer = overtaken(project.budget, place, request.POST)
        return _sheet(request, project, newer, stale=stale.messages[0])
    messages.success(request, f"The option “{saved.name}” is saved.")
    return redirect("budget_options", project.pk)


def _sheet(
    request: SignedInRequest,
    project: Project,
    sheet: OptionSheet,
    *,
    mistakes: list[Mistake] | None = None,
    stale: str = "",
) -> HttpResponse:
    context = {
        "project": project,
        "sheet": sheet,
        "mistakes": mistakes or [],
        "stale": stale,
        "differences": sheet.differences() if stale and sheet.is_valid() else [],
    }
    status = 409 if stale else 422 if mistakes else 200
    return render(request, "portfolio/budget/options/sheet.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.DRAFT_COSTS)
def use(request: SignedInRequest, project: Project, place: int) -> HttpResponse:
    """Make an option the plan, after showing what changes by it."""
    chosen = _load(project, place)
    if request.method != "POST":
        return _effects(request, project, chosen)
    try:
        options.use(chosen, seen=request.POST.get("seen", ""), by=request.user)
    except ledger.Stale as stale:
        project.budget.refresh_from_db()
        return _effects(request, project, _load(project, place), stale=stale.messages[0])
    tell(request, project, f"The lines of “{chosen.name}” are the plan now.")
    return redirect("project_budget", project.pk)


def _effects(
    request: SignedInRequest, project: Project, chosen: CostOption, *, stale: str = ""
) -> HttpResponse:
    budget = project.budget
    lines, _ = options.as_plan(budget, chosen)
    planned = list(budget.cost_lines.select_related("source"))
    unpaid = [row for row in lines if row.kind == CostLine.Kind.RECURRING and not row.source_id]
    context = {
        "project": project,
        "option": chosen,
        "seen": options.mark(budget, chosen),
        "stale": stale,
        "before": costing.summarize(planned),
        "after": costing.summarize(lines),
        "differences": differing(lines, planned),
        "unpaid": len(unpaid),
    }
    status = 409 if stale else 200
    return render(request, "portfolio/budget/options/use.html", context, status=status)


@require_POST
@with_project(Permission.DRAFT_COSTS)
def remove(request: SignedInRequest, project: Project, place: int) -> HttpResponse:
    """Remove an option with its lines."""
    chosen = _load(project, place)
    seen = whole(request.POST.get("seen", ""))
    try:
        options.remove(chosen, seen=-1 if seen is None else seen, by=request.user)
    except ledger.Stale as stale:
        sheet = OptionSheet(project.budget, place)
        return _sheet(request, project, sheet, stale=stale.messages[0])
    messages.success(request, f"The option “{chosen.name}” is removed.")
    return redirect("budget_options", project.pk)


def _check(place: int) -> None:
    if place not in options.PLACES:
        raise Http404("There are two options, 1 and 2.")


def _load(project: Project, place: int) -> CostOption:
    """Return the option at that place; raises Http404 where there is none."""
    found = project.budget.options.filter(place=place).first()
    if found is None:
        raise Http404("There is no such option.")
    return found
