"""Reads New York City's Capital Project Detail Data into plain rows. Touches no database.

The city's Office of Management and Budget publishes one row per capital project, amounts in
thousands of dollars, by fiscal year and by where the money comes from: the city itself
(`city2021`) or others, federal, state or private (`non_city2021`).

What a row becomes, and why:

- Two funds. The budget lines and the categories of the ten-year plan overlap, and the file does
  not say how much of a project falls on each, so a fund for each would need invented shares. What
  the file does say, by year, is how much the city pays itself and how much others pay. A finance
  officer knows this split: the first is borrowed or taxed for, the second is awarded.
- Money asked for, never dedicated. Money spent in earlier years is not asked for and left out.
- "Required to complete" has no year of its own: it falls in FY 2026 or later and is asked for in
  FY 2026, with a note.
- Names and titles written in capitals are written as people would.
"""

import csv
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from budgets import fiscal, money
from portfolio.imports.capitals import sentence

# How imported projects are marked.
SOURCE = "nyc-cpd-fy2021"

LARGEST_FILE = 25_000_000
MOST_ROWS = 20_000
LONGEST_LINE = 200_000
THOUSAND = 1000

# The end of a column's name, and the fiscal year it is asked for in.
YEARS = {
    "2021": 2021,
    "2022": 2022,
    "2023": 2023,
    "2024": 2024,
    "2025": 2025,
    "_r_t_c": 2026,
}
TO_COMPLETE = 2026

AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,5})?")


class Payer(StrEnum):
    """Who pays, as the beginning of the columns' names."""

    CITY = "city"
    OTHERS = "non_city"


class Ask(NamedTuple):
    """Dollars asked of one payer for one fiscal year."""

    payer: Payer
    fiscal_year: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Agency:
    """The agency that manages a project: its number in the city's books, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """A project as the file has it. `remarks` say what of the row was left out."""

    number: int
    project_id: str
    title: str
    summary: str
    agency: Agency
    asks: tuple[Ask, ...]
    remarks: tuple[str, ...]


class Fault(NamedTuple):
    """A row that could not be taken, and why. Rows count from 1, the row of column names."""

    number: int
    reason: str


class UnreadableError(ValueError):
    """The file is not one of these; the message says why and what to do."""


TEXTS = {
    # Column: its name for people, the longest text, whether a project needs it.
    "project_id": ("project id", 60, True),
    "project_description": ("description", 120, True),
    "managing_agency_id": ("agency number", 40, True),
    "managing_agency": ("agency", 120, True),
    "scope_summary": ("scope summary", 2000, False),
}
AMOUNTS = {f"{payer}{end}": (payer, year) for payer in Payer for end, year in YEARS.items()}
COLUMNS = (*TEXTS, *AMOUNTS)


def read(path: Path) -> Iterator[Row | Fault]:
    """Read the file row by row: each row as a project, or why it could not be taken.

    Raises UnreadableError when the file is none, is not this CSV, or is damaged; rows before the
    damage have then been handed out already.
    """
    _insist_on_plain_file(path)
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # Strict: else an unclosed quote would swallow the rows after it in silence.
            records = csv.reader(_plain_lines(file), strict=True)
            header = _header(next(records, []))
            taken: dict[str, int] = {}
            for number, record in enumerate(records, start=2):
                if number > MOST_ROWS + 1:
                    raise UnreadableError(
                        f"The file has more than {MOST_ROWS:,} rows. Split it and import the parts."
                    )
                if record:
                    yield _first_of_its_id(_read_row(number, record, header), taken)
    except UnicodeDecodeError:
        raise UnreadableError(
            "The file is not UTF-8 text. Save it as “CSV UTF-8” and import that."
        ) from None
    except csv.Error as damage:
        raise UnreadableError(f"The file is damaged after row {number}: {damage}.") from None
    except OSError as failure:
        raise UnreadableError(f"The file cannot be read: {failure.strerror}.") from None


def _insist_on_plain_file(path: Path) -> None:
    try:
        facts = path.stat()
    except OSError as failure:
        raise UnreadableError(f"The file cannot be read: {failure.strerror}.") from None
    except ValueError:
        raise UnreadableError("This is no name of a file.") from None
    if stat.S_ISDIR(facts.st_mode):
        raise UnreadableError("This is a folder. Name the CSV file in it.")
    if not stat.S_ISREG(facts.st_mode):
        raise UnreadableError("This is not a file. Save the data as a CSV file first.")
    if not facts.st_size:
        raise UnreadableError("The file is empty.")
    if facts.st_size > LARGEST_FILE:
        raise UnreadableError(
            f"The file has {facts.st_size:,} bytes; at most {LARGEST_FILE:,} are read. Split it "
            "and import the parts."
        )


def _plain_lines(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise UnreadableError(
                "The file holds NUL bytes, so it is no text. Save it as “CSV UTF-8” and import "
                "that."
            )
        if len(line) > LONGEST_LINE:
            raise UnreadableError(f"Line {number} of the file is too long to be a project.")
        yield line


def _header(names: list[str]) -> list[str]:
    header = [name.strip() for name in names]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise UnreadableError(
            "This is not the Capital Project Detail Data as CSV: it has no column "
            f"{', '.join(missing)}. The first row must name the columns, with commas between them."
        )
    return header


def _first_of_its_id(row: Row | Fault, taken: dict[str, int]) -> Row | Fault:
    """Take a project id once: the file's ids repeat where two agencies share one."""
    if isinstance(row, Fault):
        return row
    first = taken.setdefault(row.project_id, row.number)
    if first != row.number:
        return Fault(
            row.number, f"project {row.project_id} stands in row {first} already; that one is taken"
        )
    return row


