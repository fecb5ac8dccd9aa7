"""Files that people take along: nothing typed acts in them, numbers are numbers."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from openpyxl.cell.cell import Cell as SheetCell

from portfolio import exports
from portfolio.exports import Column

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '=HYPERLINK("https://example.org","x")',
)
PLAIN = ("Dark streets", "5 + 3", "a=b", "Straße nach São Paulo", "الماء", "'quoted'", "#N/A")


def read_csv(rows: Sequence[exports.Row]) -> list[list[str]]:
    whole = b"".join(exports.csv_lines([Column("Title")], rows))
    assert whole.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(whole.decode("utf-8-sig"))))[1:]


def read_workbook(
    rows: Sequence[exports.Row], sheet: str = "Problems", heading: str = "Title"
) -> Any:
    with exports.workbook([Column(heading, 50)], rows, sheet=sheet) as file:
        return openpyxl.load_workbook(file).active


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_a_csv(text: str) -> None:
    ((cell,),) = read_csv([[text]])
    assert cell.startswith("'")
    assert cell[1:] == " ".join(text.split())


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_a_workbook(text: str) -> None:
    cell: SheetCell = read_workbook([[text]])["A2"]
    assert cell.data_type == "s"
    assert cell.value == " ".join(text.split())
    assert cell.quotePrefix


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay_as_they_are(text: str) -> None:
    ((cell,),) = read_csv([[text]])
    assert cell == text
    stored = read_workbook([[text]])["A2"]
    assert stored.value == text
    assert stored.data_type == "s"


@pytest.mark.parametrize("text", [*FORMULAS, '"=1+1"', "'=1+1", ' "@SUM(1)'])
def test_no_text_is_a_formula_where_semicolons_divide_cells(text: str) -> None:
    whole = b"".join(exports.csv_lines([Column("Title")], [[f"Streets;{text}", "x"]]))
    for divider in ";,":
        for row in csv.reader(io.StringIO(whole.decode("utf-8-sig")), delimiter=divider):
            acting = [cell for cell in row if cell.strip("\"' ")[:1] in set("=+-@＝＋－＠")]
            assert all(cell.lstrip(' "').startswith("'") for cell in acting), acting


def test_signs_that_no_workbook_holds_spoil_none() -> None:
    sheet = read_workbook([["Elm\ufffe\uffffStreet"]])
    assert sheet["A2"].value == "Elm Street"


def test_numbers_and_days_are_what_they_are() -> None:
    values: list[exports.Cell] = [-5, Decimal("-12.50"), date(2026, 3, 1), None]
    assert read_csv([values]) == [["-5", "-12.50", "2026-03-01", ""]]
    page = read_workbook([values])
    assert [cell.data_type for cell in page[2][:3]] == ["n", "n", "d"]
    assert (page["A2"].value, page["B2"].value) == (-5, -12.5)
    assert page["C2"].value.date() == date(2026, 3, 1)
    assert len(page[2]) == 3 or page["D2"].value is None


def test_control_characters_and_broken_letters_go() -> None:
    text = "a\x00b\x07c\x1bd\ud800e\ufeff"
    assert read_csv([[text]]) == [["a b c d e\ufeff"]]
    assert read_workbook([[text]])["A2"].value == "a b c d e\ufeff"


def test_a_long_text_is_cut_where_excel_cuts_it() -> None:
    assert len(read_workbook([["x" * 100_000]])["A2"].value) == 32_767


def test_quotes_commas_and_lines_do_not_break_a_row() -> None:
    assert read_csv([['say "hi", then\ngo', "b"]]) == [['say "hi", then go', "b"]]


def test_a_sheet_has_a_name_that_excel_takes_a_frozen_bold_heading_and_widths() -> None:
    page = read_workbook([["x"]], sheet="Problems: a/very [long] name that *never* ends?")
    assert len(page.title) <= 31
    assert not set(page.title) & set("[]:*?/\\'")
    assert page.freeze_panes == "A2"
    assert page["A1"].font.bold
    assert page.column_dimensions["A"].width == 50


def test_a_heading_is_no_formula_either() -> None:
    assert read_workbook([], heading="=1+1")["A1"].data_type == "s"


def test_rows_are_read_one_by_one() -> None:
    read = []

    def rows() -> Any:
        for number in range(3):
            read.append(number)
            yield [number]

    lines = exports.csv_lines([Column("Number")], rows())
    next(lines), next(lines)
    assert read == []
    next(lines)
    assert read == [0]


def test_a_csv_for_programs_has_no_mark() -> None:
    whole = b"".join(exports.csv_lines([Column("title")], [["=1+1"]], for_excel=False))
    assert whole == b"title\r\n'=1+1\r\n"


def test_amounts_have_cents_in_a_workbook() -> None:
    page = read_workbook([[Decimal("1200.50"), 3]])
    assert [cell.number_format for cell in page[2]] == ["#,##0.00", "General"]


def test_an_empty_text_is_an_empty_cell() -> None:
    assert read_workbook([["", "x"]])["A2"].value is None


def test_a_workbook_that_would_be_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    assert read_workbook([["a"], ["b"]])["A3"].value == "b"
    with pytest.raises(exports.TooManyRowsError):
        read_workbook([["a"], ["b"], ["c"]])


def test_rows_of_a_csv_are_read_in_the_zone_of_the_request() -> None:
    moment = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    rows = ([exports.day(moment)] for _ in range(1))
    with timezone.override("America/Chicago"):
        response: Any = exports.answer("csv", name="x", columns=[Column("Day")], rows=rows)
    with timezone.override("UTC"):
        assert b"".join(response.streaming_content).endswith(b"2026-02-28\r\n")
    assert exports.day(None) is None
