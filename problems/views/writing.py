"""Writing a statement: start one, go through its five steps, save at any time, send it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from problems import drafting
from problems.access import WRITE, SignedInRequest, requires, with_problem
from problems.advice import LINTED_FIELDS, Advice, Check
from problems.forms.asking import StartForm
from problems.forms.sheet import Line, Sheet
from problems.forms.steps import BY_KEY, STEPS, Step, label_of, link_to, step_of, url_of
from problems.marks import Stale
from problems.models import Problem
from problems.review import answers, decisions
from problems.views import desk


@require_http_methods(["GET", "HEAD", "POST"])
@requires(WRITE)
def new(request: SignedInRequest) -> HttpResponse:
    """Ask which department has the problem, then start an empty draft."""
    form = StartForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        problem = drafting.start(department=form.cleaned_data["department"], by=request.user)
        return redirect(url_of(problem.pk, STEPS[0]))
    status = 422 if form.is_bound else 200
    return render(request, "problems/new.html", {"form": form}, status=status)


@require_safe
@with_problem(WRITE)
def edit(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Go to the first step that lacks something, or to the last."""
    if not problem.can_be_written:
        return _not_writable(request, problem)
    gaps = desk.missing(problem)
    return redirect(url_of(problem.pk, step_of(gaps[0].field) if gaps else STEPS[-1]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_problem(WRITE)
def step(request: SignedInRequest, problem: Problem, step: str) -> HttpResponse:
    """Write one step. Everything may be missing until the statement is sent."""
    if step not in BY_KEY:
        raise Http404("There is no such step.")
    here = BY_KEY[step]
    prefetch_related_objects([problem], *drafting.PARTS)
    if request.method == "POST":
        sheet = Sheet(problem, here, request.POST, request.FILES)
        return _autosave(request, sheet) if request.htmx else _save(request, sheet)
    if not problem.can_be_written:
        return _not_writable(request, problem)
    sheet = Sheet(problem, here, one_more=request.GET.get("add", ""))
    return desk.page(request, sheet, told="missing" in request.GET)


def _not_writable(request: SignedInRequest, problem: Problem) -> HttpResponse:
    state = problem.get_state_display().lower()
    messages.warning(request, f"This problem is {state}. Reopen it to change its words.")
    return redirect(problem)


def _store(sheet: Sheet, *, by: Any) -> None:
    """Save what can be read and differs. Raises as `Sheet.save` does."""
    if not sheet.problem.can_be_written or sheet.has_changed():
        sheet.save(by=by)


def _save(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """Save what was typed, then do what the pressed button says."""
    if not sheet.has_place:
        return desk.page(request, sheet, errors=sheet.errors(), status=422)
    try:
        _store(sheet, by=request.user)
    except ValidationError as refusal:
        return _conflict(request, sheet, refusal)
    if sheet.is_valid():
        refused = _answer(request, sheet)
        if not refused:
            return _after_saving(request, sheet.problem, sheet.step)
        errors = [Line(text, "") for text in refused.messages]
        status = 409 if isinstance(refused, Stale) else 422
    else:
        errors, status = sheet.errors(), 422
    again = Sheet(desk.fresh(sheet.problem), sheet.step, _sent_again(sheet), request.FILES)
    again.is_valid()
    return desk.page(request, again, errors=errors, status=status)


def _answer(request: SignedInRequest, sheet: Sheet) -> ValidationError | None:
    """Keep the answers that were typed beside the fields; return why they were refused, or None."""
    try:
        answers.save_typed(
            sheet.problem, request.POST, by=request.user, found=_found(request, sheet)
        )
    except ValidationError as refusal:
        return refusal
    return None


def _found(request: SignedInRequest, sheet: Sheet) -> list[Advice]:
    check = Check(sheet.problem, request.POST)
    own = [name for name in sheet.step.names if name in LINTED_FIELDS]
    return [found for name in own for found in check.on_text(name, getattr(sheet.problem, name))]


def _sent_again(sheet: Sheet) -> Any:
    """Return what was typed, with the hidden values as they are after saving."""
    data = sheet.data.copy()
    for name, value in sheet.carried().items():
        data[name] = value
    return data


def _autosave(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """Save what can be read while somebody types, and answer with what the page has to know."""
    if not sheet.has_place:
        return desk.overtaken(request, sheet)
    try:
        _store(sheet, by=request.user)
    except ValidationError:
        return desk.overtaken(request, sheet)
    return desk.saved(request, sheet)


def _conflict(request: SignedInRequest, sheet: Sheet, refusal: ValidationError) -> HttpResponse:
    """Show the typed words beside the saved ones. Saving again is then a decision."""
    newest = desk.fresh(sheet.problem)
    data = sheet.data.copy()
    data["revision"] = str(newest.revision)
    data["shown"] = Sheet(newest, sheet.step).now_shown().written()
    again = Sheet(newest, sheet.step, data, request.FILES)
    again.is_valid()
    conflict = {"sentences": refusal.messages, "differences": again.differences()}
    return desk.page(request, again, conflict=conflict, status=409)


def _after_saving(request: SignedInRequest, problem: Problem, here: Step) -> HttpResponse:
    pressed = request.POST
    if "send" in pressed:
        return _send(request, problem)
    for name in here.names:
        if f"{name}-add" in pressed:
            messages.success(request, "Draft saved. There is an empty row to fill in.")
            return redirect(f"{url_of(problem.pk, here)}?add={name}#{name}-new")
    if "leave" in pressed:
        messages.success(request, "Draft saved. Come back to it at any time.")
        return redirect(problem)
    if {"check", "keep", "compare"} & set(pressed):
        checked = desk.fresh(problem)
        messages.info(request, _wording(Check(checked).on_problem(), here))
        return redirect(url_of(problem.pk, here))
    later = STEPS[STEPS.index(here) + 1 :]
    return redirect(url_of(problem.pk, later[0] if later else here))


def _wording(found: Sequence[Advice], here: Step) -> str:
    open_here = [item for item in found if item.field in here.names and not item.answer]
    if not open_here:
        return "Draft saved. Nothing to reword in this step."
    places = ", ".join(dict.fromkeys(f"“{label_of(item.field)}”" for item in open_here))
    count = "One place" if len(open_here) == 1 else f"{len(open_here)} places"
    return f"Draft saved. {count} to reword, explained under {places}."


@require_POST
@with_problem(WRITE)
def submit(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Send the saved statement to review."""
    return _send(request, problem)


def _send(request: SignedInRequest, problem: Problem) -> HttpResponse:
    try:
        sent = decisions.submit(problem, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        newest = desk.fresh(problem)
        if newest.can_be_written:
            gaps = desk.missing(newest)
            errors = [Line(gap.sentence, _where(newest, gap.field)) for gap in gaps]
            sheet = Sheet(newest, STEPS[-1])
            return desk.page(request, sheet, errors=errors, told=True, status=422)
        messages.error(request, " ".join(refusal.messages))
        return redirect(problem)
    messages.success(request, "Sent to review. A city manager accepts it or says what to change.")
    return redirect(sent)


def _where(problem: Problem, name: str) -> str:
    """Return the link to a field from the last step."""
    link = link_to(problem.pk, name, gaps=True)
    return f"#{link.partition('#')[2]}" if name in STEPS[-1].names else link
