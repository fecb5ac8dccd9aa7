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
    reasons = [*_reasons(of_version(version), of_budget(budget)), *_of_its_own_row(version, budget)]
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
    others = _paid_otherwise(confirmed, now) & to_run.keys()
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


def _paid_otherwise(confirmed: Content, now: Content) -> set[int]:
    """Return the years in which a fund pays for running it that was not to pay as much.

    A year that is dearer as a whole is told already, so there only a new fund counts.
    """
    before, after = _paid_by(confirmed), _paid_by(now)
    dearer = {
        year
        for year, amount in _by_year(now, recurs=True).items()
        if amount > _by_year(confirmed, recurs=True).get(year, NOTHING)
    }
    return {
        year
        for (year, fund), amount in after.items()
        if (year, fund) not in before or (year not in dearer and amount > before[year, fund])
    }


def _paid_by(content: Content) -> dict[tuple[int, int | None], Decimal]:
    """Return dollars for running it by fiscal year and the fund that pays them."""
    paid: dict[tuple[int, int | None], Decimal] = {}
    for line in content.lines:
        if line.kind == CostLine.Kind.RECURRING:
            key = line.fiscal_year, line.source
            paid[key] = paid.get(key, NOTHING) + line.amount
    return paid


def _of_its_own_row(version: BudgetVersion, budget: Budget) -> Iterator[str]:
    if budget.first_fiscal_year < version.first_fiscal_year:
        yield f"it begins in {fiscal.label(budget.first_fiscal_year)} already"
    if budget.prepared_by_id == version.confirmed_by_id:
        yield "the person who confirmed it changed its cost"
