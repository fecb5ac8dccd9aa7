"""Fractional keys: always in order, short, and written few at a time, however one moves."""

import time
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio import keys

PROJECTS = 10_000
MOVES = 10_000
# Working out one key and, at times, many anew: far below what a person would notice.
MOST_MS = 1.0

# Where the mover comes from, and where it lands among the others, by the number of the move.
Pattern = Callable[[int, Random], tuple[int, int]]


class Told(NamedTuple):
    """What became of the key space."""

    longest: int
    mean: float
    spreads: int
    # Keys written beside those of the projects that moved.
    others: int
    most_at_once: int
    ms: float


def at_random(_: int, chance: Random) -> tuple[int, int]:
    return chance.randrange(PROJECTS), chance.randrange(PROJECTS)


def always_to_the_top(*_: object) -> tuple[int, int]:
    return PROJECTS - 1, 0


def always_to_the_end(*_: object) -> tuple[int, int]:
    return 0, PROJECTS - 1


def always_below_the_first(*_: object) -> tuple[int, int]:
    return PROJECTS - 1, 1


def always_above_the_last(*_: object) -> tuple[int, int]:
    return 0, PROJECTS - 2


def always_in_the_middle(number: int, _: Random) -> tuple[int, int]:
    return (PROJECTS - 1 if number % 2 else 0), PROJECTS // 2


def two_that_swap(*_: object) -> tuple[int, int]:
    return 4_000, 4_001


def played(pattern: Pattern) -> Told:
    """Make the moves on a plain list of keys, whose order is looked at after each."""
    order, chance = keys.evenly(PROJECTS), Random(5)
    longest = spreads = others = most_at_once = 0
    took = 0.0
    for number in range(MOVES):
        before, to = pattern(number, chance)
        order.pop(before)
        above = order[to - 1] if to else None
        below = order[to] if to < len(order) else None
        began = time.perf_counter()
        found = keys.between(above, below)
        if found is None:
            first, anew = keys.spread(order, to)
            order[first : first + len(anew)] = anew
            spreads, others = spreads + 1, others + len(anew)
            most_at_once = max(most_at_once, len(anew))
            above = order[to - 1] if to else None
            below = order[to] if to < len(order) else None
            found = keys.between(above, below)
        took += time.perf_counter() - began
        assert found
        assert above is None or above < found[0]
        assert below is None or found[0] < below
        order.insert(to, found[0])
        longest = max(longest, len(found[0]))
    assert all(one < two for one, two in pairwise(order)), "every key between its neighbours"
    mean = sum(map(len, order)) / PROJECTS
    return Told(longest, mean, spreads, others, most_at_once, took * 1000 / MOVES)


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [
        (at_random, 10),
        (always_to_the_top, 10),
        (always_to_the_end, 10),
        (two_that_swap, keys.LONGEST_KEY),
        (always_below_the_first, keys.LONGEST_KEY),
        (always_above_the_last, keys.LONGEST_KEY),
        (always_in_the_middle, keys.LONGEST_KEY),
    ],
)
def test_ten_thousand_moves(pattern: Pattern, longest: int) -> None:
    told = played(pattern)
    print(  # noqa: T201 - what the moves did to the keys, for whoever asks with -s
        f"\n{MOVES:,} moves among {PROJECTS:,}, {pattern.__name__.replace('_', ' ')}: longest key "
        f"{told.longest}, mean at the end {told.mean:.1f}; {told.others:,} other keys written in "
        f"{told.spreads} spreads, {told.most_at_once:,} at most at once; {told.ms:.3f} ms a move"
    )
    assert told.longest <= longest
    assert told.others <= 2 * MOVES, "a move writes one key, and in the worst case a few more"
    assert told.ms < MOST_MS


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_keys_between_two(count: int) -> None:
    found = keys.between("a0", "a1", count)
    assert found is not None
    assert len(found) == count
    assert sorted({"a0", *found, "a1"}) == ["a0", *found, "a1"]


@pytest.mark.parametrize(
    ("above", "below"),
    [("a1", "a0"), ("a0", "a0"), ("zz", None), ("a00", "a1"), ("a0", "a0" + "0" * 120 + "1")],
)
def test_no_room(above: str, below: str | None) -> None:
    assert keys.between(above, below) is None


def test_keys_by_hand_are_spread_too() -> None:
    order = [*keys.evenly(40), "zz", "zzz"]
    first, anew = keys.spread(order, 41)
    assert [*order[:first], *anew] == sorted({*order[:first], *anew})
    assert first + len(anew) == 42


@given(st.permutations(range(8)))
def test_an_order_is_made_with_the_fewest_keys(wanted: list[int]) -> None:
    order = keys.evenly(8)
    given_keys = [order[place] for place in wanted]
    anew = keys.reorder(given_keys)
    assert anew is not None
    made = [anew.get(index, key) for index, key in enumerate(given_keys)]
    assert made == sorted(set(made))
    assert len(anew) == 8 - _longest_by_trying(wanted)


def _longest_by_trying(values: list[int]) -> int:
    """Return the length of the longest rising run, by trying every choice."""
    best = 0
    for choice in range(2 ** len(values)):
        chosen = [value for place, value in enumerate(values) if choice >> place & 1]
        if chosen == sorted(chosen):
            best = max(best, len(chosen))
    return best


def test_no_room_for_an_order() -> None:
    assert keys.reorder(["a0", "a5", "a0" + "0" * 117 + "1"]) is None


def test_the_longest_run_that_rises() -> None:
    assert keys.longest_rising([2, 3, 1, 4]) == {2, 3, 4}
    assert keys.longest_rising([]) == set()
