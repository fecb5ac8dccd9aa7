"""What people add to the wording check: the city's own words, and answers to its findings."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from problems.models.problem import Problem


class CityWord(models.Model):
    """A word or name of this city's own, beside those that come with the wording check."""

    class Kind(models.TextChoices):
        TECHNOLOGY = "technology", "Names a technology or a product"
        HYPE = "hype", "Hype"
        ABSOLUTE = "absolute", "Says too much"
        JARGON = "jargon", "Jargon"
        FINE = "fine", "Is a name here, never advise on it"

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"

    kind = models.CharField("what it is", max_length=10, choices=Kind)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    words = models.CharField(max_length=80, help_text="A word or a few, as people write them.")
    reason = models.CharField(max_length=300, help_text="Authors read it as the explanation.")
    example = models.CharField(max_length=300, help_text="A sentence in which it is found.")
    suggestion = models.CharField("what to write instead", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["language", "kind", Lower("words")]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                "language",
                Lower("words"),
                name="city_word_once",
                violation_error_message="The city has this word already. Change that one.",
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(reason="") & ~Q(example=""),
                name="city_word_is_explained",
                violation_error_message="A word needs a reason and an example.",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class FindingAnswer(models.Model):
    """Why an author left words that the wording check found: the reviewer reads it."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="finding_answers")
    field = models.CharField(max_length=40)
    quote = models.CharField(max_length=2000, help_text="The words as they were found.")
    reason = models.TextField(max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="finding_answers"
    )
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "field", "quote"],
                name="finding_answered_once",
                violation_error_message="These words have an answer already. Change that one.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="finding_answer_has_reason",
                violation_error_message="Say why the words stay.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
