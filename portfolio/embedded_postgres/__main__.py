"""The embedded server by hand: `python -m portfolio.embedded_postgres --help`."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from portfolio import embedded_postgres
from portfolio.embedded_postgres import EmbeddedPostgresUnavailable, binaries, cluster, place

NOT_RUNNING = 3  # The exit status of `pg_ctl status`, too.


def main() -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portfolio.embedded_postgres")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="say whether PostgreSQL's programs run on this machine")
    # Each of these takes the folder of the database.
    status = commands.add_parser("status", help="say whether the server runs")
    stop = commands.add_parser("stop", help="stop the server, whoever uses it")
    psql = commands.add_parser(
        "psql", help="open PostgreSQL's shell as the role that owns the data"
    )
    for command in (status, stop, psql):
        command.add_argument("folder", type=Path, help="the folder of the database: .data/postgres")
    psql.add_argument("words", nargs="*", help="words for psql, after --")
    asked = parser.parse_args()
    if asked.command == "check":
        return _check()
    if not asked.folder.is_dir():
        print(f"There is no database in {asked.folder}.")
        return 0 if asked.command == "stop" else NOT_RUNNING
    if asked.command == "psql":
        return _psql(asked.folder, asked.words)
    if asked.command == "stop":
        embedded_postgres.stop(asked.folder)
    server = cluster.running(place.home(asked.folder))
    print(f"PostgreSQL runs as process {server.pid}." if server else "PostgreSQL does not run.")
    return 0 if server or asked.command == "stop" else NOT_RUNNING


def _check() -> int:
    """Find the programs, as the first start of a database does."""
    with TemporaryDirectory() as folder:
        _, major = binaries.find(Path(folder), None)
    print(f"PostgreSQL {major} runs here.")
    return 0


def _psql(folder: Path, words: list[str]) -> int:
    """Open PostgreSQL's shell as the role that owns the database."""
    url = urlsplit(embedded_postgres.running(folder).owner)
    home = place.home(folder)
    programs, _ = binaries.find(home, int((home / "data" / "PG_VERSION").read_text()))
    login = {  # By variables: others on the machine can read a command line.
        "PGHOST": unquote(url.hostname or ""),
        "PGPORT": str(url.port),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.path.strip("/"),
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql.
    return subprocess.run(
        [programs / "psql", *words], check=False, env=os.environ | login
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EmbeddedPostgresUnavailable as reason:
        sys.exit(str(reason))
