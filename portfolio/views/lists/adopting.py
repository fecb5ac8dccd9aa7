"""Signing the working order."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portfolio import adopting, list_rows, ranking
from portfolio.access import SignedInRequest, requires
from portfolio.adopting import Signing
from portfolio.forms.lists import AdoptForm
from portfolio.roles import Permission

# More than these are counted, and shown when asked for.
SHOWN = 12


@require_http_methods(["GET", "POST"])
@requires(Permission.ADOPT_LIST)
def adopt(request: SignedInRequest) -> HttpResponse:
    """Show what signing the working order changes; sign it into the next adopted list."""
    today = request.city.today()
    offered = adopting.signing(on=today)
    form = AdoptForm(request.POST or None, today=today, mark=offered.mark)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            signed = adopting.adopt(by=request.user, **form.signed)
        except ranking.Stale as stale:
            status, offered = 409, adopting.signing(on=today)
            typed = {**request.POST.dict(), "seen": offered.mark, "word": ""}
            form = AdoptForm(typed, today=today, mark=offered.mark)
            form.refuse(stale)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Priority list {signed.number} is adopted.")
            return redirect(signed)
    context = {"form": form, **_offered(offered, limit=None if "all" in request.GET else SHOWN)}
    return render(request, "portfolio/list/adopt.html", context, status=status)


def _offered(offered: Signing, *, limit: int | None) -> dict[str, Any]:
    """Return what the page says of the order to sign; long parts end after `limit` rows."""
    difference, blocked, walk = offered.difference(), offered.blocked(), offered.now.walk
    parts = (difference.entered, difference.left, difference.moved, difference.crossed, blocked)
    return {
        "latest": offered.latest,
        "length": len(offered.now.order),
        "difference": difference,
        "blocked": blocked,
        "shown": f":{limit}" if limit else ":",
        "is_cut": limit is not None and any(len(part) > limit for part in parts),
        "walk": walk,
        "warnings": offered.now.critical_warnings,
        "money": {
            "used": list_rows.dollars(walk.money_used),
            "all": list_rows.dollars(walk.money),
        },
    }
