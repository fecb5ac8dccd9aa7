"""Fields that read text, dates and numbers as people type them, and say what they expected.

They are text inputs: a browser's own number and date inputs throw away what they cannot read.
"""

import calendar
import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from problems.figures import in_figures
from problems.plain_text import plain

# Plain or in groups by comma, then a decimal part. "1,5" is refused: it may mean 15 or 1.5.
NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+|(?=\.[0-9]))(?:\.[0-9]+)?")
# What may stand before and after a number without changing it. "Over 6,000" is refused: it is none.
ABOUT = re.compile(r"(?:about|around|roughly|approximately|approx|circa|ca)\b\.?|[~≈]")
MILLIONS = re.compile(r"(.*[0-9])\s*(thousand|million|billion)")
POWERS = {"thousand": 3, "million": 6, "billion": 9}
# A day or a month as people write it. Two numbers with a year are month, then day.
DAYS = (
    re.compile(r"(?P<month>[0-9]{1,2})[/.-](?P<day>[0-9]{1,2})[/.-](?P<year>[0-9]{4}|[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})[/-](?P<month>[0-9]{1,2})[/-](?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<month>[a-z]+) (?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<year>[0-9]{4})"),
    re.compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]+) (?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[a-z]+) (?P<year>[0-9]{4})"),
)
MONTHS = [name.lower() for name in calendar.month_name]
SHORTEST_MONTH = 3
EARLIEST, LATEST = 1800, 2200
LARGEST_COUNT = 2_147_483_647


class PlainText(forms.CharField):
    """Text with plain line ends, never required; its limit is told, not enforced by cutting."""

    def __init__(self, label: str, *, limit: int, rows: int = 0, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        messages = {
            "max_length": "Shorten it: at most %(limit_value)s characters fit, and there are "
            "%(show_value)s.",
            "null_characters_not_allowed": "Take out the characters that cannot be shown.",
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
        """Return the text with one kind of line end, so that it counts as people count.

        A null character stays, so that it is refused in a sentence.
        """
        text = super().to_python(value)
        return plain(text) if text and "\0" not in text else text


def read_number(text: str, *, dropped: str, hint: str) -> str:
    """Return the digits of a number as a person typed it, such as "about 1.2 million"; or "".

    `dropped` holds signs and words that may stand around it. Raises ValidationError with `hint`
    where it may mean more than one number, or none.
    """
    plain = " ".join(text.casefold().split()).replace("\u2212", "-")
    plain = ABOUT.sub("", plain, count=1).strip() if ABOUT.match(plain) else plain
    for word in dropped.split():
        plain = plain.removeprefix(word).removesuffix(word).strip()
    scaled = MILLIONS.fullmatch(plain)
    digits = (scaled[1] if scaled else plain).replace(" ", "")
    if not digits and not text.strip():
        return ""
    if not NUMBER.fullmatch(digits):
        raise ValidationError(hint, code="invalid")
    digits = digits.replace(",", "")
    return f"{Decimal(digits).scaleb(POWERS[scaled[2]]):f}" if scaled else digits


def read_day(text: str, *, end_of_month: bool) -> date | None:
    """Return the day that a person typed, or None where it is no day.

    A month stands for its first day, or for its last where something is due.
    """
    plain = " ".join(text.casefold().replace(",", " ").split())
    plain = re.sub(r"(?<=[a-z])\.", "", plain)
    found = next(filter(None, (pattern.fullmatch(plain) for pattern in DAYS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    month, year = _month(parts["month"]), int(parts["year"])
    year += 2000 if len(parts["year"]) == 2 else 0
    if not (1 <= month <= 12 and year):
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(parts.get("day") or (last if end_of_month else 1))
    return date(year, month, day) if 1 <= day <= last else None


def _month(text: str) -> int:
    """Return the number of a month given by number, name or short name; 0 for none."""
    if text.isdigit():
        return int(text)
    if len(text) < SHORTEST_MONTH:
        return 0
    return next((number for number, name in enumerate(MONTHS) if name.startswith(text)), 0)


class CalendarDate(forms.DateField):
    """A day as Americans write it, in words, or as computers do; a month will do.

    `needed` is what to say where it may not be missing.
    """

    def __init__(
        self, label: str, *, needed: str = "", end_of_month: bool = False, **options: Any
    ) -> None:
        super().__init__(
            label=label,
            required=bool(needed),
            widget=forms.DateInput(format="%m/%d/%Y", attrs={"class": "w10"}),
            error_messages={
                "required": needed,
                "invalid": "Enter a day or a month with its year, such as 3/15/2025 or March 2025.",
            },
            **options,
        )
        self.end_of_month = end_of_month

    def to_python(self, value: Any) -> date | None:
        """Return the day a person typed. Raises ValidationError with what is expected."""
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        day = read_day(value, end_of_month=self.end_of_month)
        if day is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not EARLIEST <= day.year <= LATEST:
            raise ValidationError(f"Check the year: {day.year} cannot be meant.")
        return day


class Figure(forms.DecimalField):
    """A measured value such as 1,200.5."""

    hint = "Enter a number such as 26 or 1,200.5."
    dropped = "% percent"

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
        return super().to_python(read_number(value, dropped=self.dropped, hint=self.hint))

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number without trailing zeros; leave what was typed as it was typed."""
        return in_figures(value) if isinstance(value, Decimal) else value


class Dollars(Figure):
    """An amount of money such as $1,200.50."""

    hint = "Enter dollars such as 1,200 or $1,200.50."
    dropped = "$ dollars usd"

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, digits=15, places=2, min_value=0, **options)
        self.error_messages["min_value"] = "Enter dollars such as 1,200, not less than zero."

    def prepare_value(self, value: Any) -> Any:
        """Show cents as two digits, or not at all."""
        if not isinstance(value, Decimal):
            return value
        return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


class Count(forms.IntegerField):
    """A number of people or cases such as 6,200; `needed` is what to say where it must be there."""

    hint = "Enter a whole number such as 6,200."
    dropped = "people persons residents households families cases"

    def __init__(
        self, label: str, *, needed: str = "", most: int = LARGEST_COUNT, **options: Any
    ) -> None:
        messages = {
            "required": needed,
            "invalid": self.hint,
            "min_value": self.hint,
            "max_value": f"Enter at most {most:,}.",
        }
        super().__init__(
            label=label,
            min_value=0,
            max_value=most,
            required=bool(needed),
            widget=forms.TextInput(attrs={"class": "w10", "inputmode": "numeric"}),
            error_messages=messages,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """Return the number a person typed. Raises ValidationError with what is expected."""
        if not isinstance(value, str):
            return super().to_python(value)
        return super().to_python(read_number(value, dropped=self.dropped, hint=self.hint))

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
