"""The web process is killed in the middle of a save: nothing of it is half there."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from portfolio.models import History
from problems.models import Problem
from tests.database import connect
from tests.factories import draft_problem
from tests.faults.serving import served
from tests.faults.test_uploads import cut_off
from tests.problems.evidence_samples import PDF

WAITS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
# Where the save has to stop, after what it wrote already: a lock that somebody else holds.
PLACES = {
    "before the first row": "SELECT 1 FROM problems_problem WHERE id = %s FOR UPDATE",
    "between two rows": "SELECT 1 FROM problems_evidence WHERE problem_id = %s FOR UPDATE",
    "at the commit": "SELECT pg_advisory_xact_lock(7403), %s",
}


@pytest.fixture
def desk(
    transactional_db: None, cast: SimpleNamespace, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    """The step of a statement that takes files, opened by its author."""
    problem = draft_problem(cast)
    url = reverse("problems:step", args=[problem.pk, "proof"])
    with served(tmp_path, cast.head) as site:
        yield SimpleNamespace(site=site, problem=problem, url=url)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection, which holds locks."""
    with connect("default") as connection:
        yield connection
        connection.rollback()


def state(problem: Problem) -> tuple[Any, ...]:
    now = Problem.objects.get(pk=problem.pk)
    rows = list(now.evidence.values_list())
    return now.revision, now.mandate, now.writer_ids, rows, History.objects.count()


def wait_for_the_lock() -> None:
    """Return when somebody waits for a lock."""
    with connect("default", autocommit=True) as watching:
        while True:
            row = watching.execute(WAITS).fetchone()
            if row and row[0]:
                return


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("with_file", [False, True], ids=["words", "a file"])
def test_a_save_that_is_killed_is_whole_or_not_there(
    desk: SimpleNamespace, other: psycopg.Connection[Any], place: str, with_file: bool
) -> None:
    changes: dict[str, Any] = {"mandate": "Ordinance 12", "evidence-0-finding": "Newer"}
    if with_file:
        changes["evidence-0-file"] = SimpleUploadedFile("report.pdf", PDF)
    body = desk.site.form(desk.url, changes)
    before = state(desk.problem)
    other.execute(PLACES[place], [desk.problem.pk])
    line = cut_off(desk.site, desk.url, body, MULTIPART_CONTENT, sent=len(body))
    wait_for_the_lock()
    desk.site.kill()
    line.close()
    other.rollback()
    # The next save of the same page waits until the database is done with the one that was killed.
    again = desk.site.post(desk.url, body)
    saved = state(desk.problem)
    # With a file, a page that was saved already is a stale one: nothing is written twice.
    is_stale = with_file and place == "at the commit"
    assert again.status_code == (409 if is_stale else 302)
    assert saved[0] == before[0] + 1, "once, and not on top of a half"
    assert (saved[1], saved[3][0] != before[3][0]) == ("Ordinance 12", True)
    row = desk.problem.evidence.get()
    named = [desk.site.folder / "evidence" / row.file.name] if row.file else []
    assert [path.read_bytes() for path in named] == ([PDF] if with_file else [])
