"""A select that stands in many rows with the same options."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

OPTION = '<option value="{}"{}>{}</option>'


class Option(NamedTuple):
    """One option, rendered once as it looks chosen and once as it does not."""

    value: str
    plain: SafeString
    chosen: SafeString


def options(choices: Iterable[tuple[Any, Any]], *, empty: str = "Choose one") -> list[Option]:
    """Return `choices` as options to share among rows, with one called `empty` before them."""
    return [
        Option(
            str(value),
            format_html(OPTION, value, "", label),
            format_html(OPTION, value, SafeString(" selected"), label),
        )
        for value, label in [("", empty), *choices]
    ]


class SameSelect(forms.Select):
    """A select whose `shared` options were rendered before.

    Rendered one by one, the options of 300 funds in 100 rows would take seconds.
    """

    shared: list[Option] | None = None

    def render(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Return the select with the option of `value` chosen."""
        if self.shared is None:
            return super().render(name, value, dict(attrs or {}), renderer)
        wanted = "" if value is None else str(value)
        shown = (
            (option.chosen if option.value == wanted else option.plain,) for option in self.shared
        )
        named = {"name": name} | self.build_attrs(self.attrs, dict(attrs or {}))
        return format_html(
            "<select{}>{}</select>", flatatt(named), format_html_join("", "{}", shown)
        )
