"""500 races of two writers: one opens scoping, the other withdraws what the project stands on.

Whoever comes first, never do both succeed without a hold: either the opening is refused, or the
project is on hold. Half of the writers use SQL, half the functions of the pages; neither is ever
told of a deadlock.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice, product
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from portfolio.models import Project
from tests import database
from tests.gate.attempts import assert_readable
from tests.gate.crowd import gather
from tests.gate.invariants import FACTS_THAT_LIE, GATES_WALKED_PAST, assert_all_is_true, rows
from tests.gate.withdrawals import BY_FUNCTION, IN_SQL, OPENING, in_sql, open_by_function
from tests.gate.world import settle

RACES = 500
PATIENCE = 60  # Seconds until a writer that never comes is called a fault.

type Change = Callable[[Project, SimpleNamespace], None]


class Race(NamedTuple):
    """Two changes of one project, and how late each comes: in idle queries."""

    name: str
    opening: Change
    withdrawal: Change
    lateness: tuple[int, int]


def kinds() -> Iterator[Race]:
    """Every opener against every withdrawer, each of them first, both at once."""
    openers = {"sql": in_sql([OPENING]), "function": open_by_function}
    withdrawals = {f"{name} in sql": in_sql(statements) for name, statements in IN_SQL.items()}
    withdrawals |= {f"{name} by function": change for name, change in BY_FUNCTION.items()}
    for (how, opening), (what, withdrawal), lateness in product(
        openers.items(), withdrawals.items(), [(0, 0), (0, 2), (12, 0)]
    ):
        yield Race(f"{what}, opened by {how}", opening, withdrawal, lateness)


class Writer(Thread):
    """One side of every race, on a connection of its own."""

    def __init__(
        self,
        name: str,
        changes: Sequence[tuple[Change, int]],
        cast: SimpleNamespace,
        projects: Sequence[Project],
        barrier: Barrier,
    ) -> None:
        super().__init__(name=name)
        self.changes, self.cast, self.projects = changes, cast, projects
        self.barrier = barrier
        self.results: list[Exception | None] = []

    def run(self) -> None:
        """Make one change per race, all starting together; keep what came of it."""
        try:
            for (change, lateness), project in zip(self.changes, self.projects, strict=True):
                with connection.cursor() as cursor:
                    self.barrier.wait(PATIENCE)
                    for _ in range(lateness):
                        cursor.execute("SELECT 1")
                    self.results.append(self.attempt(change, project))
                self.barrier.wait(PATIENCE)
        finally:
            connection.close()

    def attempt(self, change: Change, project: Project) -> Exception | None:
        """Return what refused the change, or None when it was made."""
        try:
            change(project, self.cast)
        except Exception as refusal:  # noqa: BLE001 - any other than ours is a finding of the test
            return refusal
        return None


def run_races(races: Sequence[Race], cast: SimpleNamespace) -> Counter[str]:
    """Run the races, look after each of them, and return how often which end came."""
    pks = [project.pk for project in gather(cast, len(races))]
    loaded = Project.objects.for_pages().in_bulk(pks)
    projects = [loaded[pk] for pk in pks]
    barrier = Barrier(3)
    opener = Writer(
        "opener", [(race.opening, race.lateness[0]) for race in races], cast, projects, barrier
    )
    withdrawer = Writer(
        "withdrawer",
        [(race.withdrawal, race.lateness[1]) for race in races],
        cast,
        projects,
        barrier,
    )
    opener.start()
    withdrawer.start()
    ends: Counter[str] = Counter()
    with database.connect("default", autocommit=True) as watcher:
        try:
            for race, project in zip(races, projects, strict=True):
                barrier.wait(PATIENCE)
                barrier.wait(PATIENCE)
                ends[look(watcher, race, project, opener, withdrawer)] += 1
        finally:
            barrier.abort()
            opener.join()
            withdrawer.join()
        assert_all_is_true(watcher)
        assert watcher.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []
    return ends


def look(watcher: Any, race: Race, project: Project, opener: Writer, withdrawer: Writer) -> str:
    """Fail if both succeeded without a hold, or somebody read anything but a sentence."""
    assert rows(watcher, GATES_WALKED_PAST) == [], race.name
    assert rows(watcher, FACTS_THAT_LIE) == [], race.name
    refusal = opener.results[-1]
    assert withdrawer.results[-1] is None, (race.name, withdrawer.results[-1])
    stage, on_hold = watcher.execute(
        "SELECT stage, on_hold FROM portfolio_project WHERE id = %s", [project.pk]
    ).fetchone()
    if refusal is None:
        assert (stage, on_hold) == ("scoping", True), race.name
        return "opened, then on hold"
    assert (stage, on_hold) == ("concept", False), race.name
    assert isinstance(refusal, ValidationError | IntegrityError), (race.name, refusal)
    if isinstance(refusal, ValidationError):
        for sentence in refusal.messages:
            assert_readable(sentence)
    return "refused"


@pytest.mark.django_db(transaction=True)
def test_five_hundred_races() -> None:
    races = list(islice(cycle(kinds()), RACES))
    ends = run_races(races, settle())
    assert sum(ends.values()) == RACES
    # Both ends came, so the writers did race.
    assert min(ends["refused"], ends["opened, then on hold"]) > RACES / 20, ends
