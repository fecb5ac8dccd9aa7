"""Tables that people bring, read into rows of plain text, whatever they are dressed in."""

import random
from datetime import UTC, date, datetime, time
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from openpyxl import Workbook

from portfolio.imports import tables
from portfolio.imports.tables import Cell, Row, UnreadableError
from portfolio.imports.workbook import rows_of
from tests.portfolio.imports.spreadsheets import (
    HEAD,
    SHEET,
    csv,
    saved,
    with_part,
    workbook,
)

ROW = ("P-012", "2027", "301", "48250.75")
PATIENCE = 10  # Seconds: a busy computer takes two, a search that starts over takes minutes.


def texts(content: bytes) -> list[list[str]]:
    """Return what each row of a file says."""
    return [[cell.text for cell in row.cells] for row in tables.read(content)]


def refusal(content: bytes) -> str:
    """Return the sentence by which a file is refused."""
    with pytest.raises(UnreadableError) as refused:
        list(tables.read(content))
    return str(refused.value)


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_csv_is_read_in_every_dress(delimiter: str, encoding: str) -> None:
    content = csv(
        ("P-012", "2027", "301", "5", "Gehälter"), head=(*HEAD, "Note"), delimiter=delimiter
    )
    assert texts(content.decode().encode(encoding)) == [
        [*HEAD, "Note"],
        ["P-012", "2027", "301", "5", "Gehälter"],
    ]


def test_a_csv_may_name_its_delimiter_as_excel_does() -> None:
    assert texts(b"sep=;\r\n" + csv(ROW, delimiter=";"))[1] == list(ROW)


def test_cells_are_named_as_a_spreadsheet_names_them() -> None:
    rows = list(tables.read(csv((), ROW)))
    assert [row.number for row in rows] == [1, 3], "an empty row counts, and is left out"
    assert rows[1].cells[3] == Cell("D3", "48250.75")
    assert tables.name_of(26, 1) == "Z1"
    assert tables.name_of(27, 9) == "AA9"
    assert tables.name_of(703, 1) == "AAA1"


def test_quoted_cells_keep_their_commas_and_lines() -> None:
    content = b'project,spent\r\n"P-012","1,200.50"\r\n"P-\n013",5\r\nP-014,6\r\n'
    rows = list(tables.read(content))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[1].cells[1].text == "1,200.50"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b'project,spent\r\n"P-012,5\r\nP-013,6\r\n', "The file is damaged after row"),
        (b"project\0spent\r\n" * 9, "The file is no text."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "The file is no text."),
        (b"%PDF-1.7 ...", "This is a PDF."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "Save it as XLSX without a password"),
        (b"project,spent\r\nP-012," + b"9" * 200_000 + b"\r\n", "The file is damaged after row"),
        (b"x" * 5_000_001, "The file has 5,000,001 bytes; at most 5,000,000 are read."),
        (b"project,spent\r\n\x81\x8d\x8f\xff,5\r\n", "The file is no text."),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_a_file_of_100000_rows_is_refused_in_a_sentence() -> None:
    said = "The file has more than 20,000 rows. Split it by fiscal year"
    assert said in refusal(csv(*[("P-1", 2027, 301, 5)] * 100_000))


def test_as_many_rows_as_allowed_are_read() -> None:
    assert sum(1 for _ in tables.read(csv(*[ROW] * tables.MOST_ROWS))) == tables.MOST_ROWS + 1


# Workbooks


def test_a_workbook_is_read_as_a_csv_is() -> None:
    content = workbook(("P-012", 2027, 301, 48250.75), ("P-013", "FY 2027", "302", 5))
    assert texts(content) == [
        [*HEAD],
        [*ROW],
        ["P-013", "FY 2027", "302", "5"],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2027.0, "2027"),
        (0.1 + 0.2, "0.3"),
        (1234.56, "1234.56"),
        (33.333333333, "33.3333"),
        (9999999999999.99, "9999999999999.99"),
        (-5, "-5"),
        (1e-9, "0"),
        (Decimal("12.50"), "12.5"),
        ("  € 5 ", "  € 5 "),
    ],
)
def test_numbers_come_as_their_digits(value: Any, text: str) -> None:
    [_, row] = tables.read(workbook(("P-1", 2027, 301, value)))
    assert row.cells[3] == Cell("D2", text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2027, 1, 5), "is formatted as a date or time."),
        (datetime(2027, 1, 5, 12, 0, tzinfo=UTC).replace(tzinfo=None), "is formatted as a date"),
        (time(12, 30), "is formatted as a date or time."),
        (True, "holds TRUE or FALSE."),
        ("#DIV/0!", "holds the error #DIV/0!. Mend it in the sheet."),
        ("=1+1", "holds a formula whose result was not saved."),
        (1e300, "holds a number that is too large."),
        (123456789012345678, "holds a number that is too large."),
    ],
)
def test_what_no_text_can_stand_for_is_a_fault_of_its_cell(value: Any, said: str) -> None:
    [_, row] = tables.read(workbook(("P-1", 2027, 301, value)))
    assert (row.cells[3].name, row.cells[3].text) == ("D2", "")
    assert row.cells[3].fault.startswith(said)


