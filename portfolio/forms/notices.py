"""How a person wants to be told that something waits."""

from typing import Any

from django import forms

from portfolio.models import City, User


class NoticesForm(forms.Form):
    """One of three choices, in plain words."""

    notices = forms.ChoiceField(
        label="When something new is waiting on me, send an email",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three."},
    )

    def __init__(self, data: Any = None, *, user: User, city: City) -> None:
        super().__init__(data, initial={"notices": user.notices})
        self.fields["notices"].choices = [  # type: ignore[attr-defined]
            (User.Notices.IMMEDIATELY, "Within minutes, each time"),
            (
                User.Notices.DAILY,
                f"Once a day, after 7 in the morning in {city.name}",
            ),
            (User.Notices.NEVER, "Never. I look at the overview myself"),
        ]
