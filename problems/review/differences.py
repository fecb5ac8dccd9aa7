"""What changed between two texts, or between two states of a statement, word by word. Pure.

A person reads the result: runs of words that stayed, that are new, that are gone. A few words that
stayed by chance between two changes are shown as changed with them, so that nobody reads confetti.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

# A longer text is shown as gone and new as a whole: comparing takes more than linear time.
LONGEST_TEXT = 4000
# As many words, or fewer, between two changes belong to the change.
ISLAND = 2
# Of a long run that stayed, as many words are shown at each end; fewer than that are not left out.
CONTEXT = 20
# Characters that nobody sees, but for white space.
UNSEEN = {"Cc", "Cf", "Co", "Cn"}

# A word with what stands inside it (don't, 1,200.5, city-wide), or marks; white space goes before.
WORD = re.compile(r"\s*(?:\w+(?:[^\w\s]+\w+)*|[^\w\s]+)")


class Kind(StrEnum):
    """What became of a run of words, or of a row."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Piece(NamedTuple):
    """A run of words, and what became of it. No blank stands before it when it is `glued`."""

    kind: Kind
    text: str
    glued: bool = False


class ColumnChange(NamedTuple):
    """One column of a row, by its name."""

    column: str
    pieces: list[Piece]


class RowChange(NamedTuple):
    """One row of a part: added, removed or changed. `number` counts from 1 where it stands."""

    kind: Kind
    number: int
    columns: list[ColumnChange]


class FieldChange(NamedTuple):
    """One field by its words, or one part by its rows."""

    field: str
    pieces: list[Piece]
    rows: list[RowChange]


def words(before: str, after: str) -> list[Piece]:
    """Return both texts as one, in runs of words that stayed, are gone or are new.

    White space alone is no change. Characters that nobody sees are named where they changed.
    """
    if max(len(before), len(after)) > LONGEST_TEXT:
        return _pieces([(Kind.REMOVED, [before]), (Kind.ADDED, [after])])
    old, new = WORD.findall(before), WORD.findall(after)
    old_keys, new_keys = _keys(old), _keys(new)
    start = _common(zip(old_keys, new_keys, strict=False))
    most = min(len(old), len(new)) - start
    end = min(most, _common(zip(reversed(old_keys), reversed(new_keys), strict=False)))
    middle = slice(start, len(old) - end), slice(start, len(new) - end)
    runs = _compared(old[middle[0]], new[middle[1]])
    ends = _same(old[len(old) - end :], new[len(new) - end :])
    return _pieces([(Kind.SAME, new[:start]), *runs, (Kind.SAME, ends)])


def _keys(found: Iterable[str]) -> list[str]:
    return [word.strip() for word in found]


