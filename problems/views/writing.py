"""Writing a statement: start, save at any time, check the wording, send."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from problems import advice, completeness, drafting, readiness, review
from problems.access import WRITE, SignedInRequest, requires, with_problem
from problems.completeness import Missing
from problems.forms.asking import StartForm
from problems.forms.sheet import ORDER, Line, Sheet, anchor_of, characters_left, label_of
from problems.models import Problem, ProblemPolicy, Review


@require_http_methods(["GET", "HEAD", "POST"])
@requires(WRITE)
def new(request: SignedInRequest) -> HttpResponse:
    """Ask which department has the problem, then start an empty draft."""
    form = StartForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        problem = drafting.start(department=form.cleaned_data["department"], by=request.user)
        return redirect("problems:edit", problem.pk)
    status = 422 if form.is_bound else 200
    return render(request, "problems/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_problem(WRITE)
def edit(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Write the statement. Everything may be missing until it is sent."""
    if request.method == "POST":
        return _save(request, problem)
    if not problem.can_be_written:
        state = problem.get_state_display().lower()
        messages.warning(request, f"This problem is {state}. Reopen it to change its words.")
        return redirect(problem)
    return _page(request, Sheet(problem))


def _save(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Save what was typed, then do what the pressed button says."""
    sheet = Sheet(problem, request.POST)
    if not sheet.is_valid():
        return _page(request, sheet, errors=sheet.errors(), status=422)
    if not problem.can_be_written or sheet.has_changed():
        try:
            sheet.save(by=request.user)
        except ValidationError as refusal:
            return _conflict(request, problem, refusal)
    return _after_saving(request, problem)


def _after_saving(request: SignedInRequest, problem: Problem) -> HttpResponse:
    if "send" in request.POST:
        return _send(request, problem)
    here = reverse("problems:edit", args=[problem.pk])
    saved = Sheet(problem)
    for name, rows in saved.parts.items():
        if f"{name}-add" in request.POST:
            messages.success(request, "Draft saved. There is an empty row to fill in.")
            return redirect(f"{here}#{rows.next_anchor()}")
    if "check" in request.POST:
        messages.info(request, _wording(advice.on_problem(problem)))
    else:
        messages.success(request, _progress(_missing(problem)))
    return redirect(here)


def _wording(found: Sequence[advice.Advice]) -> str:
    if not found:
        return "Draft saved. Nothing to reword."
    places = ", ".join(dict.fromkeys(f"“{label_of(item.field)}”" for item in found))
    count = "One place" if len(found) == 1 else f"{len(found)} places"
    return f"Draft saved. {count} to reword, explained under {places}."


def _progress(gaps: Sequence[Missing]) -> str:
    if not gaps:
        return "Draft saved. Everything is there: you can send it."
    count = "One thing is" if len(gaps) == 1 else f"{len(gaps)} things are"
    return f"Draft saved. {count} missing before you can send it."


def _missing(problem: Problem) -> list[Missing]:
    """Return what is missing, in the order of the page."""
    gaps = completeness.missing(problem, on=timezone.localdate())
    return sorted(gaps, key=lambda gap: ORDER.index(gap.field))


def _conflict(request: SignedInRequest, problem: Problem, refusal: ValidationError) -> HttpResponse:
    """Show the typed words beside the saved ones. Saving again is then a decision."""
    newest = Problem.objects.select_related("department", "owner").get(pk=problem.pk)
    data = request.POST.copy()
    data["revision"] = str(newest.revision)
    sheet = Sheet(newest, data)
    sheet.is_valid()
    conflict = {"sentences": refusal.messages, "differences": sheet.differences()}
    return _page(request, sheet, conflict=conflict, status=409)


@require_POST
@with_problem(WRITE)
def submit(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Send the saved statement to review."""
    return _send(request, problem)


def _send(request: SignedInRequest, problem: Problem) -> HttpResponse:
    try:
        sent = review.submit(problem, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        newest = Problem.objects.select_related("department", "owner").get(pk=problem.pk)
        if newest.can_be_written:
            return _page(request, Sheet(newest), told=True, status=422)
        messages.error(request, " ".join(refusal.messages))
        return redirect(problem)
    messages.success(request, "Sent to review. A city manager accepts it or says what to change.")
    return redirect(sent)


def _page(
    request: SignedInRequest,
    sheet: Sheet,
    *,
    errors: Iterable[Line] = (),
    told: bool = False,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the sheet; with `told`, what is missing stands in the summary and at the fields."""
    problem = sheet.problem
    gaps = _missing(problem)
    reasons = _reasons(problem)
    points = readiness.points(gaps)
    told_gaps = [Line(gap.sentence, anchor_of(gap.field)) for gap in gaps] if told else []
    context = {
        "sheet": sheet,
        "problem": problem,
        "errors": [*errors, *told_gaps],
        "conflict": conflict,
        "sections": sheet.sections(gaps=gaps, told=told, reasons=reasons),
        "reasons": [(text, label_of(name), name and anchor_of(name)) for name, text in reasons],
        "points": [(point, anchor_of(point.field)) for point in points],
        "done": sum(point.is_done for point in points),
        "advice_count": len(advice.on_problem(problem)),
    }
    return render(request, "problems/edit.html", context, status=status)


def _reasons(problem: Problem) -> list[tuple[str, str]]:
    """Return what the reviewer asked for, while the statement is with its author again."""
    if problem.state != Problem.State.RETURNED:
        return []
    last = Review.objects.filter(problem=problem).first()
    return list(last.reasons.values_list("field", "reason")) if last else []


@require_POST
@requires(WRITE)
def lint(request: SignedInRequest) -> HttpResponse:
    """Return the advice on one field while it is typed."""
    field = next((name for name in advice.LINTED_FIELDS if name in request.POST), None)
    if field is None:
        return HttpResponseBadRequest("Name a field to check.")
    text = request.POST[field]
    context = {
        "text": text,
        "advice": advice.on_text(field, text),
        "count_id": f"id_{field}_count",
        "characters_left": characters_left(field, text, ProblemPolicy.current()),
    }
    return render(request, "problems/lint.html", context)
