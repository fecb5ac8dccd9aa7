"""What was spent, as the city's books say: imported from files, never typed into a budget."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from budgets.fiscal import label
from budgets.models.budget import Budget
from budgets.models.columns import money
from budgets.models.fund import Fund


class SpendingFile(models.Model):
    """A file out of the city's books, imported once as a whole."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField("spent up to")
    rows = models.PositiveIntegerField()
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name


class Spending(models.Model):
    """Dollars that a budget has spent of a fund in a fiscal year, up to a day."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="spending")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="spending")
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1990), MaxValueValidator(2200)]
    )
    amount = money()
    as_of = models.DateField("spent up to")
    file = models.ForeignKey(SpendingFile, on_delete=models.PROTECT, related_name="spending")

    class Meta:
        ordering: ClassVar = ["fiscal_year", "fund__code", "pk"]
        default_permissions = ()
        verbose_name_plural = "spending"
        indexes: ClassVar = [
            models.Index(
                fields=["fund", "fiscal_year"], include=["amount"], name="spent_of_a_fund"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                # 'NaN' is above all numbers.
                condition=Q(amount__gte=0) & Q(amount__lt=10**13),
                name="spending_is_not_negative",
                violation_error_message="What was spent so far is zero or more.",
            ),
            models.UniqueConstraint(
                fields=["budget", "fund", "fiscal_year"],
                name="spending_once_per_fund_and_year",
                violation_error_message="This project's spending of that fund and year is there "
                "already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} in {label(self.fiscal_year)}"
