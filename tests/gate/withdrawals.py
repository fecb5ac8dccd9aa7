"""Taking away what a project stands on: in SQL, and by the functions that people use."""

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

from django.db import connection, transaction

from budgets import dedication, ledger
from portfolio import adopting, projects, ranking
from portfolio.models import Project
from problems.review import decisions

# One statement each, or several in one transaction; {project} and the rest are the project's keys.
IN_SQL: dict[str, list[str]] = {
    "problem_reopened": [
        "UPDATE problems_problem SET state = 'draft', decision = '', decided_by_id = NULL, "
        "decided_at = NULL WHERE id = {problem}"
    ],
    "confirmation_withdrawn": [
        "UPDATE budgets_budget SET state = 'draft', confirmed_by_id = NULL, confirmed_at = NULL "
        "WHERE id = {budget}"
    ],
    "money_released": [
        "UPDATE budgets_allocation SET state = 'released', released_by_id = {finance}, "
        "released_at = now() WHERE budget_id = {budget}"
    ],
    "cost_raised": [
        "UPDATE budgets_costline SET amount = amount + 1 WHERE budget_id = {budget} "
        "AND element = 'services'"
    ],
    "list_adopted_without_it": [
        "DELETE FROM portfolio_workingposition WHERE project_id = {project}",
        "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at) "
        "VALUES ('Res. without {project}', portfolio_today(), {manager}, now())",
    ],
}
OPENING = "UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project}"

actions = count(1)


def keys(project: Project, cast: SimpleNamespace) -> dict[str, int]:
    """The keys that the statements name."""
    return {
        "project": project.pk,
        "problem": project.problem_id or 0,
        "budget": project.budget_id,
        "finance": cast.finance.pk,
        "manager": cast.manager.pk,
    }


def _reopen(project: Project, cast: SimpleNamespace) -> None:
    assert project.problem
    decisions.reopen(project.problem, by=cast.head)


def _withdraw(project: Project, cast: SimpleNamespace) -> None:
    dedication.withdraw(project.budget, by=cast.finance)


def _release(project: Project, cast: SimpleNamespace) -> None:
    ledger.release(project.budget.allocations.get(), by=cast.finance)


def _adopt_without(project: Project, cast: SimpleNamespace) -> None:
    ranking.remove(project, by=cast.manager)
    adopting.adopt(
        action_number=f"Ord. {next(actions)}", adopted_on=cast.city.today(), by=cast.manager
    )


BY_FUNCTION: dict[str, Callable[[Project, SimpleNamespace], None]] = {
    "problem_reopened": _reopen,
    "confirmation_withdrawn": _withdraw,
    "money_released": _release,
    "list_adopted_without_it": _adopt_without,
}


def in_sql(statements: list[str]) -> Callable[[Project, SimpleNamespace], None]:
    """Return a change that executes `statements` in one transaction on Django's connection."""

    def change(project: Project, cast: SimpleNamespace) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.format(**keys(project, cast)))

    return change


def open_by_function(project: Project, cast: SimpleNamespace) -> None:
    """Open scoping as the page does."""
    projects.open_scoping(project, by=cast.manager)
