"""Where what a person typed and what somebody else saved meanwhile are not the same."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.db.models import Model


class Difference(NamedTuple):
    """One place where both differ, in the words of the page; "" for nothing."""

    label: str
    yours: str
    theirs: str


def differences(form: forms.BaseForm, saved: Model) -> Iterator[Difference]:
    """Yield where what was typed into `form` differs from the row that is `saved` now."""
    for name, yours in form.cleaned_data.items():
        field, theirs = form.fields[name], getattr(saved, name)
        if yours != theirs:
            yield Difference(str(field.label), in_words(field, yours), in_words(field, theirs))


def in_words(field: forms.Field, value: Any) -> str:
    """Return a value as the page shows it: a choice by its label, a day and a number as typed."""
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ModelChoiceField):
        return str(field.clean(getattr(value, "pk", value)))
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(value, value))
    if isinstance(field, forms.DateField):
        return f"{value:%m/%d/%Y}"
    return str(field.prepare_value(value))


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the choices of a list without its groups."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label
