"""Which words of a reported passage show the fault, and what to tell people about them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from problems.lint_reading import PRAISE, Reading
from problems.lint_weighing import FAR, NEAR, THINGS, Weights

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
    ("help with for", "This says what a solution would do. Say what happens to people today."),
    ("boast praise", "This makes a solution the goal. The goal is a change for people."),
)
OTHER_REASON = "This names a solution. It does not say what is wrong for people."
ACTS = {sense: reason for names, reason in REASONS for sense in names.split()}
# These say little alone, but a thing beside them is yet to come.
OTHER_ACTS = frozenset({"one", "number", "ahead", "more", "announce", "help", "with", "for"})
# So that a quotation begins with the word that asks, gets, pays or misses, where there is one.
ACT_BONUS = 0.5


class Span(NamedTuple):
    """Words that show a fault, from the first to the place after the last; how much they weigh."""

    start: int
    end: int
    reason: str
    weight: float


def solution_spans(reading: Reading, start: int, end: int, weights: Weights) -> list[Span]:
    """Return the words that name a solution, of each sentence that weighs much; at least one."""
    best = list(
        _best(reading, start, end, lambda first, last: _wanted(reading, first, last, weights))
    )
    if not best:
        best = list(
            _best(reading, start, end, lambda first, last: _named(reading, first, last, weights))
        )
    if not best:
        return [_last_sentence(reading, start, end, OTHER_REASON)]
    heaviest = max(span.weight for span in best)
    return [span for span in best if span.weight >= heaviest / 2]


def praise_span(reading: Reading, start: int, end: int, weights: Weights) -> Span:
    """Return the words that praise most, in a passage without a phrase of the lists."""
    found = [
        Span(place, stop, HYPE_REASON, _alone(reading, place, sense, weights))
        for place in range(start, end)
        for sense, stop in reading.senses[place]
        if sense in PRAISE
    ]
    if not found:
        return _last_sentence(reading, start, end, HYPE_REASON)
    return max(found, key=lambda span: span.weight)


def _best(
    reading: Reading, start: int, end: int, spans: Callable[[int, int], Iterator[Span]]
) -> Iterator[Span]:
    """The heaviest span of each sentence of the passage, where one weighs anything."""
    for first, last in reading.sentences_in(start, end):
        heavy = [span for span in spans(first, last) if span.weight > 0]
        if heavy:
            yield max(heavy, key=lambda span: (span.weight, -span.start))


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
                    yield Span(place, stop, ACTS.get(_act(act), OTHER_REASON), weight)


def _named(reading: Reading, first: int, last: int, weights: Weights) -> Iterator[Span]:
    for place in range(first, last):
        for sense, stop in reading.senses[place]:
            if sense in DEVICES:
                weight = max(_alone(reading, place, sense, weights), 0.01)
                yield Span(place, stop, OTHER_REASON, weight)


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


def _last_sentence(reading: Reading, start: int, end: int, reason: str) -> Span:
    places: Sequence[int] = [place for place in range(start, end) if reading.tokens[place].is_word]
    sentence = reading.tokens[places[-1]].sentence
    first = next(place for place in places if reading.tokens[place].sentence == sentence)
    return Span(first, places[-1] + 1, reason, 0.0)
