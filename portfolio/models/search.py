"""Search words that are computed from a row's own texts, and indexed as they are computed."""

from functools import reduce
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models.functions import Left

from problems.search import LANGUAGES

# A page of hostile text makes more words than a vector holds (1 MB): the beginning will do.
MOST_CHARACTERS = 20_000


def words_of(**weights: str) -> Any:
    """Return the vector of some fields in every language, each field with its weight, A to D.

    An index over it serves only queries that ask by the very same expression.
    """
    vectors: list[Any] = [
        SearchVector(Left(field, MOST_CHARACTERS), config=language, weight=weight)
        for field, weight in weights.items()
        for language in LANGUAGES
    ]
    return reduce(add, vectors)
