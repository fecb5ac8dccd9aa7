"""The walk down any list: what must hold whatever is on it, and how long it takes."""

import random
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.lines import Limits, Need, Why, begin, walk, walk_from
from tests.portfolio.test_lines import GRANT, STREETS, WATER, need, with_people

FUNDS = (STREETS, WATER, GRANT)
cents = st.integers(0, 40)


@st.composite
def any_needs(draw: st.DrawFn) -> dict[int, Need]:
    count = draw(st.integers(0, 9))
    return {
        project: Need(
            project=project,
            cost=draw(cents),
            promised=tuple(
                (fund, draw(st.integers(1, 20)))
                for fund in draw(st.lists(st.sampled_from(FUNDS), unique=True, max_size=2))
            ),
            own=draw(st.sampled_from([0, 0, 5, 30])),
            names=tuple(draw(st.lists(st.sampled_from(FUNDS), unique=True))),
            keeps_slot=(keeps := draw(st.sampled_from([True, False, False]))),
            wants_slot=not keeps and draw(st.booleans()),
            is_critical=draw(st.booleans()),
            is_ready=draw(st.booleans()),
        )
        for project in range(1, count + 1)
    }


@st.composite
def any_list(draw: st.DrawFn) -> tuple[list[int], dict[int, Need], Limits]:
    needs = draw(any_needs())
    order = draw(st.permutations(list(needs)))[: draw(st.integers(0, len(needs)))]
    money = draw(st.dictionaries(st.sampled_from(FUNDS), st.integers(0, 150)))
    return order, needs, Limits(draw(st.integers(0, 8)), money)


def is_enough(needs: Mapping[int, Need], limits: Limits) -> bool:
    """Return whether every fund has what is promised in it."""
    return all(
        limits.money.get(fund, 0) >= sum(dict(one.promised).get(fund, 0) for one in needs.values())
        for fund in FUNDS
    )


def told_plainly(order: list[int], needs: dict[int, Need], limits: Limits) -> dict[int, Any]:
    """The same walk with a ledger of who has how much of which fund, kept slowly."""
    ledger = {
        (fund, one.project): amount for one in needs.values() for fund, amount in one.promised
    }

    def left(fund: int) -> int:
        return limits.money.get(fund, 0) - sum(
            amount for (of, _), amount in ledger.items() if of == fund
        )

    off_list = sorted(needs.keys() - set(order), reverse=True)
    for fund in FUNDS:
        for project in [*off_list, *reversed(order)]:
            if left(fund) < 0:
                ledger.pop((fund, project), None)
    has_money = {}
    for project in order:
        one = needs[project]
        lacks = one.cost - sum(amount for (_, to), amount in ledger.items() if to == project)
        asked = max(lacks - one.own, 0)
        has_money[project] = one.cost > 0 and asked <= sum(left(fund) for fund in one.names)
        for fund in one.names if has_money[project] else ():
            part = min(asked, left(fund))
            ledger[fund, project] = ledger.get((fund, project), 0) + part
            asked -= part
        assert all(left(fund) >= 0 for fund in FUNDS)
    return has_money


@given(any_list())
def test_no_fund_ever_gives_more_than_it_has(
    some: tuple[list[int], dict[int, Need], Limits],
) -> None:
    found = walk(*some)
    assert {key: one.has_money for key, one in found.outcomes.items()} == told_plainly(*some)
    assert found.critical_money[1] <= found.money_used <= found.money


@given(any_list())
def test_who_has_no_money_is_short_by_what_is_said(
    some: tuple[list[int], dict[int, Need], Limits],
) -> None:
    order, needs, limits = some
    found = walk(order, needs, limits)
    short = [project for project in order if found.outcomes[project].why is Why.SHORT]
    if not short or not is_enough(needs, limits):
        return
    first = found.outcomes[short[0]]
    assert first.fund is not None
    for more, fits in ((first.missing - 1, False), (first.missing, True)):
        money = {**limits.money, first.fund: limits.money.get(first.fund, 0) + more}
        again = walk(order, needs, limits._replace(money=money))
        assert again.outcomes[short[0]].has_money is fits


@given(any_list(), st.data())
def test_moving_up_never_loses_anything(
    some: tuple[list[int], dict[int, Need], Limits], data: st.DataObject
) -> None:
    order, needs, limits = some
    if not order or not is_enough(needs, limits):
        return
    before = data.draw(st.integers(0, len(order) - 1))
    moved = order[before]
    others = [project for project in order if project != moved]
    others.insert(data.draw(st.integers(0, before)), moved)
    was, now = (walk(one, needs, limits).outcomes[moved] for one in (order, others))
    assert now.has_money >= was.has_money
    assert now.has_people >= was.has_people


@given(any_list())
def test_what_stands_below_changes_nothing_above(
    some: tuple[list[int], dict[int, Need], Limits],
) -> None:
    order, needs, limits = some
    if not is_enough(needs, limits):
        return
    half = order[: len(order) // 2]
    whole, part = walk(order, needs, limits), walk(half, needs, limits)
    assert [whole.outcomes[one] for one in half] == [part.outcomes[one] for one in half]


@given(any_list())
def test_slots_are_kept_then_given_in_order(
    some: tuple[list[int], dict[int, Need], Limits],
) -> None:
    order, needs, limits = some
    found = walk(order, needs, limits)
    keep = {project for project, one in needs.items() if one.keeps_slot}
    want = [project for project in order if needs[project].wants_slot]
    given_to = want[: max(limits.slots - len(keep), 0)]
    assert set(with_people(found)) == {*given_to, *(keep & set(order))}
    assert found.slots_used == len(keep) + len(given_to)


@given(any_list())
def test_bands_cover_every_rank_once(some: tuple[list[int], dict[int, Need], Limits]) -> None:
    found = walk(*some)
    ranks = [rank for band in found.bands() for rank in range(band.first, band.last + 1)]
    assert ranks == list(range(1, len(some[0]) + 1))
    for band in found.bands():
        assert {found.side(rank) for rank in range(band.first, band.last + 1)} == {band.side}
    assert all(not one.has_money for one in list(found.outcomes.values())[found.money_line :])
    assert all(not one.has_people for one in list(found.outcomes.values())[found.people_line :])


@given(any_list(), st.randoms())
def test_one_beginning_serves_any_order(
    some: tuple[list[int], dict[int, Need], Limits], dice: random.Random
) -> None:
    order, needs, limits = some
    start = begin(needs, limits)
    for _ in range(3):
        dice.shuffle(order)
        assert walk_from(start, order) == walk(order, needs, limits)


@pytest.mark.parametrize("money", [0, 30_000, 10**9])
def test_ten_thousand_projects_take_milliseconds(money: int) -> None:
    dice = random.Random(money)
    needs = {
        project: need(
            project,
            dice.randrange(1000),
            *dice.sample(range(40), 2),
            promised=((dice.randrange(40), 5),) if money else (),
        )
        for project in range(10_000)
    }
    order = list(needs)
    dice.shuffle(order)
    start = begin(needs, Limits(7, dict.fromkeys(range(40), money)))
    times = []
    for _ in range(5):
        began = time.perf_counter()
        assert walk_from(start, order).length == 10_000
        times.append(time.perf_counter() - began)
    # Some 8 ms where nothing else runs.
    assert min(times) < 0.05
