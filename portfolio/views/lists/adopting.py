"""Signing the working order."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portfolio import adopting, ranking
from portfolio.access import SignedInRequest, requires
from portfolio.forms.lists import AdoptForm
from portfolio.models import AdoptedList, WorkingPosition
from portfolio.roles import Permission


@require_http_methods(["GET", "POST"])
@requires(Permission.ADOPT_LIST)
def adopt(request: SignedInRequest) -> HttpResponse:
    """Sign the working order into the next adopted list."""
    today, mark = request.city.today(), adopting.order_mark()
    form = AdoptForm(request.POST or None, today=today, mark=mark)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            signed = adopting.adopt(by=request.user, **form.cleaned_data)
        except ranking.Stale as stale:
            status = 409
            form = AdoptForm({**request.POST.dict(), "seen": mark}, today=today, mark=mark)
            form.add_error(None, stale)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Priority list {signed.number} is adopted.")
            return redirect(signed)
    return render(request, "portfolio/list/adopt.html", _adopt_context(form), status=status)


def _adopt_context(form: AdoptForm) -> dict[str, Any]:
    latest = AdoptedList.objects.latest_adopted()
    return {
        "form": form,
        "latest": latest,
        "length": WorkingPosition.objects.count(),
        "difference": adopting.difference(latest),
    }
