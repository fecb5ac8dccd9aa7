"""A ledger in which everything happened once, with texts that somebody typed to do harm."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from budgets import amending, ledger
from budgets.models import (
    Allocation,
    Budget,
    CostLine,
    CostOption,
    Fund,
    FundingRequest,
    OptionLine,
    Spending,
    SpendingFile,
)
from portfolio import projects
from portfolio.models import Project
from tests.factories import make_appropriation, scoping_project

FORMULA = '=HYPERLINK("https://evil.example","x")'
TEXT = '@SUM(1)\u2028\u0085\n"quoted", comma; =1+1 \u202e\u0007 <script>alert(1)</script> 🚲'


def busy_ledger(cast: SimpleNamespace, *, code: str = "=1+1") -> SimpleNamespace:
    """Make a scoped project, one of another department, and money in every state."""
    scoped = scoping_project(cast)
    Project.objects.filter(pk=scoped.pk).update(title=FORMULA, summary=TEXT)
    scoped = Project.objects.for_pages().get(pk=scoped.pk)
    fund = Fund.objects.create(code=code, name=FORMULA, fund_type="capital_projects", note=TEXT)
    grant = make_appropriation(
        Decimal("400000.01"),
        fund=fund,
        restriction=TEXT,
        award_number="+A-1",
        agency="-Department of Transportation",
        match_percent=Decimal("20.00"),
        match_kind="cash",
        match_fund=Fund.objects.order_by("pk")[0],
        obligate_by=date(2027, 9, 30),
    )
    other = make_appropriation(Decimal("100000.10"), fund=fund, fiscal_year=grant.fiscal_year + 1)
    _amend(grant, other, by=cast.finance)
    hidden = _of_another_department(cast)
    for budget, amount in ((scoped.budget, "1000.33"), (hidden.budget, "2000.44")):
        _in_every_state(budget, grant, Decimal(amount), cast)
    _spend(scoped.budget, fund, by=cast.finance)
    _ask_and_compare(scoped.budget, fund, by=cast.head)
    return SimpleNamespace(fund=fund, grant=grant, other=other, scoped=scoped, hidden=hidden)


def _of_another_department(cast: SimpleNamespace) -> Project:
    """A concept of the Water department, answering nothing that is defined."""
    project = projects.start(
        title="Secret tunnel",
        department=cast.water,
        problem=None,
        by=cast.outsider,
        sponsor=cast.outsider,
    )
    line = {"kind": "capital", "element": "hardware", "amount": Decimal(500)}
    with cast.outsider.changing():
        CostLine.objects.create(
            budget=project.budget, fiscal_year=2030, note="Secret drill", **line
        )
    return project


def _amend(grant: Any, other: Any, *, by: Any) -> None:
    action = amending.Action(
        kind="ordinance", number="=Ord. 9", on=timezone.localdate(), reason=TEXT
    )
    amending.raise_by(grant, amount=Decimal("0.99"), action=action, by=by)
    amending.cut(other, amount=Decimal("100.10"), action=action, by=by)
    amending.transfer(other, target=grant, amount=Decimal("50.05"), action=action, by=by)


def _in_every_state(budget: Budget, source: Any, amount: Decimal, cast: SimpleNamespace) -> None:
    """Hold four times; commit one, release one, let one end."""
    _, committed, released = (
        ledger.hold(budget=budget, appropriation=source, amount=amount, by=cast.finance)
        for _ in range(3)
    )
    ledger.commit(committed, by=cast.finance)
    ledger.release(released, by=cast.finance)
    long_ago = timezone.now() - timedelta(days=100)
    with cast.finance.changing():
        Allocation.objects.create(
            budget=budget,
            appropriation=source,
            amount=amount,
            held_by=cast.finance,
            held_at=long_ago,
        )
    ledger.expire(on=timezone.localdate())


def _spend(budget: Budget, fund: Fund, *, by: Any) -> None:
    with by.changing():
        file = SpendingFile.objects.create(
            file_name="=actuals.csv",
            sha256="0" * 64,
            as_of=date(2026, 10, 31),
            rows=1,
            imported_by=by,
        )
        years = {budget.first_fiscal_year: "999999.99", budget.first_fiscal_year + 1: "0.01"}
        for year, amount in years.items():
            Spending.objects.create(
                budget=budget,
                fund=fund,
                fiscal_year=year,
                amount=Decimal(amount),
                as_of=file.as_of,
                file=file,
            )


def _ask_and_compare(budget: Budget, fund: Fund, *, by: Any) -> None:
    with by.changing():
        FundingRequest.objects.create(
            budget=budget, fund=fund, fiscal_year=2028, amount=Decimal("7.77"), note=FORMULA
        )
        option = CostOption.objects.create(budget=budget, place=1, name="-Buy", written_by=by)
        OptionLine.objects.create(
            option=option,
            fiscal_year=2027,
            kind="capital",
            element="hardware",
            amount=Decimal("12.34"),
            note=TEXT,
        )
