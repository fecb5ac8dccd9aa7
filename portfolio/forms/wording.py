"""Fields whose wording is advised on, under the field, while somebody types or when asked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.http import urlencode

from portfolio.wording import Text, on_text
from problems.advice import Check
from problems.forms.items import check_while_typing


def advised(form: forms.BaseForm, kind: Text, names: Iterable[str]) -> None:
    """Let the fields `names` of `form` ask for advice while somebody types."""
    for name in names:
        shown = form[name]
        field: Any = form.fields[name]
        asked = urlencode({"kind": kind, "field": shown.html_name})
        check_while_typing(shown, f"{reverse('wording')}?{asked}")
        field.advised_as, field.advice = kind, None


def show_advice(parts: Iterable[forms.BaseForm]) -> int:
    """Find the advice on what stands in the fields of `parts`; return how many pieces there are."""
    check, count = Check(), 0
    for shown in (shown for part in parts for shown in part):
        field: Any = shown.field
        if hasattr(field, "advised_as"):
            field.advice = on_text(field.advised_as, str(shown.value() or ""), check)
            count += len(field.advice)
    return count
