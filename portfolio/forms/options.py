"""The sheet on which one of two options of cost is written."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from budgets import fiscal, growth, options, pasting
from budgets.forms.fields import MoneyField
from budgets.models import Budget, BudgetPolicy, CostLine, CostOption, OptionLine
from portfolio.forms.costs import MOST_LINES, Choices, Difference
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.same_select import SameSelect
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


class OptionLineForm(forms.Form):
    """One cost of an option in one fiscal year; a new one may be repeated in the later years."""

    line = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fiscal_year = forms.TypedChoiceField(
        coerce=int,
        widget=SameSelect,
        error_messages={"required": "Choose the year that it is paid in."},
    )
    kind = forms.ChoiceField(
        choices=CostLine.Kind.choices,
        widget=SameSelect,
        error_messages={"required": "Choose the kind of cost."},
    )
    element = forms.ChoiceField(
        label="For",
        choices=CostLine.Element.choices,
        widget=SameSelect,
        error_messages={"required": "Choose what is paid for."},
    )
    amount = MoneyField()
    note = forms.CharField(label="What it pays for", max_length=200, required=False)
    growth = forms.CharField(label="Growth a year, in percent", max_length=12, required=False)
    repeat = forms.BooleanField(required=False)

    def __init__(self, *args: Any, choices: Choices, until: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until = until
        cast(forms.ChoiceField, self.fields["fiscal_year"]).choices = choices.fiscal_year
        for name in ("fiscal_year", "kind", "element"):
            cast(SameSelect, self.fields[name].widget).shared = choices.options[name]
        self.fields["growth"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        if self["line"].value():
            del self.fields["repeat"], self.fields["growth"]
        else:
            self.fields["repeat"].label = f"Each year to {fiscal.label(until)}"

    def clean(self) -> dict[str, Any]:
        """Keep contingency out of recurring cost, and grow what is repeated."""
        cleaned = super().clean() or self.cleaned_data
        kind, element = cleaned.get("kind"), cleaned.get("element")
        if kind == CostLine.Kind.RECURRING and element == CostLine.Element.CONTINGENCY:
            self.add_error("kind", "Contingency belongs to capital or one-time cost.")
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


class OptionLineRows(BaseFormSet):  # type: ignore[type-arg] # Django's formset takes no parameter.
    """The lines of an option as rows; each can be removed."""

    row_label = "Cost line"
    row_kind = "option-line"

    def initial_form_count(self) -> int:
        """Return none of what was sent: a row says by itself which line it is, if any is saved."""
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that removes a line."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove this line"


OptionLines = forms.formset_factory(
    OptionLineForm,
    formset=OptionLineRows,
    can_delete=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 50,
    validate_max=True,
)


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
        self.block = ""
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
        return all([self.head.is_valid(), self.lines.is_valid()])

    def save(self, *, by: User) -> CostOption:
        """Save name and lines as one state; raises Stale when somebody saved in between."""
        removed = (row.cleaned_data.get("line") for row in self.lines.deleted_forms)
        return options.save(
            self.budget,
            place=self.place,
            lines=self._written(),
            removed={key for key in removed if key},
            by=by,
            **self.head.cleaned_data,
        )

    def _written(self) -> list[OptionLine]:
        kept = [row for row in self.lines.forms if row not in self.lines.deleted_forms]
        return [line for row in kept if row.cleaned_data for line in row.lines()]

    def mistakes(self) -> list[Mistake]:
        """Return everything to fix, in the order of the page."""
        if not self.head.is_bound or self.is_valid():
            return []
        whole = [Mistake(str(sentence), "#lines") for sentence in self.lines.non_form_errors()]
        rows = [
            mistake
            for number, row in enumerate(self.lines.forms, start=1)
            if row not in self.lines.deleted_forms
            for mistake in mistakes_of(row, f"{OptionLineRows.row_label} {number}, ")
        ]
        return [*mistakes_of(self.head), *whole, *rows]

    def differences(self) -> list[Difference]:
        """Return where the page differs from what is saved."""
        head, saved = self.head.cleaned_data, self._head()
        found = [
            Difference(str(self.head.fields[name].label or "Name"), head[name], saved.get(name, ""))
            for name in ("name", "note")
            if head[name] != saved.get(name, "")
        ]
        yours = {line.pk or -number: line for number, line in enumerate(self._written(), start=1)}
        theirs = {line.pk: line for line in self.saved}
        pairs = [
            (options.describe(yours.get(key)), options.describe(theirs.get(key)))
            for key in dict.fromkeys([*theirs, *yours])
        ]
        return found + [Difference("Cost line", *pair) for pair in pairs if pair[0] != pair[1]]


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
    typed, block = _typed_rows(data), data.get("block", "")
    sheet = OptionSheet(budget, place, typed=data, rows=typed)
    try:
        pasted = pasting.read(block, years=sheet.years, funds={}, most=MOST_LINES - len(typed))
    except pasting.Unreadable as unreadable:
        sheet.block = block
        return sheet, [Mistake(sentence, "#id_block") for sentence in unreadable.sentences]
    read = [{name: getattr(line, name) for name in options.LINE} for line in pasted.lines]
    return OptionSheet(budget, place, typed=data, rows=[*typed, *read]), []


def _typed_rows(data: QueryDict) -> list[dict[str, Any]]:
    """Return the rows of lines as they were typed, without the empty ones."""
    count = int(found) if (found := data.get("lines-TOTAL_FORMS", "")).isdecimal() else 0
    rows = [
        {name: data.get(f"lines-{place}-{name}", "") for name in FIELDS}
        for place in range(min(count, MOST_LINES))
    ]
    return [row for row in rows if any(row.values())]


def _rows(lines: list[Any]) -> list[dict[str, Any]]:
    return [
        {"line": line.pk, **{name: getattr(line, name) for name in options.LINE}} for line in lines
    ]
