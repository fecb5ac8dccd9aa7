"""Raw SQL with the site's rights: no way of writing a project's row opens a closed gate.

Every way of writing meets every way of lacking something. The ways that change nothing but the
stage are tried on a project with an open gate too, where they must go through: so the refusals
come from the gate and not from a slip in the statement.
"""

import io
from typing import Any

import psycopg
import pytest

from tests.gate.attempts import assert_refused_in_words, run
from tests.gate.invariants import assert_all_is_true, assert_gate_holds
from tests.gate.world import LACKS, World

MISSING = {
    "problem": "its problem is not defined",
    "budget": "its budget is not dedicated",
    "priority": "it is not on the adopted list in force",
}

OPENS = "UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project}"
FACTS = "problem_defined = true, budget_dedicated = true, listed = true, scoping_opened = true"

# Nothing wrong with these where the gate is open.
FAIR_WAYS: dict[str, list[str]] = {
    "update": [OPENS],
    "update_of_the_facts_too": [
        f"UPDATE portfolio_project SET stage = 'scoping', {FACTS} WHERE id = {{project}}"
    ],
    "facts_first": [f"UPDATE portfolio_project SET {FACTS} WHERE id = {{project}}", OPENS],
    "row_of_an_open_project": [
        "UPDATE portfolio_project AS mine SET (stage, problem_defined, budget_dedicated, listed, "
        "scoping_opened) = (SELECT stage, problem_defined, budget_dedicated, listed, "
        "scoping_opened FROM portfolio_project WHERE id = {opened}) WHERE mine.id = {project}"
    ],
    "update_from_values": [
        "UPDATE portfolio_project SET stage = v.stage FROM (VALUES ('scoping')) AS v(stage) "
        "WHERE id = {project}"
    ],
    "upsert": [
        "INSERT INTO portfolio_project SELECT * FROM portfolio_project WHERE id = {project} "
        "ON CONFLICT (id) DO UPDATE SET stage = 'scoping'"
    ],
    "upsert_of_the_facts_too": [
        "INSERT INTO portfolio_project SELECT * FROM portfolio_project WHERE id = {project} "
        f"ON CONFLICT (id) DO UPDATE SET stage = 'scoping', {FACTS}"
    ],
    "merge": [
        "MERGE INTO portfolio_project AS mine USING (VALUES ({project})) AS v(id) "
        "ON mine.id = v.id WHEN MATCHED THEN UPDATE SET stage = 'scoping'"
    ],
    "merge_of_the_facts_too": [
        "MERGE INTO portfolio_project AS mine USING (VALUES ({project})) AS v(id) "
        f"ON mine.id = v.id WHEN MATCHED THEN UPDATE SET stage = 'scoping', {FACTS}"
    ],
    "write_within_a_query": [
        "WITH moved AS (UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project} "
        "RETURNING *) SELECT count(*) FROM moved"
    ],
    "prepared_statement": [
        "PREPARE opening (bigint) AS UPDATE portfolio_project SET stage = 'scoping' WHERE id = $1",
        "EXECUTE opening ({project})",
    ],
    "cursor": [
        "DECLARE here CURSOR FOR SELECT * FROM portfolio_project WHERE id = {project} FOR UPDATE",
        "FETCH here",
        "UPDATE portfolio_project SET stage = 'scoping' WHERE CURRENT OF here",
    ],
    "anonymous_block": [f"DO $$ BEGIN {OPENS}; END $$"],
    "block_with_dynamic_sql": [
        "DO $$ BEGIN EXECUTE 'UPDATE portfolio_project SET stage = ' || quote_literal('scoping') "
        "|| ' WHERE id = {project}'; END $$"
    ],
    "temporary_view": [
        "CREATE TEMPORARY VIEW mine AS SELECT id, stage FROM portfolio_project",
        "UPDATE mine SET stage = 'scoping' WHERE id = {project}",
    ],
    "own_function": [
        "CREATE FUNCTION pg_temp.open() RETURNS void LANGUAGE sql SECURITY DEFINER "
        f"AS $$ {OPENS} $$",
        "SELECT pg_temp.open()",
    ],
    "trigger_on_an_own_table": [
        "CREATE TEMPORARY TABLE mine (id int)",
        f"CREATE FUNCTION pg_temp.open() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {OPENS}; RETURN NEW; END $$",
        "CREATE TRIGGER open AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION pg_temp.open()",
        "INSERT INTO mine VALUES (1)",
    ],
    "rule_on_an_own_table": [
        "CREATE TEMPORARY TABLE mine (id int)",
        f"CREATE RULE open AS ON INSERT TO mine DO ALSO {OPENS}",
        "INSERT INTO mine VALUES (1)",
    ],
    "after_a_savepoint": [
        "SAVEPOINT here",
        f"UPDATE portfolio_project SET {FACTS} WHERE id = {{project}}",
        "ROLLBACK TO here",
        OPENS,
    ],
    "constraints_deferred": ["SET CONSTRAINTS ALL DEFERRED", OPENS],
    "read_uncommitted": ["SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", OPENS],
    "by_way_of_stopped": [
        "UPDATE portfolio_project SET stage = 'stopped', stopped_reason = 'For now.' "
        "WHERE id = {project}",
        "UPDATE portfolio_project SET stage = 'concept' WHERE id = {project}",
        OPENS,
    ],
    "held_first_and_freed_on_opening": [
        "UPDATE portfolio_project SET on_hold = true, hold_reason = 'Later.' WHERE id = {project}",
        "UPDATE portfolio_project SET stage = 'scoping', on_hold = false, hold_reason = '' "
        "WHERE id = {project}",
    ],
}

