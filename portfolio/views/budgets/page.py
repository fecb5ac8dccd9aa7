"""The page of a project's budget, and what its other views share."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from budgets import costing, dedication, versions, waivers
from budgets.dedication import Standing
from budgets.models import (
    Allocation,
    Budget,
    BudgetPolicy,
    BudgetVersion,
    CostLine,
    FundingRequest,
    SecurityWaiver,
)
from portfolio.access import SignedInRequest, may, with_project
from portfolio.budget_changes import Told, told
from portfolio.forms.mistakes import Mistake
from portfolio.gates import Blocker, scoping_gate
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.asking import asking_of
from portfolio.views.spending import spent

# Conditions that more money mends, and those that a waiver mends; others are mended in the cost.
MENDED_BY_MONEY = {"not_covered", "unsuitable_money", "money_not_yet", "money_lapsed"}
MENDED_BY_WAIVER = {"security_below_floor", "security_waiver_ended"}
# On the budget's own page; the rest of them has a page of its own.
MOST_VERSIONS = 3


class Unmet(NamedTuple):
    """One unmet condition of the budget, and where the person looking can mend it."""

    blocker: Blocker
    url: str
    link_label: str


class ShownWaiver(NamedTuple):
    """A waiver, and whether it counts."""

    row: SecurityWaiver
    standing: Standing


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
) -> HttpResponse:
    """Return the page of the budget as it is now, with what is to fix above it."""
    project.budget = _with_everything(project.budget)
    today, policy = request.city.today(), BudgetPolicy.current()
    context = {
        "project": project,
        "budget": project.budget,
        "standing": dedication.standing(project.budget, on=today, warn_days=policy.at_risk_days),
        "policy": policy,
        "unmet": _unmet(request, project),
        "may_draft": may(request.user, Permission.DRAFT_COSTS, project),
        "may_enter": may(request.user, Permission.ENTER_MONEY, project),
        "mistakes": list(mistakes),
        **_money(project.budget),
        **asking_of(project, request.user, project.budget.requests.all()),
        "spent": spent(request, project),
        **_costs(project.budget),
        **_security(request, project, policy),
        **_signature(request, project),
    }
    return render(request, "portfolio/budget/page.html", context, status=status)


def _with_everything(given: Budget) -> Budget:
    """Return the budget as it is now, with its lines, its money and the people behind it."""
    people = ("held_by", "committed_by", "released_by")
    allocations = Allocation.objects.select_related("appropriation__fund", *people)
    confirmed = BudgetVersion.objects.select_related("confirmed_by", "prepared_by")
    signed = SecurityWaiver.objects.select_related("signed_by", "withdrawn_by")
    return (
        Budget.objects.select_related("prepared_by", "confirmed_by")
        .prefetch_related(
            Prefetch("allocations", allocations),
            Prefetch("cost_lines", CostLine.objects.select_related("source")),
            Prefetch("requests", FundingRequest.objects.select_related("fund")),
            Prefetch("versions", confirmed.order_by("-number")[:MOST_VERSIONS], "last_versions"),
            Prefetch("waivers", signed),
        )
        .get(pk=given.pk)
    )


def _unmet(request: SignedInRequest, project: Project) -> list[Unmet]:
    """Return what the gate says of the budget, each with the way to mend it, if it is theirs."""
    gate = scoping_gate(project, on=request.city.today(), city=request.city)
    return [Unmet(item, *_way(request, project, item.code)) for item in gate.panels[1].blockers]


def _way(request: SignedInRequest, project: Project, code: str) -> tuple[str, str]:
    """Return where the person looking can mend a condition, and what the link says."""
    if code in MENDED_BY_WAIVER and may(request.user, Permission.WAIVE_SECURITY, project):
        return reverse("security_waiver", args=[project.pk]), "Sign a waiver"
    if code in MENDED_BY_MONEY and may(request.user, Permission.ENTER_MONEY, project):
        if code == "not_covered" and not project.budget.short:
            return "#money", "Commit what is held"
        return reverse("allocation_hold", args=[project.pk]), "Hold money"
    is_cost = code not in {*MENDED_BY_MONEY, "not_confirmed"}
    if is_cost and may(request.user, Permission.DRAFT_COSTS, project):
        return reverse("project_costs", args=[project.pk]), "Edit the cost"
    return "", ""


def _money(given: Budget) -> dict[str, Any]:
    """Return how much of what is needed is there."""
    requests = list(given.requests.all())
    return {
        "covered_percent": costing.percent(min(given.committed, given.needed), given.needed),
        "missing": max(given.needed - given.committed, Decimal(0)),
        "requests": requests,
        "requested": sum((row.amount for row in requests if row.declined_at is None), Decimal(0)),
    }


def _costs(given: Budget) -> dict[str, Any]:
    """Return what the budget costs, for the tables."""
    lines = list(given.cost_lines.all())
    return {
        "lines": lines,
        "costs": costing.summarize(lines),
        "running": costing.running(lines),
        "contingency_percent": costing.percent(given.contingency, given.one_time_cost),
        "contingency_asked": costing.percent(given.contingency_floor, given.one_time_cost),
    }


def _security(request: SignedInRequest, project: Project, policy: BudgetPolicy) -> dict[str, Any]:
    """Return the share of security, and the waivers behind it."""
    given = project.budget
    return {
        "security_percent": dedication.security_percent(given),
        "security_note": dedication.security_note(given, policy),
        "is_below_floor": 0 < given.security_cost < given.security_floor,
        "waivers": waivers_of(given, on=request.city.today()),
        "may_waive": may(request.user, Permission.WAIVE_SECURITY, project),
    }


def waivers_of(given: Budget, *, on: date) -> list[ShownWaiver]:
    """Return the waivers of a budget, the latest first, each with whether it counts."""
    return [
        ShownWaiver(waiver, waivers.standing(waiver, given, on=on))
        for waiver in given.waivers.all()
    ]


def _signature(request: SignedInRequest, project: Project) -> dict[str, Any]:
    """Return what was confirmed, what changed since, and whether the person may confirm it."""
    given: Any = project.budget
    last = next(iter(given.last_versions), None)
    changes = _changes_since(last, given)
    shown = {"last_version": last, "changes": changes}
    may_sign = may(request.user, Permission.CONFIRM_MONEY, project)
    if not may_sign or (given.is_dedicated and not changes):
        return shown
    refused = dedication.refusals(given, by=request.user, on=request.city.today())
    return shown | {
        "may_confirm": not refused,
        "is_own_work": any(item.code == "same_person" for item in refused),
        "version": dedication.mark(given),
    }


def _changes_since(last: BudgetVersion | None, given: Budget) -> Told | None:
    """Return what differs between the version confirmed last and what stands now, if it does."""
    if last is None:
        return None
    changes = versions.between(versions.of_version(last), versions.of_budget(given))
    return told(changes) if changes.count else None
