"""Similar problems while writing, and "ours is the same": joining a problem, and leaving it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from problems import joining
from problems.access import READ, WRITE, SignedInRequest, key_in, requires, with_problem
from problems.forms.joining import JoinForm
from problems.models import Problem
from problems.similar import MOST_CHARACTERS, similar_to, text_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(READ)
def similar(request: SignedInRequest) -> HttpResponse:
    """Problems like the words that were typed, or like a problem as it is saved."""
    problem = _named(request)
    words = _words(request, problem)[:MOST_CHARACTERS]
    found = similar_to(words, user=request.user, problem=problem)
    context = {"problem": problem, "words": words, "similar": found}
    if request.htmx:
        return _live(request, context)
    return render(request, "problems/similar/page.html", context)


def _live(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    """Answer while somebody types: the list, or nothing where it is the one shown already."""
    found = context["similar"]
    keys = ",".join(str(one.problem.pk) for one in found) or "none"
    if request.POST.get("shown") == keys:
        return HttpResponse(status=204)
    response = render(request, "problems/similar/live.html", context | {"keys": keys})
    if not found:
        return response
    sentence = f"{len(found)} similar problem{'s' if len(found) > 1 else ''} written already."
    return trigger_client_event(response, "announce", {"sentence": sentence})


def _words(request: SignedInRequest, problem: Problem | None) -> str:
    """Return what was typed; while typing, what is not on the page comes as it is saved."""
    asked = request.GET.get("statement", "").strip()
    if request.method != "POST":
        return asked or (text_of(problem) if problem else "")
    typed = (request.POST.get(name, getattr(problem, name, "")) for name in ("title", "statement"))
    return " ".join(typed).strip()


def _named(request: SignedInRequest) -> Problem | None:
    """Return the problem that the address names, if the person may read it."""
    key = key_in(request.GET.get("problem", ""))
    return Problem.objects.visible_to(request.user).filter(pk=key).first() if key else None


@require_http_methods(["GET", "HEAD", "POST"])
@with_problem(READ)
def join(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Say that a department of the person has the same problem."""
    joinable = joining.joinable(problem, by=request.user)
    if not joinable:
        raise PermissionDenied(joining.why_not_joinable(problem, by=request.user))
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        joinable=joinable,
        drafts=joining.drafts_to_replace(joinable, by=request.user),
        draft=request.GET.get("from", ""),
    )
    if form.is_valid():
        try:
            joined = form.join(problem, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _joined(form))
            return redirect(joined)
    context = {"problem": problem, "form": form}
    return render(request, "problems/join.html", context, status=422 if form.is_bound else 200)


def _joined(form: JoinForm) -> str:
    department, draft = form.cleaned_data["department"], form.cleaned_data.get("instead_of")
    retired = f" Your draft “{draft}” is retired and points here." if draft else ""
    return f"{department} has this problem too, and writes it with the others.{retired}"


@require_POST
@with_problem(WRITE)
def leave(request: SignedInRequest, problem: Problem) -> HttpResponse:
    """Take back that a department of the person has the same problem."""
    key = request.POST.get("department", "")
    joined = {str(row.department_id): row.department for row in problem.joint_departments.all()}
    if key not in joined:
        messages.error(request, "Choose a department that has joined this problem.")
        return redirect(problem)
    try:
        joining.leave(problem, department=joined[key], by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(problem)
    messages.success(request, f"{joined[key]} has left the problem.")
    still_readable = Problem.objects.visible_to(request.user).filter(pk=problem.pk).exists()
    return redirect(problem) if still_readable else redirect("problems:list")
