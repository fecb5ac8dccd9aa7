"""Reading the file: what each row says, what is wrong with a row, what is no such file."""

import csv
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portfolio.imports import nyc_capital_projects as nyc
from portfolio.imports.nyc_capital_projects import Agency, Ask, Fault, Payer, Row, UnreadableError
from tests.portfolio.imports.apart import REAL_FILE

PLAIN: dict[str, str] = {
    "project_id": "P-1",
    "project_description": "PARK ROOF",
    "managing_agency_id": "846",
    "managing_agency": "DEPT OF PARKS AND RECREATION",
    "scope_summary": "ROOF",
} | dict.fromkeys(nyc.AMOUNTS, "0")


def write(path: Path, *rows: dict[str, str], **options: Any) -> Path:
    """Write a file of these rows, each with what it does not name taken from PLAIN."""
    file = path / "projects.csv"
    with file.open("w", newline="", **{"encoding": "utf-8"} | options) as handle:
        writer = csv.DictWriter(handle, fieldnames=list(PLAIN))
        writer.writeheader()
        writer.writerows(PLAIN | row for row in rows)
    return file


def only(file: Path) -> Row | Fault:
    (found,) = nyc.read(file)
    return found


def refusal(file: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        list(nyc.read(file))
    return str(caught.value)


def test_a_row_becomes_a_project_with_dollars_by_payer_and_year(tmp_path: Path) -> None:
    row = {"city2021": "5000", "city_r_t_c": "12.34567", "non_city2023": "7"}
    assert only(write(tmp_path, row)) == Row(
        number=2,
        project_id="P-1",
        title="Park roof",
        summary="Roof",
        agency=Agency("846", "Department of Parks and Recreation"),
        asks=(
            Ask(Payer.CITY, 2021, Decimal("5000000.00")),
            Ask(Payer.CITY, 2026, Decimal("12345.67")),
            Ask(Payer.OTHERS, 2023, Decimal("7000.00")),
        ),
        remarks=(),
    )


def test_the_real_file_has_2008_projects_and_two_rows_that_repeat() -> None:
    found = list(nyc.read(REAL_FILE))
    assert len([one for one in found if isinstance(one, Row)]) == 2008
    assert [one for one in found if isinstance(one, Fault)] == [
        Fault(464, "project P-213CNTR stands in row 80 already; that one is taken"),
        Fault(706, "project HBBA24181 stands in row 691 already; that one is taken"),
    ]


def test_money_taken_back_is_no_request_and_is_said(tmp_path: Path) -> None:
    row = only(write(tmp_path, {"city2021": "-597", "city2022": "3"}))
    assert isinstance(row, Row)
    assert row.asks == (Ask(Payer.CITY, 2022, Decimal("3000.00")),)
    assert row.remarks == ("city2021 is −$597,000, which nobody can ask for",)


def test_columns_may_come_in_any_order_and_with_others(tmp_path: Path) -> None:
    names = ["latitude", *reversed(PLAIN)]
    fields = {"latitude": "40.7"} | PLAIN | {"city2025": "1"}
    file = tmp_path / "projects.csv"
    file.write_text(f"{','.join(names)}\n{','.join(fields[name] for name in names)}\n")
    row = only(file)
    assert isinstance(row, Row)
    assert row.asks == (Ask(Payer.CITY, 2025, Decimal("1000.00")),)


def test_texts_are_one_line_without_invisible_marks(tmp_path: Path) -> None:
    row = only(write(tmp_path, {"project_description": " Park\n\u202eroof\x07\u200b  now "}))
    assert isinstance(row, Row)
    assert row.title == "Park roof now"


def test_a_mark_at_the_start_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = write(tmp_path, {}, encoding="utf-8-sig")
    assert b"\r\n" in file.read_bytes()
    assert isinstance(only(file), Row)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"project_id": "  "}, "the project id is missing"),
        ({"project_description": "\u200b"}, "the description is missing"),
        ({"managing_agency": ""}, "the agency is missing"),
        ({"managing_agency_id": ""}, "the agency number is missing"),
        (
            {"project_description": "x" * 121},
            "the description has 121 characters, at most 120 are kept",
        ),
        ({"project_id": "x" * 61}, "the project id has 61 characters, at most 60 are kept"),
        (
            {"scope_summary": "x" * 2001},
            "the scope summary has 2001 characters, at most 2000 are kept",
        ),
        ({"city2021": ""}, "city2021 is empty, not an amount in thousands of dollars"),
        *(
            (
                {"non_city2025": typed},
                f"non_city2025 is “{typed}”, not an amount in thousands of dollars",
            )
            for typed in ("NaN", "Infinity", "1e5", "1,000", "$5", "--1", "٣", "0x1F", "1" * 13)
        ),
        (
            {"city2022": "9" * 12},
            f"city2022 is “{'9' * 12}”, not an amount in thousands of dollars",
        ),
        (
            {"city2022": "1.000001"},
            "city2022 is “1.000001”, not an amount in thousands of dollars",
        ),
    ],
)
def test_a_faulty_row_is_named_with_its_reason(
    changes: dict[str, str], reason: str, tmp_path: Path
) -> None:
    before = {"project_id": "P-0"}
    after = {"project_id": "P-2"}
    found = list(nyc.read(write(tmp_path, before, changes, after)))
    assert found[1] == Fault(3, reason)
    assert [one.number for one in found if isinstance(one, Row)] == [2, 4]


