"""The overview's list as a whole: its order, its ages, its rest, and what it costs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portfolio.models import Notice, User
from portfolio.waiting import MOST
from problems.review import decisions
from tests.factories import (
    declared_priority,
    ready_project,
)
from tests.portfolio.waiting_steps import (
    crowd,
    everybody,
    submitted,
    tasks,
    the,
    waiting,
)

MOST_QUERIES_OF_PAGE = 12


def test_oldest_first_over_all_kinds(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime]
) -> None:
    expected = []
    for days in (-9, -6, -3):
        later(timedelta(days=days))
        expected.append(("review", submitted(cast).pk))
    declared_priority("Clean air", ends_on=cast.city.today() + timedelta(days=25))
    expected.insert(1, ("ending", the(cast.manager, "ending").record))
    found = waiting(cast.manager).tasks
    assert [(task.kind.code, task.record) for task in found] == expected


def test_the_page_says_since_when_in_days_and_in_full(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime], signed_in: Any
) -> None:
    now = timezone.now()
    later(timedelta(days=-3, minutes=-1))
    problem = submitted(cast)
    later(timedelta())
    page = signed_in(cast.manager).get("/").text
    day = date_format(timezone.localtime(now - timedelta(days=3), ZoneInfo("America/Chicago")))
    assert f'>3 days<span class="vh">, since {day}</span></time>' in page
    assert f'title="Since {day}"' in page
    assert 'class="tag warn"' in page
    assert f'href="/problems/{problem.pk}/review/"' in page


def test_a_key_lasts_as_long_as_the_waiting_and_no_longer(cast: SimpleNamespace) -> None:
    problem = submitted(cast)
    first = the(cast.manager, "review").key
    assert first == the(cast.manager, "review").key
    decisions.send_back(problem, reasons=[("", "How many?")], by=cast.manager)
    assert tasks(cast.manager, "review") == []
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    assert the(cast.manager, "review").key != first
    long = the(cast.manager, "review")._replace(mark="x" * 500)
    assert len(long.key) == Notice._meta.get_field("task").max_length


def test_beyond_eight_of_a_kind_a_line_leads_to_the_rest(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    for number in range(MOST + 2):
        submitted(cast, title=f"Problem {number}")
    found = waiting(cast.manager)
    assert [task.title for task in found.tasks] == [f"Review: Problem {n}" for n in range(MOST)]
    assert [(rest.number, rest.kind.listing) for rest in found.rest] == [
        (2, reverse("problems:list") + "?state=submitted")
    ]
    page = " ".join(signed_in(cast.manager).get("/").text.split())
    assert ">And 2 more problems to review<" in page
    assert len(waiting(cast.manager, most=None).tasks) == MOST + 2


def test_every_list_of_the_rest_opens_for_whom_it_is(cast: SimpleNamespace, client: Client) -> None:
    crowd(cast, MOST + 1)
    for person in everybody(cast):
        client.force_login(person)
        for address in {rest.kind.listing for rest in waiting(person).rest}:
            assert client.get(address).status_code == 200, (person, address)
        for task in waiting(person).tasks:
            assert client.get(task.url).status_code in {200, 302}, (person, task)


# Cost


def queries_of_home(person: User) -> int:
    client = Client()
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    return len(queries)


def test_the_page_costs_the_same_however_many_things_wait(cast: SimpleNamespace) -> None:
    ready_project(cast)
    crowd(cast, 3)
    few = {person.name: queries_of_home(person) for person in everybody(cast)}
    crowd(cast, 47)
    many = {person.name: queries_of_home(person) for person in everybody(cast)}
    assert many == few
    assert max(many.values()) <= MOST_QUERIES_OF_PAGE, many
