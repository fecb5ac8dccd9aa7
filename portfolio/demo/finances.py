"""The demonstration's funds, appropriations, and budgets.

Heads draft what their projects cost, one finance officer allocates money, the second confirms.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from budgets import dedication, ledger
from budgets.fiscal import bounds, fiscal_year_of
from budgets.models import Appropriation, Budget, BudgetPolicy, CostLine, Fund, FundingRequest
from portfolio.demo.data import months_from, read
from portfolio.models import Project, User


class Officers(NamedTuple):
    """The two finance officers: who enters money, and who confirms it."""

    enters: User
    confirms: User


def build(projects: dict[str, Project], officers: Officers, *, on: date) -> None:
    """Make the money, and give each project its costs, allocations, and requests."""
    first_month = BudgetPolicy.current().fiscal_year_first_month
    year = fiscal_year_of(on, first_month)
    with officers.enters.changing():
        funds = {row["key"]: _fund(row) for row in read("money")["fund"]}
        appropriations = {
            row["key"]: _appropriation(
                row,
                fund=funds[row["fund"]],
                named=projects[row["for_project"]] if "for_project" in row else None,
                year=year,
                first_month=first_month,
                by=officers.enters,
            )
            for row in read("money")["appropriation"]
        }
    for key, plan in read("budgets").items():
        budget = _draft(projects[key], plan, funds, on)
        for row in plan.get("allocations", []):
            allocation = ledger.hold(
                budget=budget,
                appropriation=appropriations[row["appropriation"]],
                amount=Decimal(row["amount"]),
                by=officers.enters,
            )
            if row["state"] == "committed":
                ledger.commit(allocation, by=officers.enters)
        if plan.get("confirmed"):
            dedication.confirm(budget, by=officers.confirms, on=on)


def _fund(row: dict[str, Any]) -> Fund:
    return Fund.objects.create(**{name: value for name, value in row.items() if name != "key"})


def _appropriation(
    row: dict[str, Any],
    *,
    fund: Fund,
    named: Project | None,
    year: int,
    first_month: int,
    by: User,
) -> Appropriation:
    acted = bounds(year, first_month)[0] - timedelta(days=row["days_before"])
    return Appropriation.objects.create(
        fund=fund,
        fiscal_year=year + row["year"],
        amount=Decimal(row["amount"]),
        constraint=row["constraint"],
        restriction=row["restriction"],
        action_type=row["action_type"],
        action_number=row["action_number"].format(year=acted.year),
        action_date=acted,
        available_from=bounds(year + row["from"], first_month)[0],
        available_until=bounds(year + row["until"], first_month)[1],
        for_budget=named.budget if named else None,
        entered_by=by,
    )


def _draft(project: Project, plan: dict[str, Any], funds: dict[str, Fund], on: date) -> Budget:
    """Write the costs and requests of a project's budget, as its sponsor does."""
    head, budget = project.sponsor, project.budget
    if head is None:
        raise ValueError(f"{project} needs a sponsor who drafts its budget.")
    with head.changing():
        budget.prepared_by = head
        if "months" in plan:
            budget.phase_start = months_from(on.replace(day=1), 1)
            budget.phase_end = months_from(budget.phase_start, plan["months"]) - timedelta(days=1)
        budget.save(update_fields=["prepared_by", "phase_start", "phase_end"])
        CostLine.objects.bulk_create(_cost_lines(budget, plan.get("lines", []), funds))
        FundingRequest.objects.bulk_create(
            FundingRequest(
                budget=budget,
                fund=funds[row["fund"]],
                fiscal_year=budget.first_fiscal_year + row["year"],
                amount=Decimal(row["amount"]),
                status=row["status"],
                note=row["note"],
            )
            for row in plan.get("requests", [])
        )
    budget.refresh_from_db()
    return budget


def _cost_lines(
    budget: Budget, rows: list[dict[str, Any]], funds: dict[str, Fund]
) -> Iterator[CostLine]:
    for row in rows:
        first, last = row.get("years") or (row["year"], row["year"])
        for offset in range(first, last + 1):
            yield CostLine(
                budget=budget,
                fiscal_year=budget.first_fiscal_year + offset,
                kind=row["kind"],
                element=row["element"],
                amount=Decimal(row["amount"]),
                note=row["note"],
                source=funds[row["source"]] if "source" in row else None,
            )
