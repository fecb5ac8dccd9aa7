"""Advice that is still open on the words a brief would print, and where each is reworded."""

from collections.abc import Iterator

from django.urls import reverse

from portfolio.access import may
from portfolio.briefs.content import ProjectBrief, ScopePart
from portfolio.models import Project, User
from portfolio.roles import Permission
from portfolio.wording import Place, Text, open_places
from problems.access import WRITE
from problems.access import may as may_on_problem
from problems.advice import LINTED_FIELDS, Advice, Check
from problems.models import Problem


def left_open(project: Project, brief: ProjectBrief, *, reader: User) -> list[Place]:
    """Return what could be worded better in `brief` before it is made, place by place.

    `url` of a place is where `reader` rewords it, or "" where somebody else does.
    """
    readable = Problem.objects.visible_to(reader)
    problem = readable.filter(pk=project.problem_id).first() if project.problem_id else None
    return [
        *_in_project(project, brief, reader),
        *(_in_problem(problem, reader) if problem else ()),
    ]


def _in_project(project: Project, brief: ProjectBrief, reader: User) -> Iterator[Place]:
    check = Check()
    # Behind the open gate a technology may be named.
    title, summary = (
        (Text.SCOPE, Text.SCOPE) if project.has_left_concept else (Text.TITLE, Text.SUMMARY)
    )
    described = [("Title", title, brief.title), ("Summary", summary, project.summary)]
    url = _if(may(reader, Permission.START_PROJECTS, project), "project_describe", project)
    yield from open_places(described, url=url, check=check)
    reasons = [
        ("Why it is on hold", Text.REASON, brief.gate.hold_reason),
        ("Why it was stopped", Text.REASON, brief.gate.stopped_reason),
    ]
    yield from open_places(reasons, url="", check=check)
    if brief.scope:
        texts = [(label, Text.SCOPE, text) for label, text in _of_scope(brief.scope)]
        url = _if(may(reader, Permission.WRITE_SCOPES, project), "scope", project)
        yield from open_places(texts, url=url and f"{url}?check=1", check=check)


def _if(allowed: bool, route: str, project: Project) -> str:  # noqa: FBT001 - reads as a sentence
    return reverse(route, args=[project.pk]) if allowed else ""


def _of_scope(scope: ScopePart) -> Iterator[tuple[str, str]]:
    yield "Approach", scope.approach
    for option in scope.options:
        text = f"{option.description}\n\n{option.advantages}\n\n{option.drawbacks}"
        yield f"Option: {option.kind}", text
    for number, step in enumerate(scope.deliverables, 1):
        yield f"Deliverable {number}", f"{step.what}\n\n{step.when}"
    for number, step in enumerate(scope.milestones, 1):
        yield f"Milestone {number}", step.what
    for number, risk in enumerate(scope.risks, 1):
        yield f"Risk {number}", f"{risk.what}\n\n{risk.answer}"


def _in_problem(problem: Problem, reader: User) -> Iterator[Place]:
    """Yield the places of the statement; what its author keeps with a reason is not open."""
    check, found = Check(problem), dict[str, list[Advice]]()
    for item in check.on_problem():
        if not item.answer:
            found.setdefault(item.field, []).append(item)
    route = "problems:edit" if problem.can_be_written else "problems:detail"
    url = reverse(route, args=[problem.pk]) if may_on_problem(reader, WRITE, problem) else ""
    for field in LINTED_FIELDS:
        if field in found:
            label = str(Problem._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
            yield Place(f"Problem: {label}", url, found[field])