# Never fair: whatever the gate says, a project does not move like this.
FOUL_WAYS: dict[str, list[str]] = {
    "into_a_hold": [
        "UPDATE portfolio_project SET stage = 'scoping', on_hold = true, hold_reason = 'Later.' "
        "WHERE id = {project}"
    ],
    "held_first": [
        "UPDATE portfolio_project SET on_hold = true, hold_reason = 'Later.' WHERE id = {project}",
        OPENS,
    ],
    "to_delivery": ["UPDATE portfolio_project SET stage = 'delivery' WHERE id = {project}"],
    "to_scaling": ["UPDATE portfolio_project SET stage = 'scaling' WHERE id = {project}"],
    "to_closed": ["UPDATE portfolio_project SET stage = 'closed' WHERE id = {project}"],
    "to_an_unheard_of_stage": [
        "UPDATE portfolio_project SET stage = 'SCOPING' WHERE id = {project}"
    ],
    "to_delivery_on_hold": [
        "UPDATE portfolio_project SET stage = 'delivery', on_hold = true, hold_reason = 'Later.' "
        "WHERE id = {project}"
    ],
    "stopped_then_scoping": [
        "UPDATE portfolio_project SET stage = 'stopped', stopped_reason = 'For now.' "
        "WHERE id = {project}",
        OPENS,
    ],
    "repeatable_read": ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", OPENS],
    "serializable": ["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", OPENS],
    "another_budget": [
        "UPDATE portfolio_project SET budget_id = {held_budget} WHERE id = {project}"
    ],
    "another_budget_on_opening": [
        "UPDATE portfolio_project SET stage = 'scoping', budget_id = {opened_budget} "
        "WHERE id = {project}"
    ],
    "another_number": ["UPDATE portfolio_project SET id = id + 100000 WHERE id = {project}"],
    "number_of_an_open_project": [
        "UPDATE portfolio_project SET id = {opened} WHERE id = {project}"
    ],
}

