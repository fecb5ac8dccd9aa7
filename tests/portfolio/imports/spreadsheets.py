"""Tables as people bring them: CSV in every dress, workbooks sound and hostile."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook

HEAD = ("project", "fiscal year", "fund", "spent")
SHEET = "xl/worksheets/sheet1.xml"


def csv(*rows: Iterable[Any], head: Iterable[str] = HEAD, delimiter: str = ",") -> bytes:
    """Return rows as CSV in UTF-8; cells are written as they are."""
    lines = [delimiter.join(str(cell) for cell in row) for row in (head, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def workbook(*rows: Iterable[Any], head: Iterable[str] = HEAD, **sheets: list[list[Any]]) -> bytes:
    """Return rows as the first sheet of a workbook; `sheets` are further ones."""
    book = Workbook()
    page: Any = book.active
    for row in (head, *rows):
        page.append(list(row))
    for name, lines in sheets.items():
        other = book.create_sheet(name)
        for line in lines:
            other.append(line)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return the bytes of a workbook."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, change: Any) -> bytes:
    """Return a workbook with one of its parts changed by a function of its text."""
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in given.infolist():
            text = given.read(part)
            if part.filename == name:
                text = change(text.decode()).encode()
            made.writestr(part.filename, text)
    return file.getvalue()
