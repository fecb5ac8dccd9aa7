"""What was spent, out of a table of the city's books: read, compared with what is saved, saved.

One row says what a project has spent of a fund in a fiscal year so far. The columns are found by
their names, so that a report of the books needs no new order; other columns are left out.

Nothing is stored between the two steps: the rows that were checked travel with the page, signed
for the person who uploaded them, together with a mark of what was saved then. So nothing has to be
cleared away, any web process can finish what another began, and what changed in between is noticed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import groupby

from budgets import fiscal, money, spending
from budgets.models import BudgetPolicy, Fund
from budgets.spending import Place, Saved, Source
from portfolio.imports import tables
from portfolio.imports.tables import Cell, Row, UnreadableError
from portfolio.models import Project, User

COLUMNS = {
    "project": ("project", "project number", "project no", "number"),
    "year": ("fiscal year", "year", "fy"),
    "fund": ("fund", "fund number", "fund no", "fund code"),
    "amount": (
        *("amount spent so far", "spent so far", "spent", "amount spent", "amount"),
        *("actual", "actuals", "expended", "expenditures"),
    ),
}
# What the columns are called in sentences.
NAMES = {"project": "project", "year": "fiscal year", "fund": "fund", "amount": "spent"}
PROJECT = re.compile(r"(?:P[-\s\u2010-\u2012]{0,3})?0{0,8}([1-9][0-9]{0,8})", re.IGNORECASE)
YEAR = re.compile(r"(?:FY\s{0,3})?([0-9]{4})", re.IGNORECASE)
EARLIEST, LATEST = 1990, 2200


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken: its number, and sentences that name the cell and what to do."""

    number: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be taken, with what is saved for its place now."""

    number: int
    project: Project
    fund: Fund
    fiscal_year: int
    amount: Decimal
    saved: Saved | None = None

    @property
    def place(self) -> Place:
        """What the amount is told of."""
        return Place(self.project.budget_id, self.fund.pk, self.fiscal_year)

    @property
    def is_new(self) -> bool:
        """True where nothing is saved yet."""
        return self.saved is None

    @property
    def is_changed(self) -> bool:
        """True where another amount is saved."""
        return self.saved is not None and self.saved.amount != self.amount

    @property
    def is_lower(self) -> bool:
        """True where more is saved: a correction, or an old file."""
        return self.saved is not None and self.saved.amount > self.amount


@dataclass(frozen=True, slots=True)
class Check:
    """What a file would do, with nothing done yet. `left_out` are columns that were not read."""

    source: Source
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...] = ()

    @property
    def new(self) -> list[Entry]:
        """Rows whose place has no amount yet."""
        return [entry for entry in self.entries if entry.is_new]

    @property
    def changed(self) -> list[Entry]:
        """Rows whose place has another amount."""
        return [entry for entry in self.entries if entry.is_changed]

    @property
    def same(self) -> list[Entry]:
        """Rows whose amount is saved already."""
        return [entry for entry in self.entries if not (entry.is_new or entry.is_changed)]

    @property
    def amounts(self) -> dict[Place, Decimal]:
        """What the file says of each place."""
        return {entry.place: entry.amount for entry in self.entries}

    @property
    def has_news(self) -> bool:
        """True where saving would change anything: an amount, or the day it counts up to."""
        as_of = self.source.as_of
        return any(entry.saved != Saved(entry.amount, as_of) for entry in self.entries)

    @property
    def seen(self) -> str:
        """The mark of what is saved for these places."""
        return spending.mark(
            {entry.place: entry.saved for entry in self.entries if entry.saved is not None}
        )


def check(content: bytes, *, file_name: str, as_of: date, by: User) -> Check:
    """Return what saving the file would do, as `by` may know it; nothing is written.

    Raises UnreadableError when it is no table, or lacks a column.
    """
    rows = tables.read(content)
    header = next(rows, None)
    if header is None:
        raise UnreadableError("The file is empty. Choose another one.")
    columns, left_out = _columns(header)
    lines = [_line(row, columns, width=len(header.cells)) for row in rows]
    if not lines:
        raise UnreadableError("The file names columns and has no row below them.")
    source = Source(file_name, sha256(content).hexdigest(), as_of)
    records = _Records(lines, by=by, as_of=as_of)
    taken = [records.entry(line) for line in lines]
    return compare(
        Check(
            source,
            tuple(entry for entry in taken if isinstance(entry, Entry)),
            tuple(entry for entry in taken if isinstance(entry, Refused)),
            left_out,
        )
    )


def compare(made: Check) -> Check:
    """Return the check against what is saved now. Rows of one place twice, and old ones, go."""
    there = spending.saved({entry.place for entry in made.entries})
    entries, refused = [], list(made.refused)
    by_place = sorted(made.entries, key=lambda entry: entry.place)
    for _, together in groupby(by_place, key=lambda entry: entry.place):
        group = [replace(entry, saved=there.get(entry.place)) for entry in together]
        found = [_refusal(entry, group, made.source.as_of) for entry in group]
        entries += [entry for entry, fault in zip(group, found, strict=True) if not fault]
        refused += [
            Refused(entry.number, (fault,))
            for entry, fault in zip(group, found, strict=True)
            if fault
        ]
    return replace(
        made,
        entries=tuple(sorted(entries, key=lambda entry: entry.number)),
        refused=tuple(sorted(refused, key=lambda row: row.number)),
    )


def _refusal(entry: Entry, group: Sequence[Entry], as_of: date) -> str:
    """Say why a readable row is not taken; nothing where it is."""
    others = [f"{other.number}" for other in group if other.number != entry.number]
    if others:
        told = f"{entry.project.reference}, {fiscal.label(entry.fiscal_year)}, {entry.fund.code}"
        rows = f"row {others[0]} does" if len(others) == 1 else f"rows {', '.join(others[:5])} do"
        return f"It names {told}, and {rows} too. Put both amounts into one row."
    if entry.saved is not None and entry.saved.as_of > as_of:
        return (
            f"An amount up to {entry.saved.as_of:%B} {entry.saved.as_of.day}, "
            f"{entry.saved.as_of.year} is saved already, and this file is older. Enter the day "
            "the file counts up to, or leave the row out."
        )
    return ""


# Columns


def _columns(header: Row) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where each column is, counted from 0, and the names of those that are not read."""
    named = {name: column for column, names in COLUMNS.items() for name in names}
    found: dict[str, int] = {}
    left_out = []
    for place, cell in enumerate(header.cells):
        column = named.get(_plain(cell.text).casefold().strip(" .#:"))
        if column is None:
            left_out.append(_plain(cell.text)[:60])
        elif column in found:
            first = header.cells[found[column]].name
            raise UnreadableError(
                f"Cells {first} and {cell.name} both name the {NAMES[column]}. Rename or delete "
                "the one that does not count."
            )
        else:
            found[column] = place
    missing = [NAMES[column] for column in COLUMNS if column not in found]
    if missing:
        raise UnreadableError(
            f"Row {header.number} names no column {' and no column '.join(missing)}. The first row "
            "names the columns: project, fiscal year, fund, spent."
        )
    return found, tuple(name for name in left_out if name)


