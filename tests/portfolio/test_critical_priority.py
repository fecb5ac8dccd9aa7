"""Which projects serve what the city holds critical: lists, pages, and what was adopted."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio import ranking
from portfolio.briefs import freeze, pdf
from portfolio.models import Project
from problems import declaring, marks
from problems.models import CriticalPriority
from tests.factories import (
    adopt_list,
    declared_priority,
    defined_problem,
    draft_problem,
    make_project,
)
from tests.pages import words

MARK = "Critical priority: </span>Winter shelter"
NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def shelter(cast: SimpleNamespace) -> CriticalPriority:
    return declared_priority("Winter shelter")


def listed(cast: SimpleNamespace, shelter: CriticalPriority | None, **fields: Any) -> Project:
    problem = defined_problem(cast, critical_priority=shelter, **fields)
    project = make_project(cast, problem=problem)
    ranking.add(project, by=cast.manager)
    return project


def test_lists_mark_what_serves_it(
    cast: SimpleNamespace, signed_in: Any, shelter: CriticalPriority
) -> None:
    project = listed(cast, shelter)
    listed(cast, None)
    adopted = adopt_list(cast)
    client = signed_in(cast.outsider)
    assert words(client.get(reverse("priority_list")).text).count(MARK) == 1
    assert words(client.get(adopted.get_absolute_url()).text).count(MARK) == 1
    client = signed_in(cast.council)
    assert words(client.get(reverse("projects")).text).count(MARK) == 1
    page = words(client.get(project.get_absolute_url()).text)
    assert "Winter shelter" in page
    assert "Summer child care lets parents keep their work." in page


def test_nobody_learns_it_from_a_draft_they_may_not_read(
    cast: SimpleNamespace, signed_in: Any, shelter: CriticalPriority
) -> None:
    draft = draft_problem(cast, critical_priority=shelter)
    ranking.add(make_project(cast, problem=draft), by=cast.manager)
    adopted = adopt_list(cast)
    assert adopted.entries.get().critical_priority == ""
    for person in (cast.manager, cast.outsider, cast.council):
        client = signed_in(person)
        assert "Winter shelter" not in client.get(reverse("priority_list")).text
        assert "Winter shelter" not in client.get(reverse("projects")).text
    assert MARK in words(signed_in(cast.head).get(reverse("priority_list")).text)


def test_what_has_ended_is_no_longer_marked_but_stays_on_the_list_that_was_signed(
    cast: SimpleNamespace, signed_in: Any, shelter: CriticalPriority
) -> None:
    listed(cast, shelter)
    adopted = adopt_list(cast)
    yesterday = cast.city.today() - timedelta(days=1)
    declaring.end(shelter, last_day=yesterday, seen=marks.of_row(shelter), by=cast.manager)
    client = signed_in(cast.manager)
    assert MARK not in words(client.get(reverse("priority_list")).text)
    assert MARK in words(client.get(adopted.get_absolute_url()).text)
    assert adopt_list(cast).entries.get().critical_priority == ""


@pytest.mark.parametrize("route", ["projects", "priority_list"])
def test_the_marks_cost_no_query_for_a_row(
    cast: SimpleNamespace, signed_in: Any, shelter: CriticalPriority, route: str
) -> None:
    problem = defined_problem(cast, critical_priority=shelter)
    client, counts = signed_in(cast.manager), []
    for wanted in (3, 50):
        more = [make_project(cast, problem=problem) for _ in range(Project.objects.count(), wanted)]
        ranking.add_all(more, by=cast.manager)
        # Below the lines too, where it is the list.
        address = f"{reverse(route)}?below=shown"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = words(client.get(address).text)
        assert page.count(MARK) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_briefs_say_it(cast: SimpleNamespace, shelter: CriticalPriority) -> None:
    project = listed(cast, shelter)
    adopted = adopt_list(cast)
    brief = freeze.project_brief(project, by=cast.council, at=NOON)
    assert brief.problem
    facts = {fact.label: fact.text for fact in brief.problem.facts}
    assert facts["Critical priority"] == (
        "Winter shelter, critical from Jan. 1, 2025. Summer child care lets parents keep their "
        "work."
    )
    of_list = freeze.list_brief(adopted, by=cast.council, at=NOON)
    assert [entry.critical_priority for entry in of_list.entries] == ["Winter shelter"]
    assert "1 of them served a critical priority then." in of_list.in_brief
    assert pdf.render("briefs/list.html", of_list).startswith(b"%PDF")


def test_a_brief_says_why_none_fits_and_what_has_ended(
    cast: SimpleNamespace, shelter: CriticalPriority
) -> None:
    def said(project: Project) -> str:
        brief = freeze.project_brief(project, by=cast.council, at=NOON)
        assert brief.problem
        return {fact.label: fact.text for fact in brief.problem.facts}["Critical priority"]

    assert said(listed(cast, None, critical_reason="Rents rise.")) == (
        "None of those declared fits. Rents rise."
    )
    project = listed(cast, shelter)
    CriticalPriority.objects.update(ends_on=NOON.date() - timedelta(days=1))
    assert "until Nov. 21, 2026. It has ended." in said(project)
