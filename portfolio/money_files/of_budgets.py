"""Rows of what projects take and cost: allocations, requests, cost, versions, options, spending."""

from collections.abc import Iterator
from decimal import Decimal
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet, Sum

from budgets.costing import percent
from budgets.fiscal import label
from budgets.models import (
    Allocation,
    BudgetVersion,
    CostLine,
    Fund,
    FundingRequest,
    OptionLine,
    Spending,
)
from budgets.spending import counted
from portfolio.exports import Column, Row, day
from portfolio.money_files.of_funds import CHUNK, FUND, NOTHING
from portfolio.money_files.subject import Subject, named

PROJECT = (Column("Project", 10), Column("Title", 40), Column("Department", 24))
COST = (
    Column("Fiscal year", 12),
    Column("Kind", 22),
    Column("Element", 14),
    Column("Amount", 18),
    Column("What it pays for", 40),
)

ALLOCATIONS = (
    *PROJECT,
    *FUND,
    Column("Fiscal year", 12),
    Column("Number of the action", 20),
    Column("Amount", 18),
    Column("State", 12),
    *(Column("Held by", 22), Column("Held on", 12), Column("Last day of the hold", 12)),
    *(Column("Committed by", 22), Column("Committed on", 12)),
    *(Column("Released by", 22), Column("Released on", 12)),
)
REQUESTS = (
    *PROJECT,
    *FUND,
    Column("Fiscal year", 12),
    Column("Amount, does not count", 18),
    Column("Status", 14),
    Column("Note", 40),
    *(Column("Asked by", 22), Column("Asked on", 12)),
    *(Column("Declined by", 22), Column("Declined on", 12), Column("Reason", 40)),
)
COSTS = (*PROJECT, *COST, Column("Paid by", 30))
PLANNED = (
    *PROJECT,
    Column("Fiscal year", 12),
    Column("Planned", 18),
    Column("Spent", 18),
    Column("Spent of planned, in percent", 12),
    Column("Spent beyond the plan", 18),
)
SPENDING = (
    *PROJECT,
    *FUND,
    Column("Fiscal year", 12),
    Column("Spent", 18),
    Column("Up to", 12),
    Column("From file", 30),
)
VERSIONS = (
    Column("Version", 9),
    *(Column("Confirmed by", 22), Column("Confirmed on", 12), Column("Prepared by", 22)),
    *(Column("One-time cost", 18), Column("Contingency", 18), Column("Recurring cost", 18)),
    *(Column("Whole-life cost", 18), Column("Security in it", 18)),
    Column("Committed", 18),
    *(Column("Phase begins", 12), Column("Phase ends", 12)),
    *(Column("Money from", 12), Column("Money until", 12)),
    Column("Why nothing recurs", 40),
)
VERSION_COSTS = (Column("Version", 9), *COST, Column("Paid by", 30))
OPTIONS = (Column("Option", 30), *COST)


def allocations(subject: Subject) -> Iterator[Row]:
    """Yield every allocation, also those that were released or have ended."""
    names, states = subject.names(), dict(Allocation.State.choices)
    found = Allocation.objects.filter(
        subject.narrowed(fund="appropriation__fund", budget="budget")
    ).order_by("appropriation__fund__code", "appropriation__fiscal_year", "pk")
    # Values alone: a city has hundreds of thousands of them, and objects take most of the time.
    columns = (
        *("budget", "appropriation__fund__code", "appropriation__fund__name"),
        *("appropriation__fiscal_year", "appropriation__action_number", "amount", "state"),
        *("has_expired", "held_by__name", "held_at", "expires_on"),
        *("committed_by__name", "committed_at", "released_by__name", "released_at"),
    )
    for budget, code, name, year, action, amount, state, has_ended, *signed in found.values_list(
        *columns
    ).iterator(chunk_size=CHUNK):
        holder, held_at, ends, committer, committed_at, releaser, released_at = signed
        yield (
            *(*named(names, budget), code, name, label(year), action),
            *(amount, "Ended" if has_ended else states[state]),
            *(holder, day(held_at), ends),
            *(committer, day(committed_at), releaser, day(released_at)),
        )


def requests(subject: Subject) -> Iterator[Row]:
    """Yield what is asked for, applied for or forecast; none of it counts as money.

    What somebody wrote about a project, and who, comes only to readers who may open it.
    """
    names = subject.names()
    found = FundingRequest.objects.filter(
        subject.narrowed(fund="fund", budget="budget")
    ).select_related("fund", "asked_by", "declined_by")
    for row in found.order_by("fiscal_year", "pk").iterator(chunk_size=CHUNK):
        fund = (row.fund.code, row.fund.name) if row.fund else ("", "Any fund")
        is_open = row.budget_id in names
        yield (
            *named(names, row.budget_id),
            *(*fund, label(row.fiscal_year), row.amount),
            "Declined" if row.declined_at else row.get_status_display(),
            row.note if is_open else "",
            *(row.asked_by.name if is_open and row.asked_by else "", day(row.asked_at)),
            *(row.declined_by.name if row.declined_by else "", day(row.declined_at)),
            row.declined_reason if is_open else "",
        )


