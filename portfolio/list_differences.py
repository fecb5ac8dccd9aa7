"""How two orders differ: two adopted lists, or the list in force and the working order."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portfolio.keys import longest_rising
from portfolio.line_facts import Standing
from portfolio.models import AdoptedList, WorkingPosition


class Place(NamedTuple):
    """Where a project stands; None for people and money where a list drew no lines."""

    project: int
    rank: int
    title: str
    has_people: bool | None
    has_money: bool | None
    # Why it was moved last, where somebody said so since the list before.
    reason: str


class Moved(NamedTuple):
    """A project that stands elsewhere now: its place, and the rank it had."""

    place: Place
    before: int


class Crossed(NamedTuple):
    """A project that stands on the other side of a line now, and what that means for it."""

    place: Place
    words: str


class Difference(NamedTuple):
    """What one order changes against another."""

    entered: list[Place]
    left: list[Place]
    moved: list[Moved]
    crossed: list[Crossed]

    @property
    def is_empty(self) -> bool:
        """True when both orders, and what they give to whom, are the same."""
        return not (self.entered or self.left or self.moved or self.crossed)


def differences(before: Sequence[Place], after: Sequence[Place]) -> Difference:
    """Return what `after` changes against `before`, both in the order of their ranks.

    Moved are the fewest projects whose moving explains the new order; those that only made room
    are not. Of projects that entered or left, no line is told.
    """
    old = {place.project: place for place in before}
    new = {place.project: place for place in after}
    stayed = [place for place in after if place.project in old]
    ranks = [old[place.project].rank for place in stayed]
    kept = longest_rising(ranks)
    return Difference(
        entered=[place for place in after if place.project not in old],
        left=[place for place in before if place.project not in new],
        moved=[
            Moved(place, rank)
            for place, rank in zip(stayed, ranks, strict=True)
            if rank not in kept
        ],
        crossed=[
            Crossed(place, words)
            for place in stayed
            if (words := _crossed(old[place.project], place))
        ],
    )


def _crossed(before: Place, after: Place) -> str:
    """Return in words what a project gains or loses at the lines: empty where nothing."""
    pairs = (
        ("people", before.has_people, after.has_people),
        ("money", before.has_money, after.has_money),
    )
    told = [
        f"{'has' if now else 'no longer has'} {what}"
        for what, was, now in pairs
        if was is not None and now is not None and was != now
    ]
    return " and ".join(told)


def places_of(adopted: AdoptedList) -> list[Place]:
    """Return the places of an adopted list, as they were signed."""
    return [
        Place(*values)
        for values in adopted.entries.order_by("rank").values_list(
            "project_id", "rank", "title", "has_people", "has_money", "reason"
        )
    ]


def places_now(now: Standing, *, since: datetime | None) -> list[Place]:
    """Return the places of the working order, with the reasons of moves after `since`."""
    said = {
        project: (title, reason if since is None or (moved_at and moved_at > since) else "")
        for project, title, reason, moved_at in WorkingPosition.objects.values_list(
            "project_id", "project__title", "reason", "moved_at"
        )
    }
    outcomes = now.walk.outcomes
    return [
        Place(
            project,
            rank,
            said[project][0],
            outcomes[project].has_people,
            outcomes[project].has_money,
            said[project][1],
        )
        for rank, project in enumerate(now.order, start=1)
        # What was taken off the list while this was read is not on it any more.
        if project in said
    ]
