"""What was sent to review: kept word for word, never changed, compared with what comes next."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from problems.drafting import PARTS
from problems.models import JointDepartment, Problem, Submission
from problems.review import decisions, submissions
from tests import database
from tests.factories import declared_priority, draft_problem

# What a statement carries beside what it says.
BOOKKEEPING = {
    *("id", "department", "author", "created_at", "saved_at", "state", "version", "revision"),
    *("first_submitted_at", "submitted_by", "submitted_at", "decision", "decided_by"),
    *("decided_at", "same_as", "writer_ids"),
}
NOT_WORDS = {"id", "problem", "catalogue_code", "file", "file_type", "file_size"}


def send(problem: Problem, cast: SimpleNamespace) -> Problem:
    return decisions.submit(problem, by=cast.head, on=timezone.localdate())


def send_back(problem: Problem, cast: SimpleNamespace) -> Problem:
    decisions.send_back(problem, reasons=[("place", "Which streets?")], by=cast.manager)
    problem.refresh_from_db()
    return problem


def test_everything_that_a_statement_says_is_kept() -> None:
    fields = {field.name for field in Problem._meta.concrete_fields} - BOOKKEEPING
    assert {*fields, *PARTS, "departments"} == set(submissions.CONTENT)
    for part, columns in submissions.COLUMNS.items():
        model: Any = Problem._meta.get_field(part).related_model
        assert {field.name for field in model._meta.concrete_fields} - NOT_WORDS == set(columns)


def test_it_is_kept_as_people_read_it(cast: SimpleNamespace) -> None:
    problem = draft_problem(
        cast,
        since=date(2019, 3, 1),
        do_nothing_cost=Decimal("120000.50"),
        critical_priority=declared_priority(),
        contact_count=1200,
    )
    JointDepartment.objects.create(problem=problem, department=cast.water, joined_by=cast.outsider)
    problem.prior_attempts.create(what="A phone line", year=2019)
    problem.evidence.create(
        finding="Log",
        file="ab/cd",
        file_name="log.pdf",
        file_type="application/pdf",
        file_sha256="f" * 64,
        file_size=10,
    )
    content = submissions.content_of(problem)
    assert list(content) == [name for name in submissions.CONTENT if name in content]
    assert content["departments"] == "Parks, Water"
    assert content["since"] == "March 1, 2019"
    assert content["do_nothing_cost"] == "$120,000.5"
    assert content["critical_priority"] == "Public safety"
    assert content["contact_count"] == "1,200"
    assert content["severity"].startswith("3 of 5: It costs many people")
    assert content["influence"] == "The city can change it alone"
    assert content["owner"] == "Hanna Head"
    assert content["affected_groups"][0]["number"] == "6,200"
    assert content["prior_attempts"][0]["year"] == "2019"
    assert content["measures"][0]["baseline_value"] == "26"
    assert content["measures"][0]["direction"] == "Lower is better"
    assert content["evidence"][1]["file_name"] == "log.pdf"
    assert content["evidence"][1]["file_sha256"] == "f" * 64
    assert "mandate" not in content


def test_each_sending_is_kept_with_its_number(cast: SimpleNamespace) -> None:
    problem = send(draft_problem(cast), cast)
    again = send_back(problem, cast)
    Problem.objects.filter(pk=again.pk).update(place="Elm Street")
    send(again, cast)
    kept = list(Submission.objects.values_list("number", "version", "by", "content__place"))
    assert kept == [(2, 1, cast.head.pk, "Elm Street"), (1, 1, cast.head.pk, "City-wide")]
    last, before = again.submissions.all()
    assert [change.field for change in submissions.changes(before.content, last.content)] == [
        "place"
    ]


def test_what_could_not_be_sent_is_not_kept(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast, place="")
    with pytest.raises(Exception, match="Say where it happens"):
        send(problem, cast)
    assert not problem.submissions.exists()


def test_the_reviewer_compares_with_what_was_decided_on_last(cast: SimpleNamespace) -> None:
    problem = send(draft_problem(cast), cast)
    assert submissions.read_before(problem) is None
    again = send_back(problem, cast)
    send(again, cast)
    read = submissions.read_before(again)
    assert read is not None
    assert read.number == 1
    # Taken back and sent once more: what nobody decided on does not count.
    send(decisions.reopen(again, by=cast.head), cast)
    read = submissions.read_before(again)
    assert read is not None
    assert read.number == 1


def test_a_statement_that_was_sent_before_this_was_kept(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    now = {"submitted_by": cast.head, "submitted_at": timezone.now(), "revision": 9}
    Problem.objects.filter(pk=problem.pk).update(state="submitted", **now)
    problem.refresh_from_db()
    assert not problem.submissions.exists()
    assert submissions.read_before(problem) is None
    again = send_back(problem, cast)
    assert send(again, cast).state == Problem.State.SUBMITTED
    assert submissions.read_before(again) is None


# The database alone


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE problems_submission SET content = '{}'",
        "UPDATE problems_submission SET at = now()",
        "DELETE FROM problems_submission",
    ],
)
def test_nobody_changes_what_was_sent(cast: SimpleNamespace, change: str) -> None:
    send(draft_problem(cast), cast)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["UPDATE {} SET number = 9", "DELETE FROM {}"])
def test_not_even_the_owner_of_the_tables_does(cast: SimpleNamespace, change: str) -> None:
    send(draft_problem(cast), cast)
    with database.connect("owner") as owner:
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            owner.execute(change.format("problems_submission"))
        owner.rollback()
    assert refused.value.diag.constraint_name == "submission_is_final"
