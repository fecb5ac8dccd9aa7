"""The one list: put projects on it, move them, take them off.

The working order is one column of fractional keys: a move writes one row, whatever the length of
the list. Ranks are counted. A move says what the person saw, and is refused where that changed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.text import get_text_list

from budgets.ledger import lock_changes
from portfolio import keys, order_changes
from portfolio.line_facts import Standing, standing
from portfolio.models import History, Project, User, WorkingPosition
from portfolio.scoring import off_in_words, places_off

LONGEST_REASON = 300


class Stale(ValidationError):
    """The list changed since the person saw it; the message says who changed what."""


class Between(NamedTuple):
    """Where a project should land: keys of the projects just above and below; None is an end."""

    above: int | None
    below: int | None


class Move(NamedTuple):
    """What a move did: from where to where, of how many, and to which side of which line."""

    project: Project
    before: int
    after: int
    length: int
    crossed: tuple[str, ...] = ()
    is_undone: bool = False

    @property
    def sentence(self) -> str:
        """The move in words, for the page and for screen readers."""
        if self.before == self.after:
            return f"{self.project.title} stays at {self.after} of {self.length}."
        moved = "moved back" if self.is_undone else "moved"
        sentence = (
            f"{self.project.title} {moved} from {self.before} to {self.after} of {self.length}."
        )
        if self.crossed:
            sentence += f" It is now {get_text_list([*self.crossed], 'and')}."
        return sentence


class ReasonNeeded(ValidationError):
    """The move has to be explained: it crosses a line, or leaves the score order, or both.

    `move` is what it would do; `off` is by how many places the project would stand below (+) or
    above (−) its score, 0 where that asks for no reason.
    """

    def __init__(self, move: Move, off: int) -> None:
        self.move, self.off = move, off
        effects = [*move.crossed, *([off_in_words(off)] if off else [])]
        super().__init__(
            f"Say why {move.project.title} moves from {move.before} to {move.after}: it would "
            f"stand {get_text_list(effects, 'and')}."
        )


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
        found = keys.between(_last_key(), None, len(projects))
        if found is None:
            _spread_all(by)
            found = keys.between(_last_key(), None, len(projects)) or []
        return WorkingPosition.objects.bulk_create(
            [
                WorkingPosition(project=one, key=key)
                for one, key in zip(projects, found, strict=True)
            ]
        )


def _last_key() -> str | None:
    return WorkingPosition.objects.order_by("-key").values_list("key", flat=True).first()


def _spread_all(by: User) -> None:
    """Give every position a short key, in the same order."""
    now = _keys_in_order()
    _write([_Write(*one) for one in zip(now, keys.evenly(len(now)), strict=True)], by=by)


def remove(project: Project, *, by: User) -> None:
    """Take `project` off the working order; adopted lists keep it."""
    with by.changing():
        lock_changes()
        removed, _ = WorkingPosition.objects.filter(project=project).delete()
        if not removed:
            raise ValidationError("This project is not on the list.")


def move(
    project: Project,
    *,
    to: int | Between,
    seen: str,
    by: User,
    mark: str | None = None,
    reason: str = "",
) -> Move:
    """Move `project` to a rank counted from 1, past the end meaning the end, or between two.

    `seen` is the project's key, and `mark` the mark of the whole order, as the person saw them.
    Raises Stale when the key changed, when the two are neighbors no longer, or, for a rank, when
    the whole order changed; ReasonNeeded when the move crosses a line or leaves the score order and
    `reason` is blank; ValidationError when the project is not on the list. One that stays where it
    is writes nothing.
    """
    with by.changing():
        lock_changes()
        now = standing(timezone.localdate())
        if project.pk not in now.ranks:
            raise ValidationError("This project is not on the list. Reload the page.")
        gap = _gap(project, to, now)
        is_another_order = isinstance(to, int) and mark not in {None, now.mark}
        if gap.rank is None or gap.position.key != seen or is_another_order:
            raise _stale(gap.position, seen=seen, mark=mark, by=by)
        done = effect(gap.position.project, gap.rank, now)
        if done.before != done.after:
            reason = _checked(reason)
            if not reason:
                _ask_why(done, now)
            _place(gap, done, now, by=by, reason=reason)
        return done


class _Gap(NamedTuple):
    """A project's position, and where it would land: no rank where the two are neighbors no more.

    `above` and `below` are the keys between which it would stand.
    """

    position: WorkingPosition
    rank: int | None
    above: str | None
    below: str | None


def _gap(project: Project, to: int | Between, now: Standing) -> _Gap:
    place = now.ranks[project.pk] - 1
    others = now.order[:place] + now.order[place + 1 :]
    rank = rank_meant(to, others)
    above = others[rank - 2] if rank and rank > 1 else None
    below = others[rank - 1] if rank and rank <= len(others) else None
    rows = WorkingPosition.objects.select_related("project").in_bulk(
        [one for one in (project.pk, above, below) if one is not None]
    )
    return _Gap(
        rows[project.pk],
        rank,
        None if above is None else rows[above].key,
        None if below is None else rows[below].key,
    )


def rank_meant(to: int | Between, others: Sequence[int]) -> int | None:
    """Return the rank that `to` means beside `others`, None where the two are not neighbors."""
    if isinstance(to, int):
        return max(1, min(to, len(others) + 1))
    if to.above is not None and to.above not in others:
        return None
    index = 0 if to.above is None else others.index(to.above) + 1
    below = others[index] if index < len(others) else None
    return index + 1 if below == to.below else None


def _stale(position: WorkingPosition, *, seen: str, mark: str | None, by: User) -> Stale:
    """Return the refusal that says who changed what since the person saw the list."""
    told = order_changes.told(mark=mark or "", by=by)
    if not told and position.key != seen:
        told = order_changes.told_of(position.project, by=by)
    return Stale(
        f"{told or 'The list changed since you opened it.'} Here is the list as it is now. Move "
        f"{position.project.title} again if you still want to."
    )


def effect(project: Project, rank: int, now: Standing) -> Move:
    """Return what moving `project` to `rank` does, by the lines before it and after it."""
    before = now.ranks[project.pk]
    crossed: tuple[str, ...] = ()
    if rank != before:
        then = now.moved(project.pk, rank)
        lines = (
            ("capacity line", now.walk.people_line, then.walk.people_line),
            ("money line", now.walk.money_line, then.walk.money_line),
        )
        crossed = tuple(
            f"{'above' if rank <= line_then else 'below'} the {name}"
            for name, line_now, line_then in lines
            if (before <= line_now) != (rank <= line_then)
        )
    return Move(project, before, rank, len(now.order), crossed)


def _checked(reason: str) -> str:
    """Return `reason` without blanks around it. Raises ValidationError when it is too long."""
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"Say why in {LONGEST_REASON} characters or fewer.")
    return reason


def _ask_why(done: Move, now: Standing) -> None:
    """Raise ReasonNeeded when the move crosses a line, or leaves the score order too far.

    Too far is more than the policy's places from its place in the score order, and farther than
    before.
    """
    project = done.project.pk
    then = now.moved(project, done.after)
    was = places_off(now.order, now.score_ranks).get(project, 0)
    off = places_off(then.order, then.score_ranks).get(project, 0)
    is_far = abs(off) > max(now.facts.score_places, abs(was))
    if done.crossed or is_far:
        raise ReasonNeeded(done, off if is_far else 0)


def _place(gap: _Gap, done: Move, now: Standing, *, by: User, reason: str) -> None:
    """Write the move: one row, but where there is no room between the two; then a few before."""
    found = keys.between(gap.above, gap.below)
    if found is None:
        _make_room(done, by=by)
        gap = _gap(done.project, done.after, now)
        found = keys.between(gap.above, gap.below) or []
    _write([_Write(done.project.pk, found[0], done.before, done.after)], by=by, reason=reason)


def _make_room(done: Move, *, by: User) -> None:
    """Give the projects around the place where one will land short keys, in the same order."""
    now = _keys_in_order()
    place = done.after if done.after > done.before else done.after - 1
    first, anew = keys.spread([*now.values()], place)
    _write([_Write(*one) for one in zip([*now][first:], anew, strict=False)], by=by)


class _Write(NamedTuple):
    """A key to write, and the ranks where it means a move."""

    project: int
    key: str
    moved_from: int | None = None
    moved_to: int | None = None


# Unique keys are checked when the statement ends, so that two may swap theirs in it. The time is
# the database's, as that of a signature is: a list takes the reasons of moves since the one before.
WRITE = """
    UPDATE portfolio_workingposition place
    SET key = new.key,
        moved_from = coalesce(new.moved_from, place.moved_from),
        moved_to = coalesce(new.moved_to, place.moved_to),
        moved_by_id = CASE WHEN new.moved_to IS NULL THEN place.moved_by_id ELSE %(by)s END,
        moved_at = CASE WHEN new.moved_to IS NULL THEN place.moved_at
                        ELSE statement_timestamp() END,
        reason = CASE WHEN new.moved_to IS NULL THEN place.reason ELSE %(reason)s END
    FROM unnest(%(projects)s::bigint[], %(keys)s::text[], %(moved_from)s::int[],
                %(moved_to)s::int[]) AS new (project_id, key, moved_from, moved_to)
    WHERE place.project_id = new.project_id
