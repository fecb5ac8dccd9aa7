"""Money that is asked for: it never counts."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from budgets.models.budget import Budget
from budgets.models.columns import an_amount, money, on_and_by
from budgets.models.fund import Fund


class FundingRequestQuerySet(models.QuerySet["FundingRequest"]):
    """Requests in the words of the domain."""

    def unanswered(self) -> Self:
        """Those that finance was asked for and has not declined."""
        return self.filter(status="requested", asked_at__isnull=False, declined_at=None)


class FundingRequest(models.Model):
    """Money asked for, applied for or forecast. It is shown apart and never counts."""

    class Status(models.TextChoices):
        IDEA = "idea", "Idea"
        REQUESTED = "requested", "Requested"
        APPLIED = "applied", "Applied for"
        FORECAST = "forecast", "Forecast"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="requests")
    fund = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        help_text="Empty where finance is asked for money of any fund.",
    )
    fiscal_year = models.PositiveSmallIntegerField()
    amount = money()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    note = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True)
    declined_reason = models.CharField(max_length=300, blank=True)

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["fiscal_year", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="funding_request_is_positive",
                violation_error_message="A request is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=on_and_by("asked"),
                name="funding_request_asking_is_whole",
                violation_error_message="A request needs who asked and when.",
            ),
            models.CheckConstraint(
                condition=Q(declined_by__isnull=True, declined_at__isnull=True, declined_reason="")
                | (
                    Q(declined_by__isnull=False, declined_at__isnull=False) & ~Q(declined_reason="")
                ),
                name="funding_request_answer_is_whole",
                violation_error_message="Say why the request is declined.",
            ),
            models.UniqueConstraint(
                fields=["budget", "fund", "fiscal_year"],
                condition=Q(declined_at__isnull=True),
                name="funding_request_once_per_year",
                violation_error_message="This fund is already asked for that year.",
            ),
            models.UniqueConstraint(
                fields=["budget"],
                condition=Q(
                    status="requested", fund=None, asked_at__isnull=False, declined_at__isnull=True
                ),
                name="funding_request_asked_once",
                violation_error_message="Finance is asked for this money already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_status_display().lower()}"

    @property
    def is_waiting(self) -> bool:
        """True where finance was asked and has not declined."""
        return self.asked_at is not None and self.declined_at is None
