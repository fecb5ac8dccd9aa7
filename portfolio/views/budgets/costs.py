"""What a project costs, written line by line."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from budgets import ledger
from budgets.models import Budget
from portfolio.access import SignedInRequest, with_project
from portfolio.forms import cost_steps
from portfolio.forms.costs import CostSheet, overtaken
from portfolio.forms.mistakes import Mistake
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.telling import tell

# The buttons that change the page and save nothing, by name.
STEPS = {
    "lines-add": cost_steps.add,
    "copy": cost_steps.copy,
    "read": cost_steps.read,
}


@require_http_methods(["GET", "POST"])
@with_project(Permission.DRAFT_COSTS)
def costs(request: SignedInRequest, project: Project) -> HttpResponse:
    """Write what the project costs, year by year."""
    if request.method != "POST":
        blank = 1 if project.budget.needed else 3
        return _sheet(request, project, CostSheet(project.budget, blank=blank))
    for name, step in STEPS.items():
        if name in request.POST:
            after = step(project.budget, request.POST)
            return _sheet(request, project, after.sheet, list(after.mistakes), done=after.done)
    sheet = CostSheet(project.budget, data=request.POST)
    if not sheet.is_valid() or "recalculate" in request.POST:
        return _sheet(request, project, sheet, sheet.mistakes())
    try:
        saved = sheet.save(by=request.user)
    except ledger.Stale as stale:
        newer = overtaken(Budget.objects.get(pk=project.budget_id), request.POST)
        return _sheet(request, project, newer, newer.mistakes(), stale=stale.messages[0])
    _report_costs(request, project, saved)
    return redirect("project_budget", project.pk)


def _sheet(
    request: SignedInRequest,
    project: Project,
    sheet: CostSheet,
    mistakes: list[Mistake] | None = None,
    *,
    done: str = "",
    stale: str = "",
) -> HttpResponse:
    context = {
        "project": project,
        "sheet": sheet,
        "tally": sheet.tally,
        "mistakes": mistakes or [],
        "done": done,
        "stale": stale,
        "differences": sheet.differences() if stale else [],
    }
    status = 409 if stale else 422 if mistakes else 200
    return render(request, "portfolio/budget/costs/sheet.html", context, status=status)


def _report_costs(request: SignedInRequest, project: Project, saved: Budget) -> None:
    if saved.revision == project.budget.revision:
        messages.info(request, "Nothing was changed.")
    else:
        tell(request, project, "The cost is saved.")
