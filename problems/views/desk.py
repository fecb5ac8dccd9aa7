"""The page of one step, and the answers of saving while somebody types."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import prefetch_related_objects
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import reswap

from problems import completeness, readiness, severity
from problems.access import SignedInRequest
from problems.advice import Check
from problems.completeness import Missing
from problems.drafting import PARTS
from problems.forms.items import describe_row, items_of
from problems.forms.sheet import Line, Sheet
from problems.forms.steps import ORDER, STEPS, Step, label_of, link_to, step_of, url_of
from problems.models import Problem, ProblemPolicy
from problems.review import answers

MOST_RECENT = 60


def fresh(problem: Problem) -> Problem:
    """Return `problem` as it is saved now, with what its pages show."""
    return (
        Problem.objects.with_departments()
        .select_related("critical_priority", "owner", "author")
        .prefetch_related(*PARTS)
        .get(pk=problem.pk)
    )


def missing(
    problem: Problem, policy: ProblemPolicy | None = None, check: Check | None = None
) -> list[Missing]:
    """Return what is missing, in the order of the steps."""
    prefetch_related_objects([problem], *PARTS)
    gaps = completeness.missing(problem, on=timezone.localdate(), policy=policy, check=check)
    return sorted(gaps, key=lambda gap: ORDER.index(gap.field))


def page(
    request: SignedInRequest,
    sheet: Sheet,
    *,
    errors: Iterable[Line] = (),
    told: bool = False,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a step; with `told`, what is missing stands at its fields."""
    problem, typed = sheet.problem, sheet.data
    policy = ProblemPolicy.current()
    check = Check(problem, typed)
    gaps = missing(problem, policy, check)
    asked = answers.open_reasons(problem, typed=typed)
    context = _around(sheet, gaps) | {
        "sheet": sheet,
        "errors": list(errors),
        "conflict": conflict,
        "items": items_of(
            sheet, gaps=gaps if told else [], reasons=asked, check=check, policy=policy
        ),
        "reasons": _reasons(problem, asked),
        "example": _example(request, problem),
    }
    if sheet.step is STEPS[-1]:
        context["severity"] = severity.in_words(problem.severity)
        context["gaps"] = [(gap, link_to(problem.pk, gap.field, gaps=True)) for gap in gaps]
        context["advice"] = [
            (label_of(item.field), link_to(problem.pk, item.field), item)
            for item in check.on_problem()
            if not item.answer
        ]
    return render(request, "problems/writing/step.html", context, status=status)


def _around(sheet: Sheet, gaps: Sequence[Missing]) -> dict[str, Any]:
    """Return what stands around the form: the steps, what is there, and when it was saved."""
    problem = sheet.problem
    here = STEPS.index(sheet.step)
    is_empty = not any(getattr(problem, name).strip() for name in readiness.WORDS)

    def to_come(name: str) -> str:
        number = STEPS.index(step_of(name))
        return f"Step {number + 1}" if number > here else ""

    points = readiness.points(gaps, is_empty=is_empty, to_come=to_come)
    return {
        "problem": problem,
        "step": sheet.step,
        "step_url": url_of(problem.pk, sheet.step),
        "number": here + 1,
        "back": url_of(problem.pk, STEPS[here - 1]) if here else "",
        "steps": [_step(problem, step, sheet.step, gaps) for step in STEPS],
        "points": [(point, link_to(problem.pk, point.field, gaps=True)) for point in points],
        "done": sum(point.is_done for point in points),
        "hidden": sheet.place(),
        "saved_ago": _ago(problem),
    }


def _step(problem: Problem, step: Step, here: Step, gaps: Sequence[Missing]) -> dict[str, Any]:
    is_done = step is not STEPS[-1] and not any(gap.field in step.names for gap in gaps)
    return {
        "key": step.key,
        "title": step.title,
        "url": url_of(problem.pk, step),
        "is_here": step is here,
        "is_done": is_done and step is not here,
    }


def _ago(problem: Problem) -> str:
    seconds = (timezone.now() - problem.saved_at).total_seconds()
    return "just now" if seconds < MOST_RECENT else str(naturaltime(problem.saved_at))


def _reasons(problem: Problem, asked: Sequence[Any]) -> list[tuple[Any, str, str]]:
    """Return what a reviewer asked for, each with the words and the link of its place."""
    return [
        (item, label_of(item.field), link_to(problem.pk, item.field) if item.field else "")
        for item in asked
    ]


def _example(request: SignedInRequest, problem: Problem) -> Problem | None:
    """Return the newest statement that was accepted and that this person may read."""
    accepted = Problem.objects.visible_to(request.user).defined().exclude(pk=problem.pk)
    return accepted.order_by("-decided_at").only("title", "statement").first()


def saved(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """Answer a save while typing: parts of the page, each to take its own place."""
    typing = request.POST.get("typing", "")
    hidden = sheet.carried()
    newest = fresh(sheet.problem)
    around = Sheet(newest, sheet.step)
    context = _around(around, missing(newest)) | {
        "hidden": {name: hidden.pop(name) for name in ("revision", "shown")},
        "keys": hidden,
        "controls": [item for item in sheet.controls() if item.html_name != typing],
        "filled": [_oob(control) for control in sheet.filled_in()],
    }
    return reswap(render(request, "problems/writing/autosaved.html", context), "none")


def _oob(control: BoundField) -> str:
    """Return a control that takes its own place on the page."""
    describe_row(control.form)
    return str(control.as_widget(attrs={"hx-swap-oob": "true"}))


def overtaken(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """Answer a save while typing that would overwrite newer words: nothing was saved."""
    context = {"problem": sheet.problem, "is_frozen": not fresh(sheet.problem).can_be_written}
    return reswap(render(request, "problems/writing/overtaken.html", context), "none")
