"""The scoping gate in words: every blocker, and none once all three are defined."""

from types import SimpleNamespace

import pytest

from portfolio import projects
from portfolio.gates import scoping_gate
from portfolio.models import Project
from tests.factories import make_project, ready_project, scoping_project


def test_a_new_project_is_told_everything_at_once(cast: SimpleNamespace) -> None:
    gate = scoping_gate(make_project(cast))
    assert [blocker.code for blocker in gate.blockers] == [
        "problem_missing",
        "no_cost",
        "no_security_cost",
        "no_recurring_cost",
        "no_phase",
        "not_confirmed",
        "list_missing",
    ]
    assert gate.summary == "Scoping is blocked: 3 of 3 are missing."


def test_the_gate_opens_when_all_three_are_defined(cast: SimpleNamespace) -> None:
    gate = scoping_gate(ready_project(cast))
    assert gate.is_open, gate.blockers


def test_scoping_opens_and_takes_a_slot(cast: SimpleNamespace) -> None:
    project = scoping_project(cast)
    assert project.stage == Project.Stage.SCOPING
    assert project.scoping_opened
    assert list(Project.objects.in_scoping()) == [project]


def test_a_full_house_blocks_the_next_project(cast: SimpleNamespace) -> None:
    cast.city.scoping_slots = 1
    cast.city.save()
    scoping_project(cast)
    waiting = ready_project(cast)
    assert [blocker.code for blocker in scoping_gate(waiting).blockers] == ["no_scoping_slot"]


def test_gate_of_one_project_takes_three_queries(
    cast: SimpleNamespace, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    project = Project.objects.for_pages().get(pk=ready_project(cast).pk)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        scoping_gate(project)


def test_stopping_frees_the_slot(cast: SimpleNamespace) -> None:
    project = projects.stop(scoping_project(cast), reason="Peers dropped it.", by=cast.manager)
    assert project.stage == Project.Stage.STOPPED
    assert not Project.objects.in_scoping().exists()
