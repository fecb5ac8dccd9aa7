"""Amendments: a numbered action raises, cuts, moves or lapses appropriated money.

An appropriation is never edited. Each change is one row of its own, with the action that
authorizes it and who signed it; the database numbers it and computes what the appropriation comes
to (migration `0004_amended_frozen_and_waived`). Money that is held or committed stays where it
is: nothing leaves an appropriation but what nobody took (constraint `appropriation_not_overdrawn`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from budgets import money
from budgets.ledger import Stale, expire, lock_changes
from budgets.models import Allocation, Amendment, Appropriation

TOO_MUCH = Decimal(10) ** money.MOST_DIGITS


@dataclass(frozen=True, slots=True)
class Action:
    """The numbered action that authorizes a change, and why it was taken."""

    kind: str
    number: str
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment will say: dollars that leave `source`, enter `target`, or both."""

    kind: Amendment.Kind
    amount: Decimal
    action: Action
    source: Appropriation | None = None
    target: Appropriation | None = None


class Taken(ValidationError):
    """Held or committed money stands in the way; `missing` dollars would have to be released."""

    def __init__(self, source: Appropriation, amount: Decimal) -> None:
        self.missing = amount - source.left
        super().__init__(
            f"{source.action_number} has {money.show(source.left)} that nobody took, and "
            f"{money.show(amount)} would leave it. {money.show(self.missing)} has to be released "
            "first.",
            code="taken",
        )


def raise_by(
    target: Appropriation,
    *,
    amount: Decimal,
    action: Action,
    by: Any,
    seen: Decimal | None = None,
) -> Amendment:
    """Add `amount` dollars to `target`. `seen` and what is raised: see `sign`."""
    return sign(Change(Amendment.Kind.RAISE, amount, action, target=target), by=by, seen=seen)


def cut(
    source: Appropriation,
    *,
    amount: Decimal,
    action: Action,
    by: Any,
    seen: Decimal | None = None,
) -> Amendment:
    """Take `amount` dollars that nobody took from `source`. See `sign`."""
    return sign(Change(Amendment.Kind.CUT, amount, action, source=source), by=by, seen=seen)


def transfer(
    source: Appropriation,
    *,
    target: Appropriation,
    amount: Decimal,
    action: Action,
    by: Any,
    seen: Decimal | None = None,
) -> Amendment:
    """Move `amount` dollars that nobody took from `source` to `target`. See `sign`."""
    change = Change(Amendment.Kind.TRANSFER, amount, action, source=source, target=target)
    return sign(change, by=by, seen=seen)


def lapse(
    source: Appropriation,
    *,
    amount: Decimal,
    action: Action,
    by: Any,
    seen: Decimal | None = None,
) -> Amendment:
    """Give `amount` dollars that nobody took in time back to the fund's balance. See `sign`."""
    return sign(Change(Amendment.Kind.LAPSE, amount, action, source=source), by=by, seen=seen)


def sign(change: Change, *, by: Any, seen: Decimal | None = None) -> Amendment:
    """Sign the amendment: one row, numbered by the database, under the name of `by`.

    Holds that have ended make room first. `seen` is what the appropriation of the page came to as
    the person saw it (for a raise the one that receives, else the one that gives). Raises Stale
    when it was amended since, Taken when held or committed money stands in the way, ValidationError
    for what makes no sense.
    """
    with by.changing():
        lock_changes()
        expire(on=timezone.localdate())
        source, target = _locked(change)
        _insist_on_sense(change)
        first = source or target
        if seen is not None and first is not None and first.amount != seen:
            raise Stale(
                f"{first.action_number} was amended since you opened this page: it came to "
                f"{money.show(seen)} and comes to {money.show(first.amount)} now. Check the "
                "amount, then sign again."
            )
        if source is not None:
            _insist_on_left(source, change.amount)
        if target is not None and target.amount + change.amount >= TOO_MUCH:
            raise ValidationError("An appropriation cannot be that large. Check for extra zeros.")
        signed = Amendment.objects.create(
            kind=change.kind,
            amount=change.amount,
            source=source,
            target=target,
            action_type=change.action.kind,
            action_number=change.action.number.strip(),
            action_date=change.action.on,
            reason=change.action.reason.strip(),
            signed_by=by,
            signed_at=timezone.now(),
        )
        signed.refresh_from_db(fields=["number"])
        return signed


def _locked(change: Change) -> tuple[Appropriation | None, Appropriation | None]:
    """Return source and target as they are now, locked in the order of their keys."""
    keys = {end.pk for end in (change.source, change.target) if end is not None}
    rows = Appropriation.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in rows}
    source = found[change.source.pk] if change.source else None
    target = found[change.target.pk] if change.target else None
    return source, target


def _insist_on_sense(change: Change) -> None:
    if change.amount <= 0:
        raise ValidationError("Enter an amount above zero.", code="not_positive")
    if not change.action.number.strip():
        raise ValidationError("Enter the number of the action that authorizes this.")
    if change.source and change.target and change.source.pk == change.target.pk:
        raise ValidationError("Choose another appropriation to receive the money.")


def _insist_on_left(source: Appropriation, amount: Decimal) -> None:
    if amount > source.amount:
        raise ValidationError(
            f"{source.action_number} comes to {money.show(source.amount)}. You asked for "
            f"{money.show(amount)}. Enter less.",
            code="more_than_all",
        )
    if amount > source.left:
        raise Taken(source, amount)


def in_the_way(source: Appropriation) -> QuerySet[Allocation]:
    """Return what is held and committed of `source`, with its budget, the latest first."""
    return source.allocations.taken().select_related("budget", "held_by").order_by("-pk")


def amendments_of(appropriations: Collection[int]) -> QuerySet[Amendment]:
    """Return the amendments of `appropriations`, given by keys, in the order of signing."""
    ends = Q(source__in=appropriations) | Q(target__in=appropriations)
    people = ("source__fund", "target__fund", "signed_by")
    return Amendment.objects.filter(ends).select_related(*people).order_by("number")


class Step(NamedTuple):
    """What one amendment did to one appropriation: dollars more or less, and what it came to."""

    amendment: Amendment
    other: Appropriation | None
    change: Decimal
    total: Decimal

    @property
    def label(self) -> str:
        """What it was, in a few words."""
        if self.amendment.kind != Amendment.Kind.TRANSFER:
            return self.amendment.get_kind_display()
        return "Transfer out" if self.change < 0 else "Transfer in"


def steps(appropriation: Appropriation, amendments: Iterable[Amendment]) -> list[Step]:
    """Return what those of `amendments` that changed `appropriation` did to it, in their order."""
    total, found = appropriation.adopted_amount, []
    for amendment in amendments:
        if amendment.target_id == appropriation.pk:
            change, other = amendment.amount, amendment.source
        elif amendment.source_id == appropriation.pk:
            change, other = -amendment.amount, amendment.target
        else:
            continue
        total += change
        found.append(Step(amendment, other, change, total))
    return found
