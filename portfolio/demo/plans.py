"""The demonstration's projects, its priority list, and the scopes behind the open gate."""

from datetime import date, timedelta
from typing import Any

from portfolio import adopting, ranking, scoping
from portfolio import projects as stages
from portfolio.demo.data import months_from, read
from portfolio.demo.people import People
from portfolio.models import (
    AdoptedList,
    Deliverable,
    Milestone,
    Project,
    Risk,
    ScopeOption,
    WorkingPosition,
)
from problems.models import Problem


def start(people: People, problems: dict[str, Problem]) -> dict[str, Project]:
    """Start every project as a concept, each by its sponsor."""
    started: dict[str, Project] = {}
    for item in read("projects")["project"]:
        sponsor = people.persons[item["sponsor"]]
        answered = item.get("problem", item["key"])
        started[item["key"]] = stages.start(
            title=item["title"],
            department=people.departments[item["department"]],
            problem=problems[answered] if answered else None,
            by=sponsor,
            sponsor=sponsor,
            summary=item["summary"],
        )
    return started


def adopt(projects: dict[str, Project], people: People, *, on: date) -> AdoptedList:
    """Rank the projects, sign the list, then move one and add one, as the manager did later."""
    plan = read("projects")["list"]
    manager = people.persons[plan["adopted_by"]]
    ranking.add_all(_listed(projects, "adopted"), by=manager)
    adopted_on = on - timedelta(days=plan["adopted_days_ago"])
    adopted = adopting.adopt(
        action_number=plan["action_number"].format(year=adopted_on.year),
        adopted_on=adopted_on,
        by=manager,
    )
    moved = plan["moved"]
    position = WorkingPosition.objects.get(project=projects[moved["project"]])
    ranking.move(
        position.project, to=moved["to"], seen=position.key, by=manager, reason=moved["reason"]
    )
    ranking.add_all(_listed(projects, "later"), by=manager)
    return adopted


def _listed(projects: dict[str, Project], when: str) -> list[Project]:
    return [
        projects[item["key"]] for item in read("projects")["project"] if item.get("listed") == when
    ]


def scope(projects: dict[str, Project], people: People, *, on: date) -> None:
    """Open scoping where the file says so and write the scopes; stop what was stopped."""
    manager = people.persons[read("projects")["list"]["adopted_by"]]
    for item in read("projects")["project"]:
        if item.get("scoped"):
            project = stages.open_scoping(projects[item["key"]], by=manager)
            _write_scope(project, read("projects")["scope"][item["key"]], people, on)
        elif "stopped" in item:
            stages.stop(projects[item["key"]], reason=item["stopped"], by=manager)


def _write_scope(project: Project, plan: dict[str, Any], people: People, on: date) -> None:
    author = people.persons[plan["by"]]
    with author.changing():
        written = scoping.save(project, approach=plan["approach"], seen=0, by=author)
        ScopeOption.objects.bulk_create(
            ScopeOption(scope=written, **row) for row in plan["options"]
        )
        Deliverable.objects.bulk_create(
            Deliverable(scope=written, **row) for row in plan["deliverables"]
        )
        Milestone.objects.bulk_create(
            Milestone(scope=written, what=row["what"], due=months_from(on, row["months_ahead"]))
            for row in plan["milestones"]
        )
        Risk.objects.bulk_create(Risk(scope=written, **row) for row in plan["risks"])