# A new row that has the gate behind it already; its budget is a fresh one.
BORN = (
    "INSERT INTO portfolio_project (title, department_id, problem_id, budget_id, summary, "
    "created_at, imported_from, imported_id, stage, stage_since, stopped_reason, on_hold, "
    "hold_reason, revision, problem_defined, budget_dedicated, listed, scoping_opened) "
)
FRESH_BUDGET = (
    "INSERT INTO budgets_budget (id, first_fiscal_year, no_recurring_reason, state, revision) "
    "VALUES (900001, 2027, '', 'draft', 0)"
)
VALUES = (
    "'Born open', {parks}, {other}, 900001, '', now(), '', '', '%s', now(), '', %s, "
    "true, true, true, true"
)
BIRTHS: dict[str, list[str]] = {
    "in_scoping": [BORN + "VALUES (" + VALUES % ("scoping", "false, '', 0") + ")"],
    "in_scoping_on_hold": [BORN + "VALUES (" + VALUES % ("scoping", "true, 'Later.', 0") + ")"],
    "in_delivery": [BORN + "VALUES (" + VALUES % ("delivery", "false, '', 0") + ")"],
    "in_scaling": [BORN + "VALUES (" + VALUES % ("scaling", "false, '', 0") + ")"],
    "closed": [BORN + "VALUES (" + VALUES % ("closed", "false, '', 0") + ")"],
    "stopped": [BORN + "VALUES (" + VALUES % ("stopped", "false, '', 0") + ")"],
    "concept_on_hold": [BORN + "VALUES (" + VALUES % ("concept", "true, 'Later.', 0") + ")"],
    "from_a_query": [BORN + "SELECT " + VALUES % ("scoping", "false, '', 0")],
    "merged": [
        "MERGE INTO portfolio_project AS mine USING (VALUES (0)) AS v(id) ON mine.id = v.id "
        "WHEN NOT MATCHED THEN "
        + BORN.replace("INTO portfolio_project ", "")
        + "VALUES ("
        + VALUES % ("scoping", "false, '', 0")
        + ")"
    ],
    "within_a_query": [
        "WITH born AS ("
        + BORN
        + "VALUES ("
        + VALUES % ("scoping", "false, '', 0")
        + ") RETURNING id) SELECT * FROM born"
    ],
    "upserted": [
        BORN
        + "VALUES ("
        + VALUES % ("scoping", "false, '', 0")
        + ") ON CONFLICT (budget_id) DO UPDATE SET stage = 'scoping'"
    ],
}


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("way", FAIR_WAYS | FOUL_WAYS)
def test_no_way_of_writing_opens_a_closed_gate(
    world: World, site: psycopg.Connection[Any], way: str, lack: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        run(site, (FAIR_WAYS | FOUL_WAYS)[way], world.names, project=world.lacking[lack].pk)
    assert_refused_in_words(refused.value)
    site.rollback()
    assert_gate_holds(site)


@pytest.mark.parametrize("way", FOUL_WAYS)
def test_foul_ways_do_not_work_with_an_open_gate_either(
    world: World, site: psycopg.Connection[Any], way: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        run(site, FOUL_WAYS[way], world.names, project=world.ready.pk)
    assert_refused_in_words(refused.value)
    site.rollback()
    assert_gate_holds(site)


@pytest.mark.parametrize("way", FAIR_WAYS)
def test_the_same_statement_opens_an_open_gate(
    world: World, site: psycopg.Connection[Any], way: str
) -> None:
    run(site, FAIR_WAYS[way], world.names, project=world.ready.pk)
    stage = site.execute(
        "SELECT stage, on_hold, scoping_opened FROM portfolio_project WHERE id = %s",
        [world.ready.pk],
    ).fetchone()
    assert stage == ("scoping", False, True)
    assert_all_is_true(site)


@pytest.mark.parametrize("lack", LACKS)
def test_the_refusal_names_everything_that_is_missing(
    world: World, site: psycopg.Connection[Any], lack: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        run(site, OPENS, world.names, project=world.lacking[lack].pk)
    sentence = assert_refused_in_words(refused.value, "project_gate")
    assert f"P-{world.lacking[lack].pk:03d}" in sentence
    assert {what for what, words in MISSING.items() if words in sentence} == set(lack.split("+"))


@pytest.mark.parametrize("way", BIRTHS)
def test_no_project_is_born_behind_the_gate(
    world: World, site: psycopg.Connection[Any], way: str
) -> None:
    run(site, FRESH_BUDGET, world.names)
    with pytest.raises(psycopg.Error) as refused:
        run(site, BIRTHS[way], world.names)
    assert_refused_in_words(refused.value, "project_starts_as_concept")
    site.rollback()
    assert_gate_holds(site)


def test_no_project_is_copied_in_behind_the_gate(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(site, FRESH_BUDGET, world.names)
    columns = BORN[BORN.index("(") :]
    now = "2027-01-01 00:00+00"
    line = (
        f"Born open\t{world.cast.parks.pk}\t{world.other.pk}\t900001\t\t{now}\t\t\tscoping\t{now}"
    )
    with (
        pytest.raises(psycopg.Error) as refused,
        site.cursor().copy(f"COPY portfolio_project {columns} FROM STDIN") as copy,
    ):
        copy.write(io.StringIO(f"{line}\t\tf\t\t0\tt\tt\tt\tt\n").read())
    assert_refused_in_words(refused.value, "project_starts_as_concept")
    site.rollback()
    assert_gate_holds(site)


def test_a_new_project_cannot_bring_its_own_facts(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(site, FRESH_BUDGET, world.names)
    run(
        site,
        BORN + "VALUES (" + VALUES.replace("{other}", "NULL") % ("concept", "false, '', 0") + ")",
        world.names,
    )
    facts = site.execute(
        "SELECT problem_defined, budget_dedicated, listed, scoping_opened FROM portfolio_project "
        "WHERE budget_id = 900001"
    ).fetchone()
    assert facts == (False, False, False, False)


@pytest.mark.parametrize("lack", LACKS)
def test_facts_written_by_hand_are_ignored(
    world: World, site: psycopg.Connection[Any], lack: str
) -> None:
    project = world.lacking[lack].pk
    run(site, f"UPDATE portfolio_project SET {FACTS} WHERE id = {{project}}", {}, project=project)
    facts = site.execute(
        "SELECT problem_defined, budget_dedicated, listed, scoping_opened FROM portfolio_project "
        "WHERE id = %s",
        [project],
    ).fetchone()
    without = set(lack.split("+"))
    assert facts == (*(what not in without for what in MISSING), False)
    assert_all_is_true(site)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portfolio_project SET on_hold = false, hold_reason = '' WHERE id = {held}",
        f"UPDATE portfolio_project SET on_hold = false, hold_reason = '', {FACTS} "
        "WHERE id = {held}",
        "UPDATE portfolio_project SET on_hold = false, hold_reason = '', "
        "budget_id = {ready_budget} WHERE id = {held}",
        "UPDATE portfolio_project SET on_hold = false, hold_reason = '', problem_id = NULL "
        "WHERE id = {held}",
        "UPDATE portfolio_project SET on_hold = false, hold_reason = '', problem_id = {draft} "
        "WHERE id = {held}",
        "UPDATE portfolio_project SET on_hold = false, hold_reason = '', stage = 'delivery' "
        "WHERE id = {held}",
        "INSERT INTO portfolio_project SELECT * FROM portfolio_project WHERE id = {held} "
        "ON CONFLICT (id) DO UPDATE SET on_hold = false, hold_reason = ''",
        "MERGE INTO portfolio_project AS mine USING (VALUES ({held})) AS v(id) ON mine.id = v.id "
        "WHEN MATCHED THEN UPDATE SET on_hold = false, hold_reason = ''",
    ],
)
def test_nothing_frees_a_held_project_while_its_gate_is_closed(
    world: World, site: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        run(site, statement, world.names)
    assert_refused_in_words(refused.value)
    site.rollback()
    assert_gate_holds(site)


def test_a_refused_attempt_inside_a_transaction_leaves_nothing_behind(
    world: World, site: psycopg.Connection[Any]
) -> None:
    project = world.lacking["problem"].pk
    with pytest.raises(psycopg.Error), site.transaction():
        run(site, OPENS, {}, project=project)
    site.execute("SET CONSTRAINTS ALL IMMEDIATE")
    stage = site.execute("SELECT stage FROM portfolio_project WHERE id = %s", [project]).fetchone()
    assert stage == ("concept",)
    assert_all_is_true(site)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portfolio_project SET stage = 'scoping' WHERE id IN ({ready}, {second})",
        "WITH one AS (UPDATE portfolio_project SET stage = 'scoping' WHERE id = {ready} "
        "RETURNING id) UPDATE portfolio_project SET stage = 'scoping' WHERE id = {second}",
        "MERGE INTO portfolio_project AS mine USING (VALUES ({ready}), ({second})) AS v(id) "
        "ON mine.id = v.id WHEN MATCHED THEN UPDATE SET stage = 'scoping'",
        "INSERT INTO portfolio_project SELECT * FROM portfolio_project "
        "WHERE id IN ({ready}, {second}) ON CONFLICT (id) DO UPDATE SET stage = 'scoping'",
    ],
)
def test_one_statement_cannot_take_two_slots_where_one_is_free(
    world: World, site: psycopg.Connection[Any], statement: str
) -> None:
    run(site, "UPDATE portfolio_city SET scoping_slots = 2", {})
    second = world.lacking["priority"].pk
    run(
        site,
        [
            "INSERT INTO portfolio_workingposition (project_id, key) VALUES ({second}, 'zzz')",
            "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at)"
            " VALUES ('Res. Slots', portfolio_today(), {manager}, now())",
        ],
        world.names,
        second=second,
    )
    with pytest.raises(psycopg.Error) as refused:
        run(site, statement, world.names, second=second)
    assert_refused_in_words(refused.value, "scoping_slots")
    site.rollback()
    assert_all_is_true(site)
