"""A person's own choice: how to be told that something waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portfolio import notices
from portfolio.access import SignedInRequest, requires
from portfolio.forms.notices import NoticesForm
from portfolio.roles import Permission


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_OWN_WORK)
def choice(request: SignedInRequest) -> HttpResponse:
    """Choose between a mail within minutes, once a day, and none."""
    data = request.POST if request.method == "POST" else None
    form = NoticesForm(data, user=request.user, city=request.city)
    if form.is_valid():
        notices.choose(form.cleaned_data["notices"], by=request.user)
        messages.success(request, "Your choice is saved.")
        return redirect("notices")
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/notices.html", {"form": form}, status=status)
