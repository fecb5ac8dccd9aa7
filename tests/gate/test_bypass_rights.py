"""What the site's role may not do at all, and what it may do that must change nothing."""

from typing import Any

import psycopg
import pytest

from tests.gate.attempts import assert_refused_in_words, run
from tests.gate.invariants import assert_all_is_true
from tests.gate.world import World

OPENS = "UPDATE portfolio_project SET stage = 'scoping' WHERE id = {problem_budget_priority}"

FORBIDDEN: dict[str, list[str]] = {
    # Machinery
    "disable_the_trigger": ["ALTER TABLE portfolio_project DISABLE TRIGGER keep_project"],
    "disable_all_triggers": ["ALTER TABLE portfolio_project DISABLE TRIGGER ALL"],
    "drop_the_trigger": ["DROP TRIGGER keep_project ON portfolio_project"],
    "drop_the_check": ["ALTER TABLE portfolio_project DROP CONSTRAINT project_gate"],
    "drop_the_foreign_key": ["ALTER TABLE portfolio_scope DROP CONSTRAINT scope_behind_gate"],
    "trigger_of_my_own": [
        "CREATE FUNCTION pg_temp.mine() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.problem_defined := true; RETURN NEW; END $$",
        "CREATE TRIGGER zzz BEFORE UPDATE ON portfolio_project FOR EACH ROW "
        "EXECUTE FUNCTION pg_temp.mine()",
    ],
    "rule_of_my_own": [
        "CREATE RULE mine AS ON UPDATE TO portfolio_project DO INSTEAD NOTHING",
    ],
    "replace_the_function": [
        "CREATE OR REPLACE FUNCTION portfolio_problem_is_defined(the_problem bigint) "
        "RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    ],
    "function_in_public": [
        "CREATE FUNCTION public.portfolio_missing(a int) RETURNS text LANGUAGE sql AS 'SELECT 1'"
    ],
    "drop_the_function": ["DROP FUNCTION portfolio_keep_project() CASCADE"],
    "alter_the_function": ["ALTER FUNCTION portfolio_keep_project() RESET ALL"],
    "own_the_function": ["ALTER FUNCTION portfolio_keep_project() OWNER TO CURRENT_USER"],
    "own_the_table": ["ALTER TABLE portfolio_project OWNER TO CURRENT_USER"],
    "rename_the_table": ["ALTER TABLE problems_problem RENAME TO problems_old"],
    "table_in_public": ["CREATE TABLE public.mine (id int)"],
    "schema_of_my_own": ["CREATE SCHEMA mine"],
    "row_security": ["ALTER TABLE portfolio_project ENABLE ROW LEVEL SECURITY"],
    "heir_of_the_projects": ["CREATE TEMPORARY TABLE mine () INHERITS (portfolio_project)"],
    "heir_of_the_problems": ["CREATE TEMPORARY TABLE mine () INHERITS (problems_problem)"],
    "attach_the_owners_copying": [
        "CREATE TEMPORARY TABLE mine (LIKE portfolio_adoptedlist)",
        "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW "
        "EXECUTE FUNCTION portfolio_copy_working_order()",
    ],
    "attach_the_owners_history": [
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW "
        "EXECUTE FUNCTION portfolio_record_history()",
    ],
    "attach_the_owners_links": [
        "CREATE TEMPORARY TABLE mine (LIKE portfolio_history)",
        "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW "
        "EXECUTE FUNCTION portfolio_link_history()",
    ],
    # Roles and settings
    "become_the_owner": ["SET ROLE groundwork_owner"],
    "sign_in_as_the_owner": ["SET SESSION AUTHORIZATION groundwork_owner"],
    "replica": ["SET session_replication_role = replica"],
    "replica_for_a_while": ["SET LOCAL session_replication_role = 'replica'"],
    "replica_by_function": ["SELECT set_config('session_replication_role', 'replica', true)"],
    "replica_for_the_database": [
        "ALTER ROLE CURRENT_USER SET session_replication_role = 'replica'"
    ],
    "grant_myself_ownership": ["GRANT groundwork_owner TO CURRENT_USER"],
    "grant_myself_history": [
        "GRANT ALL ON portfolio_history TO CURRENT_USER",
        "DELETE FROM portfolio_history",
    ],
    "superuser": ["ALTER ROLE CURRENT_USER SUPERUSER"],
    "meaning_of_names": ["SET plpgsql.variable_conflict = 'use_column'"],
    "program": ["COPY portfolio_project TO PROGRAM 'cat'"],
    "file": ["COPY portfolio_project FROM '/tmp/projects'"],
    "catalogue": ["UPDATE pg_trigger SET tgenabled = 'D'"],
    "catalogue_of_constraints": ["DELETE FROM pg_constraint WHERE conname = 'project_gate'"],
    # Rows that the site only reads
    "adopted_entry": [
        "INSERT INTO portfolio_adoptedentry SELECT id + 100000, 99, title, department, stage, "
        "on_hold, problem_defined, budget_dedicated, one_time_cost, committed, adopted_list_id, "
        "{priority} FROM portfolio_adoptedentry LIMIT 1"
    ],
    "adopted_entry_for_another": [
        "UPDATE portfolio_adoptedentry SET project_id = {priority} WHERE project_id = {ready}"
    ],
    "adopted_entry_away": ["DELETE FROM portfolio_adoptedentry WHERE project_id = {ready}"],
    "adopted_list_for_longer": ["UPDATE portfolio_adoptedlist SET valid_until = '2199-01-01'"],
    "adopted_list_renumbered": ["UPDATE portfolio_adoptedlist SET number = number + 100"],
    "adopted_list_away": ["DELETE FROM portfolio_adoptedlist"],
    "adopted_list_upserted": [
        "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at) "
        "SELECT action_number, adopted_on, signed_by_id, signed_at FROM portfolio_adoptedlist "
        "ON CONFLICT (action_number) DO UPDATE SET valid_until = '2199-01-01'"
    ],
    "review_changed": ["UPDATE problems_review SET decision = 'accepted'"],
    "review_away": ["DELETE FROM problems_review"],
    "reason_changed": ["UPDATE problems_reviewreason SET reason = ''"],
    "history_written": [
        "INSERT INTO portfolio_history (at, table_name, row_id, action, database_role) "
        "VALUES (now(), 'portfolio_project', '1', 'UPDATE', 'nobody')"
    ],
    "history_changed": ["UPDATE portfolio_history SET user_id = NULL"],
    "history_away": ["DELETE FROM portfolio_history"],
    "history_link_changed": ["UPDATE portfolio_historylink SET hash = previous"],
    "history_link_written": [
        "INSERT INTO portfolio_historylink (history_id, previous, hash) VALUES (1, '', '')"
    ],
    "history_emptied": ["TRUNCATE portfolio_history CASCADE"],
    # Rows that nobody deletes
    **{
        f"{table}_away": [f"DELETE FROM {table}"]
        for table in (
            "portfolio_project",
            "portfolio_scope",
            "portfolio_department",
            "portfolio_city",
            "problems_problem",
            "budgets_budget",
            "budgets_appropriation",
            "budgets_allocation",
            "budgets_fund",
        )
    },
    "problem_merged_away": [
        "MERGE INTO problems_problem AS mine USING (VALUES ({opened_problem})) AS v(id) "
        "ON mine.id = v.id WHEN MATCHED THEN DELETE"
    ],
    **{
        f"{table}_emptied": [f"TRUNCATE {table} CASCADE"]
        for table in (
            "problems_measure",
            "problems_problem",
            "budgets_costline",
            "budgets_allocation",
            "portfolio_adoptedentry",
            "portfolio_workingposition",
            "portfolio_city",
        )
    },
    "migrations_forgotten": ["DELETE FROM django_migrations"],
    "number_of_the_lists_reset": ["SELECT setval('portfolio_adoptedlist_id_seq', 1)"],
}

# Allowed, and of no use: the gate does not look there.
SHADOWS: dict[str, list[str]] = {
    "problems_of_my_own": [
        "CREATE TEMPORARY TABLE problems_problem AS SELECT id, 'defined' AS state "
        "FROM public.problems_problem",
        "CREATE TEMPORARY TABLE budgets_budget AS SELECT id, 'dedicated' AS state, "
        "'2000-01-01'::date AS money_from, '2199-01-01'::date AS money_until "
        "FROM public.budgets_budget",
        "CREATE TEMPORARY TABLE portfolio_adoptedentry AS SELECT 1 AS adopted_list_id, "
        "id AS project_id FROM public.portfolio_project",
    ],
    "projects_of_my_own": [
        "CREATE TEMPORARY TABLE problems_problem AS SELECT id, 'defined' AS state "
        "FROM public.problems_problem",
        "SET search_path = pg_temp, public, pg_catalog",
    ],
    "functions_of_my_own": [
        "CREATE FUNCTION pg_temp.portfolio_missing(a boolean, b boolean, c boolean) RETURNS text "
        "LANGUAGE sql AS $$ SELECT '' $$",
        "CREATE FUNCTION pg_temp.portfolio_problem_is_defined(a bigint) RETURNS boolean "
        "LANGUAGE sql AS $$ SELECT true $$",
        "CREATE FUNCTION pg_temp.portfolio_budget_is_dedicated(a bigint) RETURNS boolean "
        "LANGUAGE sql AS $$ SELECT true $$",
        "CREATE FUNCTION pg_temp.portfolio_project_is_listed(a bigint) RETURNS boolean "
        "LANGUAGE sql AS $$ SELECT true $$",
        "CREATE FUNCTION pg_temp.portfolio_refuse(a text, b text) RETURNS void "
        "LANGUAGE sql AS $$ SELECT $$",
        "SET search_path = pg_temp, public, pg_catalog",
    ],
    "words_of_the_language": [
        "CREATE FUNCTION pg_temp.concat_ws(text, VARIADIC text[]) RETURNS text "
        "LANGUAGE sql AS $$ SELECT '' $$",
        "CREATE FUNCTION pg_temp.current_setting(text) RETURNS text "
        "LANGUAGE sql AS $$ SELECT 'read committed' $$",
        "SET search_path = pg_temp, public, pg_catalog",
    ],
    "operators_of_my_own": [
        "CREATE FUNCTION pg_temp.same(text, text) RETURNS boolean "
        "LANGUAGE sql AS $$ SELECT true $$",
        "CREATE OPERATOR pg_temp.= (FUNCTION = pg_temp.same, LEFTARG = text, RIGHTARG = text)",
        "SET search_path = pg_temp, public, pg_catalog",
    ],
    "no_search_path": ["SET search_path = ''"],
    "clock_of_the_session": [
        "SET timezone = 'Pacific/Kiritimati'",
        "SET datestyle = 'German, DMY'",
    ],
    "no_row_security": ["SET row_security = off"],
    "no_function_bodies_checked": ["SET check_function_bodies = off"],
    "somebody_else_in_history": ["SET groundwork.user_id = '1'"],
}

GARBAGE = ["abc", "1; DROP TABLE portfolio_history", "99999999999999999999", "1.5", "''"]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_site_has_no_right_to(world: World, site: psycopg.Connection[Any], what: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(site, FORBIDDEN[what], world.names)
    site.rollback()
    assert_all_is_true(site)


@pytest.mark.parametrize("what", SHADOWS)
def test_the_gate_does_not_look_at(world: World, site: psycopg.Connection[Any], what: str) -> None:
    run(site, SHADOWS[what], world.names)
    with pytest.raises(psycopg.Error) as refused:
        run(site, OPENS.replace("portfolio_project", "public.portfolio_project"), world.names)
    assert_refused_in_words(refused.value, "project_gate")
    site.rollback()
    assert_all_is_true(site)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_nothing_is_written_in_the_name_of_garbage(
    world: World, site: psycopg.Connection[Any], garbage: str
) -> None:
    site.execute("SELECT set_config('groundwork.user_id', %s, true)", [garbage])
    with pytest.raises(psycopg.errors.DataError):
        run(site, "UPDATE portfolio_project SET title = 'Mine' WHERE id = {ready}", world.names)
    site.rollback()
    assert_all_is_true(site)


def test_a_prepared_transaction_cannot_be_left_standing(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(site, "UPDATE portfolio_project SET title = 'Mine' WHERE id = {ready}", world.names)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        site.execute("PREPARE TRANSACTION 'mine'")
    site.rollback()
    assert_all_is_true(site)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1", "0", "-Infinity"])
@pytest.mark.parametrize(
    "table", ["budgets_appropriation", "budgets_costline", "budgets_allocation"]
)
def test_money_is_an_amount(
    world: World, site: psycopg.Connection[Any], table: str, amount: str
) -> None:
    statements = {
        "budgets_appropriation": "INSERT INTO budgets_appropriation (fund_id, fiscal_year, amount, "
        '"constraint", restriction, action_type, action_number, action_date, available_from, '
        "available_until, award_number, agency, match_kind, entered_at) SELECT fund_id, "
        "fiscal_year, '{amount}', \"constraint\", restriction, action_type, 'Ord. None', "
        "action_date, available_from, available_until, '', '', '', now() "
        "FROM budgets_appropriation WHERE id = {spare}",
        "budgets_costline": "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, "
        "amount, note) VALUES ({budget_budget}, 2027, 'capital', 'other', '{amount}', '')",
        "budgets_allocation": "INSERT INTO budgets_allocation (budget_id, appropriation_id, "
        "amount, state, held_by_id, held_at) VALUES ({budget_budget}, {spare}, '{amount}', 'held', "
        "{finance}, now())",
    }
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange)):
        run(site, statements[table], world.names, amount=amount)
    site.rollback()
    assert_all_is_true(site)


@pytest.mark.parametrize(("first", "last"), [("now", "infinity"), ("-infinity", "now")])
def test_money_is_available_between_two_days(
    world: World, site: psycopg.Connection[Any], first: str, last: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(
            site,
            "UPDATE budgets_appropriation SET available_from = '{first}', "
            "available_until = '{last}' WHERE id = {spare}",
            world.names,
            first=first,
            last=last,
        )
    assert_refused_in_words(refused.value)


def test_more_than_an_appropriation_has_is_not_taken(
    world: World, site: psycopg.Connection[Any]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(
            site,
            "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, state, "
            "held_by_id, held_at) SELECT {budget_budget}, id, amount - held - committed + 0.01, "
            "'held', {finance}, now() FROM budgets_appropriation WHERE id = {spare}",
            world.names,
        )
    assert_refused_in_words(refused.value, "appropriation_not_overdrawn")


def test_totals_written_by_hand_are_ignored(world: World, site: psycopg.Connection[Any]) -> None:
    run(
        site,
        [
            "UPDATE budgets_budget SET committed = 9999999, one_time_cost = 1, security_cost = 1, "
            "contingency = 1, recurring_cost = 1, unsuitable = 0 WHERE id = {budget_budget}",
            "UPDATE budgets_appropriation SET held = 0, committed = -5 WHERE id = {opened_source}",
        ],
        world.names,
    )
    row = site.execute(
        "SELECT committed, one_time_cost FROM budgets_budget WHERE id = %s",
        [world.names["budget_budget"]],
    ).fetchone()
    assert row == (0, 100_000)
    assert_all_is_true(site)
