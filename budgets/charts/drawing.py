"""What the charts share: how a part looks, bars made of parts, legends.

Coordinates are strings, ready for an SVG attribute, so that no locale puts a comma into them.
Colors are presentation attributes, because a page's style sheet does not reach an SVG in a PDF; on
the web the classes beside them color the chart again for dark pages. A color has a contrast of at
least 3 to 1 to the paper, and of 4.5 to 1 to a label written on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from budgets.money import show_short

NOTHING = Decimal(0)
PAPER = "#ffffff"

# Where bars begin and how long the longest may be, in units of a drawing 440 wide.
LEFT, LONGEST = Decimal(62), Decimal(268)
WIDTH = 440
FIRST_ROW = 30
# More rows do not fit on a page beside their table; the first one then stands for all before it.
MOST_ROWS = 12
# A bar shorter than this has no room for its label; a pattern must still show beside it.
ROOM_FOR_LABEL, ROOM_ON_PATTERN = 38, 54
LETTER = Decimal("6.4")


@dataclass(frozen=True, slots=True)
class Look:
    """How a part is filled: `pattern` is solid, lines, cross, dots or empty."""

    css: str
    color: str
    pattern: str = "solid"

    @property
    def is_hatched(self) -> bool:
        """True where the fill is one of the patterns that the drawing defines."""
        return self.pattern in {"lines", "cross", "dots"}

    @property
    def outline(self) -> str:
        """The color of the line around it; a solid fill needs none."""
        return "" if self.pattern == "solid" else self.color


SOLID = Look("c-f1", "#1f4e79")
SECOND = Look("c-f2", "#1d7a70")
LINES = Look("c-lines", "#96620f", "lines")
CROSS = Look("c-cross", "#a81f17", "cross")
DOTS = Look("c-dots", "#4a5764", "dots")
EMPTY = Look("c-empty", "#1f4e79", "empty")
LOOKS = (SOLID, SECOND, LINES, CROSS, DOTS, EMPTY)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar; `label` is empty where it would not fit. On a pattern it has a plate."""

    look: Look
    x: str
    width: str
    label: str
    label_x: str
    plate_x: str
    plate_width: str


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend."""

    look: Look
    label: str
    x: str
    text_x: str


def bar(
    parts: Iterable[tuple[Look, Decimal]], *, most: Decimal, left: Decimal = LEFT
) -> tuple[Segment, ...]:
    """Return the parts of a bar from `left` on; `most` dollars are as long as a bar gets."""
    x, segments = left, []
    for look, amount in parts:
        if amount <= 0:
            continue
        width = amount / most * LONGEST
        room = ROOM_ON_PATTERN if look.is_hatched else ROOM_FOR_LABEL
        label = show_short(amount) if width > room else ""
        plate = LETTER * len(label) + 6
        middle = x + width / 2
        segments.append(
            Segment(
                look=look,
                x=px(x),
                # A gap of paper keeps neighbors apart.
                width=px(max(width - 2, Decimal("0.5"))),
                label=label,
                label_x=px(middle - 1),
                plate_x=px(middle - 1 - plate / 2),
                plate_width=px(plate),
            )
        )
        x += width
    return tuple(segments)


def end_of(amount: Decimal, *, most: Decimal, left: Decimal = LEFT) -> str:
    """Return where the label behind a bar of `amount` dollars begins."""
    return px(left + max(amount, NOTHING) / most * LONGEST + 6)


def legend(entries: Iterable[tuple[Look, str]]) -> tuple[Key, ...]:
    """Return the entries of a legend beside each other."""
    keys, x = [], Decimal(1)
    for look, words in entries:
        keys.append(Key(look=look, label=words, x=px(x), text_x=px(x + 16)))
        x += 30 + LETTER * len(words)
    return tuple(keys)


def earlier_together[R](rows: Sequence[R], *, most: int = MOST_ROWS) -> list[R]:
    """Return at most `most` rows: the first of too many sums all before the others.

    A row is a dataclass of a `label` and amounts.
    """
    if len(rows) <= most:
        return list(rows)
    later = len(rows) - most + 1
    given: Any = type(rows[0])
    sums = {
        field.name: sum((getattr(row, field.name) for row in rows[:later]), NOTHING)
        for field in fields(given)
        if field.name != "label"
    }
    return [given(label="Earlier", **sums), *rows[later:]]


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return `part` of `whole` in whole percent, nothing where there is no whole.

    Rounded so that it is 100 only where both are the same: 99.6 is 99, 100.2 is 101.
    """
    if not whole:
        return None
    exact = 100 * part / whole
    up = exact > 100 or 0 < exact < 1
    return exact.quantize(Decimal(1), rounding=ROUND_CEILING if up else ROUND_FLOOR)


def px(value: Decimal) -> str:
    """Return a coordinate with one decimal."""
    return f"{value:.1f}"
