"""Scores: the criteria that a city weighs, the answers for a project, the sum of both."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portfolio.models.project import Project

# An answer is 0 to 5; each has its words, from none to most.
HIGHEST_ANSWER = 5


class Criterion(models.Model):
    """One question about a project, with the words for each answer. It is never reworded.

    A city that wants other words writes another criterion, so that an answer always belongs to
    the words that were read.
    """

    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=60)
    question = models.CharField(max_length=200)
    anchors = ArrayField(models.CharField(max_length=160), size=HIGHEST_ANSWER + 1)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(anchors__len=HIGHEST_ANSWER + 1),
                name="criterion_words_each_answer",
                violation_error_message="Write the words for each answer, from 0 to 5.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CriteriaVersion(models.Model):
    """A set of weighted criteria, from its signing until the next one. It is never changed."""

    number = models.PositiveIntegerField(unique=True, editable=False, db_default=0)
    reason = models.CharField(max_length=300)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number=1) | Q(signed_by__isnull=False),
                name="criteria_version_is_signed",
                violation_error_message="A new set of criteria needs who signed it.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="criteria_version_has_reason",
                violation_error_message="Say why the criteria or their weights change.",
            ),
        ]

    def __str__(self) -> str:
        return f"Criteria, version {self.number}"


class Weight(models.Model):
    """How much a criterion counts in a version, in percent: the weights of one add up to 100."""

    version = models.ForeignKey(CriteriaVersion, on_delete=models.PROTECT, related_name="weights")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="weights")
    place = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["version", "place"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100)),
                name="weight_is_a_percentage",
                violation_error_message="A weight is a whole number from 1 to 100.",
            ),
            models.UniqueConstraint(
                fields=["version", "criterion"],
                name="weight_once_per_version",
                violation_error_message="A criterion counts once.",
            ),
            models.UniqueConstraint(
                fields=["version", "place"],
                name="weight_has_its_place",
                violation_error_message="Two criteria cannot share a place.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} counts {self.weight}"


class Answer(models.Model):
    """What a department answers to a criterion for its project, and the manager's correction."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="answers")
    value = models.PositiveSmallIntegerField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField()
    corrected_value = models.PositiveSmallIntegerField(null=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True)
    correction_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["project", "criterion"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "criterion"],
                name="answer_once_per_criterion",
                violation_error_message="This criterion is answered already. Change the answer.",
            ),
            models.CheckConstraint(
                condition=Q(value__range=(0, HIGHEST_ANSWER)),
                name="answer_is_0_to_5",
                violation_error_message="Choose one of the six answers.",
            ),
            models.CheckConstraint(
                condition=Q(
                    corrected_value__isnull=True,
                    corrected_by__isnull=True,
                    corrected_at__isnull=True,
                    correction_reason="",
                )
                | (
                    Q(
                        corrected_value__isnull=False,
                        corrected_value__range=(0, HIGHEST_ANSWER),
                        corrected_by__isnull=False,
                        corrected_at__isnull=False,
                    )
                    & ~Q(correction_reason="")
                ),
                name="answer_correction_is_whole",
                violation_error_message="A correction needs one of the six answers and a reason.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted} for {self.criterion_id} of {self.project_id}"

    @property
    def counted(self) -> int:
        """The answer that counts: the correction where there is one."""
        return self.value if self.corrected_value is None else self.corrected_value


class ProjectScore(models.Model):
    """The score of one project under the newest criteria. The database computes it."""

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, primary_key=True, related_name="score"
    )
    score = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    answered = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    # The answers that decide between equal scores, in this order.
    safety = models.PositiveSmallIntegerField(null=True)
    mandate = models.PositiveSmallIntegerField(null=True)
    outside_money = models.PositiveSmallIntegerField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__range=(0, 100)) & Q(answered__lte=F("asked")),
                name="project_score_makes_sense",
                violation_error_message="A score is 0 to 100 of what was answered.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} of 100"

    @property
    def is_complete(self) -> bool:
        """True when every criterion is answered: only then the score is compared."""
        return 0 < self.asked == self.answered
