"""Tables that people bring, as CSV or as a workbook (XLSX), read into rows of plain text.

A number comes as its digits, a formula as the result that was saved with it. What no text can
stand for, such as a date or an error, comes as a fault of its cell. Cells are named as
spreadsheets name them: D5 is the fourth cell of row 5.
"""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice

# What people wait for, and what a page can still show.
MOST_ROWS = 20_000
LARGEST_FILE = 5_000_000
# Columns behind these are not looked at.
MOST_COLUMNS = 40

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_START = b"%PDF-"
DELIMITERS = (",", ";", "\t")
# Excel writes the delimiter of a file before its first row where it was told to.
NAMED_DELIMITER = re.compile(r'"?sep=(.)"?\r?\n')
# Everything below a blank but tab, line feed, vertical tab, form feed and carriage return.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
NO_TABLE = "Choose a table: an XLSX workbook, or CSV with commas, semicolons or tabs."


class UnreadableError(ValueError):
    """The file is no table that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says; `fault` goes on after its name and says why it cannot be read."""

    name: str
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it; rows count from 1, as spreadsheets count them."""

    number: int
    cells: tuple[Cell, ...]


def read(content: bytes) -> Iterator[Row]:
    """Yield the rows of a file, the first one named by `number` 1 or more; empty ones are left out.

    Raises UnreadableError when it is no table, is too large, or is damaged; rows before the damage
    have then been handed out already.
    """
    if not content:
        raise UnreadableError("The file is empty. Choose another one.")
    if len(content) > LARGEST_FILE:
        raise UnreadableError(
            f"The file has {len(content):,} bytes; at most {LARGEST_FILE:,} are read. Split it by "
            "fiscal year."
        )
    return _at_most(_rows(content))


def _rows(content: bytes) -> Iterator[Row]:
    if content.startswith(ZIP_START):
        # It takes a moment to import, and a CSV does not need it.
        from portfolio.imports.workbook import rows_of  # noqa: PLC0415

        return rows_of(content)
    if content.startswith(OLE_START):
        raise UnreadableError(
            "This is an old Excel workbook, or one with a password. Save it as XLSX without a "
            "password, then choose that."
        )
    if content.startswith(PDF_START):
        raise UnreadableError(f"This is a PDF. {NO_TABLE}")
    return _rows_of_text(_decoded(content))


def _at_most(rows: Iterator[Row]) -> Iterator[Row]:
    """Hand rows on until there are too many: the one that names the columns, and MOST_ROWS."""
    yield from islice(rows, MOST_ROWS + 1)
    if next(rows, None) is not None:
        raise UnreadableError(
            f"The file has more than {MOST_ROWS:,} rows. Split it by fiscal year and upload the "
            "parts one by one."
        )


def name_of(column: int, row: int) -> str:
    """Return the name of a cell; columns and rows count from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def filled(number: int, cells: list[Cell]) -> Row | None:
    """Return a row without the empty cells at its end, or nothing where all are empty."""
    while cells and not (cells[-1].text.strip() or cells[-1].fault):
        cells.pop()
    return Row(number, tuple(cells)) if cells else None


def _decoded(content: bytes) -> str:
    """Return the characters of a CSV, in the encodings that spreadsheet programs write."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROL.search(text):
            return text
    raise UnreadableError(f"The file is no text. {NO_TABLE}")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    if content.startswith(BOM_UTF8):
        return ("utf-8-sig",)
    # Without a mark: in UTF-16, every other byte of plain letters is zero.
    if b"\0" in content[:2]:
        return ("utf-16-be",) if content[0] == 0 else ("utf-16-le",)
    return ("utf-8", "cp1252")


def _rows_of_text(text: str) -> Iterator[Row]:
    named = NAMED_DELIMITER.match(text)
    delimiter = named[1] if named else _delimiter(text)
    number = 0
    try:
        # Strict: else an unclosed quote would swallow the rows after it in silence.
        for number, record in enumerate(_records(text, delimiter), start=1):
            if named and number == 1:
                continue
            cells = [
                Cell(name_of(place, number), cell)
                for place, cell in enumerate(record[:MOST_COLUMNS], start=1)
            ]
            if (row := filled(number, cells)) is not None:
                yield row
    except csv.Error as damage:
        raise UnreadableError(
            f"The file is damaged after row {number}: {damage}. Save it again as CSV or XLSX."
        ) from None


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """Return what divides the first row into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)
