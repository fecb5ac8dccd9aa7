"""The criteria and their weights: read by everybody who reads the list, set by an administrator."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from budgets.ledger import Stale
from portfolio import criteria
from portfolio.access import SignedInRequest, requires
from portfolio.criteria import Signed
from portfolio.forms.criteria import MOST_CRITERIA, CriteriaSheet
from portfolio.forms.mistakes import Mistake
from portfolio.models import CriteriaVersion
from portfolio.roles import Permission


@require_safe
@requires(Permission.READ_LIST, Permission.SET_LIST_POLICY)
def in_force(request: SignedInRequest) -> HttpResponse:
    """The criteria in force, and every version there was."""
    return _show(request, criteria.newest())


@require_safe
@requires(Permission.READ_LIST, Permission.SET_LIST_POLICY)
def version(request: SignedInRequest, number: int) -> HttpResponse:
    """The criteria of one version."""
    found = CriteriaVersion.objects.filter(number=number).first()
    if found is None:
        raise Http404("There is no such version of the criteria.")
    return _show(request, found)


def _show(request: SignedInRequest, shown: CriteriaVersion | None) -> HttpResponse:
    versions = list(CriteriaVersion.objects.select_related("signed_by"))
    context = {
        "version": shown,
        "versions": versions,
        "is_newest": not versions or shown == versions[0],
        "weights": criteria.weights_of(shown),
        "may_set": request.user.has_perm(Permission.SET_LIST_POLICY),
    }
    return render(request, "portfolio/scores/criteria.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SET_LIST_POLICY)
def new(request: SignedInRequest) -> HttpResponse:
    """Write a new version; only “Put them in force” signs it."""
    before = criteria.newest()
    number, wanted = before.number if before else 0, criteria.as_wanted(before)
    if request.method != "POST":
        return _sheet(request, CriteriaSheet(wanted, number=number))
    if "rows-add" in request.POST:
        typed = CriteriaSheet(wanted, number=number, data=request.POST, one_more=True)
        return _sheet(request, typed)
    sheet = CriteriaSheet(wanted, number=number, data=request.POST)
    if not sheet.is_valid():
        return _sheet(request, sheet, mistakes=sheet.mistakes())
    try:
        signed = criteria.new_version(
            wanted=sheet.wanted(), by=request.user, **sheet.signing.cleaned_data
        )
    except Stale as stale:
        return _sheet(request, _at(sheet, number, request), stale=stale.messages[0])
    except ValidationError as refused:
        return _sheet(request, sheet, mistakes=[Mistake(one, "") for one in refused.messages])
    messages.success(request, _signed(signed))
    return redirect("criteria")


def _at(sheet: CriteriaSheet, number: int, request: SignedInRequest) -> CriteriaSheet:
    """Return what was typed, now against version `number`."""
    data = request.POST.copy()
    data["seen"] = str(number)
    typed = CriteriaSheet(sheet.before, number=number, data=data)
    typed.is_valid()
    return typed


def _signed(signed: Signed) -> str:
    """Say what the new version did."""
    kept = f"{signed.kept} {'criterion keeps its' if signed.kept == 1 else 'criteria keep their'}"
    done = f"Version {signed.version.number} is in force. {kept} answers."
    if not signed.anew:
        return done
    number = "One is" if signed.anew == 1 else f"{signed.anew} are"
    return f"{done} {number} asked anew: departments answer before scores are complete again."


def _sheet(
    request: SignedInRequest,
    sheet: CriteriaSheet,
    *,
    mistakes: list[Mistake] | None = None,
    stale: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "sheet": sheet,
        "mistakes": mistakes or [],
        "stale": stale,
        "differences": sheet.differences() if stale else [],
        "may_add": len(sheet.rows.forms) < MOST_CRITERIA,
    }
    status = 409 if stale else 422 if mistakes else 200
    return render(request, "portfolio/scores/criteria_new.html", context, status=status)
