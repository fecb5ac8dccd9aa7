"""The working order in tests: made, read, and moved on as a page would."""

from collections.abc import Sequence
from types import SimpleNamespace

from django.db.models import QuerySet
from django.utils import timezone

from portfolio import adopting, ranking
from portfolio.models import Answer, CriteriaVersion, History, Project, User, WorkingPosition
from portfolio.ranking import Between
from tests.factories import make_project


def ranked_projects(cast: SimpleNamespace, count: int) -> list[Project]:
    """Put so many projects on the list: Project 1, Project 2, …"""
    some = [make_project(cast, title=f"Project {n}") for n in range(1, count + 1)]
    ranking.add_all(some, by=cast.manager)
    return some


def order() -> list[int]:
    return list(WorkingPosition.objects.in_order().values_list("project_id", flat=True))


def position_of(project: Project) -> WorkingPosition:
    return WorkingPosition.objects.get(project=project)


def key_of(project: Project) -> str:
    return position_of(project).key


def move(
    project: Project, to: int | Between, cast: SimpleNamespace, *, reason: str = ""
) -> ranking.Move:
    """Move as somebody does who just opened the list."""
    return move_as(cast.manager, project, to, reason=reason)


def move_as(by: User, project: Project, to: int | Between, *, reason: str = "") -> ranking.Move:
    mark, seen = adopting.order_mark(), key_of(project)
    return ranking.move(project, to=to, seen=seen, mark=mark, reason=reason, by=by)


def gap(others: Sequence[Project], place: int) -> Between:
    """The two of `others` between which the rank `place` lies, counted from 1."""
    above = others[place - 2].pk if place > 1 else None
    below = others[place - 1].pk if place <= len(others) else None
    return Between(above, below)


def answer_all(project: Project, value: int, *, by: User) -> None:
    """Answer every criterion with the same value: a complete score."""
    weights = CriteriaVersion.objects.latest("number").weights.all()
    Answer.objects.bulk_create(
        Answer(
            project=project,
            criterion_id=weight.criterion_id,
            value=value,
            answered_by=by,
            answered_at=timezone.now(),
        )
        for weight in weights
    )


def moves() -> QuerySet[History]:
    """The changes of places, first one first."""
    return History.objects.filter(table="portfolio_workingposition", action="UPDATE").order_by("id")
