"""The chain of the history: nobody changes it, and whoever tampers with it is found out."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from budgets.models import BudgetPolicy
from portfolio import history, projects
from portfolio.models import Department, History, HistoryLink, User
from tests import database
from tests.factories import ready_project


def faults() -> list[history.Fault]:
    return list(history.faults())


def latest_values(table: str) -> Any:
    line = History.objects.filter(table=table).first()
    assert line
    return line.after


def link_now() -> None:
    """Write the links that a commit would write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# Nobody changes it


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """Five changes, committed, and the owner's connection."""
    people = [User.objects.create_user(f"{n}@example.org", name=f"Person {n}") for n in range(3)]
    with people[0].changing():
        Department.objects.create(name="Parks")
    Department.objects.create(name="Water")
    with database.connect("owner") as raw:
        yield raw
        raw.rollback()


@pytest.mark.parametrize("table", ["portfolio_history", "portfolio_historylink"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_even_the_owner_changes_nothing(
    owner: psycopg.Connection[Any], table: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="History is never changed or deleted"):
        owner.execute(statement.format(table))


@pytest.mark.parametrize("model", [History, HistoryLink])
def test_the_site_changes_nothing(cast: SimpleNamespace, model: Any) -> None:
    link_now()
    changes: list[Callable[[], Any]] = [
        lambda: model.objects.update(id=1),
        lambda: model.objects.all()._raw_delete("default"),
        lambda: model.objects.first().save(),
    ]
    for change in changes:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


# The chain


def test_each_change_carries_the_hash_of_the_one_before(cast: SimpleNamespace) -> None:
    projects.open_scoping(ready_project(cast), by=cast.manager)
    link_now()
    links = list(HistoryLink.objects.order_by("id"))
    assert len(links) == History.objects.count() > 50
    assert bytes(links[0].previous) == bytes(32)
    for earlier, later in pairwise(links):
        assert bytes(later.previous) == bytes(earlier.hash)
    assert faults() == []
    assert history.head() == bytes(links[-1].hash).hex()


@pytest.mark.django_db(transaction=True)
def test_the_chain_follows_the_commits_and_forgets_what_was_undone() -> None:
    with database.connect("default") as slow, database.connect("default") as quick:
        slow.execute("INSERT INTO portfolio_department (name, code) VALUES ('Slow', '')")
        quick.execute("INSERT INTO portfolio_department (name, code) VALUES ('Undone', '')")
        quick.rollback()
        quick.execute("INSERT INTO portfolio_department (name, code) VALUES ('Quick', '')")
        quick.commit()
        slow.commit()
    names = [(link.history.after or {})["name"] for link in HistoryLink.objects.order_by("id")]
    assert names == ["Quick", "Slow"]
    assert faults() == []


TAMPERINGS = {
    "what_it_was": 'UPDATE portfolio_history SET before = \'{{"name": "Other"}}\' WHERE id = {id}',
    "what_it_became": 'UPDATE portfolio_history SET after = after || \'{{"code": "9"}}\' '
    "WHERE id = {id}",
    "who": "UPDATE portfolio_history SET user_id = 77 WHERE id = {id}",
    "nobody": "UPDATE portfolio_history SET user_id = NULL WHERE id = {named}",
    "when": "UPDATE portfolio_history SET at = at + interval '1 microsecond' WHERE id = {id}",
    "where": "UPDATE portfolio_history SET row_id = '99' WHERE id = {id}",
    "which_table": "UPDATE portfolio_history SET table_name = 'portfolio_city' WHERE id = {id}",
    "what_kind": "UPDATE portfolio_history SET action = 'DELETE' WHERE id = {id}",
    "which_role": "UPDATE portfolio_history SET database_role = 'nobody' WHERE id = {id}",
    "its_hash": "UPDATE portfolio_historylink SET hash = sha256('x') WHERE history_id = {id}",
    "the_hash_before": "UPDATE portfolio_historylink SET previous = sha256('x') "
    "WHERE history_id = {id}",
    "a_fresh_hash_for_other_words": "UPDATE portfolio_history SET user_id = 77 WHERE id = {id}; "
    "UPDATE portfolio_historylink link SET hash = portfolio_history_hash(link.previous, change) "
    "FROM portfolio_history change WHERE change.id = link.history_id AND change.id = {id}",
    "taken_out": "DELETE FROM portfolio_historylink WHERE history_id = {id}; "
    "DELETE FROM portfolio_history WHERE id = {id}",
    "its_link_taken_out": "DELETE FROM portfolio_historylink WHERE history_id = {id}",
    "the_first_taken_out": "DELETE FROM portfolio_historylink WHERE history_id = {first}; "
    "DELETE FROM portfolio_history WHERE id = {first}",
    "exchanged": "UPDATE portfolio_historylink SET history_id = CASE history_id WHEN {id} "
    "THEN {named} ELSE {id} END + 100000 WHERE history_id IN ({id}, {named}); "
    "UPDATE portfolio_historylink SET history_id = history_id - 100000 WHERE history_id > 100000",
    "put_in": "INSERT INTO portfolio_history (at, table_name, row_id, action, database_role) "
    "VALUES (now(), 'portfolio_city', '1', 'UPDATE', 'nobody')",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(owner: psycopg.Connection[Any], what: str) -> None:
    ids = [row[0] for row in owner.execute("SELECT id FROM portfolio_history ORDER BY id")]
    named = owner.execute("SELECT max(id) FROM portfolio_history WHERE user_id IS NOT NULL")
    names = {"first": ids[0], "id": ids[1], "named": named.fetchone()[0]}  # type: ignore[index]
    assert owner.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []
    for table, trigger in (
        ("portfolio_history", "frozen_history"),
        ("portfolio_history", "link_history"),
        ("portfolio_historylink", "frozen_history"),
    ):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    owner.execute(TAMPERINGS[what].format(**names))
    found = owner.execute("SELECT * FROM portfolio_verify_history()").fetchall()
    assert found, "nobody would notice"
    assert all(fault.strip() for _, fault in found)


def test_a_cut_tail_shows_in_the_head(owner: psycopg.Connection[Any]) -> None:
    before = history.head()
    owner.execute("ALTER TABLE portfolio_history DISABLE TRIGGER frozen_history")
    owner.execute("ALTER TABLE portfolio_historylink DISABLE TRIGGER frozen_history")
    owner.execute(
        "DELETE FROM portfolio_historylink WHERE id = (SELECT max(id) FROM portfolio_historylink)"
    )
    owner.execute(
        "DELETE FROM portfolio_history WHERE id = (SELECT max(id) FROM portfolio_history)"
    )
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    owner.execute("ALTER TABLE portfolio_history ENABLE TRIGGER frozen_history")
    owner.execute("ALTER TABLE portfolio_historylink ENABLE TRIGGER frozen_history")
    owner.commit()
    assert faults() == []
    assert history.head() != before


CLOCKS = [
    ("Asia/Tokyo", "German, DMY", "postgres_verbose", "escape", "-5"),
    ("America/Chicago", "SQL, MDY", "sql_standard", "hex", "3"),
    ("Pacific/Kiritimati", "Postgres, YMD", "iso_8601", "escape", "0"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("zone", "dates", "intervals", "octets", "digits"), CLOCKS)
def test_the_chain_reads_the_same_from_every_session(
    zone: str, dates: str, intervals: str, octets: str, digits: str
) -> None:
    somebody = User.objects.create_user("a@example.org", name="Somebody")
    options = {
        "TimeZone": zone,
        "DateStyle": dates,
        "IntervalStyle": intervals,
        "bytea_output": octets,
        "extra_float_digits": digits,
    }
    with database.connect("default", autocommit=True) as odd:
        for name, value in options.items():
            odd.execute("SELECT set_config(%s, %s, false)", [name, value])
        with odd.transaction():
            odd.execute(
                "INSERT INTO portfolio_city (id, name, time_zone, is_demonstration, "
                "list_valid_months, scoping_slots, delivery_slots, critical_floor_percent, "
                "score_places) VALUES (1, 'Ort', 'UTC', false, 12, 2, 5, 50, 2)"
            )
            odd.execute(
                "UPDATE portfolio_user SET joined_at = '2027-03-04 05:06:07.89+00' WHERE id = %s",
                [somebody.pk],
            )
            odd.execute(
                "INSERT INTO budgets_budget (first_fiscal_year, phase_start, phase_end, "
                "no_recurring_reason, state, revision) "
                "VALUES (2027, DATE '2027-03-04', DATE '2027-12-11', '', 'draft', 0)"
            )
        assert odd.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []
    assert faults() == []
    assert latest_values("portfolio_user")["joined_at"] == "2027-03-04T05:06:07.89+00:00"
    assert latest_values("budgets_budget")["phase_start"] == date(2027, 3, 4).isoformat()


# The command


def verify() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_history", stdout=out)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_prints_what_it_checked_and_the_head(cast: SimpleNamespace) -> None:
    BudgetPolicy.objects.create()
    link_now()
    status, said = verify()
    assert status == 0
    assert f"{History.objects.count()} changes checked" in said
    assert history.head() in said


def test_the_command_fails_on_a_fault(owner: psycopg.Connection[Any]) -> None:
    owner.execute("ALTER TABLE portfolio_history DISABLE TRIGGER frozen_history")
    owner.execute("UPDATE portfolio_history SET user_id = 77 WHERE id = 2")
    owner.execute("ALTER TABLE portfolio_history ENABLE TRIGGER frozen_history")
    owner.commit()
    status, said = verify()
    assert status == 1
    assert "change 2 was changed after it was written" in said
