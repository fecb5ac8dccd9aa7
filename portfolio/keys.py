"""Fractional keys: a string that sorts, byte by byte, between its neighbors'.

Putting something between two others writes one key. Only always moving between the same two makes
keys longer: then those around that place get short keys anew, as few of them as will do.
"""

from bisect import bisect_left
from collections.abc import Sequence

from fractional_indexing import FIError, generate_n_keys_between

# A key may be this long. Random moves among 10,000 stay below 10; reaching this takes some 600
# moves between the same two.
LONGEST_KEY = 120
# How many keys to each side are spread anew at first; twice as many while that is not enough.
FIRST_WINDOW = 16


def between(above: str | None, below: str | None, count: int = 1) -> list[str] | None:
    """Return `count` keys between two neighbors, None being an end of the list.

    Returns None where there is no room for keys of at most LONGEST_KEY characters, or where one of
    the neighbors was written by hand and cannot be counted on from.
    """
    try:
        keys: list[str] = generate_n_keys_between(above, below, count)
    except FIError:
        return None
    return keys if all(len(key) <= LONGEST_KEY for key in keys) else None


def spread(keys: Sequence[str], place: int) -> tuple[int, list[str]]:
    """Make room before index `place` of a whole list of `keys`, in order.

    Returns the index at which the keys written anew begin, and these: the fewest around `place`
    that can all be at most half as long as a key may be.
    """
    window = FIRST_WINDOW
    while True:
        first, end = max(place - window, 0), min(place + window, len(keys))
        above = keys[first - 1] if first else None
        below = keys[end] if end < len(keys) else None
        anew = between(above, below, end - first)
        if anew and max(map(len, anew)) <= LONGEST_KEY // 2:
            return first, anew
        window *= 2


def evenly(count: int) -> list[str]:
    """Return `count` short keys for a whole list."""
    keys: list[str] = generate_n_keys_between(None, None, count)
    return keys


def reorder(keys: Sequence[str]) -> dict[int, str] | None:
    """Return new keys, by index, with which `keys` rise: as few as can be.

    `keys` stand in the order that is wanted; those of the longest run that rises already stay.
    Returns None where there is no room between them.
    """
    stay = longest_rising(keys)
    anew: dict[int, str] = {}
    run: list[int] = []
    above = None
    for index, key in [*enumerate(keys), (len(keys), None)]:
        if key is not None and key not in stay:
            run.append(index)
            continue
        found = between(above, key, len(run))
        if found is None:
            return None
        anew |= zip(run, found, strict=True)
        above, run = key, []
    return anew


def longest_rising[Value: (int, str)](values: Sequence[Value]) -> set[Value]:
    """Return the longest run of `values` that rises, gaps allowed: what kept its order."""
    ends: list[Value] = []
    before: dict[Value, Value | None] = {}
    for value in values:
        spot = bisect_left(ends, value)
        before[value] = ends[spot - 1] if spot else None
        ends[spot : spot + 1] = [value]
    kept: set[Value] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
