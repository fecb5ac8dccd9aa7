"""The demonstration's problem statements, written, sent, and decided on as people do it."""

from datetime import date
from decimal import Decimal
from typing import Any

from portfolio.demo.data import months_from, read, statements
from portfolio.demo.people import People
from problems import drafting, review
from problems.models import (
    AffectedGroup,
    Cause,
    CriticalPriority,
    Evidence,
    Measure,
    PriorAttempt,
    Problem,
)

# What the file says about a problem in words of its own; the rest are fields of the statement.
APART = {
    "key", "state", "department", "author", "reviewer", "names_a_solution", "reasons",
    "groups", "measures", "causes", "evidence", "prior",
}  # fmt: skip


def build(people: People, *, on: date) -> dict[str, Problem]:
    """Write every statement and bring it to its state; one that is reopened is defined first."""
    problems: dict[str, Problem] = {}
    declared = _declare(on)
    for item in statements():
        problem = _write(item, people, declared, on)
        if item["state"] != "draft":
            review.submit(problem, by=people.persons[item["author"]], on=on)
        if item["state"] in {"defined", "reopened"}:
            review.accept(problem, by=people.persons[item["reviewer"]])
        elif item["state"] == "returned":
            reasons = [(reason["field"], reason["reason"]) for reason in item["reasons"]]
            review.send_back(problem, reasons=reasons, by=people.persons[item["reviewer"]])
        problem.refresh_from_db()
        problems[item["key"]] = problem
    return problems


def reopen(people: People, problems: dict[str, Problem]) -> None:
    """Reopen the statements that the file says are: what stands on them goes on hold."""
    for item in statements():
        if item["state"] == "reopened":
            review.reopen(problems[item["key"]], by=people.persons[item["author"]])


def _declare(on: date) -> dict[str, CriticalPriority]:
    """Declare what the city holds critical, some of it until a day, some of it no more."""
    return {
        row["key"]: CriticalPriority.objects.create(
            name=row["name"],
            area=row["area"],
            reason=row["reason"],
            starts_on=months_from(on, -row["started_months_ago"]),
            ends_on=months_from(on, row["ends_months_ahead"])
            if "ends_months_ahead" in row
            else None,
        )
        for row in read("priorities")["critical_priority"]
    }


def _write(
    item: dict[str, Any], people: People, declared: dict[str, CriticalPriority], on: date
) -> Problem:
    author = people.persons[item["author"]]
    fields = {name: value for name, value in item.items() if name not in APART}
    fields["critical_priority"] = declared.get(item.get("critical_priority", ""))
    with author.changing():
        problem = drafting.start(department=people.departments[item["department"]], by=author)
        drafting.save(problem, fields=fields, seen=problem.revision, by=author)
        AffectedGroup.objects.bulk_create(
            AffectedGroup(problem=problem, **row) for row in item.get("groups", [])
        )
        Measure.objects.bulk_create(_measure(problem, row, on) for row in item.get("measures", []))
        Cause.objects.bulk_create(Cause(problem=problem, **row) for row in item.get("causes", []))
        Evidence.objects.bulk_create(
            Evidence(problem=problem, **row) for row in item.get("evidence", [])
        )
        PriorAttempt.objects.bulk_create(
            PriorAttempt(problem=problem, **row) for row in item.get("prior", [])
        )
    return problem


def _measure(problem: Problem, row: dict[str, Any], on: date) -> Measure:
    return Measure(
        problem=problem,
        name=row["name"],
        unit=row["unit"],
        direction=row["direction"],
        baseline_value=Decimal(str(row["baseline"])),
        baseline_date=months_from(on, -row["baseline_months_ago"]),
        baseline_source=row["baseline_source"],
        baseline_quality=row["quality"],
        target_value=Decimal(str(row["target"])),
        target_date=months_from(on, row["target_months_ahead"]),
    )
