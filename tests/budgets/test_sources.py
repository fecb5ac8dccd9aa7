"""Which money fits: the order of the list, its reasons and the database say the same."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from budgets import ledger, sources
from budgets.models import Appropriation, Budget, BudgetPolicy
from tests.factories import add_costs, make_appropriation, make_project

CONSTRAINTS = list(Appropriation.Constraint)
# The planned phase runs from today for 300 days.
WINDOWS = {"covers": (-30, 600), "begins late": (1, 600), "ends early": (-30, 299)}


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return add_costs(make_project(cast).budget, cast=cast)


@pytest.mark.parametrize("allow_assigned", [False, True])
def test_the_list_its_reasons_and_the_database_agree(
    cast: SimpleNamespace, *, allow_assigned: bool
) -> None:
    BudgetPolicy.objects.create(allow_assigned=allow_assigned)
    for constraint, window, named in product(CONSTRAINTS, WINDOWS, (False, True)):
        budget = add_costs(make_project(cast).budget, cast=cast)
        first, last = WINDOWS[window]
        source = make_appropriation(
            constraint=constraint,
            available_from=today() + timedelta(days=first),
            available_until=today() + timedelta(days=last),
            for_budget=budget if named else None,
        )
        (row,) = sources.offered(budget, on=today()).filter(pk=source.pk)
        (described,) = sources.described([row], budget=budget, on=today())
        held = ledger.hold(budget=budget, appropriation=source, amount=Decimal(5), by=cast.finance)
        ledger.commit(held, by=cast.finance)
        budget.refresh_from_db()
        late = Budget.objects.filter(pk=budget.pk, phase_start__lt=F("money_from"))
        early = Budget.objects.filter(pk=budget.pk, phase_end__gt=F("money_until"))
        counts = budget.unsuitable == 0 and not late.exists() and not early.exists()
        case = (constraint, window, named)
        assert (bool(row.fits), described.fits) == (counts, counts), case  # type: ignore[attr-defined]
        assert described.names_it == named, case


def test_without_a_planned_phase_every_window_fits(cast: SimpleNamespace) -> None:
    budget = make_project(cast).budget
    source = make_appropriation(available_until=today())
    (described,) = sources.described([source], budget=budget, on=today())
    assert described.fits
    (row,) = sources.offered(budget, on=today())
    assert row.fits  # type: ignore[attr-defined]


def test_what_a_hold_would_leave() -> None:
    def after(left: int, amount: str) -> sources.Outcome:
        source = sources.Source(Appropriation(), Decimal(left), (), names_it=False)
        return source.after(Decimal(amount))

    assert after(100, "99.99") == (Decimal("0.01"), 0)
    assert after(100, "100") == (0, 0)
    assert after(100, "100.01") == (0, Decimal("0.01"))


def test_what_a_hold_would_leave_is_what_it_leaves(cast: SimpleNamespace, budget: Budget) -> None:
    source = make_appropriation(100)
    for amount in ("33.34", "33.33", "33.33"):
        (described,) = sources.described([source], budget=budget, on=today())
        foretold = described.after(Decimal(amount)).leaves
        ledger.hold(budget=budget, appropriation=source, amount=Decimal(amount), by=cast.finance)
        source.refresh_from_db()
        assert source.left == foretold


def test_queries_do_not_grow_with_the_rows(budget: Budget, django_assert_num_queries: Any) -> None:
    rows = [make_appropriation() for _ in range(30)]
    with django_assert_num_queries(2):
        sources.described(rows, budget=budget, on=today())