def _read_row(number: int, record: list[str], header: list[str]) -> Row | Fault:
    if len(record) != len(header):
        return Fault(number, f"it has {len(record)} columns, the first row names {len(header)}")
    fields = dict(zip(header, record, strict=True))
    reasons: list[str] = []
    texts = {column: _text(fields[column], column, reasons) for column in TEXTS}
    amounts = {column: _dollars(fields[column], column, reasons) for column in AMOUNTS}
    if reasons:
        return Fault(number, "; ".join(reasons))
    return Row(
        number=number,
        project_id=texts["project_id"],
        title=texts["project_description"],
        summary=texts["scope_summary"],
        agency=Agency(texts["managing_agency_id"], texts["managing_agency"]),
        asks=tuple(Ask(*AMOUNTS[key], amount) for key, amount in amounts.items() if amount > 0),
        remarks=tuple(
            f"{key} is {money.show(amount)}, which nobody can ask for"
            for key, amount in amounts.items()
            if amount < 0
        ),
    )


def _text(typed: str, column: str, reasons: list[str]) -> str:
    """Return a text in one line, as a person would have typed it; say what is wrong with it."""
    name, longest, is_needed = TEXTS[column]
    plain = " ".join("".join(char if char.isprintable() else " " for char in typed).split())
    if column == "managing_agency":
        plain = agency_name(plain)
    elif column in {"project_description", "scope_summary"}:
        plain = sentence(plain)
    if is_needed and not plain:
        reasons.append(f"the {name} is missing")
    elif len(plain) > longest:
        reasons.append(f"the {name} has {len(plain)} characters, at most {longest} are kept")
    return plain


def _dollars(typed: str, column: str, reasons: list[str]) -> Decimal:
    """Return an amount of thousands in dollars and cents; say what is wrong with it."""
    plain = typed.strip()
    if AMOUNT.fullmatch(plain):
        dollars = Decimal(plain) * THOUSAND
        if abs(dollars) < Decimal(10) ** money.MOST_DIGITS:
            return dollars.quantize(money.CENT)
    shown = f"“{plain[:30]}”" if plain else "empty"
    reasons.append(f"{column} is {shown}, not an amount in thousands of dollars")
    return Decimal(0)


# The agencies' names in the file are cut and shortened; these are the words they stand for.
SHORTENED = (
    (re.compile(r"^DEPT (?!OF\b|FOR\b)"), "DEPARTMENT OF "),
    (re.compile(r"\bDEPT\b"), "DEPARTMENT"),
    (re.compile(r"^ADMIN\b"), "ADMINISTRATION"),
    (re.compile(r"\bADMIN\b"), "ADMINISTRATIVE"),
    (re.compile(r"\bSERVS\b"), "SERVICES"),
    (re.compile(r"\bDEVEL\b"), "DEVELOPMENT"),
    (re.compile(r"\bCORP\b"), "CORPORATION"),
    (re.compile(r"\bINFO TECH\b"), "INFORMATION TECHNOLOGY"),
    (re.compile(r"\bTELECOMM\b"), "TELECOMMUNICATIONS"),
    (re.compile(r"&"), "AND"),
)
SMALL_WORDS = frozenset({"and", "for", "of", "the"})


def agency_name(written: str) -> str:
    """Return an agency's name in words: "DEPT OF DESIGN & CONSTRUCTION" is
    "Department of Design and Construction".
    """
    if not written.isupper():
        return written
    for short, whole in SHORTENED:
        written = short.sub(whole, written)
    words = [word if word in SMALL_WORDS else word.capitalize() for word in written.lower().split()]
    name = " ".join(words)
    return name[:1].upper() + name[1:]


def label(ask: Ask) -> str:
    """Return what is asked for in words: "$5,000 of the city for FY 2022"."""
    payer = "the city" if ask.payer is Payer.CITY else "others"
    return f"{money.show(ask.amount)} of {payer} for {fiscal.label(ask.fiscal_year)}"
