"""The city's own words for the wording check: added, changed and removed, each tried first."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from problems import lint, marks, wording
from problems.actors import Actor
from problems.lint import Kind
from problems.models import CityWord

# What the check calls a finding of each kind of words.
KINDS: dict[str, Kind] = {
    CityWord.Kind.TECHNOLOGY: Kind.TECH_FIRST,
    CityWord.Kind.HYPE: Kind.HYPE,
    CityWord.Kind.ABSOLUTE: Kind.ABSOLUTE,
    CityWord.Kind.JARGON: Kind.JARGON,
}
EXPECTED: dict[str, str] = {
    CityWord.Kind.TECHNOLOGY: "Write one that asks for it, such as “The counter needs it.”",
    CityWord.Kind.HYPE: "Write one that praises with them.",
    CityWord.Kind.ABSOLUTE: "Write one that promises with them.",
    CityWord.Kind.JARGON: "Write one as an office would.",
}
FIELDS = ("kind", "language", "words", "reason", "example", "suggestion")


def entries() -> tuple[wording.CityEntry, ...]:
    """Return the city's words as the wording check takes them: one query."""
    return tuple(_entry(word) for word in CityWord.objects.all())


def _entry(word: CityWord) -> wording.CityEntry:
    return wording.CityEntry(**{name: getattr(word, name) for name in FIELDS})


def add(*, by: Actor, **values: str) -> CityWord:
    """Add a word; `values` are those of FIELDS. It counts from the next text that is checked.

    Raises ValidationError where the city has the word, where one of the values is missing, and
    where the check does not find the word in its example.
    """
    with by.changing():
        return _write(CityWord(), values)


def change(word: CityWord, *, seen: str, by: Actor, **values: str) -> CityWord:
    """Change a word of the city's.

    `seen` is the mark of what the person read (`marks.of_row`). Raises Stale where it changed
    since, ValidationError as `add` does.
    """
    with by.changing():
        current = _locked(word)
        marks.insist_unchanged(current, seen=seen)
        return _write(current, values)


def remove(word: CityWord, *, seen: str, by: Actor) -> None:
    """Take a word of the city's away; the history keeps it. Raises Stale as `change` does."""
    with by.changing():
        current = _locked(word)
        marks.insist_unchanged(current, seen=seen)
        current.delete()


def _locked(word: CityWord) -> CityWord:
    """Return `word` as it is now, locked. Raises ValidationError when somebody removed it."""
    current = CityWord.objects.select_for_update(no_key=True).filter(pk=word.pk).first()
    if current is None:
        raise ValidationError("Somebody removed these words. Add them again if they are needed.")
    return current


def _write(word: CityWord, values: dict[str, Any]) -> CityWord:
    for name, value in values.items():
        setattr(word, name, " ".join(value.split()))
    word.full_clean()
    entry = _entry(word)
    unusable = wording.faults(entry._replace(example=entry.words))
    if unusable:
        raise ValidationError({"words": unusable})
    wrong = wording.faults(entry) or _without_effect(entry)
    if wrong:
        raise ValidationError({"example": wrong})
    word.save()
    return word


def _without_effect(entry: wording.CityEntry) -> list[str]:
    """Return, in sentences, that the words do nothing in their own example; [] when they do."""
    with_it = _found_kinds(entry, additions=(entry,))
    if entry.kind == CityWord.Kind.FINE:
        if not _found_kinds(entry, additions=()):
            return ["Nothing is advised on in this example today. Write a sentence that is."]
        return ["These words do not silence the advice on this example."] if with_it else []
    if KINDS[entry.kind] in with_it:
        return []
    return [f"The check does not find the words in this example. {EXPECTED[entry.kind]}"]


def _found_kinds(
    entry: wording.CityEntry, *, additions: tuple[wording.CityEntry, ...]
) -> set[Kind]:
    """Return the kinds of what the check finds where the example of `entry` has its words."""
    places = list(_places(entry))
    return {
        finding.kind
        for finding in lint.check(entry.example, entry.language, additions)
        if finding.kind in KINDS.values()
        and any(start < finding.end and finding.start < end for start, end in places)
    }


def _places(entry: wording.CityEntry) -> Iterator[tuple[int, int]]:
    """Yield where the example has the words, as offsets; the last of them may be in the plural."""
    words = [token.word for token in wording.read(entry.words)]
    tokens = wording.read(entry.example)
    for first in range(len(tokens) - len(words) + 1):
        here = tokens[first : first + len(words)]
        *rest, last = [token.word for token in here]
        if rest == words[:-1] and last.startswith(words[-1]):
            yield here[0].start, here[-1].end
