"""The page on which finance holds money for a project: what each choice would leave."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from budgets import ledger, sources
from budgets.models import Allocation, Appropriation
from budgets.money import show
from portfolio.access import SignedInRequest, with_project
from portfolio.forms.holding import LONGEST, HoldForm, Look
from portfolio.forms.mistakes import mistakes_of
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.budgets.money import to_money

# The button that holds stays near the choices.
PER_PAGE = 20
TYPED = ("amount", "appropriation", "is_named", "q", "year", "page")


@require_http_methods(["GET", "POST"])
@with_project(Permission.ENTER_MONEY)
def hold(request: SignedInRequest, project: Project) -> HttpResponse:
    """Choose an appropriation, see what is left of each, and hold money of it."""
    budget, today = project.budget, request.city.today()
    if request.method != "POST":
        return _choice(request, project, HoldForm(budget=budget, today=today))
    if "page" in request.POST:
        return _look(request, project)
    form = HoldForm(request.POST, budget=budget, today=today)
    if form.is_valid():
        try:
            held = ledger.hold(budget=budget, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error("amount", refused)
        else:
            return to_money(request, project, _told(held))
    return _choice(request, project, form, status=422)


def _told(held: Allocation) -> str:
    """Say how much is held, until when, and that it has to be committed."""
    until = f" until {date_format(held.expires_on)}" if held.expires_on else ""
    return f"{show(held.amount)} is held{until}. It counts once it is committed."


def _look(request: SignedInRequest, project: Project) -> HttpResponse:
    """Show what the choices would leave: the same page, with what is typed in its address."""
    typed = {name: request.POST[name][:LONGEST] for name in TYPED if request.POST.get(name)}
    here = reverse("allocation_hold", args=[project.pk])
    return redirect(f"{here}?{urlencode(typed)}#sources")


def _choice(
    request: SignedInRequest, project: Project, form: HoldForm, *, status: int = 200
) -> HttpResponse:
    """Return the page, or for htmx its choices alone."""
    short = project.budget.short
    typed = request.POST if form.is_bound else request.GET
    look = Look.of(typed, amount=show(short) if short else "")
    context = {"project": project, "budget": project.budget, "look": look}
    context |= _sources(request, project, look)
    if request.htmx and request.method != "POST":
        answer = render(request, "portfolio/budget/holding/sources.html", context)
        return trigger_client_event(answer, "announce", {"sentence": context["enough"]})
    context |= {
        "form": form,
        "typed_amount": typed.get("amount", show(short) if short else ""),
        "is_named": "is_named" in typed,
        "mistakes": list(mistakes_of(form)),
        "years": Appropriation.objects.usable_for(project.budget, on=request.city.today())
        .order_by("fiscal_year")
        .values_list("fiscal_year", flat=True)
        .distinct(),
    }
    return render(request, "portfolio/budget/holding/hold.html", context, status=status)


def _sources(request: SignedInRequest, project: Project, look: Look) -> dict[str, Any]:
    """Return the page of appropriations that fit what is typed, with what each would leave.

    The one that is chosen is among them, on whatever page it stands.
    """
    budget, today = project.budget, request.city.today()
    found = sources.offered(budget, on=today, words=look.words, fiscal_year=look.year)
    page = Paginator(found, PER_PAGE).get_page(look.page)
    rows = list(page)
    if look.chosen and all(row.pk != look.chosen for row in rows):
        usable = Appropriation.objects.usable_for(budget, on=today).select_related("fund")
        rows = [*usable.filter(pk=look.chosen), *rows]
    described = sources.described(rows, budget=budget, on=today)
    outcomes = [source.after(look.amount or Decimal(0)) for source in described]
    enough = sum(1 for outcome in outcomes if not outcome.too_little)
    return {
        "page": page,
        "sources": list(zip(described, outcomes, strict=True)),
        "enough": f"{enough} of {len(rows)} shown have {show(look.amount)} left."
        if look.amount
        else "",
    }
