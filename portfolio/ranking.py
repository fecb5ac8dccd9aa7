"""The one list: put projects on it, move them, adopt it.

The working order is one column of fractional keys: a move writes one row, whatever the length of
the list. Ranks are counted. Adopting signs the order; the database copies it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from fractional_indexing import generate_key_between, generate_n_keys_between

from budgets.ledger import lock_changes
from portfolio.models import AdoptedList, Project, User, WorkingPosition


class Stale(ValidationError):
    """The list changed since the person saw it."""


class Move(NamedTuple):
    """What a move did: from where to where, of how many."""

    project: Project
    before: int
    after: int
    length: int

    @property
    def sentence(self) -> str:
        """The move in words, for the page and for screen readers."""
        if self.before == self.after:
            return f"{self.project.title} stays at {self.after} of {self.length}."
        return f"{self.project.title} moved from {self.before} to {self.after} of {self.length}."


def add(project: Project, *, by: User) -> WorkingPosition:
    """Put `project` at the end of the working order. Raises ValidationError if it is there."""
    return add_all([project], by=by)[0]


def add_all(projects: Sequence[Project], *, by: User) -> list[WorkingPosition]:
    """Put `projects` at the end of the working order, in the order given."""
    with by.changing():
        lock_changes()
        if WorkingPosition.objects.filter(project__in=projects).exists():
            raise ValidationError("This project is on the list already.")
        if any(project.stage == Project.Stage.STOPPED for project in projects):
            raise ValidationError("A stopped project cannot be ranked.")
        last = WorkingPosition.objects.order_by("-key").values_list("key", flat=True).first()
        keys = generate_n_keys_between(last, None, len(projects))
        return WorkingPosition.objects.bulk_create(
            [WorkingPosition(project=one, key=key) for one, key in zip(projects, keys, strict=True)]
        )


def remove(project: Project, *, by: User) -> None:
    """Take `project` off the working order; adopted lists keep it."""
    with by.changing():
        lock_changes()
        removed, _ = WorkingPosition.objects.filter(project=project).delete()
        if not removed:
            raise ValidationError("This project is not on the list.")


def move(project: Project, *, to: int, seen: str, by: User) -> Move:
    """Move `project` to rank `to`, counted from 1; past the end means the end.

    `seen` is the project's key as the person saw it. Raises Stale when it moved since, and
    ValidationError when it is not on the list.
    """
    with by.changing():
        lock_changes()
        position = WorkingPosition.objects.select_related("project").filter(project=project).first()
        if position is None:
            raise ValidationError("This project is not on the list. Reload the page.")
        if position.key != seen:
            raise Stale(
                "Somebody moved this project since you opened the list. Here is the list as it is "
                "now; move it again if you still want to."
            )
        length = WorkingPosition.objects.count()
        before = WorkingPosition.objects.filter(key__lt=position.key).count() + 1
        after = max(1, min(to, length))
        if after != before:
            position.key = _key_at(after, without=position)
            position.save(update_fields=["key"])
        return Move(position.project, before, after, length)


def _key_at(rank: int, *, without: WorkingPosition) -> str:
    """Return a key between the neighbours that rank `rank` has once `without` is taken out."""
    others = WorkingPosition.objects.exclude(pk=without.pk).in_order().values_list("key", flat=True)
    start = max(rank - 2, 0)
    neighbours = list(others[start:rank])
    if rank == 1:
        return generate_key_between(None, neighbours[0])
    return generate_key_between(neighbours[0], neighbours[1] if len(neighbours) > 1 else None)


def moves_since(adopted: AdoptedList | None) -> int:
    """Return how many projects stand elsewhere in the working order than on `adopted`."""
    working = list(WorkingPosition.objects.in_order().values_list("project_id", flat=True))
    if adopted is None:
        return len(working)
    signed = list(adopted.entries.order_by("rank").values_list("project_id", flat=True))
    places = {project: rank for rank, project in enumerate(signed)}
    left = len(set(signed) - set(working))
    return left + _out_of_order([places.get(project) for project in working])


def _out_of_order(places: Sequence[int | None]) -> int:
    """Return how many items must move to put `places` in rising order; None is new."""
    tails: list[int] = []
    for place in places:
        if place is None:
            continue
        spot = bisect_left(tails, place)
        tails[spot : spot + 1] = [place]
    return len(places) - len(tails)


def adopt(*, action_number: str, adopted_on: date, by: User) -> AdoptedList:
    """Sign the working order into the next adopted list, in force from now on.

    Raises ValidationError without an action number, for an empty order, for a day on which it
    would not be in force, or for an action that adopted a list before.
    """
    action = action_number.strip()
    with by.changing():
        lock_changes()
        if not action:
            raise ValidationError("Enter the number of the action that adopts the list.")
        if AdoptedList.objects.filter(action_number=action).exists():
            raise ValidationError(
                f"A list was already adopted by {action}. Check the number, or reload the page."
            )
        if not WorkingPosition.objects.exists():
            raise ValidationError("The list is empty. Put projects on it before you adopt it.")
        adopted = AdoptedList(action_number=action, adopted_on=adopted_on, signed_by=by)
        adopted.save(force_insert=True)
        adopted.refresh_from_db()
    return adopted
