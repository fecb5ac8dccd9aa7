"""The one list: put projects on it, move them, take them off.

The working order is one column of fractional keys: a move writes one row, whatever the length of
the list. Ranks are counted. Adopting signs the order; the database copies it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Q
from fractional_indexing import FIError, generate_key_between, generate_n_keys_between

from budgets.ledger import lock_changes
from portfolio.models import Project, User, WorkingPosition

# Always moving between the same two makes keys longer; beyond this they are spread anew.
LONGEST_KEY = 60


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
        if not projects:
            raise ValidationError("Choose at least one project that is not on the list.")
        if WorkingPosition.objects.filter(project__in=projects).exists():
            raise ValidationError("This project is on the list already.")
        if any(project.stage == Project.Stage.STOPPED for project in projects):
            raise ValidationError("A stopped project cannot be ranked.")
        keys = _keys_at_end(len(projects))
        return WorkingPosition.objects.bulk_create(
            [WorkingPosition(project=one, key=key) for one, key in zip(projects, keys, strict=True)]
        )


def _keys_at_end(count: int) -> list[str]:
    try:
        return generate_n_keys_between(_last_key(), None, count)
    except FIError:
        _spread_keys()
        return generate_n_keys_between(_last_key(), None, count)


def _last_key() -> str | None:
    return WorkingPosition.objects.order_by("-key").values_list("key", flat=True).first()


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
        counts = WorkingPosition.objects.aggregate(
            length=Count("pk"), ahead=Count("pk", filter=Q(key__lt=position.key))
        )
        length, before = counts["length"], counts["ahead"] + 1
        after = max(1, min(to, length))
        if after != before:
            _place(position, after)
        return Move(position.project, before, after, length)


def _place(position: WorkingPosition, rank: int) -> None:
    """Give `position` a key at `rank`; once in hundreds of moves, spread all keys anew first."""
    try:
        key = _key_at(rank, without=position)
    except FIError:
        # Somebody wrote a key by hand that cannot be counted on from.
        key = ""
    if not 0 < len(key) <= LONGEST_KEY:
        _spread_keys()
        key = _key_at(rank, without=position)
    position.key = key
    position.save(update_fields=["key"])


def _spread_keys() -> None:
    """Give every position a short key, in the same order."""
    positions = list(WorkingPosition.objects.in_order())
    keys = generate_n_keys_between(None, None, len(positions))
    for position, key in zip(positions, keys, strict=True):
        position.key = key
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS working_position_unique DEFERRED")
        WorkingPosition.objects.bulk_update(positions, ["key"], batch_size=1000)
        cursor.execute("SET CONSTRAINTS working_position_unique IMMEDIATE")


def _key_at(rank: int, *, without: WorkingPosition) -> str:
    """Return a key between the neighbours that rank `rank` has once `without` is taken out."""
    others = WorkingPosition.objects.exclude(pk=without.pk).in_order().values_list("key", flat=True)
    start = max(rank - 2, 0)
    neighbours = list(others[start:rank])
    if rank == 1:
        return generate_key_between(None, neighbours[0])
    return generate_key_between(neighbours[0], neighbours[1] if len(neighbours) > 1 else None)
