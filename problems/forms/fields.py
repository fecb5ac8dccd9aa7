"""Fields that read text, dates and numbers as people type them, and say what they expected.

They are text inputs: a browser's own number and date inputs throw away what they cannot read.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# Plain or in groups by comma, then a decimal part. "1,5" is refused: it may mean 15 or 1.5.
NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+|(?=\.[0-9]))(?:\.[0-9]+)?")
DATE_FORMATS = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y", "%B %d, %Y", "%b %d, %Y")
EARLIEST, LATEST = 1800, 2200
LARGEST_COUNT = 2_147_483_647


class PlainText(forms.CharField):
    """Text with plain line ends, never required; its limit is told, not enforced by cutting."""

    def __init__(self, label: str, *, limit: int, rows: int = 0, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        messages = {
            "max_length": "Shorten it: at most %(limit_value)s characters fit, and there are "
            "%(show_value)s."
        }
        super().__init__(
            label=label,
            max_length=limit,
            required=False,
            widget=widget,
            error_messages=messages,
            **options,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out `maxlength`: browsers cut a paste at it without a word."""
        return {}

    def to_python(self, value: Any) -> Any:
        """Return the text with one kind of line end, so that it counts as people count."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if text else text


class CalendarDate(forms.DateField):
    """A day as Americans write it, in words, or as computers do."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=DATE_FORMATS,
            widget=forms.DateInput(format="%m/%d/%Y", attrs={"class": "w10"}),
            error_messages={"invalid": "Enter a day as month, day and year, such as 3/15/2025."},
            **options,
        )

    def clean(self, value: Any) -> date | None:
        """Refuse years that can only be slips of a finger."""
        day: date | None = super().clean(value)
        if day and not EARLIEST <= day.year <= LATEST:
            raise ValidationError(f"Check the year: {day.year} cannot be meant.")
        return day


class Figure(forms.DecimalField):
    """A measured value such as 1,200.5."""

    hint = "Enter a number such as 26 or 1,200.5."
    dropped = ""

    def __init__(self, label: str, *, digits: int = 18, places: int = 4, **options: Any) -> None:
        messages = {
            "invalid": self.hint,
            "max_decimal_places": f"Use at most {places} digits after the point.",
            "max_digits": "Check for extra zeros: the number is too long.",
            "max_whole_digits": "Check for extra zeros: the number is too long.",
        }
        super().__init__(
            label=label,
            max_digits=digits,
            decimal_places=places,
            required=False,
            widget=forms.TextInput(attrs={"class": "w10", "inputmode": "decimal"}),
            error_messages=messages,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """Return the number a person typed. Raises ValidationError with what is expected."""
        if not isinstance(value, str):
            return super().to_python(value)
        plain = "".join(value.split()).translate({ord(sign): None for sign in self.dropped})
        plain = plain.replace("\u2212", "-")
        if plain and not NUMBER.fullmatch(plain):
            raise ValidationError(self.hint, code="invalid")
        return super().to_python(plain.replace(",", ""))

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number without trailing zeros; leave what was typed as it was typed."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class Dollars(Figure):
    """An amount of money such as $1,200.50."""

    hint = "Enter dollars such as 1,200 or $1,200.50."
    dropped = "$"

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, digits=15, places=2, min_value=0, **options)
        self.error_messages["min_value"] = "Enter dollars such as 1,200, not less than zero."

    def prepare_value(self, value: Any) -> Any:
        """Show cents as two digits, or not at all."""
        if not isinstance(value, Decimal):
            return value
        return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


class Count(forms.IntegerField):
    """A number of people or cases such as 6,200."""

    hint = "Enter a whole number such as 6,200."

    def __init__(self, label: str, *, most: int = LARGEST_COUNT, **options: Any) -> None:
        messages = {
            "invalid": self.hint,
            "min_value": self.hint,
            "max_value": f"Enter at most {most:,}.",
        }
        super().__init__(
            label=label,
            min_value=0,
            max_value=most,
            required=False,
            widget=forms.TextInput(attrs={"class": "w10", "inputmode": "numeric"}),
            error_messages=messages,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """Return the number a person typed. Raises ValidationError with what is expected."""
        if not isinstance(value, str):
            return super().to_python(value)
        plain = "".join(value.split())
        if plain and not NUMBER.fullmatch(plain):
            raise ValidationError(self.hint, code="invalid")
        return super().to_python(plain.replace(",", ""))

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number in groups; leave what was typed as it was typed."""
        return f"{value:,}" if isinstance(value, int) else value


class Choice(forms.ChoiceField):
    """One of the choices of a model's field, or none yet."""

    def __init__(self, label: str, choices: Any, **options: Any) -> None:
        super().__init__(
            label=label,
            choices=[("", "Choose one"), *choices],
            required=False,
            error_messages={"invalid_choice": "Choose one of the list."},
            **options,
        )
