"""The demonstration's funds, appropriations, and budgets.

Heads draft what their projects cost, one finance officer allocates money, the second confirms.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from budgets import amending, asking, costing, dedication, ledger, waivers
from budgets.fiscal import bounds, fiscal_year_of
from budgets.models import (
    Allocation,
    Amendment,
    Appropriation,
    Budget,
    BudgetPolicy,
    CostLine,
    Fund,
    FundingRequest,
)
from portfolio.demo.data import months_from, read
from portfolio.models import Project, User


class Officers(NamedTuple):
    """The two finance officers, who enters money and who confirms it; and who signs waivers."""

    enters: User
    confirms: User
    waives: User


def build(projects: dict[str, Project], officers: Officers, *, on: date) -> None:
    """Make the money, and give each project its costs, allocations, and requests."""
    first_month = BudgetPolicy.current().fiscal_year_first_month
    year = fiscal_year_of(on, first_month)
    with officers.enters.changing():
        funds = {row["key"]: _fund(row) for row in read("money")["fund"]}
        appropriations = {
            row["key"]: _appropriation(
                row,
                funds=funds,
                named=projects[row["for_project"]] if "for_project" in row else None,
                year=year,
                first_month=first_month,
                by=officers.enters,
            )
            for row in read("money")["appropriation"]
        }
    for row in read("money")["amendment"]:
        _amend(row, appropriations, by=officers.enters, on=on)
    for key, plan in read("budgets").items():
        budget = _draft(projects[key], plan, funds, on)
        for row in plan.get("allocations", []):
            _allocate(budget, row, appropriations[row["appropriation"]], by=officers.enters)
        if plan.get("asks_finance"):
            asking.ask(budget, by=projects[key].sponsor)
        if "waiver" in plan:
            _waive(budget, plan["waiver"], by=officers.waives, on=on)
        if plan.get("confirmed"):
            dedication.confirm(budget, by=officers.confirms, on=on)
        if "cheaper" in plan:
            _make_cheaper(budget, plan["cheaper"])
            dedication.confirm(budget, by=officers.confirms, on=on)


def _allocate(budget: Budget, row: dict[str, Any], source: Appropriation, *, by: User) -> None:
    amount = Decimal(row["amount"])
    if "days_ago" in row:
        # A hold of some time ago, as it would stand by now.
        held_at = timezone.now() - timedelta(days=row["days_ago"])
        with by.changing():
            Allocation.objects.create(
                budget=budget, appropriation=source, amount=amount, held_by=by, held_at=held_at
            )
        return
    allocation = ledger.hold(budget=budget, appropriation=source, amount=amount, by=by)
    if row["state"] == "committed":
        ledger.commit(allocation, by=by)


def _waive(budget: Budget, row: dict[str, Any], *, by: User, on: date) -> None:
    ends_on = months_from(on, row["months"])
    waivers.sign(budget, reason=row["reason"], ends_on=ends_on, by=by, on=on)


def _make_cheaper(budget: Budget, row: dict[str, Any]) -> None:
    """Save one line of a confirmed budget anew, as its head does."""
    current = Budget.objects.get(pk=budget.pk)
    line = current.cost_lines.get(element=row["element"])
    line.amount, line.note = Decimal(row["amount"]), row["note"]
    plan = {name: getattr(current, name) for name in costing.PLAN}
    costing.save_costs(
        current,
        plan=plan,
        lines=[line],
        removed=[],
        seen=current.revision,
        by=current.prepared_by,
    )


def _fund(row: dict[str, Any]) -> Fund:
    return Fund.objects.create(**{name: value for name, value in row.items() if name != "key"})


def _appropriation(
    row: dict[str, Any],
    *,
    funds: dict[str, Fund],
    named: Project | None,
    year: int,
    first_month: int,
    by: User,
) -> Appropriation:
    acted = bounds(year, first_month)[0] - timedelta(days=row["days_before"])
    return Appropriation.objects.create(
        fund=funds[row["fund"]],
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
        **_grant(row.get("grant", {}), funds, acted),
    )


def _grant(row: dict[str, Any], funds: dict[str, Fund], acted: date) -> dict[str, Any]:
    """Return what a grant asks for; its days are months after the award."""
    asked = dict(row)
    if "award_number" in row:
        asked["award_number"] = row["award_number"].format(year=acted.year)
    if "match_fund" in row:
        asked["match_fund"] = funds[row["match_fund"]]
    for name in ("obligate_by", "report_by"):
        if name in row:
            asked[name] = months_from(acted, row[name])
    return asked


def _amend(
    row: dict[str, Any], appropriations: dict[str, Appropriation], *, by: User, on: date
) -> None:
    """Sign what the council changed since it adopted the money."""
    acted = on - timedelta(days=row["days_ago"])
    number = row["action_number"].format(year=acted.year)
    amending.sign(
        amending.Change(
            kind=Amendment.Kind(row["kind"]),
            amount=Decimal(row["amount"]),
            action=amending.Action(row["action_type"], number, acted, row["reason"]),
            source=appropriations.get(row.get("source", "")),
            target=appropriations.get(row.get("target", "")),
        ),
        by=by,
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
