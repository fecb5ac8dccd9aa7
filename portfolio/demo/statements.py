"""The demonstration's problem statements, written, sent, and decided on as people do it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portfolio.demo import city_settings
from portfolio.demo.data import months_from, read, statements
from portfolio.demo.people import People
from problems import advice, drafting, joining
from problems.evidence_files import reading
from problems.models import (
    AffectedGroup,
    Cause,
    CriticalPriority,
    Evidence,
    Measure,
    PriorAttempt,
    Problem,
)
from problems.review import answers, decisions

# What the file says about a problem in words of its own; the rest are fields of the statement.
APART = {
    "key", "state", "department", "author", "reviewer", "names_a_solution", "reasons",
    "kept_because", "earlier", "joined_by", "groups", "measures", "causes", "evidence", "prior",
}  # fmt: skip


def build(people: People, *, on: date) -> dict[str, Problem]:
    """Write every statement and bring it to its state; one that is reopened is defined first."""
    problems: dict[str, Problem] = {}
    declared = city_settings.declare(people, on=on)
    for item in statements():
        problem = _write(item, people, declared, on)
        if item["state"] != "draft":
            _send(problem, item, people, on)
        if item["state"] in {"defined", "reopened"}:
            decisions.accept(problem, by=people.persons[item["reviewer"]])
        elif item["state"] == "returned":
            reasons = [(reason["field"], reason["reason"]) for reason in item["reasons"]]
            decisions.send_back(problem, reasons=reasons, by=people.persons[item["reviewer"]])
        if "joined_by" in item:
            _join(problem, item["joined_by"], people)
        problem.refresh_from_db()
        problems[item["key"]] = problem
    return problems


def _join(problem: Problem, joined: dict[str, str], people: People) -> None:
    """Let another department have the problem too, as its head says."""
    department, head = people.departments[joined["department"]], people.persons[joined["head"]]
    joining.join(problem, department=department, by=head)


def _send(problem: Problem, item: dict[str, Any], people: People, on: date) -> None:
    """Send a statement; where the file has earlier words, once with those and once more after."""
    author = people.persons[item["author"]]
    for found in advice.on_problem(problem):
        if found.is_open and "kept_because" in item:
            answers.answer_finding(
                problem,
                field=found.field,
                quote=found.quote,
                reason=item["kept_because"],
                by=author,
            )
    if "earlier" in item:
        _return_once(problem, item, people, on)
    decisions.submit(problem, by=author, on=on)


def _return_once(problem: Problem, item: dict[str, Any], people: People, on: date) -> None:
    """Send the earlier words, have them returned, answer, and write what the file says now."""
    author, earlier = people.persons[item["author"]], item["earlier"]
    decisions.submit(problem, by=author, on=on)
    reasons = [(row["field"], row["reason"]) for row in earlier["reasons"]]
    decisions.send_back(problem, reasons=reasons, by=people.persons[earlier["reviewer"]])
    problem.refresh_from_db()
    for asked, row in zip(answers.open_reasons(problem), earlier["reasons"], strict=True):
        if "answer" in row:
            answers.answer_reason(asked.reason, answer=row["answer"], by=author)
    fields = {name: item[name] for name in earlier["words"]}
    drafting.save(problem, fields=fields, seen=problem.revision, by=author)


def reopen(people: People, problems: dict[str, Problem]) -> None:
    """Reopen the statements that the file says are: what stands on them goes on hold."""
    for item in statements():
        if item["state"] == "reopened":
            decisions.reopen(problems[item["key"]], by=people.persons[item["author"]])


def _write(
    item: dict[str, Any], people: People, declared: dict[str, CriticalPriority], on: date
) -> Problem:
    author = people.persons[item["author"]]
    fields = {name: value for name, value in item.items() if name not in APART}
    fields |= item.get("earlier", {}).get("words", {})
    fields["critical_priority"] = declared.get(item.get("critical_priority", ""))
    with author.changing():
        problem = drafting.start(department=people.departments[item["department"]], by=author)
        drafting.save(problem, fields=fields, seen=problem.revision, by=author)
        AffectedGroup.objects.bulk_create(
            AffectedGroup(problem=problem, **row) for row in item.get("groups", [])
        )
        Measure.objects.bulk_create(_measure(problem, row, on) for row in item.get("measures", []))
        Cause.objects.bulk_create(Cause(problem=problem, **row) for row in item.get("causes", []))
        Evidence.objects.bulk_create(_evidence(problem, row) for row in item.get("evidence", []))
        PriorAttempt.objects.bulk_create(
            PriorAttempt(problem=problem, **row) for row in item.get("prior", [])
        )
    return problem


def _evidence(problem: Problem, row: dict[str, Any]) -> Evidence:
    """Return a piece of evidence; its file is read as one that a person sends."""
    fields = {name: value for name, value in row.items() if name != "file"}
    evidence = Evidence(problem=problem, **fields)
    if "file" in row:
        given = read("files")[row["file"]]
        upload = SimpleUploadedFile(given["name"], given["text"].lstrip().encode())
        reading.read(upload, most_megabytes=1).put_on(evidence)
    return evidence


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
