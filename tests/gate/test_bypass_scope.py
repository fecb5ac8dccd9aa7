"""Raw SQL with the site's rights: a scope is written behind an open gate, or not at all."""

from typing import Any

import psycopg
import pytest

from tests.gate.attempts import assert_refused_in_words, run
from tests.gate.invariants import SCOPES_WITHOUT_A_GATE, assert_all_is_true, rows
from tests.gate.world import LACKS, World

COLUMNS = "(project_id, approach, written_by_id, saved_at, revision, scoping_opened)"
INSERT = (
    f"INSERT INTO portfolio_scope {COLUMNS} "
    "VALUES ({project}, 'Sensors.', {head}, now(), 0, true)"
)
PARTS = {
    "scopeoption": (
        "(scope_id, kind, description, advantages, drawbacks, is_chosen)",
        "'other', 'Sensors', '', '', false",
    ),
    "deliverable": ("(scope_id, what, done_when)", "'Sensors', ''"),
    "milestone": ("(scope_id, what)", "'Sensors'"),
    "risk": ("(scope_id, what, likelihood, effect, answer)", "'Rain', 3, 3, ''"),
}

NEW_SCOPES = {
    "insert": [INSERT],
    "insert_from_another": [
        f"INSERT INTO portfolio_scope {COLUMNS} SELECT {{project}}, approach, written_by_id, "
        "saved_at, revision, scoping_opened FROM portfolio_scope WHERE id = {scope}"
    ],
    "upsert": [INSERT + " ON CONFLICT (project_id) DO UPDATE SET approach = 'Sensors.'"],
    "merge": [
        "MERGE INTO portfolio_scope AS mine USING (VALUES ({project})) AS v(id) "
        f"ON mine.project_id = v.id WHEN NOT MATCHED THEN INSERT {COLUMNS} "
        "VALUES ({project}, 'Sensors.', {head}, now(), 0, true)"
    ],
    "within_a_query": [f"WITH new AS ({INSERT} RETURNING id) SELECT * FROM new"],
    "moved_from_an_open_project": [
        "UPDATE portfolio_scope SET project_id = {project} WHERE id = {scope}"
    ],
    "not_opened_it_says": [INSERT.replace("true)", "false)")],
    "with_the_facts_written_first": [
        "UPDATE portfolio_project SET scoping_opened = true, problem_defined = true, "
        "budget_dedicated = true, listed = true WHERE id = {project}",
        INSERT,
    ],
    "with_constraints_deferred": ["SET CONSTRAINTS ALL DEFERRED", INSERT],
    "repeatable_read": ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", INSERT],
}

# On a project that is on hold: its scope stands, readable, and does not change.
HELD = {
    "words": ["UPDATE portfolio_scope SET approach = 'Go on.' WHERE id = {old_scope}"],
    "upsert": [
        INSERT.replace("{project}", "{held}")
        + " ON CONFLICT (project_id) DO UPDATE SET approach = 'Go on.'"
    ],
    "merge": [
        "MERGE INTO portfolio_scope AS mine USING (VALUES ({held})) AS v(id) "
        "ON mine.project_id = v.id WHEN MATCHED THEN UPDATE SET approach = 'Go on.'"
    ],
    "given_away": ["UPDATE portfolio_scope SET project_id = {ready} WHERE id = {old_scope}"],
    "renumbered": ["UPDATE portfolio_scope SET id = id + 100000 WHERE id = {old_scope}"],
    "written_while_freeing": [
        "WITH freed AS (UPDATE portfolio_project SET title = title WHERE id = {held} RETURNING id) "
        "UPDATE portfolio_scope SET approach = 'Go on.' FROM freed WHERE project_id = freed.id"
    ],
    **{
        f"{part}_added": [
            f"INSERT INTO portfolio_{part} {columns} VALUES ({{old_scope}}, {values})"
        ]
        for part, (columns, values) in PARTS.items()
    },
    **{
        f"{part}_removed": [f"DELETE FROM portfolio_{part} WHERE scope_id = {{old_scope}}"]
        for part in PARTS
    },
    **{
        f"{part}_taken_over": [
            f"UPDATE portfolio_{part} SET scope_id = {{old_scope}} WHERE scope_id = {{scope}}"
        ]
        for part in PARTS
    },
    **{
        f"{part}_given_away": [
            f"UPDATE portfolio_{part} SET scope_id = {{scope}} WHERE scope_id = {{old_scope}}"
        ]
        for part in PARTS
    },
}


