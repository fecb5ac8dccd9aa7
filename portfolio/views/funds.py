"""The pages of a fund and of an appropriation: they join the money with the projects behind it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budgets import amending, fiscal
from budgets import funds as fund_rules
from budgets.access import with_appropriation, with_fund
from budgets.charts import fund_stack
from budgets.models import (
    Allocation,
    Amendment,
    Appropriation,
    BudgetPolicy,
    Fund,
    FundingRequest,
)
from portfolio.access import SignedInRequest
from portfolio.models import Project
from portfolio.roles import Permission

# Three tables may stand on one page: short turns keep it readable on a phone.
PER_PAGE = 25


class Row(NamedTuple):
    """An appropriation with what a page says of it."""

    appropriation: Appropriation
    lapse: fund_rules.Lapse | None
    project: Project | None
    steps: list[amending.Step]
    match_needed: Decimal | None

    @property
    def match_short(self) -> Decimal:
        """Dollars of the match that its fund has not committed beside the grant yet."""
        committed: Decimal = self.appropriation.match_committed  # type: ignore[attr-defined]
        return max((self.match_needed or fund_rules.NOTHING) - committed, fund_rules.NOTHING)


class Asked(NamedTuple):
    """Money that projects ask for, by status: it never counts."""

    status: str
    number: int
    amount: Decimal


@require_safe
@with_fund(Permission.READ_MONEY)
def fund(request: SignedInRequest, fund: Fund) -> HttpResponse:
    """One fund: each year, each appropriation, and every allocation behind them."""
    today, policy = request.city.today(), BudgetPolicy.current()
    years = fund_rules.by_year(fund, on=today)
    this_year = fiscal.label(fiscal.fiscal_year_of(today, policy.fiscal_year_first_month))
    appropriations = _turn(request, "appropriations", _described(fund.appropriations.all()))
    taken = _turn(request, "taken", _own_first(request, _taken(fund), "-pk"))
    sums = _asked(fund)
    requests = _own_first(request, _open_requests(fund), "fiscal_year", "pk")
    asked = _turn(request, "asked", requests, count=sum(row.number for row in sums))
    projects = _projects(request, [*appropriations, *taken, *asked])
    context = {
        "fund": fund,
        "chart": fund_stack.chart(fund_rules.stack(years), current=this_year),
        "appropriations": appropriations,
        "rows": _rows(appropriations, projects, on=today, warn_days=policy.at_risk_days),
        "taken": taken,
        "taken_rows": [(row, projects.get(row.budget_id)) for row in taken],
        "asked": asked,
        "asked_rows": [(row, projects.get(row.budget_id)) for row in asked],
        "asked_sums": sums,
        "may_enter": request.user.has_perm(Permission.ENTER_MONEY),
    }
    return render(request, "portfolio/fund/page.html", context)


@require_safe
@with_appropriation(Permission.READ_MONEY)
def appropriation(request: SignedInRequest, appropriation: Appropriation) -> HttpResponse:
    """One appropriation: what binds it, what amended it, and every allocation of it."""
    described = _described(Appropriation.objects.filter(pk=appropriation.pk)).get()
    taken = _turn(request, "taken", _ever_taken(described))
    projects = _projects(request, [described, *taken])
    today, warn_days = request.city.today(), BudgetPolicy.current().at_risk_days
    context = {
        "appropriation": described,
        "row": _rows([described], projects, on=today, warn_days=warn_days)[0],
        "taken": taken,
        "taken_rows": [(row, projects.get(row.budget_id)) for row in taken],
        "kinds": Amendment.Kind,
        "may_enter": request.user.has_perm(Permission.ENTER_MONEY),
    }
    return render(request, "portfolio/fund/appropriation.html", context)


def _described(appropriations: QuerySet[Appropriation]) -> QuerySet[Appropriation]:
    """Return appropriations with what a page says of each."""
    people = appropriations.select_related("fund", "match_fund", "entered_by")
    return fund_rules.with_match(people)


def _rows(
    appropriations: Iterable[Appropriation],
    projects: dict[int | None, Project],
    *,
    on: date,
    warn_days: int,
) -> list[Row]:
    """Return each appropriation with its lapse, if near, its amendments, the project it names."""
    rows = list(appropriations)
    amendments = list(amending.amendments_of([row.pk for row in rows]))
    return [
        Row(
            row,
            fund_rules.lapse(row, on=on, warn_days=warn_days),
            projects.get(row.for_budget_id),
            amending.steps(row, amendments),
            fund_rules.match_needed(row),
        )
        for row in rows
    ]


def _taken(fund: Fund) -> QuerySet[Allocation]:
    """Return the money of `fund` that is held or committed."""
    return (
        Allocation.objects.taken()
        .filter(appropriation__fund=fund)
        .select_related("appropriation", "held_by")
    )


def _ever_taken(appropriation: Appropriation) -> QuerySet[Allocation]:
    """Return every allocation of `appropriation`, the latest first; those released below."""
    people = ("appropriation", "held_by", "released_by")
    return appropriation.allocations.select_related(*people).order_by("released_at", "-pk")


def _open_requests(fund: Fund) -> QuerySet[FundingRequest]:
    """Return what projects ask `fund` for and was not declined."""
    return fund.requests.filter(declined_at=None)


def _asked(fund: Fund) -> list[Asked]:
    """Return what projects ask `fund` for, by status in the order of how sure it is."""
    sums = _open_requests(fund).order_by().values_list("status")
    found = {
        status: (number, amount)
        for status, number, amount in sums.annotate(Count("pk"), Sum("amount"))
    }
    return [
        Asked(status.label, *found[status]) for status in FundingRequest.Status if status in found
    ]


def _own_first[Item: Any](
    request: SignedInRequest, rows: QuerySet[Item], *order: str
) -> QuerySet[Item]:
    """Order `rows`; of those whose projects are not all open to the person, the open ones first."""
    if request.user.has_perm(Permission.READ_ALL_PROJECTS):
        return rows.order_by(*order)
    opened = Project.objects.visible_to(request.user).filter(budget=OuterRef("budget"))
    return rows.order_by(Exists(opened).desc(), *order)


def _turn[Item: Any](
    request: SignedInRequest, name: str, rows: QuerySet[Item], *, count: int | None = None
) -> Page[Item]:
    """Return the page of `rows` that the address asks for by `name`; `count` them where known."""
    paginator = Paginator(rows, PER_PAGE)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get(name))


def _projects(request: SignedInRequest, rows: Iterable[Any]) -> dict[int | None, Project]:
    """Return the projects behind `rows` that the person may open, by budget."""
    budgets = {
        row.for_budget_id if isinstance(row, Appropriation) else row.budget_id for row in rows
    }
    visible = Project.objects.visible_to(request.user).filter(budget__in=budgets - {None})
    return {project.budget_id: project for project in visible}
