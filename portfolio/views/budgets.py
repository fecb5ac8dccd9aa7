"""A project's budget: what it costs, the money behind it, the signature; and a fund's page."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import costing, dedication, ledger
from budgets import funds as fund_rules
from budgets.access import with_fund
from budgets.models import (
    Allocation,
    Appropriation,
    Budget,
    BudgetPolicy,
    CostLine,
    Fund,
    FundingRequest,
)
from budgets.money import show
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.budgets import CostSheet, HoldForm, Mistake, mistakes_of, overtaken
from portfolio.gates import Blocker, scoping_gate
from portfolio.models import Project
from portfolio.roles import Permission

PER_PAGE = 50
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
    return _page(request, project)


def _page(
    request: SignedInRequest,
    project: Project,
    *,
    status: int = 200,
    mistakes: Iterable[Mistake] = (),
    hold_form: HoldForm | None = None,
) -> HttpResponse:
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
    return render(request, "portfolio/budget.html", context, status=status)


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
    return render(request, "portfolio/budget_costs.html", context, status=status)


def _report_costs(request: SignedInRequest, project: Project, saved: Budget) -> None:
    if saved.revision == project.budget.revision:
        messages.info(request, "Nothing was changed.")
    elif project.budget.is_dedicated:
        messages.warning(
            request,
            "The cost is saved. The budget lost its confirmation: a finance officer has to "
            f"confirm it again.{_on_hold(project)}",
        )
    else:
        messages.success(request, "The cost is saved.")


def _on_hold(project: Project) -> str:
    """Say that the project went on hold with what was just done, where it did."""
    was_on_hold = project.on_hold
    project.refresh_from_db(fields=["on_hold"])
    went = project.on_hold and not was_on_hold
    return f" {project.reference} is on hold." if went else ""


@require_POST
@with_project(Permission.ENTER_MONEY)
def hold(request: SignedInRequest, project: Project) -> HttpResponse:
    """Hold money of an appropriation for the project."""
    form = HoldForm(request.POST, budget=project.budget, today=request.city.today())
    if _is_unaware(request, project):
        warning = "This budget is dedicated now. Read what holding more money does, then hold it."
        mistakes = [Mistake(warning, "#hold")]
        return _page(request, project, status=409, mistakes=mistakes, hold_form=form)
    if form.is_valid():
        try:
            held = ledger.hold(budget=project.budget, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error("amount", refused)
        else:
            done = f"{show(held.amount)} is held. It counts once it is committed."
            return _to_money(request, project, done)
    return _page(request, project, status=422, mistakes=mistakes_of(form), hold_form=form)


def _is_unaware(request: SignedInRequest, project: Project) -> bool:
    """Return whether what was sent ends a confirmation that the page did not show."""
    return project.budget.is_dedicated and "sure" not in request.POST


def _to_money(request: SignedInRequest, project: Project, done: str) -> HttpResponse:
    """Say what was done, and that the confirmation went with it where it did; show the money."""
    if project.budget.is_dedicated:
        lost = f"The budget lost its confirmation.{_on_hold(project)}"
        messages.warning(request, f"{done} {lost}")
    else:
        messages.success(request, done)
    return redirect(reverse("project_budget", args=[project.pk]) + "#money")


def _load_allocation(project: Project, pk: int) -> Allocation:
    """Return allocation `pk` of the project; Http404 when it has no such one."""
    found = project.budget.allocations.select_related("appropriation__fund").filter(pk=pk).first()
    if found is None:
        raise Http404("This project has no such allocation.")
    return found


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def commit(request: SignedInRequest, project: Project, allocation: int) -> HttpResponse:
    """Commit money that is held; where that ends a confirmation, only when sure."""
    chosen = _load_allocation(project, allocation)
    if request.method != "POST" or _is_unaware(request, project):
        return _ask(request, project, f"Commit {show(chosen.amount)}", allocation=chosen)
    try:
        done = ledger.commit(chosen, by=request.user)
    except ValidationError as refused:
        return _page(request, project, status=409, mistakes=_sentences(refused))
    return _to_money(request, project, f"{show(done.amount)} is committed.")


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def release(request: SignedInRequest, project: Project, allocation: int) -> HttpResponse:
    """Give money back to its appropriation; where that ends a confirmation, only when sure."""
    chosen = _load_allocation(project, allocation)
    if request.method != "POST" or _is_unaware(request, project):
        return _ask(request, project, f"Release {show(chosen.amount)}", allocation=chosen)
    try:
        done = ledger.release(chosen, by=request.user)
    except ValidationError as refused:
        return _page(request, project, status=409, mistakes=_sentences(refused))
    return _to_money(request, project, f"{show(done.amount)} is released.")


def _ask(
    request: SignedInRequest, project: Project, verb: str, *, allocation: Allocation | None = None
) -> HttpResponse:
    """Say what follows, and ask again. A page that did not know of it was overtaken."""
    status = 409 if request.method == "POST" else 200
    context = {"project": project, "verb": verb, "allocation": allocation}
    return render(request, "portfolio/budget_sure.html", context, status=status)


def _sentences(refused: ValidationError) -> list[Mistake]:
    """Return each refusal with a link to its condition on the page, if it is one."""
    return [
        Mistake(error.messages[0], f"#{error.code}" if error.code else "")
        for error in refused.error_list
    ]


@require_POST
@with_project(Permission.CONFIRM_MONEY)
def confirm(request: SignedInRequest, project: Project) -> HttpResponse:
    """Dedicate the budget, as the second finance officer."""
    today, seen = request.city.today(), request.POST.get("seen", "")
    try:
        dedication.confirm(project.budget, by=request.user, on=today, seen=seen)
    except ledger.Stale as stale:
        return _page(request, project, status=409, mistakes=_sentences(stale))
    except ValidationError as refused:
        return _page(request, project, status=422, mistakes=_sentences(refused))
    messages.success(request, f"The budget of {project.reference} is dedicated.")
    return redirect("project_budget", project.pk)


@require_http_methods(["GET", "POST"])
@with_project(Permission.CONFIRM_MONEY)
def withdraw(request: SignedInRequest, project: Project) -> HttpResponse:
    """Take the confirmation back, after saying what follows."""
    if request.method != "POST":
        if not project.budget.is_dedicated:
            return redirect("project_budget", project.pk)
        return _ask(request, project, "Withdraw the confirmation")
    try:
        dedication.withdraw(project.budget, by=request.user)
    except ledger.Stale as stale:
        return _page(request, project, status=409, mistakes=_sentences(stale))
    messages.success(request, f"The confirmation is withdrawn.{_on_hold(project)}")
    return redirect("project_budget", project.pk)


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
    return render(request, "portfolio/fund.html", context)


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
