"""A block of cost lines pasted from a spreadsheet: read cell by cell, or refused with the place.

A spreadsheet copies its cells as text: a tab between two cells, quotation marks around a cell that
holds a tab, a line break or a quotation mark. What the cells mean is never guessed: a merged cell
arrives as empty ones, and a formula as its own text, so both are refused and say where they stand.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from budgets import fiscal, money
from budgets.models import CostLine

# The order of the columns where the first row does not name them, by the names people read.
COLUMNS = {
    "fiscal_year": "Fiscal year",
    "kind": "Kind",
    "element": "For",
    "amount": "Amount",
    "note": "What it pays for",
    "source": "Fund, if recurring",
}
NEEDED = ("fiscal_year", "kind", "element", "amount")
# Other headings that spreadsheets of budgets give these columns; compared as `_plain` has them.
HEADINGS = {
    "fiscal_year": ("fiscal year", "year", "fy"),
    "kind": ("kind", "kind of cost", "cost kind", "type"),
    "element": ("for", "element", "category"),
    "amount": ("amount", "amount in dollars", "cost", "dollars", "usd"),
    "note": ("what it pays for", "note", "notes", "description", "details"),
    "source": ("fund if recurring", "fund", "paid by", "paid by fund", "source"),
}
SHORT_KINDS = {"one time": CostLine.Kind.ONE_TIME, "recurring": CostLine.Kind.RECURRING}
LONGEST_NOTE = 200
LONGEST_QUOTE = 30
# As many sentences as somebody mends in one go.
MOST_SENTENCES = 20

YEAR = re.compile(r"(?:FY ?)?([0-9]{4})", re.IGNORECASE)
BROKEN = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!)", re.IGNORECASE)


class Unreadable(ValueError):
    """The block cannot be read; `sentences` tell a person each place and what to do there."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class CellError(ValueError):
    """One cell cannot be read; the message says why, not yet where."""


class PastedLine(NamedTuple):
    """One cost line of a block; `source` is the key of a fund."""

    fiscal_year: int
    kind: str
    element: str
    amount: Decimal
    note: str
    source: int | None


class Pasted(NamedTuple):
    """The cost lines of a block, and the headings of the columns that nothing was read from."""

    lines: list[PastedLine]
    unread: list[str]


@dataclass
class _Columns:
    """Which column holds what."""

    places: dict[str, int]
    unread: list[str] = field(default_factory=list)
    are_named: bool = False


def read(text: str, *, years: range, funds: Mapping[int, str], most: int) -> Pasted:
    """Return the cost lines in `text`, a block of cells; nothing of it is saved.

    `years` are the fiscal years that a line may have, `funds` the names of funds ("301 Parks") by
    key, and `most` is how many lines there is room for: no row after those is read. Raises
    Unreadable with a sentence for each cell that is wrong, or one for the block as a whole.
    """
    rows = _rows(text)
    first = next(rows, None)
    if first is None:
        raise Unreadable("Paste the cells of a spreadsheet first. The block is empty.")
    columns = _columns(first[1])
    reader = _Reader(columns, years, funds)
    if not columns.are_named:
        reader.add(*first)
    for number, cells in rows:
        if reader.count >= most:
            raise Unreadable(
                f"The block has more than the {most} rows that this page still has room for. "
                "Paste fewer rows."
            )
        reader.add(number, cells)
    if reader.wrong:
        raise Unreadable(*_shortened(reader.wrong))
    if not reader.lines:
        raise Unreadable("The block has headings and no rows below them. Copy the rows as well.")
    return Pasted(reader.lines, columns.unread)


