"""The table of problems."""

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html

from problems.models import Problem

PER_PAGE, MOST_PER_PAGE = 50, 100
TONES = {
    Problem.State.SUBMITTED: "info",
    Problem.State.RETURNED: "warn",
    Problem.State.DEFINED: "ok",
}


class ProblemTable(tables.Table):
    """Problems, one a row."""

    caption = "Problems"
    hx_target = "#problems"

    title = tables.Column(linkify=True, empty_values=(), order_by=("title", "pk"))
    department = tables.Column(order_by=("department__name", "title", "pk"))
    state = tables.Column(order_by=("state", "title", "pk"))
    critical_priority = tables.Column(
        default="", order_by=("critical_priority__name", "title", "pk")
    )
    saved = tables.Column(accessor="saved_at", verbose_name="Saved", order_by=("saved_at", "pk"))

    class Meta:
        order_by = ("-saved",)
        empty_text = "No problem fits."
        attrs = {"id": "problems"}

    def render_title(self, record: Problem) -> str:
        """Name a draft without a title, so that it can be opened."""
        return str(record)

    def render_state(self, record: Problem) -> str:
        """Show the state as a tag."""
        tone = TONES.get(Problem.State(record.state), "")
        return format_html('<span class="tag {}">{}</span>', tone, record.get_state_display())

    def render_saved(self, record: Problem) -> str:
        """Show the day in the city."""
        return formats.date_format(timezone.localtime(record.saved_at), "M j, Y")


def page_of(problems: Any, request: HttpRequest) -> ProblemTable:
    """Return the table sorted and paged as the address asks, never more than 100 rows."""
    table = ProblemTable(problems)
    tables.RequestConfig(request, paginate=False).configure(table)
    asked = request.GET.get("per_page", "")
    rows = int(asked) if asked.isdecimal() and len(asked) < 5 else PER_PAGE
    table.paginate(per_page=max(1, min(rows, MOST_PER_PAGE)))
    table.page = table.paginator.get_page(request.GET.get("page"))
    return table
