"""Every amendment of the city, in the order of signing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from budgets.access import READ, requires
from budgets.forms.amending import AmendmentFilter
from budgets.models import Amendment
from budgets.tables import AmendmentTable

PER_PAGE = 50


@require_safe
@requires(READ)
def amendments(request: Any) -> HttpResponse:
    """What changed appropriations: numbered, dated, signed; of a fund or a year, if asked."""
    form = AmendmentFilter(request.GET)
    found = form.narrow(Amendment.objects.all())
    table = AmendmentTable(
        found.select_related("source__fund", "target__fund", "signed_by"),
        empty_text="No amendment is of this fund and year." if form.is_narrowed else None,
    )
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    return render(request, "budgets/amendments.html", {"table": table, "form": form})
