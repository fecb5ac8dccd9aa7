"""Turns the phrases and patterns of the data into rules. The notation is explained in en.toml."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from problems.wording.forms import Phrases, items, phrases


class Part(Enum):
    """What one element of a pattern stands for."""

    PHRASE = auto()
    SENSE = auto()
    GAP = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a pattern."""

    part: Part
    phrases: Phrases
    senses: frozenset[str] = frozenset()
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


NO_GUARD = Guard({}, {}, frozenset(), frozenset(), number=False)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One entry of the data: what to look for, what makes it harmless, and what to tell people.

    What a city entered itself is always reported; the rest also depends on the whole passage.
    """

    kind: str
    patterns: tuple[Pattern, ...]
    guard: Guard
    reason: str
    suggestion: str
    example: str
    harmless: str = ""
    of_city: bool = False


# A rule with the one of its patterns that may begin at a word.
type Candidate = tuple[Rule, Pattern]


def rule(
    entry: Mapping[str, Any], kind: str, suggestion: str, classes: Mapping[str, Phrases]
) -> Rule:
    """Return the rule of one entry; its plain words are one pattern of one element."""
    patterns = [
        tuple(_element(part, classes) for part in pattern.split())
        for pattern in entry.get("patterns", [])
    ]
    if "words" in entry:
        patterns.append((Element(Part.PHRASE, _words(items(entry["words"]), classes)),))
    return Rule(
        kind=kind,
        patterns=tuple(patterns),
        guard=guard(entry, classes),
        reason=entry["reason"],
        suggestion=entry.get("suggestion", suggestion),
        example=entry["example"],
        harmless=entry.get("harmless", ""),
    )


def city_rule(kind: str, words: str, reason: str, example: str, suggestion: str) -> Rule:
    """Return the rule of a city's own entry, a plain phrase."""
    pattern = (Element(Part.PHRASE, phrases([words])),)
    return Rule(kind, (pattern,), NO_GUARD, reason, suggestion, example, of_city=True)


def guard(entry: Mapping[str, Any], classes: Mapping[str, Phrases]) -> Guard:
    """Return what makes the matches of an entry harmless."""
    return Guard(
        before=_words(entry.get("unless_before", []), classes),
        after=_words(entry.get("unless_after", []), classes),
        inside=_single_words(entry.get("unless_inside", []), classes),
        near=_single_words(entry.get("unless_near", []), classes),
        number=entry.get("unless_number", False),
    )


def by_first_word(rules: Iterable[Rule]) -> dict[str, tuple[Candidate, ...]]:
    """Arrange patterns by the words they may begin with."""
    table: dict[str, list[Candidate]] = {}
    for each in rules:
        for pattern in each.patterns:
            for word in pattern[0].phrases:
                table.setdefault(word, []).append((each, pattern))
    return {word: tuple(found) for word, found in table.items()}


def _words(entries: Iterable[str], classes: Mapping[str, Phrases]) -> Phrases:
    """Look up phrases and ``<class>`` names together."""
    table: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in entries:
        part = classes[entry[1:-1]] if entry.startswith("<") else phrases([entry])
        for first, rests in part.items():
            table[first] = tuple(sorted({*table.get(first, ()), *rests}, key=len, reverse=True))
    return table


def _element(source: str, classes: Mapping[str, Phrases]) -> Element:
    optional = source.endswith("?")
    source = source.removesuffix("?")
    if source.startswith(".."):
        return Element(Part.GAP, {}, size=int(source[2:]))
    if source == "$":
        return Element(Part.END, {}, optional=optional)
    if source.startswith("["):
        return Element(Part.SENSE, {}, frozenset(source[1:-1].split("|")), optional=optional)
    alternatives = _words(source.replace("_", " ").split("|"), classes)
    return Element(Part.PHRASE, alternatives, optional=optional)


def _single_words(entries: Iterable[str], classes: Mapping[str, Phrases]) -> frozenset[str]:
    table = _words(entries, classes)
    if any(rest for rests in table.values() for rest in rests):
        raise ValueError(f"Use single words, not phrases, in {sorted(table)}.")
    return frozenset(table)


def longest_first(found: Sequence[tuple[tuple[str, ...], Any]]) -> tuple[Any, ...]:
    """Arrange (rest of a phrase, what it stands for) so that the longest phrase wins."""
    return tuple(sorted(found, key=lambda pair: len(pair[0]), reverse=True))
