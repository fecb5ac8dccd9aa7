"""Answers, criteria and scores, for the tests of scores and of the list."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from portfolio import criteria, ranking, scoring
from portfolio.criteria import Signed, Wanted
from portfolio.models import Answer, Criterion, Project, ProjectScore, User
from tests.factories import make_project

CODES = (
    "safety",
    "mandate",
    "severity_reach",
    "asset_failure",
    "equity",
    "strategic",
    "outside_money",
    "operating_cost",
    "readiness",
)


def criterion(code: str) -> Criterion:
    """The newest criterion of that code."""
    return Criterion.objects.filter(code=code).latest("pk")


def answer(project: Project, *, by: User, **values: int) -> int:
    """Answer criteria by their codes."""
    keyed = {criterion(code).pk: value for code, value in values.items()}
    return scoring.answer(project, values=keyed, by=by)


def scored(cast: Any, title: str = "", *, listed: bool = True, **values: int) -> Project:
    """Make a project on the list whose every criterion is answered, with 3 unless told."""
    project = make_project(cast, title=title)
    if listed:
        ranking.add(project, by=cast.manager)
    answer(project, by=cast.head, **(dict.fromkeys(CODES, 3) | values))
    return project


def corrected(
    project: Project, cast: Any, *, value: int, reason: str = "No court ruled."
) -> Answer:
    """Correct the answer to the first criterion."""
    return scoring.correct(
        project, criterion=criterion("safety").pk, value=value, reason=reason, by=cast.manager
    )


def score_of(project: Project) -> ProjectScore:
    return ProjectScore.objects.get(project=project)


def reweighed(changes: Mapping[str, int], **words: str) -> list[Wanted]:
    """The criteria in force with other weights by code, 0 for out, and words for one of them."""
    wanted = [
        one._replace(weight=changes.get(one.code, one.weight))
        for one in criteria.as_wanted(criteria.newest())
    ]
    return [
        one._replace(question=words[one.code]) if one.code in words else one
        for one in wanted
        if one.weight
    ]


def sign(wanted: list[Wanted], *, by: User, reason: str = "Council decided so.") -> Signed:
    """Put criteria in force."""
    before = criteria.newest()
    signed = criteria.new_version(
        wanted=wanted, reason=reason, seen=before.number if before else 0, by=by
    )
    with connection.cursor() as cursor:
        # What the database does when the transaction ends; here that of the test goes on.
        for when in ("IMMEDIATE", "DEFERRED"):
            cursor.execute(f"SET CONSTRAINTS criteria_are_whole, weights_are_whole {when}")
    return signed
