"""Money that is asked for, applied for or forecast, and the answer of finance."""

from typing import Any, cast

from django import forms

from budgets import asking, fiscal, money
from budgets.forms.fields import MoneyField
from budgets.models import Fund, FundingRequest
from problems.plain_text import plain

YEARS_AHEAD = 10


class RequestForm(forms.ModelForm[FundingRequest]):
    """Money that a project hopes for. It never counts."""

    summary_on_page = True

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    amount = MoneyField(help_text=f"{money.HINT}.")
    fund = forms.ModelChoiceField(
        Fund.objects.all(),
        required=False,
        empty_label="Any fund, or not known yet",
        error_messages={"invalid_choice": "There is no such fund any more. Choose another one."},
    )

    class Meta:
        model = FundingRequest
        fields = ("status", "amount", "fund", "fiscal_year", "note")
        help_texts = {
            "status": "What was done so far. None of it counts before it is appropriated.",
            "note": "For example the name of the grant, and when an answer is due.",
        }
        error_messages = {
            "status": {"required": "Choose how far it is."},
            "note": {"max_length": "Keep the note to 200 characters."},
        }

    def __init__(self, data: Any = None, *, instance: FundingRequest) -> None:
        super().__init__(data, instance=instance)
        first = instance.budget.first_fiscal_year
        years = {*range(first - 1, first + YEARS_AHEAD)} | {instance.fiscal_year or first}
        self.fields["fiscal_year"] = forms.TypedChoiceField(
            coerce=int, choices=[(year, fiscal.label(year)) for year in sorted(years)]
        )
        self.initial["fiscal_year"] = instance.fiscal_year or first
        if instance.pk:
            self.initial["seen"] = asking.mark(instance)

    def clean_note(self) -> str:
        """Return the note without marks that turn a line round."""
        return plain(cast(str, self.cleaned_data["note"]))

    def differences(self, saved: FundingRequest | None) -> list[dict[str, Any]]:
        """Return what differs between what was typed and what is `saved` now."""
        theirs = {} if saved is None else in_words(saved)
        yours = in_words(self.instance)
        return [
            {"label": label, "yours": yours[label], "theirs": theirs.get(label, "Removed")}
            for label in yours
            if yours[label] != theirs.get(label)
        ]


def in_words(request: FundingRequest) -> dict[str, str]:
    """Return what a request says, under the labels of its form."""
    return {
        "Status": request.get_status_display(),
        "Amount": money.show(request.amount),
        "Fund": str(request.fund or "Any fund"),
        "Fiscal year": fiscal.label(request.fiscal_year),
        "Note": request.note,
    }


class DeclineForm(forms.Form):
    """Why finance declines."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The department reads it. Say what it can do next.",
        error_messages={
            "required": "Say why, so that the department knows what to do next.",
            "max_length": "Keep the reason to 300 characters.",
        },
    )

    def clean_reason(self) -> str:
        """Return a reason that people can see."""
        reason = plain(cast(str, self.cleaned_data["reason"]))
        if not reason:
            raise forms.ValidationError("Say why, so that the department knows what to do next.")
        return reason
