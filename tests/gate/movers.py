"""People who move projects on one list at random, each on the list as they saw it a moment ago."""

import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from portfolio import order_changes, ranking
from portfolio.line_facts import Standing, standing
from portfolio.models import History, Project, User, WorkingPosition
from portfolio.ranking import Between
from tests.gate.attempts import assert_readable

# A drag ends at most so many places away: what fits on a page.
REACH = 12


class Made(NamedTuple):
    """A move that was made: where to, None for one taken back; the key and order seen, and why."""

    move: ranking.Move
    to: int | Between | None
    key: str
    order: int
    reason: str


class Mover:
    """Somebody who moves, and notes what came of it."""

    def __init__(self, by: User, seed: int, projects: Sequence[Project] | None = None) -> None:
        self.by = by
        self.chance = Random(seed)
        # Whom they move: all of the list unless some are given.
        self.projects = [project.pk for project in projects or ()]
        self.made: list[Made] = []
        self.ends: Counter[str] = Counter()

    def move_for(self, seconds: float) -> "Mover":
        """Move again and again until the time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.try_once()
        return self

    def try_once(self) -> str:
        """Look at the list, move or take back once, and return what became of it."""
        try:
            self.ends[end := self._try()] += 1
        except ranking.Stale as stale:
            assert_readable(stale.messages[0])
            self.ends[end := "stale"] += 1
        return end

    def _try(self) -> str:
        now = standing(timezone.localdate())
        if self.chance.random() < 0.1:
            return self._undo(now)
        project = self.chance.choice(self.projects or now.order)
        position = WorkingPosition.objects.select_related("project").get(pk=project)
        to = self._wish(project, now)
        moved, reason = self._move(position, to, now)
        if moved.before == moved.after:
            return "stayed"
        self.made.append(Made(moved, to, position.key, hash(now.order), reason))
        return "moved"

    def _undo(self, now: Standing) -> str:
        last = ranking.last_move(by=self.by, mark=now.mark)
        try:
            done = ranking.undo(by=self.by, seen=now.mark)
        except ranking.Stale:
            raise
        except ValidationError as refused:
            assert_readable(refused.messages[0])
            return "nothing to undo"
        assert last is not None
        assert last.after is not None
        self.made.append(Made(done, None, last.after["key"], hash(now.order), ""))
        return "undone"

    def _wish(self, project: int, now: Standing) -> int | Between:
        """Return a rank, or two neighbours at most a page away: a step is the shortest drag."""
        if self.chance.random() < 0.3:
            return self.chance.choice([1, self.chance.randint(1, len(now.order))])
        others = [one for one in now.order if one != project]
        away = self.chance.choice([-1, 1, self.chance.randint(-REACH, REACH)])
        index = max(0, min(now.ranks[project] - 1 + away, len(others)))
        return Between(
            others[index - 1] if index else None, others[index] if index < len(others) else None
        )

    def _move(
        self, position: WorkingPosition, to: int | Between, now: Standing
    ) -> tuple[ranking.Move, str]:
        seen = {"to": to, "seen": position.key, "mark": now.mark, "by": self.by}
        try:
            return ranking.move(position.project, **seen), ""  # type: ignore[arg-type]
        except ranking.ReasonNeeded as asked:
            assert_readable(asked.messages[0])
            reason = f"Asked for in meeting {self.chance.randint(1, 99)}."
            return ranking.move(position.project, **seen, reason=reason), reason  # type: ignore[arg-type]


def assert_each_is_explained(
    movers: Sequence[Mover], order: Sequence[int], *, since: int
) -> list[int]:
    """Replay what the movers made on the plain list `order`, as the history after `since` tells it.

    Fails where a move is missing in the history or another one stands there, where one did not
    start from what its mover saw, and where it is not told who moved what from where to where and
    why. Returns the order at which the replay ends.
    """
    replay, made = list(order), {mover.by.pk: iter(mover.made) for mover in movers}
    changes = History.objects.filter(table=WorkingPosition._meta.db_table, pk__gt=since)
    for change in changes.order_by("link__id"):
        before, after = change.before or {}, change.after or {}
        if before["moved_at"] == after["moved_at"]:
            assert before["key"] != after["key"], "a key written anew where there was no room"
            continue
        assert change.user_id is not None
        one = next(made[change.user_id])
        _assert_seen(one, replay)
        assert before["key"] == one.key
        assert change.row == str(one.move.project.pk)
        assert replay[one.move.before - 1] == one.move.project.pk
        replay.insert(one.move.after - 1, replay.pop(one.move.before - 1))
        _assert_landed(one, replay)
        if one.to is None:
            told = before
            assert (told["moved_to"], told["moved_from"]) == one.move[1:3]
            assert not order_changes.is_move(before, after)
        else:
            told = after
            assert (told["moved_from"], told["moved_to"]) == one.move[1:3]
            assert told["reason"] == one.reason
        assert told["moved_by_id"] == change.user_id
    lost = [one for some in made.values() for one in some]
    assert lost == [], "every move stands in the history"
    return replay


def _assert_seen(one: Made, replay: list[int]) -> None:
    """A rank and a taking back speak of the whole list: it was just as its mover saw it."""
    if not isinstance(one.to, Between):
        assert hash(tuple(replay)) == one.order


def _assert_landed(one: Made, replay: list[int]) -> None:
    """What was put between two stands between these two."""
    if isinstance(one.to, Between):
        place = one.move.after - 1
        assert one.to.above == (replay[place - 1] if place else None)
        assert one.to.below == (replay[place + 1] if place + 1 < len(replay) else None)
