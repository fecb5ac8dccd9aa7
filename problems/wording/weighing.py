"""Weighs whether a passage names a solution before its problem, and whether it praises.

What counts is what words stand for, and in which order: "request … drones" speaks for a solution,
"drones … crashed" against. Beside these roles the words themselves count, alone and two by two.
Each such sign has a weight, learned from labelled texts by ``tests/problems/learn_weights.py``
(logistic regression); a passage is reported when they add up to more than nothing. So that long
and short passages compare, roles and words are each divided by the root of their number. The
weights are data, in ``wording/weights.tsv``.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from problems.wording.reading import Reading

DATA = Path(__file__).with_name("weights.tsv")

# How many words apart two senses are still weighed together, and how many when they are close.
FAR, NEAR = 9, 3
# Words are weighed by their beginnings, so that forms of one word count together: of this many
# letters among the roles, and of that many by themselves.
STEM = 6
BEGINNING = 5
# Marks that say something. Commas and brackets do not.
TELLING_MARKS = frozenset(':;!?"\u2014')
# Where a sentence begins and ends.
EDGES = ("^", "$")
# How a figure is written down, by its kind.
FIGURES = {"money": "$#", "percent": "#%"}
# Up to this many words a passage is short.
SHORT = 11

# Senses that make a clause of a row of words, at least nearly always.
OF_VERBS = frozenset(
    """be past aux ahead want ed excluded fail fail-ed fail-s get-s get-ed ask-s ask-ed grant-s
    grant-ed help-s""".split()  # noqa: SIM905
)
# Things that can be a solution.
THINGS = ("technology", "works", "device", "personal")

# What a passage shows, such as ("then", "ask", "technology") or ("opens", "get").
type Sign = tuple[str, ...]


class Shown(NamedTuple):
    """The signs that a passage shows: the roles of its words, and the words themselves."""

    roles: AbstractSet[Sign]
    words: AbstractSet[Sign]


class Weights(NamedTuple):
    """What each sign counts for one kind of finding, and what a passage starts from."""

    start: float
    signs: Mapping[Sign, float]

    def score(self, shown: Shown) -> float:
        """Return what the signs add up to; above 0 speaks for a finding."""
        return self.start + sum(self._mean(signs) for signs in shown)

    def _mean(self, signs: AbstractSet[Sign]) -> float:
        weigh = self.signs.get
        return sum(weigh(sign, 0.0) for sign in signs) / sqrt(len(signs) or 1)


@cache
def weights() -> Mapping[str, Weights]:
    """Return the learned weights, by kind of finding."""
    with DATA.open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    (*kinds, _), *rows = rows
    tables: dict[str, dict[Sign, float]] = {kind: {} for kind in kinds}
    for *numbers, sign in rows:
        for kind, number in zip(kinds, numbers, strict=True):
            if number:
                tables[kind][tuple(sign.split())] = float(number)
    return {kind: Weights(table.pop(("start",)), table) for kind, table in tables.items()}


def shown(reading: Reading, start: int, end: int, praises: int, promises: int) -> Shown:
    """Return what the passage from `start` to `end` shows.

    `praises` and `promises` are how many phrases of hype and absolute claims it contains.
    """
    return Shown(
        _roles_of(reading, start, end, praises, promises), frozenset(_words_of(reading, start, end))
    )


def word_signs(reading: Reading, places: Sequence[int]) -> Iterator[Sign]:
    """The words of a sentence, or of a part of one: alone, whole, and two by two."""
    words = [_beginning(reading, place) for place in places]
    for place, word in zip(places, words, strict=True):
        yield "begins", word
        if len(reading.tokens[place].word) > BEGINNING and word.isalpha():
            yield "whole", reading.tokens[place].word
    yield from (("pair", *pair) for pair in pairwise([EDGES[0], *words, EDGES[1]]))


def _words_of(reading: Reading, start: int, end: int) -> Iterator[Sign]:
    for first, last in reading.sentences_in(start, end):
        tokens = reading.tokens
        places = [
            place
            for place in range(first, last)
            if tokens[place].is_word or tokens[place].word in TELLING_MARKS
        ]
        if places:
            yield from word_signs(reading, places)


def _beginning(reading: Reading, place: int) -> str:
    word = reading.tokens[place].word
    if word[0].isdigit():
        return FIGURES.get(reading.senses[place][0][0], "#")
    return word[:BEGINNING]


def _roles_of(
    reading: Reading, start: int, end: int, praises: int, promises: int
) -> AbstractSet[Sign]:
    found: set[Sign] = {("rules", "hype", str(count)) for count in range(1, min(praises, 3) + 1)}
    if promises:
        found.add(("rules", "absolute"))
    sentences = [
        [place for place in range(first, last) if reading.tokens[place].is_word]
        for first, last in reading.sentences_in(start, end)
    ]
    sentences = [places for places in sentences if places]
    for number, places in enumerate(sentences):
        is_last = number == len(sentences) - 1
        found.update(_of_sentence(reading, places, is_last=is_last))
        if number == 0 and not is_last:
            found.update(("first", sense) for place in places for sense, _ in reading.senses[place])
        found.update(("then", *pair) for pair in _pairs(reading, places, FAR))
        found.update(("near", *pair) for pair in _pairs(reading, places, NEAR))
    if sum(map(len, sentences)) <= SHORT:
        found.add(("short",))
    if any(token.word == "!" for token in reading.tokens[start:end]):
        found.add(("exclaims",))
    return found


def _of_sentence(reading: Reading, places: Sequence[int], *, is_last: bool) -> Iterator[Sign]:
    senses: dict[str, int] = {}
    for place in places:
        word = reading.tokens[place].word
        yield "word", "#" if word[0].isdigit() else word[:STEM]
        for sense, _ in reading.senses[place]:
            senses.setdefault(sense, place)
    for sense in senses:
        yield "sense", sense
        if is_last:
            yield "last", sense
    for position, place in zip(("opens", "second"), places, strict=False):
        yield from ((position, sense) for sense, _ in reading.senses[place])
    yield from _roles(senses, is_last=is_last)


def _roles(senses: Mapping[str, int], *, is_last: bool) -> Iterator[Sign]:
    """Whether a sentence has a verb, and whether things stand before or after it."""
    verbs = [place for sense, place in senses.items() if sense in OF_VERBS]
    if not verbs:
        yield ("fragment",)
        yield from (("fragment", sense) for sense in senses)
    for thing in THINGS:
        if thing in senses:
            role = "before-verb" if not verbs or senses[thing] < min(verbs) else "after-verb"
            yield role, thing
            if is_last:
                yield "last", role, thing


def _pairs(reading: Reading, places: Sequence[int], reach: int) -> Iterator[tuple[str, str]]:
    """The senses that stand in this order, at most `reach` words or marks apart."""
    first, last = places[0], places[-1] + 1
    plain = [{sense for sense, _ in found} for found in reading.senses[first:last]]
    after: dict[str, set[str]] = {}
    for number, senses in enumerate(plain):
        if senses:
            following = set[str]().union(*plain[number + 1 : number + 1 + reach])
            for sense in senses:
                after.setdefault(sense, set()).update(following)
    for sense, others in after.items():
        for other in others:
            yield sense, other
