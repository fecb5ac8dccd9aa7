"""What was sent to review, what was decided on it, what its author answered. Only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from problems.models.problem import Problem


class Submission(models.Model):
    """A statement exactly as it was sent to review. Never changed, never deleted.

    `content` maps a field to its words and a part to the words of its rows, as people read them
    (`problems/review/submissions.py` writes it).
    """

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField(help_text="1 for the first time it was sent.")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions"
    )
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "number"],
                name="submission_number_once",
                violation_error_message="This problem was sent at the same moment. Try again.",
            )
        ]

    def __str__(self) -> str:
        return f"Submission {self.number}"


class Review(models.Model):
    """One decision on one version of a submitted problem. Never changed, never deleted."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="reviews")
    version = models.PositiveIntegerField()
    decision = models.CharField(max_length=10, choices=Decision)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews_received"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews_given"
    )
    at = models.DateTimeField()
    open_findings = models.JSONField(
        default=list, help_text="Wording advice that was still open, as the reviewer saw it."
    )

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(by=F("author")),
                name="review_not_by_author",
                violation_error_message="A problem is reviewed by someone who did not write it.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, version {self.version}"


class ReviewReason(models.Model):
    """Why a statement was returned, at the field it is about."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reasons")
    field = models.CharField(max_length=40, blank=True)
    reason = models.TextField(max_length=2000)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason


class ReasonAnswer(models.Model):
    """What the author answers to a reason for which the statement came back."""

    reason = models.OneToOneField(ReviewReason, on_delete=models.PROTECT, related_name="answer")
    answer = models.TextField(max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reason_answers"
    )
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(answer=""),
                name="reason_answer_says_something",
                violation_error_message="Write an answer, or leave the reason without one.",
            )
        ]

    def __str__(self) -> str:
        return self.answer
