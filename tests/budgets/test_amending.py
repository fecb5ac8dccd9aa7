"""Amendments: the only way in which an appropriation changes, and what stands in their way."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from budgets import amending, ledger
from budgets.models import Allocation, Amendment, Appropriation, Budget
from portfolio.models import History
from tests.budgets.amendments import action, amount_of, cut, raised
from tests.factories import make_appropriation, make_project


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


def take(
    source: Appropriation, amount: int, *, cast: Any, budget: Budget | None = None
) -> Allocation:
    budget = budget or make_project(cast).budget
    return ledger.hold(budget=budget, appropriation=source, amount=Decimal(amount), by=cast.finance)


def test_a_raise_a_cut_and_a_lapse_change_what_an_appropriation_comes_to(
    cast: SimpleNamespace,
) -> None:
    source = make_appropriation(1_000)
    raised(source, 500, by=cast.finance)
    assert amount_of(source) == 1_500
    cut(source, 200, by=cast.finance)
    assert amount_of(source) == 1_300
    amending.lapse(source, amount=Decimal("100.25"), action=action(), by=cast.finance)
    assert amount_of(source) == Decimal("1199.75")
    assert source.adopted_amount == 1_000


def test_a_transfer_moves_money_between_funds(cast: SimpleNamespace) -> None:
    source, target = make_appropriation(1_000), make_appropriation(50)
    signed = amending.transfer(
        source, target=target, amount=Decimal(300), action=action(), by=cast.finance
    )
    assert (amount_of(source), amount_of(target)) == (700, 350)
    assert (signed.source, signed.target) == (source, target)


def test_an_amendment_is_numbered_dated_and_signed(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    first = raised(source, 1, by=cast.finance)
    second = cut(source, 1, by=cast.second_finance)
    assert (first.number, second.number) == (1, 2)
    assert (second.signed_by, second.action_number) == (cast.second_finance, "Ord. 2026-90")
    assert (second.reason, second.action_type) == ("Mid-year", "ordinance")
    assert timezone.now() - second.signed_at < timedelta(minutes=1)
    written = History.objects.filter(table="budgets_amendment").order_by("pk")
    assert [row.user_id for row in written] == [cast.finance.pk, cast.second_finance.pk]


def test_each_amendment_says_what_it_did(cast: SimpleNamespace) -> None:
    source, target = make_appropriation(1_000), make_appropriation(50)
    raised(source, 500, by=cast.finance)
    amending.transfer(source, target=target, amount=Decimal(300), action=action(), by=cast.finance)
    amendments = amending.amendments_of([source.pk, target.pk])
    assert (amount_of(source), amount_of(target)) == (1_200, 350)
    assert [step[1:] for step in amending.steps(source, amendments)] == [
        (None, 500, 1_500),
        (target, -300, 1_200),
    ]
    assert [step[1:] for step in amending.steps(target, amendments)] == [(source, 300, 350)]
    assert [step.label for step in amending.steps(source, amendments)] == ["Raise", "Transfer out"]
    assert [step.label for step in amending.steps(target, amendments)] == ["Transfer in"]


@pytest.mark.parametrize("kind", ["cut", "lapse", "transfer"])
def test_nothing_leaves_but_what_nobody_took(cast: SimpleNamespace, kind: str) -> None:
    source, target = make_appropriation(1_000), make_appropriation(50)
    take(source, 300, cast=cast)
    ledger.commit(take(source, 400, cast=cast), by=cast.finance)
    change = amending.Change(
        Amendment.Kind(kind),
        Decimal(301),
        action(),
        source=source,
        target=target if kind == "transfer" else None,
    )
    with pytest.raises(amending.Taken) as refused:
        amending.sign(change, by=cast.finance)
    assert refused.value.missing == 1
    assert refused.value.messages == [
        f"{source.action_number} has $300 that nobody took, and $301 would leave it. $1 has to be "
        "released first."
    ]
    assert (amount_of(source), amount_of(target)) == (1_000, 50)
    assert not Amendment.objects.exists()
    assert [row.amount for row in amending.in_the_way(source)] == [400, 300]


def test_all_that_nobody_took_can_leave(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    take(source, 300, cast=cast)
    cut(source, 700, by=cast.finance)
    assert (amount_of(source), source.left) == (300, 0)


def test_released_money_stands_in_nobodys_way(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    ledger.release(take(source, 900, cast=cast), by=cast.finance)
    cut(source, 1_000, by=cast.finance)
    assert amount_of(source) == 0


def test_a_hold_that_has_ended_makes_room(cast: SimpleNamespace, budget: Budget) -> None:
    source = make_appropriation(1_000)
    held = Allocation.objects.create(
        budget=budget,
        appropriation=source,
        amount=Decimal(900),
        held_by=cast.finance,
        held_at=timezone.now() - timedelta(days=100),
    )
    cut(source, 1_000, by=cast.finance)
    held.refresh_from_db()
    assert (amount_of(source), held.state, held.has_expired) == (0, "released", True)


@pytest.mark.parametrize(
    ("amount", "number", "sentence"),
    [
        ("0", "Ord. 1", "Enter an amount above zero."),
        ("-5", "Ord. 1", "Enter an amount above zero."),
        ("5", "  ", "Enter the number of the action that authorizes this."),
        ("1001", "Ord. 1", "comes to $1,000. You asked for $1,001. Enter less."),
    ],
)
def test_a_cut_that_makes_no_sense_is_refused(
    cast: SimpleNamespace, amount: str, number: str, sentence: str
) -> None:
    source = make_appropriation(1_000)
    with pytest.raises(ValidationError) as refused:
        amending.cut(source, amount=Decimal(amount), action=action(number), by=cast.finance)
    assert sentence in refused.value.messages[0]
    assert not Amendment.objects.exists()


def test_an_appropriation_cannot_grow_beyond_what_is_kept(cast: SimpleNamespace) -> None:
    source = make_appropriation(9_999_999_999_999)
    with pytest.raises(ValidationError, match="Check for extra zeros"):
        raised(source, 1, by=cast.finance)
    assert amount_of(source) == 9_999_999_999_999


def test_money_is_not_moved_to_where_it_is(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    with pytest.raises(ValidationError, match="Choose another appropriation"):
        amending.transfer(
            source, target=source, amount=Decimal(1), action=action(), by=cast.finance
        )


def test_who_saw_another_amount_signs_nothing(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    cut(source, 100, by=cast.finance)
    with pytest.raises(ledger.Stale) as stale:
        amending.cut(
            source, amount=Decimal(100), action=action(), by=cast.finance, seen=Decimal(1_000)
        )
    assert "it came to $1,000 and comes to $900 now" in stale.value.messages[0]
    assert amount_of(source) == 900


def test_an_amendment_that_fails_leaves_nothing(cast: SimpleNamespace) -> None:
    source = make_appropriation(1_000)
    take(source, 1_000, cast=cast)
    before = History.objects.count()
    with pytest.raises(amending.Taken):
        cut(source, 1, by=cast.finance)
    assert History.objects.count() == before


# What the database holds by itself.


def refused_by(rule: str, work: Any) -> bool:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        work()
    diagnosis: Any = refused.value.__cause__
    return bool(diagnosis.diag.constraint_name == rule)


def row(cast: Any, **values: Any) -> Amendment:
    given = {
        "kind": "cut",
        "amount": Decimal(10),
        "action_type": "ordinance",
        "action_number": "Ord. 1",
        "action_date": timezone.localdate(),
        "signed_by": cast.finance,
        "signed_at": timezone.now(),
    }
    return Amendment.objects.create(**(given | values))


def test_a_written_cut_meets_the_rule_of_the_ledger(cast: SimpleNamespace) -> None:
    source = make_appropriation(100)
    take(source, 95, cast=cast)
    assert refused_by("appropriation_not_overdrawn", lambda: row(cast, source=source))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("amendment_is_positive", {"amount": Decimal(0)}),
        ("amendment_names_its_action", {"action_number": ""}),
        ("amendment_ends_fit_its_kind", {"kind": "raise"}),
    ],
)
def test_a_written_amendment_that_makes_no_sense_is_refused(
    cast: SimpleNamespace, rule: str, values: dict[str, Any]
) -> None:
    source = make_appropriation(100)
    assert refused_by(rule, lambda: row(cast, source=source, **values))


def test_amounts_change_by_amendments_alone(cast: SimpleNamespace) -> None:
    source = make_appropriation(100)
    everything = Appropriation.objects.filter(pk=source.pk)
    for change in ({"amount": 900}, {"adopted_amount": 900}):
        assert refused_by(
            "appropriation_changes_by_amendment", lambda done=change: everything.update(**done)
        )
    assert amount_of(source) == 100