"""


def _write(writes: Sequence[_Write], *, by: User, reason: str = "") -> None:
    """Write keys in one statement, and beside those that mean a move who made it and why."""
    projects, new_keys, moved_from, moved_to = map(list, zip(*writes, strict=True))
    values: dict[str, Any] = {
        "projects": projects,
        "keys": new_keys,
        "moved_from": moved_from,
        "moved_to": moved_to,
        "by": by.pk,
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)


def undo(*, by: User, seen: str) -> Move:
    """Take back the last change of the list where it is a move by `by`: the row is as it was.

    `seen` is the mark of the order as the person saw it. Raises Stale when the order changed since,
    and ValidationError when its last change is no move of theirs.
    """
    with by.changing():
        lock_changes()
        now = standing(timezone.localdate())
        if seen != now.mark:
            told = order_changes.told(mark=seen, by=by) or "The list changed since you opened it."
            raise Stale(f"{told} A move can be undone only while nothing else changed.")
        last = last_move(by=by, mark=seen)
        if last is None:
            raise ValidationError("The last change of the list is no move of yours to undo.")
        position = WorkingPosition.objects.select_related("project").get(pk=int(last.row))
        done = effect(position.project, position.moved_from or 1, now)
        before = last.before or {}
        for field in WorkingPosition._meta.concrete_fields:
            setattr(position, field.attname, field.to_python(before[field.attname]))
        position.save(force_update=True)
        return done._replace(is_undone=True)


def last_move(*, by: User, mark: str) -> History | None:
    """Return the last change of the list, made at `mark`, where `by` can undo it.

    None where it was made by somebody else, or moved no project, or many at once.
    """
    last = order_changes.changes().filter(pk=int(mark), user_id=by.pk).first()
    if last is None or not order_changes.is_move(last.before, last.after):
        return None
    moved = WorkingPosition.objects.filter(moved_at=(last.after or {})["moved_at"])
    return last if moved.count() == 1 else None


def restore_order(ids: Sequence[int], *, by: User, reason: str) -> int:
    """Make `ids` the working order, from the first rank to the last; return how many were moved.

    One statement, which writes the fewest rows that bring the order about: each says from where to
    where it went, and `reason`. Raises ValidationError when `ids` are not the projects on the list,
    each once, and when `reason` is blank.
    """
    with by.changing():
        lock_changes()
        reason = _checked(reason)
        if not reason:
            raise ValidationError("Say why the order changes.")
        now = _keys_in_order()
        if len(ids) != len(now) or set(ids) != set(now):
            raise ValidationError(
                "Projects were put on the list or taken off it since. Look at the list, then try "
                "again."
            )
        found = keys.reorder([now[project] for project in ids])
        if found is None:
            _spread_all(by)
            now = _keys_in_order()
            found = keys.reorder([now[project] for project in ids]) or {}
        ranks = {project: rank for rank, project in enumerate(now, start=1)}
        writes = [
            _Write(ids[index], key, ranks[ids[index]], index + 1) for index, key in found.items()
        ]
        if writes:
            _write(writes, by=by, reason=reason)
        return len(writes)


def _keys_in_order() -> dict[int, str]:
    return dict(WorkingPosition.objects.in_order().values_list("pk", "key"))
