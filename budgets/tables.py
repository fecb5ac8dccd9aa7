"""The list of funds, and the list of amendments."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets import money
from budgets.fiscal import label
from budgets.models import Amendment, Appropriation, Fund

NUMBER: dict[str, Any] = {"td": {"class": "num"}}


class FundTable(tables.Table):
    """Funds with their money of one fiscal year; below an amount, that of all years."""

    caption = "Funds, with what is appropriated, held, committed, spent and free"

    code = tables.Column("Fund")
    fund_type = tables.Column("Type", order_by=("fund_type", "code"))
    year_appropriated = tables.Column(
        "Appropriated", order_by=("year_appropriated", "code"), attrs=NUMBER
    )
    year_held = tables.Column("Held", order_by=("year_held", "code"), attrs=NUMBER)
    year_committed = tables.Column("Committed", order_by=("year_committed", "code"), attrs=NUMBER)
    year_spent = tables.Column("Spent", order_by=("year_spent", "code"), attrs=NUMBER)
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

    def render_year_spent(self, value: Decimal, record: Any) -> SafeString | str:
        """Show the year's amount and that of all years."""
        return both(value, record.all_spent)

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


class AmendmentTable(tables.Table):
    """What changed appropriations: each amendment with its action, both ends and who signed it."""

    caption = "Amendments, the latest first"

    number = tables.Column("Amendment", order_by=("number",))
    action = tables.Column(
        accessor="action_number", verbose_name="Action", order_by=("action_date", "number")
    )
    source = tables.Column("From", orderable=False, default="–")
    target = tables.Column("To", orderable=False, default="–")
    amount = tables.Column(order_by=("amount", "number"), attrs=NUMBER)
    signed_by = tables.Column("Signed", order_by=("signed_at", "number"))

    class Meta:
        order_by = ("-number",)
        empty_text = "No appropriation was amended yet."

    def render_number(self, record: Amendment) -> SafeString:
        """Show the number with what it does, and why."""
        reason = format_html('<span class="sub">{}</span>', record.reason) if record.reason else ""
        return format_html("{} · {}{}", record.number, record.get_kind_display(), reason)

    def render_action(self, record: Amendment) -> SafeString:
        """Show the action with its kind and date."""
        return format_html(
            '{}<span class="sub">{}, {}</span>',
            record.action_number,
            record.get_action_type_display(),
            date_format(record.action_date),
        )

    def render_source(self, value: Appropriation) -> SafeString:
        """Link what the money left."""
        return linked(value)

    def render_target(self, value: Appropriation) -> SafeString:
        """Link what the money entered."""
        return linked(value)

    def render_amount(self, value: Decimal) -> str:
        """Show dollars as people read them."""
        return money.show(value)

    def render_signed_by(self, record: Amendment) -> SafeString:
        """Show who signed, and when."""
        day = date_format(timezone.localdate(record.signed_at))
        return format_html('{}<span class="sub">{}</span>', record.signed_by.name, day)


def linked(appropriation: Appropriation) -> SafeString:
    """Return a link to an appropriation, with its fund and year."""
    return format_html(
        '<a href="{}">{}</a><span class="sub">{}, {}</span>',
        reverse("appropriation", args=[appropriation.pk]),
        appropriation.action_number,
        appropriation.fund,
        label(appropriation.fiscal_year),
    )
