"""Two adopted lists side by side: who entered, left, moved, and crossed which line."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portfolio import adopted_bands
from portfolio.access import SignedInRequest, requires
from portfolio.forms.comparing import CompareForm
from portfolio.list_differences import Difference, Place, differences, places_of
from portfolio.models import AdoptedEntry, AdoptedList
from portfolio.roles import Permission
from portfolio.views.lists.adopted import PER_PAGE, readable

# Of each part, where all of them are shown.
MOST_SHOWN = 10


class Row(NamedTuple):
    """One project that differs: its place, and what changed for it, in words."""

    place: Place
    words: str
    reason: str = ""


class Part(NamedTuple):
    """One kind of difference: how many there are, those shown, and how many are not."""

    name: str
    title: str
    page: Page[Any]
    rows: list[Row]
    more: int


@require_safe
@requires(Permission.READ_LIST)
def compared(request: SignedInRequest) -> HttpResponse:
    """What the later of two adopted lists changed against the earlier one."""
    form = CompareForm(request.GET)
    if form.is_unknown:
        raise Http404("There is no such list.")
    numbers = set(form.asked)
    context: dict[str, Any] = {"form": form, "is_same": form.is_complete and len(numbers) == 1}
    if len(numbers) == 2:
        context |= _comparison(request, numbers)
    return render(request, "portfolio/list/compare.html", context)


def _comparison(request: SignedInRequest, numbers: Collection[int]) -> dict[str, Any]:
    """Return what the page says of both lists."""
    found = AdoptedList.objects.select_related("signed_by").filter(number__in=numbers)
    before, after = found.order_by("number")
    changed = differences(places_of(before), places_of(after))
    parts = _parts(_rows(changed, before, after), request)
    shown = [row.place.project for part in parts for row in part.rows]
    reasons = _reasons(before, after, shown)
    return {
        "before": before,
        "after": after,
        "columns": [(one, adopted_bands.facts(one)) for one in (before, after)],
        "parts": [_with_reasons(part, reasons) for part in parts],
        "is_whole": request.GET.get("show") not in TITLES,
        "is_equal": changed.is_empty,
        "visible": readable(request.user, shown),
    }


TITLES = {
    "entered": "New on the list",
    "left": "Left the list",
    "moved": "Moved",
    "crossed": "Gained or lost people or money",
}


def _rows(changed: Difference, before: AdoptedList, after: AdoptedList) -> dict[str, list[Row]]:
    """Return each kind of difference in words."""
    entered, left = f"at {{:,}} on list {after.number}", f"was {{:,}} on list {before.number}"
    return {
        "entered": [Row(place, entered.format(place.rank)) for place in changed.entered],
        "left": [Row(place, left.format(place.rank)) for place in changed.left],
        "moved": [
            Row(move.place, f"from {move.before:,} to {move.place.rank:,}")
            for move in changed.moved
        ],
        "crossed": [Row(one.place, one.words) for one in changed.crossed],
    }


def _parts(rows: dict[str, list[Row]], request: SignedInRequest) -> list[Part]:
    """Return the first of each kind, or page by page the kind that the address names."""
    asked = request.GET.get("show", "")
    if asked in TITLES:
        page = Paginator(rows[asked], PER_PAGE).get_page(request.GET.get("page"))
        return [Part(asked, TITLES[asked], page, list(page), 0)]
    pages = {name: Paginator(found, MOST_SHOWN).get_page(1) for name, found in rows.items()}
    return [
        Part(name, TITLES[name], page, list(page), page.paginator.count - len(page))
        for name, page in pages.items()
    ]


def _with_reasons(part: Part, reasons: dict[int, str]) -> Part:
    return part._replace(
        rows=[row._replace(reason=reasons.get(row.place.project, "")) for row in part.rows]
    )


def _reasons(before: AdoptedList, after: AdoptedList, projects: Sequence[int]) -> dict[int, str]:
    """Return why each project was moved last between both lists, where somebody said so."""
    told = AdoptedEntry.objects.filter(
        adopted_list__number__gt=before.number,
        adopted_list__number__lte=after.number,
        project__in=projects,
    ).exclude(reason="")
    return dict(told.order_by("adopted_list__number").values_list("project_id", "reason"))
