"""Looks at the wording of a problem statement: solution before need, hype, length, gaps.

What counts is the role of a thing in its sentence. The object of need, buy, deploy or lack is a
solution in disguise; the subject of crash, fail or mislead is a problem. Being mentioned is no
evidence. The words, each with its reason, and what they weigh are data in ``wording/``.

Findings advise people; nothing here refuses a text. The work grows linearly with the text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from problems import readability, wording
from problems.wording import CityEntry, Token, explaining, weighing
from problems.wording.explaining import Span
from problems.wording.patterns import Rule
from problems.wording.reading import Reading
from problems.wording.weighing import Shown

# GOV.UK splits sentences above 25 words (reference: insidegovuk.blog 2014).
LONGEST_SENTENCE = 25
# What the weights of one sentence must add up to where its passage as a whole describes a problem.
SURE = 1.5
# What is read of a text, in characters: ten times a long statement. No text takes longer.
LONGEST_READ = 20_000
# Below this a text is a title or a fragment and need not hold a number or a person.
STATEMENT_WORDS = 8


class Kind(StrEnum):
    """What a finding is about."""

    TECH_FIRST = "tech_first"
    HYPE = "hype"
    ABSOLUTE = "absolute"
    JARGON = "jargon"
    LONG_SENTENCE = "long_sentence"
    HARD_TO_READ = "hard_to_read"
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


def check(text: str, language: str = "en", additions: Iterable[CityEntry] = ()) -> list[Finding]:
    """Return what could be worded better, in the order of the text, the same words once.

    The first `LONGEST_READ` characters are read; `unread` says so to people. `additions` are the
    city's own entries. Explanations are in English. ValueError when there are no words for
    `language`.
    """
    words = wording.load(language, tuple(additions))
    reading = Reading(text[:LONGEST_READ], words, language)
    findings = [*_worded(reading), *_long_sentences(reading), *_hard(reading)]
    if len(text) <= LONGEST_READ:
        findings += _missing(reading)
    findings.sort(key=lambda finding: (finding.start, finding.end, finding.kind))
    once: dict[tuple[Kind, str], Finding] = {}
    for finding in findings:
        once.setdefault((finding.kind, finding.quote.casefold()), finding)
    return list(once.values())


def unread(text: str) -> str:
    """Return in a sentence that the end of a long text was not read; "" when all of it was."""
    if len(text) <= LONGEST_READ:
        return ""
    return f"Only the first {LONGEST_READ:,} characters were checked."


def detect_language(text: str) -> str:
    """Return the language whose small words the text uses most; English when none stands out."""
    words = {token.word for token in wording.read(text[:LONGEST_READ])}
    counts = {
        language: len(words & wording.load(language).classes["small"].keys())
        for language in wording.LANGUAGES
    }
    return max(counts, key=lambda language: (counts[language], language == "en"))


def shown_by(text: str, language: str) -> Shown:
    """Return all that a text shows, for learning what it weighs. The text is one passage."""
    reading = Reading(text, wording.load(language), language)
    return _shown(reading, 0, len(reading.tokens), reading.matches)


type Match = tuple[int, int, Rule]


def _shown(reading: Reading, start: int, end: int, matches: Sequence[Match]) -> Shown:
    kinds = [rule.kind for _, _, rule in matches]
    return weighing.shown(
        reading, start, end, praises=kinds.count("hype"), promises=kinds.count("absolute")
    )


def _worded(reading: Reading) -> Iterator[Finding]:
    """Findings of the word data and the weights, without overlaps within one kind."""
    matches = reading.matches
    yield from _by_rules(reading, [match for match in matches if match[2].kind != "hype"])
    upcoming = 0
    for start, end in reading.passages():
        inside: list[Match] = []
        while upcoming < len(matches) and matches[upcoming][0] < end:
            inside.append(matches[upcoming])
            upcoming += 1
        shown = _shown(reading, start, end, inside)
        yield from _solutions(reading, start, end, shown, inside)
        yield from _praises(reading, start, end, shown, inside)


def _solutions(
    reading: Reading, start: int, end: int, shown: Shown, matches: Sequence[Match]
) -> Iterator[Finding]:
    """Findings where the passage as a whole names a solution first, or a sentence surely does.

    What a rule says of a sentence is enough, and then only sure sentences are reported beside it.
    """
    solution = weighing.weights()[Kind.TECH_FIRST]
    tokens = reading.tokens
    ruled = {tokens[first].sentence for first, _, rule in matches if rule.kind == Kind.TECH_FIRST}
    sentences = reading.sentences_in(start, end)
    if not ruled and solution.score(shown) > 0:
        parts = [(start, end)]
    else:
        parts = [
            (first, last)
            for first, last in sentences
            if len(sentences) > 1
            and tokens[first].sentence not in ruled
            and solution.score(_shown_in(reading, first, last, matches)) > SURE
        ]
    for first, last in parts:
        for span in explaining.solution_spans(reading, first, last, solution):
            yield _of_span(reading, span, Kind.TECH_FIRST, explaining.TECH_SUGGESTION)


def _praises(
    reading: Reading, start: int, end: int, shown: Shown, matches: Sequence[Match]
) -> Iterator[Finding]:
    praise = weighing.weights()[Kind.HYPE]
    of_hype = [match for match in matches if match[2].kind == "hype"]
    is_praise = praise.score(shown) > 0
    if is_praise and not of_hype:
        first, last = explaining.heaviest_words(reading, start, end, praise)
        span = Span(first, last, explaining.HYPE_REASON, 0.0)
        yield _of_span(reading, span, Kind.HYPE, explaining.HYPE_SUGGESTION)
    yield from _by_rules(reading, [match for match in of_hype if is_praise or match[2].of_city])


def _shown_in(reading: Reading, first: int, last: int, matches: Sequence[Match]) -> Shown:
    return _shown(reading, first, last, [match for match in matches if first <= match[0] < last])


def _by_rules(reading: Reading, matches: Iterable[Match]) -> Iterator[Finding]:
    covered: dict[str, int] = {}
    for start, end, rule in matches:
        before = covered.get(rule.kind, 0)
        if start >= before:
            first, last = explaining.whole(reading, start, end, rule)
            covered[rule.kind] = last
            span = Span(max(first, before), last, rule.reason, 0.0)
            yield _of_span(reading, span, Kind(rule.kind), rule.suggestion)


def _of_span(reading: Reading, span: Span, kind: Kind, suggestion: str) -> Finding:
    """A finding over a span; what the city says of its own names stands in it."""
    reason = span.reason
    own = reading.city_name(span.start, span.end) if kind == Kind.TECH_FIRST else None
    if own:
        reason, suggestion = own.reason, own.suggestion
    tokens = reading.tokens[span.start : span.end]
    return _finding(reading, tokens, kind=kind, reason=reason, suggestion=suggestion)


def _long_sentences(reading: Reading) -> Iterator[Finding]:
    for start, end in reading.sentences:
        sentence = reading.tokens[start:end]
        words = sum(token.is_word for token in sentence)
        if words > LONGEST_SENTENCE:
            yield _finding(
                reading,
                sentence,
                kind=Kind.LONG_SENTENCE,
                reason=f"This sentence has {words} words. Keep it to {LONGEST_SENTENCE}.",
                suggestion="Split it into shorter sentences, one fact in each.",
            )


def _missing(reading: Reading) -> Iterator[Finding]:
    """Findings about what a whole statement leaves out."""
    tokens, classes = reading.tokens, reading.words.classes
    if sum(token.is_word for token in tokens) < STATEMENT_WORDS:
        return
    words = {token.word for token in tokens}
    if words.isdisjoint(classes["quantity"]) and not reading.with_number:
        yield _finding(
            reading,
            tokens,
            kind=Kind.NO_NUMBER,
            reason="There is no number, so nobody can tell how big the problem is.",
            suggestion="Say how many people, how often or how long, with the source.",
        )
    if words.isdisjoint(classes["person"]):
        yield _finding(
            reading,
            tokens,
            kind=Kind.NO_PEOPLE,
            reason="It names no people, so nobody can tell who has the problem.",
            suggestion="Name the group that is affected, such as tenants or riders of a bus line.",
        )


def _hard(reading: Reading) -> Iterator[Finding]:
    """A finding when the text as a whole is harder to read than advised."""
    grade = readability.grade_of(reading.text, reading.tokens, reading.language)
    if grade is not None and grade.words >= readability.ENOUGH_WORDS and grade.is_hard:
        yield _finding(
            reading,
            reading.tokens,
            kind=Kind.HARD_TO_READ,
            reason=f"{grade.label}. {readability.advised(grade.language)}",
            suggestion="Write shorter sentences, and short everyday words where there are some.",
        )


def _finding(
    reading: Reading, tokens: Sequence[Token], *, kind: Kind, reason: str, suggestion: str
) -> Finding:
    """A finding over the tokens given, which are not empty."""
    start, end = tokens[0].start, tokens[-1].end
    return Finding(kind, start, end, reading.text[start:end], reason, suggestion)
