"""Deciding on a statement, and taking one back to change it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from problems import advice
from problems.access import READ, REVIEW, WRITE, SignedInRequest, with_problem
from problems.forms.deciding import DecisionForm, ReasonRows
from problems.forms.sheet import Line
from problems.forms.steps import label_of
from problems.marks import Stale
from problems.models import Problem
from problems.review import decisions, submissions
from problems.similar import similar_to, text_of
from problems.views.conversation import conversation_on, labelled, turns
from problems.views.reading import projects_shown, statement_context


@require_http_methods(["GET", "HEAD", "POST"])
@with_problem(REVIEW)
def review(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Read the whole statement, then accept it or return it with reasons."""
    if request.method == "POST":
        return _decide(request, problem)
    if problem.state != Problem.State.SUBMITTED:
        state = problem.get_state_display().lower()
        messages.info(request, f"There is nothing to review: this problem is {state} now.")
        return redirect(problem)
    return _review_page(request, problem, DecisionForm(), ReasonRows())


def _decide(request: SignedInRequest, problem: Problem) -> HttpResponse:
    form = DecisionForm(request.POST)
    accepting = request.POST.get("decision") == "accept"
    rows = ReasonRows(None if accepting else request.POST)
    if "another" in request.POST and rows.management_form.is_valid():
        typed = DecisionForm(initial={"general": request.POST.get("general", "")})
        return _review_page(request, problem, typed, rows.with_another())
    if not form.is_valid() or not (accepting or rows.is_valid()):
        return _review_page(request, problem, form, rows, errors=_errors(form, rows), status=422)
    try:
        if accepting:
            decisions.accept(problem, by=request.user, seen=form.cleaned_data["revision"])
        else:
            _send_back(problem, form, rows, by=request.user)
    except ValidationError as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        errors = [Line(text, "" if status == 409 else "#decide") for text in refusal.messages]
        return _review_page(request, problem, form, rows, errors=errors, status=status)
    done = "is defined. Projects may answer it" if accepting else "went back with your reasons"
    messages.success(request, f"“{problem}” {done}.")
    return redirect(problem)


def _send_back(problem: Problem, form: DecisionForm, rows: Any, *, by: Any) -> None:
    reasons = [("", form.cleaned_data["general"])]
    reasons += [(row["field"], row["reason"]) for row in rows.cleaned_data if row.get("reason")]
    decisions.send_back(problem, reasons=reasons, by=by, seen=form.cleaned_data["revision"])


def _errors(form: DecisionForm, rows: Any) -> list[Line]:
    lines = [
        Line("Open the page again: it lost its place.", "") for _ in form.errors.get("revision", [])
    ]
    if rows.is_bound:
        lines += [Line(str(text), "") for text in rows.non_form_errors()]
        lines += [
            Line(str(text), f"#{row[name].id_for_label}")
            for row in rows.forms
            for name, errors in row.errors.items()
            for text in errors
        ]
    lines += [Line(str(text), "#id_general") for text in form.errors.get("general", [])]
    return lines


def _review_page(
    request: SignedInRequest,
    problem: Problem,
    form: DecisionForm,
    rows: Any,
    *,
    errors: list[Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the statement as it is now, what is new in it, and the forms to decide on it."""
    similar = similar_to(text_of(problem), user=request.user, problem=problem)
    context = statement_context(problem) | {
        "form": form,
        "rows": rows,
        "errors": errors or [],
        "advice": [(label_of(item.field), item) for item in advice.on_problem(problem)],
        "reading": [(label_of(item.field), item) for item in advice.on_reading(problem)],
        "similar": similar,
        "conversation": conversation_on(problem),
        "is_own": problem.is_by(request.user),
    }
    context |= _news(problem)
    return render(request, "problems/review/review.html", context, status=status)


def _news(problem: Problem) -> dict[str, Any]:
    """Return what changed since a reviewer read the statement, beside what they asked for."""
    before = submissions.read_before(problem)
    if before is None:
        return {"before": None, "turns": turns(problem, [])}
    found = submissions.changes(before.content, submissions.content_of(problem))
    return {"before": before, "changed": len(found), "turns": turns(problem, found)}


@require_safe
@with_problem(READ)
def changes(request: SignedInRequest, problem: Problem, number: int) -> HttpResponse:
    """Say what was different when a statement was sent for the second time, or a later one."""
    found = problem.submissions.filter(number__gte=number - 1, number__lte=number)
    sent = {item.number: item for item in found}
    if number not in sent:
        raise Http404("There is no such problem, or it is not yours to see.")
    this, before = sent[number], sent.get(number - 1)
    changed = submissions.changes(before.content if before else {}, this.content)
    context = {
        "problem": problem,
        "submission": this,
        "before": before,
        "changed": len(changed),
        "changes": labelled(changed),
        "is_last": not problem.submissions.filter(number=number + 1).exists(),
    }
    return render(request, "problems/review/changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_problem(WRITE)
def reopen(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Say what reopening does; do it when the person says so."""
    if request.method == "POST":
        try:
            decisions.reopen(problem, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(problem)
        messages.success(request, "The problem is a draft again. Send it when you are done.")
        return redirect("problems:edit", problem.pk)
    if problem.state not in decisions.REOPENED:
        messages.info(request, f"This problem is {problem.get_state_display().lower()} already.")
        return redirect(problem)
    if not decisions.may_reopen(problem, by=request.user):
        raise PermissionDenied(
            f"Only a head of {problem.department}, which wrote it first, reopens it once it is "
            "defined."
        )
    context = {
        "problem": problem,
        "next_version": problem.version + 1,
        "projects": projects_shown(problem, request.user),
    }
    return render(request, "problems/reopen.html", context)
