"""Reads the word data of the lint, and reads a text into words.

The data stands in ``wording.toml``: technologies, classes of words, and patterns over both. This
module turns it into look-up tables once per language. Nothing here decides what is a finding.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).with_name("wording.toml")

# A set of phrases: the first word leads to the possible rests, the longest first.
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]

WORD = re.compile(
    r"""\d++(?:[.,]\d++)+          # 1,200.50
      | [^\W_](?:\.[^\W_])+(?![^\W_])  # U.S, a.m
      | [^\W_]++(?:'[^\W_]++)*+    # dashboard, don't, 5G
      | \n\s*\n                    # a new paragraph
      | [.!?]++ | [;:,()"\u2014]""",
    re.VERBOSE,
)
SENTENCE_ENDS = frozenset(".!?")
ABBREVIATIONS = frozenset(
    ["ave", "blvd", "dr", "ft", "gov", "jr", "mr", "mrs", "ms", "no", "rd", "sr", "st", "u.s", "vs"]
)
SAME_MARK = {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "—", "¡": " "}


class Token(NamedTuple):
    """One word or mark: folded for comparison, with its place in the original text."""

    word: str
    start: int
    end: int
    sentence: int
    is_word: bool


class Part(Enum):
    """What one element of a pattern stands for (the notation is explained in wording.toml)."""

    PHRASE = auto()
    GAP = auto()
    WORD = auto()
    NUMBER = auto()
    START = auto()
    END = auto()
    TECHNOLOGY = auto()
    OBJECT = auto()
    EQUIPMENT = auto()
    LACKING = auto()


NOTATION = {
    "^": Part.START,
    "$": Part.END,
    "<word>": Part.WORD,
    "<number>": Part.NUMBER,
    "<technology>": Part.TECHNOLOGY,
    "<object>": Part.OBJECT,
    "<equipment>": Part.EQUIPMENT,
    "<lacking>": Part.LACKING,
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a pattern."""

    part: Part
    phrases: Phrases
    size: int = 0
    optional: bool = False


type Pattern = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """Words beside a match that show another sense: shortly before, after, inside, or near it."""

    before: Phrases
    after: Phrases
    inside: frozenset[str]
    near: frozenset[str]
    number: bool


@dataclass(frozen=True, slots=True)
class Technology:
    """A group of technology names.

    Personal ones are devices people own or lack themselves. With `then_any` the next word belongs
    to the name, as in "cloud-based payroll".
    """

    guard: Guard
    personal: bool
    then_any: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the data: what to look for, what makes it harmless, and what to tell people."""

    kind: str
    patterns: tuple[Pattern, ...]
    guard: Guard
    reason: str
    suggestion: str
    example: str
    harmless: str


# A rule with the one of its patterns that may begin at a word.
type Candidate = tuple[Rule, Pattern]
# The words after the first of a technology's name, and the technology.
type Name = tuple[tuple[str, ...], Technology]


@dataclass(frozen=True, slots=True)
class Wording:
    """All word data of one language, looked up by the word where something may begin."""

    classes: Mapping[str, Phrases]
    technologies: Mapping[str, tuple[Name, ...]]
    rules: tuple[Rule, ...]
    by_word: Mapping[str, tuple[Candidate, ...]]
    by_technology: tuple[Candidate, ...]


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    if unicodedata.category(char) in {"Cf", "Mn"}:
        return ""
    char = SAME_MARK.get(char, char)
    parts = unicodedata.normalize("NFKD", char).casefold()
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in lower case without accents and invisible characters.

    The second value gives, for each character of the result, its place in the original.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        piece = _folded(char)
        folded.append(piece)
        origin.extend([index] * len(piece))
    return "".join(folded), origin


def read(text: str) -> list[Token]:
    """Split a text into words and marks, each with the number of its sentence. Linear time."""
    folded, origin = fold(text)
    tokens: list[Token] = []
    sentence = 0
    for found in WORD.finditer(folded):
        word = found.group()
        end = origin[found.end()] if found.end() < len(origin) else len(text)
        is_word = word[0].isalnum()
        word = word if is_word else word[0]
        tokens.append(Token(word, origin[found.start()], end, sentence, is_word))
        if word == "\n" or (
            word in SENTENCE_ENDS
            and not folded[found.end() : found.end() + 1].isalnum()
            and not (word == "." and len(tokens) > 1 and tokens[-2].word in ABBREVIATIONS)
        ):
            sentence += 1
    return tokens


def phrases(items: Iterable[str]) -> Phrases:
    """Arrange phrases for look-up by their first word."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for item in items:
        first, *rest = [token.word for token in read(item)]
        table.setdefault(first, []).append(tuple(rest))
    return {
        first: tuple(sorted(set(rests), key=len, reverse=True)) for first, rests in table.items()
    }


def plurals(noun: str, language: str) -> set[str]:
    """Return the regular plurals of a noun. In Spanish the adjectives follow the noun."""
    if language == "en":
        return {english_plural(noun)}
    first, *rest = [word + ("s" if word[-1] in "aeiou" else "es") for word in noun.split()]
    return {" ".join([first, *noun.split()[1:]]), " ".join([first, *rest])}


def english_plural(noun: str) -> str:
    """Return the regular plural of an English noun, which is also its form as a verb: "buys"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def verb_forms(verb: str) -> tuple[str, str, str]:
    """Return the regular English forms of a verb: adds, adding, added."""
    first, _, rest = verb.partition(" ")
    stem = first.removesuffix("e")
    past = f"{stem}ed"
    if first.endswith("y") and first[-2] not in "aeiou":
        past = first[:-1] + "ied"
    forms = (english_plural(first), f"{stem}ing", past)
    return forms if not rest else (f"{forms[0]} {rest}", f"{forms[1]} {rest}", f"{forms[2]} {rest}")


def _classes(data: Mapping[str, Any]) -> dict[str, Phrases]:
    classes = {name: phrases(_items(entry["words"])) for name, entry in data["classes"].items()}
    for name, entry in data.get("verbs", {}).items():
        irregular = [tuple(line.split(", ")) for line in entry.get("irregular", [])]
        rows = irregular + [(verb, *verb_forms(verb)) for verb in _items(entry["words"])]
        for column, ending in enumerate(("", "-s", "-ing", "-ed")):
            classes[name + ending] = phrases(row[column] for row in rows)
    return classes


def _items(value: str | Sequence[str]) -> list[str]:
    """Return the phrases of an entry, which the data gives as a list or with commas between."""
    if not isinstance(value, str):
        return list(value)
    return [item.strip() for item in value.split(",") if item.strip()]


def _words(items: Iterable[str], classes: Mapping[str, Phrases]) -> Phrases:
    """Look up phrases and ``<class>`` names together."""
    table: dict[str, tuple[tuple[str, ...], ...]] = {}
    for item in items:
        part = classes[item[1:-1]] if item.startswith("<") else phrases([item])
        for first, rests in part.items():
            table[first] = tuple(sorted({*table.get(first, ()), *rests}, key=len, reverse=True))
    return table


def _element(source: str, classes: Mapping[str, Phrases]) -> Element:
    optional = source.endswith("?") and len(source) > 1
    source = source.removesuffix("?") if optional else source
    if source.startswith(".."):
        return Element(Part.GAP, {}, size=int(source[2:]))
    if source in NOTATION:
        return Element(NOTATION[source], {}, optional=optional)
    alternatives = _words(source.replace("_", " ").split("|"), classes)
    return Element(Part.PHRASE, alternatives, optional=optional)


def _single_words(items: Iterable[str], classes: Mapping[str, Phrases]) -> frozenset[str]:
    table = _words(items, classes)
    if any(rest for rests in table.values() for rest in rests):
        raise ValueError(f"Use single words, not phrases, in {sorted(table)}.")
    return frozenset(table)


def _guard(entry: Mapping[str, Any], classes: Mapping[str, Phrases]) -> Guard:
    return Guard(
        before=_words(entry.get("unless_before", []), classes),
        after=_words(entry.get("unless_after", []), classes),
        inside=_single_words(entry.get("unless_inside", []), classes),
        near=_single_words(entry.get("unless_near", []), classes),
        number=entry.get("unless_number", False),
    )


def _patterns(entry: Mapping[str, Any], classes: Mapping[str, Phrases]) -> tuple[Pattern, ...]:
    """Compile the patterns of an entry; its plain words are one pattern of one element."""
    patterns = [
        tuple(_element(part, classes) for part in pattern.split())
        for pattern in entry.get("patterns", [])
    ]
    if "words" in entry:
        patterns.append((Element(Part.PHRASE, _words(_items(entry["words"]), classes)),))
    return tuple(patterns)


def _rule(
    entry: Mapping[str, Any], kind: str, suggestion: str, classes: Mapping[str, Phrases]
) -> Rule:
    return Rule(
        kind=kind,
        patterns=_patterns(entry, classes),
        guard=_guard(entry, classes),
        reason=entry["reason"],
        suggestion=entry.get("suggestion", suggestion),
        example=entry["example"],
        harmless=entry.get("harmless", ""),
    )


def _technologies(
    entries: Iterable[Mapping[str, Any]], classes: Mapping[str, Phrases], language: str
) -> dict[str, tuple[Name, ...]]:
    table: dict[str, list[Name]] = {}
    for entry in entries:
        technology = Technology(
            _guard(entry, classes), entry.get("personal", False), entry.get("then_any", False)
        )
        names = set(_items(entry["words"]))
        if not technology.then_any:
            names |= {plural for name in names for plural in plurals(name, language)}
        for first, rests in phrases(names).items():
            table.setdefault(first, []).extend((rest, technology) for rest in rests)
    return {
        first: tuple(sorted(found, key=lambda pair: len(pair[0]), reverse=True))
        for first, found in table.items()
    }


def _index(rules: Iterable[Rule]) -> tuple[dict[str, tuple[Candidate, ...]], tuple[Candidate, ...]]:
    """Arrange patterns by their first word; those that begin with a technology stand apart."""
    by_word: dict[str, list[Candidate]] = {}
    by_technology: list[Candidate] = []
    for rule in rules:
        for pattern in rule.patterns:
            first = pattern[1] if pattern[0].part is Part.START else pattern[0]
            if first.part is Part.TECHNOLOGY:
                by_technology.append((rule, pattern))
            for word in first.phrases:
                by_word.setdefault(word, []).append((rule, pattern))
    return {word: tuple(found) for word, found in by_word.items()}, tuple(by_technology)


@cache
def _data() -> Mapping[str, Any]:
    with DATA.open("rb") as file:
        return tomllib.load(file)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages there is word data for."""
    return tuple(_data())


@cache
def load(language: str) -> Wording:
    """Return the word data of one language; ValueError when there is none."""
    if language not in languages():
        raise ValueError(f"There are no words for {language!r}. Use one of {languages()}.")
    data = _data()[language]
    classes = _classes(data)
    rules = tuple(
        _rule(entry, kind, group["suggestion"], classes)
        for kind, group in data["rules"].items()
        for entry in group["entries"]
    )
    by_word, by_technology = _index(rules)
    technologies = _technologies(data["technology"], classes, language)
    return Wording(classes, technologies, rules, by_word, by_technology)
