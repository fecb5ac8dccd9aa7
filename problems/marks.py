"""What a page showed of a statement, in so few characters that the page carries it along.

A mark stands for one field or one row. Two marks differ where what they stand for differs, so that
two people who change different parts of one statement do not stand in each other's way. A change
against a newer state is refused.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model

# The name under which the file of a row was given, its size and place say nothing that its checksum
# does not.
NOT_MARKED = frozenset({"id", "problem", "file", "file_name", "file_type", "file_size"})


class Stale(ValidationError):
    """Somebody saved a newer state since the page was read."""


class Marks(NamedTuple):
    """The marks of fields by their names, and of rows by their parts and keys."""

    fields: Mapping[str, str]
    rows: Mapping[str, Mapping[int, str]]

    def written(self) -> str:
        """Return them as text for a page to carry."""
        return json.dumps([self.fields, self.rows], separators=(",", ":"))


def read(text: str) -> Marks | None:
    """Return the marks that a page carried, or None when they cannot be read."""
    try:
        fields, parts = json.loads(text)
        rows = {
            str(part): {int(key): str(mark) for key, mark in marks.items()}
            for part, marks in parts.items()
        }
        return Marks({str(name): str(mark) for name, mark in fields.items()}, rows)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def of(problem: Model, *, fields: Iterable[str], parts: Iterable[str]) -> Marks:
    """Return the marks of `problem` as it is given: these fields, and all rows of the parts."""
    return Marks(
        {name: of_value(getattr(problem, name)) for name in fields},
        {part: {row.pk: of_row(row) for row in getattr(problem, part).all()} for part in parts},
    )


def of_value(value: Any) -> str:
    """Return the mark of one value; nothing and an empty text are the same."""
    return blake2b(_plain(value).encode(errors="replace"), digest_size=6).hexdigest()


def of_row(row: Model) -> str:
    """Return the mark of what a row says, whatever its key."""
    names = (field.name for field in row._meta.concrete_fields if field.name not in NOT_MARKED)
    return of_value("\x1f".join(_plain(getattr(row, name)) for name in names))


def insist_unchanged(row: Model, *, seen: str) -> None:
    """Raise Stale where `row`, locked, says anything else than the person has `seen`: its mark.

    For rows without a revision of their own. Two states with the same values have the same mark, so
    a change that was taken back stops nobody.
    """
    if of_row(row) != seen:
        raise Stale(
            "Somebody changed this while you had the page open. Your words are still here: compare "
            "them with the saved ones, then save again."
        )


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case Model():
            return str(value.pk)
    return str(value).replace("\r\n", "\n")