def _shortened(sentences: Sequence[str]) -> Iterator[str]:
    yield from sentences[:MOST_SENTENCES]
    more = len(sentences) - MOST_SENTENCES
    if more > 0:
        yield f"{more} more {'cell' if more == 1 else 'cells'} cannot be read either."


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with its number in the block, from 1."""
    start = text.lstrip("\ufeff\r\n")
    separator = "\t" if "\t" in start.partition("\n")[0] else ";"
    rows = csv.reader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator, strict=True
    )
    number = 0
    while True:
        number += 1
        try:
            row = next(rows, None)
        except csv.Error:
            raise Unreadable(
                f"Row {number} cannot be taken apart into cells. Look for a quotation mark that is "
                "opened and not closed."
            ) from None
        if row is None:
            return
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            yield number, cells


def _columns(first: list[str]) -> _Columns:
    """Return where each column stands: as the first row names them, else in the fixed order."""
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    names = [known.get(_plain(cell)) for cell in first]
    if sum(name is not None for name in names) < 2:
        if len(first) < len(NEEDED):
            raise Unreadable(
                f"The first row has {len(first)} {'cell' if len(first) == 1 else 'cells'}. A row "
                f"needs at least four, separated by tabs or semicolons: {_listed(NEEDED)}."
            )
        return _Columns({name: place for place, name in enumerate(COLUMNS)})
    for name, label in COLUMNS.items():
        if names.count(name) > 1:
            raise Unreadable(f"Two columns are headed “{label}” or alike. Keep one of them.")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Unreadable(
            f"No column is headed {_listed(missing)}. Name the columns in the first row: "
            f"{_listed(COLUMNS)}."
        )
    places = {name: place for place, name in enumerate(names) if name is not None}
    unread = [_quote(cell) for cell, name in zip(first, names, strict=True) if cell and not name]
    return _Columns(places, unread, are_named=True)


def _listed(names: Sequence[str] | Mapping[str, str]) -> str:
    return ", ".join(f"“{COLUMNS[name]}”" for name in names)


class _Reader:
    """Turns rows of cells into cost lines, and collects what is wrong with them."""

    def __init__(self, columns: _Columns, years: range, funds: Mapping[int, str]) -> None:
        self.columns, self.years = columns, years
        self.funds = {_plain(name): key for key, name in funds.items()}
        for key, name in funds.items():
            self.funds.setdefault(_plain(name.partition(" ")[0]), key)
        self.lines: list[PastedLine] = []
        self.wrong: list[str] = []
        self.count = 0

    def add(self, number: int, cells: list[str]) -> None:
        """Read one row: a line more, or a sentence for each of its cells that is wrong."""
        self.count += 1
        extra = [] if self.columns.are_named else list(filter(None, cells[len(COLUMNS) :]))
        if extra:
            self.wrong.append(
                f"Row {number}: {_quote(extra[0])} stands behind the last column. Columns are read "
                f"in this order: {_listed(COLUMNS)}."
            )
            return
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for name, read_cell in self._readers().items():
            place = self.columns.places.get(name, len(cells))
            cell = cells[place] if place < len(cells) else ""
            try:
                values[name] = read_cell(_checked(cell))
            except CellError as error:
                label = COLUMNS[name]
                wrong.append(f"Row {number}, {label[0].lower()}{label[1:]}: {error}")
        if not wrong and (values["kind"], values["element"]) == ("recurring", "contingency"):
            wrong.append(f"Row {number}, kind: Contingency belongs to capital or one-time cost.")
        if wrong:
            self.wrong += wrong
        else:
            self.lines.append(PastedLine(**values))

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        return {
            "fiscal_year": self._year,
            "kind": _kind,
            "element": _element,
            "amount": _amount,
            "note": _note,
            "source": self._source,
        }

    def _year(self, cell: str) -> int:
        found = YEAR.fullmatch(_filled(cell))
        if found is None:
            raise CellError(f"{_quote(cell)} is not a fiscal year. Write 2027 or FY 2027.")
        year = int(found[1])
        if year not in self.years:
            span = f"{fiscal.label(self.years[0])} to {fiscal.label(self.years[-1])}"
            raise CellError(f"{fiscal.label(year)} is outside the years of this budget, {span}.")
        return year

    def _source(self, cell: str) -> int | None:
        if not cell:
            return None
        if _plain(cell) not in self.funds:
            raise CellError(
                f"There is no fund {_quote(cell)}. Write its number, or leave it empty."
            )
        return self.funds[_plain(cell)]


def _checked(cell: str) -> str:
    """Return the cell, unless it holds a formula or what a spreadsheet writes in its place."""
    if cell.startswith("="):
        raise CellError(f"{_quote(cell)} is a formula. Paste its value instead.")
    if BROKEN.fullmatch(cell):
        raise CellError(f"{_quote(cell)} says that a formula of the spreadsheet failed. Mend it.")
    if "\0" in cell:
        raise CellError("The cell has a character that cannot be saved. Type it again.")
    return cell


def _filled(cell: str) -> str:
    if not cell:
        raise CellError(
            "The cell is empty. A merged cell arrives filled once and empty below: unmerge it and "
            "fill in every row."
        )
    return cell


def _kind(cell: str) -> str:
    words = {_plain(str(label)): value for value, label in CostLine.Kind.choices} | SHORT_KINDS
    return _word(cell, words, [str(label) for label in CostLine.Kind.labels])


def _element(cell: str) -> str:
    words = {_plain(str(label)): value for value, label in CostLine.Element.choices}
    return _word(cell, words, [str(label) for label in CostLine.Element.labels])


def _word(cell: str, words: Mapping[str, str], labels: Sequence[str]) -> str:
    plain = _plain(_filled(cell))
    if plain not in words:
        choices = f"{', '.join(labels[:-1])} or {labels[-1]}"
        raise CellError(f"{_quote(cell)} is not one of the words used here. Write {choices}.")
    return str(words[plain])


def _amount(cell: str) -> Decimal:
    try:
        amount = money.parse(_filled(cell))
    except money.MoneyError as error:
        raise CellError(str(error)) from None
    if not amount:
        raise CellError("Enter an amount above zero, or leave the row out.")
    return amount


def _note(cell: str) -> str:
    if len(cell) > LONGEST_NOTE:
        raise CellError(f"{len(cell)} characters are too many. Use at most {LONGEST_NOTE}.")
    return cell


def _plain(cell: str) -> str:
    """Return a word or heading without what makes no difference: case, hyphens, marks."""
    return " ".join(re.sub(r"[\W_]+", " ", cell).casefold().split())


def _quote(cell: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in cell)
    return f"“{shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + '…'}”"