def _plain(text: str) -> str:
    """Return a text on one line, without invisible signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


# Rows


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is written: the cells of its columns, and how many cells it has."""

    number: int
    cells: Mapping[str, Cell]
    surplus: str


def _line(row: Row, columns: Mapping[str, int], *, width: int) -> _Line:
    cells = {
        column: row.cells[place]
        if place < len(row.cells)
        else Cell(tables.name_of(place + 1, row.number), "")
        for column, place in columns.items()
    }
    surplus = row.cells[width].name if len(row.cells) > width else ""
    return _Line(row.number, cells, surplus)


class _Records:
    """The projects and funds that the rows name, found in two queries."""

    def __init__(self, lines: Iterable[_Line], *, by: User, as_of: date) -> None:
        numbers = {number for line in lines if (number := _project_number(line.cells["project"]))}
        self.projects = Project.objects.visible_to(by).in_bulk(numbers)
        funds = list(Fund.objects.all())
        self.funds = {fund.code.casefold(): fund for fund in funds}
        self.funds |= {str(fund).casefold(): fund for fund in funds}
        first_month = BudgetPolicy.current().fiscal_year_first_month
        self.current_year = fiscal.fiscal_year_of(as_of, first_month)

    def entry(self, line: _Line) -> Entry | Refused:
        """Return what a row says, or every reason why it cannot be taken."""
        faults: list[str] = []
        if line.surplus:
            faults.append(
                f"Cell {line.surplus} stands behind the last named column. An amount with a comma "
                "needs quotation marks around it."
            )
        project = self._project(line.cells["project"], faults)
        year = self._year(line.cells["year"], faults)
        fund = self._fund(line.cells["fund"], faults)
        amount = _amount(line.cells["amount"], faults)
        if faults or project is None or fund is None or year is None or amount is None:
            return Refused(line.number, tuple(faults))
        return Entry(line.number, project, fund, year, amount)

    def _project(self, cell: Cell, faults: list[str]) -> Project | None:
        if not _can_be_read(cell, "Write a project's number, such as P-012.", faults):
            return None
        found = self.projects.get(_project_number(cell) or 0)
        if found is None:
            faults.append(
                f"Cell {cell.name}: there is no project {_quoted(cell)}. Write its number, such "
                "as P-012."
            )
        return found

    def _fund(self, cell: Cell, faults: list[str]) -> Fund | None:
        if not _can_be_read(cell, "Write a fund's number.", faults):
            return None
        found = self.funds.get(_plain(cell.text).casefold())
        if found is None:
            faults.append(
                f"Cell {cell.name}: there is no fund {_quoted(cell)}. Write a fund's number as it "
                "stands under Funds, or enter the fund first."
            )
        return found

    def _year(self, cell: Cell, faults: list[str]) -> int | None:
        if not _can_be_read(cell, "Write 2027 or FY 2027.", faults):
            return None
        found = YEAR.fullmatch(_plain(cell.text))
        year = int(found[1]) if found and found[1].isascii() else 0
        if not EARLIEST <= year <= LATEST:
            faults.append(
                f"Cell {cell.name}: {_quoted(cell)} is no fiscal year. Write 2027 or FY 2027."
            )
            return None
        if year > self.current_year:
            faults.append(
                f"Cell {cell.name}: {fiscal.label(year)} begins after the day the file counts up "
                "to. Check the year, or the day."
            )
        return year


def _project_number(cell: Cell) -> int | None:
    found = PROJECT.fullmatch(_plain(cell.text))
    return int(found[1]) if found and found[1].isascii() else None


def _can_be_read(cell: Cell, wanted: str, faults: list[str]) -> bool:
    """Return whether the cell says anything; else say what is wrong with it."""
    if cell.fault:
        faults.append(f"Cell {cell.name} {cell.fault}")
    elif not _plain(cell.text):
        faults.append(f"Cell {cell.name} is empty. {wanted}")
    elif _plain(cell.text).startswith("="):
        faults.append(f"Cell {cell.name} holds a formula as text. Put its result in place of it.")
    else:
        return True
    return False


def _amount(cell: Cell, faults: list[str]) -> Decimal | None:
    if not _can_be_read(cell, "Write the dollars spent so far, 0 where there are none.", faults):
        return None
    try:
        return money.parse(cell.text)
    except money.MoneyError as unreadable:
        faults.append(f"Cell {cell.name}: {unreadable}")
        return None


def _quoted(cell: Cell) -> str:
    text = _plain(cell.text)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
