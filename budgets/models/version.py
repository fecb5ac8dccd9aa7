"""A version of a budget: what a second finance officer confirmed, frozen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from budgets.models.budget import Budget
from budgets.models.columns import money


class BudgetVersion(models.Model):
    """A budget as it was confirmed. The database writes it with the confirmation, nobody else.

    `lines` are its cost lines, `money` the committed allocations it was confirmed with: rows with
    the columns' names, amounts as texts with two decimals.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField()
    estimate = models.CharField(max_length=10, choices=Budget.Estimate)
    first_fiscal_year = models.PositiveSmallIntegerField()
    phase_start = models.DateField()
    phase_end = models.DateField()
    no_recurring_reason = models.CharField(max_length=300, blank=True)
    one_time_cost = money()
    contingency = money()
    recurring_cost = money()
    security_cost = money()
    security_waived_until = models.DateField(null=True)
    committed = money()
    money_from = models.DateField()
    money_until = models.DateField()
    lines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    money: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()

    class Meta:
        ordering: ClassVar = ["budget", "number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["budget", "number"],
                name="budget_version_has_its_number",
                violation_error_message="This version is there already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def needed(self) -> Decimal:
        """Dollars that committed money had to cover: one-time cost and its contingency."""
        return self.one_time_cost + self.contingency

    @property
    def whole_life(self) -> Decimal:
        """Dollars of everything it was to cost over the years."""
        return self.needed + self.recurring_cost
