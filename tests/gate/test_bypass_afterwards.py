"""Raw SQL with the site's rights: what a project in scoping stands on is taken away afterwards.

The same transaction puts the project on hold, with the reason. What the database refuses instead
is tried in `test_bypass_undermining.py`.
"""

from typing import Any

import psycopg
import pytest

from tests.gate.attempts import ADOPT, UNSENT, WITHDRAWN, assert_refused_in_words, run
from tests.gate.invariants import assert_all_is_true
from tests.gate.world import World

# What falls away, and the words the hold gives as its reason.
FALLS: dict[str, tuple[str, list[str]]] = {
    "problem_reopened": (
        "problem is not defined",
        [f"UPDATE problems_problem SET state = 'draft', {UNSENT} WHERE id = {{opened_problem}}"],
    ),
    "problem_retired": (
        "problem is not defined",
        ["UPDATE problems_problem SET state = 'retired' WHERE id = {opened_problem}"],
    ),
    "problem_reopened_by_merge": (
        "problem is not defined",
        [
            "MERGE INTO problems_problem AS mine USING (VALUES ({opened_problem})) AS v(id) "
            f"ON mine.id = v.id WHEN MATCHED THEN UPDATE SET state = 'draft', {UNSENT}"
        ],
    ),
    "problem_reopened_by_upsert": (
        "problem is not defined",
        [
            "CREATE TEMPORARY TABLE copied AS SELECT * FROM problems_problem "
            "WHERE id = {opened_problem}",
            f"UPDATE copied SET state = 'draft', {UNSENT}",
            "INSERT INTO problems_problem SELECT * FROM copied ON CONFLICT (id) "
            f"DO UPDATE SET state = 'draft', {UNSENT}",
        ],
    ),
    "problem_reopened_changed_and_sent_again": (
        "problem is not defined",
        [
            f"UPDATE problems_problem SET state = 'draft', {UNSENT} WHERE id = {{opened_problem}}",
            "UPDATE problems_problem SET title = 'Another one' WHERE id = {opened_problem}",
            "UPDATE problems_problem SET state = 'submitted', submitted_by_id = {head}, "
            "submitted_at = now() WHERE id = {opened_problem}",
        ],
    ),
    "problem_taken_from_the_project": (
        "problem is not defined",
        ["UPDATE portfolio_project SET problem_id = NULL WHERE id = {opened}"],
    ),
    "problem_exchanged_for_a_draft": (
        "problem is not defined",
        ["UPDATE portfolio_project SET problem_id = {draft} WHERE id = {opened}"],
    ),
    "problem_exchanged_with_the_facts_written_by_hand": (
        "problem is not defined",
        [
            "UPDATE portfolio_project SET problem_id = {draft}, problem_defined = true "
            "WHERE id = {opened}"
        ],
    ),
    "confirmation_withdrawn": (
        "budget is not dedicated",
        [f"UPDATE budgets_budget SET {WITHDRAWN} WHERE id = {{opened_budget}}"],
    ),
    "money_released": (
        "budget is not dedicated",
        [
            "UPDATE budgets_allocation SET state = 'released', released_by_id = {finance}, "
            "released_at = now() WHERE id = {opened_allocation}"
        ],
    ),
    "cost_raised": (
        "budget is not dedicated",
        [
            "UPDATE budgets_costline SET amount = amount + 0.01 "
            "WHERE budget_id = {opened_budget} AND element = 'services'"
        ],
    ),
    "cost_added": (
        "budget is not dedicated",
        [
            "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note) "
            "VALUES ({opened_budget}, 2027, 'capital', 'hardware', 5, '')"
        ],
    ),
    "cost_copied_in": (
        "budget is not dedicated",
        [
            "INSERT INTO budgets_costline (budget_id, fiscal_year, kind, element, amount, note) "
            "SELECT {opened_budget}, fiscal_year, kind, element, amount, note "
            "FROM budgets_costline WHERE budget_id = {ready_budget}"
        ],
    ),
    "security_moved_to_another_budget": (
        "budget is not dedicated",
        [
            "UPDATE budgets_costline SET budget_id = {held_budget} "
            "WHERE budget_id = {opened_budget} AND element = 'security'"
        ],
    ),
    "cost_moved_to_another_year": (
        "budget is not dedicated",
        [
            "UPDATE budgets_costline SET fiscal_year = fiscal_year + 1 "
            "WHERE budget_id = {opened_budget} AND element = 'services'"
        ],
    ),
    "costs_exchanged_so_that_the_totals_stay": (
        "budget is not dedicated",
        [
            "UPDATE budgets_costline AS line SET amount = amount + CASE fiscal_year "
            "WHEN years.first THEN 1 WHEN years.last THEN -1 ELSE 0 END FROM (SELECT "
            "min(fiscal_year) AS first, max(fiscal_year) AS last FROM budgets_costline "
            "WHERE budget_id = {opened_budget} AND kind = 'recurring') AS years "
            "WHERE line.budget_id = {opened_budget} AND line.kind = 'recurring'"
        ],
    ),
    "contingency_deleted": (
        "budget is not dedicated",
        [
            "DELETE FROM budgets_costline WHERE budget_id = {opened_budget} "
            "AND element = 'contingency'"
        ],
    ),
    "security_deleted": (
        "budget is not dedicated",
        ["DELETE FROM budgets_costline WHERE budget_id = {opened_budget} AND element = 'security'"],
    ),
    "running_cost_deleted": (
        "budget is not dedicated",
        ["DELETE FROM budgets_costline WHERE budget_id = {opened_budget} AND kind = 'recurring'"],
    ),
    "source_of_running_cost_taken": (
        "budget is not dedicated",
        [
            "UPDATE budgets_costline SET source_id = NULL WHERE budget_id = {opened_budget} "
            "AND kind = 'recurring'"
        ],
    ),
    "all_costs_deleted": (
        "budget is not dedicated",
        ["DELETE FROM budgets_costline WHERE budget_id = {opened_budget}"],
    ),
    "phase_moved_past_the_money": (
        "budget is not dedicated",
        ["UPDATE budgets_budget SET phase_end = '2099-01-01' WHERE id = {opened_budget}"],
    ),
    "phase_emptied": (
        "budget is not dedicated",
        ["UPDATE budgets_budget SET phase_start = NULL WHERE id = {opened_budget}"],
    ),
    "first_year_moved": (
        "budget is not dedicated",
        [
            "UPDATE budgets_budget SET first_fiscal_year = first_fiscal_year + 3 "
            "WHERE id = {opened_budget}"
        ],
    ),
    "prepared_anew_by_the_one_who_confirmed": (
        "budget is not dedicated",
        ["UPDATE budgets_budget SET prepared_by_id = confirmed_by_id WHERE id = {opened_budget}"],
    ),
    "cost_raised_and_lowered_again": (
        "budget is not dedicated",
        [
            f"UPDATE budgets_costline SET amount = amount {sign} 1 "
            "WHERE budget_id = {opened_budget} AND element = 'services'"
            for sign in "+-"
        ],
    ),
    "list_adopted_without_it": (
        "not on the adopted list in force",
        ["DELETE FROM portfolio_workingposition WHERE project_id = {opened}", ADOPT],
    ),
    "list_adopted_without_it_and_its_place_given_back": (
        "not on the adopted list in force",
        [
            "DELETE FROM portfolio_workingposition WHERE project_id = {opened}",
            ADOPT,
            "INSERT INTO portfolio_workingposition (project_id, key) VALUES ({opened}, 'zzz')",
        ],
    ),
    "list_adopted_with_others_in_its_place": (
        "not on the adopted list in force",
        [
            "DELETE FROM portfolio_workingposition",
            "INSERT INTO portfolio_workingposition (project_id, key) VALUES ({priority}, 'a0')",
            ADOPT,
        ],
    ),
    "list_adopted_with_numbers_of_its_own": (
        "not on the adopted list in force",
        [
            "DELETE FROM portfolio_workingposition WHERE project_id = {opened}",
            "INSERT INTO portfolio_adoptedlist (number, length, valid_until, action_number, "
            "adopted_on, signed_by_id, signed_at) VALUES (0, 0, '2020-01-01', 'Res. Anew', "
            "portfolio_today(), {manager}, '2020-01-01')",
        ],
    ),
    "all_three_at_once": (
        "problem is not defined; its budget is not dedicated; it is not on the adopted list",
        [
            "DELETE FROM portfolio_workingposition WHERE project_id = {opened}",
            "WITH a AS (UPDATE problems_problem SET state = 'retired' "
            "WHERE id = {opened_problem}), "
            f"b AS (UPDATE budgets_budget SET {WITHDRAWN} WHERE id = {{opened_budget}}) "
            + ADOPT.replace("VALUES (", "SELECT ").removesuffix(")"),
        ],
    ),
    "in_a_block_that_swallows_errors": (
        "problem is not defined",
        [
            "DO $$ BEGIN "
            "UPDATE problems_problem SET state = 'retired' WHERE id = {opened_problem}; "
            "UPDATE portfolio_project SET on_hold = false, hold_reason = '' WHERE id = {opened}; "
            "EXCEPTION WHEN check_violation THEN "
            "UPDATE problems_problem SET state = 'retired' WHERE id = {opened_problem}; END $$"
        ],
    ),
    "after_a_savepoint_rolled_back": (
        "budget is not dedicated",
        [
            "SAVEPOINT here",
            "UPDATE problems_problem SET state = 'retired' WHERE id = {opened_problem}",
            "ROLLBACK TO here",
            "DELETE FROM budgets_costline WHERE budget_id = {opened_budget}",
        ],
    ),
    "with_constraints_deferred": (
        "problem is not defined",
        [
            "SET CONSTRAINTS ALL DEFERRED",
            "UPDATE problems_problem SET state = 'retired' WHERE id = {opened_problem}",
        ],
    ),
}


