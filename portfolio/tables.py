"""The tables of the site."""

import django_tables2 as tables
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets import money
from portfolio.models import Project


def critical_mark(name: str) -> SafeString:
    """Return the mark of a critical priority, as `problems/critical/mark.html` draws it."""
    return format_html(
        '<span class="critical"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="{}#flag"/></svg><span class="vh">Critical priority: </span>{}</span>',
        static("icons.svg"),
        name,
    )


class ProjectTable(tables.Table):
    """Projects, one a row: where each stands at the gate and what it costs."""

    caption = "Projects"

    title = tables.Column(order_by=("title", "pk"))
    reference = tables.Column(verbose_name="Number", order_by=("pk",))
    department = tables.Column(order_by=("department__name", "title", "pk"))
    gate = tables.Column(
        accessor="gate_word",
        verbose_name="Scoping gate",
        order_by=("stage", "on_hold", "problem_defined", "budget_dedicated", "listed", "pk"),
    )
    cost = tables.Column(
        accessor="budget__needed",
        verbose_name="One-time cost",
        order_by=("budget__one_time_cost", "pk"),
        attrs={"td": {"class": "num"}},
    )

    class Meta:
        empty_text = "No project matches. Change the words or the choices above."
        order_by = ("title",)

    def render_title(self, record: Project) -> str:
        """Link the project, with the critical priority it serves below."""
        mark = critical_mark(record.critical) if record.critical else ""
        return format_html('<a href="{}">{}</a>{}', record.get_absolute_url(), record.title, mark)

    def render_gate(self, record: Project) -> str:
        """Show the word as a tag."""
        return format_html('<span class="tag {}">{}</span>', record.gate_tone, record.gate_word)

    def render_cost(self, record: Project) -> str:
        """Show dollars as people read them."""
        return money.show(record.budget.needed) if record.budget.needed else "–"
