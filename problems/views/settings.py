"""The settings for statements: what is critical, and the city's own numbers.

Everybody who reads problems may read them; a city manager declares, an administrator sets numbers.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from problems import declaring, marks, policies
from problems.access import DECLARE, READ, REASONS, SET_POLICY, SignedInRequest, requires
from problems.forms.conflicts import differences
from problems.forms.settings import EndForm, NumbersForm, PriorityForm
from problems.marks import Stale
from problems.models import CityWord, CriticalPriority, ProblemPolicy


@require_safe
@requires(READ, DECLARE, SET_POLICY)
def index(request: SignedInRequest) -> HttpResponse:
    """What can be set, and how it is set now."""
    context = {
        "declared": CriticalPriority.objects.declared(on=timezone.localdate()),
        "words": CityWord.objects.count(),
        "may_declare": request.user.has_perm(DECLARE),
        "may_set": request.user.has_perm(SET_POLICY),
    }
    return render(request, "problems/settings/index.html", context)


# Critical priorities


@require_safe
@requires(READ, DECLARE, SET_POLICY)
def priorities(request: SignedInRequest) -> HttpResponse:
    """What the city declares critical, declared it, or will."""
    today = timezone.localdate()
    declared = declaring.all_declared(by=request.user)
    rows = [(priority, declaring.standing(priority, on=today)) for priority in declared]
    context = {"rows": rows, "may_declare": request.user.has_perm(DECLARE)}
    return render(request, "problems/settings/priorities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(DECLARE)
def declare(request: SignedInRequest) -> HttpResponse:
    """Declare something critical."""
    typed = request.POST if request.method == "POST" else None
    form = PriorityForm(typed, initial={"starts_on": timezone.localdate()})
    if form.is_valid():
        try:
            declared = declaring.declare(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"“{declared}” is declared.")
            return redirect("problems:priorities")
    return render(
        request,
        "problems/settings/priority.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(DECLARE)
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what was declared."""
    priority = _priority(request, pk)
    if request.method != "POST":
        return _priority_page(request, priority, PriorityForm(initial=model_to_dict(priority)))
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return _priority_page(request, priority, form, status=422)
    seen = request.POST.get("seen", "")
    try:
        declaring.change(priority, **form.cleaned_data, seen=seen, by=request.user)
    except Stale as stale:
        return _priority_page(request, _priority(request, pk), form, stale=stale, status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _priority_page(request, priority, form, status=422)
    messages.success(request, f"“{form.cleaned_data['name']}” is changed.")
    return redirect("problems:priorities")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(DECLARE)
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what ending it does to the statements that name it; end it when the person says so."""
    priority, today = _priority(request, pk), timezone.localdate()
    if request.method != "POST":
        return _end_page(request, priority, EndForm(priority=priority, today=today))
    form = EndForm(request.POST, priority=priority, today=today)
    if not form.is_valid():
        return _end_page(request, priority, form, status=422)
    last_day, seen = form.cleaned_data["ends_on"], request.POST.get("seen", "")
    try:
        declaring.end(priority, last_day=last_day, seen=seen, by=request.user)
    except Stale as stale:
        return _end_page(request, _priority(request, pk), form, stale=stale, status=409)
    except ValidationError as refusal:
        form.add_error("ends_on", " ".join(refusal.messages))
        return _end_page(request, priority, form, status=422)
    messages.success(request, f"The last day of “{priority}” is {date_format(last_day)}.")
    return redirect("problems:priorities")


def _priority(request: SignedInRequest, pk: int) -> CriticalPriority:
    found = declaring.all_declared(by=request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such critical priority.")
    return found


def _priority_page(
    request: SignedInRequest,
    priority: CriticalPriority,
    form: PriorityForm,
    *,
    stale: Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"priority": priority, "form": form} | compared(form, priority, stale)
    return render(request, "problems/settings/priority.html", context, status=status)


def _end_page(
    request: SignedInRequest,
    priority: CriticalPriority,
    form: EndForm,
    *,
    stale: Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "priority": priority,
        "form": form,
        "drafts": declaring.drafts_naming(priority, by=request.user),
    } | compared(form, priority, stale)
    return render(request, "problems/settings/priority_end.html", context, status=status)


def compared(form: Any, saved: Any, stale: Stale | None) -> dict[str, Any]:
    """Return what a form page needs to be overtaken: the mark of what is saved, and both states."""
    return {
        "seen": form.data.get("seen", "") if form.errors else marks.of_row(saved),
        "stale": stale.messages if stale else [],
        "differences": list(differences(form, saved)) if stale else [],
    }


# Numbers


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ, SET_POLICY, DECLARE)
def numbers(request: SignedInRequest) -> HttpResponse:
    """The city's own numbers for statements; administrators set them."""
    if request.method != "POST":
        return _numbers_page(request, NumbersForm(instance=ProblemPolicy.current()))
    if not request.user.has_perm(SET_POLICY):
        raise PermissionDenied(REASONS[SET_POLICY])
    form = NumbersForm(request.POST)
    if not form.is_valid():
        return _numbers_page(request, form, status=422)
    return _set_numbers(request, form)


def _set_numbers(request: SignedInRequest, form: NumbersForm) -> HttpResponse:
    try:
        policies.set_numbers(form.cleaned_data, seen=request.POST.get("seen", ""), by=request.user)
    except Stale as stale:
        return _numbers_page(request, form, stale=stale, status=409)
    messages.success(request, "The numbers are set. They hold from now on.")
    return redirect("problems:settings")


def _numbers_page(
    request: SignedInRequest, form: NumbersForm, *, stale: Stale | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form} | compared(form, ProblemPolicy.current(), stale)
    context["may_set"] = request.user.has_perm(SET_POLICY)
    return render(request, "problems/settings/numbers.html", context, status=status)
