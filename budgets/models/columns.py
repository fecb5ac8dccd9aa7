"""Columns for dollars and cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q


def money(**options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a column for an amount of dollars and cents: at most 13 digits before the point."""
    return models.DecimalField(max_digits=15, decimal_places=2, **options)


def kept_by_database(**options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a money column that triggers compute and nobody writes."""
    return money(default=0, db_default=0, editable=False, **options)


def an_amount() -> Q:
    """Return the condition of every amount: above zero, and a number ('NaN' is above all)."""
    return Q(amount__gt=0) & Q(amount__lt=Decimal(10) ** 13)
