"""Two writers step by step: one opens scoping, the other withdraws a condition, each goes first."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from portfolio.models import City, Project
from tests import database
from tests.gate.attempts import assert_refused_in_words, run
from tests.gate.crowd import gather
from tests.gate.invariants import assert_all_is_true
from tests.gate.withdrawals import IN_SQL, OPENING, keys
from tests.gate.world import settle, write_scope

pytestmark = pytest.mark.django_db(transaction=True)


class Writers(SimpleNamespace):
    """Three connections: the opener, the withdrawer, and one that watches."""

    opener: psycopg.Connection[Any]
    withdrawer: psycopg.Connection[Any]
    watcher: psycopg.Connection[Any]
    thread: ThreadPoolExecutor

    def wait_for(self, blocked: psycopg.Connection[Any], doing: Future[None]) -> None:
        """Return once `blocked` waits for a lock; fail if it got through instead."""
        while not doing.done():
            waits = self.watcher.execute(
                "SELECT cardinality(pg_blocking_pids(%s)) > 0", [blocked.info.backend_pid]
            ).fetchone()
            if waits == (True,):
                return
        pytest.fail("The second writer did not wait for the first.")


@pytest.fixture
def writers(transactional_db: None) -> Iterator[Writers]:
    with (
        database.connect("default") as opener,
        database.connect("default") as withdrawer,
        database.connect("owner", autocommit=True) as watcher,
        ThreadPoolExecutor(1) as thread,
    ):
        yield Writers(opener=opener, withdrawer=withdrawer, watcher=watcher, thread=thread)
        opener.rollback()
        withdrawer.rollback()


@pytest.fixture
def crowd(transactional_db: None) -> SimpleNamespace:
    cast = settle()
    return SimpleNamespace(cast=cast, projects=gather(cast, 4))


def state(writers: Writers, project: Project) -> Any:
    return writers.watcher.execute(
        "SELECT stage, on_hold FROM portfolio_project WHERE id = %s", [project.pk]
    ).fetchone()


@pytest.mark.parametrize("kind", IN_SQL)
def test_each_goes_first(writers: Writers, crowd: SimpleNamespace, kind: str) -> None:
    for play in (opener_first, withdrawer_first, withdrawer_gives_up):
        project = crowd.projects.pop()
        play(writers, project, IN_SQL[kind], keys(project, crowd.cast))
        assert_all_is_true(writers.watcher)


def opener_first(
    writers: Writers, project: Project, withdrawal: list[str], names: dict[str, int]
) -> None:
    run(writers.opener, OPENING, names)
    withdrawing = writers.thread.submit(run, writers.withdrawer, withdrawal, names)
    writers.wait_for(writers.withdrawer, withdrawing)
    writers.opener.commit()
    withdrawing.result()
    writers.withdrawer.commit()
    assert state(writers, project) == ("scoping", True)


def withdrawer_first(
    writers: Writers, project: Project, withdrawal: list[str], names: dict[str, int]
) -> None:
    run(writers.withdrawer, withdrawal, names)
    opening = writers.thread.submit(run, writers.opener, OPENING, names)
    writers.wait_for(writers.opener, opening)
    writers.withdrawer.commit()
    with pytest.raises(psycopg.Error) as refused:
        opening.result()
    assert_refused_in_words(refused.value, "project_gate")
    writers.opener.rollback()
    assert state(writers, project) == ("concept", False)


def withdrawer_gives_up(
    writers: Writers, project: Project, withdrawal: list[str], names: dict[str, int]
) -> None:
    run(writers.withdrawer, withdrawal, names)
    opening = writers.thread.submit(run, writers.opener, OPENING, names)
    writers.wait_for(writers.opener, opening)
    writers.withdrawer.rollback()
    opening.result()
    writers.opener.commit()
    assert state(writers, project) == ("scoping", False)


@pytest.mark.parametrize("kind", IN_SQL)
def test_a_scope_is_written_before_its_gate_closes_or_not_at_all(
    writers: Writers, crowd: SimpleNamespace, kind: str
) -> None:
    writing = "UPDATE portfolio_scope SET approach = 'Go on.' WHERE project_id = {project}"
    for scope_first in (True, False):
        project = crowd.projects.pop()
        names = keys(project, crowd.cast)
        Project.objects.filter(pk=project.pk).update(stage="scoping")
        write_scope(project, crowd.cast)
        if scope_first:
            run(writers.opener, writing, names)
            withdrawing = writers.thread.submit(run, writers.withdrawer, IN_SQL[kind], names)
            writers.wait_for(writers.withdrawer, withdrawing)
            writers.opener.commit()
            withdrawing.result()
            writers.withdrawer.commit()
        else:
            run(writers.withdrawer, IN_SQL[kind], names)
            scoping = writers.thread.submit(run, writers.opener, writing, names)
            writers.wait_for(writers.opener, scoping)
            writers.withdrawer.commit()
            with pytest.raises(psycopg.Error) as refused:
                scoping.result()
            assert_refused_in_words(refused.value, "scope_needs_open_gate")
            writers.opener.rollback()
        assert state(writers, project) == ("scoping", True)
        assert_all_is_true(writers.watcher)


def test_a_problem_named_while_it_is_reopened(writers: Writers, crowd: SimpleNamespace) -> None:
    project, other = crowd.projects[:2]
    Project.objects.filter(pk=project.pk).update(stage="scoping")
    names = keys(project, crowd.cast)
    naming = f"UPDATE portfolio_project SET problem_id = {other.problem_id} WHERE id = {{project}}"
    reopening = IN_SQL["problem_reopened"][0].format(problem=other.problem_id)
    run(writers.opener, naming, names)
    withdrawing = writers.thread.submit(run, writers.withdrawer, reopening, {})
    writers.wait_for(writers.withdrawer, withdrawing)
    writers.opener.commit()
    withdrawing.result()
    writers.withdrawer.commit()
    assert state(writers, project) == ("scoping", True)
    assert_all_is_true(writers.watcher)


def test_the_last_slot_is_taken_once(writers: Writers, crowd: SimpleNamespace) -> None:
    City.objects.update(scoping_slots=1)
    first, second = crowd.projects[:2]
    run(writers.opener, OPENING, keys(first, crowd.cast))
    opening = writers.thread.submit(run, writers.withdrawer, OPENING, keys(second, crowd.cast))
    writers.wait_for(writers.withdrawer, opening)
    writers.opener.commit()
    with pytest.raises(psycopg.Error) as refused:
        opening.result()
    assert_refused_in_words(refused.value, "scoping_slots")
    writers.withdrawer.rollback()
    assert_all_is_true(writers.watcher)


def test_a_list_comes_without_a_project_that_the_facts_had_forgotten(
    writers: Writers, crowd: SimpleNamespace
) -> None:
    """The list had lapsed by one clock and holds by another; the row still says "not listed"."""
    project = crowd.projects[0]
    names = keys(project, crowd.cast)
    owner = writers.watcher
    owner.execute("ALTER TABLE portfolio_adoptedlist DISABLE TRIGGER frozen_list")
    owner.execute("UPDATE portfolio_adoptedlist SET valid_until = valid_until - 1000")
    owner.execute("UPDATE portfolio_project SET revision = revision")
    owner.execute("UPDATE portfolio_adoptedlist SET valid_until = valid_until + 1000")
    owner.execute("ALTER TABLE portfolio_adoptedlist ENABLE TRIGGER frozen_list")
    run(writers.opener, OPENING, names)
    adopting = writers.thread.submit(
        run, writers.withdrawer, IN_SQL["list_adopted_without_it"], names
    )
    writers.wait_for(writers.withdrawer, adopting)
    writers.opener.commit()
    adopting.result()
    writers.withdrawer.commit()
    assert state(writers, project) == ("scoping", True)
    assert_all_is_true(writers.watcher)
