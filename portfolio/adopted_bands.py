"""What an adopted list showed when it was signed: its entries in bands, and its sums.

All of it comes from the list itself. Lists that were signed before lines were drawn have neither.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from portfolio.lines import Side
from portfolio.list_rows import CONTINUED, KEYS, dollars
from portfolio.models import AdoptedEntry, AdoptedList


class Band(NamedTuple):
    """Entries on one side of the lines; a page may begin in the middle of one."""

    key: str
    title: str
    icon: str
    note: str
    is_line: bool
    entries: Sequence[AdoptedEntry]


class Facts(NamedTuple):
    """What stood above the list when it was signed, in words."""

    slots: str
    people: str
    money_used: str
    money: str
    dollars_reach: str
    ready: str
    top_ten: str
    # Whole percent of the dollars that reach projects; None where none do.
    critical_percent: int | None


def facts(adopted: AdoptedList) -> Facts | None:
    """Return the sums of the list, None where it drew no lines."""
    shown = adopted.shown
    if not shown.get("bands"):
        return None
    critical, everything = shown["critical_money"]
    serving, first = shown["critical_of_top_ten"]
    ready, above = shown["ready_above"]
    return Facts(
        slots=f"{shown['slots_used']:,} of {shown['slots']:,}",
        people=_reach(shown["people_line"], adopted.length),
        money_used=dollars(shown["money_used"]),
        money=dollars(shown["money"]),
        dollars_reach=_reach(shown["money_line"], adopted.length),
        ready=f"{ready:,} of {above:,}",
        top_ten=f"{serving} of {first}",
        critical_percent=100 * critical // everything if everything else None,
    )


def _reach(line: int, length: int) -> str:
    """Return in words how far down something reached."""
    if not line:
        return "no project"
    return "the end of the list" if line == length else f"rank {line:,}"


def in_bands(adopted: AdoptedList, entries: Iterable[AdoptedEntry]) -> list[Band]:
    """Return `entries`, a part of the list in its order, in the bands that it was signed with."""
    left = list(entries)
    if not adopted.shown.get("bands"):
        return [Band("plain", "", "", "", False, left)]
    found = []
    for told in adopted.shown["bands"]:
        inside = [entry for entry in left if told["first"] <= entry.rank <= told["last"]]
        if inside:
            found.append(_band(told, inside))
    return found


def _band(told: dict[str, Any], inside: Sequence[AdoptedEntry]) -> Band:
    key = KEYS.get(told["icon"], "both")
    if inside[0].rank > told["first"]:
        return Band(key, CONTINUED[Side(told["side"])], told["icon"], "", False, inside)
    return Band(key, told["title"], told["icon"], told["note"], key != "go", inside)
