"""Scenarios beside the working order, and one of them made the working order."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portfolio import scenario_comparison, scenarios
from portfolio.access import SignedInRequest, requires, with_scenario
from portfolio.forms.numbers import whole
from portfolio.forms.scenarios import UseForm
from portfolio.line_facts import Standing
from portfolio.models import Project, Scenario
from portfolio.ranking import Stale
from portfolio.roles import Permission
from portfolio.scenario_comparison import MOST_COMPARED, Column
from portfolio.views.lists.scenarios import index_page

PER_PAGE = 50
# Of projects that using a scenario moves, these many are shown before it is confirmed.
MOST_SHOWN = 100


@require_safe
@requires(Permission.WHAT_IF)
def compared(request: SignedInRequest) -> HttpResponse:
    """The working order and up to three scenarios side by side."""
    chosen = _chosen(request)
    if not 0 < len(chosen) <= MOST_COMPARED:
        refusal = "Choose one, two or three scenarios to compare with the working order."
        return index_page(request, refusal=refusal, chosen=chosen, status=422)
    list_now = scenarios.now()
    columns = [scenario_comparison.working(list_now)]
    columns += [scenario_comparison.column(scenario, list_now) for scenario in chosen]
    differing = scenario_comparison.differing(columns)
    page = Paginator(differing, PER_PAGE).get_page(request.GET.get("page"))
    rows = scenario_comparison.rows(columns, list(page))
    projects = _projects(row.project for row in rows)
    context = {
        "columns": columns,
        "tried": [(column.scenario, _words(column, list_now)) for column in columns[1:]],
        "page": page,
        "rows": [(projects[row.project], row) for row in rows],
    }
    return render(request, "portfolio/scenarios/compared.html", context)


def _words(column: Column, list_now: Standing) -> list[str]:
    """Return what the scenario of `column` tries, and how many projects of the list it lacks."""
    words = scenarios.tried(column.scenario, list_now.funds) if column.scenario else []
    lacks = len(list_now.order) - len(column.drawn.order)
    if lacks:
        words.append(f"{lacks} {'project' if lacks == 1 else 'projects'} of the list not in it")
    return words


def _chosen(request: SignedInRequest) -> list[Scenario]:
    """Return the scenarios that the address names, in its order. Raises Http404 for any other."""
    named = dict.fromkeys(map(whole, request.GET.getlist("scenario")))
    # A long address is not a reason to read every scenario of the city.
    keys = list(named)[: MOST_COMPARED + 1]
    found = Scenario.objects.visible_to(request.user).in_bulk(keys)
    if len(found) < len(keys):
        raise Http404("There is no such scenario, or it is not yours to see.")
    return [found[key] for key in keys if key is not None]


def _projects(keys: Iterable[int]) -> dict[int, Project]:
    return Project.objects.select_related("department").in_bulk(list(keys))


@require_http_methods(["GET", "HEAD", "POST"])
@with_scenario(Permission.RANK)
def use(request: SignedInRequest, scenario: Scenario) -> HttpResponse:
    """Make the scenario the working order, after showing what changes by it."""
    if request.method != "POST":
        return _effects(request, scenario, UseForm(initial={"seen": scenarios.mark(scenario)}))
    form = UseForm(request.POST)
    if not form.is_valid():
        return _effects(request, scenario, form, status=422)
    try:
        scenarios.use(scenario, by=request.user, **form.cleaned_data)
    except Stale as stale:
        scenario.refresh_from_db()
        fresh = request.POST.dict() | {"seen": scenarios.mark(scenario)}
        return _effects(request, scenario, UseForm(fresh), stale=stale.messages[0], status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return _effects(request, scenario, form, status=422)
    messages.success(request, f"“{scenario.name}” is the working order now.")
    return redirect("priority_list")


def _effects(
    request: SignedInRequest,
    scenario: Scenario,
    form: UseForm,
    *,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with what using the scenario would change, with the city's own money and slots."""
    list_now = scenarios.now()
    order = scenarios.order_by(scenario, list_now)
    columns = [
        scenario_comparison.working(list_now),
        Column("With this order", list_now.changed(order=order)),
    ]
    moves = scenario_comparison.moves(list_now, columns[1].drawn)
    projects = _projects(move.project for move in moves[:MOST_SHOWN])
    outside = len(order) - len(scenarios.contents(scenario, list_now).order)
    context = {
        "scenario": scenario,
        "form": form,
        "stale": stale,
        "columns": columns,
        "moves": [(projects[move.project], move) for move in moves[:MOST_SHOWN]],
        "more": max(len(moves) - MOST_SHOWN, 0),
        "moved": sum(move.is_moved for move in moves),
        "outside": outside,
    }
    return render(request, "portfolio/scenarios/use.html", context, status=status)
