"""The wording check while somebody types, and the answers to what it and a reviewer found."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from problems.access import WRITE, SignedInRequest, key_in, load_problem, requires, with_problem
from problems.advice import LINTED_FIELDS, LONGEST_TEXT, Check
from problems.forms.items import characters_left, grade_of
from problems.forms.sheet import Line
from problems.marks import Stale
from problems.models import Problem, ProblemPolicy
from problems.review import answers

TOO_LONG = "This text is too long to check. Shorten it to 4,000 characters."
KEPT = "Your answer is kept."
NOTHING = "Nothing was answered."


@require_POST
@requires(WRITE)
def lint(request: SignedInRequest) -> HttpResponse:
    """Return the advice on one field while it is typed; `?problem=` names whose answers count."""
    problem = _named_problem(request)
    field = _linted(request.POST)
    if field is None:
        return HttpResponseBadRequest("Name a field to check.")
    return _advice(request, problem, field, may_be_typing=True)


def _linted(typed: Mapping[str, Any]) -> str | None:
    return next((name for name in LINTED_FIELDS if name in typed), None)


def _named_problem(request: SignedInRequest) -> Problem | None:
    """Load the problem that the address names. Raises as its loader does."""
    key = request.GET.get("problem", "")
    return load_problem(request.user, key_in(key), WRITE) if key else None


def _advice(
    request: SignedInRequest,
    problem: Problem | None,
    field: str,
    *,
    refused: str = "",
    may_be_typing: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the advice on the text of `field` as it was typed, and the room that is left."""
    text = request.POST[field]
    if len(text) > LONGEST_TEXT:
        return render(request, "problems/wording/lint.html", {"refused": TOO_LONG}, status=422)
    typed = None if may_be_typing else request.POST
    context = {
        "problem": problem,
        "text": text,
        "advice": Check(problem, typed).on_text(field, text),
        "refused": refused,
        "may_be_typing": may_be_typing,
        "field_id": f"id_{field}",
        "grade": grade_of(text),
        "characters_left": characters_left(field, text, ProblemPolicy.current()),
    }
    return render(request, "problems/wording/lint.html", context, status=status)


@require_POST
@with_problem(WRITE)
def answer(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Keep what was typed as answers: to findings in the text beside them, or to reasons."""
    field = _linted(request.POST)
    told, status = KEPT, 200
    try:
        if not _save(request, problem, field):
            told = NOTHING
    except ValidationError as refusal:
        told = " ".join(refusal.messages)
        status = 409 if isinstance(refusal, Stale) else 422
    if not request.htmx:
        return _whole_page(request, problem, told, status)
    refused = told if status != 200 else ""
    if field:
        response = _advice(request, problem, field, refused=refused, status=status)
    else:
        response = _replies(request, problem, refused=refused, status=status)
    return trigger_client_event(response, "announce", {"sentence": told})


def _save(request: SignedInRequest, problem: Problem, field: str | None) -> int:
    """Keep the answers, to what was found in the text that came with them or in the saved one."""
    check = Check(problem, request.POST)
    if field is None:
        found = check.on_problem()
    elif len(request.POST[field]) > LONGEST_TEXT:
        raise ValidationError(TOO_LONG)
    else:
        found = check.on_text(field, request.POST[field])
    return answers.save_typed(problem, request.POST, by=request.user, found=found)


def _replies(
    request: SignedInRequest, problem: Problem, *, refused: str, status: int
) -> HttpResponse:
    """Say of the reason that was answered whether its answer is kept."""
    reasons = answers.open_reasons(problem, typed=request.POST)
    asked = next((item for item in reasons if item.typed is not None), None)
    context = {"asked": asked, "refused": refused}
    return render(request, "problems/review/reply_kept.html", context, status=status)


def _whole_page(request: SignedInRequest, problem: Problem, told: str, status: int) -> HttpResponse:
    """Go back to the statement; show what was typed again when it cannot be kept."""
    if not problem.can_be_written:
        messages.error(request, told)
        return redirect(problem)
    if status == 200:
        messages.info(request, told)
        return redirect("problems:edit", problem.pk)
    found = Check(problem, request.POST).on_problem()
    context = {
        "problem": problem,
        "errors": [Line(told, "")],
        "advice": [item for item in found if item.is_answerable],
        "reasons": answers.open_reasons(problem, typed=request.POST),
    }
    return render(request, "problems/review/answer.html", context, status=status)
