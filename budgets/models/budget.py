"""A budget: what it costs, what covers that, and the signature under both."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from budgets.models.columns import kept_by_database


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

    class Estimate(models.TextChoices):
        """How far the design behind the numbers is: the further, the less contingency it needs."""

        CONCEPT = "concept", "Concept"
        DESIGN = "design", "Design"
        DELIVERY = "delivery", "Delivery"

    first_fiscal_year = models.PositiveSmallIntegerField()
    phase_start = models.DateField("planned phase begins", null=True, blank=True)
    phase_end = models.DateField("planned phase ends", null=True, blank=True)
    no_recurring_reason = models.CharField(
        "why nothing recurs",
        max_length=300,
        blank=True,
        help_text="Only where nothing has to be run, licensed or maintained afterwards.",
    )
    estimate = models.CharField(
        max_length=10, choices=Estimate, default=Estimate.CONCEPT, editable=False
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
    security_floor = kept_by_database()
    security_waived_until = models.DateField(null=True, editable=False)
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
                    & (
                        Q(security_cost__gte=F("security_floor"))
                        | Q(security_waived_until__isnull=False)
                    )
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

    @property
    def short(self) -> Decimal:
        """Dollars of what is needed that are neither held nor committed yet."""
        return max(self.needed - self.committed - self.held, Decimal(0))

    @property
    def whole_life(self) -> Decimal:
        """Dollars of everything it costs over the years, contingency and running it included."""
        return self.needed + self.recurring_cost
