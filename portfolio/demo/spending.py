"""The demonstration's spending: one file of the books, saved as finance saves it."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

from budgets import spending
from budgets.fiscal import fiscal_year_of
from budgets.models import BudgetPolicy, Fund
from budgets.spending import Place, Source
from portfolio.demo.data import read
from portfolio.models import Project, User


def build(projects: dict[str, Project], *, by: User, on: date) -> None:
    """Save what the projects have spent up to that day."""
    report = read("spending")
    year = fiscal_year_of(on, BudgetPolicy.current().fiscal_year_first_month)
    codes = {row["key"]: row["code"] for row in read("money")["fund"]}
    funds = {fund.code: fund.pk for fund in Fund.objects.all()}
    amounts = {
        Place(
            projects[row["project"]].budget_id, funds[codes[row["fund"]]], year + row["year"]
        ): Decimal(row["amount"])
        for row in report["amount"]
    }
    checksum = sha256(repr(sorted(amounts.items())).encode()).hexdigest()
    spending.record(
        amounts,
        source=Source(report["file"], checksum, on),
        seen=spending.mark(spending.saved(amounts)),
        by=by,
    )
