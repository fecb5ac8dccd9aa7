"""The table of problems."""

from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.rows import BoundRows

from problems.models import Problem

PER_PAGE, MOST_PER_PAGE = 50, 100


class ProblemTable(tables.Table):
    """Problems, one a row."""

    caption = "Problems"
    hx_target = "#problems"

    title = tables.Column(empty_values=(), order_by=("title", "pk"))
    department = tables.Column(
        accessor="departments_in_words", order_by=("department__name", "title", "pk")
    )
    state = tables.Column(order_by=("state", "title", "pk"))
    critical_priority = tables.Column(
        default="", order_by=("critical_priority__name", "title", "pk")
    )
    saved = tables.Column(accessor="saved_at", verbose_name="Saved", order_by=("saved_at", "pk"))

    class Meta:
        order_by = ("-saved",)

    def render_title(self, record: Problem) -> str:
        """Link to the page; a draft without a title is named, so that it can be opened."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), str(record))

    def render_state(self, record: Problem) -> str:
        """Show the state as a tag."""
        label = record.get_state_display()
        return format_html('<span class="tag {}">{}</span>', record.state_tone, label)

    def render_saved(self, record: Problem) -> str:
        """Show the day in the city."""
        day = timezone.localtime(record.saved_at)
        return f"{day:%b} {day.day}, {day.year}"


def in_order(problems: Any, request: HttpRequest, *, best_first: bool = False) -> ProblemTable:
    """Return the whole table sorted as the address asks; with `best_first`, as `problems` are.

    `problems` keep the order they come in where the address asks for none and `best_first` says so.
    """
    table = ProblemTable(problems, order_by=() if best_first else None)
    tables.RequestConfig(request, paginate=False).configure(table)
    return table


def page_of(problems: Any, request: HttpRequest, *, best_first: bool = False) -> ProblemTable:
    """Return one page of the table, never more than 100 rows.

    Sorting carries keys alone; only the rows of the page are read whole.
    """
    table = in_order(problems, request, best_first=best_first)
    asked = request.GET.get("per_page", "")
    rows = int(asked) if asked.isdecimal() and len(asked) < 5 else PER_PAGE
    keys = table.data.data.prefetch_related(None).values_list("pk", flat=True)
    table.paginator = Paginator(keys, max(1, min(rows, MOST_PER_PAGE)))
    table.paginator.count = len(table.rows)
    table.page = table.paginator.get_page(request.GET.get("page"))
    on_page = list(table.page.object_list)
    whole = Problem.objects.with_department_names().select_related("critical_priority")
    found = whole.in_bulk(on_page)
    table.page.object_list = BoundRows([found[key] for key in on_page], table)
    return table
