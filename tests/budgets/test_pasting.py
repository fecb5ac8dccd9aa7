"""Reading a block of cost lines that was copied from a spreadsheet."""

from decimal import Decimal
from itertools import count, islice

import pytest

from budgets import pasting
from budgets.models import CostLine
from budgets.pasting import PastedLine, Unreadable

YEARS = range(2027, 2037)
FUNDS = {7: "301 Summer programs", 8: "101 General fund"}
HEADINGS = ("Fiscal year", "Kind", "For", "Amount", "What it pays for", "Fund, if recurring")
GOOD = ("2027", "Capital", "Hardware", "$1,200.50", "Two servers", "")


def block(*rows: tuple[str, ...], by: str = "\t") -> str:
    return "\r\n".join(by.join(row) for row in rows)


def read(text: str, *, most: int = 150) -> pasting.Pasted:
    return pasting.read(text, years=YEARS, funds=FUNDS, most=most)


def refused(text: str, *, most: int = 150) -> tuple[str, ...]:
    with pytest.raises(Unreadable) as found:
        read(text, most=most)
    return found.value.sentences


def with_cell(column: int, cell: str) -> str:
    """Return a block of a good row, and a second one with this cell."""
    row = list(GOOD)
    row[column] = cell
    return block(GOOD, tuple(row))


def test_a_block_in_the_fixed_order() -> None:
    rows = (GOOD, ("FY 2028", "recurring", "staff", "5000", "", "301"))
    lines = [
        PastedLine(2027, "capital", "hardware", Decimal("1200.50"), "Two servers", None),
        PastedLine(2028, "recurring", "staff", Decimal(5000), "", 7),
    ]
    for by in "\t;":
        assert read(block(*rows, by=by)) == (lines, [])


def test_the_last_two_columns_may_be_missing() -> None:
    found = read(block(("2027", "One-time operating", "Other", "3")))
    assert found.lines == [PastedLine(2027, "one_time", "other", Decimal(3), "", None)]


def test_headings_may_stand_in_any_order() -> None:
    heads = ("AMOUNT ($)", "Vendor", "Category", "fiscal_year", "Paid by", "Kind of cost")
    row = ("10", "Acme", "Security", "fy2029", "101 General fund", "One time")
    found = read(block(heads, row))
    assert found.lines == [PastedLine(2029, "one_time", "security", Decimal(10), "", 8)]
    assert found.unread == ["“Vendor”"]


def test_every_word_of_the_lists_is_read() -> None:
    for kind in ("Capital", "One-time operating", "ONE_TIME", "Recurring operating", "recurring"):
        assert read(with_cell(1, kind))
    for element in CostLine.Element.labels:
        assert read(with_cell(2, str(element)))


def test_quoted_cells_hold_tabs_breaks_and_quotation_marks() -> None:
    row = ("2027", "Capital", "Hardware", '"1,200"', '"A 12"" screen\tand\r\nits stand"')
    assert read(block(row)).lines[0].note == 'A 12" screen and its stand'
    unquoted = (*GOOD[:4], 'A 12" screen')
    assert read(block(unquoted)).lines[0].note == 'A 12" screen'


