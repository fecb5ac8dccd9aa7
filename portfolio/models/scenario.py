"""What if: a copy of the working order in which order, money and limits may be tried."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from portfolio.models.people import User


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Scenarios in the words of the domain."""

    def visible_to(self, user: User) -> Self:
        """One's own; those who rank the list see all."""
        if user.has_perm("portfolio.rank"):
            return self
        return self.filter(owner=user)


class Scenario(models.Model):
    """A named what-if. It touches neither the list nor any money.

    `order` holds the projects, first one first; `fund_changes` the percent by which a fund's
    appropriations are changed, by the fund's key, beside `change_percent` for all others.
    """

    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    order = ArrayField(models.BigIntegerField(), default=list)
    change_percent = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-100), MaxValueValidator(100)]
    )
    fund_changes = models.JSONField(default=dict)
    scoping_slots = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    delivery_slots = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    list_mark = models.CharField(max_length=40, help_text="The working order it was copied from.")
    revision = models.PositiveIntegerField(default=0)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    used_at = models.DateTimeField(null=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="scenario_has_name",
                violation_error_message="Give the scenario a name.",
            ),
            models.CheckConstraint(
                condition=Q(change_percent__range=(-100, 100))
                & Q(scoping_slots__range=(1, 50))
                & Q(delivery_slots__range=(1, 50)),
                name="scenario_numbers_make_sense",
                violation_error_message="A change is −100 to 100 percent, slots are 1 to 50.",
            ),
            models.CheckConstraint(
                condition=Q(used_by__isnull=True, used_at__isnull=True)
                | Q(used_by__isnull=False, used_at__isnull=False),
                name="scenario_use_is_whole",
                violation_error_message="A used scenario says by whom and when.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of this scenario."""
        return reverse("scenario", args=[self.pk])
