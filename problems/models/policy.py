"""The city's own numbers for statements."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

# The most that a city may allow for one file: a web process reads it into memory.
MOST_MEGABYTES = 50


class ProblemPolicy(models.Model):
    """The city's own numbers for statements: one row, each number with its reason."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    baseline_max_age_months = models.PositiveSmallIntegerField(
        "Oldest baseline, in months",
        default=24,
        help_text="A starting value older than two budget years no longer describes today.",
    )
    statement_max_characters = models.PositiveSmallIntegerField(
        "Longest statement, in characters",
        default=600,
        help_text="Three short sentences: what a council member reads before turning the page.",
    )
    statement_max_sentences = models.PositiveSmallIntegerField(
        "Most sentences in a statement",
        default=3,
        help_text="Who has the problem, what happens to them, what it leads to.",
    )
    sentence_max_words = models.PositiveSmallIntegerField(
        "Longest sentence, in words",
        default=25,
        help_text="GOV.UK splits sentences above 25 words; above 40 few readers follow.",
    )

    evidence_max_megabytes = models.PositiveSmallIntegerField(
        "Largest evidence file, in megabytes",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MEGABYTES)],
        help_text="A scanned report of a hundred pages fits; a video does not.",
    )

    class Meta:
        verbose_name_plural = "problem policy"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="problem_policy_is_one_row",
                violation_error_message="There is one policy for problems. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(evidence_max_megabytes__range=(1, MOST_MEGABYTES)),
                name="evidence_files_1_to_50_megabytes",
                violation_error_message="The largest evidence file is 1 to 50 megabytes.",
            ),
        ]

    def __str__(self) -> str:
        return "Problem policy"

    @classmethod
    def current(cls) -> ProblemPolicy:
        """Return the policy in force, or its defaults where the city has set none."""
        return cls.objects.filter(pk=1).first() or cls()
