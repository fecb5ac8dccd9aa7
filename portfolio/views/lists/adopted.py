"""The lists as they were signed: all of them, and each one."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db.models import F, Window
from django.db.models.functions import Lead
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portfolio import adopted_bands
from portfolio.access import SignedInRequest, requires
from portfolio.forms.comparing import CompareForm
from portfolio.models import AdoptedList, Project, User
from portfolio.roles import Permission

PER_PAGE = 50


@require_safe
@requires(Permission.READ_LIST)
def index(request: SignedInRequest) -> HttpResponse:
    """Every list that was adopted, newest first."""
    # The day on which the next list replaced it, nothing for the newest one.
    replaced_on = Window(Lead("adopted_on"), order_by=F("number").asc())
    lists = AdoptedList.objects.select_related("signed_by").annotate(replaced_on=replaced_on)
    page = Paginator(lists.order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "today": request.city.today(), "form": CompareForm({})}
    return render(request, "portfolio/list/adopted_index.html", context)


@require_safe
@requires(Permission.READ_LIST)
def adopted(request: SignedInRequest, number: int) -> HttpResponse:
    """One adopted list, as it was signed."""
    found = AdoptedList.objects.select_related("signed_by").filter(number=number).first()
    if found is None:
        raise Http404("There is no such list.")
    page = Paginator(found.entries.order_by("rank"), PER_PAGE).get_page(request.GET.get("page"))
    latest = AdoptedList.objects.latest_adopted()
    context = {
        "adopted": found,
        "page": page,
        "bands": adopted_bands.in_bands(found, page),
        "facts": adopted_bands.facts(found),
        "latest": latest,
        "is_latest": found == latest,
        "in_force": found == latest and found.is_in_force(on=request.city.today()),
        "visible": readable(request.user, (entry.project_id for entry in page)),
    }
    return render(request, "portfolio/list/adopted.html", context)


def readable(reader: User, projects: Iterable[int]) -> set[int]:
    """Return those of `projects` that `reader` may open; others show their title only."""
    found = Project.objects.visible_to(reader).filter(pk__in=list(projects))
    return set(found.values_list("pk", flat=True))
