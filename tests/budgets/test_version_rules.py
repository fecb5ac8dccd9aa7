"""Frozen versions of budgets, and what the estimate asks for: by SQL, with both rights."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Budget, BudgetVersion
from portfolio.models import Project
from tests.budgets.rules import Sql, refused_by
from tests.database import connect
from tests.factories import (
    add_costs,
    dedicate,
    make_appropriation,
    make_project,
    make_user,
    ready_project,
)

LINES = "UPDATE budgets_costline SET "


def test_a_confirmation_freezes_what_was_confirmed(dedicated: Budget) -> None:
    version = dedicated.versions.get()
    assert (version.number, version.revision) == (1, dedicated.revision)
    assert (version.prepared_by, version.confirmed_by, version.confirmed_at) == (
        dedicated.prepared_by,
        dedicated.confirmed_by,
        dedicated.confirmed_at,
    )
    assert (version.one_time_cost, version.contingency) == (100_000, 25_000)
    assert (version.recurring_cost, version.security_cost) == (25_000, 10_000)
    assert (version.committed, version.estimate) == (125_000, "concept")
    assert (version.phase_start, version.phase_end) == (
        dedicated.phase_start,
        dedicated.phase_end,
    )
    lines = dedicated.cost_lines.order_by("fiscal_year", "kind", "pk")
    assert [(row["id"], row["amount"], row["source"]) for row in version.lines] == [
        (line.pk, f"{line.amount:.2f}", line.source_id) for line in lines
    ]
    (part,) = version.money
    allocation = dedicated.allocations.get()
    assert (part["id"], part["amount"], part["held_by"]) == (
        allocation.pk,
        "125000.00",
        allocation.held_by_id,
    )


def test_the_next_confirmation_freezes_the_next(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    sql(f"{LINES} amount = amount - 1 WHERE element = 'services'")
    dedicated.refresh_from_db()
    again = dedication.confirm(dedicated, by=cast.second_finance, on=timezone.localdate())
    assert list(again.versions.values_list("number", "one_time_cost")) == [
        (1, 100_000),
        (2, 99_999),
    ]
    sql(f"{LINES} amount = amount + 1 WHERE element = 'services'")
    again.refresh_from_db()
    assert not again.is_dedicated, "the second version is the measure now"


def test_what_is_not_confirmed_freezes_nothing(sql: Sql, cast: SimpleNamespace) -> None:
    budget = add_costs(make_project(cast).budget, cast=cast)
    sql("UPDATE budgets_budget SET revision = revision + 1")
    assert not budget.versions.exists()
    change = (
        f"UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = {cast.finance.pk}, "
        "confirmed_at = now()"
    )
    assert refused_by(sql, change) == "budget_dedicated_is_whole"
    assert not budget.versions.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO budgets_budgetversion SELECT * FROM budgets_budgetversion",
        "UPDATE budgets_budgetversion SET one_time_cost = 1000000",
        "UPDATE budgets_budgetversion SET money = '[]'",
        "DELETE FROM budgets_budgetversion",
        "TRUNCATE budgets_budgetversion",
        "SELECT budgets_freeze_version(budget) FROM budgets_budget budget",
        "ALTER TABLE budgets_budgetversion DISABLE TRIGGER frozen_version",
    ],
)
def test_the_site_writes_none_of_it(sql: Sql, dedicated: Budget, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        sql(statement)
    assert BudgetVersion.objects.count() == 1


def test_the_same_number_twice_is_refused_by_the_table(dedicated: Budget) -> None:
    constraint = BudgetVersion._meta.constraints[0]
    assert constraint.name == "budget_version_has_its_number"


def test_a_version_is_frozen_by_the_signature_and_not_by_the_state(
    sql: Sql, cast: SimpleNamespace, dedicated: Budget
) -> None:
    sql("UPDATE budgets_budget SET state = 'dedicated'")
    assert dedicated.versions.count() == 1
    third = make_user("Thea Third")
    sql(f"UPDATE budgets_budget SET confirmed_by_id = {third.pk}, confirmed_at = now()")
    assert list(dedicated.versions.values_list("confirmed_by", flat=True)) == [
        cast.second_finance.pk,
        third.pk,
    ]


# The owner


@pytest.fixture
def owner(transactional_db: None, cast: SimpleNamespace) -> Iterator[psycopg.Connection[Any]]:
    dedicate(add_costs(make_project(cast).budget, cast=cast), cast=cast)
    with closing(connect("owner", autocommit=True)) as raw:
        yield raw


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budgets_budgetversion SET committed = 0",
        "UPDATE budgets_budgetversion SET number = number",
        "DELETE FROM budgets_budgetversion",
    ],
)
def test_not_even_the_owner(owner: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(statement)
    assert refused.value.diag.constraint_name == "budget_version_never_changes"


# Contingency by stage, and other columns that nobody writes


def test_the_estimate_cannot_be_written(sql: Sql, cast: SimpleNamespace) -> None:
    budget = add_costs(make_project(cast).budget, cast=cast)
    sql(
        "UPDATE budgets_budget SET estimate = 'delivery', contingency_floor = 0, "
        "security_floor = 0, security_waived_until = '2199-01-01'"
    )
    budget.refresh_from_db()
    assert (budget.estimate, budget.contingency_floor) == ("concept", 25_000)
    assert (budget.security_floor, budget.security_waived_until) == (7_500, None)


def test_a_new_budget_is_of_a_concept(sql: Sql) -> None:
    sql(
        "INSERT INTO budgets_budget (first_fiscal_year, no_recurring_reason, state, revision, "
        "estimate) VALUES (2027, '', 'draft', 0, 'delivery')"
    )
    assert Budget.objects.latest("pk").estimate == "concept"


def test_the_further_the_project_the_less_contingency(sql: Sql, cast: SimpleNamespace) -> None:
    project = ready_project(cast)
    sql(f"UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project.pk}")
    sql(f"UPDATE budgets_budget SET revision = revision WHERE id = {project.budget_id}")
    project.budget.refresh_from_db()
    assert (project.budget.estimate, project.budget.contingency_floor) == ("design", 15_000)
    sql(f"{LINES} amount = 15000 WHERE element = 'contingency'")
    project.budget.refresh_from_db()
    assert project.budget.is_dedicated
    sql(f"{LINES} amount = 14999.99 WHERE element = 'contingency'")
    project.budget.refresh_from_db()
    assert not project.budget.is_dedicated


def test_back_as_a_concept_it_needs_more_again(sql: Sql, cast: SimpleNamespace) -> None:
    project = ready_project(cast)
    sql(f"UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project.pk}")
    sql(f"UPDATE budgets_budget SET revision = revision WHERE id = {project.budget_id}")
    sql(f"{LINES} amount = 15000 WHERE element = 'contingency'")
    sql(f"UPDATE portfolio_project SET stage = 'stopped', stopped_reason = 'So.' "
        f"WHERE id = {project.pk}")  # fmt: skip
    sql(f"UPDATE portfolio_project SET stage = 'concept' WHERE id = {project.pk}")
    project = Project.objects.get(pk=project.pk)
    assert (project.budget.estimate, project.budget.is_dedicated) == ("concept", False)
    assert not project.budget_dedicated


def test_more_money_never_makes_up_for_contingency(sql: Sql, cast: SimpleNamespace) -> None:
    budget = add_costs(make_project(cast).budget, cast=cast)
    sql(f"{LINES} amount = 24999.99 WHERE element = 'contingency'")
    held = ledger.hold(
        budget=budget,
        appropriation=make_appropriation(),
        amount=Decimal(900_000),
        by=cast.finance,
    )
    ledger.commit(held, by=cast.finance)
    change = (
        f"UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = {cast.manager.pk}, "
        "confirmed_at = now()"
    )
    assert refused_by(sql, change) == "budget_dedicated_is_whole"
