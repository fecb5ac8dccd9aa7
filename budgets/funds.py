"""How a fund stands: appropriated, held, committed and free, by fiscal year and in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from budgets.models import Appropriation, Fund

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Dollars of some appropriations together; `lapsed` was taken by nobody in time."""

    appropriated: Decimal
    held: Decimal
    committed: Decimal
    lapsed: Decimal

    @property
    def free(self) -> Decimal:
        """Dollars that can still be held."""
        return self.appropriated - self.held - self.committed - self.lapsed

    @property
    def committed_share(self) -> Decimal:
        """The committed part in percent, for a bar."""
        return self._share(self.committed)

    @property
    def held_share(self) -> Decimal:
        """The held part in percent, for a bar."""
        return self._share(self.held)

    def _share(self, part: Decimal) -> Decimal:
        if not self.appropriated:
            return NOTHING
        return (100 * part / self.appropriated).quantize(Decimal("0.1"))


class Lapse(NamedTuple):
    """How soon money lapses, in a few words and a tone: warn or bad."""

    label: str
    tone: str


def balance(appropriations: Iterable[Appropriation], *, on: date) -> Balance:
    """Return what `appropriations` come to together on that day."""
    rows = list(appropriations)
    return Balance(
        appropriated=sum((row.amount for row in rows), NOTHING),
        held=sum((row.held for row in rows), NOTHING),
        committed=sum((row.committed for row in rows), NOTHING),
        lapsed=sum((row.left for row in rows if row.available_until < on), NOTHING),
    )


def by_year(appropriations: Iterable[Appropriation], *, on: date) -> list[tuple[int, Balance]]:
    """Return each fiscal year of `appropriations` with its balance, the latest first."""
    years: dict[int, list[Appropriation]] = {}
    for row in appropriations:
        years.setdefault(row.fiscal_year, []).append(row)
    return [(year, balance(years[year], on=on)) for year in sorted(years, reverse=True)]


def lapse(appropriation: Appropriation, *, on: date, warn_days: int) -> Lapse | None:
    """Return a warning when the money lapses within `warn_days` days, or has lapsed."""
    days = (appropriation.available_until - on).days
    if days < 0:
        return Lapse("Lapsed", "bad")
    if days > warn_days:
        return None
    return Lapse(
        {0: "Lapses today", 1: "Lapses tomorrow"}.get(days, f"Lapses in {days} days"), "warn"
    )


def with_balances(funds: QuerySet[Fund], *, fiscal_year: int, on: date) -> QuerySet[Fund]:
    """Add the balance of `fiscal_year` (`year_…`) and of all years (`all_…`), in one query.

    Each sum is a query of its own below the fund, so that a page of fifty sums fifty funds.
    """
    sums = {}
    for scope, rows in (("year", Q(fiscal_year=fiscal_year)), ("all", Q())):
        sums[f"{scope}_appropriated"] = _sum(F("amount"), rows)
        sums[f"{scope}_held"] = _sum(F("held"), rows)
        sums[f"{scope}_committed"] = _sum(F("committed"), rows)
        left = F("amount") - F("held") - F("committed")
        sums[f"{scope}_free"] = _sum(left, rows & Q(available_until__gte=on))
    return funds.annotate(**sums)


def _sum(amount: Combinable, rows: Q) -> Coalesce:
    money = DecimalField(max_digits=17, decimal_places=2)
    of_fund = Appropriation.objects.filter(rows, fund=OuterRef("pk")).order_by().values("fund")
    total = of_fund.annotate(total=Sum(amount, output_field=money)).values("total")
    return Coalesce(Subquery(total), Value(NOTHING), output_field=money)
