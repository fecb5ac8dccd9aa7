"""Tables that people take along, as CSV and as a workbook (XLSX).

Whoever opens such a file trusts it, so nothing that somebody typed may act in it. In CSV a text
that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection");
in a workbook texts are stored as texts. Numbers and days are numbers and days.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

type Cell = str | int | Decimal | date | None
type Row = Sequence[Cell]

# What a workbook holds without making a person wait; a CSV is sent while it is written.
MOST_ROWS = 20_000
FORMATS = ("csv", "xlsx")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The full-width signs too: some spreadsheets read them like the narrow ones.
ACTS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# Where lists are divided by semicolons, a spreadsheet ends a cell of a CSV there too.
ACTS_WITHIN = re.compile(r"(;[\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
# Signs that are no characters: no XML holds them, so no workbook does.
NO_CHARACTERS = "\ufffe\uffff"
# Excel's own limit.
MOST_CHARACTERS = 32_767
NO_NAME_OF_A_SHEET = re.compile(r"[\[\]:*?/\\']")


class TooManyRowsError(ValueError):
    """The rows do not fit into a workbook that is made while a person waits."""


class Column(NamedTuple):
    """A heading, and how wide the column is in a workbook, in characters."""

    heading: str
    width: int = 16


def answer(
    file_format: str, *, name: str, columns: Sequence[Column], rows: Iterable[Row]
) -> HttpResponseBase:
    """Return a download of `rows` under `columns`; `file_format` is one of FORMATS.

    `name` is the file's name without its ending, of plain letters, digits and hyphens; a workbook's
    sheet is called like it. Raises TooManyRowsError where a workbook would hold too many.
    """
    response: HttpResponseBase
    if file_format == "csv":
        # Read while it is sent, when nothing knows the city's zone any more.
        in_the_city = _within(timezone.get_current_timezone(), rows)
        response = StreamingHttpResponse(
            csv_lines(columns, in_the_city), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(workbook(columns, rows, sheet=name), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _within(zone: tzinfo, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield `rows`, each read in that time zone."""
    source = iter(rows)
    while True:
        with timezone.override(zone):
            row = next(source, None)
        if row is None:
            return
        yield row


def day(moment: datetime | None) -> date | None:
    """Return the day on which that moment falls in the current time zone."""
    return timezone.localtime(moment).date() if moment else None


def plain(text: str) -> str:
    """Return `text` on one line, without control characters."""
    # Most texts hold no such sign: looking at each takes most of the time of a long file.
    if not text.isprintable():
        text = "".join(" " if _is_control(sign) else sign for sign in text)
    return " ".join(text.split())[:MOST_CHARACTERS]


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} or sign in NO_CHARACTERS


class _Line:
    """What `csv.writer` writes a line to: it hands the line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    columns: Sequence[Column], rows: Iterable[Row], *, for_excel: bool = True
) -> Iterator[bytes]:
    """Yield a CSV line by line, `for_excel` with the mark by which it knows UTF-8."""
    writer = csv.writer(_Line())
    if for_excel:
        yield "\ufeff".encode()
    yield writer.writerow([column.heading for column in columns]).encode()
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row]).encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _harmless(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


# A column says the same few names over and over.
@lru_cache(maxsize=1024)
def _harmless(cell: str) -> str:
    # Looked at before white space goes: a tab or a line break at the start acts as well.
    text = ACTS_WITHIN.sub(r"\1'", plain(cell))
    return f"'{text}" if ACTS.match(text) or cell[:1] in {"\t", "\r", "\n"} else text


def workbook(columns: Sequence[Column], rows: Iterable[Row], *, sheet: str) -> IO[bytes]:
    """Return a workbook of one sheet as a temporary file.

    Raises TooManyRowsError where there are more than MOST_ROWS.
    """
    few = list(islice(rows, MOST_ROWS + 1))
    if len(few) > MOST_ROWS:
        raise TooManyRowsError
    # It takes a moment to import, and few requests need it.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    page = book.create_sheet(NO_NAME_OF_A_SHEET.sub(" ", sheet)[:31])
    page.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(place)].width = column.width
    bold = Font(bold=True)
    page.append([_sheet_cell(page, column.heading, font=bold) for column in columns])
    for row in few:
        page.append([_sheet_cell(page, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book.save(file)
    file.seek(0)
    return file


def _sheet_cell(page: Any, value: Cell, *, font: Any = None) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    if value in {None, ""}:
        return None
    shown: Any = plain(value) if isinstance(value, str) else value
    cell = WriteOnlyCell(page, shown)
    if isinstance(value, str):
        # Or it would make a formula of what begins with "=", an error of "#N/A".
        cell.data_type = "s"
        cell.quotePrefix = bool(ACTS.match(value))
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    if font:
        cell.font = font
    return cell