def test_a_formula_comes_as_the_result_that_was_saved_with_it() -> None:
    content = with_part(
        workbook(("P-1", 2027, 301, "=1+1")),
        SHEET,
        lambda text: text.replace("<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>").replace(
            "<f>1+1</f><v />", "<f>1+1</f><v>2</v>"
        ),
    )
    assert texts(content)[1] == ["P-1", "2027", "301", "2"]


def test_merged_cells_are_refused_by_name() -> None:
    book = Workbook()
    page: Any = book.active
    for row in (HEAD, ROW, (None, *ROW[1:])):
        page.append(row)
    page.merge_cells("A2:A3")
    assert "The cells A2:A3 are merged" in refusal(saved(book))


def test_a_part_of_repeated_beginnings_takes_no_longer_than_others() -> None:
    # Just below what is looked at for how much it shrinks.
    content = with_part(workbook(ROW), SHEET, lambda text: text + "<mergeCell " * 90_000)
    began = monotonic()
    assert "The workbook cannot be read." in refusal(content)
    assert monotonic() - began < PATIENCE


def test_an_empty_sheet_beside_the_filled_one_does_not_matter() -> None:
    assert len(texts(workbook(ROW, Sheet2=[], Sheet3=[[None]]))) == 2


def test_several_filled_sheets_are_refused_by_name() -> None:
    said = refusal(workbook(ROW, Budget=[["x"]]))
    assert "The workbook has 2 filled sheets: “Sheet”, “Budget”. Keep the one to import" in said


@pytest.mark.parametrize("said_size", ["A1:D1", "A1", "A1:XFD1048576"])
def test_what_a_sheet_says_of_its_size_is_not_believed(said_size: str) -> None:
    content = with_part(
        workbook(*[ROW] * 30),
        SHEET,
        lambda text: text.replace('<dimension ref="A1:D31"', f'<dimension ref="{said_size}"'),
    )
    assert len(texts(content)) == 31


def test_a_workbook_of_100000_rows_is_refused_in_a_sentence() -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for _ in range(21_000):
        page.append(["P-1", 2027, 301, 5])
    assert "The file has more than 20,000 rows." in refusal(saved(book))


def test_a_row_far_below_keeps_its_number_and_empty_rows_cost_nothing() -> None:
    content = with_part(
        workbook(ROW),
        SHEET,
        lambda text: text.replace('<row r="2"', '<row r="1048000"').replace(
            'r="A2"', 'r="A1048000"'
        ),
    )
    assert list(tables.read(content))[1].number == 1_048_000


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = with_part(workbook(ROW), SHEET, lambda text: text + " " * 30_000_000)
    assert "unpacks to far more than it seems" in refusal(content)


def test_a_part_larger_than_any_table_needs_is_refused() -> None:
    noise = random.Random(7).randbytes(5_000_100).hex()
    content = with_part(workbook(ROW), "docProps/app.xml", lambda text: f"{text}<!--{noise}-->")
    with pytest.raises(UnreadableError, match=r"The workbook unpacks to 10,00.,... bytes in one"):
        list(rows_of(content))


DAMAGES: dict[str, tuple[str, Any]] = {
    "a document type": (SHEET, lambda text: f'<!DOCTYPE a [<!ENTITY b "c">]>{text}'),
    "an open element": (SHEET, lambda text: text.replace("</sheetData>", "")),
    "a number that is none": (SHEET, lambda text: text.replace("<v>2027</v>", "<v>20x27</v>")),
    "no types": ("[Content_Types].xml", lambda text: text[:9]),
    "no sheets": ("xl/workbook.xml", lambda text: text[:0] + "<x/>"),
    "broken styles": ("xl/styles.xml", lambda text: text[:40]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_workbook_is_refused_in_a_sentence(damage: str) -> None:
    said = refusal(with_part(workbook(("P-1", 2027, 301, 5)), *DAMAGES[damage]))
    assert said.endswith(".")
    assert "Error" not in said
    assert "Traceback" not in said


def test_a_cut_workbook_is_refused_in_a_sentence() -> None:
    content = workbook(ROW)
    for size in (5, 50, len(content) // 2, len(content) - 1):
        assert refusal(content[:size]).endswith(".")


def test_columns_far_to_the_right_are_not_read() -> None:
    [head, row] = tables.read(workbook([*ROW, *[""] * 50, "x"]))
    assert isinstance(head, Row)
    assert len(row.cells) == 4
