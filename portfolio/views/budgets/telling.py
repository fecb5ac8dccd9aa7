"""What a change of a budget did to its confirmation, told after each one."""

from django.contrib import messages

from budgets import keeping, versions
from budgets.models import Budget
from portfolio.access import SignedInRequest
from portfolio.models import Project
from portfolio.views.budgets.page import gone_on_hold


def tell(request: SignedInRequest, project: Project, done: str) -> None:
    """Say what was `done`, and whether the budget kept its confirmation, and why.

    `project` and its budget are as they were read before the change.
    """
    version = versions.latest(project.budget) if project.budget.is_dedicated else None
    if version is None:
        messages.success(request, done)
        return
    now = Budget.objects.get(pk=project.budget_id)
    if now.is_dedicated:
        stays = "The gate stays open" if _is_open(project) else "The budget stays dedicated"
        messages.success(request, f"{done} {stays}: {keeping.why_kept(version, now)}.")
        return
    why = keeping.why_lost(version, now, on=request.city.today())
    lost = f"The budget lost its confirmation, because {why}"
    messages.warning(request, f"{done} {lost}{gone_on_hold(project)}")


def _is_open(project: Project) -> bool:
    """Return whether all three things stood before the change."""
    return project.problem_defined and project.budget_dedicated and project.listed
