"""The sheet on which a project's cost is written."""

from datetime import date
from typing import Any, NamedTuple, cast

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.formats import date_format

from budgets import costing, fiscal
from budgets.forms.fields import MoneyField, day_field
from budgets.models import Budget, BudgetPolicy, CostLine, Fund
from portfolio.forms.mistakes import Mistake, mistakes_of
from portfolio.models import User

MOST_LINES = 150


class PlanForm(forms.Form):
    """When the planned phase runs, why nothing recurs, and which state of the budget was read."""

    summary_on_page = True

    seen = forms.IntegerField(widget=forms.HiddenInput)
    phase_start = day_field("Planned phase begins", required=False)
    phase_end = day_field("Planned phase ends", required=False)
    no_recurring_reason = forms.CharField(
        label="Why nothing recurs",
        required=False,
        max_length=300,
        help_text="Only where nothing has to be run, licensed or maintained afterwards.",
    )

    def clean(self) -> dict[str, Any]:
        """Put the order of the days at the field."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("phase_start"), cleaned.get("phase_end")
        if start and end and end < start:
            self.add_error("phase_end", "Enter a day after the planned phase begins.")
        return cleaned


class CostLineForm(forms.Form):
    """One cost in one fiscal year. A new recurring one may be repeated to the horizon's end."""

    line = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fiscal_year = forms.TypedChoiceField(coerce=int)
    kind = forms.ChoiceField(choices=[("", "Choose one"), *CostLine.Kind.choices])
    element = forms.ChoiceField(
        label="For", choices=[("", "Choose one"), *CostLine.Element.choices]
    )
    amount = MoneyField()
    note = forms.CharField(label="What it pays for", max_length=200, required=False)
    source = forms.TypedChoiceField(
        label="Fund, if recurring", coerce=int, empty_value=None, required=False
    )
    repeat = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, years: range, funds: list[tuple[int, str]], until: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.until = until
        self._offer("fiscal_year", [(year, fiscal.label(year)) for year in years])
        self._offer("source", funds)
        if self["line"].value():
            del self.fields["repeat"]
        else:
            self.fields["repeat"].label = f"The same each year to {fiscal.label(until)}"

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", "Choose one"), *choices]

    def clean(self) -> dict[str, Any]:
        """Keep contingency out of recurring cost."""
        cleaned = super().clean() or self.cleaned_data
        kind, element = cleaned.get("kind"), cleaned.get("element")
        if kind == CostLine.Kind.RECURRING and element == CostLine.Element.CONTINGENCY:
            self.add_error("kind", "Contingency belongs to capital or one-time cost.")
        return cleaned

    def lines(self) -> list[CostLine]:
        """Return the cost line of this row, and its repetitions in later years."""
        row = self.cleaned_data
        first: int = row["fiscal_year"]
        last = max(first, self.until) if row.get("repeat") else first
        return [
            CostLine(
                pk=row["line"],
                fiscal_year=year,
                kind=row["kind"],
                element=row["element"],
                amount=row["amount"],
                note=row["note"],
                source_id=row["source"],
            )
            for year in range(first, last + 1)
        ]


class CostLineRows(BaseFormSet):  # type: ignore[type-arg] # Django's formset takes no parameter.
    """The cost lines of a budget as rows; those that are saved can be removed."""

    row_label = "Cost line"
    row_kind = "cost-line"
    add_label = "Add another cost line"

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that removes a line."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this line"


CostLines = forms.formset_factory(
    CostLineForm,
    formset=CostLineRows,
    can_delete=True,
    can_delete_extra=False,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 50,
    validate_max=True,
)


class Difference(NamedTuple):
    """One thing that stands differently on the page and in the database."""

    label: str
    yours: str
    theirs: str


class CostSheet:
    """The page on which a head writes what a project costs: the plan and the cost lines.

    `data` is what was sent. The rows are matched with the saved lines by key, not by place, so
    that a page which somebody overtook is still read as it was written.
    """

    def __init__(self, budget: Budget, *, data: QueryDict | None = None, blank: int = 1) -> None:
        self.budget = budget
        self.saved = list(budget.cost_lines.all())
        self.until = budget.first_fiscal_year - 1 + BudgetPolicy.current().horizon_years
        years = [
            budget.first_fiscal_year,
            self.until + 5,
            *(line.fiscal_year for line in self.saved),
        ]
        options = {
            "years": range(min(years), max(years) + 1),
            "funds": [(fund.pk, str(fund)) for fund in Fund.objects.all()],
            "until": self.until,
        }
        plan = {name: getattr(budget, name) for name in costing.PLAN}
        rows = None if data is not None else [_row(line) for line in self.saved]
        self.plan = PlanForm(data, initial=plan | {"seen": budget.revision})
        self.lines = CostLines(data, prefix="lines", initial=rows, form_kwargs=options)
        self.lines.extra = blank

    def is_valid(self) -> bool:
        """Return whether everything can be saved."""
        return all([self.plan.is_valid(), self.lines.is_valid()])

    def save(self, *, by: User) -> Budget:
        """Save plan and lines as one state; raises Stale when somebody saved in between."""
        plan = dict(self.plan.cleaned_data)
        seen = plan.pop("seen")
        removed = [row.cleaned_data["line"] for row in self.lines.deleted_forms]
        return costing.save_costs(
            self.budget, plan=plan, lines=self._written(), removed=removed, seen=seen, by=by
        )

    def _written(self) -> list[CostLine]:
        kept = [row for row in self.lines.forms if row not in self.lines.deleted_forms]
        return [line for row in kept if row.cleaned_data for line in row.lines()]

    def mistakes(self) -> list[Mistake]:
        """Return everything to fix, in the order of the page."""
        if not self.plan.is_bound or self.is_valid():
            return []
        whole = [Mistake(str(sentence), "#lines") for sentence in self.lines.non_form_errors()]
        rows = [
            mistake
            for number, row in enumerate(self.lines.forms, start=1)
            if row not in self.lines.deleted_forms
            for mistake in mistakes_of(row, f"{CostLineRows.row_label} {number}, ")
        ]
        return [*mistakes_of(self.plan), *whole, *rows]

    def differences(self) -> list[Difference]:
        """Return where the page differs from what is saved; nothing while it has mistakes."""
        if not self.is_valid():
            return []
        plan = self.plan.cleaned_data
        found = [
            Difference(str(self.plan.fields[name].label), _say(plan[name]), _say(saved))
            for name in costing.PLAN
            if plan[name] != (saved := getattr(self.budget, name))
        ]
        yours = {line.pk or -number: line for number, line in enumerate(self._written(), start=1)}
        theirs = {line.pk: line for line in self.saved}
        pairs = [
            (costing.describe(yours.get(key)), costing.describe(theirs.get(key)))
            for key in dict.fromkeys([*theirs, *yours])
        ]
        return found + [Difference("Cost line", *pair) for pair in pairs if pair[0] != pair[1]]


def overtaken(budget: Budget, data: QueryDict) -> CostSheet:
    """Return what was sent, to be compared with the newer `budget` and saved over it."""
    sent = data.copy()
    sent["seen"] = str(budget.revision)
    sheet = CostSheet(budget, data=sent)
    sheet.is_valid()
    return sheet


def _row(line: CostLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "fiscal_year": line.fiscal_year,
        "kind": line.kind,
        "element": line.element,
        "amount": line.amount,
        "note": line.note,
        "source": line.source_id,
    }


def _say(value: Any) -> str:
    """Return a date or a text for people."""
    if isinstance(value, date):
        return date_format(value)
    return value or "Empty"
