"""The embedded PostgreSQL, tried for real: no test here uses Django's database."""

import os
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from portfolio import embedded_postgres
from portfolio.embedded_postgres import (
    cluster,
    place,
)
from tests.portfolio.embedded_postgres.ground import (
    AnotherProcess,
    answer,
    kill_server,
    refused,
    server_of,
    use,
)


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
