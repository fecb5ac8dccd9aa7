"""What people type into a search box, as a question to PostgreSQL's full-text search.

A city writes in English and Spanish, so every question is asked in both. Quoted words stand
together, a word after "-" must not occur, "or" offers a choice, and the last word may be
unfinished.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

LANGUAGES = ("english", "spanish")
# Longer questions find nothing that shorter ones do not.
MOST_CHARACTERS = 200
# Fewer letters begin too many words: then only words of titles count.
LETTERS_TO_LOOK_EVERYWHERE = 3

EXCLUDED = re.compile(r'(?<!\S)-("[^"]*"|[^\s"]+)')
LAST_WORD = re.compile(r"(?<![\w\"])(\w+)$")


def typed(text: str) -> str:
    """Return what was typed, on one line, without invisible controls, at most 200 characters."""
    # A page of text would take long to read letter by letter.
    shown = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in text[:2000]
    )
    return " ".join(shown.split())[:MOST_CHARACTERS].strip()


def question(text: str) -> Any:
    """Return the query that `text` means, for vectors with English and Spanish words.

    It is empty, and fits nothing, where `text` holds no word.
    """
    wanted = typed(text)
    excluded = [term.strip('"') for term in EXCLUDED.findall(wanted)]
    wanted = EXCLUDED.sub(" ", wanted).strip()
    asked = _in_both(wanted)
    last = LAST_WORD.search(wanted)
    if last and last[1].lower() != "or":
        begun = _beginning(last[1])
        before = wanted[: last.start()].strip()
        asked |= _in_both(before) & begun if before else begun
    for term in excluded:
        for language in LANGUAGES:
            asked &= SearchQuery(term, config=language, search_type="phrase", invert=True)
    return asked


def _in_both(text: str) -> Any:
    english, spanish = (
        SearchQuery(text, config=language, search_type="websearch") for language in LANGUAGES
    )
    return english | spanish


def _beginning(word: str) -> SearchQuery:
    """Words that begin with `word`, which is made of letters, digits and "_" alone."""
    where = "*" if len(word) >= LETTERS_TO_LOOK_EVERYWHERE else "*A"
    return SearchQuery(f"'{word}':{where}", config="simple", search_type="raw")


def fitting(problems: Any, text: str) -> Any:
    """Return those of `problems` that `text` fits, the best first."""
    asked = question(text)
    return (
        problems.filter(words__vector=asked)
        .annotate(rank=SearchRank(F("words__vector"), asked))
        .order_by("-rank", "-pk")
    )
