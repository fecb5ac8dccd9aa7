"""The scope: what is written once the scoping gate is open, and not before."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portfolio.models.people import User
from portfolio.models.project import Project
from portfolio.models.search import words_of


class Scope(models.Model):
    """How the problem will be answered. Exists only for a project whose gate has been open.

    `scoping_opened` is always true and, together with the project, a foreign key to the project's
    own column of that name (migration `scope_behind_gate`): the row cannot exist otherwise.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="scope")
    approach = models.TextField(max_length=6000, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0)
    scoping_opened = models.BooleanField(default=True, db_default=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scoping_opened=True),
                name="scope_needs_open_gate",
                violation_error_message="A scope is written only after the scoping gate opened.",
            )
        ]
        indexes: ClassVar = [GinIndex(words_of(approach="C"), name="scope_words")]

    def __str__(self) -> str:
        return f"Scope of {self.project_id}"


class ScopeOption(models.Model):
    """One way to answer the problem, compared with the others."""

    class Kind(models.TextChoices):
        NOTHING = "nothing", "Do nothing"
        NO_TECHNOLOGY = "no_technology", "No new technology"
        PEER = "peer", "A peer's solution"
        OTHER = "other", "Another way"

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="options")
    kind = models.CharField(max_length=15, choices=Kind)
    description = models.CharField(max_length=400)
    advantages = models.CharField("speaks for it", max_length=400, blank=True)
    drawbacks = models.CharField("speaks against it", max_length=400, blank=True)
    is_chosen = models.BooleanField("chosen", default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(is_chosen=True),
                name="scope_one_option_chosen",
                violation_error_message="Choose one option, not several.",
            )
        ]

    def __str__(self) -> str:
        return self.description


class Deliverable(models.Model):
    """Something that people will have when the project is done."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="deliverables")
    what = models.CharField(max_length=300)
    done_when = models.CharField("done when", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.what


class Milestone(models.Model):
    """A dated step of the project."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="milestones")
    what = models.CharField(max_length=300)
    due = models.DateField("by", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.what


class Risk(models.Model):
    """What may go wrong, how likely and how bad, and what is done about it."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="risks")
    what = models.CharField(max_length=300)
    likelihood = models.PositiveSmallIntegerField(
        "likely, 1 to 5", default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    effect = models.PositiveSmallIntegerField(
        "bad, 1 to 5", default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    answer = models.CharField("what we do about it", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5)) & Q(effect__range=(1, 5)),
                name="risk_is_1_to_5",
                violation_error_message="Likelihood and effect are numbers from 1 to 5.",
            )
        ]

    def __str__(self) -> str:
        return self.what
