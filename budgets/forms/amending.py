"""Forms of an amendment: the amount, the action that authorizes it, and what receives the money."""

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict

from budgets import fiscal, money
from budgets.amending import Action, Change
from budgets.forms.fields import MoneyField, day_field
from budgets.models import Amendment, Appropriation, Fund

EARLIEST = date(1990, 1, 1)


class AmendmentForm(forms.Form):
    """What changes, by which action, and why."""

    amount = MoneyField(help_text=f"{money.HINT}.")
    action_type = forms.ChoiceField(
        label="Kind of action",
        choices=[("", "Choose one"), *Appropriation.ActionType.choices],
        error_messages={"required": "Choose the kind of action."},
    )
    action_number = forms.CharField(
        label="Number of the action",
        max_length=60,
        help_text="As in the council's records, for example Ord. 2027-31.",
        error_messages={"required": "Enter the number of the action that authorizes this."},
    )
    action_date = day_field(
        "Date of the action",
        error_messages={"required": "Enter the day on which the action was taken."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A sentence for whoever reads the fund a year from now.",
    )

    seen = forms.DecimalField(
        max_digits=15,
        decimal_places=2,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_digits", "max_whole_digits"),
            "Reload the page, then sign again.",
        ),
    )

    def __init__(
        self, data: Any = None, *, kind: Amendment.Kind, appropriation: Appropriation, today: date
    ) -> None:
        # What lapses is, as a rule, all that nobody took.
        all_left = appropriation.left if kind == Amendment.Kind.LAPSE else None
        super().__init__(data, initial={"seen": appropriation.amount, "amount": all_left})
        self.kind, self.appropriation, self.today = kind, appropriation, today

    def clean_action_date(self) -> date:
        """Refuse an action that was not taken yet, and a year that cannot be meant."""
        day: date = self.cleaned_data["action_date"]
        if day > self.today:
            raise forms.ValidationError("Enter the day on which the action was taken.")
        if day < EARLIEST:
            raise forms.ValidationError(f"Check the year: {day.year} cannot be meant.")
        return day

    def catch_up(self) -> None:
        """Carry what the appropriation comes to now: the person is shown that, too."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = str(self.appropriation.amount)
        self.data = typed

    def change(self) -> Change:
        """Return what the amendment will say, once the form is valid."""
        typed = self.cleaned_data
        action = Action(
            kind=typed["action_type"],
            number=typed["action_number"],
            on=typed["action_date"],
            reason=typed["reason"],
        )
        is_raise = self.kind == Amendment.Kind.RAISE
        return Change(
            kind=self.kind,
            amount=typed["amount"],
            action=action,
            source=None if is_raise else self.appropriation,
            target=self.appropriation if is_raise else typed.get("target"),
        )


class ReceiverForm(forms.Form):
    """The fund whose appropriations may receive money; the one that gives it unless told."""

    to = forms.ModelChoiceField(
        Fund.objects.all(), label="Fund that receives it", empty_label=None, required=False
    )

    def fund(self, otherwise: Fund) -> Fund:
        """Return the fund that was asked for, else the other one given."""
        chosen = self.cleaned_data.get("to") if self.is_valid() else None
        return cast("Fund | None", chosen) or otherwise


class TransferForm(AmendmentForm):
    """An amendment that moves money to another appropriation."""

    target = forms.ModelChoiceField(
        Appropriation.objects.none(),
        label="Appropriation that receives it",
        empty_label="Choose an appropriation",
        error_messages={
            "required": "Choose the appropriation that receives the money.",
            "invalid_choice": "Choose an appropriation from the list.",
        },
    )
    field_order = ("target", "amount")

    def __init__(self, data: Any = None, *, receiver: Fund, **given: Any) -> None:
        super().__init__(data, **given)
        others = Appropriation.objects.filter(fund=receiver).exclude(pk=self.appropriation.pk)
        field = cast("forms.ModelChoiceField[Appropriation]", self.fields["target"])
        field.queryset = others.select_related("fund")
        choices = [(row.pk, what_it_is(row)) for row in field.queryset]
        self.has_choices = bool(choices)
        field.widget.choices = [("", field.empty_label), *choices]


def what_it_is(appropriation: Appropriation) -> str:
    """Return an appropriation of a known fund in a line."""
    return " · ".join(
        (
            fiscal.label(appropriation.fiscal_year),
            appropriation.action_number,
            appropriation.get_constraint_display(),
            money.show(appropriation.amount),
        )
    )


class AmendmentFilter(forms.Form):
    """Which amendments to show: of one fund, of one fiscal year."""

    fund = forms.ModelChoiceField(Fund.objects.all(), required=False, empty_label="Every fund")
    year = forms.TypedChoiceField(label="Fiscal year", coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        years = Appropriation.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
        choices = [(year, fiscal.label(year)) for year in years.distinct()]
        cast(forms.TypedChoiceField, self.fields["year"]).choices = [("", "Every year"), *choices]

    @property
    def is_narrowed(self) -> bool:
        """True where something was asked for."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, amendments: Any) -> Any:
        """Return those of `amendments` that left or entered what was asked for."""
        self.is_valid()
        asked = {
            "fund": self.cleaned_data.get("fund"),
            "fiscal_year": self.cleaned_data.get("year"),
        }
        ends = Appropriation.objects.filter(**{name: one for name, one in asked.items() if one})
        if not any(asked.values()):
            return amendments
        return amendments.filter(source__in=ends) | amendments.filter(target__in=ends)
