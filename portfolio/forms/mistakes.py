"""What is to fix on a page, as one list above its forms."""

from collections.abc import Iterator
from typing import NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


class Mistake(NamedTuple):
    """One thing to fix on the page, and where."""

    sentence: str
    href: str


def mistakes_of(form: forms.BaseForm, where: str = "") -> Iterator[Mistake]:
    """Yield the mistakes in `form`, each with the name of its field, after `where`."""
    for name, errors in form.errors.items():
        if name == NON_FIELD_ERRORS:
            yield from (Mistake(f"{where}{sentence}", "") for sentence in errors)
            continue
        label = form[name].label
        named = f"{where}{label[0].lower()}{label[1:]}" if where else label
        yield Mistake(f"{named} – {' '.join(map(str, errors))}", f"#{form[name].id_for_label}")


def mistakes_in(refused: ValidationError) -> list[Mistake]:
    """Return each reason of a refusal, with a link to its condition on the page, if it is one."""
    return [
        Mistake(error.messages[0], f"#{error.code}" if error.code else "")
        for error in refused.error_list
    ]
