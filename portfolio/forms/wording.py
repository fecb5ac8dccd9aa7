"""Fields whose wording is advised on, under the field, while somebody types or when asked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from portfolio.wording import Text, on_text
from problems.advice import Check


def advised(form: forms.BaseForm, kind: Text, names: Iterable[str]) -> None:
    """Let the fields `names` of `form` ask for advice while somebody types."""
    for name in names:
        shown = form[name]
        field: Any = form.fields[name]
        asked = urlencode({"kind": kind, "field": shown.html_name})
        field.widget.attrs |= {
            "hx-post": f"{reverse('wording')}?{asked}",
            "hx-trigger": "input changed delay:700ms",
            "hx-params": shown.html_name,
            "hx-target": f"#{shown.auto_id}_lint",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
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


def is_asked(request: HttpRequest) -> bool:
    """Return whether a person asked for the advice, by the button that works without scripting."""
    return "check" in (request.POST if request.method == "POST" else request.GET)
