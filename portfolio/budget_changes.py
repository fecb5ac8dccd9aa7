"""What differs between two states of a budget, told for people: words by words, amounts by + and −.

The amounts come from `budgets.versions`, the words from the comparison that statements use.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from budgets.versions import Changes, LineChange, TextChange, Total
from problems.review.differences import Piece, shortened, words


class ToldText(NamedTuple):
    """A text that differs, both as one in runs of words that stayed, are gone or are new."""

    label: str
    pieces: list[Piece]


class ToldLine(NamedTuple):
    """A cost line that is new, removed or changed; amounts are None where it is not there."""

    word: str
    title: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal
    texts: list[ToldText]


class ToldPart(NamedTuple):
    """Committed money that came or went."""

    title: str
    word: str
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that differs; `totals` are all totals, whether they differ or not."""

    count: int
    texts: list[ToldText]
    totals: tuple[Total, ...]
    lines: list[ToldLine]
    money: list[ToldPart]


def told(changes: Changes) -> Told:
    """Return `changes` as pages print them."""
    return Told(
        count=changes.count,
        texts=[_text(item) for item in changes.texts],
        totals=changes.totals,
        lines=[_line(item) for item in changes.lines],
        money=[
            ToldPart(item.part.title, "committed" if item.is_new else "released", item.difference)
            for item in changes.money
        ],
    )


def _text(change: TextChange) -> ToldText:
    return ToldText(change.label, shortened(words(change.before, change.after)))


def _line(change: LineChange) -> ToldLine:
    # A line that came or went is named by its title; of its texts only the note is news.
    named = {"Fiscal year", "Kind", "For"} if change.word != "changed" else set()
    return ToldLine(
        word=change.word,
        title=change.title,
        before=change.before.amount if change.before else None,
        after=change.after.amount if change.after else None,
        difference=change.difference,
        texts=[_text(item) for item in change.texts if item.label not in named],
    )
