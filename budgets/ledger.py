"""The ledger: hold an appropriation's money for a budget, commit it, release it.

A dollar is promised once. The database holds that whatever happens (constraint
`appropriation_not_overdrawn`); the functions here take the lock first, look after, and say in a
sentence what is left. A hold ends by itself after the policy's days: then the money is everybody's
again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from budgets import money
from budgets.fiscal import fiscal_year_of
from budgets.models import (
    Allocation,
    AllocationQuerySet,
    Appropriation,
    Budget,
    BudgetPolicy,
    Fund,
    FundingRequest,
)


class Stale(ValidationError):
    """The money is no longer as the person saw it."""


class EndsConfirmation(ValidationError):
    """The step would end the confirmation of a dedicated budget, and was not meant to."""


def lock_changes() -> None:
    """Wait for the one lock of changes to money and order, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [settings.CHANGES_LOCK])


def open_budget(*, by: Any, first_fiscal_year: int | None = None) -> Budget:
    """Make an empty budget that begins in `first_fiscal_year`, else in the current one."""
    if first_fiscal_year is None:
        first_month = BudgetPolicy.current().fiscal_year_first_month
        first_fiscal_year = fiscal_year_of(timezone.localdate(), first_month)
    with by.changing():
        return Budget.objects.create(first_fiscal_year=first_fiscal_year)


def open_fund(fund: Fund, *, by: Any) -> Fund:
    """Enter a fund of the city's books."""
    with by.changing():
        fund.save(force_insert=True)
    return fund


def appropriate(appropriation: Appropriation, *, by: Any) -> Appropriation:
    """Enter money that a numbered action authorized. From then on only amendments change it."""
    with by.changing():
        appropriation.entered_by = by
        appropriation.save(force_insert=True)
    return appropriation


def hold(
    *,
    budget: Budget,
    appropriation: Appropriation,
    amount: Decimal,
    by: Any,
    is_named: bool = False,
) -> Allocation:
    """Hold `amount` dollars of `appropriation` for `budget`, so that nobody else can take them.

    `is_named` says that the action authorizes the money for this budget by name or number. Holds
    of the appropriation that have ended make room first; what finance was asked for is answered by
    as much. Raises ValidationError when the appropriation has less left, with what is left, and
    when its action names another budget.
    """
    with by.changing():
        lock_changes()
        _let_go(appropriation.allocations.all(), on=timezone.localdate())
        source = Appropriation.objects.select_for_update(no_key=True).get(pk=appropriation.pk)
        if amount <= 0:
            raise ValidationError("Hold an amount above zero.")
        if amount > source.left:
            raise ValidationError(
                f"{source.fund} has {money.show(source.left)} left of {source.action_number}. "
                f"You asked for {money.show(amount)}. Take less, or use another appropriation.",
                code="not_enough_left",
            )
        _check_name(source, budget, is_named=is_named)
        held = Allocation.objects.create(
            budget=budget, appropriation=source, amount=amount, held_by=by, held_at=timezone.now()
        )
        held.refresh_from_db(fields=["expires_on"])
        _answer_requests(budget)
    return held


def _answer_requests(budget: Budget) -> None:
    """Ask finance for no more than is still short: nothing where the budget has what it needs."""
    waiting = FundingRequest.objects.unanswered().filter(budget=budget)
    if not waiting.exists():
        return
    current = Budget.objects.get(pk=budget.pk)
    if current.short == 0:
        waiting.delete()
    else:
        waiting.filter(amount__gt=current.short).update(amount=current.short)


def expire(*, on: date) -> int:
    """Release every hold whose last day lies before `on`; return how many ended.

    Nobody signs that: it is what the policy says of every hold.
    """
    with transaction.atomic():
        lock_changes()
        return _let_go(Allocation.objects.all(), on=on)


def _let_go(allocations: AllocationQuerySet, *, on: date) -> int:
    """Release those of `allocations` that are holds and have ended before `on`."""
    return allocations.ended(on=on).update(
        state=Allocation.State.RELEASED, has_expired=True, released_at=timezone.now()
    )


def _check_name(source: Appropriation, budget: Budget, *, is_named: bool) -> None:
    """Keep money that an action gives by name for the budget it names."""
    if source.for_budget_id not in {None, budget.pk}:
        raise ValidationError(
            f"{source.action_number} names another project. Use another appropriation.",
            code="names_another",
        )
    if is_named and source.for_budget_id is None:
        if source.allocations.exists():
            raise ValidationError(
                f"Money of {source.action_number} was taken before, so what it names no longer "
                "changes. Enter the action that names this project as an appropriation of its own.",
                code="in_use",
            )
        source.for_budget = budget
        source.save(update_fields=["for_budget"])


def _locked(allocation: Allocation) -> Allocation:
    lock_changes()
    return Allocation.objects.select_for_update(no_key=True).get(pk=allocation.pk)


def commit(allocation: Allocation, *, by: Any, keep_dedicated: bool = False) -> Allocation:
    """Commit held money: it now covers the budget's cost.

    Raises ValidationError when it is not held any more or its hold has ended; with
    `keep_dedicated`, EndsConfirmation when a dedicated budget would lose its confirmation.
    """
    with by.changing():
        current = _locked(allocation)
        _insist_on_hold(current, on=timezone.localdate())
        with _confirmation_of(current, kept=keep_dedicated):
            current.state = Allocation.State.COMMITTED
            current.committed_by, current.committed_at = by, timezone.now()
            current.save(update_fields=["state", "committed_by", "committed_at"])
    return current


def _insist_on_hold(allocation: Allocation, *, on: date) -> None:
    last_day = allocation.expires_on
    is_held = allocation.state == Allocation.State.HELD
    if last_day and (allocation.has_expired or (is_held and last_day < on)):
        raise ValidationError(
            f"This hold ended on {date_format(last_day)}, so the money is free for everybody. "
            "Hold it anew, then commit it.",
            code="hold_ended",
        )
    if not is_held:
        raise ValidationError(
            f"This money is {allocation.get_state_display().lower()} already, so it cannot be "
            "committed."
        )


@contextmanager
def _confirmation_of(allocation: Allocation, *, kept: bool) -> Iterator[None]:
    """Undo what is done inside, where it ends a confirmation that is to be `kept`."""
    dedicated = Budget.objects.dedicated().filter(pk=allocation.budget_id)
    was_dedicated = kept and dedicated.exists()
    yield
    if was_dedicated and not dedicated.exists():
        raise EndsConfirmation(
            "This step ends the confirmation of the budget. Read what follows, then take it."
        )


def release(allocation: Allocation, *, by: Any, keep_dedicated: bool = False) -> Allocation:
    """Give the money back to its appropriation. Confirmed money takes the confirmation with it.

    Raises ValidationError when it was released before; with `keep_dedicated`, EndsConfirmation
    when a dedicated budget would lose its confirmation.
    """
    with by.changing():
        current = _locked(allocation)
        if current.state == Allocation.State.RELEASED:
            raise ValidationError("This money was released already.")
        with _confirmation_of(current, kept=keep_dedicated):
            current.state = Allocation.State.RELEASED
            current.released_by, current.released_at = by, timezone.now()
            current.save(update_fields=["state", "released_by", "released_at"])
    return current
