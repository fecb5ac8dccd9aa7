"""Takes New York City's capital projects into the database: all of them or, on any failure, none.

Departments, funds, projects that are concepts, a budget for each, and the money they ask for.
Nothing is dedicated and no gate moves by it. Taking the same file again writes nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from budgets.ledger import lock_changes
from budgets.models import Budget, Fund, FundingRequest
from portfolio import ranking
from portfolio.imports.nyc_capital_projects import (
    SOURCE,
    TO_COMPLETE,
    YEARS,
    Ask,
    Fault,
    Payer,
    Row,
)
from portfolio.imports.plan import Change, Plan, plan
from portfolio.models import Department, Project, User

# Rows of one statement: a round trip each, and memory stays flat.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    rows: int
    plan: Plan
    faults: list[Fault]
    ranked: int

    def asked(self, payer: Payer) -> Decimal:
        """Dollars that the rows taken ask of `payer`."""
        asks = (ask for row in self.plan.taken for ask in row.asks)
        return sum((ask.amount for ask in asks if ask.payer is payer), Decimal(0))


def load(
    records: Iterable[Row | Fault], *, by: User | None, rank: bool = False, dry_run: bool = False
) -> Outcome:
    """Take `records` into the database and return what was done; with `dry_run`, what would be.

    `rank` puts the projects that are concepts and not yet listed at the end of the working order,
    in the file's order; it needs a person to rank. Without `by`, the history names the database
    role alone.
    """
    rows: list[Row] = []
    faults: list[Fault] = []
    for record in records:
        if isinstance(record, Row):
            rows.append(record)
        else:
            faults.append(record)
    with _transaction(by):
        if not dry_run:
            # Two imports at once: the second one waits here and finds the first one's projects.
            lock_changes()
        made = plan(rows)
        ranked = _without_place(made) if rank else []
        places = len(ranked) + len(made.new) * rank
        if not dry_run:
            _write(made, by)
            if rank and by is not None and places:
                ranking.add_all(_without_place(made), by=by)
    return Outcome(len(rows) + len(faults), made, sorted(faults + made.faults), places)


def _transaction(by: User | None) -> AbstractContextManager[object]:
    return by.changing() if by else transaction.atomic()


def _without_place(made: Plan) -> list[Project]:
    """Return the concepts among the rows that are here and not on the working order."""
    order = {row.project_id: row.number for row in made.taken}
    found = Project.objects.filter(
        imported_from=SOURCE,
        imported_id__in=order,
        stage=Project.Stage.CONCEPT,
        working_position=None,
    )
    return sorted(found, key=lambda project: order[project.imported_id])


def _write(made: Plan, by: User | None) -> None:
    Department.objects.bulk_create(made.new_departments)
    Fund.objects.bulk_create(made.new_funds)
    for start in range(0, len(made.new), BATCH):
        _make(made, made.new[start : start + BATCH], by)
    for start in range(0, len(made.changes), BATCH):
        _change(made, made.changes[start : start + BATCH])


def _make(made: Plan, rows: list[Row], by: User | None) -> None:
    budgets = Budget.objects.bulk_create(
        [Budget(first_fiscal_year=_first_year(row)) for row in rows]
    )
    Project.objects.bulk_create(
        [
            Project(
                title=row.title,
                summary=row.summary,
                department=made.departments[row.agency.code],
                budget=budget,
                created_by=by,
                imported_from=SOURCE,
                imported_id=row.project_id,
            )
            for row, budget in zip(rows, budgets, strict=True)
        ]
    )
    FundingRequest.objects.bulk_create(
        [
            request
            for row, budget in zip(rows, budgets, strict=True)
            for request in _requests(made, row.asks, budget.pk)
        ],
        batch_size=BATCH,
    )


def _first_year(row: Row) -> int:
    """Return the year in which the project first asks for money, else the file's first year."""
    return min((ask.fiscal_year for ask in row.asks), default=min(YEARS.values()))


def _requests(made: Plan, asks: Iterable[Ask], budget: int) -> Iterator[FundingRequest]:
    for ask in asks:
        yield FundingRequest(
            budget_id=budget,
            fund=made.funds[ask.payer],
            fiscal_year=ask.fiscal_year,
            amount=ask.amount,
            status=FundingRequest.Status.REQUESTED,
            note="Required to complete, in this year or later"
            if ask.fiscal_year == TO_COMPLETE
            else "",
        )


def _change(made: Plan, changes: list[Change]) -> None:
    Project.objects.bulk_update(
        [
            Project(
                pk=change.project,
                title=change.row.title,
                summary=change.row.summary,
                department=made.departments[change.row.agency.code],
            )
            for change in changes
            if set(change.what) != {"money asked for"}
        ],
        ["title", "summary", "department"],
    )
    _ask(made, changes)
    for change in changes:
        _withdraw(made, change)


def _ask(made: Plan, changes: list[Change]) -> None:
    """Write the amounts that differ: into the request that stands, or into a new one."""
    budgets = [change.budget for change in changes]
    standing = {
        (row.budget_id, row.fund_id, row.fiscal_year): row
        for row in FundingRequest.objects.filter(budget__in=budgets, declined_at=None)
    }
    new, changed = [], []
    for request in (row for change in changes for row in _requests_that_differ(made, change)):
        found = standing.get((request.budget_id, request.fund_id, request.fiscal_year))
        if found is None:
            new.append(request)
        else:
            found.amount = request.amount
            changed.append(found)
    FundingRequest.objects.bulk_create(new, batch_size=BATCH)
    FundingRequest.objects.bulk_update(changed, ["amount"], batch_size=BATCH)


def _requests_that_differ(made: Plan, change: Change) -> Iterator[FundingRequest]:
    differing = [
        ask
        for ask in change.row.asks
        if change.asked.get((ask.payer, ask.fiscal_year)) != ask.amount
    ]
    return _requests(made, differing, change.budget)


def _withdraw(made: Plan, change: Change) -> None:
    """Delete what the file no longer asks for."""
    still = {(ask.payer, ask.fiscal_year) for ask in change.row.asks}
    for payer, year in change.asked.keys() - still:
        FundingRequest.objects.filter(
            budget=change.budget, fund=made.funds[payer], fiscal_year=year
        ).delete()
