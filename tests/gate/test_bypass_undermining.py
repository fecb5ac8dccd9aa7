"""Raw SQL with the site's rights: what would undermine an open gate, and the database refuses."""

from typing import Any

import psycopg
import pytest

from tests.gate.attempts import (
    ADOPT,
    UNDECIDED,
    UNSENT,
    WITHDRAWN,
    assert_refused_in_words,
    run,
)
from tests.gate.invariants import assert_all_is_true
from tests.gate.world import World

# By which rule, and what.
REFUSALS: dict[str, tuple[str, list[str]]] = {
    "words_of_the_problem": (
        "problem_sent_is_frozen",
        ["UPDATE problems_problem SET statement = 'Buy sensors.' WHERE id = {opened_problem}"],
    ),
    "problem_handed_to_another_department": (
        "problem_sent_is_frozen",
        ["UPDATE problems_problem SET owner_id = NULL WHERE id = {opened_problem}"],
    ),
    "problem_renumbered": (
        "problem_keeps_its_number",
        ["UPDATE problems_problem SET id = id + 100000 WHERE id = {opened_problem}"],
    ),
    "problem_renumbered_while_reopened": (
        "problem_keeps_its_number",
        [
            f"UPDATE problems_problem SET id = id + 100000, state = 'draft', {UNSENT} "
            "WHERE id = {opened_problem}"
        ],
    ),
    "problem_reopened_with_new_words": (
        "problem_sent_is_frozen",
        [
            f"UPDATE problems_problem SET title = 'Another one', state = 'draft', {UNSENT} "
            "WHERE id = {opened_problem}"
        ],
    ),
    "problem_back_to_review": (
        "problem_state_in_order",
        [
            f"UPDATE problems_problem SET state = 'submitted', {UNDECIDED} "
            "WHERE id = {opened_problem}"
        ],
    ),
    "problem_returned_after_all": (
        "problem_state_in_order",
        [
            "UPDATE problems_problem SET state = 'returned', decision = 'returned' "
            "WHERE id = {opened_problem}"
        ],
    ),
    "problem_without_its_decision": (
        "problem_state_fits_decision",
        [f"UPDATE problems_problem SET {UNDECIDED} WHERE id = {{opened_problem}}"],
    ),
    "problem_accepted_by_its_author": (
        "problem_reviewer_is_not_author",
        ["UPDATE problems_problem SET decided_by_id = author_id WHERE id = {opened_problem}"],
    ),
    "problem_with_another_author": (
        "problem_author_stays",
        ["UPDATE problems_problem SET author_id = {manager} WHERE id = {opened_problem}"],
    ),
    **{
        f"{part}_deleted": (
            "problem_sent_is_frozen",
            [f"DELETE FROM problems_{part} WHERE problem_id = {{opened_problem}}"],
        )
        for part in ("affectedgroup", "measure", "cause", "evidence")
    },
    **{
        f"{part}_given_to_a_draft": (
            "problem_sent_is_frozen",
            [
                f"UPDATE problems_{part} SET problem_id = {{draft}} "
                "WHERE problem_id = {opened_problem}"
            ],
        )
        for part in ("affectedgroup", "measure", "cause", "evidence")
    },
    **{
        f"{part}_taken_from_a_draft": (
            "problem_sent_is_frozen",
            [
                f"UPDATE problems_{part} SET problem_id = {{opened_problem}} "
                "WHERE problem_id = {draft}"
            ],
        )
        for part in ("affectedgroup", "measure", "cause", "evidence")
    },
    "attempt_added": (
        "problem_sent_is_frozen",
        [
            "INSERT INTO problems_priorattempt (problem_id, what, result) "
            "VALUES ({opened_problem}, 'Posters', '')"
        ],
    ),
    "measure_emptied": (
        "problem_sent_is_frozen",
        [
            "UPDATE problems_measure SET target_value = baseline_value "
            "WHERE problem_id = {opened_problem}"
        ],
    ),
    "budget_exchanged": (
        "project_budget_stays",
        ["UPDATE portfolio_project SET budget_id = {ready_budget} WHERE id = {opened}"],
    ),
    "budget_renumbered": (
        "budget_keeps_its_number",
        ["UPDATE budgets_budget SET id = id + 100000 WHERE id = {opened_budget}"],
    ),
    "budget_renumbered_and_another_put_in_its_place": (
        "budget_keeps_its_number",
        [
            "SET CONSTRAINTS ALL DEFERRED",
            "UPDATE budgets_budget SET id = id + 100000 WHERE id = {opened_budget}",
            "INSERT INTO budgets_budget (id, first_fiscal_year, no_recurring_reason, state, "
            "revision) VALUES ({opened_budget}, 2027, '', 'draft', 0)",
        ],
    ),
    "project_renumbered": (
        "project_budget_stays",
        ["UPDATE portfolio_project SET id = id + 100000 WHERE id = {opened}"],
    ),
    "allocation_made_smaller": (
        "allocation_moves_forward",
        ["UPDATE budgets_allocation SET amount = 1 WHERE id = {opened_allocation}"],
    ),
    "allocation_given_to_another_budget": (
        "allocation_moves_forward",
        [
            "UPDATE budgets_allocation SET budget_id = {budget_budget} "
            "WHERE id = {opened_allocation}"
        ],
    ),
    "allocation_moved_to_another_source": (
        "allocation_moves_forward",
        ["UPDATE budgets_allocation SET appropriation_id = {spare} WHERE id = {opened_allocation}"],
    ),
    "allocation_back_to_held": (
        "allocation_moves_forward",
        [
            "UPDATE budgets_allocation SET state = 'held', committed_by_id = NULL, "
            "committed_at = NULL WHERE id = {opened_allocation}"
        ],
    ),
    "allocation_entered_by_another": (
        "allocation_moves_forward",
        ["UPDATE budgets_allocation SET held_by_id = {manager} WHERE id = {opened_allocation}"],
    ),
    "appropriation_loosened": (
        "appropriation_in_use_stays",
        [
            "UPDATE budgets_appropriation SET \"constraint\" = 'unassigned' "
            "WHERE id = {opened_source}"
        ],
    ),
    "appropriation_cut": (
        "appropriation_changes_by_amendment",
        ["UPDATE budgets_appropriation SET amount = 1 WHERE id = {opened_source}"],
    ),
    "appropriation_cut_below_what_is_committed": (
        "appropriation_not_overdrawn",
        [
            "INSERT INTO budgets_amendment (kind, amount, source_id, action_type, action_number, "
            "action_date, reason, signed_by_id, signed_at) SELECT 'cut', "
            "amount - committed + 0.01, id, 'ordinance', 'Ord. Cut', portfolio_today(), '', "
            "{finance}, now() "
            "FROM budgets_appropriation WHERE id = {opened_source}"
        ],
    ),
    "appropriation_lapsing_earlier": (
        "appropriation_in_use_stays",
        [
            "UPDATE budgets_appropriation SET available_until = available_from "
            "WHERE id = {opened_source}"
        ],
    ),
    "confirmed_by_the_one_who_entered": (
        "budget_confirmer_did_not_allocate",
        ["UPDATE budgets_budget SET confirmed_by_id = {finance} WHERE id = {opened_budget}"],
    ),
    "confirmed_by_the_one_who_prepared": (
        "budget_confirmer_did_not_prepare",
        ["UPDATE budgets_budget SET confirmed_by_id = prepared_by_id WHERE id = {opened_budget}"],
    ),
    "dedicated_by_nobody": (
        "budget_confirmation_is_whole",
        [
            "UPDATE budgets_budget SET confirmed_by_id = NULL, confirmed_at = NULL "
            "WHERE id = {opened_budget}"
        ],
    ),
    "problem_reopened_where_nobody_is_seen": (
        "gate_reads_committed",
        [
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            f"UPDATE problems_problem SET state = 'draft', {UNSENT} WHERE id = {{opened_problem}}",
        ],
    ),
    "budget_withdrawn_where_nobody_is_seen": (
        "gate_reads_committed",
        [
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            f"UPDATE budgets_budget SET {WITHDRAWN} WHERE id = {{opened_budget}}",
        ],
    ),
    "list_adopted_where_nobody_is_seen": (
        "gate_reads_committed",
        ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ADOPT],
    ),
    "list_adopted_for_a_day_to_come": (
        "adopted_list_holds_today",
        [ADOPT.replace("portfolio_today()", "portfolio_today() + 2")],
    ),
    "list_adopted_for_ever": (
        "adopted_list_holds_today",
        [ADOPT.replace("portfolio_today()", "'infinity'")],
    ),
    "list_adopted_too_long_ago": (
        "adopted_list_holds_today",
        [ADOPT.replace("portfolio_today()", "portfolio_today() - 400")],
    ),
    "empty_list_adopted": (
        "adopted_list_is_not_empty",
        ["DELETE FROM portfolio_workingposition", ADOPT],
    ),
    "city_on_no_clock": (
        "city_time_zone",
        ["UPDATE portfolio_city SET time_zone = 'X+167'"],
    ),
    "second_city": (
        "city_is_one_row",
        [
            "INSERT INTO portfolio_city (id, name, time_zone, is_demonstration, list_valid_months, "
            "scoping_slots, delivery_slots, critical_floor_percent, score_places) "
            "VALUES (2, 'Elsewhere', 'UTC', false, 12, 2, 5, 50, 2)"
        ],
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_would_undermine_the_gate_is_refused(
    world: World, site: psycopg.Connection[Any], what: str
) -> None:
    rule, statements = REFUSALS[what]
    with pytest.raises(psycopg.Error) as refused:
        run(site, statements, world.names)
    assert_refused_in_words(refused.value, rule)
    site.rollback()
    assert_all_is_true(site)
