"""Amounts that a project has spent, saved at once or brought in a file."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from budgets import spending
from budgets.models import Fund, SpendingFile
from budgets.spending import Place, Source
from portfolio.models import Project

IMPORT = "/funds/spending/import/"


def recorded(
    project: Project, fund: Fund, amount: int, cast: SimpleNamespace, year: int | None = None
) -> SpendingFile:
    place = Place(project.budget_id, fund.pk, year or project.budget.first_fiscal_year)
    return spending.record(
        {place: Decimal(amount)},
        source=Source("books.csv", "ab" * 32, timezone.localdate()),
        seen=spending.mark(spending.saved({place})),
        by=cast.finance,
    )


def upload(content: bytes, *, name: str = "books.csv", as_of: Any = None) -> dict[str, Any]:
    return {
        "as_of": str(as_of or timezone.localdate()),
        "file": SimpleUploadedFile(name, content),
    }


def row(project: Project, fund: Fund, amount: Any) -> tuple[Any, ...]:
    return (project.reference, project.budget.first_fiscal_year, fund.code, amount)


def parcel(answer: Any) -> dict[str, str]:
    """Return what the page of a check sends back."""
    found: str = answer.text.partition('name="parcel"')[2].partition('value="')[2].partition('"')[0]
    return {"parcel": found}
