"""What a problem still lacks before it may be sent: every gap at once, each at its field."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.text import Truncator

from problems import wording
from problems.advice import Check
from problems.models import Cause, Measure, Problem, ProblemPolicy

# A sentence quotes no more characters than this.
LONGEST_QUOTE = 120


class Missing(NamedTuple):
    """One gap: a code, the field it is at, and what to do about it."""

    code: str
    field: str
    sentence: str


def missing(
    problem: Problem,
    *,
    on: date,
    policy: ProblemPolicy | None = None,
    check: Check | None = None,
) -> list[Missing]:
    """Return everything that `problem` lacks on that day, in the order of the form.

    `check` is the wording check of a page that has one already.

    Rules: GOV.UK, 18F and NSW on problem statements; the numbers are the city's (ProblemPolicy).
    """
    policy = policy or ProblemPolicy.current()
    return [
        *_words(problem, policy),
        *_people(problem),
        *_today(problem),
        *_proof(problem, on, policy),
        *_success(problem, on),
        *_duty(problem, on),
        *_solutions(check or Check(problem)),
    ]


def _blank(problem: Problem, fields: dict[str, str]) -> Iterator[Missing]:
    for field, sentence in fields.items():
        if not str(getattr(problem, field)).strip():
            yield Missing(f"{field}_missing", field, sentence)


def _words(problem: Problem, policy: ProblemPolicy) -> Iterator[Missing]:
    yield from _blank(
        problem,
        {
            "title": "Give the problem a title of at most 80 characters.",
            "statement": "Say in two or three sentences who has the problem and what happens.",
        },
    )
    text = problem.statement.strip()
    sentences = _sentences(text)
    if len(text) > policy.statement_max_characters:
        over = len(text) - policy.statement_max_characters
        yield Missing(
            "statement_too_long",
            "statement",
            f"Shorten the statement by {over} characters: at most "
            f"{policy.statement_max_characters} fit.",
        )
    if len(sentences) > policy.statement_max_sentences:
        yield Missing(
            "statement_too_many_sentences",
            "statement",
            f"Say it in at most {policy.statement_max_sentences} sentences. "
            f"There are {len(sentences)}.",
        )
    longest = max((len(sentence.split()) for sentence in sentences), default=0)
    if longest > policy.sentence_max_words:
        yield Missing(
            "sentence_too_long",
            "statement",
            f"Split the longest sentence: it has {longest} words, and "
            f"{policy.sentence_max_words} are readable.",
        )


def _sentences(text: str) -> list[str]:
    """Split a text where sentences end, not after "St." or inside "2.5"."""
    spans: dict[int, tuple[int, int]] = {}
    for token in wording.read(text):
        if token.is_word:
            start, _ = spans.get(token.sentence, (token.start, token.end))
            spans[token.sentence] = (start, token.end)
    return [text[start:end] for start, end in spans.values()]


def _people(problem: Problem) -> Iterator[Missing]:
    groups = list(problem.affected_groups.all())
    if not any(group.who and group.number and group.number_source for group in groups):
        yield Missing(
            "affected_group_missing",
            "affected_groups",
            "Name a group of people who have the problem, how many they are, and where the "
            "number comes from.",
        )
    yield from _blank(problem, {"place": "Say where it happens."})


def _today(problem: Problem) -> Iterator[Missing]:
    yield from _blank(problem, {"impact_now": "Describe what happens to people today."})
    if problem.severity is None:
        yield Missing("severity_missing", "severity", "Rate how bad it is, from 0 to 5.")
    yield from _blank(problem, {"do_nothing": "Say what happens if the city does nothing."})


def _proof(problem: Problem, on: date, policy: ProblemPolicy) -> Iterator[Missing]:
    if not any(item.source or item.link for item in problem.evidence.all()):
        yield Missing(
            "evidence_missing", "evidence", "Point to one piece of evidence with its source."
        )
    if not any(cause.basis != Cause.Basis.ASSUMED for cause in problem.causes.all()):
        yield Missing(
            "cause_missing",
            "causes",
            "Name a cause that somebody has observed or measured. Assumed causes may stand beside "
            "it.",
        )
    if not problem.contact_method.strip() and not problem.no_contact_reason.strip():
        yield Missing(
            "contact_missing",
            "contact_method",
            "Say how the people who have the problem were asked, or why they were not.",
        )
    yield from _baseline(problem, on, policy)


class _Journey(NamedTuple):
    """A measure of which both ends are known."""

    name: str
    direction: str
    start: Decimal
    started: date
    target: Decimal
    due: date


def _journeys(problem: Problem) -> list[_Journey]:
    return [
        _Journey(
            measure.name,
            measure.direction,
            measure.baseline_value,
            measure.baseline_date,
            measure.target_value,
            measure.target_date,
        )
        for measure in problem.measures.all()
        if measure.name and measure.unit and measure.direction
        if measure.baseline_source and measure.baseline_quality
        if measure.baseline_value is not None and measure.baseline_date is not None
        if measure.target_value is not None and measure.target_date is not None
    ]


def _baseline(problem: Problem, on: date, policy: ProblemPolicy) -> Iterator[Missing]:
    journeys = _journeys(problem)
    if not journeys:
        yield Missing(
            "measure_missing",
            "measures",
            "Name what is measured: its unit, which way is better, its value today with date, "
            "source and quality, and a target with a date.",
        )
        return
    months = policy.baseline_max_age_months
    if not any(_age_in_months(journey.started, on) <= months for journey in journeys):
        yield Missing(
            "baseline_too_old",
            "measures",
            f"Measure again: the value today may be at most {months} months old.",
        )
    if any(journey.started > on for journey in journeys):
        yield Missing(
            "baseline_in_future", "measures", "The value today was measured on a day that is past."
        )


def _age_in_months(then: date, now: date) -> int:
    return (now.year - then.year) * 12 + now.month - then.month - (now.day < then.day)


def _success(problem: Problem, on: date) -> Iterator[Missing]:
    for journey in _journeys(problem):
        better = journey.target - journey.start
        if not better or (better > 0) != (journey.direction == Measure.Direction.UP):
            yield Missing(
                "target_not_better",
                "measures",
                f"Set a target for “{journey.name}” that is better than its value today.",
            )
        if journey.due <= on:
            yield Missing(
                "target_in_past", "measures", f"Set a target date for “{journey.name}” to come."
            )
    yield from _blank(
        problem, {"solved_12_months": "Say what people would notice in 12 months if it worked."}
    )


def _solutions(check: Check) -> Iterator[Missing]:
    """Words that put a technology where the need belongs, and no reason why they stay."""
    for item in check.on_problem():
        if item.is_open:
            words = Truncator(item.quote).chars(LONGEST_QUOTE)
            yield Missing(
                "tech_first_open", item.field, f"Reword “{words}”, or say why it must stay."
            )


def _urgency(problem: Problem, on: date) -> Iterator[Missing]:
    declared = problem.critical_priority
    if declared is None and not problem.critical_reason.strip():
        yield Missing(
            "critical_priority_missing",
            "critical_priority",
            "Name the critical priority that it serves, or say why none fits.",
        )
    elif declared is None or declared.is_declared(on=on):
        yield from _blank(problem, {"critical_reason": "Say why it matters now."})
    else:
        yield Missing(
            "critical_priority_ended",
            "critical_priority",
            f"“{declared}” is not critical on this day. Choose one that is, or say why none fits.",
        )


def _duty(problem: Problem, on: date) -> Iterator[Missing]:
    yield from _blank(problem, {"influence": "Say how far the city can change it."})
    if problem.influence == Problem.Influence.NONE:
        yield Missing(
            "influence_none",
            "influence",
            "The city plans only what it can influence, alone or with others.",
        )
    yield from _urgency(problem, on)
    if problem.owner_id is None:
        yield Missing("owner_missing", "owner", "Name the department head who owns the problem.")
