"""The waiver that a security officer signs."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format

from budgets.forms.fields import day_field


class WaiverForm(forms.Form):
    """Why a share of security below the floor is enough, until when, and what was read."""

    seen = forms.CharField(
        widget=forms.HiddenInput,
        max_length=60,
        error_messages={"required": "Reload the page, then sign again."},
    )
    reason = forms.CharField(
        label="Why this is enough for now",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why this share of security is enough for now."},
        help_text="What protects it all the same, and what is done before the waiver ends. The "
        "reason is printed in the council's brief.",
    )
    ends_on = day_field(
        "Last day of the waiver", error_messages={"required": "Enter the last day of the waiver."}
    )

    def __init__(self, *args: Any, mark: str, today: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = mark
        self.fields["ends_on"].help_text = f"At the latest {date_format(latest)}."
        self.fields["ends_on"].widget.attrs |= {
            "min": today.isoformat(),
            "max": latest.isoformat(),
        }
