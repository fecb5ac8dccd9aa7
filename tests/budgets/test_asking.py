"""Asking finance for money: once, for what is short, until it is answered."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from budgets import asking, ledger
from budgets.models import Budget, FundingRequest
from tests.budgets.test_ledger_races import at_once
from tests.factories import add_costs, hoped_for, make_appropriation, make_project


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return add_costs(make_project(cast).budget, cast=cast)


def hold(budget: Budget, amount: int, *, by: Any) -> None:
    source = make_appropriation()
    ledger.hold(budget=budget, appropriation=source, amount=Decimal(amount), by=by)
    budget.refresh_from_db()


def test_what_is_short_is_asked_of_any_fund(cast: SimpleNamespace, budget: Budget) -> None:
    hold(budget, 25_000, by=cast.finance)
    asked = asking.ask(budget, by=cast.head)
    assert (asked.amount, asked.fund, asked.status) == (100_000, None, "requested")
    assert (asked.asked_by, asked.fiscal_year) == (cast.head, budget.first_fiscal_year)
    assert asked.is_waiting
    budget.refresh_from_db()
    assert (budget.held, budget.committed) == (25_000, 0), "asking is not money"


def test_asking_twice_is_refused_with_when_it_was_asked(
    cast: SimpleNamespace, budget: Budget
) -> None:
    asking.ask(budget, by=cast.head)
    with pytest.raises(ValidationError, match=r"Finance was asked for \$125,000 on .* already"):
        asking.ask(budget, by=cast.head)
    assert FundingRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_ask_once(cast: SimpleNamespace) -> None:
    budget = add_costs(make_project(cast).budget, cast=cast)
    answers = at_once(*(lambda: asking.ask(budget, by=cast.head) for _ in range(4)))
    assert sum(isinstance(answer, FundingRequest) for answer in answers) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 3
    assert FundingRequest.objects.count() == 1


def test_nothing_to_ask_for_is_said(cast: SimpleNamespace, budget: Budget) -> None:
    with pytest.raises(ValidationError, match="Enter what it costs first"):
        asking.ask(make_project(cast).budget, by=cast.head)
    hold(budget, 125_000, by=cast.finance)
    with pytest.raises(ValidationError, match="Nothing is short"):
        asking.ask(budget, by=cast.head)


def test_money_that_is_held_answers_as_much(cast: SimpleNamespace, budget: Budget) -> None:
    entered = hoped_for(budget, amount=7)
    asked = asking.ask(budget, by=cast.head)
    hold(budget, 100_000, by=cast.finance)
    asked.refresh_from_db()
    assert asked.amount == 25_000
    hold(budget, 25_000, by=cast.finance)
    assert list(budget.requests.all()) == [entered], "what was only noted stays"


def test_a_refusal_needs_a_reason_and_ends_the_waiting(
    cast: SimpleNamespace, budget: Budget
) -> None:
    asked = asking.ask(budget, by=cast.head)
    with pytest.raises(ValidationError, match="Say why"):
        asking.decline(asked, reason=" ", by=cast.finance)
    declined = asking.decline(asked, reason=" The fund is closed. ", by=cast.finance)
    assert (declined.declined_by, declined.declined_reason) == (
        cast.finance,
        "The fund is closed.",
    )
    assert not declined.is_waiting
    with pytest.raises(ledger.Stale):
        asking.decline(asked, reason="Once more.", by=cast.second_finance)
    declined.refresh_from_db()
    assert declined.declined_reason == "The fund is closed."


def test_a_refusal_by_sql_needs_a_reason_too(cast: SimpleNamespace, budget: Budget) -> None:
    asked = asking.ask(budget, by=cast.head)
    with pytest.raises(IntegrityError, match="funding_request_answer_is_whole"):
        FundingRequest.objects.filter(pk=asked.pk).update(declined_reason="No.")


def test_only_what_finance_was_asked_for_can_be_declined(
    cast: SimpleNamespace, budget: Budget
) -> None:
    with pytest.raises(ledger.Stale):
        asking.decline(hoped_for(budget), reason="No.", by=cast.finance)


def test_how_a_budget_stands_with_finance(cast: SimpleNamespace, budget: Budget) -> None:
    def standing() -> asking.Asking:
        return asking.asking(Budget.objects.get(pk=budget.pk), budget.requests.all())

    hoped_for(budget)
    assert standing() == (125_000, None, None)
    first = asking.ask(budget, by=cast.head)
    assert standing() == (125_000, first, None)
    asking.decline(first, reason="Not this year.", by=cast.finance)
    assert standing() == (125_000, None, first)
    second = asking.ask(budget, by=cast.head)
    assert standing() == (125_000, second, None), "asked again"
    asking.decline(second, reason="Still not.", by=cast.finance)
    assert standing().declined == second
    hold(budget, 125_000, by=cast.finance)
    assert standing() == (0, None, None), "nothing is short any more"


def test_a_request_changes_and_goes_only_as_it_was_read(
    cast: SimpleNamespace, budget: Budget
) -> None:
    first = asking.enter(
        FundingRequest(budget=budget, fiscal_year=2030, amount=Decimal(5)), by=cast.head
    )
    seen, mine = asking.mark(first), FundingRequest.objects.get(pk=first.pk)
    first.amount = Decimal(6)
    asking.change(first, seen=seen, by=cast.head)
    mine.amount = Decimal(7)
    with pytest.raises(ledger.Stale, match="Somebody changed or removed"):
        asking.change(mine, seen=seen, by=cast.finance)
    mine.refresh_from_db()
    assert mine.amount == 6
    asking.remove(first, by=cast.head)
    with pytest.raises(ledger.Stale):
        asking.remove(mine, by=cast.finance)
    with pytest.raises(ledger.Stale):
        asking.change(mine, seen=asking.mark(mine), by=cast.finance)


def test_a_fund_is_asked_once_for_a_year(cast: SimpleNamespace, budget: Budget) -> None:
    fund = make_appropriation().fund
    fields: dict[str, Any] = {"budget": budget, "fund": fund, "fiscal_year": 2030}
    asking.enter(FundingRequest(amount=Decimal(5), **fields), by=cast.head)
    with pytest.raises(ValidationError, match="already asked for that year"):
        asking.enter(FundingRequest(amount=Decimal(6), **fields), by=cast.head)
    other = asking.enter(
        FundingRequest(amount=Decimal(6), **fields | {"fiscal_year": 2031}), by=cast.head
    )
    seen, other.fiscal_year = asking.mark(other), 2030
    with pytest.raises(ValidationError, match="already asked for that year"):
        asking.change(other, seen=seen, by=cast.head)
