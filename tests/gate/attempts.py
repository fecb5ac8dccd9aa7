"""How an attempt is made, and what a refusal has to look like."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from django.db import IntegrityError

from portfolio.constraints import FALLBACK, sentence_for

SENTENCE = re.compile(r"[A-Z0-9][^\n]*[.?]")
WORDS_OF_MACHINES = ("violates", "constraint", "relation", "_", "NULL", "trigger")

# What several attempts share.
UNDECIDED = "decision = '', decided_by_id = NULL, decided_at = NULL"
UNSENT = f"{UNDECIDED}, submitted_by_id = NULL, submitted_at = NULL"
WITHDRAWN = "state = 'draft', confirmed_by_id = NULL, confirmed_at = NULL"
ADOPT = (
    "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at) "
    "VALUES ('Res. Anew', portfolio_today(), {manager}, now())"
)


def run(
    connection: psycopg.Connection[Any],
    statements: str | Iterable[str],
    names: Mapping[str, int],
    **more: object,
) -> None:
    """Execute the statements one after the other, with the world's keys in their braces."""
    for statement in [statements] if isinstance(statements, str) else statements:
        connection.execute(statement.format(**names, **more))


def said(error: psycopg.Error) -> str:
    """Return what a person reads when the site meets this refusal."""
    wrapped = IntegrityError(str(error))
    wrapped.__cause__ = error
    return sentence_for(wrapped)


def assert_readable(sentence: str) -> None:
    """Fail unless `sentence` is one that a person can read and act on."""
    assert SENTENCE.fullmatch(sentence), sentence
    assert sentence != FALLBACK
    assert not [word for word in WORDS_OF_MACHINES if word in sentence], sentence


def assert_refused_in_words(error: psycopg.Error, rule: str | None = None) -> str:
    """Fail unless one of our own rules refused, in a sentence; return the sentence."""
    assert isinstance(error, psycopg.errors.IntegrityError), error
    if rule:
        assert error.diag.constraint_name == rule
    sentence = said(error)
    assert_readable(sentence)
    return sentence
