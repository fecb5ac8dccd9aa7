"""Several connections whose changes overlap, each in its own thread, in an order that is set."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from portfolio.constraints import sentence_for
from tests import database
from tests.gate.attempts import assert_readable

PATIENCE = 30  # Seconds until a writer that never comes is called a fault.


class Step(NamedTuple):
    """A change, and whether it is taken back once the others wait for it."""

    change: Callable[[], Any]
    is_undone: bool = False


class Hand:
    """One connection with the site's rights."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.process = self.thread.submit(self._connect).result(PATIENCE)

    def _connect(self) -> int:
        connection.ensure_connection()
        process: int = connection.connection.info.backend_pid
        return process

    def begin(self, step: Step, done: Event, go_on: Event) -> Future[Any]:
        """Make the change in a transaction that ends when it may go on."""
        return self.thread.submit(self._make, step, done, go_on)

    def _make(self, step: Step, done: Event, go_on: Event) -> Any:
        try:
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        made = step.change()
                finally:
                    done.set()
                    assert go_on.wait(PATIENCE)
                if step.is_undone:
                    transaction.set_rollback(True)
        except ValidationError as refused:
            for sentence in refused.messages:
                assert_readable(sentence)
            return refused
        except IntegrityError as refused:
            assert_readable(sentence_for(refused))
            return refused
        return made

    def close(self) -> None:
        """Hang up."""
        # The thread's own connection: looked up there.
        self.thread.submit(lambda: connection.close()).result(PATIENCE)  # noqa: PLW0108
        self.thread.shutdown()


class Hands:
    """So many hands, and one connection that watches who waits for what."""

    def __init__(self, number: int) -> None:
        self.hands = [Hand() for _ in range(number)]
        self.waits = 0
        self.watcher = database.connect("owner", autocommit=True)

    def overlap(self, steps: Sequence[Step]) -> list[Any]:
        """Begin each step while those before it are open; return what each made or was refused by.

        A step begins once the one before it is done or waits for a lock. The first transaction
        ends when all have begun.
        """
        began: list[tuple[Future[Any], Event]] = []
        for hand, step in zip(self.hands, steps, strict=False):
            done, go_on = Event(), Event()
            began.append((hand.begin(step, done, go_on), go_on))
            if began[1:]:
                # Only the first one is kept open: the others end as soon as they can.
                go_on.set()
            self._wait(hand, done)
        began[0][1].set()
        return [future.result(PATIENCE) for future, _ in began]

    def _wait(self, hand: Hand, done: Event) -> None:
        while not done.wait(0.0005):
            if self.waits_for(hand):
                self.waits += 1
                return

    def waits_for(self, hand: Hand) -> str:
        """Return what kind of lock the hand waits for, or nothing."""
        found = self.watcher.execute(
            "SELECT locktype FROM pg_locks WHERE pid = %s AND NOT granted", [hand.process]
        ).fetchone()
        return str(found[0]) if found else ""

    def close(self) -> None:
        """Hang up all."""
        for hand in self.hands:
            hand.close()
        self.watcher.close()


@contextmanager
def several(number: int) -> Iterator[Hands]:
    """Give so many hands, and take them away again."""
    hands = Hands(number)
    try:
        yield hands
    finally:
        hands.close()
