"""Advice on the wording of a statement, as people read it: which field, what it is, what to do.

It never refuses a text. What is still open when a statement is sent, the reviewer sees.
"""

from typing import NamedTuple

from problems import lint
from problems.lint import Kind
from problems.models import Problem

# The fields in which people describe the need in their own words, in the order of the form.
LINTED_FIELDS = ("title", "statement", "impact_now", "do_nothing", "solved_12_months")

LABELS = {
    Kind.TECH_FIRST: "Names a solution",
    Kind.HYPE: "Hype",
    Kind.ABSOLUTE: "Says too much",
    Kind.JARGON: "Jargon",
    Kind.LONG_SENTENCE: "Long sentence",
    Kind.NO_NUMBER: "No number",
    Kind.NO_PEOPLE: "No people",
}
# What a text leaves out has no place in it to quote, and only the statement must stand alone.
LEFT_OUT = {Kind.NO_NUMBER, Kind.NO_PEOPLE}


class Advice(NamedTuple):
    """One piece of advice: the words it is about (or ""), why, and what to write instead."""

    field: str
    kind: str
    label: str
    quote: str
    explanation: str
    suggestion: str


def on_text(field: str, text: str) -> list[Advice]:
    """Return the advice on the text of one field, in the order of the text."""
    return [
        Advice(
            field=field,
            kind=str(finding.kind),
            label=LABELS[finding.kind],
            quote="" if finding.kind in LEFT_OUT else finding.quote,
            explanation=finding.explanation,
            suggestion=finding.suggestion,
        )
        for finding in lint.check(text, lint.detect_language(text))
        if field == "statement" or finding.kind not in LEFT_OUT
    ]


def on_problem(problem: Problem) -> list[Advice]:
    """Return the advice that is open on all of `problem`, field by field."""
    return [advice for field in LINTED_FIELDS for advice in on_text(field, getattr(problem, field))]
