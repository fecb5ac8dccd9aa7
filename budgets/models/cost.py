"""Costs by fiscal year: the lines of a budget, and two options compared before one is chosen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from budgets.fiscal import label
from budgets.models.budget import Budget
from budgets.models.columns import an_amount, money
from budgets.models.fund import Fund


class Cost(models.Model):
    """One cost in one fiscal year."""

    class Kind(models.TextChoices):
        CAPITAL = "capital", "Capital"
        ONE_TIME = "one_time", "One-time operating"
        RECURRING = "recurring", "Recurring operating"

    class Element(models.TextChoices):
        STAFF = "staff", "Staff"
        HARDWARE = "hardware", "Hardware"
        SOFTWARE = "software", "Software"
        SERVICES = "services", "Services"
        SECURITY = "security", "Security"
        TRAINING = "training", "Training"
        CONTINGENCY = "contingency", "Contingency"
        OTHER = "other", "Other"

    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1990), MaxValueValidator(2200)]
    )
    kind = models.CharField(max_length=10, choices=Kind)
    element = models.CharField(max_length=12, choices=Element)
    amount = money()
    note = models.CharField("what it pays for", max_length=200, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{label(self.fiscal_year)} {self.get_element_display()}"


class CostLine(Cost):
    """One cost of a budget. For a recurring one: the fund that will pay it."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="cost_lines")
    source = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="For a recurring cost: the fund that will pay it.",
    )

    class Meta(Cost.Meta):
        ordering: ClassVar = ["fiscal_year", "kind", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="cost_line_is_positive",
                violation_error_message="A cost is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="recurring", element="contingency"),
                name="cost_line_contingency_is_one_time",
                violation_error_message="Contingency belongs to capital or one-time cost.",
            ),
        ]


class CostOption(models.Model):
    """One of two ways to spend, written down to be compared. It counts nowhere."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="options")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["place"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(place__in=[1, 2]),
                name="cost_option_is_one_of_two",
                violation_error_message="Two options are compared. Change one of them.",
            ),
            models.UniqueConstraint(
                fields=["budget", "place"],
                name="cost_option_has_its_place",
                violation_error_message="This option is there already. Open it and change it.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OptionLine(Cost):
    """One cost of an option."""

    option = models.ForeignKey(CostOption, on_delete=models.CASCADE, related_name="lines")

    class Meta(Cost.Meta):
        ordering: ClassVar = ["fiscal_year", "kind", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="option_line_is_positive",
                violation_error_message="A cost is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="recurring", element="contingency"),
                name="option_line_contingency_is_one_time",
                violation_error_message="Contingency belongs to capital or one-time cost.",
            ),
        ]
