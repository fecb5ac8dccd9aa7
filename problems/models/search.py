"""The words of a statement as PostgreSQL's full-text search reads them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from problems.models.problem import Problem


class ProblemWords(models.Model):
    """The search words of one problem, kept by a trigger beside it.

    They stand in a row of their own so that reading problems does not carry them along.
    """

    problem = models.OneToOneField(
        Problem, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    vector = SearchVectorField(editable=False)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "problem words"
        indexes: ClassVar = [GinIndex(fields=["vector"], name="problem_words_vector")]

    def __str__(self) -> str:
        return f"Words of problem {self.problem_id}"
