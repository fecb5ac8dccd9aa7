"""What must always be true, asked of the database in its own words and not in the product's.

The queries work everything out anew from problems, budgets and lists; the facts that stand on the
projects' rows are compared with that, never believed.
"""

from typing import Any, Protocol

from tests.gate.invariants_of_money import NEVER_OF_MONEY

WITHOUT_A_GATE = """
    WITH today AS (
        SELECT (now() AT TIME ZONE coalesce((SELECT time_zone FROM portfolio_city), 'UTC'))::date
            AS day),
    in_force AS (
        SELECT entry.project_id FROM portfolio_adoptedentry entry
        JOIN portfolio_adoptedlist list ON list.id = entry.adopted_list_id, today
        WHERE NOT EXISTS (SELECT FROM portfolio_adoptedlist newer WHERE newer.number > list.number)
          AND list.adopted_on <= today.day AND today.day <= list.valid_until),
    secured AS (
        SELECT budget_id, coalesce(sum(amount) FILTER (WHERE element = 'security'), 0) AS security,
               sum(amount) AS whole_life
        FROM budgets_costline GROUP BY budget_id),
    real AS (
        SELECT project.*,
               coalesce(problem.state = 'defined', false) AS has_problem,
               budget.state = 'dedicated' AND today.day >= budget.money_from
                   AND today.day <= budget.money_until
                   AND (secured.security >= round(secured.whole_life * 5 / 100, 2)
                        OR EXISTS (SELECT FROM budgets_securitywaiver waiver
                                   WHERE waiver.budget_id = budget.id
                                     AND waiver.withdrawn_at IS NULL
                                     AND waiver.ends_on >= today.day
                                     AND waiver.percent * secured.whole_life
                                         <= secured.security * 100)) AS has_budget,
               project.id IN (SELECT project_id FROM in_force) AS has_place
        FROM portfolio_project project
        CROSS JOIN today
        LEFT JOIN problems_problem problem ON problem.id = project.problem_id
        JOIN budgets_budget budget ON budget.id = project.budget_id
        LEFT JOIN secured ON secured.budget_id = budget.id)
"""

GATES_WALKED_PAST = (
    WITHOUT_A_GATE
    + """
    SELECT id, stage, has_problem, has_budget, has_place FROM real
    WHERE stage NOT IN ('concept', 'stopped', 'closed') AND NOT on_hold
      AND NOT (has_problem AND has_budget AND has_place)
"""
)

FACTS_THAT_LIE = (
    WITHOUT_A_GATE
    + """
    SELECT id, stage, problem_defined, has_problem, budget_dedicated, has_budget, listed, has_place
    FROM real
    WHERE (problem_defined, budget_dedicated, listed) IS DISTINCT FROM
          (has_problem, has_budget, has_place)
"""
)

SCOPES_WITHOUT_A_GATE = """
    SELECT scope.id, project.id FROM portfolio_scope scope
    LEFT JOIN portfolio_project project ON project.id = scope.project_id
    WHERE project.scoping_opened IS NOT TRUE
"""

# The parts behind a defined problem, and a review by somebody else.
DEFINED_WITHOUT_PARTS = """
    SELECT problem.id FROM problems_problem problem
    WHERE problem.state = 'defined' AND NOT (
        EXISTS (SELECT FROM problems_affectedgroup WHERE problem_id = problem.id AND number > 0)
        AND EXISTS (SELECT FROM problems_measure WHERE problem_id = problem.id
                    AND baseline_value <> target_value)
        AND EXISTS (SELECT FROM problems_evidence WHERE problem_id = problem.id)
        AND EXISTS (SELECT FROM problems_cause WHERE problem_id = problem.id
                    AND basis <> 'assumed')
        AND problem.severity IS NOT NULL AND problem.statement <> ''
        AND problem.decided_by_id IS NOT NULL
        AND problem.decided_by_id IS DISTINCT FROM problem.author_id
        AND problem.decided_by_id IS DISTINCT FROM problem.submitted_by_id)
"""

PLACES_SHARED = """
    SELECT key FROM portfolio_workingposition GROUP BY key HAVING count(*) > 1
    UNION ALL
    SELECT adopted_list_id::text FROM portfolio_adoptedentry GROUP BY adopted_list_id
    HAVING count(*) <> max(rank) OR count(DISTINCT rank) <> count(*)
        OR count(DISTINCT project_id) <> count(*)
"""

SLOTS_OVERRUN = """
    SELECT count(*) FROM portfolio_project WHERE stage = 'scoping' AND NOT on_hold
    HAVING count(*) > coalesce((SELECT scoping_slots FROM portfolio_city), 2)
"""

NEVER = {
    "a project beyond concept, not on hold, with a closed gate": GATES_WALKED_PAST,
    "a fact on a project's row that is not so": FACTS_THAT_LIE,
    "a scope whose gate was never open": SCOPES_WITHOUT_A_GATE,
    **NEVER_OF_MONEY,
    "a defined problem without its parts, or reviewed by its author": DEFINED_WITHOUT_PARTS,
    "two projects in one place": PLACES_SHARED,
    "more projects in scoping than slots": SLOTS_OVERRUN,
}


class Connection(Protocol):
    """A raw connection, or a cursor of Django's: whatever executes."""

    def execute(self, query: str) -> Any:
        """Run one query; a connection gives a cursor back, a cursor may give nothing."""


def rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    """Return what the database answers."""
    cursor: Any = connection.execute(query) or connection
    return list(cursor.fetchall())


def broken(connection: Connection) -> list[str]:
    """Return the names of the invariants that do not hold, by a single query."""
    parts = (f"SELECT $${what}$$ WHERE EXISTS ({query})" for what, query in NEVER.items())
    return [row[0] for row in rows(connection, " UNION ALL ".join(parts))]


def assert_gate_holds(connection: Connection) -> None:
    """Fail if any project in scoping, delivery or scaling stands behind a closed gate."""
    assert rows(connection, GATES_WALKED_PAST) == []


def assert_all_is_true(connection: Connection) -> None:
    """Fail if any of the invariants is broken, and say which by what rows."""
    for what, query in NEVER.items():
        assert rows(connection, query) == [], what