@pytest.mark.parametrize("lack", [*LACKS, "ready"])
@pytest.mark.parametrize("way", NEW_SCOPES)
def test_no_scope_comes_before_scoping(
    world: World, site: psycopg.Connection[Any], way: str, lack: str
) -> None:
    project = world.ready.pk if lack == "ready" else world.lacking[lack].pk
    with pytest.raises(psycopg.Error) as refused:
        run(site, NEW_SCOPES[way], world.names, project=project)
    assert_refused_in_words(refused.value)
    site.rollback()
    assert rows(site, SCOPES_WITHOUT_A_GATE) == []


@pytest.mark.parametrize("what", HELD)
def test_the_scope_of_a_held_project_does_not_change(
    world: World, site: psycopg.Connection[Any], what: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        run(site, HELD[what], world.names)
    sentence = assert_refused_in_words(refused.value, "scope_needs_open_gate")
    assert "on hold" in sentence
    assert "its problem is not defined" in sentence
    site.rollback()
    assert_all_is_true(site)


@pytest.mark.parametrize("part", PARTS)
def test_no_part_stands_without_its_scope(
    world: World, site: psycopg.Connection[Any], part: str
) -> None:
    columns, values = PARTS[part]
    with pytest.raises(psycopg.Error) as refused:
        run(site, f"INSERT INTO portfolio_{part} {columns} VALUES (987654, {values})", {})
    assert_refused_in_words(refused.value, "scope_needs_open_gate")


def test_a_scope_is_written_while_the_gate_is_open(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(site, "UPDATE portfolio_project SET stage = 'scoping' WHERE id = {ready}", world.names)
    run(site, INSERT, world.names, project=world.ready.pk)
    run(site, "UPDATE portfolio_scope SET approach = 'Go on.' WHERE id = {scope}", world.names)
    for part, (columns, values) in PARTS.items():
        run(
            site,
            f"INSERT INTO portfolio_{part} {columns} VALUES ({{scope}}, {values})",
            world.names,
        )
        run(site, f"DELETE FROM portfolio_{part} WHERE scope_id = {{scope}}", world.names)
    assert_all_is_true(site)


# Each ring alone: the owner takes the triggers away, and what is left still holds.


@pytest.mark.parametrize("lack", [*LACKS, "ready"])
def test_the_foreign_key_alone_keeps_scopes_behind_the_gate(
    world: World, owner: psycopg.Connection[Any], lack: str
) -> None:
    project = world.ready.pk if lack == "ready" else world.lacking[lack].pk
    owner.execute("ALTER TABLE portfolio_scope DISABLE TRIGGER guard_scope")
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        run(owner, INSERT, world.names, project=project)
    assert refused.value.diag.constraint_name == "scope_behind_gate"


def test_a_scope_cannot_say_that_its_gate_was_closed(
    world: World, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("ALTER TABLE portfolio_scope DISABLE TRIGGER guard_scope")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(owner, INSERT.replace("true)", "false)"), world.names, project=world.ready.pk)
    assert_refused_in_words(refused.value, "scope_needs_open_gate")


def test_opened_once_is_never_taken_back_under_a_scope(
    world: World, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("ALTER TABLE portfolio_project DISABLE TRIGGER keep_project")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        run(
            owner,
            "UPDATE portfolio_project SET scoping_opened = false WHERE id = {opened}",
            world.names,
        )


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("stage", ["scoping", "delivery", "scaling"])
def test_the_check_alone_keeps_the_gate(
    world: World, owner: psycopg.Connection[Any], stage: str, lack: str
) -> None:
    owner.execute("ALTER TABLE portfolio_project DISABLE TRIGGER keep_project")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(
            "UPDATE portfolio_project SET stage = %s WHERE id = %s", [stage, world.lacking[lack].pk]
        )
    assert_refused_in_words(refused.value, "project_gate")


@pytest.mark.parametrize("fact", ["problem_defined", "budget_dedicated", "listed"])
def test_the_check_alone_sees_each_fact_go(
    world: World, owner: psycopg.Connection[Any], fact: str
) -> None:
    owner.execute("ALTER TABLE portfolio_project DISABLE TRIGGER keep_project")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(
            owner, f"UPDATE portfolio_project SET {fact} = false WHERE id = {{opened}}", world.names
        )
    assert_refused_in_words(refused.value, "project_gate")
