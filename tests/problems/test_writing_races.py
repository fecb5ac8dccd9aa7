"""Two people who save one statement at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from problems.models import Problem
from tests.factories import draft_problem
from tests.problems.desk import autosave, opened, saved, send

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run `jobs` at the same moment and return what each returned."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


def windows(cast: SimpleNamespace, problem: Problem, *steps: str) -> list[SimpleNamespace]:
    """Open a window for each step, of one person."""
    pages = []
    for step in steps:
        client = Client()
        client.force_login(cast.head)
        pages.append(opened(client, problem, step))
    return pages


def test_of_two_who_write_the_same_field_one_sees_both(cast: SimpleNamespace) -> None:
    for number in range(ROUNDS):
        problem = draft_problem(cast)
        first, second = windows(cast, problem, "who", "who")
        answers = at_once(
            partial(send, first, place="First"),
            partial(send, second, place="Second"),
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409], number
        won = "First" if answers[0].status_code == 302 else "Second"
        assert (saved(first).place, saved(first).revision) == (won, 1)


def test_two_who_write_different_steps_are_both_saved(cast: SimpleNamespace) -> None:
    for _ in range(ROUNDS):
        problem = draft_problem(cast)
        who, today = windows(cast, problem, "who", "today")
        answers = at_once(
            partial(autosave, who, place="Depot"),
            partial(autosave, today, impact_now="They wait."),
        )
        assert [b"Compare" in answer.content for answer in answers] == [False, False]
        now = saved(who)
        assert (now.place, now.impact_now, now.revision) == ("Depot", "They wait.", 2)


def test_a_row_sent_twice_at_once_is_made_once(cast: SimpleNamespace) -> None:
    for _ in range(ROUNDS):
        problem = draft_problem(cast)
        (page,) = windows(cast, problem, "who")
        page = opened(page.client, problem, "who", add="affected_groups")
        again = SimpleNamespace(**vars(page) | {"client": Client()})
        again.client.force_login(cast.head)
        at_once(
            partial(autosave, page, affected_groups__1__who="Riders"),
            partial(autosave, again, affected_groups__1__who="Riders"),
        )
        assert problem.affected_groups.filter(who="Riders").count() == 1
