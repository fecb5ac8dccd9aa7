"""What the page of one scenario shows: its order, its lines, and what changed on the list since."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.urls import reverse

from portfolio import list_rows, scenarios
from portfolio.access import SignedInRequest
from portfolio.line_facts import Standing
from portfolio.models import Project, Scenario
from portfolio.roles import Permission
from portfolio.scenario_comparison import Column

PER_PAGE = 50
# Of projects that left or came, these many are named.
MOST_NAMED = 12


class Named(NamedTuple):
    """Some projects: the titles of the first, how many there are, how many are not named."""

    titles: list[str]
    number: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.number - len(self.titles)


def scenario_context(
    request: SignedInRequest,
    scenario: Scenario,
    *,
    moved: int | None = None,
    at: int | None = None,
) -> dict[str, Any]:
    """Return what the page of `scenario` shows: the one asked for, or that of the project `at`."""
    list_now = scenarios.now()
    found = scenarios.contents(scenario, list_now)
    drawn = scenarios.drawn(scenario, found.order, list_now)
    rank = drawn.ranks.get(at) if at else None
    number = (rank - 1) // PER_PAGE + 1 if rank else request.GET.get("page")
    page = Paginator(found.order, PER_PAGE).get_page(number)
    may_change = not scenario.used_at
    return {
        "scenario": scenario,
        "page": page,
        "table": _table(request, scenario, page, drawn, list_now),
        "column": Column(scenario.name, drawn, scenario),
        "working": Column("Working order", list_now),
        "tried": scenarios.tried(scenario, drawn.funds),
        "gone": _named(found.gone),
        "new": _named(found.new),
        "may_change": may_change,
        "may_use": may_change and request.user.has_perm(Permission.RANK),
        "moved": moved,
    }


def _named(projects: Sequence[int]) -> Named:
    first = projects[:MOST_NAMED]
    if not first:
        return Named([], 0)
    titles = dict(Project.objects.filter(pk__in=first).values_list("pk", "title"))
    return Named([titles[project] for project in first if project in titles], len(projects))


def _table(
    request: SignedInRequest,
    scenario: Scenario,
    page: Page[int],
    drawn: Standing,
    list_now: Standing,
) -> list_rows.Table:
    """Return the rows of the page, each with where it stands on the working order if elsewhere."""
    ranks = {project: (drawn.ranks[project], list_now.ranks[project]) for project in page}
    moves = list_rows.Moves(
        address=lambda project: reverse("scenario_move", args=[scenario.pk, project]),
        mark=list_now.mark,
        seen=str(scenario.revision),
    )
    return list_rows.table(
        drawn,
        list(page),
        reader=request.user,
        on=request.city.today(),
        score_places=request.city.score_places,
        moves=None if scenario.used_at else moves,
        notes={
            project: f"{on_list} on the working order"
            for project, (rank, on_list) in ranks.items()
            if rank != on_list
        },
    )
