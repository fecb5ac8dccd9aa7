"""What the city declares critical now, with dates."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class CriticalPriorityQuerySet(models.QuerySet["CriticalPriority"]):
    """Critical priorities in the words of the domain."""

    def declared(self, *, on: date) -> Self:
        """Those that the city holds critical on that day."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))


class CriticalPriority(models.Model):
    """What the city declares critical, from one day to another or until further notice."""

    class Area(models.TextChoices):
        PUBLIC_HEALTH = "public_health", "Public health"
        PUBLIC_SAFETY = "public_safety", "Public safety"
        OTHER = "other", "Another critical need"

    name = models.CharField(max_length=80)
    area = models.CharField(max_length=15, choices=Area)
    reason = models.CharField("why it is critical", max_length=300)
    starts_on = models.DateField("from")
    ends_on = models.DateField(
        "until", null=True, blank=True, help_text="Leave it empty until the city knows."
    )

    objects = CriticalPriorityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        default_permissions = ()
        verbose_name_plural = "critical priorities"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="critical_priority_ends_after_start",
                violation_error_message="A critical priority ends on or after the day it starts.",
            ),
            models.UniqueConstraint(
                Lower("name"),
                name="critical_priority_once",
                violation_error_message="The city has a critical priority of this name. Change "
                "that one instead.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_declared(self, *, on: date) -> bool:
        """Return whether the city holds it critical on that day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
