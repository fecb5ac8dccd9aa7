"""The wording check on one field of a page while somebody types, or on all of it when asked."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_POST

from portfolio.access import SignedInRequest, requires
from portfolio.roles import Permission
from portfolio.wording import Text, on_text


def is_asked(request: HttpRequest) -> bool:
    """Return whether a person asked for the advice, by the button that works without scripting."""
    return "check" in (request.POST if request.method == "POST" else request.GET)


@require_POST
@requires(Permission.SEE_OWN_WORK)
def wording(request: SignedInRequest) -> HttpResponse:
    """Return the advice on the text of the field that the address names, of the kind it names."""
    kind, text = request.GET.get("kind", ""), request.POST.get(request.GET.get("field", ""))
    if kind not in Text or text is None:
        return HttpResponseBadRequest("Name a kind of text and a field to check.")
    context = {"text": text, "advice": on_text(Text(kind), text)}
    return render(request, "problems/wording/advice.html", context)
