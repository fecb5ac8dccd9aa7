"""The sheet on which one of two options of cost is written."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from budgets import fiscal, growth, options, pasting
from budgets.models import Budget, BudgetPolicy, CostOption, OptionLine
from portfolio.forms.cost_lines import (
    MOST_LINES,
    UNREAD,
    Choices,
    Difference,
    LineForm,
    differing,
    rows_of,
)
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.numbers import whole
from portfolio.models import User

FIELDS = ("line", *options.LINE, "repeat", "growth", "DELETE")
BLANK_ROWS = 3


class OptionForm(forms.Form):
    """What an option is called, and which state of it was read."""

    summary_on_page = True

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=60,
        error_messages={"required": "Enter a name."},
        widget=forms.TextInput(attrs={"class": "w20"}),
        help_text="Say how it is paid for or how far it goes, such as “Buy at once” or “Rent for "
        "five years”. No products: an option of cost chooses nothing to build.",
    )
    note = forms.CharField(label="What stands behind the numbers", max_length=300, required=False)


class OptionLineForm(LineForm):
    """One cost of an option; a new one may be repeated in the later years."""

    growth = forms.CharField(label="Growth a year, in percent", max_length=12, required=False)
    repeat = forms.BooleanField(required=False)

    def __init__(self, *args: Any, until: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until = until
        self.fields["growth"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        if self["line"].value():
            del self.fields["repeat"], self.fields["growth"]
        else:
            self.fields["repeat"].label = f"Each year to {fiscal.label(until)}"

    def clean(self) -> dict[str, Any]:
        """Grow what is repeated."""
        cleaned = super().clean()
        if "growth" in cleaned and not self.errors:
            self._grow(cleaned)
        return cleaned

    def _grow(self, cleaned: dict[str, Any]) -> None:
        """Put the amounts of the later years beside the one that was typed."""
        typed, year = cleaned["growth"], cleaned["fiscal_year"]
        if typed and not cleaned["repeat"]:
            self.add_error("growth", "Tick the box beside it to repeat this line, or empty this.")
            return
        later = range(year + 1, self.until + 1) if cleaned["repeat"] else ()
        try:
            cleaned["later"] = growth.grown(
                cleaned["amount"], percent=growth.parse(typed), year=year, later=later
            )
        except growth.GrowthError as refused:
            self.add_error("growth", str(refused))

    def lines(self) -> Iterator[OptionLine]:
        """Yield the line of this row, and its repetitions in later years."""
        row = self.cleaned_data
        same = {name: row[name] for name in ("kind", "element", "note")}
        amounts = {row["fiscal_year"]: row["amount"]} | row.get("later", {})
        for year, amount in amounts.items():
            yield OptionLine(pk=row["line"], fiscal_year=year, amount=amount, **same)


OptionLines = rows_of(OptionLineForm)


class OptionSheet:
    """The page of one option: its name and its lines.

    `data` is what was sent, to be checked and saved; `rows` are shown as they are, unsaved, with
    the name and note of `typed`, and `blank` empty rows below them.
    """

    def __init__(
        self,
        budget: Budget,
        place: int,
        *,
        data: QueryDict | None = None,
        typed: QueryDict | None = None,
        rows: list[dict[str, Any]] | None = None,
        blank: int = 0,
    ) -> None:
        self.budget, self.place = budget, place
        self.option = budget.options.filter(place=place).first()
        self.saved = list(self.option.lines.all()) if self.option else []
        self.until = budget.first_fiscal_year - 1 + BudgetPolicy.current().horizon_years
        known = [budget.first_fiscal_year, self.until + 5, *(row.fiscal_year for row in self.saved)]
        self.years = range(min(known), max(known) + 1)
        sent = data if data is not None else typed
        self.block = sent.get("block", "") if sent is not None else ""
        self.head = OptionForm(data, initial=typed.dict() if typed else self._head())
        self.lines = OptionLines(
            data,
            prefix="lines",
            initial=None if data is not None else _rows(self.saved) if rows is None else rows,
            form_kwargs={"choices": Choices(self.years, []), "until": self.until},
        )
        shown = len(self.saved if rows is None else rows)
        self.lines.extra = min(blank or (1 if shown else BLANK_ROWS), MOST_LINES - shown)

    def _head(self) -> dict[str, Any]:
        if self.option is None:
            return {"seen": 0}
        return {
            "seen": self.option.revision,
            "name": self.option.name,
            "note": self.option.note,
        }

    def is_valid(self) -> bool:
        """Return whether everything can be saved."""
        return all([self.head.is_valid(), self.lines.is_valid(), not self.block.strip()])

    def save(self, *, by: User) -> CostOption:
        """Save name and lines as one state; raises Stale when somebody saved in between."""
        return options.save(
            self.budget,
            place=self.place,
            lines=self._written(),
            removed=self.lines.removed,
            by=by,
            **self.head.cleaned_data,
        )

    def _written(self) -> list[OptionLine]:
        return [line for row in self.lines.kept for line in row.lines()]

    def mistakes(self) -> list[Mistake]:
        """Return everything to fix, in the order of the page."""
        if not self.head.is_bound or self.is_valid():
            return []
        unread = [UNREAD] if self.block.strip() else []
        return [*mistakes_of(self.head), *self.lines.mistakes(), *unread]

    def differences(self) -> list[Difference]:
        """Return where the page differs from what is saved."""
        head, saved = self.head.cleaned_data, self._head()
        found = [
            Difference(str(self.head.fields[name].label or "Name"), head[name], saved.get(name, ""))
            for name in ("name", "note")
            if head[name] != saved.get(name, "")
        ]
        return found + differing(self._written(), self.saved)


def overtaken(budget: Budget, place: int, data: QueryDict) -> OptionSheet:
    """Return what was sent, to be compared with the newer option and saved over it."""
    sent = data.copy()
    sent["seen"] = str(OptionSheet(budget, place).head.initial["seen"])
    sheet = OptionSheet(budget, place, data=sent)
    sheet.is_valid()
    return sheet


def with_more_rows(budget: Budget, place: int, data: QueryDict) -> OptionSheet:
    """Return what is typed, with more empty rows. Nothing is saved."""
    return OptionSheet(budget, place, typed=data, rows=_typed_rows(data), blank=BLANK_ROWS)


def with_plan(budget: Budget, place: int, data: QueryDict | None) -> OptionSheet:
    """Return what is typed, with the cost lines of the plan below it. Nothing is saved."""
    planned = [row | {"line": ""} for row in _rows(list(budget.cost_lines.all()))]
    typed = _typed_rows(data) if data is not None else []
    return OptionSheet(budget, place, typed=data, rows=[*typed, *planned][:MOST_LINES])


def with_block(budget: Budget, place: int, data: QueryDict) -> tuple[OptionSheet, list[Mistake]]:
    """Return what is typed, with the pasted block below it, or what to fix in the block."""
    typed = _typed_rows(data)
    sheet = OptionSheet(budget, place, typed=data, rows=typed)
    most = MOST_LINES - len(typed)
    try:
        pasted = pasting.read(sheet.block, years=sheet.years, funds={}, most=most)
    except pasting.Unreadable as unreadable:
        return sheet, [Mistake(sentence, "#id_block") for sentence in unreadable.sentences]
    read = [{name: getattr(line, name) for name in options.LINE} for line in pasted.lines]
    after = OptionSheet(budget, place, typed=data, rows=[*typed, *read])
    after.block = ""
    return after, []


def _typed_rows(data: QueryDict) -> list[dict[str, Any]]:
    """Return the rows of lines as they were typed, without the empty ones."""
    count = whole(data.get("lines-TOTAL_FORMS", "")) or 0
    rows = [
        {name: data.get(f"lines-{place}-{name}", "") for name in FIELDS}
        for place in range(min(count, MOST_LINES))
    ]
    return [row for row in rows if any(row.values())]


def _rows(lines: list[Any]) -> list[dict[str, Any]]:
    return [
        {"line": line.pk, **{name: getattr(line, name) for name in options.LINE}} for line in lines
    ]
