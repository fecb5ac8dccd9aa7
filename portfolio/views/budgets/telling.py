"""What a change of a budget did to its confirmation, told after each one."""

from django.contrib import messages

from budgets import keeping, versions
from budgets.models import Budget
from portfolio.access import SignedInRequest
from portfolio.models import Project


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
        stays = "The gate stays open" if project.is_gate_open else "The budget stays dedicated"
        messages.success(request, f"{done} {stays}: {keeping.why_kept(version, now)}.")
        return
    why = keeping.why_lost(version, now, on=request.city.today())
    lost = f"The budget lost its confirmation, because {why}"
    messages.warning(request, f"{done} {lost}{gone_on_hold(project)}")


def gone_on_hold(project: Project) -> str:
    """Say that the project went on hold with what was just done, where it did."""
    was_on_hold = project.on_hold
    project.refresh_from_db(fields=["on_hold"])
    went = project.on_hold and not was_on_hold
    return f" {project.reference} is on hold." if went else ""
