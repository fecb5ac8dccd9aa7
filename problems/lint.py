"""Looks at the wording of a problem statement: technology before need, hype, length, gaps.

What counts is the role of a technology in its sentence. The object of need, buy, deploy or lack is
a solution in disguise; the subject of crash, fail or mislead is a problem. Being mentioned is no
evidence. The words and patterns, each with its reason, are data in ``wording.toml``.

Findings advise people; nothing here refuses a text. The work grows linearly with the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from problems import wording
from problems.wording import Element, Guard, Part, Phrases, Rule, Technology, Token, Wording

# How far an object may stand from the word that acts on it, in words.
OBJECT_WORDS = 10
LACKING_WORDS = 5
# How far a pronoun ("two more") reaches back to the technology it stands for, in words.
PRONOUN_WORDS = 40
# How far unless_before and unless_after look, in words.
GUARD_WORDS = 3
# GOV.UK splits sentences above 25 words (reference: insidegovuk.blog 2014).
LONGEST_SENTENCE = 25
# Below this a text is a title or a fragment and need not hold a number or a person.
STATEMENT_WORDS = 8


class Kind(StrEnum):
    """What a finding is about."""

    TECH_FIRST = "tech_first"
    HYPE = "hype"
    ABSOLUTE = "absolute"
    JARGON = "jargon"
    LONG_SENTENCE = "long_sentence"
    NO_NUMBER = "no_number"
    NO_PEOPLE = "no_people"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a text that could be worded better.

    `start` and `end` are character offsets into the text; `quote` is the text between them.
    """

    kind: Kind
    start: int
    end: int
    quote: str
    explanation: str
    suggestion: str


def check(text: str, language: str = "en") -> list[Finding]:
    """Return what could be worded better, in the order of the text.

    Explanations are in English. ValueError when there are no words for `language`.
    """
    words = wording.load(language)
    reading = _Reading(wording.read(text), words)
    findings = [*_worded(text, reading), *_long_sentences(text, reading), *_missing(text, reading)]
    return sorted(findings, key=lambda finding: (finding.start, finding.end, finding.kind))


def detect_language(text: str) -> str:
    """Return the language whose small words the text uses most; English when none stands out."""
    words = {token.word for token in wording.read(text)}
    counts = {
        language: len(words & wording.load(language).classes["small"].keys())
        for language in wording.languages()
    }
    return max(counts, key=lambda language: (counts[language], language == "en"))


