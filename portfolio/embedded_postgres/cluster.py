"""One PostgreSQL server and its data: made, found, started, stopped.

A home holds `data/` and `socket/` (the server's account alone may enter them), `passwords.json`,
`startup.log` and the unpacked programs. Callers hold the home's lock.

A process number in `postmaster.pid` is believed only when a PostgreSQL server runs under it and it
is not the server of other data: after a restart of the machine the number may belong to anybody.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portfolio.embedded_postgres import binaries, place, processes
from portfolio.embedded_postgres.place import Account, EmbeddedPostgresUnavailable

DATABASE = "groundwork"
OWNER = "groundwork_owner"
APP = "groundwork_app"
PORT = "5432"  # Of the socket's name; the server listens on no network.
PATIENCE = 600.0  # Seconds. Recovery after a crash may take minutes; giving up costs the data.
SOCKET_PATH_BYTES = 103  # The shortest limit of the systems we run on (macOS).
SHORT_FOLDER, SHORT_PREFIX = Path("/tmp"), "groundwork-"  # noqa: S108 - made by mkdtemp
BUILTIN_LOCALES = 17  # The first version that brings C.UTF-8 itself.
SOCKETS_LINE, STATUS_LINE = 4, 7  # In postmaster.pid, from 0.
NO_PROCESS = "999999999"  # Above the largest process number of any system.

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
# Quicker, and a power cut loses everything: for data that are thrown away.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# One statement a line: so PostgreSQL's single-user mode reads them. The superuser has no password
# and no way in; only this mode, while no server runs, is it.
ROLES = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{{owner}}'
CREATE ROLE {APP} LOGIN PASSWORD '{{app}}'
ALTER ROLE {APP} SET lock_timeout = '10s'
ALTER ROLE {APP} SET statement_timeout = '60s'
ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '60s'
CREATE DATABASE {DATABASE} OWNER {OWNER}
REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC
GRANT CONNECT ON DATABASE {DATABASE} TO {APP}
GRANT CONNECT ON DATABASE postgres TO {OWNER}
""".lstrip()
WHO_MAY_CONNECT = "local all all scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, the folder of its socket, whether it takes clients."""

    pid: int
    sockets: Path
    ready: bool

    def listens(self) -> bool:
        """Return whether its socket is where it said: the folder may have been moved since."""
        try:
            lock = (self.sockets / f".s.PGSQL.{PORT}.lock").read_text()
        except OSError:
            return False
        return lock.split("\n", 1)[0] == str(self.pid)


def running(home: Path) -> Server | None:
    """Return the server of `home`, or None when none runs."""
    data = home / "data"
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) <= SOCKETS_LINE or not processes.serves(int(lines[0]), data):
        return None
    ready = len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
    return Server(int(lines[0]), Path(lines[SOCKETS_LINE]), ready)


def passwords(home: Path) -> dict[str, str]:
    """Return the passwords of the roles `owner` and `app`, made before the first data."""
    file = home / "passwords.json"
    if not file.exists():
        if (home / "data").exists():
            raise EmbeddedPostgresUnavailable(
                f"The passwords of the database are gone: put {file} back from a copy."
            )
        fresh = home / "passwords.new"
        with os.fdopen(place.open_own(fresh, os.O_TRUNC), "w") as out:
            json.dump({role: secrets.token_urlsafe(24) for role in ("owner", "app")}, out)
        fresh.rename(file)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def start(home: Path, *, durable: bool) -> Server:
    """Return the server of `home` taking clients: started, and its data made, where needed.

    `durable=False` trades safety for speed, for data that are thrown away. Raises
    `EmbeddedPostgresUnavailable` with what PostgreSQL said.
    """
    account = place.account_for(home)
    launched: int | None = None
    for _ in _moments():
        server = running(home)
        if server and server.ready:
            if server.listens():
                return server
            stop(home)  # The folder was moved under the running server: nobody can reach it.
        elif server is None and launched is None:
            launched = _launch(home, account, durable=durable)
        elif launched is not None and processes.command(launched) is None:
            launched = None
            complaint = _complaint(home)
            # Processes of a killed server end a moment after it; PostgreSQL waits for them.
            if "shared memory block" not in complaint:
                raise EmbeddedPostgresUnavailable(f"PostgreSQL did not start: {complaint}")
    raise EmbeddedPostgresUnavailable(
        f"PostgreSQL was not ready after {PATIENCE:.0f} seconds; see {home / 'data' / 'log'}."
    )


