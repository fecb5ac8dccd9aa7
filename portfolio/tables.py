"""The tables of the site."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list

from budgets import money
from budgets.charts.planned_spent import Year
from budgets.fiscal import label
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


class SpendingTable(tables.Table):
    """Projects with what they planned over all years and what they spent so far."""

    caption = "Projects, with what they planned and what they spent"

    title = tables.Column("Project", order_by=("title", "pk"))
    department = tables.Column(order_by=("department__name", "title", "pk"))
    planned = tables.Column(order_by=("planned", "pk"), attrs={"td": {"class": "num"}})
    spent = tables.Column(order_by=("spent", "pk"), attrs={"td": {"class": "num"}})
    percent = tables.Column("Of the plan", order_by=("percent", "pk"), empty_values=())

    # Fiscal years over their plan by budget, of the rows on the page; a view fills it in.
    over: Mapping[int, list[int]] = MappingProxyType({})

    class Meta:
        empty_text = "No project has a dedicated budget or has spent anything yet."
        order_by = ("-percent",)

    def render_title(self, record: Project) -> str:
        """Link the project's spending."""
        return format_html(
            '<a href="{}">{}</a><span class="sub">{}</span>',
            reverse("project_spending", args=[record.pk]),
            record.title,
            record.reference,
        )

    def render_planned(self, value: Decimal) -> str:
        """Show dollars as people read them."""
        return money.show(value)

    def render_spent(self, value: Decimal) -> str:
        """Show dollars as people read them."""
        return money.show(value)

    def render_percent(self, record: Any) -> str:
        """Say how much of the plan is spent, and each year that is over its plan."""
        whole = Year(record.reference, record.planned, record.spent)
        years = get_text_list([label(year) for year in self.over.get(record.budget_id, [])], "and")
        if whole.is_over:
            return format_html("{}{}", over_plan(whole.words), below(years))
        if years:
            return format_html("{} {}", whole.words, over_plan(f"Over in {years}"))
        return whole.words


def over_plan(words: str) -> SafeString:
    """Return words about money beyond the plan, with their icon."""
    return format_html(
        '<span class="tag bad"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="{}#warning"/></svg>{}</span>',
        static("icons.svg"),
        words,
    )


def below(years: str) -> SafeString | str:
    """Return the years over their plan as a second line, where there are any."""
    return format_html('<span class="sub">Over in {}</span>', years) if years else ""