def _common(pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    for old, new in pairs:
        if old != new:
            break
        count += 1
    return count


def _same(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Return words that stayed with white space before them where there is some in either text."""
    return [max(pair, key=len) for pair in zip(new, old, strict=True)]


type Run = tuple[Kind, list[str]]


def _compared(old: list[str], new: list[str]) -> list[Run]:
    """Compare what stands between the first and the last change."""
    if not old or not new:
        return [(Kind.REMOVED, old), (Kind.ADDED, new)]
    steps = SequenceMatcher(None, _keys(old), _keys(new)).get_opcodes()
    runs: list[Run] = []
    for number, (tag, i, j, k, m) in enumerate(steps):
        is_island = 0 < number < len(steps) - 1 and _count(old[i:j]) <= ISLAND
        if tag == "equal" and not is_island:
            runs.append((Kind.SAME, _same(old[i:j], new[k:m])))
        else:
            runs += [(Kind.REMOVED, old[i:j]), (Kind.ADDED, new[k:m])]
    return [run for change in _changes(runs) for run in change]


def _count(found: Iterable[str]) -> int:
    """Count words; marks are none."""
    return sum(word[-1].isalnum() for word in found)


def _changes(runs: list[Run]) -> Iterator[list[Run]]:
    """Put what is gone before what is new, change by change."""
    for is_same, group in groupby(runs, lambda run: run[0] is Kind.SAME):
        together = list(group)
        if is_same:
            yield together
            continue
        for kind in (Kind.REMOVED, Kind.ADDED):
            yield [(kind, [word for its_kind, run in together if its_kind is kind for word in run])]


def _pieces(runs: Iterable[Run]) -> list[Piece]:
    """Join the words of each run; the blanks at its ends stand between the pieces."""
    pieces: list[Piece] = []
    for kind, run in runs:
        raw = "".join(run)
        text = raw.strip(" \t") if pieces else raw.strip()
        if text.strip():
            is_instead = kind is Kind.ADDED and pieces[-1:] and pieces[-1].kind is Kind.REMOVED
            glued = bool(pieces) and not is_instead and not raw[0].isspace()
            pieces.append(Piece(kind, text if kind is Kind.SAME else named(text), glued))
    return pieces


def named(text: str) -> str:
    """Return `text` with every character that nobody sees named, such as [U+200B]."""
    return "".join(f"[U+{ord(char):04X}]" if _is_unseen(char) else char for char in text)


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in UNSEEN and not char.isspace()


def shortened(pieces: Sequence[Piece]) -> list[Piece]:
    """Return `pieces` with the midst of long runs that stayed left out, but for a "…"."""
    return [
        piece._replace(
            text=_ends(piece.text, is_first=place == 0, is_last=place == len(pieces) - 1)
        )
        if piece.kind is Kind.SAME
        else piece
        for place, piece in enumerate(pieces)
    ]


def _ends(text: str, *, is_first: bool, is_last: bool) -> str:
    """Return the words of `text` that stand beside a change."""
    found = WORD.findall(text)
    first = [] if is_first else found[:CONTEXT]
    last = [] if is_last else found[-CONTEXT:]
    if len(found) <= len(first) + len(last) + CONTEXT:
        return text
    return "".join([*first, " …", *last]).strip(" ")


def between(
    before: Mapping[str, Any], after: Mapping[str, Any], *, order: Sequence[str] = ()
) -> list[FieldChange]:
    """Return what differs between two contents of a statement, field by field.

    A content maps a field to its words and a part to its rows, each a mapping of columns to words
    with the key of the row under "key" (`problems/review/submissions.py`). `order` names fields and
    columns in the order in which people read them; others follow.
    """
    found = []
    for field in _in_order({**before, **after}, order):
        old, new = before.get(field), after.get(field)
        if isinstance(old, list) or isinstance(new, list):
            change = FieldChange(field, [], _rows(old or [], new or [], order))
        else:
            change = FieldChange(field, _changed(old or "", new or ""), [])
        if change.pieces or change.rows:
            found.append(change)
    return found


def _changed(old: str, new: str) -> list[Piece]:
    """Return both texts as one when they differ in more than white space."""
    return words(old, new) if "".join(old.split()) != "".join(new.split()) else []


def _in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


type Row = Mapping[str, Any]


def _rows(old: Sequence[Row], new: Sequence[Row], order: Sequence[str]) -> list[RowChange]:
    """Compare rows that carry the same key, then those that say the same; the rest came or went."""
    places = {row["key"]: place for place, row in enumerate(old)}
    partner = {place: places.pop(row["key"], None) for place, row in enumerate(new)}
    left = {_said(old[place]): place for place in reversed(places.values())}
    for place, found in partner.items():
        if found is None:
            partner[place] = left.pop(_said(new[place]), None)
    changes = []
    for place, row in enumerate(new):
        match = partner[place]
        kind = Kind.ADDED if match is None else Kind.CHANGED
        columns = _columns({} if match is None else old[match], row, order)
        if columns:
            changes.append(RowChange(kind, place + 1, columns))
    kept = set(partner.values())
    for place, row in enumerate(old):
        if place not in kept:
            changes.append(RowChange(Kind.REMOVED, place + 1, _columns(row, {}, order)))
    return changes


def _said(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in row.items() if name != "key"))


def _columns(old: Row, new: Row, order: Sequence[str]) -> list[ColumnChange]:
    names = _in_order({**old, **new}.keys() - {"key"}, order)
    changed = {name: _changed(old.get(name) or "", new.get(name) or "") for name in names}
    return [ColumnChange(name, pieces) for name, pieces in changed.items() if pieces]
