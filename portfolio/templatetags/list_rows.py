"""Rows of a list, at about the price of a hand-written table."""

from collections.abc import Iterator
from typing import Any

import django_tables2 as tables
from django import template
from django.utils.html import format_html
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature

register = template.Library()


class Plan:
    """What is the same in every cell of one column, found out once.

    django-tables2 inspects the signature of `render` and computes every attribute again for each
    cell. Attributes computed per record, pinned rows and many-to-many columns are left out.
    """

    def __init__(self, column: Any, model: type | None) -> None:
        self.column = column
        self.accessor = Accessor(column.accessor)
        names, catch_all = signature(column.render)
        self.wanted = None if catch_all else frozenset(names)
        css = column.column.attrs.get("td", {}).get("class")
        attrs = format_html(' class="{}"', css) if css else ""
        self.attrs = format_html('{} data-label="{}"', attrs, column.header)
        field = self.accessor.get_field(model) if model else None
        self.words = dict(getattr(field, "flatchoices", None) or ())

    def content(self, row: BoundRow) -> Any:
        """Return what the cell of `row` shows."""
        column = self.column
        try:
            value = self.accessor.resolve(row.record)
        except (AttributeError, KeyError, TypeError, ValueError):
            value = None
        if value in column.column.empty_values:
            return column.default
        known = {
            "value": self.words.get(value, value) if self.words else value,
            "record": row.record,
            "column": column.column,
            "bound_column": column,
            "bound_row": row,
            "table": row.table,
        }
        if self.wanted is None:
            shown = column.render(**known)
        else:
            shown = column.render(**{name: known[name] for name in self.wanted})
        return column.link(shown, **known) if column.link else shown


@register.filter
def cells(table: tables.Table) -> Iterator[dict[str, Any]]:
    """Yield the rows on the page of `table`: the heading, and the cells with their attributes."""
    model = getattr(table.data, "model", None)
    first, *rest = (Plan(column, model) for column in table.columns)
    for row in table.paginated_rows:
        yield {
            "heading": first.content(row),
            "cells": [{"attrs": plan.attrs, "content": plan.content(row)} for plan in rest],
        }
