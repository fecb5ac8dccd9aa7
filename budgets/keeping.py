"""Whether a change keeps a confirmation, and why: in words what the database decides.

A dedicated budget stays dedicated while it costs no more in any fiscal year, plans no less for
security and rests on the money that was confirmed (`budgets_stays_dedicated`, migration
`0004_amended_frozen_and_waived`). Anything else sets it to draft in the same statement; a second
finance officer then confirms it again.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.utils.text import get_text_list

from budgets import dedication, fiscal, money
from budgets.models import Budget, BudgetVersion, CostLine
from budgets.versions import NOTHING, Content, of_budget, of_version


def why_kept(version: BudgetVersion, budget: Budget) -> str:
    """Return why `budget` is still confirmed after a change, as the end of a sentence."""
    confirmed, now = of_version(version), of_budget(budget)
    saved = confirmed.whole_life - now.whole_life
    cost = f"it costs {money.show(saved)} less" if saved > 0 else "it costs no more"
    more = now.committed - confirmed.committed
    if more > 0:
        return f"{cost} and {money.show(more)} more is committed"
    return f"{cost} and the money is the same"


def why_lost(version: BudgetVersion, budget: Budget, *, on: date) -> str:
    """Return why `budget` is not confirmed any more, as the end of a sentence."""
    reasons = [*_reasons(of_version(version), of_budget(budget)), *_person(version, budget)]
    if reasons:
        return get_text_list(reasons, "and") + "."
    unmet = [item.sentence for item in dedication.unmet_before_confirmation(budget, on=on)]
    if unmet:
        return f"a condition does not hold any more. {' '.join(unmet)}"
    return "the confirmation was taken back."


def _reasons(confirmed: Content, now: Content) -> Iterator[str]:
    yield from _dearer("it costs", _by_year(confirmed, recurs=False), _by_year(now, recurs=False))
    to_run, to_run_now = _by_year(confirmed, recurs=True), _by_year(now, recurs=True)
    yield from _dearer("running it costs", to_run, to_run_now)
    if to_run and not to_run_now:
        yield "it says that running it costs nothing any more"
    less_secure = confirmed.security_cost - now.security_cost
    if less_secure > 0:
        yield f"it plans {money.show(less_secure)} less for security"
    kept = {part.key for part in now.money}
    released = sum(part.amount for part in confirmed.money if part.key not in kept)
    if released:
        yield f"{money.show(released)} of the money behind it was released"
    others = {year for year, _ in _paid_by(now) - _paid_by(confirmed)} & to_run.keys()
    if others:
        years = get_text_list([fiscal.label(year) for year in sorted(others)], "and")
        yield f"running it in {years} is paid by another fund"


def _by_year(content: Content, *, recurs: bool) -> dict[int, Decimal]:
    """Return dollars by fiscal year: of what recurs, or of everything else."""
    years: dict[int, Decimal] = {}
    for line in content.lines:
        if (line.kind == CostLine.Kind.RECURRING) == recurs:
            years[line.fiscal_year] = years.get(line.fiscal_year, NOTHING) + line.amount
    return years


def _dearer(
    verb: str, confirmed: Mapping[int, Decimal], now: Mapping[int, Decimal]
) -> Iterator[str]:
    more = {year: amount - confirmed.get(year, NOTHING) for year, amount in sorted(now.items())}
    told = [
        f"{money.show(amount)} more in {fiscal.label(year)}"
        for year, amount in more.items()
        if amount > 0
    ]
    if told:
        yield f"{verb} {get_text_list(told, 'and')}"


def _paid_by(content: Content) -> set[tuple[int, int | None]]:
    """Return which fund pays for running it in which year."""
    recurring = (line for line in content.lines if line.kind == CostLine.Kind.RECURRING)
    return {(line.fiscal_year, line.source) for line in recurring}


def _person(version: BudgetVersion, budget: Budget) -> Iterator[str]:
    if budget.prepared_by_id == version.confirmed_by_id:
        yield "the person who confirmed it changed its cost"
