"""Where a budget's pages are, and money behind a project."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation
from portfolio.models import Project
from tests.factories import make_appropriation


def at(project: Project, part: str = "") -> str:
    """Return the address of the project's budget, or of a page below it."""
    return f"/projects/{project.pk}/budget/{part}"


def held(project: Project, cast: SimpleNamespace, amount: int = 125_000) -> Allocation:
    """Hold money of a new appropriation, by the first finance officer."""
    return ledger.hold(
        budget=project.budget,
        appropriation=make_appropriation(),
        amount=Decimal(amount),
        by=cast.finance,
    )


def committed(project: Project, cast: SimpleNamespace, amount: int = 125_000) -> Allocation:
    """Hold and commit money, by the first finance officer."""
    return ledger.commit(held(project, cast, amount), by=cast.finance)


def hold_made(
    days_ago: int,
    project: Project,
    cast: SimpleNamespace,
    *,
    source: Appropriation | None = None,
    amount: int = 5,
) -> Allocation:
    """Return money that the first finance officer held so many days ago."""
    made = Allocation.objects.create(
        budget=project.budget,
        appropriation=source or make_appropriation(),
        amount=Decimal(amount),
        held_by=cast.finance,
        held_at=timezone.now() - timedelta(days=days_ago),
    )
    made.refresh_from_db()
    return made