def costs(subject: Subject) -> Iterator[Row]:
    """Yield the cost lines of the projects that the reader may open."""
    names = subject.names()
    found = CostLine.objects.filter(budget__in=subject.budgets()).select_related("source")
    in_order = found.order_by("budget__project", "fiscal_year", "kind", "pk")
    for row in in_order.iterator(chunk_size=CHUNK):
        yield (*named(names, row.budget_id), *_cost(row), str(row.source or ""))


def _cost(row: CostLine | OptionLine) -> Row:
    kind, element = row.get_kind_display(), row.get_element_display()
    return (label(row.fiscal_year), kind, element, row.amount, row.note)


def planned_and_spent(subject: Subject) -> Iterator[Row]:
    """Yield each fiscal year of each project that the reader may open; over 100 percent is told.

    Over all projects it compares those that the city compares: dedicated, or with spending.
    """
    names = subject.names()
    # Both come in the order of project and year, so that one row of each is held at a time.
    in_order = merge(
        ((*year, amount, NOTHING) for *year, amount in _by_year(CostLine.objects.all(), subject)),
        ((*year, NOTHING, amount) for *year, amount in _by_year(Spending.objects.all(), subject)),
    )
    for (_, budget, year), rows in groupby(in_order, key=itemgetter(0, 1, 2)):
        amounts = [row[3:] for row in rows]
        planned, spent = (sum(amount, NOTHING) for amount in zip(*amounts, strict=True))
        yield (
            *(*named(names, budget), label(year), planned, spent),
            *(percent(spent, planned) if planned else None, max(spent - planned, NOTHING)),
        )


def _by_year(rows: QuerySet[Any], subject: Subject) -> Iterator[tuple[Any, ...]]:
    """Yield project, budget, fiscal year and the sum of the amounts, in that order."""
    budgets = subject.budgets() if subject.project else subject.budgets().filter(counted())
    key = ("budget__project", "budget", "fiscal_year")
    found = rows.filter(budget__in=budgets).order_by(*key).values_list(*key)
    yield from found.annotate(sum=Sum("amount")).iterator(chunk_size=CHUNK)


def spending(subject: Subject) -> Iterator[Row]:
    """Yield what was spent, as the city's books said it."""
    names = subject.names()
    found = Spending.objects.filter(subject.narrowed(fund="fund", budget="budget")).select_related(
        "fund", "file"
    )
    in_order = found.order_by("fund__code", "fiscal_year", "pk")
    for row in in_order.iterator(chunk_size=CHUNK):
        yield (
            *named(names, row.budget_id),
            *(row.fund.code, row.fund.name, label(row.fiscal_year)),
            *(row.amount, row.as_of, row.file.file_name),
        )


def versions(subject: Subject) -> Iterator[Row]:
    """Yield what each version of a budget came to when it was confirmed."""
    for row in _versions(subject):
        yield (
            *(row.number, row.confirmed_by.name, day(row.confirmed_at)),
            row.prepared_by.name if row.prepared_by else "",
            *(row.one_time_cost, row.contingency, row.recurring_cost),
            *(row.whole_life, row.security_cost, row.committed),
            *(row.phase_start, row.phase_end, row.money_from, row.money_until),
            row.no_recurring_reason,
        )


def version_costs(subject: Subject) -> Iterator[Row]:
    """Yield the cost lines that each version was confirmed with."""
    funds = {fund.pk: str(fund) for fund in Fund.objects.all()}
    for version in _versions(subject):
        for line in version.lines:
            yield (
                *(version.number, label(line["fiscal_year"])),
                CostLine.Kind(line["kind"]).label,
                CostLine.Element(line["element"]).label,
                *(Decimal(line["amount"]), line["note"], funds.get(line["source"], "")),
            )


def _versions(subject: Subject) -> Iterator[BudgetVersion]:
    found = BudgetVersion.objects.filter(budget__in=subject.budgets())
    in_order = found.select_related("confirmed_by", "prepared_by").order_by("budget", "number")
    return in_order.iterator(chunk_size=CHUNK)


def options(subject: Subject) -> Iterator[Row]:
    """Yield the cost lines of the two options; neither counts anywhere."""
    found = OptionLine.objects.filter(option__budget__in=subject.budgets()).select_related("option")
    in_order = found.order_by("option__budget", "option__place", "fiscal_year", "kind", "pk")
    for row in in_order.iterator(chunk_size=CHUNK):
        yield (row.option.name, *_cost(row))