def test_empty_rows_are_left_out_but_counted() -> None:
    empty = ("",) * 6
    assert refused(block(empty, HEADINGS, empty, GOOD, ("x", *GOOD[1:])))[0].startswith("Row 5,")
    assert len(read("\ufeff\n" + block(GOOD, empty, GOOD) + "\n\n").lines) == 2


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        (0, "27", "Row 2, fiscal year: “27” is not a fiscal year. Write 2027 or FY 2027."),
        (0, "2026/27", "Row 2, fiscal year: “2026/27” is not a fiscal year."),
        (0, "2050", "Row 2, fiscal year: FY 2050 is outside the years of this budget, FY 2027 to"),
        (0, "", "Row 2, fiscal year: The cell is empty. A merged cell arrives filled once"),
        (1, "", "Row 2, kind: The cell is empty."),
        (2, "", "Row 2, for: The cell is empty."),
        (1, "Opex", "“Opex” is not one of the words used here. Write Capital, One-time operating"),
        (2, "Cyber", "Row 2, for: “Cyber” is not one of the words used here. Write Staff, Hard"),
        (3, "", "Row 2, amount: The cell is empty."),
        (3, "=1+1", "Row 2, amount: “=1+1” is a formula. Paste its value instead."),
        (0, "=A1", "Row 2, fiscal year: “=A1” is a formula."),
        (4, "=1+1", "Row 2, what it pays for: “=1+1” is a formula."),
        (3, "#REF!", "Row 2, amount: “#REF!” says that a formula of the spreadsheet failed."),
        (3, "€5", "Row 2, amount: Amounts are in US dollars."),
        (3, "1.2.3", "Row 2, amount: This is not an amount we can read."),
        (3, "-5", "Row 2, amount: An amount cannot be negative."),
        (3, "(500)", "Row 2, amount: An amount cannot be negative."),
        (3, "123456789012345678", "Row 2, amount: An amount has at most 13 digits"),
        (3, "0.00", "Row 2, amount: Enter an amount above zero"),
        (3, "5k", "Row 2, amount: Write the amount out in digits"),
        (4, "x" * 201, "Row 2, what it pays for: 201 characters are too many."),
        (4, "a\0b", "Row 2, what it pays for: The cell has a character that cannot be saved."),
        (5, "999", "Row 2, fund, if recurring: There is no fund “999”."),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(column: int, cell: str, sentence: str) -> None:
    found = refused(with_cell(column, cell))
    assert len(found) == 1
    assert sentence in found[0]


def test_contingency_does_not_recur() -> None:
    row = ("2027", "Recurring", "Contingency", "5")
    assert refused(block(row)) == ("Row 1, kind: Contingency belongs to capital or one-time cost.",)


def test_every_wrong_cell_is_named_up_to_a_number() -> None:
    bad = ("", "Opex", "Cyber", "=1")
    assert [sentence.partition(":")[0] for sentence in refused(block(bad))] == [
        "Row 1, fiscal year",
        "Row 1, kind",
        "Row 1, for",
        "Row 1, amount",
    ]
    many = refused(block(*[bad] * 30))
    assert len(many) == pasting.MOST_SENTENCES + 1
    assert many[-1] == "100 more cells cannot be read either."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The block is empty."),
        (" \n\t\n", "The block is empty."),
        ("one two three", "The first row has 1 cell. A row needs at least four"),
        ("2027,Capital,Hardware,5", "separated by tabs or semicolons"),
        (block(HEADINGS), "headings and no rows"),
        (block(("Fiscal year", "For", "Amount"), GOOD), "No column is headed “Kind”."),
        (block(("Year", "FY", "Amount"), GOOD), "Two columns are headed “Fiscal year” or alike."),
        (block((*GOOD, "", "more")), "Row 1: “more” stands behind the last column."),
        (block(GOOD, ('"open', *GOOD[1:])), "Row 2 cannot be taken apart into cells."),
        (block(GOOD, ("y" * 200_000, *GOOD[1:])), "Row 2 cannot be taken apart into cells."),
    ],
)
def test_a_block_that_cannot_be_read_at_all(text: str, sentence: str) -> None:
    found = refused(text)
    assert len(found) == 1
    assert sentence in found[0]


def test_there_is_room_for_so_many_rows() -> None:
    assert len(read(block(*[GOOD] * 3), most=3).lines) == 3
    assert refused(block(*[GOOD] * 4), most=3)[0].startswith("The block has more than the 3 rows")


def test_a_hundred_thousand_rows_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = count()
    whole = pasting._rows

    def counting(text: str) -> object:
        for row in whole(text):
            next(taken)
            yield row

    monkeypatch.setattr(pasting, "_rows", counting)
    found = refused(block(*islice([GOOD] * 100_000, 100_000)))
    assert found == (
        "The block has more than the 150 rows that this page still has room for. Paste fewer rows.",
    )
    assert next(taken) == 151


def test_hostile_cells_are_quoted_short() -> None:
    found = refused(with_cell(1, "<script>" * 1000 + "\u202e"))[0]
    assert len(found) < 200
