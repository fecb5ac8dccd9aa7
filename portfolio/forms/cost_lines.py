"""Lines of cost as rows of a sheet: what the plan of a project and its two options share."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from django import forms
from django.forms.formsets import BaseFormSet

from budgets import costing, fiscal
from budgets.forms.fields import MoneyField
from budgets.models import CostLine, Fund, OptionLine
from portfolio.forms import same_select
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.forms.same_select import SameSelect

MOST_LINES = 150
# What is pasted and not read would be lost by saving.
UNREAD = Mistake("Read the block that you pasted, or empty its field.", "#id_block")


class Choices:
    """What the lists of every row offer: the same `fiscal_year` and `source` for all of them."""

    def __init__(self, years: range, funds: Iterable[Fund]) -> None:
        self.fiscal_year = [(year, fiscal.label(year)) for year in years]
        self.source = [(fund.pk, str(fund)) for fund in funds]
        self.options = {
            "fiscal_year": same_select.options(self.fiscal_year),
            "kind": same_select.options(CostLine.Kind.choices),
            "element": same_select.options(CostLine.Element.choices),
            "source": same_select.options(self.source),
        }


class LineForm(forms.Form):
    """One cost in one fiscal year; `line` is the key of the saved line that it replaces."""

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

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.options.items():
            if name not in self.fields:
                continue
            if name in {"fiscal_year", "source"}:
                cast(forms.ChoiceField, self.fields[name]).choices = getattr(choices, name)
            cast(SameSelect, self.fields[name].widget).shared = options

    def clean(self) -> dict[str, Any]:
        """Keep contingency out of recurring cost."""
        cleaned = super().clean() or self.cleaned_data
        kind, element = cleaned.get("kind"), cleaned.get("element")
        if kind == CostLine.Kind.RECURRING and element == CostLine.Element.CONTINGENCY:
            self.add_error("kind", "Contingency belongs to capital or one-time cost.")
        return cleaned


class LineRows(BaseFormSet):  # type: ignore[type-arg] # Django's formset takes no parameter.
    """Lines of cost as rows; each can be removed."""

    row_label = "Cost line"

    def initial_form_count(self) -> int:
        """Return none of what was sent: a row says by itself which line it is, if any is saved."""
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that removes a line."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove this line"

    @property
    def kept(self) -> list[Any]:
        """The rows that say something and are not to be removed."""
        return [row for row in self.forms if row not in self.deleted_forms and row.cleaned_data]

    @property
    def removed(self) -> set[int]:
        """The keys of the saved lines that are to be removed."""
        keys = (row.cleaned_data.get("line") for row in self.deleted_forms)
        return {key for key in keys if key}

    def mistakes(self) -> Iterator[Mistake]:
        """Yield everything to fix, in the order of the rows."""
        yield from (Mistake(str(sentence), "#lines") for sentence in self.non_form_errors())
        for number, row in enumerate(self.forms, start=1):
            if row not in self.deleted_forms:
                yield from mistakes_of(row, f"{self.row_label} {number}, ")


def rows_of(form: type[LineForm]) -> type[LineRows]:
    """Return the rows of a sheet, each of them a `form`."""
    made = forms.formset_factory(
        form,
        formset=LineRows,
        can_delete=True,
        max_num=MOST_LINES,
        absolute_max=MOST_LINES + 50,
        validate_max=True,
    )
    return cast(type[LineRows], made)


class Difference(NamedTuple):
    """One thing that stands differently on the page and in the database."""

    label: str
    yours: str
    theirs: str


def differing[Line: CostLine | OptionLine](
    yours: Sequence[Line], theirs: Sequence[Line]
) -> list[Difference]:
    """Return each line that differs between those of the page and those that are saved.

    Lines are the same by their keys; one of the page without a key is new.
    """
    mine = {line.pk or -number: line for number, line in enumerate(yours, start=1)}
    saved = {line.pk: line for line in theirs}
    pairs = [
        (costing.describe(mine.get(key)), costing.describe(saved.get(key)))
        for key in dict.fromkeys([*saved, *mine])
    ]
    return [Difference("Cost line", *pair) for pair in pairs if pair[0] != pair[1]]