class _Reading:
    """One text with its words, and the places where it names a technology."""

    def __init__(self, tokens: list[Token], words: Wording) -> None:
        self.tokens = tokens
        self.words = words
        self.sentence_words: dict[int, set[str]] = {}
        for token in tokens:
            self.sentence_words.setdefault(token.sentence, set()).add(token.word)
        self.sentences_with_number = {token.sentence for token in tokens if token.word[0].isdigit()}
        self.technologies: dict[int, tuple[int, Technology]] = {}
        self.last_technology: list[int] = []
        self._find_technologies()

    def _find_technologies(self) -> None:
        last, covered = -PRONOUN_WORDS - 1, 0
        for place, token in enumerate(self.tokens):
            self.last_technology.append(last)
            if place < covered:
                continue
            for rest, technology in self.words.technologies.get(token.word, ()):
                end = place + 1 + len(rest)
                if not self.follows(rest, place) or self.guarded(technology.guard, place, end, 1):
                    continue
                if technology.then_any:
                    end = self.name_end(end, token.sentence)
                if end:
                    self.technologies[place] = (end, technology)
                    last, covered = place, end
                    break

    def name_end(self, place: int, sentence: int) -> int:
        """Where a name that takes in the word at `place` ends; 0 when no noun can stand there."""
        if not self.same_sentence(place, sentence) or not self.tokens[place].is_word:
            return 0
        return 0 if self.tokens[place].word in self.words.classes["stop"] else place + 1

    def follows(self, rest: Sequence[str], place: int) -> bool:
        """Whether the words of `rest` stand right after `place`."""
        following = self.tokens[place + 1 : place + 1 + len(rest)]
        return len(following) == len(rest) and all(
            token.word == word for token, word in zip(following, rest, strict=True)
        )

    def phrase_ends(self, phrases: Phrases, place: int) -> Iterator[int]:
        """The ends of each phrase that begins at `place`, the longest first."""
        for rest in phrases.get(self.tokens[place].word, ()):
            if self.follows(rest, place):
                yield place + 1 + len(rest)

    def guarded(self, guard: Guard, start: int, end: int, reach: int) -> bool:
        """Whether words beside a match show that it means something else."""
        sentence = self.tokens[start].sentence
        if not guard.near.isdisjoint(self.sentence_words[sentence]):
            return True
        if guard.number and sentence in self.sentences_with_number:
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
        return place < len(self.tokens) and self.tokens[place].sentence == sentence

    def matches(self, pattern: Sequence[Element], place: int, sentence: int) -> int | None:
        """Return where a pattern that begins at `place` ends, or None when it does not match."""
        if not pattern:
            return place
        for end in self.element_ends(pattern[0], place, sentence):
            found = self.matches(pattern[1:], end, sentence)
            if found is not None:
                return found
        return None

    def element_ends(self, element: Element, place: int, sentence: int) -> Iterator[int]:
        """The places where one element of a pattern may end."""
        if element.part is Part.GAP:
            yield from self.gap_ends(element.size, place, sentence)
            return
        if element.part is Part.START:
            if self.begins_clause(place):
                yield place
            return
        inside = self.same_sentence(place, sentence)
        if element.part is Part.END:
            if not inside or not self.tokens[place].is_word:
                yield place
        elif inside:
            yield from self.word_ends(element, place)
        if element.optional:
            yield place

    def gap_ends(self, size: int, place: int, sentence: int) -> Iterator[int]:
        for end in range(place, place + size + 1):
            if not self.same_sentence(end, sentence):
                return
            yield end
            if self.tokens[end].word not in {",", '"'} and not self.tokens[end].is_word:
                return

    def begins_clause(self, place: int) -> bool:
        if place == 0:
            return True
        before, token = self.tokens[place - 1], self.tokens[place]
        return before.sentence != token.sentence or before.word in {":", ";", "\u2014", '"', "("}

    def word_ends(self, element: Element, place: int) -> Iterator[int]:
        word = self.tokens[place].word
        match element.part:
            case Part.PHRASE:
                yield from self.phrase_ends(element.phrases, place)
            case Part.WORD:
                if word not in self.words.classes["stop"] and self.tokens[place].is_word:
                    yield place + 1
            case Part.NUMBER:
                if word[0].isdigit() or word in self.words.classes["quantity"]:
                    yield place + 1
            case Part.TECHNOLOGY:
                if place in self.technologies and not self.technologies[place][1].personal:
                    yield self.technologies[place][0]
            case Part.OBJECT | Part.EQUIPMENT:
                yield from self.object_ends(place, personal=element.part is Part.EQUIPMENT)
            case Part.LACKING:
                yield from self.lacking_ends(place)

    def object_ends(self, place: int, *, personal: bool) -> Iterator[int]:
        """The end of the first technology among the things that the words before act on."""
        sentence = self.tokens[place].sentence
        listed = False
        for here in range(place, place + OBJECT_WORDS):
            if not self.same_sentence(here, sentence):
                return
            word = self.tokens[here].word
            if here in self.technologies:
                end, technology = self.technologies[here]
                if (personal or not technology.personal) and self.is_meant(end, listed=listed):
                    yield end
                    return
            elif self.stands_for_technology(here):
                yield here + 1
                return
            if word in self.words.classes["stop"] or (
                word not in {",", '"'} and not word[0].isalnum()
            ):
                return
            listed = listed or word == "," or word in self.words.classes["joiner"]

    def is_meant(self, end: int, *, listed: bool) -> bool:
        """Whether the technology that ends here is the thing itself.

        It is not in "app users", and not where it begins a clause of its own, as in "we need help,
        the cameras are down".
        """
        if end == len(self.tokens):
            return True
        word = self.tokens[end].word
        if word in self.words.classes["follower"]:
            return False
        return not (listed and word in self.words.classes["finite"])

    def stands_for_technology(self, place: int) -> bool:
        """Whether a bare number or "more" at `place` stands for a technology named before."""
        token = self.tokens[place]
        if place - self.last_technology[place] > PRONOUN_WORDS:
            return False
        if not (token.word[0].isdigit() or token.word in self.words.classes["pronoun"]):
            return False
        after = place + 1
        if not self.same_sentence(after, token.sentence):
            return True
        following = self.tokens[after]
        classes = self.words.classes
        return (
            not following.is_word
            or following.word in classes["stop"]
            or following.word in classes["joiner"]
        )

    def lacking_ends(self, place: int) -> Iterator[int]:
        """The end of a technology that the next few words name as absent."""
        sentence = self.tokens[place].sentence
        for here in range(place, place + LACKING_WORDS):
            if not self.same_sentence(here, sentence):
                return
            if here in self.technologies:
                end, technology = self.technologies[here]
                if not technology.personal and self.is_meant(end, listed=False):
                    yield end
                return
            word = self.tokens[here].word
            if word in self.words.classes["stop"] or not (word[0].isalnum() or word == '"'):
                return


