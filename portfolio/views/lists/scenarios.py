"""What-if scenarios: copies of the working order in which order, money and slots are tried."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from budgets.models import Fund
from portfolio import scenarios
from portfolio.access import SignedInRequest, load_project, requires, with_scenario
from portfolio.forms.cost_lines import Difference
from portfolio.forms.lists import MoveForm
from portfolio.forms.numbers import whole
from portfolio.forms.scenarios import ChangesForm, ScenarioForm, written
from portfolio.models import Scenario
from portfolio.ranking import Stale
from portfolio.roles import Permission
from portfolio.views.lists.scenario_page import PER_PAGE, scenario_context

SEVERAL = 50


@require_safe
@requires(Permission.WHAT_IF)
def index(request: SignedInRequest) -> HttpResponse:
    """The scenarios one may see, newest first."""
    return index_page(request)


def index_page(
    request: SignedInRequest,
    *,
    refusal: str = "",
    chosen: Sequence[Scenario] = (),
    status: int = 200,
) -> HttpResponse:
    """Answer with the scenarios one may see; `chosen` are ticked."""
    visible = Scenario.objects.visible_to(request.user).select_related("owner", "used_by")
    page = Paginator(visible.defer("order"), SEVERAL).get_page(request.GET.get("page"))
    codes = {pk: f"Fund {code}" for pk, code in Fund.objects.values_list("pk", "code")}
    context = {
        "page": page,
        "rows": [(one, scenarios.tried(one, codes), one in chosen) for one in page],
        "errors": [{"sentence": refusal}] if refusal else [],
    }
    return render(request, "portfolio/scenarios/index.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WHAT_IF)
def new(request: SignedInRequest) -> HttpResponse:
    """Copy the working order into a scenario."""
    form = ScenarioForm(request.POST or None)
    if form.is_valid():
        try:
            made = scenarios.copy(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"“{made.name}” is a copy of the working order.")
            return redirect(made)
    status = 422 if request.method == "POST" else 200
    return render(request, "portfolio/scenarios/new.html", {"form": form}, status=status)


@require_safe
@with_scenario(Permission.WHAT_IF)
def scenario(request: SignedInRequest, scenario: Scenario) -> HttpResponse:
    """One scenario: its order with its lines."""
    moved = whole(request.GET.get("moved", ""))
    context = scenario_context(request, scenario, moved=moved)
    return render(request, "portfolio/scenarios/scenario.html", context)


@require_POST
@with_scenario(Permission.WHAT_IF)
def move(request: SignedInRequest, scenario: Scenario, project: int) -> HttpResponse:
    """Move one project in the scenario; the answer is the page on which it now stands."""
    found = load_project(request.user, project, Permission.WHAT_IF)
    form = MoveForm(request.POST)
    if not form.is_valid():
        refusal = form.errors.as_data().popitem()[1][0]
        return _refused(request, scenario, refusal, at=found.pk)
    seen = _revision(form.cleaned_data["seen"])
    try:
        done = scenarios.move(scenario, found, to=form.to, seen=seen, by=request.user)
    except ValidationError as refusal:
        return _refused(request, scenario, refusal, at=found.pk)
    if request.htmx:
        scenario.refresh_from_db()
        context = scenario_context(request, scenario, moved=found.pk, at=found.pk)
        rows = render(request, "portfolio/scenarios/scenario.html#rows", context)
        return trigger_client_event(rows, "announce", {"sentence": done.sentence})
    messages.success(request, done.sentence)
    there = f"page={(done.after - 1) // PER_PAGE + 1}&moved={found.pk}#project-{found.pk}"
    return redirect(f"{scenario.get_absolute_url()}?{there}")


def _refused(
    request: SignedInRequest,
    scenario: Scenario,
    refusal: ValidationError,
    *,
    at: int | None = None,
) -> HttpResponse:
    """Answer with the scenario as it is now, where `at` stands, and why nothing was changed."""
    scenario.refresh_from_db()
    context = scenario_context(request, scenario, at=at) | {"refusal": refusal.messages[0]}
    template = "portfolio/scenarios/scenario.html" + ("#rows" if request.htmx else "")
    status = 409 if isinstance(refusal, Stale) else 422
    return render(request, template, context, status=status)


def _revision(text: str) -> int:
    """Return the revision that a hidden field carries, one that no scenario has for any other."""
    found = whole(text)
    return -1 if found is None else found


@require_http_methods(["GET", "HEAD", "POST"])
@with_scenario(Permission.WHAT_IF)
def change(request: SignedInRequest, scenario: Scenario) -> HttpResponse:
    """Try other appropriations and slots, or call the scenario otherwise."""
    funds = _funds(scenario)
    if request.method != "POST":
        return _changes(request, scenario, ChangesForm(initial=written(scenario), funds=funds))
    form = ChangesForm(request.POST, funds=funds)
    if not form.is_valid():
        return _changes(request, scenario, form, status=422)
    try:
        seen = form.cleaned_data["seen"]
        scenarios.change(scenario, form.changes(), seen=seen, by=request.user)
    except Stale as stale:
        return _overtaken(request, scenario, stale, funds)
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return _changes(request, scenario, form, status=422)
    messages.success(request, "Saved. The lines stand where these numbers put them.")
    return redirect(scenario)


def _funds(scenario: Scenario) -> list[Fund]:
    """Return the funds that the walk has money of, and those that the scenario changes."""
    keys = {*scenarios.now().limits.money, *map(int, scenario.fund_changes)}
    return list(Fund.objects.filter(pk__in=keys))


def _overtaken(
    request: SignedInRequest, scenario: Scenario, stale: Stale, funds: list[Fund]
) -> HttpResponse:
    """Answer with what was typed, beside what is saved by now."""
    scenario.refresh_from_db()
    saved = written(scenario)
    form = ChangesForm({**request.POST.dict(), "seen": scenario.revision}, funds=funds)
    shown = ChangesForm(initial=saved, funds=funds)
    differences = [
        Difference(str(field.label), str(field.value() or ""), str(shown[field.name].value() or ""))
        for field in form.visible_fields()
        if str(field.value() or "").strip() != str(shown[field.name].value() or "")
    ]
    return _changes(
        request, scenario, form, stale=stale.messages[0], differences=differences, status=409
    )


def _changes(
    request: SignedInRequest,
    scenario: Scenario,
    form: ChangesForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"scenario": scenario, "form": form, **more}
    return render(request, "portfolio/scenarios/change.html", context, status=status)


@require_POST
@with_scenario(Permission.WHAT_IF)
def put_new(request: SignedInRequest, scenario: Scenario) -> HttpResponse:
    """Put the projects that came to the list since at the end of the scenario."""
    seen = _revision(request.POST.get("seen", ""))
    try:
        count = scenarios.put_new_at_end(scenario, seen=seen, by=request.user)
    except ValidationError as refusal:
        return _refused(request, scenario, refusal)
    messages.success(request, f"{count} put at the end of the scenario.")
    return redirect(scenario)


@require_POST
@with_scenario(Permission.WHAT_IF)
def discard(request: SignedInRequest, scenario: Scenario) -> HttpResponse:
    """Throw the scenario away."""
    try:
        seen = _revision(request.POST.get("seen", ""))
        scenarios.discard(scenario, seen=seen, by=request.user)
    except Stale as stale:
        return _refused(request, scenario, stale)
    messages.success(request, f"“{scenario.name}” is thrown away. The list is as it was.")
    return redirect(reverse("scenarios"))
