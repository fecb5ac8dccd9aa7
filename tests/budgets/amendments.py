"""Amendments as tests sign them."""

from datetime import date
from decimal import Decimal
from typing import Any

from budgets import amending
from budgets.amending import Action
from budgets.models import Amendment, Appropriation


def action(number: str = "Ord. 2026-90", **changes: Any) -> Action:
    """Return a numbered action of the council."""
    given: dict[str, Any] = {"kind": "ordinance", "on": date(2026, 9, 1), "reason": "Mid-year"}
    return Action(**{"number": number, **given, **changes})


def raised(target: Appropriation, amount: int, *, by: Any) -> Amendment:
    """Raise `target`."""
    return amending.raise_by(target, amount=Decimal(amount), action=action(), by=by)


def cut(source: Appropriation, amount: int, *, by: Any) -> Amendment:
    """Cut `source`."""
    return amending.cut(source, amount=Decimal(amount), action=action(), by=by)


def amount_of(appropriation: Appropriation) -> Decimal:
    """Return what `appropriation` comes to now."""
    appropriation.refresh_from_db()
    return appropriation.amount
