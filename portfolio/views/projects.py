"""Projects: the list, the page that leads with the gate, and the changes of stage."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from portfolio import history as history_words
from portfolio import projects, scoring
from portfolio.access import SignedInRequest, load_project, may, requires, with_project
from portfolio.forms.numbers import whole
from portfolio.forms.projects import (
    DescriptionForm,
    ProblemChoiceForm,
    ProjectForm,
    ReasonForm,
)
from portfolio.forms.wording import show_advice
from portfolio.gates import Gate, scoping_gate
from portfolio.models import Department, Project, User
from portfolio.roles import Permission
from portfolio.tables import ProjectTable
from portfolio.views.budgets.asking import asking_of
from portfolio.views.wording import is_asked
from problems.marks import Stale
from problems.models import Problem

PER_PAGE = 50


@require_safe
@requires(Permission.READ_PROJECTS)
def index(request: SignedInRequest) -> HttpResponse:
    """Every project that the person may open, filtered and sorted."""
    typed = {name: request.GET.get(name, "") for name in ("q", "stage", "department")}
    # No database keeps a text with this sign in it.
    asked = {name: text.replace("\0", "").strip() for name, text in typed.items()}
    found = Project.objects.visible_to(request.user).select_related("department", "budget")
    found = found.with_critical_priority(request.user, on=request.city.today())
    if asked["q"]:
        found = found.filter(title__icontains=asked["q"])
    if asked["stage"] in Project.Stage.values:
        found = found.filter(stage=asked["stage"])
    department = whole(asked["department"])
    if department is not None:
        found = found.filter(department=department)
    table = ProjectTable(found)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    context = {
        "table": table,
        **asked,
        "stages": Project.Stage.choices,
        "departments": Department.objects.all(),
        "may_start": request.user.has_perm(Permission.START_PROJECTS),
    }
    return render(request, "portfolio/projects.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.START_PROJECTS)
def new(request: SignedInRequest) -> HttpResponse:
    """Start a project in one of the person's own departments."""
    form = ProjectForm(
        request.POST or None, user=request.user, initial={"problem": request.GET.get("problem")}
    )
    if request.method == "POST" and not is_asked(request) and form.is_valid():
        try:
            project = projects.start(**form.cleaned_data, by=request.user, sponsor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            told = f"{project.reference} is a concept. Here is what it needs next."
            messages.success(request, told)
            return redirect(project)
    return _form_page(request, "portfolio/project_new.html", form)


def _form_page(request: SignedInRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    """Show a form, with the advice on its wording where a person asked for it."""
    is_sent = request.method == "POST"
    status = more.pop("status", 422 if is_sent and not form.is_valid() else 200)
    if is_asked(request):
        more["advised"] = show_advice([form])
    return render(request, template, {"form": form, **more}, status=status)


@require_http_methods(["GET", "POST"])
@with_project(Permission.START_PROJECTS)
def describe(request: SignedInRequest, project: Project) -> HttpResponse:
    """Change what the project is called and its summary."""
    template, seen = "portfolio/project_describe.html", request.POST.get("seen", "")
    form = DescriptionForm(request.POST or None, initial=model_to_dict(project))
    more = {"project": project, "seen": seen or projects.description_mark(project)}
    if request.method != "POST" or is_asked(request) or not form.is_valid():
        return _form_page(request, template, form, **more)
    try:
        projects.describe(project, **form.cleaned_data, seen=seen, by=request.user)
    except Stale as stale:
        more |= {"stale": stale.messages[0], "seen": projects.description_mark(project)}
        return _form_page(request, template, form, **more, status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _form_page(request, template, form, **more)
    messages.success(request, "The description is changed.")
    return redirect(project)


@require_safe
@with_project(Permission.READ_PROJECTS)
def detail(request: SignedInRequest, project: Project) -> HttpResponse:
    """One project: first its gate, then its problem, its money and its history."""
    gate = scoping_gate(project, city=request.city)
    problem = _readable_problem(request.user, project)
    context = {
        "project": project,
        "gate": gate_on_page(gate, project, request.user),
        "blockers": gate.blockers,
        "problem": problem,
        "groups": list(problem.affected_groups.all()) if problem else [],
        "measures": list(problem.measures.all()) if problem else [],
        "evidence": list(problem.evidence.all()) if problem else [],
        "allocations": project.budget.allocations.select_related("appropriation__fund").exclude(
            state="released"
        ),
        "requested": project.budget.requests.filter(declined_at=None).aggregate(sum=Sum("amount"))[
            "sum"
        ],
        "history": history_words.of_project(project, limit=40)[:8],
        "may_move": request.user.has_perm(Permission.MOVE_STAGES),
        "may_name_problem": may(request.user, Permission.START_PROJECTS, project),
        "may_answer": may(request.user, Permission.ANSWER_CRITERIA, project)
        and project.stage not in scoring.NEVER_SCORED,
    }
    return render(request, "portfolio/project.html", context)


def _readable_problem(user: User, project: Project) -> Problem | None:
    """Return the project's problem, where `user` may read it."""
    if project.problem_id is None:
        return None
    readable = Problem.objects.visible_to(user).select_related("critical_priority")
    return readable.filter(pk=project.problem_id).first()


def gate_on_page(gate: Gate, project: Project, user: User) -> dict[str, Any]:
    """Return the gate as pages show it, with the one action that `user` may take."""
    started = project.has_left_concept
    action = None
    if not started and gate.is_open and user.has_perm(Permission.MOVE_STAGES):
        url = reverse("scope_open", args=[project.pk])
        action = {"url": url, "label": "Open scoping", "method": "post"}
    elif project.on_hold and user.has_perm(Permission.MOVE_STAGES) and _only_held(gate):
        url = reverse("project_resume", args=[project.pk])
        action = {"url": url, "label": "Take it off hold", "method": "post"}
    elif started:
        url = reverse("scope", args=[project.pk])
        action = {"url": url, "label": "Open the scope", "method": "get"}
    elif not gate.is_open:
        url = reverse("scope", args=[project.pk])
        action = {"url": url, "label": "See what is missing", "method": "get"}
    headline = gate.summary
    summary = "No requirements, vendor demos or estimates until the gate is open."
    if project.on_hold:
        headline, summary = "The project is on hold.", project.hold_reason
    elif started:
        headline = f"{project.get_stage_display()} is under way."
        summary = "Problem, budget and priority are defined. If one falls away, it goes on hold."
    elif gate.is_open:
        summary = "A city manager opens scoping."
    return {
        "panels": gate.panels,
        "is_open": gate.is_open,
        "title": "Before scoping can start",
        "headline": headline,
        "summary": summary,
        "action": action,
        **_asking(gate, project, user),
    }


def _asking(gate: Gate, project: Project, user: User) -> dict[str, Any]:
    """Return how the project stands with finance, where money is what the gate lacks."""
    if all(blocker.code != "not_covered" for blocker in gate.blockers):
        return {}
    return asking_of(project, user, project.budget.requests.all())


def _only_held(gate: Gate) -> bool:
    return {blocker.code for blocker in gate.blockers} <= {"on_hold"}


@require_http_methods(["GET", "POST"])
@with_project(Permission.START_PROJECTS)
def problem(request: SignedInRequest, project: Project) -> HttpResponse:
    """Name the problem that the project answers."""
    form = ProblemChoiceForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        try:
            projects.answer(project, problem=form.cleaned_data["problem"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The problem is named.")
            return redirect(project)
    context = {"project": project, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "portfolio/project_problem.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_project(Permission.MOVE_STAGES)
def hold(request: SignedInRequest, project: Project) -> HttpResponse:
    """Put the project on hold, with a reason."""
    return _with_reason(request, project, projects.put_on_hold, "Put on hold", "is on hold")


@require_http_methods(["GET", "POST"])
@with_project(Permission.MOVE_STAGES)
def stop(request: SignedInRequest, project: Project) -> HttpResponse:
    """Stop the project, with a reason that is published."""
    return _with_reason(request, project, projects.stop, "Stop", "is stopped")


def _with_reason(
    request: SignedInRequest, project: Project, change: Any, verb: str, done: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and not is_asked(request) and form.is_valid():
        try:
            change(project, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{project} {done}.")
            return redirect(project)
    return _form_page(request, "portfolio/project_reason.html", form, project=project, verb=verb)


@require_POST
@with_project(Permission.MOVE_STAGES)
def resume(request: SignedInRequest, project: Project) -> HttpResponse:
    """Take the project off hold, where its gate is open again."""
    try:
        projects.resume(project, by=request.user)
    except ValidationError as refusal:
        return _blocked(request, project.pk, refusal)
    messages.success(request, f"{project} goes on.")
    return redirect(project)


def _blocked(request: SignedInRequest, pk: int, refusal: ValidationError) -> HttpResponse:
    """Answer a refused change of stage with every blocker there is now."""
    project = load_project(request.user, pk, Permission.READ_PROJECTS)
    blockers = scoping_gate(project).blockers
    if not blockers:
        raise PermissionDenied(" ".join(refusal.messages))
    context = {"project": project, "blockers": blockers, "gate": None}
    return render(request, "portfolio/scope_blocked.html", context, status=403)


@require_safe
@with_project(Permission.READ_PROJECTS)
def history(request: SignedInRequest, project: Project) -> HttpResponse:
    """Everything that happened to the project, newest first."""
    context = {"project": project, "entries": history_words.of_project(project)}
    return render(request, "portfolio/project_history.html", context)
