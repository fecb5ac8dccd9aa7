"""Which words of a reported passage show the fault, and what to tell people about them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from problems.wording.patterns import Rule
from problems.wording.reading import Reading
from problems.wording.weighing import FAR, NEAR, THINGS, Weights, word_signs

DEVICES = frozenset({*THINGS, "technology-like", "device-like"})

TECH_SUGGESTION = (
    "Say who is affected, what happens to them and how often. Leave the solution for later."
)
HYPE_SUGGESTION = "Say what happened, to whom and how much, with a number and its source."
HYPE_REASON = "This praises or promises. It does not say what happens to people."
# What the first words of a pair do to the thing they stand with.
REASONS = (
    ("absent", "The absence of a solution is not the problem. It hides what people cannot do."),
    ("want ask please", "This asks for a solution. It does not say what is wrong for people."),
    (
        "grant paper resolve money",
        "This is about approving or paying for a solution. Say first what problem it answers.",
    ),
    ("get ahead more announce", "This plans a solution before the problem is defined."),
    ("help", "This says what a solution would do. Say what happens to people today."),
    ("boast praise", "This makes a solution the goal. The goal is a change for people."),
)
OTHER_REASON = "This names a solution. It does not say what is wrong for people."
ACTS = {sense: reason for names, reason in REASONS for sense in names.split()}
# These say little alone, but a thing beside them is yet to come.
OTHER_ACTS = frozenset({"one", "number", "ahead", "more", "announce", "help"})
# So that a quotation begins with the word that asks, gets, pays or misses, where there is one.
ACT_BONUS = 1.5
# And so that it is short: what each of its words costs.
WORD_COST = 0.1
# How many words before a thing, such as adjectives, are quoted with it.
WORDS_BEFORE = 3
# No quotation is longer, in words and marks.
LONGEST_QUOTE = 12


class Span(NamedTuple):
    """Words that show a fault, from the first to the place after the last; how much they weigh."""

    start: int
    end: int
    reason: str
    weight: float


def solution_spans(reading: Reading, start: int, end: int, weights: Weights) -> list[Span]:
    """Return the words that ask for a solution, or name it; at least one span."""
    best = list(_best(reading, start, end, weights, _wanted))
    if best:
        heaviest = max(span.weight for span in best)
        return [span for span in best if span.weight >= heaviest / 2]
    named = list(_best(reading, start, end, weights, _named))
    if named:
        return [max(named, key=lambda span: span.weight)]
    return [Span(*heaviest_words(reading, start, end, weights), OTHER_REASON, 0.0)]


def heaviest_words(reading: Reading, start: int, end: int, weights: Weights) -> tuple[int, int]:
    """Return the clause of a passage, or the part of a long one, whose words weigh most."""
    parts = [
        (first, min(last, first + LONGEST_QUOTE))
        for clause, last in _clauses(reading, start, end)
        for first in range(clause, max(clause, last - LONGEST_QUOTE) + 1)
    ]
    return max(parts, key=lambda part: (_of_words(reading, part, weights), -part[0]))


def whole(reading: Reading, start: int, end: int, rule: Rule) -> tuple[int, int]:
    """Return what to quote of a match: names of things to their end, a mark with its words."""
    if rule.kind == "tech_first":
        return start, whole_name(reading, start, end)
    if reading.tokens[start].is_word:
        return start, end
    sentence = reading.tokens[start].sentence
    before = range(max(0, end - LONGEST_QUOTE), start + 1)
    return next(place for place in before if reading.tokens[place].sentence == sentence), end


def whole_name(reading: Reading, start: int, end: int) -> int:
    """Return where the name of a thing ends that reaches `end`: fleet management system."""
    sentence = reading.tokens[start].sentence
    while reading.same_sentence(end, sentence):
        longer = [stop for sense, stop in reading.senses[end] if sense in DEVICES]
        if not longer:
            break
        end = max(longer)
    return end


type Finder = Callable[[Reading, int, int, Weights], Iterator[Span]]


def _best(reading: Reading, start: int, end: int, weights: Weights, find: Finder) -> Iterator[Span]:
    """The heaviest span of each sentence of the passage, where one weighs anything."""
    for first, last in reading.sentences_in(start, end):
        heavy = [span for span in find(reading, first, last, weights) if span.weight > 0]
        if heavy:
            best = max(heavy, key=lambda span: (span.weight, -span.start))
            yield best._replace(end=whole_name(reading, best.start, best.end))


def _wanted(reading: Reading, first: int, last: int, weights: Weights) -> Iterator[Span]:
    """Each thing with the words before it that want, get, pay for or miss it."""
    for place in range(first, last):
        acts = [sense for sense, _ in reading.senses[place] if _act(sense)]
        for other in range(place + 1, min(last, place + FAR + 1)) if acts else ():
            things = [found for found in reading.senses[other] if found[0] in DEVICES]
            for thing, stop in things:
                for act in acts:
                    weight = _together(act, thing, other - place, weights)
                    weight += _alone(reading, other, thing, weights) / 2
                    weight += 0.0 if _act(act) in OTHER_ACTS else ACT_BONUS
                    weight -= WORD_COST * (stop - place)
                    yield Span(place, stop, ACTS.get(_act(act), OTHER_REASON), weight)


def _named(reading: Reading, first: int, last: int, weights: Weights) -> Iterator[Span]:
    """Each thing with the adjectives before it, such as "parking garage"."""
    for place in range(first, last):
        things = [found for found in reading.senses[place] if found[0] in DEVICES]
        for sense, stop in things:
            weight = max(_alone(reading, place, sense, weights), 0.01)
            yield Span(_first_adjective(reading, first, place), stop, OTHER_REASON, weight)


def _first_adjective(reading: Reading, first: int, place: int) -> int:
    classes = reading.words.classes
    start = place
    while start > max(first, place - WORDS_BEFORE):
        before = reading.tokens[start - 1]
        if not before.is_word or before.word in classes["small"] or before.word in classes["stop"]:
            break
        start -= 1
    return start


def _act(sense: str) -> str:
    """Return what a sense does to a thing, without the form of its verb; "" when nothing."""
    plain = sense.partition("-")[0]
    return plain if plain in ACTS or plain in OTHER_ACTS else ""


def _together(first: str, second: str, apart: int, weights: Weights) -> float:
    near = weights.signs.get(("near", first, second), 0.0) if apart <= NEAR else 0.0
    return near + weights.signs.get(("then", first, second), 0.0)


def _alone(reading: Reading, place: int, sense: str, weights: Weights) -> float:
    word = reading.tokens[place].word[:6]
    return weights.signs.get(("sense", sense), 0.0) + weights.signs.get(("word", word), 0.0)


def _clauses(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The rows of words between marks."""
    first = start
    for place in range(start, end + 1):
        if place == end or not reading.tokens[place].is_word:
            if place > first:
                yield first, place
            first = place + 1


def _of_words(reading: Reading, part: tuple[int, int], weights: Weights) -> float:
    signs = word_signs(reading, range(*part))
    return sum(weights.signs.get(sign, 0.0) for sign in signs)
