"""Amendments: the only way in which an appropriation changes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from budgets.models.columns import an_amount, money
from budgets.models.fund import Appropriation


class Amendment(models.Model):
    """A numbered, dated, signed action that raises, cuts, moves or lapses appropriated money."""

    class Kind(models.TextChoices):
        RAISE = "raise", "Raise"
        CUT = "cut", "Cut"
        TRANSFER = "transfer", "Transfer"
        LAPSE = "lapse", "Lapse"

    number = models.PositiveIntegerField(unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    amount = money()
    source = models.ForeignKey(
        Appropriation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments_out",
        help_text="The appropriation that the money leaves.",
    )
    target = models.ForeignKey(
        Appropriation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments_in",
        help_text="The appropriation that the money enters.",
    )
    action_type = models.CharField(max_length=16, choices=Appropriation.ActionType)
    action_number = models.CharField(max_length=60)
    action_date = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=an_amount(),
                name="amendment_is_positive",
                violation_error_message="An amendment is of an amount above zero.",
            ),
            models.CheckConstraint(
                condition=Q(kind="raise", source__isnull=True, target__isnull=False)
                | Q(kind__in=["cut", "lapse"], source__isnull=False, target__isnull=True)
                | (
                    Q(kind="transfer", source__isnull=False, target__isnull=False)
                    & ~Q(source=F("target"))
                ),
                name="amendment_ends_fit_its_kind",
                violation_error_message="A raise enters an appropriation, a cut or a lapse leaves "
                "one, a transfer leaves one and enters another.",
            ),
            models.CheckConstraint(
                condition=~Q(action_number=""),
                name="amendment_names_its_action",
                violation_error_message="An amendment names the action that authorizes it.",
            ),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.number}"
