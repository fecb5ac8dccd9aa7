"""Security waivers: a security officer lets a budget spend less on security than the floor.

A waiver has a reason and an end, at most `waiver_months` of the policy away, and covers the share
it was signed for and more: whoever plans still less for security has to ask again. Nothing at all
is never enough. The database holds the same (migration `0004_amended_frozen_and_waived`).
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from budgets import dedication
from budgets.dedication import Standing
from budgets.ledger import Stale, lock_changes
from budgets.models import Budget, BudgetPolicy, SecurityWaiver

# A month is enough to plan more for security, or to look at the risk again and sign anew.
WARN = timedelta(days=30)


def share(budget: Budget) -> Decimal:
    """Return security's part of the whole-life cost in percent, cut to two decimals."""
    if not budget.whole_life:
        return Decimal(0)
    exact = 100 * budget.security_cost / budget.whole_life
    return exact.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def mark(budget: Budget) -> str:
    """Return what a waiver is signed for: the share of security, as the page showed it."""
    return f"{budget.security_cost}:{budget.whole_life}"


def last_day(on: date, months: int) -> date:
    """Return the latest day on which a waiver signed `on` that day may end."""
    years, months_in = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, months_in + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def refusals(budget: Budget, *, by: Any) -> list[ValidationError]:
    """Return everything that keeps `by` from signing a waiver for `budget`, at once."""
    found = []
    if not budget.security_cost:
        found.append(
            ValidationError(
                "Nothing is planned for security, and no waiver covers nothing. Ask the "
                "department to plan what keeping it secure costs.",
                code="no_security_cost",
            )
        )
    elif budget.security_cost >= budget.security_floor:
        found.append(
            ValidationError(
                "The share of security is not below the floor, so no waiver is needed.",
                code="not_below_floor",
            )
        )
    elif not share(budget):
        found.append(
            ValidationError(
                "Security is less than 0.01 percent of the whole-life cost. That is nothing, and "
                "no waiver covers nothing. Ask the department to plan more for security.",
                code="next_to_nothing",
            )
        )
    if by.pk == budget.prepared_by_id:
        found.append(
            ValidationError(
                "You prepared the cost of this budget. Another security officer has to sign.",
                code="same_person",
            )
        )
    return found


def sign(
    budget: Budget, *, reason: str, ends_on: date, by: Any, on: date, seen: str = ""
) -> SecurityWaiver:
    """Sign a waiver for the share of security that `budget` has now.

    `seen` is the `mark` of the share that the person read. Raises ValidationError with every
    refusal at once, a wrong end or reason under its field's name, and Stale when the share is
    another one by now.
    """
    with by.changing():
        lock_changes()
        current = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
        if seen and seen != mark(current):
            raise Stale(
                "The share of security changed since you opened this page. Read it again, then "
                "sign."
            )
        found = refusals(current, by=by)
        if found:
            raise ValidationError(found)
        _check(reason, ends_on, on)
        return SecurityWaiver.objects.create(
            budget=current,
            percent=share(current),
            reason=reason.strip(),
            ends_on=ends_on,
            signed_by=by,
            signed_at=timezone.now(),
        )


def _check(reason: str, ends_on: date, on: date) -> None:
    latest = last_day(on, BudgetPolicy.current().waiver_months)
    mistakes = {}
    if not reason.strip():
        mistakes["reason"] = "Say why this share of security is enough for now."
    if not on <= ends_on <= latest:
        mistakes["ends_on"] = f"Choose a day from today to {date_format(latest)}."
    if mistakes:
        raise ValidationError(mistakes)


def withdraw(waiver: SecurityWaiver, *, by: Any) -> SecurityWaiver:
    """Take `waiver` back. A budget that rests on it loses its confirmation.

    Raises Stale when it was withdrawn before.
    """
    with by.changing():
        lock_changes()
        current = SecurityWaiver.objects.select_for_update(no_key=True).get(pk=waiver.pk)
        if current.withdrawn_at:
            raise Stale("This waiver was withdrawn already.")
        current.withdrawn_by, current.withdrawn_at = by, timezone.now()
        current.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return current


def standing(waiver: SecurityWaiver, budget: Budget, *, on: date) -> Standing:
    """Return whether `waiver` counts for `budget` on that day, else why it does not."""
    if waiver.withdrawn_at:
        return Standing("Withdrawn", "")
    if on > waiver.ends_on:
        return Standing("Ended", "bad" if waiver.ends_on == dedication.waiver_end(budget) else "")
    if budget.security_cost >= budget.security_floor:
        return Standing("Not needed", "ok")
    if not _covers(waiver, budget):
        return Standing("Does not cover this budget", "bad")
    return Standing("In force", "warn" if waiver.ends_on - on <= WARN else "ok")


def rests_on(budget: Budget, waiver: SecurityWaiver, *, on: date) -> bool:
    """Return whether `budget` loses its cover for a small share of security without `waiver`."""
    if budget.security_cost >= budget.security_floor:
        return False
    counting = [
        row.pk
        for row in budget.waivers.all()
        if row.withdrawn_at is None and on <= row.ends_on and _covers(row, budget)
    ]
    return counting == [waiver.pk]


def _covers(waiver: SecurityWaiver, budget: Budget) -> bool:
    """Return whether the share of `budget` is the signed one or more, and the signer another."""
    share_is_kept = waiver.percent * budget.whole_life <= 100 * budget.security_cost
    return share_is_kept and waiver.signed_by_id != budget.prepared_by_id
