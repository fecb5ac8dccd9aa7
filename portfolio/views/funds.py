"""The page of a fund: it joins the money with the projects behind it."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budgets import funds as fund_rules
from budgets.access import with_fund
from budgets.models import Allocation, Appropriation, BudgetPolicy, Fund
from portfolio.access import SignedInRequest
from portfolio.models import Project
from portfolio.roles import Permission

PER_PAGE = 50


@require_safe
@with_fund(Permission.READ_MONEY)
def fund(request: SignedInRequest, fund: Fund) -> HttpResponse:
    """One fund: each year, each appropriation, and every allocation behind them."""
    appropriations = list(fund.appropriations.all())
    taken = _turn(request, "taken", _taken(fund))
    asked = _turn(request, "asked", fund.requests.all())
    projects = _projects(request, [*appropriations, *taken, *asked])
    context = {
        "fund": fund,
        "total": fund_rules.balance(appropriations, on=request.city.today()),
        "years": fund_rules.by_year(appropriations, on=request.city.today()),
        "appropriations": _with_lapses(request, appropriations, projects),
        "taken": taken,
        "taken_rows": [(row, projects.get(row.budget_id)) for row in taken],
        "asked": asked,
        "asked_rows": [(row, projects.get(row.budget_id)) for row in asked],
        "requested": fund.requests.aggregate(sum=Sum("amount"))["sum"],
        "may_enter": request.user.has_perm(Permission.ENTER_MONEY),
    }
    return render(request, "portfolio/fund/page.html", context)


def _with_lapses(
    request: SignedInRequest, rows: list[Appropriation], projects: dict[int | None, Project]
) -> list[tuple[Appropriation, fund_rules.Lapse | None, Project | None]]:
    """Return each appropriation with its lapse, if near, and the project that its action names."""
    today, warn_days = request.city.today(), BudgetPolicy.current().at_risk_days
    return [
        (row, fund_rules.lapse(row, on=today, warn_days=warn_days), projects.get(row.for_budget_id))
        for row in rows
    ]


def _taken(fund: Fund) -> QuerySet[Allocation]:
    """Return the money of `fund` that is held or committed, the latest first."""
    return (
        Allocation.objects.filter(appropriation__fund=fund)
        .exclude(state=Allocation.State.RELEASED)
        .select_related("appropriation", "held_by")
        .order_by("-pk")
    )


def _turn(request: SignedInRequest, name: str, rows: QuerySet[Any]) -> Page[Any]:
    """Return the page of `rows` that the address asks for by `name`."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(name))


def _projects(request: SignedInRequest, rows: Iterable[Any]) -> dict[int | None, Project]:
    """Return the projects behind `rows` that the person may open, by budget."""
    budgets = {
        row.for_budget_id if isinstance(row, Appropriation) else row.budget_id for row in rows
    }
    visible = Project.objects.visible_to(request.user).filter(budget__in=budgets - {None})
    return {project.budget_id: project for project in visible}
