"""The search over everything."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires
from portfolio.roles import Permission
from portfolio.search import KINDS, found
from problems.search import typed


@require_safe
@requires(Permission.SEE_OWN_WORK)
def search(request: SignedInRequest) -> HttpResponse:
    """What the person may see and their words fit, grouped by kind."""
    words = typed(request.GET.get("q", ""))
    only = request.GET.get("kind", "")
    only = only if only in {kind.key for kind in KINDS} else ""
    groups = list(found(words, user=request.user, only=only, page=request.GET.get("page")))
    context = {
        "words": words,
        "only": only,
        "groups": groups,
        "count": sum(group.total for group in groups),
    }
    return render(request, "portfolio/search.html", context)
