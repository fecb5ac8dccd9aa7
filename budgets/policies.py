"""Setting the city's own numbers for money."""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db.models import F

from budgets.ledger import Stale, lock_changes
from budgets.models import Budget, BudgetPolicy

NUMBERS = tuple(field.name for field in BudgetPolicy._meta.concrete_fields if not field.primary_key)


def mark(policy: BudgetPolicy) -> str:
    """Return a mark of what `policy` says: it differs where one number does."""
    said = "\n".join(_plain(getattr(policy, name)) for name in NUMBERS)
    return blake2b(said.encode(), digest_size=12).hexdigest()


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def set_numbers(numbers: Mapping[str, Any], *, seen: str, by: Any) -> BudgetPolicy:
    """Set the city's numbers for money, and let budgets that are not dedicated count with them.

    A dedicated budget keeps its confirmation until something of it changes: then the new numbers
    judge it. `seen` is the mark of the numbers as the person read them. Raises Stale where they
    changed since; the database refuses numbers that make no sense together.
    """
    with by.changing():
        lock_changes()
        policy = BudgetPolicy.objects.select_for_update(no_key=True).filter(pk=1).first()
        policy = policy or BudgetPolicy()
        if mark(policy) != seen:
            raise Stale(
                "Somebody set these numbers while you had the page open. Yours are still here: "
                "compare them with the ones in force, then set them again."
            )
        for name in NUMBERS:
            if name in numbers:
                setattr(policy, name, numbers[name])
        policy.save()
        Budget.objects.filter(state=Budget.State.DRAFT).update(revision=F("revision"))
        return policy
