"""Adopt the one list: what signing the working order changes, and the signature.

The database copies the working order when a list is signed; what is here asks for it and words it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from budgets.ledger import lock_changes
from portfolio.constraints import sentence_for
from portfolio.models import AdoptedList, History, User, WorkingPosition
from portfolio.ranking import Stale


def changes_since(adopted: AdoptedList | None) -> int:
    """Return how often the working order was changed since `adopted` was signed."""
    changes = History.objects.filter(table=WorkingPosition._meta.db_table)
    return changes.filter(at__gt=adopted.signed_at).count() if adopted else changes.count()


class Moved(NamedTuple):
    """A project that stands elsewhere than on the adopted list: its old rank and its new one."""

    title: str
    before: int
    after: int


class Difference(NamedTuple):
    """How the working order differs from an adopted list: titles, and the projects moved."""

    entered: list[str]
    left: list[str]
    moved: list[Moved]

    @property
    def is_empty(self) -> bool:
        """True when the working order is the adopted one."""
        return not (self.entered or self.left or self.moved)


def difference(adopted: AdoptedList | None) -> Difference:
    """Return what signing the working order now would change against `adopted`.

    Moved are the fewest projects whose moving explains the new order; those that only made room
    are not.
    """
    ordered = WorkingPosition.objects.in_order().values_list("project_id", "project__title")
    titles = dict(ordered)
    entries = adopted.entries.values_list("project_id", "rank", "title") if adopted else []
    signed = {project: (rank, title) for project, rank, title in entries}
    ranks = {project: rank for rank, project in enumerate(titles, start=1)}
    stayed = _longest_rising([signed[project][0] for project in titles if project in signed])
    return Difference(
        entered=[title for project, title in titles.items() if project not in signed],
        left=[title for project, (_, title) in signed.items() if project not in titles],
        moved=[
            Moved(title, signed[project][0], ranks[project])
            for project, title in titles.items()
            if project in signed and signed[project][0] not in stayed
        ],
    )


def _longest_rising(ranks: Sequence[int]) -> set[int]:
    """Return the longest run of `ranks` that rises, gaps allowed: those that kept their order."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for rank in ranks:
        spot = bisect_left(ends, rank)
        before[rank] = ends[spot - 1] if spot else None
        ends[spot : spot + 1] = [rank]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


def order_mark() -> str:
    """Return a mark of the working order as it is now: it differs after every change."""
    changes = History.objects.filter(table=WorkingPosition._meta.db_table)
    return str(changes.aggregate(last=Max("id"))["last"] or 0)


def adopt(
    *, action_number: str, adopted_on: date, by: User, seen: str | None = None
) -> AdoptedList:
    """Sign the working order into the next adopted list, in force from now on.

    `seen` is the mark of the order that the person saw, where a page showed it. Raises Stale when
    it changed since; ValidationError without an action number, for an empty order, for a day on
    which the list would not be in force, or for an action that adopted a list before.
    """
    action = action_number.strip()
    with by.changing():
        lock_changes()
        if not action:
            raise ValidationError("Enter the number of the action that adopts the list.")
        if seen is not None and seen != order_mark():
            raise Stale(
                "Somebody changed the order while you had this page open. Look at what changed, "
                "then sign again."
            )
        if AdoptedList.objects.filter(action_number=action).exists():
            raise ValidationError(
                f"A list was already adopted by {action}. Check the number, or reload the page."
            )
        if not WorkingPosition.objects.exists():
            raise ValidationError("The list is empty. Put projects on it before you adopt it.")
        return _sign(AdoptedList(action_number=action, adopted_on=adopted_on, signed_by=by))


def _sign(adopted: AdoptedList) -> AdoptedList:
    """Save the list; the database refuses a day on which it would not be in force."""
    try:
        with transaction.atomic():
            adopted.save(force_insert=True)
    except IntegrityError as refused:
        raise ValidationError(sentence_for(refused)) from refused
    adopted.refresh_from_db()
    return adopted
