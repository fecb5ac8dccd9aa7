"""Columns for dollars and cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


def money(label: str | None = None, **options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a column for an amount of dollars and cents: at most 13 digits before the point."""
    return models.DecimalField(label, max_digits=15, decimal_places=2, **options)


def percent(
    label: str, *, default: int, lowest: int, help_text: str
) -> models.DecimalField[Any, Decimal]:
    """Return a column for a share in percent, from `lowest` to 100, with two decimals."""
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        default=default,
        validators=[MinValueValidator(lowest), MaxValueValidator(100)],
        help_text=help_text,
    )


def kept_by_database(**options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a money column that triggers compute and nobody writes."""
    return money(default=0, db_default=0, editable=False, **options)


def an_amount() -> Q:
    """Return the condition of every amount: above zero, and a number ('NaN' is above all)."""
    return Q(amount__gt=0) & Q(amount__lt=Decimal(10) ** 13)


def on_and_by(name: str) -> Q:
    """Return the condition that a signature is whole: who and when stand together, or neither."""
    who, when = f"{name}_by__isnull", f"{name}_at__isnull"
    return Q(**{who: True, when: True}) | Q(**{who: False, when: False})