def test_a_row_says_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    fault = only(write(tmp_path, {"project_id": "", "city2021": "x", "city2022": ""}))
    assert fault == Fault(
        2,
        "the project id is missing; city2021 is “x”, not an amount in thousands of dollars; "
        "city2022 is empty, not an amount in thousands of dollars",
    )


def test_a_row_of_another_length_is_named(tmp_path: Path) -> None:
    file = write(tmp_path, {})
    file.write_text(file.read_text() + "P-2,SHORT\n" + "\n" + ",".join(["x"] * 18) + "\n")
    found = list(nyc.read(file))
    assert found[1:] == [
        Fault(3, "it has 2 columns, the first row names 17"),
        Fault(5, "it has 18 columns, the first row names 17"),
    ]


def test_a_repeated_id_is_taken_where_the_first_row_was_faulty(tmp_path: Path) -> None:
    found = list(nyc.read(write(tmp_path, {"city2021": "x"}, {}, {})))
    assert [type(one) for one in found] == [Fault, Row, Fault]
    assert found[2] == Fault(4, "project P-1 stands in row 3 already; that one is taken")


def test_a_file_of_something_else_names_the_missing_columns(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("project_id,name\n1,Roof\n")
    sentence = refusal(file)
    assert "has no column project_description, managing_agency_id, managing_agency" in sentence
    assert "project_id," not in sentence


def test_one_missing_column_is_named(tmp_path: Path) -> None:
    file = write(tmp_path, {})
    file.write_text(file.read_text().replace("non_city2024", "noncity2024"))
    assert "it has no column non_city2024." in refusal(file)


HEADER = ",".join(PLAIN)
ROW = ",".join(PLAIN.values())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\n", "has no column project_id"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "is not UTF-8 text"),
        (f"{HEADER}\n{ROW.replace('ROOF', 'ÉCOLE')}\n".encode("latin-1"), "is not UTF-8 text"),
        (f"{HEADER}\n{ROW}\n\0\n".encode(), "NUL bytes"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(200), "NUL bytes"),
        (f'{HEADER}\n{ROW}\n"never closed,{ROW}\n{ROW}\n'.encode(), "damaged after row 2"),
        (f'{HEADER}\n"a"b,{ROW}\n'.encode(), "damaged after row 1"),
        (f'{HEADER}\n"{"x" * 150_000}"\n'.encode(), "damaged after row 1: field larger"),
        (f"{HEADER}\n{'x' * 200_000}\n".encode(), "Line 2 of the file is too long"),
        (f"{HEADER}\n{',' * 200_000}\n".encode(), "Line 2 of the file is too long"),
        (f"{HEADER}\n".encode() + b"x\n" * 20_001, "more than 20,000 rows"),
    ],
    ids=str,
)
def test_what_is_no_such_file_is_refused_with_a_sentence(
    content: bytes, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "hostile.csv"
    file.write_bytes(content)
    assert words in refusal(file)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as handle:
        handle.truncate(10**12)
    assert "1,000,000,000,000 bytes" in refusal(file)


def test_what_is_no_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert "This is a folder." in refusal(tmp_path)
    assert refusal(tmp_path / "none.csv") == "The file cannot be read: No such file or directory."
    assert refusal(Path("/dev/zero")) == "This is not a file. Save the data as a CSV file first."
    assert refusal(Path("a\0b")) == "This is no name of a file."
    os.mkfifo(tmp_path / "pipe")
    assert "This is not a file." in refusal(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    assert "Too many levels of symbolic links" in refusal(tmp_path / "loop")


def test_a_file_that_may_not_be_read_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(tmp_path, {})
    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(file) == "The file cannot be read: Permission denied."
