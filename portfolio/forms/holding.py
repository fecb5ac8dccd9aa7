"""The money to hold for a project."""

from datetime import date
from typing import Any, cast

from django import forms

from budgets import fiscal, ledger, money
from budgets.forms.fields import MoneyField
from budgets.models import Appropriation, Budget


class HoldForm(forms.Form):
    """Which money to hold for a budget, and how much of it."""

    summary_on_page = True

    appropriation = forms.ModelChoiceField(
        Appropriation.objects.none(),
        label="From",
        empty_label="Choose an appropriation",
        error_messages={
            "required": "Choose the appropriation that the money comes from.",
            "invalid_choice": "This appropriation cannot be used here. Choose one from the list.",
        },
    )
    amount = MoneyField(help_text=f"{money.HINT}.")
    is_named = forms.BooleanField(
        label="The action names this project",
        required=False,
        help_text="Then the money counts, whatever else binds it.",
    )

    def __init__(self, *args: Any, budget: Budget, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Appropriation]", self.fields["appropriation"])
        usable = ledger.usable(budget, on=today).select_related("fund")
        # Money that is all taken stays valid: whoever comes second is told how much is left.
        field.queryset = usable
        chosen = self.data.get("appropriation", "")
        offered = usable.with_money_left()
        if chosen.isdecimal():
            offered |= usable.filter(pk=chosen)
        choices = [(row.pk, what_is_left(row)) for row in offered]
        self.has_choices = bool(choices)
        field.widget.choices = [("", field.empty_label), *choices]


def what_is_left(appropriation: Appropriation) -> str:
    """Return an appropriation in a line, with what is left of it."""
    return " · ".join(
        (
            str(appropriation.fund),
            fiscal.label(appropriation.fiscal_year),
            appropriation.action_number,
            f"{money.show(appropriation.left)} left",
        )
    )
