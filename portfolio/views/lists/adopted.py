"""The lists as they were signed."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires
from portfolio.models import AdoptedList, Project
from portfolio.roles import Permission

PER_PAGE = 50


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
        "is_latest": latest is not None and latest.pk == found.pk,
        "in_force": found == latest and found.is_in_force(on=request.city.today()),
        "visible": set(
            Project.objects.visible_to(request.user)
            .filter(pk__in=[entry.project_id for entry in page])
            .values_list("pk", flat=True)
        ),
    }
    return render(request, "portfolio/list/adopted.html", context)
