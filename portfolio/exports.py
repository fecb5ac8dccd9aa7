"""Tables that people take along, as CSV and as a workbook (XLSX).

Whoever opens such a file trusts it, so nothing that somebody typed may act in it. In CSV a text
that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection");
in a workbook texts are stored as texts. Numbers and days are numbers and days.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

type Cell = str | int | Decimal | date | None
type Row = Sequence[Cell]

# What both kinds of file hold without making a person wait.
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


class Column(NamedTuple):
    """A heading, and how wide the column is in a workbook, in characters."""

    heading: str
    width: int = 16


def answer(
    file_format: str, *, name: str, columns: Sequence[Column], rows: Iterable[Row]
) -> HttpResponseBase:
    """Return a download of `rows` under `columns`; `file_format` is one of FORMATS.

    `name` is the file's name without its ending, of plain letters, digits and hyphens; a workbook's
    sheet is called like it.
    """
    response: HttpResponseBase
    if file_format == "csv":
        response = StreamingHttpResponse(
            csv_lines(columns, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(workbook(columns, rows, sheet=name), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def plain(text: str) -> str:
    """Return `text` on one line, without control characters."""
    shown = (" " if _is_control(sign) else sign for sign in text)
    return " ".join("".join(shown).split())[:MOST_CHARACTERS]


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} or sign in NO_CHARACTERS


class _Line:
    """What `csv.writer` writes a line to: it hands the line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV line by line, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff".encode()
    yield writer.writerow([column.heading for column in columns]).encode()
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row]).encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        # Looked at before white space goes: a tab or a line break at the start acts as well.
        text = ACTS_WITHIN.sub(r"\1'", plain(cell))
        return f"'{text}" if ACTS.match(text) or cell[:1] in {"\t", "\r", "\n"} else text
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def workbook(columns: Sequence[Column], rows: Iterable[Row], *, sheet: str) -> IO[bytes]:
    """Return a workbook of one sheet as a temporary file, written row by row."""
    # It takes a moment to import, and few requests need it.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    page = book.create_sheet(NO_NAME_OF_A_SHEET.sub(" ", sheet)[:31])
    page.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(place)].width = column.width
    bold = Font(bold=True)

    def cell_of(value: Cell, font: Font | None = None) -> Any:
        shown: Any = plain(value) if isinstance(value, str) else value
        cell = WriteOnlyCell(page, shown)
        if isinstance(value, str):
            # Or it would make a formula of what begins with "=", an error of "#N/A".
            cell.data_type = "s"
            cell.quotePrefix = bool(ACTS.match(value))
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        if font:
            cell.font = font
        return cell

    page.append([cell_of(column.heading, bold) for column in columns])
    for row in rows:
        page.append([None if value is None else cell_of(value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book.save(file)
    file.seek(0)
    return file
