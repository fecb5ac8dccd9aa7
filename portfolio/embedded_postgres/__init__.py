"""An embedded PostgreSQL: started on demand, stopped with the last process that uses it.

`running(folder)` is all that most callers need. Each process that called it holds a shared lock on
the home's `users` file; the kernel takes the lock back when the process ends, however it ends. On a
normal exit a process tries to lock the file for itself alone: if that works it was the last user,
and stops the server. When every user was killed outright the server stays, the next user finds it
running, and the last user stops it. A forked child holds a lock of its own, so it neither stops the
server under its parent nor keeps it after its own end.

Nothing here imports Django: settings are read before Django is ready.
"""

import atexit
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portfolio.embedded_postgres import cluster, place
from portfolio.embedded_postgres.place import EmbeddedPostgresUnavailable

__all__ = ["EmbeddedPostgresUnavailable", "Urls", "leave", "running", "stop"]


@dataclass(frozen=True, slots=True)
class Urls:
    """Two postgresql:// URLs of one database: `app` runs the site, `owner` migrates."""

    app: str
    owner: str


_threads = threading.RLock()
_users: dict[Path, int] = {}  # The shared lock this process holds, by home.


def running(folder: Path, *, durable: bool = True) -> Urls:
    """Return the URLs of the server in `folder`, started if need be; this process now uses it.

    Call it as often as you like, also after the server was killed: a call on a running server only
    looks. The first call on a new folder makes the database (about two seconds). Pass
    `durable=False` for data that are thrown away: quicker, and lost in a power cut.

    Raises `EmbeddedPostgresUnavailable`, whose message is a sentence for people.
    """
    home = place.home(folder)
    with _threads:
        server = cluster.running(home) if home in _users else None
        if server is None or not server.ready or not server.listens():
            try:
                with _alone(home):
                    server = cluster.start(home, durable=durable)
                    if home not in _users:
                        _users[home] = _lock(home / "users", fcntl.LOCK_SH)
            except OSError as refusal:
                raise EmbeddedPostgresUnavailable(
                    f"The database in {home} cannot be used ({refusal}); start Groundwork as the "
                    "person who owns that folder."
                ) from None
        return _urls(home, server)


def leave(folder: Path) -> None:
    """Stop using the server of `folder`, before this process ends; the last user stops it."""
    with _threads:
        _leave(place.home(folder))


def stop(folder: Path) -> None:
    """Stop the server of `folder` now, whoever uses it."""
    home = place.home(folder)
    with _alone(home):
        cluster.stop(home)


def _urls(home: Path, server: cluster.Server) -> Urls:
    words = cluster.passwords(home)
    where = f"{quote(str(server.sockets), safe='')}:{cluster.PORT}/{cluster.DATABASE}"
    return Urls(
        app=f"postgresql://{cluster.APP}:{words['app']}@{where}",
        owner=f"postgresql://{cluster.OWNER}:{words['owner']}@{where}",
    )


def _lock(file: Path, how: int) -> int:
    """Open `file` and lock it; closing the descriptor, or the end of the process, unlocks it."""
    descriptor = place.open_own(file, 0)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keep every other process from starting or stopping this server meanwhile."""
    descriptor = _lock(home / "lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _leave(home: Path) -> None:
    held = _users.pop(home, None)
    if held is None:
        return
    if not home.exists():  # Deleted meanwhile; PostgreSQL ends by itself when it notices.
        os.close(held)
        return
    with _alone(home):
        os.close(held)
        try:
            last = _lock(home / "users", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            cluster.stop(home)
        finally:
            os.close(last)


@atexit.register
def _leave_all() -> None:
    for home in list(_users):
        _leave(home)


def _after_fork() -> None:
    """Give a forked child locks of its own: the inherited ones are its parent's."""
    global _threads  # noqa: PLW0603 - another thread of the parent may have held it
    _threads = threading.RLock()
    for home, inherited in list(_users.items()):
        if home.exists():
            _users[home] = _lock(home / "users", fcntl.LOCK_SH)
        else:
            del _users[home]
        os.close(inherited)


os.register_at_fork(after_in_child=_after_fork)
