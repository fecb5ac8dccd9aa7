"""What a project costs, written line by line."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from budgets import ledger
from budgets.models import Budget
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.costs import CostSheet, overtaken
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.page import gone_on_hold


@require_http_methods(["GET", "POST"])
@with_project(Permission.DRAFT_COSTS)
def costs(request: SignedInRequest, project: Project) -> HttpResponse:
    """Write what the project costs, year by year."""
    if request.method != "POST":
        blank = 3 if "more" in request.GET or not project.budget.needed else 1
        return _sheet(request, project, CostSheet(project.budget, blank=blank))
    sheet = CostSheet(project.budget, data=request.POST)
    if not sheet.is_valid():
        return _sheet(request, project, sheet, status=422)
    try:
        saved = sheet.save(by=request.user)
    except ledger.Stale as stale:
        newer = overtaken(Budget.objects.get(pk=project.budget_id), request.POST)
        return _sheet(request, project, newer, status=409, stale=stale.messages[0])
    _report_costs(request, project, saved)
    if "lines-add" in request.POST:
        place = f"#id_lines-{saved.cost_lines.count()}-fiscal_year"
        return redirect(reverse("project_costs", args=[project.pk]) + "?more" + place)
    return redirect("project_budget", project.pk)


def _sheet(
    request: SignedInRequest,
    project: Project,
    sheet: CostSheet,
    *,
    status: int = 200,
    stale: str = "",
) -> HttpResponse:
    context = {
        "project": project,
        "sheet": sheet,
        "mistakes": sheet.mistakes(),
        "stale": stale,
        "differences": sheet.differences() if stale else [],
    }
    return render(request, "portfolio/budget/costs.html", context, status=status)


def _report_costs(request: SignedInRequest, project: Project, saved: Budget) -> None:
    if saved.revision == project.budget.revision:
        messages.info(request, "Nothing was changed.")
    elif project.budget.is_dedicated:
        messages.warning(
            request,
            "The cost is saved. The budget lost its confirmation: a finance officer has to "
            f"confirm it again.{gone_on_hold(project)}",
        )
    else:
        messages.success(request, "The cost is saved.")
