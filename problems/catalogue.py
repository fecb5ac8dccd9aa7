"""Measures that cities use, to pick from: what is measured, its unit, which way is better.

The list is data (`catalogue.toml`). Only an outcome, what people notice, has a starting value;
outputs and inputs stand in the list so that a person who looks for one reads why not.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from django.utils.text import get_text_list

from problems.models import Measure

FILE = Path(__file__).with_name("catalogue.toml")
WHAT_IT_COUNTS = {
    Measure.Kind.OUTPUT: "what the city did or installed",
    Measure.Kind.INPUT: "what the city spends or has",
}


@dataclass(frozen=True)
class Entry:
    """One measure; `source` names the scheme and its number, or where cities count it.

    `instead` holds the codes of outcomes that fit better than an output or input.
    """

    code: str
    theme: str
    name: str
    unit: str
    direction: Measure.Direction
    kind: Measure.Kind
    source: str
    instead: tuple[str, ...] = ()

    @property
    def is_outcome(self) -> bool:
        """True when people notice it, so that it may have a starting value."""
        return self.kind == Measure.Kind.OUTCOME


@cache
def entries() -> tuple[Entry, ...]:
    """Return every measure, theme by theme. Raises ValueError for one that is not well formed."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["measure"]
    return tuple(
        Entry(
            **row
            | {
                "direction": Measure.Direction(row["direction"]),
                "kind": Measure.Kind(row["kind"]),
                "instead": tuple(row.get("instead", ())),
            }
        )
        for row in rows
    )


def by_code(code: str) -> Entry | None:
    """Return the measure with this code, or None."""
    return next((entry for entry in entries() if entry.code == code), None)


def by_theme() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of a list: a theme, then code and name of each of its measures."""
    return [
        (theme, [(entry.code, _label(entry)) for entry in found])
        for theme, found in groupby(entries(), key=lambda entry: entry.theme)
    ]


def _label(entry: Entry) -> str:
    return entry.name if entry.is_outcome else f"{entry.name} (not an outcome)"


def why_not(kind: str, entry: Entry | None = None) -> str:
    """Say why a measure of this kind has no starting value, and what to choose instead."""
    name = f"“{entry.name}”" if entry else "This measure"
    sentence = (
        f"{name} counts {WHAT_IT_COUNTS[Measure.Kind(kind)]}. It can rise while nothing gets "
        "better for people, so it cannot show where the problem stands. Choose what people notice"
    )
    better = [f"“{other.name}”" for other in outcomes_for(entry)] if entry else []
    return f"{sentence}, such as {get_text_list(better)}." if better else f"{sentence}."


def outcomes_for(entry: Entry) -> list[Entry]:
    """Return the outcomes that fit better than `entry`."""
    return [other for other in entries() if other.code in entry.instead]
