"""Several people at the same money at once, each on a connection of their own."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.db.models import Sum
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Allocation, Appropriation, Budget
from tests.database import connect
from tests.factories import add_costs, make_appropriation, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run `jobs` at the same moment, and return what each returned or raised."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return job()
        except (ValidationError, psycopg.Error) as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


def hold(source: Appropriation, budget: Budget, amount: int, by: Any) -> Callable[[], Allocation]:
    return lambda: ledger.hold(budget=budget, appropriation=source, amount=Decimal(amount), by=by)


def taken(source: Appropriation) -> Decimal:
    standing = source.allocations.exclude(state="released")
    return standing.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def test_two_officers_take_the_last_50_000_at_once(cast: SimpleNamespace) -> None:
    first, second = make_project(cast).budget, make_project(cast).budget
    for _ in range(10):
        source = make_appropriation(50_000)
        answers = at_once(
            hold(source, first, 50_000, cast.finance),
            hold(source, second, 50_000, cast.second_finance),
        )
        got = [answer for answer in answers if isinstance(answer, Allocation)]
        refused = [answer for answer in answers if isinstance(answer, ValidationError)]
        assert len(got) == len(refused) == 1
        assert refused[0].messages == [
            f"{source.fund} has $0 left of {source.action_number}. You asked for $50,000. Take "
            "less, or use another appropriation."
        ]
        assert taken(source) == 50_000


def test_the_slower_of_two_is_told_the_rest(cast: SimpleNamespace) -> None:
    budget, source = make_project(cast).budget, make_appropriation(80_000)
    answers = at_once(
        hold(source, budget, 50_000, cast.finance), hold(source, budget, 50_000, cast.finance)
    )
    refused = next(answer for answer in answers if isinstance(answer, ValidationError))
    assert "has $30,000 left" in refused.messages[0]


def test_eight_writers_never_overcommit_and_nobody_meets_a_deadlock(
    cast: SimpleNamespace,
) -> None:
    source = make_appropriation(1_000)
    budgets = [make_project(cast).budget for _ in range(4)]

    def work(seed: int) -> Callable[[], list[str]]:
        dice = random.Random(seed)

        def job() -> list[str]:
            refusals = []
            for _ in range(12):
                try:
                    held = hold(source, dice.choice(budgets), dice.randint(1, 300), cast.finance)()
                    if dice.random() < 0.6:
                        ledger.commit(held, by=cast.finance)
                    if dice.random() < 0.5:
                        ledger.release(held, by=cast.finance)
                except ValidationError as short:
                    refusals += short.messages
            return refusals

        return job

    answers = at_once(*(work(seed) for seed in range(8)))
    assert all(isinstance(answer, list) for answer in answers), answers
    assert all("left of" in refusal for answer in answers for refusal in answer)
    source.refresh_from_db()
    assert source.held + source.committed == taken(source) <= 1_000


def test_eight_connections_without_the_ledger_never_overcommit(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    budgets = [make_project(cast).budget.pk for _ in range(4)]

    def work(seed: int) -> Callable[[], list[str]]:
        dice = random.Random(seed)

        def job() -> list[str]:
            refusals = []
            with closing(connect("default", autocommit=True)) as raw:
                for _ in range(12):
                    try:
                        raw.execute(
                            "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, "
                            "state, held_by_id, held_at) VALUES (%s, %s, %s, 'held', %s, now())",
                            [
                                dice.choice(budgets),
                                source.pk,
                                dice.randint(1, 300),
                                cast.finance.pk,
                            ],
                        )
                    except psycopg.errors.CheckViolation as refused:
                        refusals.append(str(refused.diag.constraint_name))
            return refusals

        return job

    answers = at_once(*(work(seed) for seed in range(8)))
    assert all(isinstance(answer, list) for answer in answers), answers
    assert {rule for answer in answers for rule in answer} == {"appropriation_not_overdrawn"}
    source.refresh_from_db()
    assert source.held == taken(source) <= 1_000


def test_confirming_and_releasing_at_once_never_leaves_money_uncovered(
    cast: SimpleNamespace,
) -> None:
    for _ in range(8):
        budget = add_costs(make_project(cast).budget, cast=cast)
        held = ledger.hold(
            budget=budget,
            appropriation=make_appropriation(),
            amount=budget.needed,
            by=cast.finance,
        )
        ledger.commit(held, by=cast.finance)
        at_once(
            partial(dedication.confirm, budget, by=cast.second_finance, on=timezone.localdate()),
            partial(ledger.release, held, by=cast.finance),
        )
        budget.refresh_from_db()
        assert (budget.state, budget.committed) == ("draft", 0)


def test_not_even_the_owner_deletes_an_allocation(cast: SimpleNamespace) -> None:
    hold(make_appropriation(), make_project(cast).budget, 5, cast.finance)()
    with (
        closing(connect("owner", autocommit=True)) as owner,
        pytest.raises(psycopg.errors.CheckViolation) as refused,
    ):
        owner.execute("DELETE FROM budgets_allocation")
    assert refused.value.diag.constraint_name == "allocation_is_released"
