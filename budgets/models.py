"""Funds, appropriations and budgets.

A dollar is dedicated once: allocations take from an appropriation, and the totals that prove it
(`held`, `committed` on the appropriation; the cost and cover totals on the budget) are computed
by the database in migration 0002. Whatever a client writes into those columns is ignored.

Fund types are GFOA's, constraints GASB Statement 54's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from budgets.fiscal import label


def money(**options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a column for an amount of dollars and cents: at most 13 digits before the point."""
    return models.DecimalField(max_digits=15, decimal_places=2, **options)


def kept_by_database(**options: Any) -> models.DecimalField[Any, Decimal]:
    """Return a money column that triggers compute and nobody writes."""
    return money(default=0, db_default=0, editable=False, **options)


def an_amount() -> Q:
    """Return the condition of every amount: above zero, and a number ('NaN' is above all)."""
    return Q(amount__gt=0) & Q(amount__lt=Decimal(10) ** 13)


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

    def with_money_left(self) -> Self:
        """Those that still have a dollar to give."""
        return self.filter(amount__gt=F("held") + F("committed"))


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

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="appropriations")
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1990), MaxValueValidator(2200)]
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
                condition=an_amount(),
                name="appropriation_is_positive",
                violation_error_message="An appropriation is an amount above zero.",
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


class BudgetQuerySet(models.QuerySet["Budget"]):
    """Budgets in the words of the domain."""

    def dedicated(self) -> Self:
        """Confirmed by finance, with every condition holding when last computed."""
        return self.filter(state=Budget.State.DEDICATED)


class Budget(models.Model):
    """The money of one undertaking: what it costs over the years and where that comes from."""

    class State(models.TextChoices):
        DRAFT = "draft", "Not dedicated"
        DEDICATED = "dedicated", "Dedicated"

    first_fiscal_year = models.PositiveSmallIntegerField()
    phase_start = models.DateField("planned phase begins", null=True, blank=True)
    phase_end = models.DateField("planned phase ends", null=True, blank=True)
    no_recurring_reason = models.CharField(
        "why nothing recurs",
        max_length=300,
        blank=True,
        help_text="Only where nothing has to be run, licensed or maintained afterwards.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)

    one_time_cost = kept_by_database()
    contingency = kept_by_database()
    contingency_floor = kept_by_database()
    recurring_cost = kept_by_database()
    security_cost = kept_by_database()
    held = kept_by_database()
    committed = kept_by_database()
    unsuitable = kept_by_database()
    years_without_source = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    money_from = models.DateField(null=True, editable=False)
    money_until = models.DateField(null=True, editable=False)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | (
                    Q(one_time_cost__gt=0)
                    & Q(committed__gte=F("one_time_cost") + F("contingency"))
                    & Q(contingency__gte=F("contingency_floor"))
                    & (Q(recurring_cost__gt=0) | ~Q(no_recurring_reason=""))
                    & Q(years_without_source=0)
                    & Q(security_cost__gt=0)
                    & Q(unsuitable=0)
                    & Q(phase_start__gte=F("money_from"))
                    & Q(phase_end__lte=F("money_until"))
                    & Q(phase_start__isnull=False)
                    & Q(phase_end__isnull=False)
                    & Q(money_from__isnull=False)
                    & Q(money_until__isnull=False)
                ),
                name="budget_dedicated_is_whole",
                violation_error_message="A budget is dedicated only when every condition holds. "
                "Open it to see the ones that do not.",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(state="dedicated", confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="budget_confirmation_is_whole",
                violation_error_message="A dedicated budget needs who confirmed it and when.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("prepared_by")),
                name="budget_confirmer_did_not_prepare",
                violation_error_message="A budget is confirmed by a finance officer who did not "
                "enter it. Ask a second one.",
            ),
            models.CheckConstraint(
                condition=Q(phase_start__isnull=True)
                | Q(phase_end__isnull=True)
                | Q(phase_end__gte=F("phase_start")),
                name="budget_phase_in_order",
                violation_error_message="The planned phase ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"Budget {self.pk}"

    @property
    def is_dedicated(self) -> bool:
        """True while confirmed; the gate checks the money's dates besides."""
        return self.state == self.State.DEDICATED

    @property
    def needed(self) -> Decimal:
        """Dollars that committed money must cover: one-time cost and its contingency."""
        return self.one_time_cost + self.contingency


class CostLine(models.Model):
    """One cost of a budget in one fiscal year."""

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

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="cost_lines")
    fiscal_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1990), MaxValueValidator(2200)]
    )
    kind = models.CharField(max_length=10, choices=Kind)
    element = models.CharField(max_length=12, choices=Element)
    amount = money()
    note = models.CharField("what it pays for", max_length=200, blank=True)
    source = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="For a recurring cost: the fund that will pay it.",
    )

    class Meta:
        ordering: ClassVar = ["fiscal_year", "kind", "pk"]
        default_permissions = ()
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

    def __str__(self) -> str:
        return f"{label(self.fiscal_year)} {self.get_element_display()}"


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
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    committed_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="allocation_is_positive",
                violation_error_message="An allocation is an amount above zero.",
            ),
            models.CheckConstraint(
                condition=Q(committed_by__isnull=True, committed_at__isnull=True)
                | Q(committed_by__isnull=False, committed_at__isnull=False),
                name="allocation_commitment_is_whole",
                violation_error_message="A commitment needs who committed it and when.",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
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
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.appropriation_id}, {self.state}"


class FundingRequest(models.Model):
    """Money asked for, applied for or forecast. It is shown apart and never counts."""

    class Status(models.TextChoices):
        IDEA = "idea", "Idea"
        REQUESTED = "requested", "Requested"
        APPLIED = "applied", "Applied for"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="requests")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="requests")
    fiscal_year = models.PositiveSmallIntegerField()
    amount = money()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["fiscal_year", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="funding_request_is_positive",
                violation_error_message="A request is an amount above zero.",
            ),
            models.UniqueConstraint(
                fields=["budget", "fund", "fiscal_year"],
                name="funding_request_once_per_year",
                violation_error_message="This fund is already asked for that year.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} requested of {self.fund_id}"
