"""Fields of money: an amount as people type it, a day."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budgets import money


class MoneyField(forms.Field):
    """An amount of dollars above zero, typed as people type it."""

    default_error_messages = {
        "required": f"Enter an amount. {money.HINT}.",
        "not_positive": "Enter an amount above zero.",
    }

    def __init__(self, **options: Any) -> None:
        shown = {"inputmode": "decimal", "autocomplete": "off", "class": "w10", "size": "12"}
        super().__init__(**{"widget": forms.TextInput(attrs=shown)} | options)

    def to_python(self, value: Any) -> Decimal | None:
        """Return the dollars typed, nothing where the field is empty."""
        if value is None or isinstance(value, Decimal):
            return value
        if not str(value).strip():
            return None
        try:
            return money.parse(str(value))
        except money.MoneyError as unreadable:
            raise ValidationError(str(unreadable), code="not_money") from None

    def validate(self, value: Decimal | None) -> None:
        """Refuse nothing where an amount is needed, and zero everywhere."""
        super().validate(value)
        if value is not None and value <= 0:
            raise ValidationError(self.error_messages["not_positive"], code="not_positive")

    def prepare_value(self, value: Any) -> Any:
        """Show a saved amount as people read it, and a typed one as it was typed."""
        return money.show(value) if isinstance(value, Decimal) else value


def day_field(label: str, **options: Any) -> forms.DateField:
    """Return a field for a day, with the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    messages = {"required": "Enter the day.", "invalid": "Enter a day such as 09/30/2027."}
    messages |= options.pop("error_messages", {})
    return forms.DateField(label=label, widget=widget, error_messages=messages, **options)