def stop(home: Path) -> None:
    """Stop the server of `home`, if it runs, and wait until its data are safe on the disk."""
    server = running(home)
    if server is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGINT)  # PostgreSQL's "fast": open transactions roll back.
    for _ in _moments():
        if processes.command(server.pid) is None:
            _forget_sockets(server.sockets)
            return
    raise EmbeddedPostgresUnavailable(
        f"PostgreSQL (process {server.pid}) did not stop in {PATIENCE:.0f} seconds."
    )


def _moments() -> Iterator[None]:
    """Yield again and again, with a short rest between, until patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(0.03)


def _launch(home: Path, account: Account, *, durable: bool) -> int:
    """Launch the server in the background and return its process number, ready or not."""
    data = home / "data"
    made_by = int((data / "PG_VERSION").read_text()) if data.exists() else None
    programs, major = binaries.find(home, made_by)
    binaries.forget_older(programs)
    if made_by is None:
        _make_data(home, account, programs, major)
    _clear_remains(home)
    command = _server_command(programs, data, _sockets(home, account), durable=durable)
    log = place.open_own(home / "startup.log", os.O_TRUNC)
    try:
        # The shell ends at once and leaves the server to init: no child of ours, no terminal.
        shell = subprocess.run(
            ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *command],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            check=True,
            cwd=data,
            env=_environment(),
            **account.privileges(),
        )
    finally:
        os.close(log)
    return int(shell.stdout)


def _server_command(programs: Path, data: Path, sockets: Path, *, durable: bool) -> list[str]:
    """Return the command of the server; its settings stand here, not in a file among the data."""
    quoted = str(sockets).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"'}
    if not durable:
        settings |= NOT_DURABLE
    command = [str(programs / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _make_data(home: Path, account: Account, programs: Path, major: int) -> None:
    """Make the data, roles and database under another name: killed half-way, it begins anew."""
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    place.private(fresh, account)
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = builtin if major >= BUILTIN_LOCALES else ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
    initdb = [str(programs / "initdb"), "-D", str(fresh), "-U", "supervisor", "--auth=reject"]
    _run([*initdb, "-E", "UTF8", *locale, "--lc-messages=C"], account)
    (fresh / "pg_hba.conf").write_text(WHO_MAY_CONNECT)
    roles = ROLES.format(**passwords(home))
    single = [str(programs / "postgres"), "--single", "-D", str(fresh), "postgres"]
    said = _run(single, account, roles)
    if "ERROR:" in said:
        raise EmbeddedPostgresUnavailable(f"The database's roles could not be made: {said}")
    fresh.rename(home / "data")


def _run(command: list[str], account: Account, typed: str = "") -> str:
    """Run one of PostgreSQL's programs to its end and return what it complained of."""
    done = subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_environment(),
        **account.privileges(),
    )
    if done.returncode:
        name = Path(command[0]).name
        raise EmbeddedPostgresUnavailable(f"{name} failed: {done.stderr.strip() or done.stdout}")
    return done.stderr


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* variables or language reaches the server."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C"}


def _sockets(home: Path, account: Account) -> Path:
    """Return the private folder of the socket: in the home, or in /tmp if its path is too long."""
    folder = home / "socket"
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    if len(path) <= SOCKET_PATH_BYTES and b"," not in path:  # A comma separates hosts in a URL.
        return place.private(folder, account)
    short = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX, dir=SHORT_FOLDER))
    account.own(short)
    return short


def _forget_sockets(sockets: Path) -> None:
    """Delete a short socket folder that its server no longer uses."""
    if sockets.parent == SHORT_FOLDER and sockets.name.startswith(SHORT_PREFIX):
        shutil.rmtree(sockets, ignore_errors=True)


def _clear_remains(home: Path) -> None:
    """Clear what a killed server left, where PostgreSQL would trust its process number.

    The number may now be another program's, and PostgreSQL would refuse to start. The rest of the
    file stays: by it PostgreSQL sees whether processes of the dead server are still at work.
    """
    file = home / "data" / "postmaster.pid"
    if file.exists():
        lines = file.read_text().splitlines()
        if len(lines) > SOCKETS_LINE:
            file.write_text("\n".join([NO_PROCESS, *lines[1:], ""]))
            _forget_sockets(Path(lines[SOCKETS_LINE]))
        else:
            file.unlink()  # Cut off by a power failure: it protects nothing.
    for remains in (home / "socket").glob(".s.PGSQL.*"):
        remains.unlink()


def _complaint(home: Path) -> str:
    """Return the line in which PostgreSQL says why it did not start, and where to read more."""
    logs = sorted((home / "data" / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    for log in (home / "startup.log", *logs[-1:]):
        for line in reversed(log.read_text(errors="replace").splitlines()):
            _, level, reason = line.partition("FATAL:")
            if level:
                return f"{reason.strip()} (more in {log})."
    return f"it gave no reason (see {home / 'startup.log'})."
