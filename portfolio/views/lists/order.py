"""The one list: the working order, moving on it, and the lists adopted from it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import F, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from budgets.models import Budget
from portfolio import adopting, ranking
from portfolio.access import SignedInRequest, requires, with_project
from portfolio.forms.lists import MoveForm
from portfolio.forms.numbers import whole
from portfolio.models import AdoptedList, Project, WorkingPosition
from portfolio.models.project import critical_name
from portfolio.roles import Permission

PER_PAGE = 50


def _adopted_ranks(
    latest: AdoptedList | None, positions: Iterable[WorkingPosition]
) -> dict[int, int]:
    """Return the rank that each project has on the list adopted last."""
    if latest is None:
        return {}
    entries = latest.entries.filter(project__in=[position.pk for position in positions])
    return dict(entries.values_list("project_id", "rank"))


def _with_ranks(
    request: SignedInRequest, page: Page[Any], latest: AdoptedList | None
) -> list[dict[str, Any]]:
    """Return the rows of the page with rank, rank on the list adopted last, and running cost.

    The page is cut from the keys alone; what it shows is joined to its fifty rows.
    """
    positions = (
        WorkingPosition.objects.filter(pk__in=list(page))
        .select_related("project", "project__department", "project__budget", "project__sponsor")
        .annotate(
            critical=critical_name("project__problem", reader=request.user, on=request.city.today())
        )
        .in_order()
    )
    so_far = _cost_before(positions[0]) if positions else Decimal(0)
    adopted = _adopted_ranks(latest, positions)
    rows = []
    for rank, position in enumerate(positions, start=page.start_index()):
        so_far += position.project.budget.needed
        before = adopted.get(position.pk)
        row = {"rank": rank, "before": before, "position": position, "so_far": so_far}
        rows.append(row)
    return rows


def _cost_before(first: WorkingPosition) -> Decimal:
    """Return the one-time cost of everything ranked before `first`."""
    ahead = Budget.objects.filter(project__working_position__key__lt=first.key)
    sums = ahead.aggregate(sum=Sum(F("one_time_cost") + F("contingency")))
    return sums["sum"] or Decimal(0)


def _list_context(
    request: SignedInRequest, number: Any, moved: int | None = None
) -> dict[str, Any]:
    keys = WorkingPosition.objects.in_order().values_list("pk", flat=True)
    page = Paginator(keys, PER_PAGE).get_page(number)
    latest = AdoptedList.objects.latest_adopted()
    may_rank = request.user.has_perm(Permission.RANK)
    return {
        "page": page,
        "rows": _with_ranks(request, page, latest),
        "length": page.paginator.count,
        "latest": latest,
        "in_force": latest is not None and latest.is_in_force(on=request.city.today()),
        "changes": adopting.changes_since(latest),
        "may_rank": may_rank,
        "may_adopt": request.user.has_perm(Permission.ADOPT_LIST),
        "reads_all": request.user.has_perm(Permission.READ_ALL_PROJECTS),
        "moved": moved,
        "facts": Project.objects.facts(),
    }


@require_safe
@requires(Permission.READ_LIST)
def priority_list(request: SignedInRequest) -> HttpResponse:
    """The working order, page by page."""
    moved = request.GET.get("moved", "")
    context = _list_context(request, request.GET.get("page"), whole(moved))
    return render(request, "portfolio/list/page.html", context)


@require_POST
@with_project(Permission.RANK)
def move(request: SignedInRequest, project: Project) -> HttpResponse:
    """Move one project; the answer is the page of the list on which it now stands."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.errors.as_data().popitem()[1][0].messages[0], status=422)
    try:
        done = ranking.move(project, by=request.user, **_target(form.cleaned_data))
    except ranking.Stale as stale:
        return _refused(request, stale.messages[0], status=409)
    except ValidationError as refusal:
        return _refused(request, refusal.messages[0], status=422)
    page = (done.after - 1) // PER_PAGE + 1
    if request.htmx:
        context = _list_context(request, page, project.pk)
        rows = render(request, "portfolio/list/page.html#rows", context)
        return trigger_client_event(rows, "announce", {"sentence": done.sentence})
    messages.success(request, done.sentence)
    return redirect(
        f"{reverse('priority_list')}?page={page}&moved={project.pk}#project-{project.pk}"
    )


def _target(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return where the form wants the project: a position, or one step from where it was seen."""
    if wanted["position"]:
        return {"to": wanted["position"], "seen": wanted["seen"]}
    rank = WorkingPosition.objects.filter(key__lt=wanted["seen"]).count() + 1
    return {"to": rank + (-1 if wanted["step"] == MoveForm.UP else 1), "seen": wanted["seen"]}


def _refused(request: SignedInRequest, sentence: str, *, status: int) -> HttpResponse:
    """Answer with the list as it is now and the reason nothing moved."""
    context = _list_context(request, request.GET.get("page")) | {"refusal": sentence}
    template = "portfolio/list/page.html" + ("#rows" if request.htmx else "")
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.RANK)
def add(request: SignedInRequest) -> HttpResponse:
    """Choose projects that are not on the working order, and put them at its end."""
    waiting = Project.objects.select_related("department", "budget").filter(
        working_position__isnull=True, stage=Project.Stage.CONCEPT
    )
    text = request.GET.get("q", "").replace("\0", "").strip()
    if text:
        waiting = waiting.filter(title__icontains=text)
    page = Paginator(waiting.order_by("title", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "GET":
        return render(request, "portfolio/list/add.html", {"page": page, "q": text})
    keys = [key for key in request.POST.getlist("project") if whole(key) is not None]
    chosen = list(waiting.filter(pk__in=keys).order_by("title"))
    try:
        ranking.add_all(chosen, by=request.user)
    except ValidationError as refusal:
        context = {"page": page, "q": text, "errors": [{"sentence": refusal.messages[0]}]}
        return render(request, "portfolio/list/add.html", context, status=422)
    messages.success(request, f"{len(chosen)} put at the end of the list.")
    last = (WorkingPosition.objects.count() - 1) // PER_PAGE + 1
    return redirect(f"{reverse('priority_list')}?page={last}")


@require_POST
@with_project(Permission.RANK)
def remove(request: SignedInRequest, project: Project) -> HttpResponse:
    """Take a project off the working order."""
    try:
        ranking.remove(project, by=request.user)
        messages.success(request, f"{project} is off the working order. Adopted lists keep it.")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("priority_list")
