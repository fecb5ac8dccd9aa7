"""Advice on the wording of projects, scopes, and reasons. It never refuses a text.

Which advice a text gets depends on what it is for. A title names a technology before its time; in
a scope, which exists behind the open gate, naming one is the point.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from problems.advice import Advice, Check
from problems.lint import Kind


class Text(StrEnum):
    """What a text is for."""

    TITLE = "title"
    SUMMARY = "summary"
    SCOPE = "scope"
    REASON = "reason"


EVERYWHERE = frozenset({Kind.HYPE, Kind.ABSOLUTE, Kind.JARGON})
ADVISED: dict[Text, frozenset[Kind]] = {
    Text.TITLE: EVERYWHERE | {Kind.TECH_FIRST},
    Text.SUMMARY: EVERYWHERE | {Kind.TECH_FIRST, Kind.LONG_SENTENCE},
    Text.SCOPE: EVERYWHERE | {Kind.LONG_SENTENCE},
    Text.REASON: EVERYWHERE | {Kind.LONG_SENTENCE},
}


class Place(NamedTuple):
    """A text with advice that is still open: what it is, where to reword it ("" for nowhere)."""

    label: str
    url: str
    advice: list[Advice]


def on_text(kind: Text, text: str, check: Check | None = None) -> list[Advice]:
    """Return the advice on a text of that kind; one `check` for many texts reads words once."""
    found = (check or Check()).on_text(kind, text)
    return [item for item in found if item.kind in ADVISED[kind]]


def open_places(texts: Iterable[tuple[str, Text, str]], *, url: str, check: Check) -> list[Place]:
    """Return those of `texts` (label, kind, text) that have advice; all are reworded at `url`."""
    return [
        Place(label, url, found)
        for label, kind, text in texts
        if text.strip() and (found := on_text(kind, text, check))
    ]
