"""Freeing money that stands in the way of an amendment: what to release, and what follows from it.

Money is released in the order of the one list, from the bottom: projects that are not on it first,
then the last one. What follows is not foretold but found out: the database does it all, says what
became of budgets, gates and projects, and takes it back. What is shown before is therefore what
happens after.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from django.db import transaction
from django.utils.text import get_text_list

from budgets import amending, ledger
from budgets.models import Allocation, Amendment, Appropriation
from portfolio.models import AdoptedList, Project, User, WorkingPosition

NOTHING = Decimal(0)


class Ranks(NamedTuple):
    """The order that counts: rank by project, and what the list is called."""

    by_project: dict[int, int]
    name: str


NO_RANKS = Ranks({}, "the list")


class Release(NamedTuple):
    """An allocation to release, whose it is, and the rank of that project, if it has one."""

    allocation: Allocation
    project: Project | None
    rank: int | None


class Loss(NamedTuple):
    """What a project loses by the releases."""

    project: Project
    confirmation: bool
    gate: bool
    goes_on_hold: bool

    @property
    def sentence(self) -> str:
        """What it loses, in words."""
        parts = []
        if self.confirmation:
            parts.append("its budget is no longer dedicated")
        if self.gate:
            parts.append("its scoping gate closes")
        if self.goes_on_hold:
            parts.append("it goes on hold at once")
        said = get_text_list(parts, "and")
        return f"{said[:1].upper()}{said[1:]}."


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything that has to be released for an amendment, and everything that follows."""

    missing: Decimal
    releases: tuple[Release, ...]
    losses: tuple[Loss, ...]
    staying: int
    list_name: str

    @property
    def released(self) -> Decimal:
        """Dollars released together; allocations are released whole, so it may be more."""
        return sum((release.allocation.amount for release in self.releases), NOTHING)

    @property
    def stopped(self) -> tuple[Project, ...]:
        """The projects that go on hold."""
        return tuple(loss.project for loss in self.losses if loss.goes_on_hold)

    @property
    def mark(self) -> str:
        """A mark of what is shown: it differs where anything of it does."""
        parts = [f"{item.allocation.pk} {item.allocation.state}" for item in self.releases]
        parts += [f"{loss.project.pk} {loss[1:]}" for loss in self.losses]
        return blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


class Changed(ledger.Stale):
    """What follows is no longer what the person saw; `effects` is what follows now."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        super().__init__(
            "What follows from this changed since you looked. Nothing was done. Read it again, "
            "then decide."
        )


def rehearse(change: amending.Change, *, by: User, on: date) -> Effects:
    """Return what signing `change` needs released and what follows, without leaving a trace.

    Raises ValidationError where the amendment could not be signed even then.
    """
    with transaction.atomic():
        _, effects = _release_and_sign(change, by=by, on=on, seen=None)
        transaction.set_rollback(True)
    return effects


def carry_out(
    change: amending.Change, *, by: User, on: date, shown: str, seen: Decimal | None = None
) -> tuple[Amendment, Effects]:
    """Release what stands in the way of `change` and sign it, in one transaction.

    `shown` is the mark of the effects that the person read, `seen` what the appropriation came to.
    Raises Changed when other effects follow now, ledger.Stale when it was amended since,
    ValidationError as `amending.sign` does. Then nothing is done.
    """
    with by.changing():
        signed, effects = _release_and_sign(change, by=by, on=on, seen=seen)
        if effects.mark != shown:
            raise Changed(effects)
    return signed, effects


def _release_and_sign(
    change: amending.Change, *, by: User, on: date, seen: Decimal | None
) -> tuple[Amendment, Effects]:
    with by.changing():
        ledger.lock_changes()
        ledger.expire(on=on)
        missing, taken, ranks = _taken(change, on=on)
        releases = tuple(just_enough(taken, missing, of=_amount))
        budgets = [release.allocation.budget_id for release in releases]
        before = _projects(budgets)
        for release in releases:
            ledger.release(release.allocation, by=by)
        signed = amending.sign(change, by=by, seen=seen)
        losses = tuple(_losses(before, _projects(budgets)))
    return signed, Effects(missing, releases, losses, len(taken) - len(releases), ranks.name)


def _taken(change: amending.Change, *, on: date) -> tuple[Decimal, list[Release], Ranks]:
    """Return the dollars that `change` lacks, and all that is taken, in the order of releasing."""
    if change.source is None:
        return NOTHING, [], NO_RANKS
    source = Appropriation.objects.select_for_update(no_key=True).get(pk=change.source.pk)
    missing = max(change.amount - source.left, NOTHING)
    if not missing:
        return missing, [], NO_RANKS
    taken = list(amending.in_the_way(source))
    projects = _projects(row.budget_id for row in taken)
    ranks = ranks_of(projects.values(), on=on)
    every = [_as_release(row, projects.get(row.budget_id), ranks) for row in taken]
    return missing, sorted(every, key=_turn), ranks


def _as_release(allocation: Allocation, project: Project | None, ranks: Ranks) -> Release:
    rank = ranks.by_project.get(project.pk) if project else None
    return Release(allocation, project, rank)


def _turn(release: Release) -> tuple[bool, int, int, bool, int]:
    """Sort from the bottom: off the list, then by rank; within a project held money first.

    Of projects off the list, and of one project's money, the latest goes first.
    """
    on_list = release.rank is not None
    project = release.project.pk if release.project else 0
    is_committed = release.allocation.state == Allocation.State.COMMITTED
    return on_list, -(release.rank or 0), -project, is_committed, -release.allocation.pk


def _amount(release: Release) -> Decimal:
    return release.allocation.amount


def just_enough[Item](
    ordered: Sequence[Item], needed: Decimal, *, of: Callable[[Item], Decimal]
) -> list[Item]:
    """Return the first of `ordered` that come to `needed` dollars, without any it can spare.

    Those further on are spared first. All of them, where all come to less.
    """
    chosen: list[Item] = []
    total = NOTHING
    for item in ordered:
        if total >= needed:
            break
        chosen.append(item)
        total += of(item)
    for item in reversed(chosen[:-1]):
        if total - of(item) >= needed:
            chosen.remove(item)
            total -= of(item)
    return chosen


def ranks_of(projects: Iterable[Project], *, on: date) -> Ranks:
    """Return the rank of each of `projects` on the list in force that day.

    Where no list is in force, the working order counts.
    """
    keys = {project.pk for project in projects}
    adopted = AdoptedList.objects.in_force(on=on)
    if adopted:
        entries = adopted.entries.filter(project__in=keys)
        return Ranks(dict(entries.values_list("project_id", "rank")), f"list {adopted.number}")
    order = WorkingPosition.objects.in_order().values_list("project_id", flat=True)
    ranks = {project: rank for rank, project in enumerate(order, start=1) if project in keys}
    return Ranks(ranks, "the working order")


def _projects(budgets: Iterable[int]) -> dict[int, Project]:
    """Return the projects of `budgets` as they are now, by budget."""
    found = Project.objects.filter(budget__in=set(budgets)).select_related("budget", "department")
    return {project.budget_id: project for project in found.order_by("pk")}


def _losses(before: dict[int, Project], after: dict[int, Project]) -> Iterable[Loss]:
    """Yield what each project lost between `before` and `after`, if anything."""
    for budget, was in before.items():
        now = after[budget]
        loss = Loss(
            now,
            confirmation=was.budget.is_dedicated and not now.budget.is_dedicated,
            gate=was.is_gate_open and not now.is_gate_open,
            goes_on_hold=now.on_hold and not was.on_hold,
        )
        if any(loss[1:]):
            yield loss
