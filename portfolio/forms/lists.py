"""Forms of the priority list."""

from datetime import date
from typing import Any

from django import forms


class MoveForm(forms.Form):
    """A move: one step up or down, or to a position; and the place as the person saw it."""

    UP, DOWN = "up", "down"

    seen = forms.CharField(max_length=200)
    step = forms.ChoiceField(choices=[(UP, "Up"), (DOWN, "Down")], required=False)
    position = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    def clean(self) -> dict[str, Any]:
        """Insist on a step or a position."""
        cleaned = super().clean() or {}
        if not cleaned.get("step") and not cleaned.get("position"):
            raise forms.ValidationError("Enter the new position as a number, 1 or more.")
        return cleaned


class AdoptForm(forms.Form):
    """What signs the working order: the action and its date."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
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
