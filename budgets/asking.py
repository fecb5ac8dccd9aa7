"""Money that is asked for, applied for or forecast. It is shown apart and never counts.

A head asks finance for what is short; finance answers by holding money, or declines with a reason.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from budgets import money
from budgets.ledger import Stale, lock_changes
from budgets.models import Budget, FundingRequest

GONE = "Somebody answered or took back this request while you had the page open."


class Asking(NamedTuple):
    """How a budget stands with finance: dollars short, what it asked, and the last refusal."""

    short: Decimal
    waiting: FundingRequest | None
    declined: FundingRequest | None


def asking(budget: Budget, requests: Iterable[FundingRequest]) -> Asking:
    """Return what `budget` lacks and what finance was asked for, among all its `requests`.

    A refusal counts until finance is asked again or nothing is short any more.
    """
    rows = [row for row in requests if row.asked_at is not None]
    waiting = next((row for row in rows if row.declined_at is None), None)
    declined = [row for row in rows if row.declined_at is not None]
    last = max(declined, key=lambda row: (row.declined_at, row.pk), default=None)
    return Asking(budget.short, waiting, None if waiting or not budget.short else last)


def ask(budget: Budget, *, by: Any) -> FundingRequest:
    """Ask finance for what `budget` is short of, from any fund.

    Raises ValidationError when no cost is entered, when nothing is short, and when finance was
    asked already.
    """
    with by.changing():
        current = _locked(budget)
        if not current.one_time_cost:
            raise ValidationError("Enter what it costs first. Then ask finance for the money.")
        if not current.short:
            raise ValidationError("Nothing is short: what it needs is held or committed already.")
        waiting = current.requests.unanswered().first()
        if waiting and waiting.asked_at:
            raise ValidationError(
                f"Finance was asked for {money.show(waiting.amount)} on "
                f"{date_format(timezone.localtime(waiting.asked_at))} already. "
                "It waits on every finance officer.",
                code="asked_already",
            )
        return FundingRequest.objects.create(
            budget=current,
            fiscal_year=current.first_fiscal_year,
            amount=current.short,
            asked_by=by,
            asked_at=timezone.now(),
        )


def decline(request: FundingRequest, *, reason: str, by: Any) -> FundingRequest:
    """Decline what finance was asked for, with a reason that the department reads.

    Raises ValidationError without a reason, Stale when it was answered or taken back meanwhile.
    """
    if not reason.strip():
        raise ValidationError("Say why, so that the department knows what to do next.")
    with by.changing():
        lock_changes()
        waiting = FundingRequest.objects.unanswered().select_for_update(no_key=True)
        current = waiting.filter(pk=request.pk).first()
        if current is None:
            raise Stale(GONE)
        current.declined_by, current.declined_at = by, timezone.now()
        current.declined_reason = reason.strip()
        current.save(update_fields=["declined_by", "declined_at", "declined_reason"])
    return current


def enter(request: FundingRequest, *, by: Any) -> FundingRequest:
    """Note money that is hoped for: an idea, a request, an application, a forecast."""
    with by.changing():
        lock_changes()
        _insist_on_one(request)
        request.save(force_insert=True)
    return request


def change(request: FundingRequest, *, seen: str, by: Any) -> FundingRequest:
    """Save `request` as it is given. `seen` is its `mark` as the person read it.

    Raises Stale when somebody changed or removed it since.
    """
    with by.changing():
        lock_changes()
        current = FundingRequest.objects.filter(pk=request.pk).first()
        if current is None or mark(current) != seen:
            raise Stale(
                "Somebody changed or removed this request while you had the page open. Compare "
                "both, then save again."
            )
        _insist_on_one(request)
        request.save(update_fields=["fund", "fiscal_year", "amount", "status", "note"])
    return request


def remove(request: FundingRequest, *, by: Any) -> None:
    """Remove a request; the history keeps it. Raises Stale when it is gone already."""
    with by.changing():
        lock_changes()
        removed, _ = FundingRequest.objects.filter(pk=request.pk).delete()
        if not removed:
            raise Stale(GONE)


def mark(request: FundingRequest) -> str:
    """Return what a person read of `request`, in a few characters."""
    amount = request.amount.quantize(money.CENT)
    values = (request.status, request.fund_id, request.fiscal_year, amount, request.note)
    return "|".join(map(str, values))


def _insist_on_one(request: FundingRequest) -> None:
    """Raise ValidationError where the same fund is asked for the same year already."""
    same = FundingRequest.objects.filter(
        budget=request.budget_id,
        fund=request.fund_id,
        fiscal_year=request.fiscal_year,
        declined_at=None,
    )
    if request.fund_id is not None and same.exclude(pk=request.pk).exists():
        raise ValidationError("This fund is already asked for that year.", code="asked_already")


def _locked(budget: Budget) -> Budget:
    lock_changes()
    return Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
