"""Funds, and the money appropriated in them.

Fund types are GFOA's, constraints GASB Statement 54's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from budgets.fiscal import label
from budgets.models.budget import Budget
from budgets.models.columns import kept_by_database, money


class Fund(models.Model):
    """A fund of the city's books."""

    class Type(models.TextChoices):
        GENERAL = "general", "General"
        SPECIAL_REVENUE = "special_revenue", "Special revenue"
        CAPITAL_PROJECTS = "capital_projects", "Capital projects"
        DEBT_SERVICE = "debt_service", "Debt service"
        PERMANENT = "permanent", "Permanent"
        ENTERPRISE = "enterprise", "Enterprise"
        INTERNAL_SERVICE = "internal_service", "Internal service"
        FIDUCIARY = "fiduciary", "Fiduciary"

    code = models.CharField(
        max_length=20,
        unique=True,
        error_messages={"unique": "A fund with this number exists already. Open it instead."},
    )
    name = models.CharField(max_length=120)
    fund_type = models.CharField(max_length=20, choices=Type)
    note = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """Return the page of this fund."""
        return reverse("fund", args=[self.pk])


class AppropriationQuerySet(models.QuerySet["Appropriation"]):
    """Appropriations in the words of the domain."""

    def usable_for(self, budget: Budget, *, on: date) -> Self:
        """Those that may be held for `budget` on that day: not lapsed, and naming no other one."""
        names = Q(for_budget=None) | Q(for_budget=budget)
        return self.filter(names, available_until__gte=on)


class Appropriation(models.Model):
    """The money authorised in a fund for one fiscal year by a numbered action."""

    class Constraint(models.TextChoices):
        NONSPENDABLE = "nonspendable", "Nonspendable"
        RESTRICTED = "restricted", "Restricted"
        COMMITTED = "committed", "Committed"
        ASSIGNED = "assigned", "Assigned"
        UNASSIGNED = "unassigned", "Unassigned"

    class ActionType(models.TextChoices):
        ORDINANCE = "ordinance", "Ordinance"
        RESOLUTION = "resolution", "Resolution"
        AWARD_LETTER = "award_letter", "Signed award"
        BUDGET_ADOPTION = "budget_adoption", "Budget adoption"

    class MatchKind(models.TextChoices):
        CASH = "cash", "Cash"
        IN_KIND = "in_kind", "In kind"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="appropriations")
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1990), MaxValueValidator(2200)]
    )
    adopted_amount = money(
        "adopted amount", default=0, editable=False, help_text="What the action above authorized."
    )
    amount = money()
    constraint = models.CharField(max_length=12, choices=Constraint)
    restriction = models.TextField("what it may be used for", max_length=1000, blank=True)
    action_type = models.CharField(max_length=16, choices=ActionType)
    action_number = models.CharField(max_length=60)
    action_date = models.DateField()
    available_from = models.DateField()
    available_until = models.DateField()
    for_budget = models.ForeignKey(
        "budgets.Budget",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="named_in",
        help_text="The budget that the action names, if it names one.",
    )
    award_number = models.CharField("number of the award", max_length=60, blank=True)
    agency = models.CharField("who awards it", max_length=120, blank=True)
    match_percent = models.DecimalField(
        "match, in percent",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="The city's own share of what the award pays for, as 2 CFR 200.306 counts it.",
    )
    match_fund = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="fund that pays the match",
    )
    match_kind = models.CharField(
        "kind of match", max_length=8, choices=MatchKind, blank=True, default=""
    )
    obligate_by = models.DateField("obligate by", null=True, blank=True)
    report_by = models.DateField("report by", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    held = kept_by_database()
    committed = kept_by_database()

    objects = AppropriationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-fiscal_year", "fund__code", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(adopted_amount__gt=0) & Q(adopted_amount__lt=Decimal(10) ** 13),
                name="appropriation_is_positive",
                violation_error_message="An appropriation is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=Q(match_percent__isnull=True, match_kind="")
                | (
                    Q(match_percent__isnull=False, match_percent__range=(0, 100))
                    & ~Q(match_kind="")
                ),
                name="appropriation_match_is_whole",
                violation_error_message="A match is a share in percent, in cash or in kind.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("held") + F("committed")),
                name="appropriation_not_overdrawn",
                violation_error_message="This appropriation does not have that much left. "
                "Open its fund to see what is left, and take less or use another.",
            ),
            models.CheckConstraint(
                condition=Q(available_until__gte=F("available_from"))
                & Q(available_from__gt=date(1900, 1, 1))
                & Q(available_until__lt=date(2300, 1, 1)),
                name="appropriation_window_in_order",
                violation_error_message="The last day the money is available comes after the "
                "first.",
            ),
            models.UniqueConstraint(
                fields=["fund", "fiscal_year", "action_number"],
                name="appropriation_once_per_action",
                violation_error_message="This action is already entered for this fund and year.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund}, {label(self.fiscal_year)}, {self.action_number}"

    @property
    def left(self) -> Decimal:
        """Dollars neither held nor committed."""
        return self.amount - self.held - self.committed
