"""What the page of the priority list shows: a part of it, its lines, and what may be done."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portfolio import adopting, list_rows, ranking
from portfolio.access import SignedInRequest
from portfolio.forms.list_reading import ReadingForm
from portfolio.line_facts import Standing, standing
from portfolio.models import AdoptedList
from portfolio.roles import Permission

PER_PAGE = 50
SHOWN = "shown"


class Wanted(NamedTuple):
    """Which part of the list somebody wants to see."""

    page: Any = None
    # The key of the project that was just moved.
    moved: int | None = None
    # Whether the first page shows what is below the lines.
    below: bool = False


def list_page(
    request: SignedInRequest,
    wanted: Wanted,
    *,
    form: ReadingForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with the list, or for htmx with the part of it that a move changes."""
    drawn = standing(request.city.today())
    latest = AdoptedList.objects.latest_adopted()
    context = {
        **_facts(request, drawn, latest),
        **_part(request, drawn, latest, wanted, form or ReadingForm({})),
        **more,
    }
    template = "portfolio/list/page.html" + ("#rows" if request.htmx else "")
    return render(request, template, context, status=status)


def _facts(request: SignedInRequest, drawn: Standing, latest: AdoptedList | None) -> dict[str, Any]:
    """Return what stands above the list."""
    may_rank, walk = request.user.has_perm(Permission.RANK), drawn.walk
    undoable = ranking.last_move(by=request.user, mark=drawn.mark) if may_rank else None
    return {
        "walk": walk,
        "latest": latest,
        "in_force": latest is not None and latest.is_in_force(on=request.city.today()),
        "changes": adopting.changes_since(latest),
        "undo": drawn.mark if undoable else "",
        "warnings": drawn.critical_warnings,
        "money": {
            "used": list_rows.dollars(walk.money_used),
            "all": list_rows.dollars(walk.money),
            "elsewhere": list_rows.dollars(walk.money_elsewhere) if walk.money_elsewhere else "",
            "percent": percent(walk.money_used, walk.money),
        },
        "slots_percent": percent(walk.slots_used, walk.slots),
        "critical_percent": percent(*walk.critical_money),
        "may_rank": may_rank,
        "may_adopt": request.user.has_perm(Permission.ADOPT_LIST),
        "may_try": request.user.has_perm(Permission.WHAT_IF),
    }


def percent(part: int, whole: int) -> str:
    """Return what share of `whole` a part is, 0 to 100, as drawings and sentences write it."""
    return str(min(100, 100 * part // whole)) if whole else "0"


def _part(
    request: SignedInRequest,
    drawn: Standing,
    latest: AdoptedList | None,
    wanted: Wanted,
    form: ReadingForm,
) -> dict[str, Any]:
    """Return the rows to show, and how to get to the others."""
    found: Sequence[int] = drawn.order
    if form.is_reading:
        found = form.narrow(drawn, reader=request.user, on=request.city.today())
    page = Paginator(found, PER_PAGE).get_page(wanted.page)
    fold = 0 if form.is_reading else _fold(drawn, page, wanted)
    shown = [*page][: fold or None]
    may_move = request.user.has_perm(Permission.RANK) and not form.is_sorted
    table = list_rows.table(
        drawn,
        shown,
        reader=request.user,
        on=request.city.today(),
        score_places=request.city.score_places,
        moves=_moves(drawn, wanted, steps=not form.is_reading) if may_move else None,
        notes=_notes(shown, drawn, latest),
        places=_places(drawn) if form.is_reading else None,
    )
    return {
        "table": table,
        "page": page,
        "form": form,
        "moved": wanted.moved,
        "below_lines": len(drawn.order) - drawn.walk.fold,
        "asked": _asked(wanted),
        "is_folded": bool(fold),
        "can_fold": wanted.below and bool(_fold(drawn, page, wanted._replace(below=False))),
    }


def _fold(drawn: Standing, page: Page[Any], wanted: Wanted) -> int:
    """Return how many rows of the page stand above the lines, 0 where it shows all of its rows.

    Only the first page folds, and neither where nothing stands above a line nor where the project
    that was moved stands below.
    """
    fold = drawn.walk.fold
    is_below = wanted.moved is not None and drawn.ranks.get(wanted.moved, 0) > fold
    if page.number > 1 or wanted.below or is_below or fold >= page.end_index():
        return 0
    return fold


def _moves(drawn: Standing, wanted: Wanted, *, steps: bool) -> list_rows.Moves:
    before, after = reverse("list_move", args=[0]).split("0")
    after += _asked(wanted)
    return list_rows.Moves(
        address=lambda project: f"{before}{project}{after}", mark=drawn.mark, steps=steps
    )


def _places(drawn: Standing) -> Callable[[int], str]:
    """Return what gives the address of a project's place on the list."""
    return lambda project: address(rank=drawn.ranks[project], project=project)


def _asked(wanted: Wanted) -> str:
    """Return what an address says so that the answer shows what is below the lines, too."""
    return f"?below={SHOWN}" if wanted.below else ""


def _notes(projects: Sequence[int], drawn: Standing, latest: AdoptedList | None) -> dict[int, str]:
    """Say where each project stood on the list adopted last, where that is elsewhere."""
    if latest is None:
        return {}
    entries = latest.entries.filter(project__in=projects)
    before = dict(entries.values_list("project_id", "rank"))
    return {
        project: f"{before[project]:,} on list {latest.number}"
        if project in before
        else f"new since list {latest.number}"
        for project in projects
        if before.get(project) != drawn.ranks[project]
    }


def address(*, rank: int, project: int | None = None, below: bool = False) -> str:
    """Return the address of the page of the list on which `rank` is, at that project's row."""
    asked = [f"page={(rank - 1) // PER_PAGE + 1}"]
    if below:
        asked.append(f"below={SHOWN}")
    if project is None:
        return f"{reverse('priority_list')}?{'&'.join(asked)}"
    asked.append(f"moved={project}")
    return f"{reverse('priority_list')}?{'&'.join(asked)}#project-{project}"
