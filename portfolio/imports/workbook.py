"""Reads the one filled sheet of a workbook (XLSX), behind a guard.

A small file can unpack to gigabytes, claim a size that it does not have, or hold formulas instead
of numbers. So the container is checked before anything reads it, its parts have limits, what it
says of its own size is not believed, and rows are read one by one.
"""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import islice
from math import isfinite
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from portfolio.imports.tables import (
    MOST_COLUMNS,
    Cell,
    Row,
    UnreadableError,
    filled,
    name_of,
)
from problems.evidence_files import workbooks
from problems.evidence_files.kinds import XLSX, Refused

# Excel's own limit.
LAST_ROW = 1_048_576
MOST_SHEETS = 20
# Sheets are read piece by piece; other parts stand in memory as a whole.
LARGEST_SHEET = 40_000_000
LARGEST_PART = 10_000_000
SHEETS = "xl/worksheets/"
# Bounded: a part of repeated beginnings must not be read again from each of them.
MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,80}?\bref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z0-9]{2,10})[\"']"
)
# Binary fractions cannot say most decimals: below this, a difference is none.
DIGITS, TOO_LARGE = 4, 1e15


def rows_of(content: bytes) -> Iterator[Row]:
    """Yield the filled rows of the workbook's one filled sheet.

    Raises UnreadableError for what is no workbook or could not be read safely, for merged cells,
    and where several sheets are filled.
    """
    _check_container(content)
    try:
        formulas = _opened(content, data_only=False)
        values = _opened(content, data_only=True)
        yield from _rows(formulas, values)
    except UnreadableError:
        raise
    except Exception as damage:
        # A damaged workbook makes the library raise errors of any kind.
        raise UnreadableError(
            "The workbook cannot be read. Open it in your spreadsheet program, save it again as "
            "XLSX, then choose that."
        ) from damage


def _check_container(content: bytes) -> None:
    try:
        if workbooks.kind_of(content) != XLSX:
            raise UnreadableError("This is an ODS spreadsheet. Save it as XLSX or CSV.")
    except Refused as reason:
        raise UnreadableError(f"The file {reason}") from None
    with ZipFile(BytesIO(content)) as container:
        for part in container.infolist():
            is_sheet = part.filename.lower().startswith(SHEETS)
            if part.file_size > (LARGEST_SHEET if is_sheet else LARGEST_PART):
                raise UnreadableError(
                    f"The workbook unpacks to {part.file_size:,} bytes in one part. Copy the table "
                    "alone into a new workbook, then choose that."
                )
            if is_sheet and part.filename.lower().endswith(".xml"):
                _check_merged(container.read(part))


def _check_merged(sheet: bytes) -> None:
    merged = MERGED.search(sheet)
    if merged:
        raise UnreadableError(
            f"The cells {merged[1].decode()} are merged, so it is not clear what each row says. "
            "Unmerge them, fill in every cell, then upload the file again."
        )


def _opened(content: bytes, *, data_only: bool) -> Any:
    return load_workbook(
        BytesIO(content), read_only=True, data_only=data_only, keep_links=False, rich_text=False
    )


def _rows(formulas: Any, values: Any) -> Iterator[Row]:
    """Read both the formulas and their saved results, row by row."""
    if len(values.worksheets) > MOST_SHEETS:
        raise UnreadableError(
            f"The workbook has {len(values.worksheets)} sheets. Copy the one to import into a new "
            "workbook, then choose that."
        )
    names = [sheet.title for sheet in formulas.worksheets if _is_filled(sheet)]
    if not names:
        raise UnreadableError("The workbook is empty. Choose another one.")
    if len(names) > 1:
        shown = ", ".join(f"“{name[:40]}”" for name in names)
        raise UnreadableError(
            f"The workbook has {len(names)} filled sheets: {shown}. Keep the one to import, delete "
            "the others, then upload it again."
        )
    both = zip(_lines(formulas[names[0]]), _lines(values[names[0]]), strict=True)
    for number, (written, shown) in enumerate(both, start=1):
        width = _width(written)
        cells = [
            _cell(name_of(place, number), *pair)
            for place, pair in enumerate(zip(written[:width], shown[:width], strict=True), start=1)
        ]
        if (row := filled(number, cells)) is not None:
            yield row


def _lines(sheet: Any) -> Iterator[Any]:
    """Return the rows of a sheet, whatever it says of its own size."""
    sheet.reset_dimensions()
    return islice(sheet.iter_rows(max_col=MOST_COLUMNS), LAST_ROW)


def _is_filled(sheet: Any) -> bool:
    return any(cell.value is not None for row in _lines(sheet) for cell in row[: _width(row)])


def _width(row: Any) -> int:
    """Return up to which column a row has cells: a sheet may have a million rows without any."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1] is not EMPTY_CELL), 0)


def _cell(name: str, written: Any, shown: Any) -> Cell:
    """Return a cell by its formula, if it has one, and by the value that was saved with it."""
    fault = _fault(written, shown)
    if fault or shown.value is None:
        return Cell(name, "", fault)
    if isinstance(shown.value, float):
        exact = round(Decimal(repr(shown.value)), DIGITS)
        return Cell(name, f"{exact.normalize():f}")
    return Cell(name, str(shown.value))


def _fault(written: Any, shown: Any) -> str:
    """Say why no text can stand for the cell; nothing where one can."""
    match shown.value:
        case None if written.value is not None:
            return (
                "holds a formula whose result was not saved. Open the file in your spreadsheet "
                "program and save it, or put the amount in place of the formula."
            )
        case str() if shown.data_type == "e":
            return f"holds the error {shown.value}. Mend it in the sheet."
        case bool():
            return "holds TRUE or FALSE. Put what it stands for."
        case date() | time() | timedelta():
            return "is formatted as a date or time. Format the cell as a number or as text."
        case float() if not isfinite(shown.value) or abs(shown.value) >= TOO_LARGE:
            return "holds a number that is too large. Check for extra zeros."
    return ""
