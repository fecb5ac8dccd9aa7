"""The problem statement's part of a brief."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list

from budgets.money import show
from portfolio.briefs.content import (
    AffectedGroup,
    Attempt,
    Cause,
    EvidenceItem,
    Fact,
    Measure,
    ProblemPart,
)
from portfolio.child_rows import child_rows
from problems import models

WEB = ("http://", "https://")
NOT_SENT_IN = "The statement is a draft that was never sent in. Only its department can read it."


def parts_in_words() -> dict[str, ArraySubquery]:
    """Return what to annotate a query of projects with, so that `part` finds it there."""
    of_problem = Q(problem=OuterRef("problem"))
    return {
        "problem_groups": child_rows(
            models.AffectedGroup.objects.filter(of_problem),
            *("who", "number", "number_source", "as_of"),
        ),
        "problem_causes": child_rows(
            models.Cause.objects.filter(of_problem), "depth", "cause", "basis"
        ),
        "problem_evidence": child_rows(
            models.Evidence.objects.filter(of_problem),
            *("kind", "finding", "source", "link", "count", "dated", "file_name"),
        ),
        "problem_departments": ArraySubquery(
            models.JointDepartment.objects.filter(of_problem).values("department__name")
        ),
        "problem_attempts": child_rows(
            models.PriorAttempt.objects.filter(of_problem), "what", "year", "result"
        ),
    }


def part(project: Any, *, may_read: bool, on: date) -> ProblemPart | None:
    """Return what a brief of that day says of the problem of `project`, with `parts_in_words`.

    Nothing without a problem; where the reader may not see it, only that it is a draft.
    """
    problem: models.Problem | None = project.problem
    if problem is None:
        return None
    if not may_read:
        return _withheld(problem)
    return ProblemPart(
        title=str(problem),
        owner=str(problem.owner or ""),
        standing=_standing(problem),
        is_defined=problem.is_defined,
        statement=problem.statement,
        facts=tuple(Fact(label, text) for label, text in _all_facts(project, on) if text),
        do_nothing_cost=problem.do_nothing_cost,
        groups=tuple(
            AffectedGroup(row["who"], row["number"], row["number_source"], _day(row["as_of"]))
            for row in project.problem_groups
        ),
        measures=tuple(_measures(problem)),
        causes=tuple(
            Cause(row["depth"], row["cause"], models.Cause.Basis(row["basis"]).label)
            for row in project.problem_causes
        ),
        evidence=tuple(_evidence(row) for row in project.problem_evidence),
        attempts=tuple(
            Attempt(row["what"], str(row["year"] or ""), row["result"])
            for row in project.problem_attempts
        ),
    )


def _withheld(problem: models.Problem) -> ProblemPart:
    return ProblemPart(
        title="A problem that is not sent in yet",
        owner="",
        standing=_standing(problem),
        is_defined=False,
        statement=NOT_SENT_IN,
        facts=(),
        do_nothing_cost=None,
        groups=(),
        measures=(),
        causes=(),
        evidence=(),
        attempts=(),
    )


def _standing(problem: models.Problem) -> str:
    """Return who accepted the statement and when, or that nobody has."""
    if problem.is_defined and problem.decided_at:
        day = date_format(timezone.localtime(problem.decided_at))
        return f"Accepted by {problem.decided_by} on {day}."
    return f"{problem.get_state_display()}: not accepted by a reviewer."


def _all_facts(project: Any, on: date) -> Iterator[tuple[str, str]]:
    """Yield who has the problem, where several departments do, then the single answers."""
    problem: models.Problem = project.problem
    if project.problem_departments:
        joined = get_text_list(project.problem_departments, "and")
        yield "Departments that have it", f"{problem.department} with {joined}"
    yield from _facts(problem, on)


def _facts(problem: models.Problem, on: date) -> Iterator[tuple[str, str]]:
    """Yield the labels and words of the statement's single answers; empty words are left out."""
    frequency = problem.get_frequency_display().lower()
    since = f"since {date_format(problem.since)}" if problem.since else ""
    yield "Where and since when", ", ".join(filter(None, [problem.place, since, frequency]))
    severity = "" if problem.severity is None else f"Severity {problem.severity} of 5."
    yield "What happens today", " ".join(filter(None, [problem.impact_now, severity]))
    cost = problem.do_nothing_cost
    expected = f"Expected cost: {show(cost)}." if cost else ""
    yield "If nothing is done", " ".join(filter(None, [problem.do_nothing, expected]))
    yield "How people were asked", _contact(problem)
    yield "What the city can do", problem.get_influence_display()
    yield "Critical priority", _critical(problem, on)
    yield "Legal mandate", problem.mandate
    yield "Solved, after 6 months", problem.solved_6_months
    yield "Solved, after 12 months", problem.solved_12_months
    yield "Not in scope", problem.not_in_scope
    yield "Constraints", problem.constraints


def _critical(problem: models.Problem, on: date) -> str:
    """Return what is critical and the problem serves, with its days, and why now."""
    named = problem.critical_priority
    if named is None:
        reason = problem.critical_reason
        return f"None of those declared fits. {reason}" if reason else ""
    days = f"critical from {date_format(named.starts_on)}"
    if named.ends_on:
        days += f" until {date_format(named.ends_on)}"
    ended = "" if named.ends_on is None or on <= named.ends_on else " It has ended."
    return " ".join(filter(None, [f"{named}, {days}.{ended}", problem.critical_reason]))


def _contact(problem: models.Problem) -> str:
    if not problem.contact_method:
        reason = problem.no_contact_reason
        return f"Nobody was asked: {reason}" if reason else ""
    people = "" if problem.contact_count is None else f"{problem.contact_count:,} people"
    return ", ".join(filter(None, [problem.contact_method, people, problem.contact_dates]))


def _measures(problem: models.Problem) -> Iterator[Measure]:
    for measure in problem.measures.all():
        yield Measure(
            name=measure.name,
            unit=measure.unit,
            direction=measure.get_direction_display(),
            baseline=measure.baseline_value,
            baseline_date=measure.baseline_date,
            baseline_source=measure.baseline_source,
            quality=measure.get_baseline_quality_display(),
            target=measure.target_value,
            target_date=measure.target_date,
        )


def _evidence(row: dict[str, Any]) -> EvidenceItem:
    return EvidenceItem(
        kind=models.Evidence.Kind(row["kind"]).label,
        finding=row["finding"],
        source=", ".join(filter(None, [row["source"], row["file_name"]])),
        link=row["link"] if row["link"].lower().startswith(WEB) else "",
        count=row["count"],
        dated=_day(row["dated"]),
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
