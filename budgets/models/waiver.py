"""A security waiver: why a share of security below the city's floor is enough, and until when."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from budgets.models.budget import Budget
from budgets.models.columns import on_and_by


class SecurityWaiver(models.Model):
    """A security officer lets a budget spend less on security than the floor, for a time.

    It covers a share of whole-life cost of `percent` and more, never of nothing.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="waivers")
    percent = models.DecimalField(
        "least share of security it covers, in percent",
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )
    reason = models.CharField(max_length=600)
    ends_on = models.DateField("last day")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-signed_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100) & Q(reason__regex=r"\S"),
                name="security_waiver_has_a_reason",
                violation_error_message="A waiver needs a reason and the share it covers.",
            ),
            models.CheckConstraint(
                condition=on_and_by("withdrawn"),
                name="security_waiver_withdrawal_is_whole",
                violation_error_message="A withdrawal needs who withdrew it and when.",
            ),
        ]

    def __str__(self) -> str:
        return f"Waiver until {self.ends_on}"
