"""All word data of one language, arranged for look-up, with a city's own entries."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from problems.wording import forms, patterns
from problems.wording.forms import Phrases, items, phrases, split
from problems.wording.patterns import Candidate, Guard, Rule

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es")


class CityEntry(NamedTuple):
    """One entry of a city's own list.

    `kind` is "technology" (a further name, also of a vendor or product), "hype", "absolute" or
    "jargon" (always reported), or "fine" (a name that is never reported). `words` is a plain
    phrase.
    """

    kind: str
    language: str
    words: str
    reason: str
    example: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A group of names of technology.

    Personal ones are devices people own or lack themselves. With `then_any` the next word belongs
    to the name, as in "cloud-based payroll".
    """

    guard: Guard
    personal: bool
    then_any: bool


# What stands under the first word of a phrase: the words after it, and what it is.
type SenseOf = tuple[tuple[str, ...], str]
type NameOf = tuple[tuple[str, ...], Name]


@dataclass(frozen=True, slots=True)
class Wording:
    """All word data of one language, looked up by the word where something may begin.

    `of_city` are the names of technology that a city entered, with what it says about them.
    """

    senses: Mapping[str, tuple[SenseOf, ...]]
    names: Mapping[str, tuple[NameOf, ...]]
    classes: Mapping[str, Phrases]
    rules: tuple[Rule, ...]
    by_word: Mapping[str, tuple[Candidate, ...]]
    fine: Phrases
    of_city: Mapping[str, tuple[Candidate, ...]]


@cache
def data(language: str) -> Mapping[str, Any]:
    """Return the entries of one language as the file gives them."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages there is word data for."""
    return LANGUAGES


def load(language: str, additions: tuple[CityEntry, ...] = ()) -> Wording:
    """Return the word data of one language; ValueError when there is none."""
    if language not in LANGUAGES:
        raise ValueError(f"There are no words for {language!r}. Use one of {LANGUAGES}.")
    own = tuple(entry for entry in additions if entry.language == language)
    return _with_city(language, own) if own else _of_product(language)


@cache
def _of_product(language: str) -> Wording:
    entries = data(language)
    classes = {name: phrases(items(entry["words"])) for name, entry in entries["classes"].items()}
    rules = tuple(
        patterns.rule(entry, kind, group["suggestion"], classes)
        for kind, group in entries["rules"].items()
        for entry in group["entries"]
    )
    return Wording(
        senses=_senses(entries, language),
        names=_names(entries["names"], classes, language),
        classes=classes,
        rules=rules,
        by_word=patterns.by_first_word(rules),
        fine={},
        of_city={},
    )


@lru_cache(maxsize=16)
def _with_city(language: str, own: tuple[CityEntry, ...]) -> Wording:
    base = _of_product(language)
    rules = tuple(
        patterns.city_rule(entry.kind, entry.words, entry.reason, entry.example, _advice(entry))
        for entry in own
        if entry.kind in {"hype", "absolute", "jargon"}
    )
    senses = {first: list(found) for first, found in base.senses.items()}
    named = [rule for entry in own if entry.kind == "technology" for rule in _named(entry, senses)]
    by_word = dict(base.by_word)
    for first, candidates in patterns.by_first_word(rules).items():
        by_word[first] = (*candidates, *by_word.get(first, ()))
    return replace(
        base,
        senses={first: tuple(found) for first, found in senses.items()},
        rules=(*base.rules, *rules),
        by_word=by_word,
        fine=phrases(entry.words for entry in own if entry.kind == "fine"),
        of_city=patterns.by_first_word(named),
    )


def _named(entry: CityEntry, senses: dict[str, list[SenseOf]]) -> Iterator[Rule]:
    """Enter a city's name of technology among the senses; its rules, one a form of the name."""
    for name in sorted({entry.words, *forms.plurals(entry.words.lower(), entry.language)}):
        _add(senses, name, "technology")
        yield patterns.city_rule("tech_first", name, entry.reason, entry.example, _advice(entry))


def _advice(entry: CityEntry) -> str:
    kind = "tech_first" if entry.kind == "technology" else entry.kind
    given: str = data("en")["rules"][kind]["suggestion"]
    return entry.suggestion or given


def _add(senses: dict[str, list[SenseOf]], phrase: str, sense: str) -> None:
    first, *rest = split(phrase)
    found = (tuple(rest), sense)
    if found not in senses.setdefault(first, []):
        senses[first].append(found)


def _senses(entries: Mapping[str, Any], language: str) -> dict[str, tuple[SenseOf, ...]]:
    senses: dict[str, list[SenseOf]] = {}
    for sense, entry in entries["senses"].items():
        for phrase in items(entry["words"]):
            _add(senses, phrase, sense)
    for sense, entry in entries["verbs"].items():
        for verb in items(entry["words"]):
            for ending, form in forms.verb_forms(verb, language):
                _add(senses, form, sense + ending)
                if ending == "-fut":
                    _add(senses, form, "ahead")
        for row in entry.get("irregular", []):
            for ending, form in zip(("", "-s", "-ing", "-ed"), row.split(", "), strict=True):
                _add(senses, form, sense + ending)
    return {first: tuple(found) for first, found in senses.items()}


def _names(
    entries: Iterable[Mapping[str, Any]], classes: Mapping[str, Phrases], language: str
) -> dict[str, tuple[NameOf, ...]]:
    table: dict[str, list[NameOf]] = {}
    for entry in entries:
        name = Name(
            patterns.guard(entry, classes),
            entry.get("personal", False),
            entry.get("then_any", False),
        )
        words = set(items(entry["words"]))
        if not name.then_any:
            words |= {plural for word in words for plural in forms.plurals(word, language)}
        for first, rests in phrases(words).items():
            table.setdefault(first, []).extend((rest, name) for rest in rests)
    return {first: patterns.longest_first(found) for first, found in table.items()}
