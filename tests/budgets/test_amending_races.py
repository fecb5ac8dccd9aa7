"""Amending and holding at the same moment, each on a connection of its own."""

from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import pytest

from budgets import amending, ledger
from budgets.models import Allocation, Amendment
from tests.budgets.amendments import action, amount_of, cut, raised
from tests.budgets.test_ledger_races import at_once, hold
from tests.factories import make_appropriation, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cut_and_a_hold_of_the_same_dollars_end_with_one_of_them(cast: SimpleNamespace) -> None:
    budget = make_project(cast).budget
    for _ in range(8):
        source = make_appropriation(1_000)
        answers = at_once(
            partial(cut, source, 700, by=cast.finance),
            hold(source, budget, 700, cast.second_finance),
        )
        done = [one for one in answers if isinstance(one, Amendment | Allocation)]
        assert len(done) == 1, answers
        source.refresh_from_db()
        assert source.held + source.committed <= source.amount
        assert source.left == 300


def test_two_cuts_of_the_same_page_are_one(cast: SimpleNamespace) -> None:
    for _ in range(4):
        source = make_appropriation(1_000)
        sign = partial(
            amending.cut,
            source,
            amount=Decimal(100),
            action=action(),
            by=cast.finance,
            seen=Decimal(1_000),
        )
        answers = at_once(sign, sign)
        assert sorted(type(one).__name__ for one in answers) == ["Amendment", "Stale"]
        assert amount_of(source) == 900


def test_transfers_both_ways_at_once_meet_no_deadlock(cast: SimpleNamespace) -> None:
    here, there = make_appropriation(1_000), make_appropriation(1_000)
    move = partial(amending.transfer, amount=Decimal(10), action=action(), by=cast.finance)
    jobs = [partial(move, here, target=there), partial(move, there, target=here)] * 4
    answers = at_once(*jobs)
    assert all(isinstance(one, Amendment) for one in answers), answers
    assert (amount_of(here), amount_of(there)) == (1_000, 1_000)
    assert sorted(one.number for one in answers) == list(range(1, 9))


def test_raises_at_once_are_all_counted(cast: SimpleNamespace) -> None:
    source = make_appropriation(100)
    answers = at_once(*[partial(raised, source, 5, by=cast.finance)] * 6)
    assert all(isinstance(one, Amendment) for one in answers), answers
    assert amount_of(source) == 130
    assert not isinstance(answers[0], ledger.Stale)
