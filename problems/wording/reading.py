"""One text as the wording check sees it: its words, what they stand for, and its phrases."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from problems.wording import Token, Wording, read
from problems.wording.forms import Phrases
from problems.wording.patterns import Element, Guard, Part, Pattern, Rule
from problems.wording.tables import Name

# How far unless_before and unless_after look, in words.
GUARD_WORDS = 3
# What is read together: whole sentences of a paragraph up to this many words, as in a statement.
PASSAGE_WORDS = 75

MONEY_SIGNS = frozenset("$€£")
MONEY_WORDS = frozenset(
    "million billion thousand dollars euro euros peso pesos millones mil dolares".split()  # noqa: SIM905
)
# Words that no list holds, by their shape: telehealth, bodycam; controller, compactors.
OF_TECHNOLOGY = re.compile(
    r"(?:cyber|tele|geo|video|hyper|nano|robo|micro|photo|electro|auto|bio)[a-z]{3,}"
    r"|[a-z]+(?:ware|bots?|cams?|tech|graph|metry|scope|metri[ac]s?)$"
)
OF_DEVICE = re.compile(r"[a-z]{3,}(?:[tgdnkrvlm]er|[tc]tor|ator|itor|ssor)s?$")
# Senses that praise.
PRAISE = frozenset("boast top praise praise-s praise-ed praise-ing praise-fut".split())  # noqa: SIM905
# How far behind "help with" the technology stands that people need help with, in words.
LED_WORDS = 3
# What stands in for a name that the city declared fine. No list holds it.
FINE_WORD = "x-name"

# A sense of a word, and the place after the last word it takes in.
type Sense = tuple[str, int]


class Reading:
    """One text with its words, and what each may stand for."""

    def __init__(self, text: str, words: Wording, language: str) -> None:
        self.text = text
        self.words = words
        self.language = language
        self.tokens = self._without_fine(read(text))
        self.sentences = _runs([token.sentence for token in self.tokens])
        self.starts = [first for first, _ in self.sentences]
        self.words_of: dict[int, set[str]] = {}
        for token in self.tokens:
            self.words_of.setdefault(token.sentence, set()).add(token.word)
        self.with_number = {token.sentence for token in self.tokens if token.word[0].isdigit()}
        self.senses = [self._senses_at(place) for place in range(len(self.tokens))]
        self._add_names()
        self._turn_aside()
        self.matches = list(self._find_matches())

    def _without_fine(self, tokens: list[Token]) -> list[Token]:
        """Replace names that are never reported."""
        if not self.words.fine:
            return tokens
        self.tokens = tokens
        kept, place = list(tokens), 0
        while place < len(tokens):
            end = next(self.phrase_ends(self.words.fine, place), place)
            for here in range(place, end):
                kept[here] = tokens[here]._replace(word=FINE_WORD, is_word=True)
            place = max(end, place + 1)
        return kept

    def _senses_at(self, place: int) -> list[Sense]:
        token = self.tokens[place]
        if token.word[0].isdigit():
            return [(self._kind_of_number(place), place + 1)]
        found: list[Sense] = []
        known: set[str] = set()
        for rest, sense in self.words.senses.get(token.word, ()):
            if sense not in known and self.follows(rest, place):
                known.add(sense)
                found.append((sense, place + 1 + len(rest)))
        if token.is_word:
            found += self._senses_by_shape(token.word, known, place)
        return found

    def _kind_of_number(self, place: int) -> str:
        token = self.tokens[place]
        after = self.tokens[place + 1].word if place + 1 < len(self.tokens) else ""
        if self.text[token.start - 1 : token.start] in MONEY_SIGNS or after in MONEY_WORDS:
            return "money"
        if self.text[token.end : token.end + 1] == "%" or after == "percent":
            return "percent"
        if len(token.word) == 4 and token.word[:2] in {"19", "20"}:
            return "year"
        return "number"

    def _senses_by_shape(self, word: str, known: set[str], place: int) -> Iterator[Sense]:
        shape = _shape(word)
        if shape == "technology-like":
            yield shape, place + 1
        elif self.language == "en":
            if shape and known.isdisjoint({"technology", "works", "people"}):
                yield shape, place + 1
            if not known and len(word) > 4 and word.endswith("ed"):
                yield "ed", place + 1

    def _add_names(self) -> None:
        """Add the names of technology, where the words beside them leave no other sense."""
        covered = 0
        for place, token in enumerate(self.tokens):
            if place < covered:
                continue
            for rest, name in self.words.names.get(token.word, ()):
                end = self._name_end(rest, name, place)
                if end:
                    others = [found for found in self.senses[place] if found[0] != "technology"]
                    sense = "personal" if name.personal else "technology"
                    self.senses[place] = [*others, (sense, end)]
                    covered = end
                    break

    def _turn_aside(self) -> None:
        """Mark technology that only says which people, failure or help is meant: app users."""
        followers, leaders = self.words.classes["follower"], self.words.classes["leader"]
        led: set[int] = set()
        for place in range(len(self.tokens)):
            for end in self.phrase_ends(leaders, place):
                led.update(range(end, end + LED_WORDS))
        for place, found in enumerate(self.senses):
            for number, (sense, end) in enumerate(found):
                is_followed = end < len(self.tokens) and self.tokens[end].word in followers
                if sense == "technology" and (is_followed or place in led):
                    found[number] = ("of-technology", end)

    def _name_end(self, rest: Sequence[str], name: Name, place: int) -> int:
        """Where the name that begins at `place` ends; 0 when it is none here."""
        end = place + 1 + len(rest)
        if not self.follows(rest, place) or self.guarded(name.guard, place, end, 1):
            return 0
        if not name.then_any:
            return end
        if not self.same_sentence(end, self.tokens[place].sentence):
            return 0
        after = self.tokens[end]
        return end + 1 if after.is_word and after.word not in self.words.classes["stop"] else 0

    def city_name(self, start: int, end: int) -> Rule | None:
        """Return what the city says of the first name of its own between two places, if any."""
        for place in range(start, end):
            token = self.tokens[place]
            for rule, pattern in self.words.of_city.get(token.word, ()):
                stop = self.pattern_end(pattern, place, token.sentence)
                if stop is not None and stop <= end:
                    return rule
        return None

    def sentences_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """The sentences that begin in a part of the text, as first and last place of words."""
        return self.sentences[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def passages(self) -> Iterator[tuple[int, int]]:
        """The parts of the text that are read together, as first and last place of words."""
        start, words = 0, 0
        for first, end in self.sentences:
            longer = sum(token.is_word for token in self.tokens[first:end])
            is_new = first > 0 and self.tokens[first - 1].word == "\n"
            if words and (is_new or words + longer > PASSAGE_WORDS):
                yield start, first
                start, words = first, 0
            words += longer
        if words:
            yield start, len(self.tokens)

    def _find_matches(self) -> Iterator[tuple[int, int, Rule]]:
        """The places where a rule of the word data matches: first word, place after the last.

        Where the words beside a phrase of hype show another sense, its words praise nothing.
        """
        harmless: set[int] = set()
        praising: set[int] = set()
        for place, token in enumerate(self.tokens):
            for rule, pattern in self.words.by_word.get(token.word, ()):
                end = self.pattern_end(pattern, place, token.sentence)
                if end is None:
                    continue
                is_guarded = self.guarded(rule.guard, place, end, GUARD_WORDS)
                if rule.kind == "hype":
                    (harmless if is_guarded else praising).update(range(place, end))
                if not is_guarded:
                    yield place, end, rule
        for place in harmless - praising:
            self.senses[place] = [found for found in self.senses[place] if found[0] not in PRAISE]

    def follows(self, rest: Sequence[str], place: int) -> bool:
        """Whether the words of `rest` stand right after `place`."""
        if not rest:
            return True
        end = place + 1 + len(rest)
        return end <= len(self.tokens) and all(
            self.tokens[here].word == word for here, word in enumerate(rest, start=place + 1)
        )

    def phrase_ends(self, phrases: Phrases, place: int) -> Iterator[int]:
        """The ends of each phrase that begins at `place`, the longest first."""
        for rest in phrases.get(self.tokens[place].word, ()):
            if self.follows(rest, place):
                yield place + 1 + len(rest)

    def guarded(self, guard: Guard, start: int, end: int, reach: int) -> bool:
        """Whether words beside a match show that it means something else."""
        sentence = self.tokens[start].sentence
        if not guard.near.isdisjoint(self.words_of[sentence]):
            return True
        if guard.number and sentence in self.with_number:
            return True
        if guard.inside and any(token.word in guard.inside for token in self.tokens[start:end]):
            return True
        return any(
            self.same_sentence(place, sentence)
            and any(stop <= start for stop in self.phrase_ends(guard.before, place))
            for place in range(max(0, start - reach), start)
        ) or any(
            self.same_sentence(place, sentence) and any(self.phrase_ends(guard.after, place))
            for place in range(end, end + reach)
        )

    def same_sentence(self, place: int, sentence: int) -> bool:
        """Whether a word or mark stands at `place`, in the sentence given."""
        return place < len(self.tokens) and self.tokens[place].sentence == sentence

    def pattern_end(self, pattern: Pattern, place: int, sentence: int) -> int | None:
        """Return where a pattern that begins at `place` ends, or None when it does not match."""
        if not pattern:
            return place
        for end in self._element_ends(pattern[0], place, sentence):
            found = self.pattern_end(pattern[1:], end, sentence)
            if found is not None:
                return found
        return None

    def _element_ends(self, element: Element, place: int, sentence: int) -> Iterator[int]:
        if element.part is Part.GAP:
            yield from self._gap_ends(element.size, place, sentence)
            return
        inside = self.same_sentence(place, sentence)
        if element.part is Part.END:
            if not inside or not self.tokens[place].is_word:
                yield place
        elif inside and element.part is Part.SENSE:
            yield from (end for sense, end in self.senses[place] if sense in element.senses)
        elif inside:
            yield from self.phrase_ends(element.phrases, place)
        if element.optional:
            yield place

    def _gap_ends(self, size: int, place: int, sentence: int) -> Iterator[int]:
        for end in range(place, place + size + 1):
            if not self.same_sentence(end, sentence):
                return
            yield end
            if self.tokens[end].word not in {",", '"'} and not self.tokens[end].is_word:
                return


@lru_cache(maxsize=8192)
def _shape(word: str) -> str:
    if OF_TECHNOLOGY.match(word):
        return "technology-like"
    return "device-like" if OF_DEVICE.match(word) else ""


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first place, and the place after the last, of each run of equal numbers."""
    starts = [
        place for place, number in enumerate(numbers) if not place or number != numbers[place - 1]
    ]
    return list(pairwise([*starts, len(numbers)]))
