"""Each rule of the database about statements, tried by raw SQL with the site's rights."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from problems.models import Problem
from problems.review import decisions
from tests.database import connect
from tests.factories import draft_problem

SEND = (
    "UPDATE problems_problem SET state = 'submitted', submitted_by_id = author_id, "
    "submitted_at = now()"
)
PARTS = {
    "problems_affectedgroup": "who = 'x'",
    "problems_measure": "name = 'x'",
    "problems_cause": "cause = 'x'",
    "problems_evidence": "finding = 'x'",
    "problems_priorattempt": "what = 'x'",
}


@pytest.fixture
def sql(cast: SimpleNamespace) -> psycopg.Connection[Any]:
    """The driver's own connection, as the site's role, in the transaction of the test."""
    raw: psycopg.Connection[Any] = connection.connection
    return raw


@pytest.fixture
def draft(cast: SimpleNamespace) -> Problem:
    """A complete draft with one row of each part."""
    problem = draft_problem(cast)
    problem.prior_attempts.create(what="A phone line")
    return problem


@pytest.fixture
def sent(cast: SimpleNamespace, draft: Problem) -> Problem:
    """The draft, sent to review."""
    return decisions.submit(draft, by=cast.head, on=timezone.localdate())


def refused(sql: psycopg.Connection[Any], statement: str, *values: Any) -> tuple[str, str]:
    """Return the name of the rule that refused, and its sentence."""
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, sql.transaction():
        sql.execute(statement, values)
    diagnosis = refusal.value.diag
    return diagnosis.constraint_name or "", diagnosis.message_primary or ""


def test_a_problem_is_not_born_defined(sql: Any, sent: Problem) -> None:
    columns = [str(field.column) for field in Problem._meta.local_fields if field.column != "id"]
    names = ", ".join(columns)
    for state in ("submitted", "returned", "defined", "retired"):
        values = ", ".join(f"'{state}'" if name == "state" else name for name in columns)
        rule, sentence = refused(
            sql, f"INSERT INTO problems_problem ({names}) SELECT {values} FROM problems_problem"
        )
        assert (rule, sentence) == ("problem_starts_as_draft", "A problem starts as a draft.")


@pytest.mark.parametrize("state", ["defined", "returned"])
def test_a_draft_is_decided_only_after_it_was_sent(
    cast: SimpleNamespace, sql: Any, draft: Problem, state: str
) -> None:
    rule, sentence = refused(
        sql,
        "UPDATE problems_problem SET state = %s, decision = %s, decided_by_id = %s, "
        "decided_at = now(), submitted_by_id = author_id, submitted_at = now()",
        state,
        {"defined": "accepted"}.get(state, state),
        cast.manager.pk,
    )
    assert rule == "problem_state_in_order"
    assert sentence == (
        f"A problem does not go from draft to {state}. It is defined only by a review."
    )


def test_a_retired_problem_stays_retired(sql: Any, draft: Problem) -> None:
    sql.execute("UPDATE problems_problem SET state = 'retired'")
    for state in ("draft", "submitted", "returned", "defined"):
        rule, _ = refused(sql, "UPDATE problems_problem SET state = %s", state)
        assert rule == "problem_state_in_order"


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ("DELETE FROM problems_affectedgroup", "an affected group with a number and its source"),
        ("UPDATE problems_affectedgroup SET number = 0", "an affected group"),
        ("UPDATE problems_affectedgroup SET number_source = ''", "an affected group"),
        ("DELETE FROM problems_measure", "a measure with a baseline and a target"),
        ("UPDATE problems_measure SET unit = ''", "a measure"),
        ("UPDATE problems_measure SET baseline_value = NULL", "a measure"),
        ("UPDATE problems_measure SET baseline_quality = ''", "a measure"),
        ("UPDATE problems_measure SET target_value = baseline_value", "a measure"),
        ("UPDATE problems_measure SET target_date = NULL", "a measure"),
        ("DELETE FROM problems_evidence", "a piece of evidence with its source"),
        ("UPDATE problems_evidence SET source = ''", "a piece of evidence"),
        ("DELETE FROM problems_cause", "a cause that was observed or measured"),
        ("UPDATE problems_cause SET basis = 'assumed'", "a cause"),
    ],
)
def test_a_problem_is_sent_only_with_its_parts(
    sql: Any, draft: Problem, change: str, lacking: str
) -> None:
    sql.execute(change)
    rule, sentence = refused(sql, SEND)
    assert rule == "problem_sent_has_parts"
    assert sentence.startswith("A problem is sent only when it has ")
    assert lacking in sentence


def test_a_complete_problem_is_sent_by_sql_too(sql: Any, draft: Problem) -> None:
    assert sql.execute(SEND).rowcount == 1


@pytest.mark.parametrize(
    "emptied",
    [
        "title = ''",
        "statement = ''",
        "place = ''",
        "impact_now = ''",
        "severity = NULL",
        "do_nothing = ''",
        "contact_method = ''",
        "influence = 'none'",
        "influence = ''",
        "critical_reason = ''",
        "solved_12_months = ''",
        "owner_id = NULL",
    ],
)
def test_a_problem_is_sent_only_with_its_words(sql: Any, draft: Problem, emptied: str) -> None:
    sql.execute(f"UPDATE problems_problem SET {emptied}")
    assert refused(sql, SEND)[0] == "problem_sent_is_complete"


@pytest.mark.parametrize("value", [-1, 6])
def test_severity_is_a_number_from_0_to_5(sql: Any, draft: Problem, value: int) -> None:
    rule, _ = refused(sql, "UPDATE problems_problem SET severity = %s", value)
    # Django's own check of a positive column may be the first to refuse.
    assert rule in {"problem_severity_0_to_5", "problems_problem_severity_check"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("decided_by_id = {manager}", "problem_decision_is_whole"),
        ("decision = 'accepted'", "problem_decision_is_whole"),
        ("submitted_at = NULL", "problem_submission_is_whole"),
        ("state = 'draft', submitted_by_id = NULL", "problem_submission_is_whole"),
        (
            "state = 'defined', decision = 'accepted', decided_by_id = author_id, "
            "decided_at = now()",
            "problem_reviewer_is_not_author",
        ),
        ("state = 'defined'", "problem_state_fits_decision"),
        (
            "state = 'defined', decision = 'returned', decided_by_id = {manager}, "
            "decided_at = now()",
            "problem_state_fits_decision",
        ),
    ],
)
def test_a_decision_is_whole_and_by_somebody_else(
    cast: SimpleNamespace, sql: Any, sent: Problem, change: str, rule: str
) -> None:
    statement = f"UPDATE problems_problem SET {change.format(manager=cast.manager.pk)}"
    assert refused(sql, statement)[0] == rule


def test_the_author_stays(cast: SimpleNamespace, sql: Any, draft: Problem) -> None:
    rule, sentence = refused(sql, "UPDATE problems_problem SET author_id = %s", cast.manager.pk)
    assert (rule, sentence) == (
        "problem_author_stays",
        "The author of a problem does not change.",
    )


@pytest.mark.parametrize("state", ["submitted", "defined", "retired"])
def test_the_words_of_a_sent_problem_do_not_change(
    cast: SimpleNamespace, sql: Any, sent: Problem, state: str
) -> None:
    bring_to(cast, sent, state)
    for change in ("title = 'x'", "severity = 1", "owner_id = NULL", "place = 'x', revision = 99"):
        rule, sentence = refused(sql, f"UPDATE problems_problem SET {change}")
        assert rule == "problem_sent_is_frozen"
        assert sentence == "This problem was sent in. Reopen it before you change its words."
    assert sql.execute("UPDATE problems_problem SET revision = revision + 1").rowcount == 1


@pytest.mark.parametrize("state", ["submitted", "defined", "retired"])
@pytest.mark.parametrize("table", PARTS)
def test_the_parts_of_a_sent_problem_do_not_change(
    cast: SimpleNamespace, sql: Any, sent: Problem, state: str, table: str
) -> None:
    bring_to(cast, sent, state)
    columns = [
        row[0] for row in sql.execute(f"SELECT * FROM {table}").description if row[0] != "id"
    ]
    names = ", ".join(columns)
    for statement in (
        f"UPDATE {table} SET {PARTS[table]}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}",
    ):
        rule, sentence = refused(sql, statement)
        assert rule == "problem_sent_is_frozen"
        assert sentence == "This problem was sent in. Reopen it before you change its parts."


def bring_to(cast: SimpleNamespace, problem: Problem, state: str) -> None:
    if state == "defined":
        decisions.accept(problem, by=cast.manager)
    elif state == "retired":
        Problem.objects.filter(pk=problem.pk).update(state="retired")


def test_a_part_is_not_moved_out_of_a_sent_problem_or_into_it(
    cast: SimpleNamespace, sql: Any, sent: Problem
) -> None:
    other = draft_problem(cast)
    for source, target in ((sent, other), (other, sent)):
        rule, _ = refused(
            sql,
            "UPDATE problems_cause SET problem_id = %s WHERE problem_id = %s",
            target.pk,
            source.pk,
        )
        assert rule == "problem_sent_is_frozen"


REWRITES = [
    f"{change} {table} {rest}"
    for table in ("problems_review", "problems_reviewreason")
    for change, rest in (("UPDATE", "SET id = id"), ("DELETE FROM", ""))
]


@pytest.mark.parametrize("statement", REWRITES)
def test_the_sites_role_may_not_touch_a_review(sql: Any, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), sql.transaction():
        sql.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_review_is_final_for_the_owner_of_the_tables_too(
    cast: SimpleNamespace, sent: Problem
) -> None:
    decisions.send_back(sent, reasons=[("", "Too long.")], by=cast.manager)
    with connect("owner") as owner:
        for statement in REWRITES:
            rule, sentence = refused(owner, statement)
            assert (rule, sentence) == (
                "review_is_final",
                "A review is never changed or deleted.",
            )
        owner.rollback()


def test_a_review_is_not_by_the_author(cast: SimpleNamespace, sql: Any, sent: Problem) -> None:
    rule, _ = refused(
        sql,
        "INSERT INTO problems_review (problem_id, version, decision, author_id, by_id, at, "
        "open_findings) SELECT id, 1, 'accepted', author_id, author_id, now(), '[]' "
        "FROM problems_problem",
    )
    assert rule == "review_not_by_author"


@pytest.mark.parametrize("depth", [0, 6])
def test_why_is_asked_one_to_five_times(sql: Any, draft: Problem, depth: int) -> None:
    assert refused(sql, "UPDATE problems_cause SET depth = %s", depth)[0] == "cause_depth_1_to_5"


@pytest.mark.django_db(transaction=True)
def test_nobody_sends_a_problem_while_its_parts_are_taken_out(draft: Problem) -> None:
    """Two connections: whichever comes second waits, then is refused."""
    with connect("default") as first, connect("default") as second:
        second.execute("SET lock_timeout = '200ms'")
        second.commit()
        first.execute("DELETE FROM problems_cause")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(SEND)
        second.rollback()
        first.commit()
        assert refused(second, SEND)[0] == "problem_sent_has_parts"
        second.rollback()
