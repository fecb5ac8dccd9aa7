"""A budget: its cost, the money allocated to it, and the money it asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from budgets.fiscal import label
from budgets.models.columns import an_amount, kept_by_database, money
from budgets.models.fund import Appropriation, Fund


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
