"""Which money can be held for a budget: the fitting first, and what a hold would leave of it.

Money fits that counts toward a dedicated budget: it is bound to its purpose (GASB Statement 54:
restricted or committed) or its action names the budget, and it is there for the whole planned
phase. The database computes the same in `budgets_keep_budget`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, F, IntegerField, Q, Sum, Value, When
from django.utils.formats import date_format

from budgets.models import (
    Allocation,
    Appropriation,
    AppropriationQuerySet,
    Budget,
    BudgetPolicy,
)

# What a law or a formal action binds to its purpose.
BOUND = (Appropriation.Constraint.RESTRICTED, Appropriation.Constraint.COMMITTED)
NOTHING = Decimal(0)


class Source(NamedTuple):
    """An appropriation, what can be held of it now, and why it would not count, if it would not."""

    appropriation: Appropriation
    left: Decimal
    doubts: tuple[str, ...]
    names_it: bool

    @property
    def fits(self) -> bool:
        """True where the money would count toward a dedicated budget."""
        return not self.doubts

    def after(self, amount: Decimal) -> "Outcome":
        """Return what holding `amount` dollars would leave."""
        return Outcome(max(self.left - amount, NOTHING), max(amount - self.left, NOTHING))


class Outcome(NamedTuple):
    """What a hold leaves in dollars, or how many dollars are too little for it."""

    leaves: Decimal
    too_little: Decimal


def offered(
    budget: Budget, *, on: date, words: str = "", fiscal_year: int | None = None
) -> AppropriationQuerySet:
    """Return the appropriations with money left that may be held for `budget`, the fitting first.

    Each of `words` is in the fund's name or in the action's number, or begins the fund's number.
    """
    left = Q(amount__gt=F("held") + F("committed")) | Q(pk__in=list(ended_holds(on=on)))
    found = Appropriation.objects.usable_for(budget, on=on).filter(left)
    for word in words.split():
        named = Q(fund__name__icontains=word) | Q(action_number__icontains=word)
        found = found.filter(named | Q(fund__code__istartswith=word))
    if fiscal_year is not None:
        found = found.filter(fiscal_year=fiscal_year)
    policy = BudgetPolicy.current()
    return (
        found.select_related("fund")
        .annotate(
            fits=_as_number(_bound(budget, policy) & _covers(budget)),
            names_it=_as_number(Q(for_budget=budget)),
        )
        .order_by("-fits", "-names_it", "fund__code", "fiscal_year", "pk")
    )


def _as_number(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _bound(budget: Budget, policy: BudgetPolicy) -> Q:
    return Q(constraint__in=_binding(policy)) | Q(for_budget=budget)


def _covers(budget: Budget) -> Q:
    if budget.phase_start is None or budget.phase_end is None:
        return Q()
    return Q(available_from__lte=budget.phase_start, available_until__gte=budget.phase_end)


def _binding(policy: BudgetPolicy) -> tuple[Appropriation.Constraint, ...]:
    return (*BOUND, Appropriation.Constraint.ASSIGNED) if policy.allow_assigned else BOUND


def ended_holds(*, on: date) -> dict[int, Decimal]:
    """Return the dollars of each appropriation in holds that ended and are not released yet."""
    sums = (
        Allocation.objects.ended(on=on)
        .order_by()
        .values_list("appropriation")
        .annotate(sum=Sum("amount"))
    )
    return dict(sums)


def described(rows: Iterable[Appropriation], *, budget: Budget, on: date) -> list[Source]:
    """Return `rows` as a person chooses among them; two queries, however many rows."""
    ended, policy = ended_holds(on=on), BudgetPolicy.current()
    return [
        Source(
            appropriation=row,
            left=row.left + ended.get(row.pk, NOTHING),
            doubts=tuple(doubts(row, budget=budget, policy=policy)),
            names_it=row.for_budget_id == budget.pk,
        )
        for row in rows
    ]


def doubts(row: Appropriation, *, budget: Budget, policy: BudgetPolicy) -> Iterator[str]:
    """Yield why money of `row` would not count toward the dedicated `budget`."""
    if row.constraint not in _binding(policy) and row.for_budget_id != budget.pk:
        yield f"{row.get_constraint_display()} money counts only if its action names this project."
    start, end = budget.phase_start, budget.phase_end
    if start and end and not (row.available_from <= start and end <= row.available_until):
        yield (
            f"It does not cover the planned phase, {date_format(start, 'M j, Y')} to "
            f"{date_format(end, 'M j, Y')}."
        )
