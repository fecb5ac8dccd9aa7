"""The city's own numbers for money: read by all who read money, set by an administrator."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from budgets import policies
from budgets.access import READ, REASONS, SET_POLICY, requires
from budgets.forms.policy import NAMES, PolicyForm, shown
from budgets.ledger import Stale
from budgets.models import BudgetPolicy


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ, SET_POLICY)
def policy(request: Any) -> HttpResponse:
    """Every number with its reason and default; administrators set them."""
    if request.method != "POST":
        return _page(request, PolicyForm(policy=BudgetPolicy.current()))
    if not request.user.has_perm(SET_POLICY):
        raise PermissionDenied(REASONS[SET_POLICY])
    form = PolicyForm(request.POST, policy=BudgetPolicy.current())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        policies.set_numbers(form.cleaned_data, seen=request.POST.get("seen", ""), by=request.user)
    except Stale as stale:
        return _page(request, form, status=409, stale=stale.messages)
    messages.success(request, "The numbers are set. They hold from now on.")
    return redirect("budget_policy")


def _page(
    request: Any, form: PolicyForm, *, status: int = 200, stale: list[str] | None = None
) -> HttpResponse:
    saved = BudgetPolicy.current()
    context = {
        "form": form,
        "seen": policies.mark(saved) if status != 422 else request.POST.get("seen", ""),
        "stale": stale or [],
        "differences": _differences(form, saved) if stale else [],
        "in_force": form.in_force(saved),
        "may_set": request.user.has_perm(SET_POLICY),
    }
    return render(request, "budgets/policy.html", context, status=status)


def _differences(form: PolicyForm, saved: BudgetPolicy) -> list[dict[str, str]]:
    """Return each number that was typed and is another one in force."""
    return [
        {
            "label": str(form.fields[name].label),
            "yours": shown(name, form.cleaned_data[name]),
            "theirs": shown(name, getattr(saved, name)),
        }
        for name in NAMES
        if form.cleaned_data[name] != getattr(saved, name)
    ]
