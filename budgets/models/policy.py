"""The city's own numbers for money."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from budgets.models.columns import money, percent


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
    contingency_percent = percent(
        "contingency of a concept, in percent",
        default=25,
        lowest=5,
        help_text="Before design a capital estimate is rarely closer than 25 percent.",
    )
    contingency_design_percent = percent(
        "contingency while a project is scoped, in percent",
        default=15,
        lowest=5,
        help_text="Citrus County FL asks for 15 to 25 percent at inception and 10 to 15 in design.",
    )
    contingency_delivery_percent = percent(
        "contingency in delivery, in percent",
        default=10,
        lowest=5,
        help_text="Citrus County FL asks for 5 to 15 percent in construction.",
    )
    security_floor_percent = percent(
        "least share of security in whole-life cost, in percent",
        default=5,
        lowest=0,
        help_text="No norm says how much is right. Below this share a security officer has to say "
        "why it is enough; nothing at all is never enough.",
    )
    security_note_percent = percent(
        "share of security below which a note is shown, in percent",
        default=10,
        lowest=0,
        help_text="A note blocks nothing. It asks whether monitoring and updates were forgotten.",
    )
    waiver_months = models.PositiveSmallIntegerField(
        "longest security waiver, in months",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="A risk that is accepted is looked at again with each yearly budget.",
    )
    hold_days = models.PositiveSmallIntegerField(
        "days until a hold ends",
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text="Two months are about two rounds of council meetings. Money held for longer is "
        "money that no other project could plan with.",
    )
    hold_warn_days = models.PositiveSmallIntegerField(
        "warn before a hold ends, in days",
        default=7,
        help_text="A week is enough to commit the money, or to let it go knowingly.",
    )
    whole_life_warning = money(
        "whole-life cost above which a note is shown",
        default=10_000_000,
        help_text="18F advises to keep a project under $10 million: of large government software "
        "projects few succeed.",
    )
    yearly_warning = money(
        "cost in one year above which a note is shown",
        default=2_000_000,
        help_text="18F advises contracts of at most $2 million a year and three years.",
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
                condition=Q(contingency_design_percent__range=(Decimal(5), Decimal(100)))
                & Q(contingency_delivery_percent__range=(Decimal(5), Decimal(100)))
                & Q(security_floor_percent__range=(Decimal(0), Decimal(100)))
                & Q(security_note_percent__range=(Decimal(0), Decimal(100))),
                name="budget_policy_shares_make_sense",
                violation_error_message="Contingency is 5 to 100 percent, the share of security 0 "
                "to 100.",
            ),
            models.CheckConstraint(
                condition=Q(hold_days__range=(1, 730))
                & Q(hold_warn_days__lt=F("hold_days"))
                & Q(waiver_months__range=(1, 60)),
                name="budget_policy_terms_make_sense",
                violation_error_message="A hold lasts 1 to 730 days and is warned of before it "
                "ends; a waiver lasts 1 to 60 months.",
            ),
            models.CheckConstraint(
                condition=Q(whole_life_warning__gt=0)
                & Q(whole_life_warning__lt=Decimal(10) ** 13)
                & Q(yearly_warning__gt=0)
                & Q(yearly_warning__lt=Decimal(10) ** 13),
                name="budget_policy_warnings_are_amounts",
                violation_error_message="A note is shown above an amount of dollars.",
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
