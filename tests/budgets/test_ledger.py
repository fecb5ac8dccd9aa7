"""The ledger: hold, commit, release; and what is said when money is short."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation, Budget
from portfolio.models import History
from tests.factories import make_appropriation, make_project


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


def balances(appropriation: Appropriation) -> tuple[Decimal, Decimal, Decimal]:
    appropriation.refresh_from_db()
    return appropriation.held, appropriation.committed, appropriation.left


def test_held_money_is_held_then_committed_then_free_again(
    cast: SimpleNamespace, budget: Budget
) -> None:
    source = make_appropriation(100)
    held = ledger.hold(
        budget=budget, appropriation=source, amount=Decimal("40.50"), by=cast.finance
    )
    assert balances(source) == (Decimal("40.50"), 0, Decimal("59.50"))
    ledger.commit(held, by=cast.second_finance)
    assert balances(source) == (0, Decimal("40.50"), Decimal("59.50"))
    released = ledger.release(held, by=cast.finance)
    assert balances(source) == (0, 0, 100)
    assert (released.held_by, released.committed_by, released.released_by) == (
        cast.finance,
        cast.second_finance,
        cast.finance,
    )
    budget.refresh_from_db()
    assert (budget.held, budget.committed) == (0, 0)


def test_more_than_is_left_is_refused_with_what_is_left(
    cast: SimpleNamespace, budget: Budget
) -> None:
    source = make_appropriation(80_000)
    ledger.hold(budget=budget, appropriation=source, amount=Decimal(30_000), by=cast.finance)
    with pytest.raises(ValidationError) as refused:
        ledger.hold(budget=budget, appropriation=source, amount=Decimal(50_001), by=cast.finance)
    assert refused.value.messages == [
        f"{source.fund} has $50,000 left of {source.action_number}. You asked for $50,001. "
        "Take less, or use another appropriation."
    ]
    assert Allocation.objects.count() == 1


def test_the_last_dollar_can_be_held(cast: SimpleNamespace, budget: Budget) -> None:
    source = make_appropriation(50_000)
    ledger.hold(budget=budget, appropriation=source, amount=Decimal(50_000), by=cast.finance)
    assert balances(source) == (50_000, 0, 0)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_not_held(cast: SimpleNamespace, budget: Budget, amount: int) -> None:
    with pytest.raises(ValidationError, match="above zero"):
        ledger.hold(
            budget=budget,
            appropriation=make_appropriation(),
            amount=Decimal(amount),
            by=cast.finance,
        )


def test_money_is_committed_once_and_released_once(cast: SimpleNamespace, budget: Budget) -> None:
    held = ledger.hold(
        budget=budget, appropriation=make_appropriation(), amount=Decimal(5), by=cast.finance
    )
    ledger.commit(held, by=cast.finance)
    with pytest.raises(ValidationError, match="committed already"):
        ledger.commit(held, by=cast.finance)
    ledger.release(held, by=cast.finance)
    with pytest.raises(ValidationError, match="released already"):
        ledger.release(held, by=cast.finance)
    with pytest.raises(ValidationError, match="released already"):
        ledger.commit(held, by=cast.finance)


def test_an_action_that_names_a_budget_gives_to_that_one_alone(
    cast: SimpleNamespace, budget: Budget
) -> None:
    source = make_appropriation(for_budget=make_project(cast).budget)
    with pytest.raises(ValidationError, match="names another project"):
        ledger.hold(budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance)


def test_an_unused_action_can_be_said_to_name_the_project(
    cast: SimpleNamespace, budget: Budget
) -> None:
    source = make_appropriation(constraint=Appropriation.Constraint.UNASSIGNED)
    held = ledger.hold(
        budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance, is_named=True
    )
    ledger.commit(held, by=cast.finance)
    source.refresh_from_db()
    budget.refresh_from_db()
    assert source.for_budget == budget
    assert (budget.committed, budget.unsuitable) == (1, 0)


def test_a_used_action_cannot_be_said_to_name_the_project(
    cast: SimpleNamespace, budget: Budget
) -> None:
    source = make_appropriation()
    other = make_project(cast).budget
    ledger.hold(budget=other, appropriation=source, amount=Decimal(1), by=cast.finance)
    with pytest.raises(ValidationError, match="was taken before"):
        ledger.hold(
            budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance, is_named=True
        )
    source.refresh_from_db()
    assert source.for_budget is None


def test_money_is_offered_until_its_last_day_and_not_when_it_names_another(
    cast: SimpleNamespace, budget: Budget
) -> None:
    today = timezone.localdate()
    last_day = make_appropriation(available_until=today)
    named = make_appropriation(for_budget=budget)
    make_appropriation(available_until=today - timedelta(days=1))
    make_appropriation(for_budget=make_project(cast).budget)
    assert set(Appropriation.objects.usable_for(budget, on=today)) == {last_day, named}


def test_who_held_the_money_stands_in_the_history(cast: SimpleNamespace, budget: Budget) -> None:
    held = ledger.hold(
        budget=budget, appropriation=make_appropriation(), amount=Decimal(5), by=cast.finance
    )
    change = History.objects.get(table="budgets_allocation", row=str(held.pk))
    assert (change.action, change.user_id) == ("INSERT", cast.finance.pk)
