"""What committing or releasing money would do to a confirmation, said before it is done.

The database decides it (`budgets_stays_dedicated`); the ledger refuses a step that turns out to
end a confirmation although nobody was told. Money that is only held never ends one.
"""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from budgets import money, sources, versions
from budgets.models import Allocation, Budget, BudgetPolicy


def why_commit_ends(allocation: Allocation, *, budget: Budget, on: date) -> str:
    """Return why committing `allocation` would close the gate of a dedicated `budget`, or ''."""
    if not budget.is_dedicated or allocation.state != Allocation.State.HELD:
        return ""
    source = allocation.appropriation
    doubts = list(sources.doubts(source, budget=budget, policy=BudgetPolicy.current()))
    if source.available_from > on:
        doubts.append(f"It is available from {date_format(source.available_from)} only.")
    return " ".join(doubts)


def why_release_ends(allocation: Allocation, *, budget: Budget) -> str:
    """Return why releasing `allocation` would end the confirmation of `budget`, or ''."""
    if not budget.is_dedicated or allocation.state != Allocation.State.COMMITTED:
        return ""
    version = versions.latest(budget)
    if version and all(part["id"] != allocation.pk for part in version.money):
        return ""
    return f"The confirmation stands on this {money.show(allocation.amount)}."


def left_after_release(allocation: Allocation) -> Decimal:
    """Return what the appropriation of `allocation` has left once it is released, in dollars."""
    return allocation.appropriation.left + allocation.amount
