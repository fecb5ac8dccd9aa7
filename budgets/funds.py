"""How a fund stands: appropriated, held, committed, spent and free, by fiscal year and in all.

What was spent is a part of what was committed, as the city's books say it: it takes nothing from
what is free a second time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from budgets.charts import fund_stack
from budgets.fiscal import label
from budgets.models import Allocation, Appropriation, Fund, Spending

NOTHING = Decimal(0)
ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Balance:
    """Dollars of some appropriations together; `lapsed` was taken by nobody in time."""

    appropriated: Decimal = NOTHING
    held: Decimal = NOTHING
    committed: Decimal = NOTHING
    lapsed: Decimal = NOTHING
    spent: Decimal = NOTHING

    @property
    def free(self) -> Decimal:
        """Dollars that can still be held."""
        return self.appropriated - self.held - self.committed - self.lapsed


class Lapse(NamedTuple):
    """How soon money lapses, in a few words and a tone: warn or bad."""

    label: str
    tone: str


def together(balances: Iterable[Balance]) -> Balance:
    """Return what `balances` come to together."""
    rows = list(balances)
    return Balance(
        appropriated=sum((row.appropriated for row in rows), NOTHING),
        held=sum((row.held for row in rows), NOTHING),
        committed=sum((row.committed for row in rows), NOTHING),
        lapsed=sum((row.lapsed for row in rows), NOTHING),
        spent=sum((row.spent for row in rows), NOTHING),
    )


def by_year(fund: Fund, *, on: date) -> list[tuple[int, Balance]]:
    """Return each fiscal year of `fund` with its balance on that day, the latest first.

    Two queries, whatever is in the fund. A year in which it only spent is one of them.
    """
    return _by_year(fund.appropriations.all(), Spending.objects.filter(fund=fund), on=on)


def city_by_year(*, on: date) -> list[tuple[int, Balance]]:
    """Return each fiscal year with the balance of all funds together, as `by_year` does for one."""
    return _by_year(Appropriation.objects.all(), Spending.objects.all(), on=on)


def _by_year(
    appropriations: QuerySet[Appropriation], spending: QuerySet[Spending], *, on: date
) -> list[tuple[int, Balance]]:
    left = F("amount") - F("held") - F("committed")
    sums = (
        appropriations.order_by()
        .values("fiscal_year")
        .annotate(
            appropriated=_total(F("amount")),
            held_sum=_total(F("held")),
            committed_sum=_total(F("committed")),
            lapsed=_total(left, only=Q(available_until__lt=on)),
        )
    )
    money: dict[int, Any] = {row["fiscal_year"]: row for row in sums}
    spent = dict(spending.order_by().values_list("fiscal_year").annotate(spent=_total(F("amount"))))
    return [
        (year, _as_balance(money.get(year, {}), spent.get(year, NOTHING)))
        for year in sorted(money.keys() | spent.keys(), reverse=True)
    ]


def _total(amount: Combinable, *, only: Q | None = None) -> Coalesce:
    dollars = DecimalField(max_digits=17, decimal_places=2)
    return Coalesce(
        Sum(amount, filter=only, output_field=dollars), Value(NOTHING), output_field=dollars
    )


def _as_balance(row: Mapping[str, Decimal], spent: Decimal) -> Balance:
    return Balance(
        appropriated=row.get("appropriated", NOTHING),
        held=row.get("held_sum", NOTHING),
        committed=row.get("committed_sum", NOTHING),
        lapsed=row.get("lapsed", NOTHING),
        spent=spent,
    )


def stack(years: Iterable[tuple[int, Balance]]) -> tuple[fund_stack.Year, ...]:
    """Return balances by fiscal year as the rows of a chart, earliest first."""
    return tuple(
        fund_stack.Year(
            label=label(year),
            committed=balance.committed,
            held=balance.held,
            free=balance.free,
            lapsed=balance.lapsed,
            spent=balance.spent,
        )
        for year, balance in sorted(years, key=lambda pair: pair[0])
    )


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
        money = Appropriation.objects.filter(rows)
        sums[f"{scope}_appropriated"] = _sum(F("amount"), money)
        sums[f"{scope}_held"] = _sum(F("held"), money)
        sums[f"{scope}_committed"] = _sum(F("committed"), money)
        left = F("amount") - F("held") - F("committed")
        sums[f"{scope}_free"] = _sum(left, money.filter(available_until__gte=on))
        sums[f"{scope}_spent"] = _sum(F("amount"), Spending.objects.filter(rows))
    return funds.annotate(**sums)


def _sum(amount: Combinable, rows: QuerySet[Any]) -> Coalesce:
    of_fund = rows.filter(fund=OuterRef("pk")).order_by().values("fund")
    return _below(of_fund.annotate(total=_total(amount)).values("total"))


def _below(total: QuerySet[Any, Any]) -> Coalesce:
    dollars = DecimalField(max_digits=17, decimal_places=2)
    return Coalesce(Subquery(total), Value(NOTHING), output_field=dollars)


def with_match(appropriations: QuerySet[Appropriation]) -> QuerySet[Appropriation]:
    """Add `match_committed`: dollars that the match fund has committed beside each grant.

    Counted is what is committed to the budgets that the grant itself is committed to.
    """
    committed = Allocation.objects.committed().order_by()
    paid_by_grant = committed.filter(appropriation=OuterRef(OuterRef("pk")))
    beside = committed.filter(
        appropriation__fund=OuterRef("match_fund"), budget__in=paid_by_grant.values("budget")
    ).exclude(appropriation=OuterRef("pk"))
    total = beside.values("appropriation__fund").annotate(total=_total(F("amount")))
    return appropriations.annotate(match_committed=_below(total.values("total")))


def match_needed(grant: Appropriation) -> Decimal | None:
    """Return the dollars that the city adds to `grant`, or None where it has no match.

    The percentage is the city's share of the whole cost (2 CFR 200.306 counts it so): a match of
    20 percent means that a grant of 80 needs 20.
    """
    share = grant.match_percent
    if share is None or share >= ALL:
        return None
    return (grant.amount * share / (ALL - share)).quantize(Decimal("0.01"))