def _worded(text: str, reading: _Reading) -> Iterator[Finding]:
    """Findings of the rules in the word data, without overlaps within one kind."""
    covered: dict[str, int] = {}
    for start, end, rule in _matches(reading):
        if start >= covered.get(rule.kind, 0):
            covered[rule.kind] = end
            yield _finding(
                text,
                reading.tokens[start:end],
                kind=Kind(rule.kind),
                reason=rule.reason,
                suggestion=rule.suggestion,
            )


def _matches(reading: _Reading) -> Iterator[tuple[int, int, Rule]]:
    for place, token in enumerate(reading.tokens):
        candidates = reading.words.by_word.get(token.word, ())
        if place in reading.technologies:
            candidates = (*candidates, *reading.words.by_technology)
        for rule, pattern in candidates:
            end = reading.matches(pattern, place, token.sentence)
            if end is not None and not reading.guarded(rule.guard, place, end, GUARD_WORDS):
                yield place, end, rule


def _long_sentences(text: str, reading: _Reading) -> Iterator[Finding]:
    for _, group in groupby(reading.tokens, key=lambda token: token.sentence):
        sentence = list(group)
        words = sum(token.is_word for token in sentence)
        if words > LONGEST_SENTENCE:
            yield _finding(
                text,
                sentence,
                kind=Kind.LONG_SENTENCE,
                reason=f"This sentence has {words} words. Keep it to {LONGEST_SENTENCE}.",
                suggestion="Split it into shorter sentences, one fact in each.",
            )


def _missing(text: str, reading: _Reading) -> Iterator[Finding]:
    """Findings about what a whole statement leaves out."""
    tokens, classes = reading.tokens, reading.words.classes
    if sum(token.is_word for token in tokens) < STATEMENT_WORDS:
        return
    words = {token.word for token in tokens}
    if words.isdisjoint(classes["quantity"]) and not reading.sentences_with_number:
        yield _finding(
            text,
            tokens,
            kind=Kind.NO_NUMBER,
            reason="There is no number, so nobody can tell how big the problem is.",
            suggestion="Say how many people, how often or how long, with the source.",
        )
    if words.isdisjoint(classes["person"]):
        yield _finding(
            text,
            tokens,
            kind=Kind.NO_PEOPLE,
            reason="It names no people, so nobody can tell who has the problem.",
            suggestion="Name the group that is affected, such as tenants or riders of a bus line.",
        )


def _finding(
    text: str, tokens: Sequence[Token], *, kind: Kind, reason: str, suggestion: str
) -> Finding:
    """A finding over the tokens given, which are not empty."""
    start, end = tokens[0].start, tokens[-1].end
    return Finding(kind, start, end, text[start:end], reason, suggestion)
