"""The list of funds, and the list of amendments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets import money
from budgets.fiscal import label
from budgets.funds import with_balances
from budgets.models import Amendment, Appropriation, Fund

type Funds = QuerySet[Fund]

NUMBER: dict[str, Any] = {"td": {"class": "num"}}


class BalanceColumn(tables.Column):
    """A sum of each fund: that of the fiscal year and, below it, that of all years."""

    def __init__(self, name: str) -> None:
        super().__init__(name.capitalize(), accessor="pk", attrs=NUMBER)  # type: ignore[no-untyped-call]
        self.name = name

    def render(self, record: Fund, table: FundTable) -> SafeString | str:  # type: ignore[override]
        """Show both sums."""
        balance = table.balances[record.pk]
        return both(getattr(balance, f"year_{self.name}"), getattr(balance, f"all_{self.name}"))


class FundTable(tables.Table):
    """Funds with their money of one fiscal year; below an amount, that of all years."""

    caption = "Funds, with what is appropriated, held, committed, spent and free"

    code = tables.Column("Fund")
    fund_type = tables.Column("Type", order_by=("fund_type", "code"))
    year_appropriated = BalanceColumn("appropriated")
    year_held = BalanceColumn("held")
    year_committed = BalanceColumn("committed")
    year_spent = BalanceColumn("spent")
    year_free = BalanceColumn("free")

    class Meta:
        order_by = ("code",)
        empty_text = "No fund has been entered yet."

    def __init__(self, *args: Any, fiscal_year: int, on: date, **options: Any) -> None:
        self.fiscal_year, self.on = fiscal_year, on
        self.balances: dict[int, Any] = {}
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]

    def with_balances(self, funds: Funds) -> Funds:
        """Add the sums to `funds`."""
        return with_balances(funds, fiscal_year=self.fiscal_year, on=self.on)

    def _ordered(self, funds: Funds, by: str, *, is_descending: bool) -> tuple[Funds, bool]:
        return self.with_balances(funds).order_by(f"-{by}" if is_descending else by, "code"), True

    def order_year_appropriated(self, funds: Funds, descending: bool) -> tuple[Funds, bool]:  # noqa: FBT001
        """Order by what was appropriated in the year."""
        return self._ordered(funds, "year_appropriated", is_descending=descending)

    def order_year_held(self, funds: Funds, descending: bool) -> tuple[Funds, bool]:  # noqa: FBT001
        """Order by what was held in the year."""
        return self._ordered(funds, "year_held", is_descending=descending)

    def order_year_committed(self, funds: Funds, descending: bool) -> tuple[Funds, bool]:  # noqa: FBT001
        """Order by what was committed in the year."""
        return self._ordered(funds, "year_committed", is_descending=descending)

    def order_year_spent(self, funds: Funds, descending: bool) -> tuple[Funds, bool]:  # noqa: FBT001
        """Order by what was spent in the year."""
        return self._ordered(funds, "year_spent", is_descending=descending)

    def order_year_free(self, funds: Funds, descending: bool) -> tuple[Funds, bool]:  # noqa: FBT001
        """Order by what is free in the year."""
        return self._ordered(funds, "year_free", is_descending=descending)

    def before_render(self, request: Any) -> None:
        """Sum the money of the funds on this page alone, not of those on the pages before it."""
        shown = [row.record.pk for row in self.page.object_list]
        self.balances = self.with_balances(Fund.objects.filter(pk__in=shown)).in_bulk()

    def render_code(self, record: Fund) -> SafeString:
        """Link the fund to its page."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)


def both(year: Decimal, every_year: Decimal) -> SafeString | str:
    """Return an amount of the year, and below it that of all years where it is another."""
    if year == every_year:
        return money.show(year)
    return format_html(
        '{}<span class="sub line">{} in all years</span>',
        money.show(year),
        money.show(every_year),
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
