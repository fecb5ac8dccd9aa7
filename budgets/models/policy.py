"""The city's own numbers for money."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class BudgetPolicy(models.Model):
    """The city's own numbers for money: one row, each number with its reason."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    fiscal_year_first_month = models.PositiveSmallIntegerField(
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="Most US cities begin in July; January, May and October occur too.",
    )
    horizon_years = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(25)],
        help_text="GFOA asks for at least three years of cost, preferably five or more.",
    )
    contingency_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=25,
        validators=[MinValueValidator(5), MaxValueValidator(100)],
        help_text="Before design a capital estimate is rarely closer than 25 percent.",
    )
    allow_assigned = models.BooleanField(
        "Count assigned money",
        default=False,
        help_text="GASB 54 'assigned' is an intention; restricted and committed are obligations.",
    )
    at_risk_days = models.PositiveSmallIntegerField(
        "Warn before money lapses, in days",
        default=90,
        help_text="A quarter is about the time a council needs to renew an appropriation.",
    )

    class Meta:
        verbose_name_plural = "budget policy"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="budget_policy_is_one_row",
                violation_error_message="There is one policy for budgets. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(horizon_years__range=(1, 25))
                & Q(contingency_percent__range=(Decimal(5), Decimal(100))),
                name="budget_policy_numbers_make_sense",
                violation_error_message="The horizon is 1 to 25 years, contingency 5 to 100 "
                "percent.",
            ),
            models.CheckConstraint(
                condition=Q(fiscal_year_first_month__range=(1, 12)),
                name="fiscal_year_starts_in_a_month",
                violation_error_message="The fiscal year's first month is a number from 1 to 12.",
            ),
        ]

    def __str__(self) -> str:
        return "Budget policy"

    @classmethod
    def current(cls) -> BudgetPolicy:
        """Return the policy in force, or its defaults where the city has set none."""
        return cls.objects.filter(pk=1).first() or cls()
