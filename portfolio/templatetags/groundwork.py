"""Words and figures that templates need everywhere. Loaded in every template."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from budgets import fiscal
from budgets import money as money_words
from budgets.models import Allocation
from problems.figures import in_figures

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """Show dollars as people read them: $1,200, with cents only where there are any."""
    return "" if amount is None else money_words.show(amount)


@register.filter
def money_change(amount: Decimal) -> str:
    """Show what was added or taken away: +$1,200, −$1,200, $0."""
    return f"+{money_words.show(amount)}" if amount > 0 else money_words.show(amount)


@register.filter
def hold_end(allocation: Allocation, warn_days: int) -> str:
    """Say when a hold ends, where that is within `warn_days` days: Ends today, Ends in 3 days."""
    if allocation.expires_on is None:
        return ""
    days = (allocation.expires_on - timezone.localdate()).days
    if days > warn_days:
        return ""
    if days < 0:
        return "Hold ended"
    return {0: "Ends today", 1: "Ends tomorrow"}.get(days, f"Ends in {days} days")


@register.filter
def fiscal_year(year: int | None) -> str:
    """Show a fiscal year: FY 2027."""
    return "" if year is None else fiscal.label(year)


@register.filter
def number(value: Decimal | None) -> str:
    """Show a measured value without trailing zeros."""
    return "" if value is None else in_figures(value)


@register.filter
def field_errors(errors: dict[str, Any], name: str) -> Any:
    """Return what `errors` says about the field `name`."""
    return errors.get(name, [])


@register.filter
def age(since: datetime) -> str:
    """Show how long something has waited, in days: today, 1 day, 23 days."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    return "today" if days < 1 else f"{days} {'day' if days == 1 else 'days'}"
