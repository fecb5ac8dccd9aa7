"""An allocation: money of one appropriation promised to one budget."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from budgets.models.budget import Budget
from budgets.models.columns import an_amount, money, on_and_by
from budgets.models.fund import Appropriation


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Allocations in the words of the domain."""

    def taken(self) -> Self:
        """Those that nobody else can take: held or committed."""
        return self.exclude(state=Allocation.State.RELEASED)

    def committed(self) -> Self:
        """Those that cover a cost."""
        return self.filter(state=Allocation.State.COMMITTED)

    def ended(self, *, on: date) -> Self:
        """Holds whose last day lies before `on`, which nobody released yet."""
        return self.filter(state=Allocation.State.HELD, expires_on__lt=on)


class Allocation(models.Model):
    """An amount of one appropriation held for, then committed to, one budget."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        COMMITTED = "committed", "Committed"
        RELEASED = "released", "Released"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="allocations")
    appropriation = models.ForeignKey(
        Appropriation, on_delete=models.PROTECT, related_name="allocations"
    )
    amount = money()
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField()
    expires_on = models.DateField(
        "last day of the hold", null=True, editable=False, help_text="Computed by the database."
    )
    has_expired = models.BooleanField(default=False, db_default=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    committed_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        indexes: ClassVar = [
            # Holds that end soon are few among all allocations.
            models.Index(fields=["expires_on"], condition=Q(state="held"), name="hold_ends"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="allocation_is_positive",
                violation_error_message="An allocation is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=on_and_by("committed"),
                name="allocation_commitment_is_whole",
                violation_error_message="A commitment needs who committed it and when.",
            ),
            models.CheckConstraint(
                condition=on_and_by("released")
                | Q(has_expired=True, released_by__isnull=True, released_at__isnull=False),
                name="allocation_release_is_whole",
                violation_error_message="A release needs who released it and when.",
            ),
            models.CheckConstraint(
                condition=Q(state="held", committed_at__isnull=True, released_at__isnull=True)
                | Q(state="committed", committed_at__isnull=False, released_at__isnull=True)
                | Q(state="released", released_at__isnull=False),
                name="allocation_state_fits_signatures",
                violation_error_message="Money is held, then committed, then released.",
            ),
            models.CheckConstraint(
                condition=Q(has_expired=False)
                | Q(state="released", released_by__isnull=True, committed_at__isnull=True),
                name="allocation_expires_as_a_hold",
                violation_error_message="Only a hold ends by itself. Committed money is released "
                "by a finance officer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.appropriation_id}, {self.state}"
