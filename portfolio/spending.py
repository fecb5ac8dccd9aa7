"""Projects with what they planned and spent, for the list that compares them."""

from decimal import Decimal

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from budgets.models import Allocation, Comparison, Fund, Spending
from portfolio.models import Project

DOLLARS = DecimalField(max_digits=17, decimal_places=2)
PERCENT = DecimalField(max_digits=30, decimal_places=2)


def compared(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return those of `projects` whose money is compared, each with what it planned and spent.

    Added are `planned` (dollars over all years), `spent` (dollars so far) and `percent` (spent of
    planned, None where nothing is planned).
    """
    kept = "budget__comparison"
    return (
        projects.filter(budget__comparison__isnull=False)
        .annotate(**{name: F(f"{kept}__{name}") for name in ("planned", "spent", "percent")})
        .select_related("department")
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


def count_compared(projects: QuerySet[Project]) -> tuple[int, int]:
    """Return how many of `projects` `compared` finds, and how many spent more than planned.

    The kept sums are asked alone: joined with every project and budget they take twice as long.
    """
    kept = Comparison.objects.filter(budget__in=projects.values("budget"))
    counted = kept.aggregate(together=Count("pk"), over=Count("pk", filter=Q(is_over=True)))
    return counted["together"], counted["over"]


def count_rows(found: QuerySet[Project]) -> tuple[int, int]:
    """Return how many `compared_in` found, and how many of them spent more than planned."""
    over = Count("pk", filter=Q(spent__gt=F("planned")))
    counted = found.aggregate(together=Count("pk"), over=over)
    return counted["together"], counted["over"]


def _with_percent(projects: QuerySet[Project]) -> QuerySet[Project]:
    percent = 100 * F("spent") / NullIf(F("planned"), Value(0), output_field=PERCENT)
    return projects.select_related("department", "budget").annotate(percent=percent)


def _sum(rows: QuerySet[Allocation] | QuerySet[Spending]) -> Coalesce:
    """Return the sum of `rows` of a project's budget."""
    mine = rows.filter(budget=OuterRef("budget")).order_by().values("budget")
    together = Subquery(mine.annotate(together=Sum("amount")).values("together"))
    return Coalesce(together, Value(Decimal(0)), output_field=DOLLARS)
