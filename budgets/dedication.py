"""When a budget is dedicated: every condition, every unmet one in a sentence, and the signature.

Conditions after Kirkland WA ("funded" is enough identified money for the anticipated total cost),
Elk River MN (a plan is not money) and GASB Statement 54 (what binds a fund's money); the numbers
are the city's (BudgetPolicy). The database holds the same in `budget_dedicated_is_whole`.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from budgets import money, versions
from budgets.costing import percent
from budgets.ledger import Stale, lock_changes
from budgets.models import Allocation, Budget, BudgetPolicy, BudgetVersion

# Why each stage of an estimate needs the contingency it needs.
STAGES = {
    Budget.Estimate.CONCEPT: "This is a concept: nothing is designed yet, so",
    Budget.Estimate.DESIGN: "It is being designed: much is still open, so",
    Budget.Estimate.DELIVERY: "It is being delivered: surprises still come, so",
}


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
    """Return how far the money of `budget` is on that day, and whether it or its waiver ends."""
    if not budget.is_dedicated:
        return _standing_undedicated(budget)
    if budget.money_from and on < budget.money_from:
        return Standing(f"Available from {date_format(budget.money_from)}", "warn")
    days = (budget.money_until - on).days if budget.money_until else 0
    waived_until = waiver_end(budget)
    waived_days = (waived_until - on).days if waived_until else days
    if days < 0 or waived_days < 0:
        return Standing("Lapsed" if days < 0 else "Security waiver ended", "bad")
    if min(days, waived_days) > warn_days:
        return Standing("Dedicated", "ok")
    if days <= waived_days:
        return Standing(f"Dedicated, lapses in {_days(days)}", "warn")
    return Standing(f"Dedicated, security waiver ends in {_days(waived_days)}", "warn")


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


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
    yield from _security(budget, on)
    yield from _running(budget)
    yield from _cover(budget)
    yield from _dates(budget, on)


def _cost(budget: Budget) -> Iterator[Condition]:
    if not budget.one_time_cost:
        yield Condition("no_cost", "Enter what the planned phase costs, line by line.")
    elif budget.contingency < budget.contingency_floor:
        short = money.show(budget.contingency_floor - budget.contingency)
        share = _percent(budget.contingency_floor, budget.one_time_cost)
        yield Condition(
            "contingency_short",
            f"Add {short} of contingency. {STAGES[Budget.Estimate(budget.estimate)]} the policy "
            f"asks for {share} percent, {money.show(budget.contingency_floor)} on "
            f"{money.show(budget.one_time_cost)}.",
        )


def _security(budget: Budget, on: date) -> Iterator[Condition]:
    """Nothing for security always blocks; less than the floor does unless a waiver covers it."""
    if not budget.security_cost:
        yield Condition(
            "no_security_cost", "Enter what it costs to keep it secure. No line says so yet."
        )
        return
    if budget.security_cost >= budget.security_floor:
        return
    waived_until = waiver_end(budget)
    if waived_until and on <= waived_until:
        return
    share = security_percent(budget)
    floor = _percent(budget.security_floor, budget.whole_life)
    below = (
        f"Security is {share} percent of the whole-life cost, {money.show(budget.security_cost)} "
        f"of {money.show(budget.whole_life)}; the policy asks for {floor} percent."
    )
    if waived_until:
        yield Condition(
            "security_waiver_ended",
            f"The security waiver ended on {date_format(waived_until)}. {below} Plan more for "
            "security, or ask a security officer for another waiver.",
        )
        return
    missing = money.show(budget.security_floor - budget.security_cost)
    yield Condition(
        "security_below_floor",
        f"{below} Plan {missing} more for security, or ask a security officer for a waiver.",
    )


def _running(budget: Budget) -> Iterator[Condition]:
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


def waiver_end(budget: Budget) -> date | None:
    """Return the last day of the waiver that `budget` rests on, None where it rests on none."""
    if budget.security_cost >= budget.security_floor:
        return None
    return budget.security_waived_until


def security_note(budget: Budget, policy: BudgetPolicy) -> str:
    """Return what to think about where the share of security is small but blocks nothing."""
    asked = budget.whole_life * policy.security_note_percent / 100
    blocks = not budget.security_cost or budget.security_cost < budget.security_floor
    if blocks or budget.security_cost >= asked:
        return ""
    return (
        f"Security is {security_percent(budget)} percent of the whole-life cost. Below "
        f"{_plain(policy.security_note_percent)} percent ask whether monitoring, updates and the "
        "response to an incident were forgotten. This blocks nothing."
    )


def security_percent(budget: Budget) -> str:
    """Return security's share of the whole-life cost in percent, for people.

    Cut to one decimal below the floor, for 4.96 is not yet 5; rounded above.
    """
    is_below = budget.security_cost < budget.security_floor
    return _plain(percent(budget.security_cost, budget.whole_life, is_cut=is_below))


def _percent(part: Decimal, whole: Decimal) -> str:
    return _plain(percent(part, whole))


def _plain(share: Decimal | int) -> str:
    """Return a share in percent without a decimal that says nothing: 5, 12.5."""
    return f"{Decimal(share).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):f}".removesuffix(".0")


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


def mark(budget: Budget) -> str:
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


def changed_since(budget: Budget, version: BudgetVersion | None) -> bool:
    """Return whether `budget` says anything else than `version`, or was never confirmed."""
    if version is None:
        return True
    return versions.of_budget(budget) != versions.of_version(version)


def confirm(budget: Budget, *, by: Any, on: date, seen: str | None = None) -> Budget:
    """Dedicate `budget`: the signature of a finance officer who entered none of it.

    A dedicated budget that changed since is confirmed again. The database freezes each
    confirmation as the next version. `seen` is the `mark` of what was read, where a page showed
    one. Raises ValidationError with every refusal at once, Stale when the budget is no longer what
    was seen, or nothing changed since it was confirmed.
    """
    with by.changing():
        lock_changes()
        current = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
        if current.is_dedicated and not changed_since(current, versions.latest(current)):
            raise Stale("This budget is dedicated already.")
        refused = refusals(current, by=by, on=on)
        if refused:
            raise ValidationError(
                [ValidationError(item.sentence, code=item.code) for item in refused]
            )
        if seen is not None and seen != mark(current):
            raise Stale(
                "The budget changed since you opened this page. Read it again, then confirm it."
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
