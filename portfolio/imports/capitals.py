"""Reads text that was written all in capitals: what a person would have typed.

Capitals hide which words are names. So common words of building and repair are lower-cased,
abbreviations stay as they are, and every other word is taken for a name: "BETSY HEAD PLAYGROUND
RECONSTRUCTION" becomes "Betsy Head Playground reconstruction".
"""

import re
import tomllib
from functools import cache
from pathlib import Path

# Below this share of capitals somebody chose them word by word, and the text stays as it is.
CAPITALS = 0.85

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ORDINAL = re.compile(r"\d+(?:ST|ND|RD|TH)")
ROMAN = re.compile(r"[IVX]+")
VOWEL = re.compile("[AEIOUY]")
SURNAME = re.compile(r"^(Mc|O['’])([a-z])")
BEFORE_ARTICLE = re.compile(r"([^\W_]+) $")
AFTER_ARTICLE = re.compile(r" [^\W\d_]{2}")

LISTS = Path(__file__).with_name("capitals.toml")


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of one kind: common, abbreviations or short_forms."""
    kinds = tomllib.loads(LISTS.read_text(encoding="utf-8"))
    return frozenset(kinds[kind].split())


def sentence(text: str) -> str:
    """Return `text` as a person would have typed it, where it was written all in capitals."""
    letters = [char for char in text if char.isalpha()]
    if not letters or sum(map(str.isupper, letters)) < CAPITALS * len(letters):
        return text
    plain = WORD.sub(_as_typed, text)
    first = next(place for place, char in enumerate(plain) if char.isalnum())
    return plain[:first] + plain[first].upper() + plain[first + 1 :]


def _as_typed(found: re.Match[str]) -> str:
    word = found[0]
    if not word.isupper():
        return word
    if ORDINAL.fullmatch(word) or word.lower() in words("common") or _is_article(found):
        return word.lower()
    stem = re.split("['’]", word, maxsplit=1)[0]
    if len(word) > 1 and _is_abbreviation(stem):
        return stem + word[len(stem) :].lower()
    name = word[0] + word[1:].lower()
    return SURNAME.sub(lambda parts: parts[1] + parts[2].upper(), name)


def _is_article(found: re.Match[str]) -> bool:
    """Tell the A of "for a new roof" from the one of "Building A"."""
    if found[0] != "A" or not AFTER_ARTICLE.match(found.string, found.end()):
        return False
    before = BEFORE_ARTICLE.search(found.string, 0, found.start())
    return before is not None and before[1].lower() in words("common")


def _is_abbreviation(word: str) -> bool:
    if word in words("abbreviations") or ROMAN.fullmatch(word) or any(map(str.isdigit, word)):
        return True
    return len(word) > 1 and not VOWEL.search(word) and word not in words("short_forms")
