"""The list of funds."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets import money
from budgets.models import Fund

NUMBER: dict[str, Any] = {"td": {"class": "num"}}


class FundTable(tables.Table):
    """Funds with their money of one fiscal year; below an amount, that of all years."""

    caption = "Funds, with what is appropriated, held, committed and free"

    code = tables.Column("Fund")
    fund_type = tables.Column("Type", order_by=("fund_type", "code"))
    year_appropriated = tables.Column(
        "Appropriated", order_by=("year_appropriated", "code"), attrs=NUMBER
    )
    year_held = tables.Column("Held", order_by=("year_held", "code"), attrs=NUMBER)
    year_committed = tables.Column("Committed", order_by=("year_committed", "code"), attrs=NUMBER)
    year_free = tables.Column("Free", order_by=("year_free", "code"), attrs=NUMBER)

    class Meta:
        order_by = ("code",)
        empty_text = "No fund has been entered yet."

    def render_code(self, record: Fund) -> SafeString:
        """Link the fund to its page."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)

    def render_year_appropriated(self, value: Decimal, record: Any) -> SafeString | str:
        """Show the year's amount and that of all years."""
        return both(value, record.all_appropriated)

    def render_year_held(self, value: Decimal, record: Any) -> SafeString | str:
        """Show the year's amount and that of all years."""
        return both(value, record.all_held)

    def render_year_committed(self, value: Decimal, record: Any) -> SafeString | str:
        """Show the year's amount and that of all years."""
        return both(value, record.all_committed)

    def render_year_free(self, value: Decimal, record: Any) -> SafeString | str:
        """Show the year's amount and that of all years."""
        return both(value, record.all_free)


def both(year: Decimal, every_year: Decimal) -> SafeString | str:
    """Return an amount of the year, and below it that of all years where it is another."""
    if year == every_year:
        return money.show(year)
    return format_html(
        '{}<span class="sub">{} in all years</span>', money.show(year), money.show(every_year)
    )
