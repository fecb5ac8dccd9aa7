"""Rows of the money that the city has: funds, their years, appropriations and amendments."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, Sum

from budgets import fiscal
from budgets import funds as fund_rules
from budgets.fiscal import label
from budgets.models import Amendment, Appropriation, BudgetPolicy, Fund, Spending
from portfolio.exports import Column, Row, day
from portfolio.money_files.subject import Subject, named

CHUNK = 2000
NOTHING = Decimal("0.00")

FUND = (Column("Fund", 12), Column("Name of the fund", 30))
SIGNED = (
    Column("Action", 16),
    Column("Number of the action", 20),
    Column("Date of the action", 12),
)
BALANCES = (
    *(Column("Appropriated", 18), Column("Held", 18), Column("Committed", 18)),
    *(Column("Lapsed", 18), Column("Free", 18)),
)

# As `budgets.funds.with_balances` names them, of the year and of all years.
SUMS = ("appropriated", "held", "committed", "spent", "free")

FUNDS = (
    *FUND,
    Column("Type", 18),
    Column("Fiscal year", 12),
    *(Column(f"{name.capitalize()} this year", 18) for name in SUMS),
    *(Column(f"{name.capitalize()} in all", 18) for name in SUMS),
    Column("Note", 40),
)
YEARS = (
    *FUND,
    Column("Fiscal year", 12),
    *BALANCES,
    Column("Spent", 18),
    Column("Spent beyond what is committed", 18),
)
APPROPRIATIONS = (
    *FUND,
    Column("Fiscal year", 12),
    *SIGNED,
    Column("Authorized by the action", 18),
    Column("Authorized now", 18),
    *(Column("Held", 18), Column("Committed", 18), Column("Left", 18)),
    *(Column("Available from", 12), Column("Available until", 12)),
    Column("What binds it", 14),
    Column("What it may be used for", 40),
    *(Column("Names project", 14), Column("Title of the project", 40), Column("Department", 24)),
    *(Column("Number of the award", 20), Column("Who awards it", 28)),
    *(Column("Match in percent", 10), Column("Kind of match", 10), Column("Match paid by", 30)),
    *(Column("Obligate by", 12), Column("Report by", 12)),
)
AMENDMENTS = (
    Column("Amendment", 11),
    Column("What it does", 12),
    Column("Amount", 18),
    *(Column("Out of fund", 12), Column("Out of year", 12), Column("Out of action", 20)),
    *(Column("Into fund", 12), Column("Into year", 12), Column("Into action", 20)),
    *SIGNED,
    Column("Reason", 40),
    *(Column("Signed by", 22), Column("Signed on", 12)),
)


def funds(subject: Subject) -> Iterator[Row]:
    """Yield each fund with its balance of this fiscal year and of all years."""
    today = subject.city.today()
    year = fiscal.fiscal_year_of(today, BudgetPolicy.current().fiscal_year_first_month)
    found = fund_rules.with_balances(Fund.objects.all(), fiscal_year=year, on=today)
    fund: Any
    for fund in found.order_by("code").iterator(chunk_size=CHUNK):
        yield (
            *(fund.code, fund.name, fund.get_fund_type_display(), label(year)),
            *(getattr(fund, f"{scope}_{name}") for scope in ("year", "all") for name in SUMS),
            fund.note,
        )


def years(subject: Subject) -> Iterator[Row]:
    """Yield each fiscal year of each fund. A year in which it only spent is one of them."""
    left = F("amount") - F("held") - F("committed")
    lapsed = Q(available_until__lt=subject.city.today())
    appropriated = Appropriation.objects.filter(**subject.of_fund())
    rows: dict[tuple[str, str, int], list[Decimal]] = {
        (code, name, year): [*sums, NOTHING]
        for code, name, year, *sums in appropriated.order_by()
        .values_list("fund__code", "fund__name", "fiscal_year")
        .annotate(
            sum_amount=_sum("amount"),
            sum_held=_sum("held"),
            sum_committed=_sum("committed"),
            sum_lapsed=_sum(left, only=lapsed),
        )
    }
    spent = Spending.objects.filter(**subject.of_fund()).order_by()
    for code, name, year, amount in spent.values_list(
        "fund__code", "fund__name", "fiscal_year"
    ).annotate(sum_amount=_sum("amount")):
        rows.setdefault((code, name, year), [NOTHING] * 5)[4] = amount
    for code, name, year in sorted(rows):
        given, held, committed, gone, paid = (
            amount or NOTHING for amount in rows[code, name, year]
        )
        free, beyond = given - held - committed - gone, max(paid - committed, NOTHING)
        yield (code, name, label(year), given, held, committed, gone, free, paid, beyond)


def _sum(amount: Any, *, only: Q | None = None) -> Sum:
    return Sum(amount, filter=only, output_field=DecimalField(max_digits=17, decimal_places=2))


def appropriations(subject: Subject) -> Iterator[Row]:
    """Yield each appropriation as it stands after its amendments."""
    names = subject.names()
    found = Appropriation.objects.filter(**subject.of_fund()).select_related("fund", "match_fund")
    for row in found.order_by("fund__code", "fiscal_year", "pk").iterator(chunk_size=CHUNK):
        yield (
            *(row.fund.code, row.fund.name, label(row.fiscal_year)),
            *(row.get_action_type_display(), row.action_number, row.action_date),
            *(row.adopted_amount, row.amount, row.held, row.committed, row.left),
            *(row.available_from, row.available_until),
            *(row.get_constraint_display(), row.restriction),
            *named(names, row.for_budget_id),
            *(row.award_number, row.agency, row.match_percent),
            *(row.get_match_kind_display(), str(row.match_fund or "")),
            *(row.obligate_by, row.report_by),
        )


def amendments(subject: Subject) -> Iterator[Row]:
    """Yield each amendment, in the order of their numbers."""
    found = Amendment.objects.select_related("source__fund", "target__fund", "signed_by")
    if subject.fund:
        found = found.filter(Q(source__fund=subject.fund) | Q(target__fund=subject.fund))
    for row in found.order_by("number").iterator(chunk_size=CHUNK):
        yield (
            *(row.number, row.get_kind_display(), row.amount),
            *_end(row.source),
            *_end(row.target),
            *(row.get_action_type_display(), row.action_number, row.action_date),
            *(row.reason, row.signed_by.name, day(row.signed_at)),
        )


def _end(appropriation: Appropriation | None) -> tuple[str, str, str]:
    if appropriation is None:
        return "", "", ""
    year = label(appropriation.fiscal_year)
    return appropriation.fund.code, year, appropriation.action_number
