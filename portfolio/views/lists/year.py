"""A year's moves: where the projects now on top stood on each list adopted since."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from portfolio import list_chart
from portfolio.access import SignedInRequest, requires
from portfolio.models import AdoptedEntry, AdoptedList, WorkingPosition
from portfolio.roles import Permission
from portfolio.views.lists.adopted import readable

YEAR = timedelta(days=365)


@require_safe
@requires(Permission.READ_LIST)
def moves(request: SignedInRequest) -> HttpResponse:
    """The ranks of the projects on top of the working order over the last twelve months."""
    since = request.city.today() - YEAR
    recent = AdoptedList.objects.filter(adopted_on__gte=since).order_by("-number")
    found = list(recent[: list_chart.MOST_LISTS + 1])
    lists = found[: list_chart.MOST_LISTS][::-1]
    top = _top()
    columns, traces = _columns(lists), _traces(lists, top)
    context: dict[str, Any] = {
        "lists": lists,
        "is_cut": len(found) > len(lists),
        "columns": columns,
        # With the name of each column, which a narrow screen shows beside the rank.
        "rows": [(trace, _named(columns, trace)) for trace in traces],
        "chart": list_chart.chart(columns, traces) if lists and traces else None,
        "visible": readable(request.user, top),
    }
    return render(request, "portfolio/list/year.html", context)


def _named(
    columns: Sequence[list_chart.Column], trace: list_chart.Trace
) -> list[tuple[str, int | None]]:
    return [(column.name, rank) for column, rank in zip(columns, trace.ranks, strict=True)]


def _top() -> dict[int, str]:
    """Return the titles of the first projects of the working order, by key."""
    order = WorkingPosition.objects.in_order().values_list("project_id", "project__title")
    return dict(order[: list_chart.TOP])


def _columns(lists: Sequence[AdoptedList]) -> list[list_chart.Column]:
    signed = [
        list_chart.Column(f"List {one.number}", date_format(one.adopted_on, "M j")) for one in lists
    ]
    return [*signed, list_chart.Column("Now", "")]


def _traces(lists: Sequence[AdoptedList], top: dict[int, str]) -> list[list_chart.Trace]:
    """Return each project's ranks, list by list and then now."""
    entries = AdoptedEntry.objects.filter(adopted_list__in=lists, project__in=top)
    ranks = {
        (adopted, project): rank
        for adopted, project, rank in entries.values_list("adopted_list", "project_id", "rank")
    }
    return [
        list_chart.Trace(project, title, (*(ranks.get((one.pk, project)) for one in lists), rank))
        for rank, (project, title) in enumerate(top.items(), start=1)
    ]
