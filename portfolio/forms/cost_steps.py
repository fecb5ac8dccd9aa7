"""Steps of writing a cost sheet that save nothing: a line more, a line copied, a block read.

Each takes what is typed and returns what to show next; what was typed elsewhere stays as it is.
"""

from typing import NamedTuple

from django.http import QueryDict
from django.utils.text import get_text_list

from budgets import costing, fiscal, growth, money, pasting
from budgets.models import Budget
from portfolio.forms.cost_lines import MOST_LINES, LineRows
from portfolio.forms.costs import CostLineForm, CostSheet, Typed, is_begun
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.numbers import whole

FIELDS = (*CostLineForm.base_fields, "DELETE")
# What makes two lines of different years the same cost.
SAME = ("kind", "element", "note", "source")
BLOCK = "#id_block"


class Next(NamedTuple):
    """The sheet after a step: what was done, or what to fix first."""

    sheet: CostSheet
    done: str = ""
    mistakes: tuple[Mistake, ...] = ()


def typed(data: QueryDict) -> Typed:
    """Return what was sent as it was typed, row by row."""
    rows = [
        {name: _text(data, f"lines-{place}-{name}") for name in FIELDS}
        for place in range(min(whole(_text(data, "lines-TOTAL_FORMS")) or 0, MOST_LINES))
    ]
    plan = {name: _text(data, name) for name in ("seen", *costing.PLAN)}
    return Typed(plan, rows, _text(data, "block"))


def _text(data: QueryDict, name: str) -> str:
    return str(data.get(name, ""))


def _stays(row: dict[str, str]) -> bool:
    """Return whether a row is shown again: not where it is new and ticked to be removed."""
    return bool(row["line"] or not row["DELETE"])


def add(budget: Budget, data: QueryDict) -> Next:
    """Show one more empty row."""
    before = typed(data)
    rows = [row for row in before.rows if _stays(row)]
    if len(rows) >= MOST_LINES:
        return _full(budget, before)
    rows.append(dict.fromkeys(FIELDS, ""))
    return Next(_shown(budget, before._replace(rows=rows), cursor=len(rows) - 1))


def copy(budget: Budget, data: QueryDict) -> Next:
    """Copy the row whose place was sent over the later years of the horizon, with its growth."""
    place = whole(_text(data, "copy")) or 0
    checked = CostSheet(budget, data=data, is_copied=True)
    if place >= len(checked.lines.forms):
        return add(budget, data)
    row = checked.lines.forms[place]
    amounts = _amounts(row, checked) if _is_complete(row) else {}
    if row.errors:
        named = mistakes_of(row, f"{LineRows.row_label} {place + 1}, ")
        sheet = CostSheet(budget, typed=typed(data), blank=0)
        sheet.lines.forms[place] = row
        return Next(sheet, mistakes=tuple(named))
    return _copied(budget, typed(data), place, amounts)


def _is_complete(row: CostLineForm) -> bool:
    row.empty_permitted = False
    return row.is_valid()


def _amounts(row: CostLineForm, sheet: CostSheet) -> dict[int, str]:
    """Return each later year's amount as people read it; the row says where there is none."""
    cost = row.cleaned_data
    year = cost["fiscal_year"]
    if year >= sheet.until:
        row.add_error(
            "fiscal_year",
            f"A line is copied to the years up to {fiscal.label(sheet.until)}, the last one of the "
            "horizon. Choose an earlier year.",
        )
        return {}
    percent = cost["growth"] or growth.NONE
    later = range(year + 1, sheet.until + 1)
    try:
        found = growth.grown(cost["amount"], percent=percent, year=year, later=later)
    except growth.GrowthError as error:
        row.add_error("growth", f"{error} Type a smaller change.")
        return {}
    return {then: money.show(amount) for then, amount in found.items()}


def _copied(budget: Budget, before: Typed, place: int, amounts: dict[int, str]) -> Next:
    """Write the amounts into the rows of later years: into the same line's, else into new ones."""
    line = before.rows[place]
    line["growth"] = ""
    there = _same_later(before.rows, line)
    new, replaced = [], []
    for year, amount in amounts.items():
        row = there.get(str(year))
        if row is None:
            new.append(line | {"line": "", "fiscal_year": str(year), "amount": amount})
        elif row["amount"] != amount:
            replaced.append(f"{row['amount'] or 'nothing'} in {fiscal.label(year)}")
            row["amount"] = amount
    rows = [row for row in before.rows if is_begun(row) and _stays(row)]
    if len(rows) + len(new) > MOST_LINES:
        return _full(budget, before)
    number = next(place for place, row in enumerate(rows, start=1) if row is line)
    rows[number:number] = new
    years = " to ".join(fiscal.label(year) for year in sorted({min(amounts), max(amounts)}))
    done = f"{LineRows.row_label} {number} is copied to {years}."
    if replaced:
        done += f" It replaced {get_text_list(replaced, 'and')}."
    return Next(_shown(budget, before._replace(rows=rows), cursor=number), done)


def _same_later(rows: list[dict[str, str]], line: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the rows that say the same as `line` by year; none where its own year has two."""
    same = [row for row in rows if _is_same(row, line) and not row["DELETE"]]
    if any(row is not line and row["fiscal_year"] == line["fiscal_year"] for row in same):
        return {}
    return {row["fiscal_year"]: row for row in same}


def _is_same(row: dict[str, str], other: dict[str, str]) -> bool:
    return all(row[name].strip() == other[name].strip() for name in SAME)


def read(budget: Budget, data: QueryDict) -> Next:
    """Read the pasted block into rows below the ones that are there."""
    before = typed(data)
    rows = [row for row in before.rows if is_begun(row) and _stays(row)]
    if len(rows) >= MOST_LINES:
        return _full(budget, before)
    sheet = CostSheet(budget, typed=before, blank=0)
    try:
        pasted = pasting.read(
            before.block,
            years=sheet.years,
            funds={key: str(fund) for key, fund in sheet.funds.items()},
            most=MOST_LINES - len(rows),
        )
    except pasting.Unreadable as unreadable:
        wrong = tuple(Mistake(sentence, BLOCK) for sentence in unreadable.sentences)
        return Next(sheet, mistakes=wrong)
    new = [_row(line) for line in pasted.lines]
    place = f"{len(rows) + 1} to {len(rows) + len(new)}" if len(new) > 1 else str(len(rows) + 1)
    done = f"The block is read: cost line{'s' if len(new) > 1 else ''} {place}."
    if pasted.unread:
        done += f" Nothing was read from {get_text_list(pasted.unread, 'and')}."
    after = before._replace(rows=rows + new, block="")
    return Next(_shown(budget, after, cursor=len(rows)), done)


def _row(line: pasting.PastedLine) -> dict[str, str]:
    texts = {name: str(value or "") for name, value in line._asdict().items()}
    return dict.fromkeys(FIELDS, "") | texts | {"amount": money.show(line.amount)}


def _shown(budget: Budget, after: Typed, *, cursor: int) -> CostSheet:
    """Return the sheet with the cursor in the row at that place."""
    sheet = CostSheet(budget, typed=after, blank=0)
    if cursor < len(sheet.lines.forms):
        sheet.lines.forms[cursor].fields["fiscal_year"].widget.attrs["autofocus"] = True
    return sheet


def _full(budget: Budget, before: Typed) -> Next:
    sentence = f"A page holds {MOST_LINES} cost lines at most. Remove some first."
    sheet = CostSheet(budget, typed=before, blank=0)
    return Next(sheet, mistakes=(Mistake(sentence, "#lines"),))