@pytest.mark.parametrize("what", FALLS)
def test_what_falls_away_puts_the_project_on_hold(
    world: World, site: psycopg.Connection[Any], what: str
) -> None:
    words, statements = FALLS[what]
    run(site, statements, world.names)
    site.execute("SET CONSTRAINTS ALL IMMEDIATE")
    row = site.execute(
        "SELECT stage, on_hold, hold_reason FROM portfolio_project WHERE id = %s",
        [world.opened.pk],
    ).fetchone()
    assert row is not None
    assert row[:2] == ("scoping", True)
    assert words in row[2]
    assert row[2].startswith("The gate closed: ")
    assert row[2].endswith(".")
    assert_all_is_true(site)
    with pytest.raises(psycopg.Error) as refused:
        run(site, "UPDATE portfolio_scope SET approach = 'Go on.' WHERE id = {scope}", world.names)
    assert words.split(";", 1)[0] in assert_refused_in_words(refused.value, "scope_needs_open_gate")


@pytest.mark.parametrize("what", FALLS)
def test_what_falls_away_is_not_answered_by_freeing_the_project(
    world: World, site: psycopg.Connection[Any], what: str
) -> None:
    run(site, FALLS[what][1], world.names)
    with pytest.raises(psycopg.Error) as refused:
        run(
            site,
            "UPDATE portfolio_project SET on_hold = false, hold_reason = '' WHERE id = {opened}",
            world.names,
        )
    assert "stays on hold" in assert_refused_in_words(refused.value, "project_gate")


