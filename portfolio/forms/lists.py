"""Forms of the priority list."""

from datetime import date
from typing import Any

from django import forms

from portfolio.ranking import LONGEST_REASON, Between


class MoveForm(forms.Form):
    """A move: between two projects or to a position, the list as the person saw it, and why.

    `between` is "12-15": the keys of the projects just above and below the new place; an end of the
    list is blank.
    """

    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)
    mark = forms.CharField(
        max_length=40, required=False, empty_value=None, widget=forms.HiddenInput
    )
    between = forms.RegexField(
        r"^[0-9]{0,18}-[0-9]{0,18}$", required=False, widget=forms.HiddenInput
    )
    position = forms.IntegerField(
        min_value=1, max_value=1_000_000, required=False, widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label="Why it moves",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        help_text="Stands in the history of the list, and beside the project on the adopted list.",
    )

    def clean(self) -> dict[str, Any]:
        """Insist on a place to move to."""
        cleaned = super().clean() or {}
        if not cleaned.get("between") and not cleaned.get("position"):
            raise forms.ValidationError("Enter the new position as a number, 1 or more.")
        return cleaned

    @property
    def to(self) -> int | Between:
        """Where the project shall go, once the form is valid."""
        if not self.cleaned_data["between"]:
            position: int = self.cleaned_data["position"]
            return position
        above, below = self.cleaned_data["between"].split("-")
        return Between(int(above) if above else None, int(below) if below else None)


class AdoptForm(forms.Form):
    """What signs the working order: the action, its date, and the word that says it is meant."""

    WORD = "adopt"

    seen = forms.CharField(widget=forms.HiddenInput, max_length=200)
    action_number = forms.CharField(
        label="Number of the action",
        max_length=60,
        error_messages={"required": "Enter the number of the action."},
        help_text="As it stands in the council's records, for example Resolution 2027-14.",
    )
    adopted_on = forms.DateField(
        label="Date of the action",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the date of the action."},
        help_text="The day the list was adopted: today or earlier.",
    )
    word = forms.CharField(
        label="Type adopt",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": "Type the word adopt to sign the list."},
        help_text="The word signs the list. It never changes afterwards; another list replaces it.",
    )

    def __init__(self, *args: Any, today: date, mark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["seen"].initial = mark
        self.fields["adopted_on"].initial = today

    def clean_adopted_on(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["adopted_on"]
        if day > self.today:
            raise forms.ValidationError("Enter the day of the action: today or earlier.")
        return day

    def clean_word(self) -> str:
        """Insist on the word, however it is capitalized."""
        word: str = self.cleaned_data["word"]
        if word.strip(" .\"'“”").lower() != self.WORD:
            raise forms.ValidationError("Type the word adopt to sign the list.")
        return self.WORD

    @property
    def signed(self) -> dict[str, Any]:
        """What the signature is made of."""
        return {name: self.cleaned_data[name] for name in ("seen", "action_number", "adopted_on")}

    def refuse(self, refusal: forms.ValidationError) -> None:
        """Say why nothing was signed; the word has to be typed anew for what is shown now."""
        self.full_clean()
        self.errors.pop("word", None)
        self.add_error(None, refusal)
