"""Amending an appropriation, and releasing what stands in the way as one confirmed step."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from budgets import amending, ledger
from budgets.access import with_appropriation
from budgets.forms.amending import AmendmentForm, ReceiverForm, TransferForm
from budgets.models import Amendment, Appropriation
from budgets.money import show
from budgets.sources import BOUND
from portfolio import freeing
from portfolio.access import SignedInRequest
from portfolio.roles import Permission

# What each kind does, for whoever is about to sign one.
DOES = {
    Amendment.Kind.RAISE: "Adds money that a later action authorized.",
    Amendment.Kind.CUT: "Takes away money that a later action no longer authorizes.",
    Amendment.Kind.TRANSFER: "Moves money to another appropriation, of this fund or another one.",
    Amendment.Kind.LAPSE: "Gives what was not used in time back to the balance of the fund.",
}

TAKES_AWAY = {Amendment.Kind.CUT, Amendment.Kind.TRANSFER}


@require_http_methods(["GET", "HEAD", "POST"])
@with_appropriation(Permission.ENTER_MONEY)
def amend(request: SignedInRequest, appropriation: Appropriation, kind: str) -> HttpResponse:
    """Raise, cut, move or lapse the money; where it is taken, say first what has to go."""
    if kind not in Amendment.Kind:
        raise Http404("There is no such kind of amendment.")
    form = _form(request, appropriation, Amendment.Kind(kind))
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        return _sign(request, form)
    except amending.Taken as taken:
        return _ask(request, form, refused=taken)
    except ledger.Stale as stale:
        effects = stale.effects if isinstance(stale, freeing.Changed) else None
        return _page(request, form, status=409, refused=stale, effects=effects)
    except ValidationError as refused:
        return _refuse(request, form, refused)


def _form(
    request: SignedInRequest, appropriation: Appropriation, kind: Amendment.Kind
) -> AmendmentForm:
    """Return the form of that kind: what was typed, or empty."""
    typed = request.POST if request.method == "POST" else None
    given: Any = {"kind": kind, "appropriation": appropriation, "today": request.city.today()}
    if kind != Amendment.Kind.TRANSFER:
        return AmendmentForm(typed, **given)
    receiver = ReceiverForm(request.GET).fund(otherwise=appropriation.fund)
    return TransferForm(typed, receiver=receiver, **given)


def _sign(request: SignedInRequest, form: AmendmentForm) -> HttpResponse:
    """Sign the amendment, with the releases that the person confirmed; say what was done."""
    change, seen = form.change(), form.cleaned_data["seen"]
    if "release" not in request.POST:
        signed = amending.sign(change, by=request.user, seen=seen)
        messages.success(request, _done(signed))
        return redirect("appropriation", form.appropriation.pk)
    signed, effects = freeing.carry_out(
        change,
        by=request.user,
        on=request.city.today(),
        shown=request.POST["release"],
        seen=seen,
    )
    messages.warning(request, f"{_done(signed)} {' '.join(_followed(effects))}")
    return redirect("appropriation", form.appropriation.pk)


def _followed(effects: freeing.Effects) -> Iterator[str]:
    """Yield what followed from the releases, in sentences."""
    yield f"{show(effects.released)} was released first."
    unconfirmed = [loss.project.reference for loss in effects.losses if loss.confirmation]
    if unconfirmed:
        yield f"No longer dedicated: {', '.join(unconfirmed)}."
    if effects.stopped:
        yield f"On hold: {', '.join(project.reference for project in effects.stopped)}."


def _done(signed: Amendment) -> str:
    return f"{signed} is signed: {signed.get_kind_display().lower()} of {show(signed.amount)}."


def _ask(request: SignedInRequest, form: AmendmentForm, *, refused: amending.Taken) -> HttpResponse:
    """Say what stands in the way and what would follow from releasing it, and ask."""
    try:
        effects = freeing.rehearse(form.change(), by=request.user, on=request.city.today())
    except ValidationError as impossible:
        return _refuse(request, form, impossible)
    return _page(request, form, status=422, refused=refused, effects=effects)


def _refuse(
    request: SignedInRequest, form: AmendmentForm, refused: ValidationError
) -> HttpResponse:
    form.add_error("amount", refused)
    return _page(request, form, status=422)


def _page(
    request: SignedInRequest,
    form: AmendmentForm,
    *,
    status: int = 200,
    refused: ValidationError | None = None,
    effects: freeing.Effects | None = None,
) -> HttpResponse:
    form.appropriation.refresh_from_db()
    if status == HTTPStatus.CONFLICT:
        form.catch_up()
    is_transfer = form.kind == Amendment.Kind.TRANSFER
    context = {
        "appropriation": form.appropriation,
        "kind": form.kind,
        "does": DOES[form.kind],
        "taken": form.appropriation.held + form.appropriation.committed,
        "binding": form.kind in TAKES_AWAY and form.appropriation.constraint in BOUND,
        "form": form,
        "receiver": ReceiverForm(_receiver(request, form.appropriation)) if is_transfer else None,
        "refused": refused.messages if refused else [],
        "effects": effects,
    }
    return render(request, "portfolio/fund/amend.html", context, status=status)


def _receiver(request: SignedInRequest, appropriation: Appropriation) -> dict[str, Any]:
    """Return which fund the page offers to receive the money, as its form takes it."""
    return {"to": request.GET.get("to") or appropriation.fund_id}
