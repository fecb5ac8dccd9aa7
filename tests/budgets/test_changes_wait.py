"""Every function that changes money takes the one lock before it reads, and keeps it to the end."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from budgets import amending, asking, costing, dedication, ledger, waivers
from budgets.models import Amendment, Appropriation, Budget, SecurityWaiver
from tests.budgets.hands import Hands, Step, several
from tests.factories import add_costs, dedicate, make_appropriation, make_project

pytestmark = pytest.mark.django_db(transaction=True)


class Money(SimpleNamespace):
    """One of each: an appropriation, a held allocation, budgets before and after confirmation."""

    source: Appropriation
    draft: Budget
    dedicated: Budget


@pytest.fixture
def money(cast: SimpleNamespace) -> Money:
    source = make_appropriation(1_000)
    draft = add_costs(make_project(cast).budget, cast=cast)
    dedicated = dedicate(add_costs(make_project(cast).budget, cast=cast), cast=cast)
    held = ledger.hold(budget=draft, appropriation=source, amount=Decimal(10), by=cast.finance)
    return Money(cast=cast, source=source, draft=draft, dedicated=dedicated, held=held)


@pytest.fixture
def hands(transactional_db: None) -> Iterator[Hands]:
    with several(2) as hands:
        yield hands


def amend(money: Money, kind: str) -> Callable[[], Any]:
    action = amending.Action("ordinance", "Ord. 9", timezone.localdate())
    return partial(
        amending.sign,
        amending.Change(
            Amendment.Kind(kind),
            Decimal(1),
            action,
            source=None if kind == "raise" else money.source,
            target={"raise": money.source, "transfer": make_appropriation()}.get(kind),
        ),
        by=money.cast.finance,
    )


def save(money: Money) -> Callable[[], Any]:
    lines = list(money.draft.cost_lines.all())
    lines[0].amount += 1
    return partial(
        costing.save_costs,
        money.draft,
        plan={name: getattr(money.draft, name) for name in costing.PLAN},
        lines=lines,
        removed=[],
        seen=money.draft.revision,
        by=money.cast.head,
    )


def below_floor(budget: Budget) -> Budget:
    budget.cost_lines.filter(element="security").update(amount=Decimal(100))
    return budget


def sign_waiver(money: Money) -> Callable[[], SecurityWaiver]:
    today = timezone.localdate()
    return partial(
        waivers.sign,
        below_floor(money.draft),
        reason="A study.",
        ends_on=today + timedelta(days=30),
        by=money.cast.security,
        on=today,
    )


FUNCTIONS: dict[str, Callable[[Money], Callable[[], Any]]] = {
    "hold": lambda money: partial(
        ledger.hold,
        budget=money.draft,
        appropriation=money.source,
        amount=Decimal(1),
        by=money.cast.finance,
    ),
    "commit": lambda money: partial(ledger.commit, money.held, by=money.cast.finance),
    "release": lambda money: partial(ledger.release, money.held, by=money.cast.finance),
    "expire": lambda _: partial(ledger.expire, on=timezone.localdate()),
    "raise": lambda money: amend(money, "raise"),
    "cut": lambda money: amend(money, "cut"),
    "transfer": lambda money: amend(money, "transfer"),
    "lapse": lambda money: amend(money, "lapse"),
    "confirm": lambda money: partial(
        dedication.confirm,
        money.dedicated,
        by=money.cast.second_finance,
        on=timezone.localdate(),
    ),
    "withdraw": lambda money: partial(dedication.withdraw, money.dedicated, by=money.cast.finance),
    "save costs": save,
    "sign a waiver": sign_waiver,
    "withdraw a waiver": lambda money: partial(
        waivers.withdraw, sign_waiver(money)(), by=money.cast.security
    ),
    "ask finance": lambda money: partial(asking.ask, money.draft, by=money.cast.head),
    "decline": lambda money: partial(
        asking.decline,
        asking.ask(money.draft, by=money.cast.head),
        reason="Not this year.",
        by=money.cast.finance,
    ),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_waits_for_whoever_has_the_lock(money: Money, hands: Hands, function: str) -> None:
    change = FUNCTIONS[function](money)
    first, second = hands.hands
    done, go_on, never = Event(), Event(), Event()
    locking = first.begin(Step(ledger.lock_changes), done, go_on)
    assert done.wait(30)
    never.set()
    changing = second.begin(Step(change), Event(), never)
    while not (waits := hands.waits_for(second)):
        assert not changing.done(), "It did not wait."
    assert waits == "advisory"
    go_on.set()
    locking.result(30)
    changing.result(30)


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if name != "confirm"])
def test_the_others_wait_until_it_is_committed(money: Money, hands: Hands, function: str) -> None:
    change = FUNCTIONS[function](money)
    made = hands.overlap([Step(change), Step(ledger.lock_changes)])
    assert hands.waits == 1
    assert not isinstance(made[0], Exception), made[0]