@pytest.mark.parametrize(
    "harmless",
    [
        "UPDATE portfolio_project SET title = 'Another name' WHERE id = {opened}",
        "UPDATE portfolio_project SET problem_id = {other} WHERE id = {opened}",
        "UPDATE budgets_costline SET note = 'With tax' WHERE budget_id = {opened_budget}",
        "UPDATE budgets_costline SET budget_id = {held_budget} "
        "WHERE budget_id = {opened_budget} AND element = 'services'",
        "UPDATE budgets_budget SET phase_end = phase_end - 1, confirmed_by_id = {manager}, "
        "confirmed_at = now() WHERE id = {opened_budget}",
        "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, state, "
        "held_by_id, held_at) VALUES ({opened_budget}, {spare}, 1, 'held', {finance}, now())",
        "DELETE FROM portfolio_workingposition WHERE project_id = {opened}",
        ADOPT,
        f"{ADOPT}; {ADOPT.replace('Anew', 'Once more')}",
    ],
)
def test_what_takes_nothing_away_leaves_the_project_at_work(
    world: World, site: psycopg.Connection[Any], harmless: str
) -> None:
    run(site, harmless, world.names)
    site.execute("SET CONSTRAINTS ALL IMMEDIATE")
    on_hold = site.execute(
        "SELECT on_hold FROM portfolio_project WHERE id = %s", [world.opened.pk]
    ).fetchone()
    assert on_hold == (False,)
    assert_all_is_true(site)


def test_two_lists_in_one_statement_leave_the_later_one_in_force(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(
        site,
        "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at) "
        "SELECT 'Res. ' || n, portfolio_today(), {manager}, now() FROM generate_series(1, 2) n",
        world.names,
    )
    numbers = site.execute("SELECT number FROM portfolio_adoptedlist ORDER BY id").fetchall()
    assert numbers == [(1,), (2,), (3,)]
    assert_all_is_true(site)


def test_a_forged_list_gets_the_numbers_of_a_real_one(
    world: World, site: psycopg.Connection[Any]
) -> None:
    run(
        site,
        "INSERT INTO portfolio_adoptedlist (number, length, valid_until, action_number, "
        "adopted_on, signed_by_id, signed_at) VALUES (99, 1, '2199-01-01', 'Res. Forged', "
        "portfolio_today(), {manager}, '2001-01-01')",
        world.names,
    )
    row = site.execute(
        "SELECT number, length = (SELECT count(*) FROM portfolio_workingposition), "
        "length = (SELECT count(*) FROM portfolio_adoptedentry WHERE adopted_list_id = list.id), "
        "valid_until < portfolio_today() + 367, signed_at > now() - interval '1 minute' "
        "FROM portfolio_adoptedlist list WHERE action_number = 'Res. Forged'"
    ).fetchone()
    assert row == (2, True, True, True, True)
    assert_all_is_true(site)
