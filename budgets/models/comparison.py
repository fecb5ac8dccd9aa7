"""What is planned and spent, summed: rows that the database keeps and nobody else writes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf

from budgets.fiscal import label
from budgets.models.budget import Budget

# Sums of amounts have more digits than the amounts.
DOLLARS = models.DecimalField(max_digits=20, decimal_places=2)
PERCENT = models.DecimalField(max_digits=40, decimal_places=8)


class Comparison(models.Model):
    """What a budget that counts plans over all years and has spent: dedicated, or with spending."""

    budget = models.OneToOneField(
        Budget, on_delete=models.PROTECT, primary_key=True, related_name="comparison"
    )
    planned = models.DecimalField(max_digits=20, decimal_places=2, editable=False)
    spent = models.DecimalField(max_digits=20, decimal_places=2, editable=False)
    percent = models.GeneratedField(
        expression=Value(100) * F("spent") / NullIf(F("planned"), Value(0), output_field=DOLLARS),
        output_field=PERCENT,
        db_persist=True,
    )
    is_over = models.GeneratedField(
        expression=Q(spent__gt=F("planned")),  # type: ignore[arg-type]  # a condition will do
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["percent"], name="compared_by_percent"),
            models.Index(fields=["planned"], name="compared_by_planned"),
            models.Index(fields=["spent"], name="compared_by_spent"),
        ]

    def __str__(self) -> str:
        return f"{self.spent} of {self.planned}"


class SpentYear(models.Model):
    """What all budgets together have spent in a fiscal year, and up to which day."""

    fiscal_year = models.PositiveSmallIntegerField(primary_key=True, editable=False)
    amount = models.DecimalField(max_digits=20, decimal_places=2, editable=False)
    as_of = models.DateField("spent up to", editable=False)

    class Meta:
        ordering: ClassVar = ["fiscal_year"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.amount} in {label(self.fiscal_year)}"
