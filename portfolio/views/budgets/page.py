"""The page of a project's budget, and what its other views share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from budgets import costing, dedication
from budgets.models import Allocation, Budget, BudgetPolicy, CostLine, FundingRequest
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.holding import HoldForm
from portfolio.forms.mistakes import Mistake
from portfolio.gates import Blocker, scoping_gate
from portfolio.models import Project
from portfolio.roles import Permission

# Conditions that more money mends; every other is mended in the cost of the project.
MENDED_BY_MONEY = {"not_covered", "unsuitable_money", "money_not_yet", "money_lapsed"}


class Unmet(NamedTuple):
    """One unmet condition of the budget, and where the person looking can mend it."""

    blocker: Blocker
    url: str
    link_label: str


@require_safe
@with_project(Permission.READ_MONEY)
def budget(request: SignedInRequest, project: Project) -> HttpResponse:
    """What the project needs, what is committed, what is missing and who can mend it."""
    return show_page(request, project)


def show_page(
    request: SignedInRequest,
    project: Project,
    *,
    status: int = 200,
    mistakes: Iterable[Mistake] = (),
    hold_form: HoldForm | None = None,
) -> HttpResponse:
    """Return the page of the budget as it is now, with what is to fix above it."""
    project.budget = _with_everything(project.budget)
    today, policy = request.city.today(), BudgetPolicy.current()
    may_enter = may(request.user, Permission.ENTER_MONEY, project)
    if may_enter and hold_form is None:
        hold_form = HoldForm(budget=project.budget, today=today)
    context = {
        "project": project,
        "budget": project.budget,
        "standing": dedication.standing(project.budget, on=today, warn_days=policy.at_risk_days),
        "policy": policy,
        "unmet": _unmet(request, project),
        "may_draft": may(request.user, Permission.DRAFT_COSTS, project),
        "may_enter": may_enter,
        "hold_form": hold_form,
        "mistakes": list(mistakes),
        **_costs(project.budget),
        "covered_percent": costing.percent(
            min(project.budget.committed, project.budget.needed), project.budget.needed
        ),
        "missing": max(project.budget.needed - project.budget.committed, 0),
        **_signature(request, project),
    }
    return render(request, "portfolio/budget/page.html", context, status=status)


def _with_everything(given: Budget) -> Budget:
    """Return the budget as it is now, with its lines, its money and the people behind it."""
    people = ("held_by", "committed_by", "released_by")
    allocations = Allocation.objects.select_related("appropriation__fund", *people)
    return (
        Budget.objects.select_related("prepared_by", "confirmed_by")
        .prefetch_related(
            Prefetch("allocations", allocations),
            Prefetch("cost_lines", CostLine.objects.select_related("source")),
            Prefetch("requests", FundingRequest.objects.select_related("fund")),
        )
        .get(pk=given.pk)
    )


def _unmet(request: SignedInRequest, project: Project) -> list[Unmet]:
    """Return what the gate says of the budget, each with the way to mend it, if it is theirs."""
    may_draft = may(request.user, Permission.DRAFT_COSTS, project)
    may_enter = may(request.user, Permission.ENTER_MONEY, project)
    found = []
    for blocker in scoping_gate(project, on=request.city.today()).panels[1].blockers:
        way = ("", "")
        if blocker.code in MENDED_BY_MONEY and may_enter:
            way = ("#hold", "Hold money")
        elif blocker.code not in {*MENDED_BY_MONEY, "not_confirmed"} and may_draft:
            way = (reverse("project_costs", args=[project.pk]), "Edit the cost")
        found.append(Unmet(blocker, *way))
    return found


def _costs(given: Budget) -> dict[str, Any]:
    """Return what the budget costs, for the tables."""
    costs = costing.summarize(given.cost_lines.all())
    requests = list(given.requests.all())
    return {
        "lines": list(given.cost_lines.all()),
        "costs": costs,
        "contingency_percent": costing.percent(given.contingency, given.one_time_cost),
        "security_percent": costing.percent(given.security_cost, costs.whole_life),
        "requests": requests,
        "requested": sum(row.amount for row in requests),
    }


def _signature(request: SignedInRequest, project: Project) -> dict[str, Any]:
    """Return whether the person may confirm, and what their signature would stand under."""
    if not may(request.user, Permission.CONFIRM_MONEY, project) or project.budget.is_dedicated:
        return {}
    refused = dedication.refusals(project.budget, by=request.user, on=request.city.today())
    return {
        "may_confirm": not refused,
        "is_own_work": any(item.code == "same_person" for item in refused),
        "version": dedication.version(project.budget),
    }


def gone_on_hold(project: Project) -> str:
    """Say that the project went on hold with what was just done, where it did."""
    was_on_hold = project.on_hold
    project.refresh_from_db(fields=["on_hold"])
    went = project.on_hold and not was_on_hold
    return f" {project.reference} is on hold." if went else ""


def ask_again(
    request: SignedInRequest, project: Project, verb: str, *, allocation: Allocation | None = None
) -> HttpResponse:
    """Say what follows, and ask again. A page that did not know of it was overtaken."""
    status = 409 if request.method == "POST" else 200
    context = {"project": project, "verb": verb, "allocation": allocation}
    return render(request, "portfolio/budget/sure.html", context, status=status)


def refusals(refused: ValidationError) -> list[Mistake]:
    """Return each refusal with a link to its condition on the page, if it is one."""
    return [
        Mistake(error.messages[0], f"#{error.code}" if error.code else "")
        for error in refused.error_list
    ]
