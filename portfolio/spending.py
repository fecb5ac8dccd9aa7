"""Projects with what they planned and spent, for the list that compares them."""

from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from budgets import spending
from budgets.models import Allocation, Budget, Fund, Spending
from portfolio.models import Project

DOLLARS = DecimalField(max_digits=17, decimal_places=2)
PERCENT = DecimalField(max_digits=30, decimal_places=2)


def compared(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return those of `projects` whose money is compared, each with what it planned and spent.

    Added are `planned` (dollars over all years), `spent` (dollars so far) and `percent` (spent of
    planned, None where nothing is planned).
    """
    planned = F("budget__one_time_cost") + F("budget__contingency") + F("budget__recurring_cost")
    counted = Budget.objects.filter(spending.counted())
    return _with_percent(
        projects.filter(budget__in=counted).annotate(
            planned=planned, spent=_sum(Spending.objects.all())
        )
    )


def compared_in(projects: QuerySet[Project], fund: Fund) -> QuerySet[Project]:
    """Return those of `projects` that have money of `fund` committed or spent, as `compared` does.

    Planned is then what is committed to the project out of this fund.
    """
    committed = Allocation.objects.committed().filter(appropriation__fund=fund)
    return _with_percent(
        projects.annotate(
            planned=_sum(committed), spent=_sum(Spending.objects.filter(fund=fund))
        ).filter(Q(planned__gt=0) | Q(spent__gt=0))
    )


def _with_percent(projects: QuerySet[Project]) -> QuerySet[Project]:
    percent = 100 * F("spent") / NullIf(F("planned"), Value(0), output_field=PERCENT)
    return projects.select_related("department", "budget").annotate(percent=percent)


def _sum(rows: QuerySet[Allocation] | QuerySet[Spending]) -> Coalesce:
    """Return the sum of `rows` of a project's budget."""
    mine = rows.filter(budget=OuterRef("budget")).order_by().values("budget")
    together = Subquery(mine.annotate(together=Sum("amount")).values("together"))
    return Coalesce(together, Value(Decimal(0)), output_field=DOLLARS)
