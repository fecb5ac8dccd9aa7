"""Advice on the wording of a statement, as people read it: which field, what it is, what to do.

A technology where a need belongs must be reworded, or kept with a reason that the reviewer reads.
Everything else is advice: what is still open when a statement is sent, the reviewer sees.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from problems import city_words, lint, readability, wording
from problems.lint import Kind
from problems.models import FindingAnswer, Problem
from problems.plain_text import plain
from problems.wording import CityEntry

# The fields in which people describe the need in their own words, in the order of the form.
LINTED_FIELDS = ("title", "statement", "impact_now", "do_nothing", "solved_12_months")
# Of these, the ones of several sentences.
READ_FIELDS = ("statement", "impact_now", "do_nothing", "solved_12_months")
# Longer than any of them may be: more is not looked at.
LONGEST_TEXT = 8000

LABELS = {
    Kind.TECH_FIRST: "Names a solution",
    Kind.HYPE: "Hype",
    Kind.ABSOLUTE: "Says too much",
    Kind.JARGON: "Jargon",
    Kind.LONG_SENTENCE: "Long sentence",
    Kind.HARD_TO_READ: "Hard to read",
    Kind.NO_NUMBER: "No number",
    Kind.NO_PEOPLE: "No people",
}
# What a text leaves out has no place in it to quote, and only the statement must stand alone.
LEFT_OUT = {Kind.NO_NUMBER, Kind.NO_PEOPLE}
# Nor is a whole text quoted.
WITHOUT_QUOTE = {*LEFT_OUT, Kind.HARD_TO_READ}


class Advice(NamedTuple):
    """One piece of advice: the words it is about (or ""), why, and what to write instead.

    `answer` is why the author keeps the words; `typed` what stands in its place on a page that was
    sent, or None.
    """

    field: str
    kind: str
    label: str
    quote: str
    explanation: str
    suggestion: str
    answer: str = ""
    typed: str | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether the words must be reworded, or kept with a reason."""
        return self.kind == Kind.TECH_FIRST

    @property
    def is_open(self) -> bool:
        """Whether the words stand in the way of sending."""
        return self.is_answerable and not self.answer

    @property
    def key(self) -> str:
        """A short name of these words in this field, for the controls of a page."""
        words = blake2b(self.quote.encode(errors="replace"), digest_size=4).hexdigest()
        return f"{self.field}-{words}"

    @property
    def control(self) -> str:
        """The name of the control in which the reason is typed."""
        return f"keep-{self.key}"

    @property
    def shown_reason(self) -> str:
        """What stands in that control."""
        return self.answer if self.typed is None else self.typed

    @property
    def error(self) -> str:
        """Why what was typed is no reason, in a sentence; "" when it is one."""
        if not self.typed or self.typed == self.answer:
            return ""
        return why_no_reason(self.typed, self.quote)

    def as_data(self) -> dict[str, str]:
        """Return what is kept of it with a review."""
        return {name: value for name, value in self._asdict().items() if name != "typed"}


def why_no_reason(reason: str, quote: str) -> str:
    """Return in a sentence why `reason` does not say why the words stay; "" when it does."""
    said = _letters(reason)
    if not said:
        return "Say why the words must stay."
    if "\0" in reason:
        return "Type the reason again: it holds a sign that cannot be kept."
    if said == _letters(quote):
        return "Say why the words must stay. To repeat them is no reason."
    limit = FindingAnswer._meta.get_field("reason").max_length or 0
    if len(reason) > limit:
        return (
            f"Shorten the reason: at most {limit:,} characters fit, and there are {len(reason):,}."
        )
    return ""


def _letters(text: str) -> str:
    return "".join(char for char in text[:LONGEST_TEXT].casefold() if char.isalnum())


class Check:
    """The wording check as one page needs it: city's words and author's answers, each read once.

    `typed` is what a page sent: reasons in it stand on the page again. Without a problem nothing
    is answered.
    """

    def __init__(
        self, problem: Problem | None = None, typed: Mapping[str, Any] | None = None
    ) -> None:
        self.problem = problem
        self.typed = typed or {}
        self.found: dict[tuple[str, str], list[Advice]] = {}

    @cached_property
    def city_words(self) -> tuple[CityEntry, ...]:
        """The city's own words, as the check takes them."""
        return city_words.entries()

    @cached_property
    def answers(self) -> dict[tuple[str, str], str]:
        """The reasons that were given, by field and words."""
        if self.problem is None:
            return {}
        found = FindingAnswer.objects.filter(problem=self.problem)
        return {(item.field, item.quote): item.reason for item in found}

    def on_text(self, field: str, text: str) -> list[Advice]:
        """Return the advice on the text of one field, in the order of the text, each words once."""
        # No text with a null character is ever kept, so none is quoted.
        text = plain(text).replace("\0", " ")[:LONGEST_TEXT]
        if (field, text) not in self.found:
            findings = lint.check(text, lint.detect_language(text), self.city_words)
            found = [
                self._advice(field, finding)
                for finding in findings
                if field == "statement" or finding.kind not in LEFT_OUT
            ]
            self.found[field, text] = list(dict.fromkeys(found))
        return self.found[field, text]

    def _advice(self, field: str, finding: lint.Finding) -> Advice:
        advice = Advice(
            field=field,
            kind=str(finding.kind),
            label=LABELS[finding.kind],
            quote="" if finding.kind in WITHOUT_QUOTE else finding.quote,
            explanation=finding.explanation,
            suggestion=finding.suggestion,
        )
        if not advice.is_answerable:
            return advice
        answer = self.answers.get((field, advice.quote), "")
        return advice._replace(answer=answer, typed=self.typed.get(advice.control))

    def on_problem(self) -> list[Advice]:
        """Return the advice on all of the problem, field by field."""
        return [
            advice
            for field in LINTED_FIELDS
            for advice in self.on_text(field, getattr(self.problem, field))
        ]


def on_text(field: str, text: str) -> list[Advice]:
    """Return the advice on a text of no problem in particular."""
    return Check().on_text(field, text)


def on_problem(problem: Problem) -> list[Advice]:
    """Return the advice on all of `problem`, field by field, with its author's answers."""
    return Check(problem).on_problem()


class Legibility(NamedTuple):
    """How one text reads: its grade in words ("" for a short one), and its sentences in words."""

    field: str
    grade: str
    is_hard: bool
    average: int
    longest: int


def on_reading(problem: Problem) -> list[Legibility]:
    """Return how the main texts of `problem` read; an empty one is left out."""
    return [
        found for field in READ_FIELDS if (found := _legibility(field, getattr(problem, field)))
    ]


def _legibility(field: str, text: str) -> Legibility | None:
    text = text[:LONGEST_TEXT]
    tokens = wording.read(text)
    lengths = Counter(token.sentence for token in tokens if token.is_word)
    grade = readability.grade_of(text, tokens, lint.detect_language(text))
    if grade is None:
        return None
    is_enough = grade.words >= readability.ENOUGH_WORDS
    return Legibility(
        field,
        grade.label if is_enough else "",
        is_enough and grade.is_hard,
        round(grade.words / grade.sentences),
        max(lengths.values()),
    )
