"""The scope of a project: blocked, ready, written, read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portfolio import projects, scoping
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.scope import ScopeForm, part_formsets
from portfolio.forms.wording import show_advice
from portfolio.gates import Gate, scoping_gate
from portfolio.models import Project, Scope
from portfolio.roles import Permission, refusal
from portfolio.views.projects import gate_on_page
from portfolio.views.wording import is_asked


@require_http_methods(["GET", "POST"])
@with_project(Permission.READ_PROJECTS)
def scope(request: SignedInRequest, project: Project) -> HttpResponse:
    """The blocked page while the gate is closed; the scope once it is open."""
    gate = scoping_gate(project, city=request.city)
    written = Scope.objects.filter(project=project).first()
    may_write = may(request.user, Permission.WRITE_SCOPES, project)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied(refusal(Permission.WRITE_SCOPES))
        if not gate.is_open or not project.has_left_concept:
            return blocked(request, project, gate)
        return _save(request, project, written)
    if not project.has_left_concept:
        return ready(request, project, gate) if gate.is_open else blocked(request, project, gate)
    if may_write and gate.is_open:
        form = ScopeForm(instance=written or Scope(project=project))
        formsets = part_formsets(project, written)
        return _form_page(
            request, project, form, formsets, advised=_advised(request, form, formsets)
        )
    return _reading_page(request, project, written, gate)


def blocked(request: SignedInRequest, project: Project, gate: Gate) -> HttpResponse:
    """Say everything that is missing, who can mend it, and where."""
    context = {
        "project": project,
        "gate": gate_on_page(gate, project, request.user) | {"action": None},
        "blockers": gate.blockers,
    }
    return render(request, "portfolio/scope_blocked.html", context, status=403)


def ready(request: SignedInRequest, project: Project, gate: Gate) -> HttpResponse:
    """Say that the gate is open and who opens scoping."""
    context = {"project": project, "gate": gate_on_page(gate, project, request.user)}
    return render(request, "portfolio/scope_ready.html", context)


def _reading_page(
    request: SignedInRequest, project: Project, written: Scope | None, gate: Gate
) -> HttpResponse:
    context = {"project": project, "scope": written, "blockers": gate.blockers}
    return render(request, "portfolio/scope_read.html", context)


def _form_page(
    request: SignedInRequest, project: Project, form: ScopeForm, formsets: Any, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"project": project, "form": form, "formsets": formsets, **more}
    return render(request, "portfolio/scope_form.html", context, status=status)


def _advised(request: SignedInRequest, form: ScopeForm, formsets: Any) -> int | None:
    """Show the advice on every text where the person asked for it; return how many pieces."""
    if not is_asked(request):
        return None
    return show_advice([form, *(row for formset in formsets for row in formset)])


def _save(request: SignedInRequest, project: Project, written: Scope | None) -> HttpResponse:
    form = ScopeForm(request.POST, instance=written or Scope(project=project))
    formsets = part_formsets(project, written, request.POST)
    advised = _advised(request, form, formsets)
    if not all([form.is_valid(), *(formset.is_valid() for formset in formsets)]):
        return _form_page(
            request,
            project,
            form,
            formsets,
            errors=_errors(form, formsets),
            advised=advised,
            status=422,
        )
    if advised is not None:
        return _form_page(request, project, form, formsets, advised=advised)
    try:
        scoping.save(
            project,
            approach=form.cleaned_data["approach"],
            formsets=formsets,
            seen=form.cleaned_data["seen"],
            by=request.user,
        )
    except scoping.Stale as stale:
        return _stale_page(request, project, stale)
    messages.success(request, "The scope is saved.")
    return redirect("scope", pk=project.pk)


def _errors(form: ScopeForm, formsets: Any) -> list[dict[str, str]]:
    """Return every error of the page with a link to its field."""
    found = []
    for part in [form, *(row for formset in formsets for row in formset)]:
        for name, errors in part.errors.items():
            href = f"#{part[name].auto_id}" if name in part.fields else ""
            found.append({"sentence": f"{errors[0]}", "href": href})
    for formset in formsets:
        found += [{"sentence": f"{text}", "href": ""} for text in formset.non_form_errors()]
    return found


def _stale_page(request: SignedInRequest, project: Project, stale: ValidationError) -> HttpResponse:
    """Show the person's words and the saved ones; saving again is then on purpose."""
    saved = Scope.objects.get(project=project)
    data = request.POST.copy()
    data["seen"] = str(saved.revision)
    form = ScopeForm(data, instance=Scope(project=project))
    formsets = part_formsets(project, saved, request.POST)
    more = {"stale": stale.messages[0], "saved": saved, "status": 409}
    return _form_page(request, project, form, formsets, **more)


@require_POST
@with_project(Permission.MOVE_STAGES)
def open_scoping(request: SignedInRequest, project: Project) -> HttpResponse:
    """Move the project from concept to scoping."""
    try:
        projects.open_scoping(project, by=request.user)
    except ValidationError as refused:
        gate = scoping_gate(project)
        if gate.is_open:
            raise PermissionDenied(" ".join(refused.messages)) from refused
        return blocked(request, project, gate)
    messages.success(request, "Scoping is open. The department can write the scope now.")
    return redirect(project)
