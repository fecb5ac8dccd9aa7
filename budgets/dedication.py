"""When a budget is dedicated: every condition, every unmet one in a sentence, and the signature.

Conditions after Kirkland WA ("funded" is enough identified money for the anticipated total cost),
Elk River MN (a plan is not money) and GASB Statement 54 (what binds a fund's money); the numbers
are the city's (BudgetPolicy). The database holds the same in `budget_dedicated_is_whole`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from budgets import money
from budgets.ledger import Stale, lock_changes
from budgets.models import Allocation, Budget


class Standing(NamedTuple):
    """How far the money of a budget is, in a few words and a tone: ok, warn, bad or info."""

    label: str
    tone: str


class Condition(NamedTuple):
    """One unmet condition: a code, and what to do about it."""

    code: str
    sentence: str


def unmet(budget: Budget, *, on: date) -> list[Condition]:
    """Return every condition, confirmation included, that keeps `budget` from being dedicated.

    Reads the budget's own row only: its totals are computed by the database.
    """
    conditions = list(unmet_before_confirmation(budget, on=on))
    if not budget.is_dedicated:
        conditions.append(
            Condition("not_confirmed", "A second finance officer has not confirmed the money.")
        )
    return conditions


def standing(budget: Budget, *, on: date, warn_days: int) -> Standing:
    """Return how far the money of `budget` is on that day, and whether it lapses soon."""
    if not budget.is_dedicated:
        return _standing_undedicated(budget)
    if budget.money_from and on < budget.money_from:
        return Standing(f"Available from {date_format(budget.money_from)}", "warn")
    days = (budget.money_until - on).days if budget.money_until else 0
    if days < 0:
        return Standing("Lapsed", "bad")
    if days <= warn_days:
        return Standing(f"Dedicated, lapses in {days} {'day' if days == 1 else 'days'}", "warn")
    return Standing("Dedicated", "ok")


def _standing_undedicated(budget: Budget) -> Standing:
    if not (budget.held or budget.committed):
        return Standing("No money yet", "warn")
    if not budget.committed:
        return Standing("Held, not committed", "warn")
    if budget.committed < budget.needed:
        return Standing("Partly committed", "warn")
    return Standing("Committed, not confirmed", "warn")


def unmet_before_confirmation(budget: Budget, *, on: date) -> Iterator[Condition]:
    """Yield what has to be mended before a finance officer may confirm."""
    yield from _cost(budget)
    yield from _cover(budget)
    yield from _dates(budget, on)


def _cost(budget: Budget) -> Iterator[Condition]:
    if not budget.one_time_cost:
        yield Condition("no_cost", "Enter what the planned phase costs, line by line.")
    elif budget.contingency < budget.contingency_floor:
        short = money.show(budget.contingency_floor - budget.contingency)
        yield Condition(
            "contingency_short",
            f"Add {short} of contingency: the policy asks for "
            f"{money.show(budget.contingency_floor)} on {money.show(budget.one_time_cost)}.",
        )
    if not budget.security_cost:
        yield Condition("no_security_cost", "Enter what keeping it secure costs: no line does yet.")
    if not budget.recurring_cost and not budget.no_recurring_reason:
        yield Condition(
            "no_recurring_cost",
            "Enter what it costs to run each year, or say why nothing recurs.",
        )
    if budget.years_without_source:
        years = budget.years_without_source
        yield Condition(
            "recurring_without_source",
            f"Enter the recurring cost and the fund that pays it in {years} more "
            f"{'year' if years == 1 else 'years'} of the horizon.",
        )


def _cover(budget: Budget) -> Iterator[Condition]:
    short = budget.needed - budget.committed
    if short > 0:
        held = f" {money.show(budget.held)} is held but not committed." if budget.held else ""
        yield Condition(
            "not_covered",
            f"Commit {money.show(short)} more: {money.show(budget.committed)} of "
            f"{money.show(budget.needed)} is committed.{held}",
        )
    if budget.unsuitable:
        yield Condition(
            "unsuitable_money",
            f"Replace {money.show(budget.unsuitable)} that is not bound to its purpose: use "
            "restricted or committed money, or an action that names this project.",
        )


def _dates(budget: Budget, on: date) -> Iterator[Condition]:
    if budget.phase_start is None or budget.phase_end is None:
        yield Condition("no_phase", "Enter when the planned phase begins and ends.")
    elif (
        budget.money_from
        and budget.money_until
        and (budget.phase_start < budget.money_from or budget.phase_end > budget.money_until)
    ):
        yield Condition(
            "phase_outside_window",
            f"The money is available from {date_format(budget.money_from)} to "
            f"{date_format(budget.money_until)}, the planned phase runs from "
            f"{date_format(budget.phase_start)} to {date_format(budget.phase_end)}. Change one "
            "of them.",
        )
    if budget.money_from and on < budget.money_from:
        yield Condition(
            "money_not_yet", f"The money is available from {date_format(budget.money_from)} only."
        )
    if budget.money_until and on > budget.money_until:
        yield Condition(
            "money_lapsed",
            f"The money lapsed on {date_format(budget.money_until)}. Allocate a new appropriation.",
        )


def version(budget: Budget) -> str:
    """Return what a confirmation signs: the state of the costs, and which money is committed.

    An allocation's amount and source never change, so its key says both.
    """
    committed = (
        allocation.pk
        for allocation in budget.allocations.all()
        if allocation.state == Allocation.State.COMMITTED
    )
    return f"{budget.revision}:{','.join(map(str, sorted(committed)))}"


def _is_own_work(budget: Budget, by: Any) -> bool:
    """Return whether `by` wrote the costs of `budget` or entered money of it."""
    return by.pk == budget.prepared_by_id or any(
        allocation.held_by_id == by.pk
        for allocation in budget.allocations.all()
        if allocation.state != Allocation.State.RELEASED
    )


def refusals(budget: Budget, *, by: Any, on: date) -> list[Condition]:
    """Return everything that keeps `by` from confirming `budget` today, at once."""
    found = list(unmet_before_confirmation(budget, on=on))
    if _is_own_work(budget, by):
        found.append(
            Condition(
                "same_person",
                "You entered this money or its cost. A second finance officer has to confirm it.",
            )
        )
    return found


def confirm(budget: Budget, *, by: Any, on: date, seen: str = "") -> Budget:
    """Dedicate `budget`: the signature of a finance officer who entered none of it.

    `seen` is the `version` that was signed, where a page showed one. Raises ValidationError with
    every refusal at once, Stale when the budget is no longer what was seen.
    """
    with by.changing():
        lock_changes()
        current = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
        if current.is_dedicated:
            raise Stale("This budget is dedicated already.")
        if seen and seen != version(current):
            raise Stale(
                "The budget changed since you opened this page. Read it again, then confirm it."
            )
        refused = refusals(current, by=by, on=on)
        if refused:
            raise ValidationError(
                [ValidationError(item.sentence, code=item.code) for item in refused]
            )
        current.state = Budget.State.DEDICATED
        current.confirmed_by, current.confirmed_at = by, timezone.now()
        current.revision += 1
        current.save(update_fields=["state", "confirmed_by", "confirmed_at", "revision"])
        current.refresh_from_db()
    return current


def withdraw(budget: Budget, *, by: Any) -> Budget:
    """Take the confirmation back; the gate of what stands on it closes in the same transaction.

    Raises ValidationError when the budget is not dedicated.
    """
    with by.changing():
        lock_changes()
        current = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
        if not current.is_dedicated:
            raise Stale("This budget is not dedicated any more. Nothing is left to withdraw.")
        current.state = Budget.State.DRAFT
        current.confirmed_by, current.confirmed_at = None, None
        current.revision += 1
        current.save(update_fields=["state", "confirmed_by", "confirmed_at", "revision"])
    return current
