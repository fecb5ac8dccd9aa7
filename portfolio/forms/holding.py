"""The money to hold for a project, and what its page shows while somebody chooses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self, cast

from django import forms
from django.http import QueryDict

from budgets import money
from budgets.forms.fields import MoneyField
from budgets.models import Appropriation, Budget
from portfolio.forms.numbers import whole

LONGEST = 100


class HoldForm(forms.Form):
    """Which money to hold for a budget, and how much of it."""

    summary_on_page = True

    amount = MoneyField(help_text=f"{money.HINT}.")
    appropriation = forms.ModelChoiceField(
        Appropriation.objects.none(),
        label="From",
        error_messages={
            "required": "Choose the appropriation that the money comes from.",
            "invalid_choice": "This appropriation cannot be used here. Choose one from the list.",
        },
    )
    is_named = forms.BooleanField(
        label="The action names this project",
        required=False,
        help_text="Then the money counts, whatever else binds it. It can be said only of an action "
        "that no money was taken from.",
    )

    def __init__(self, *args: Any, budget: Budget, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Appropriation]", self.fields["appropriation"])
        # Money that is all taken stays valid: whoever comes second is told how much is left.
        field.queryset = Appropriation.objects.usable_for(budget, on=today).select_related("fund")


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody typed on the page of holding so far, as far as it can be read."""

    amount: Decimal | None
    unreadable: str
    chosen: int | None
    words: str
    year: int | None
    page: str

    @classmethod
    def of(cls, typed: QueryDict, *, amount: str = "") -> Self:
        """Read what is `typed`; `amount` stands where no amount was sent at all."""
        dollars, unreadable = None, ""
        text = typed.get("amount", amount).strip()
        if text:
            try:
                dollars = money.parse(text) or None
            except money.MoneyError as error:
                unreadable = str(error)
        return cls(
            amount=dollars,
            unreadable=unreadable,
            chosen=whole(typed.get("appropriation", "")),
            words="".join(filter(str.isprintable, typed.get("q", "")))[:LONGEST],
            year=whole(typed.get("year", ""), digits=4),
            page=typed.get("page") or typed.get("at") or "1",
        )
