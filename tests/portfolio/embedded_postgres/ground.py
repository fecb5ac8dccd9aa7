"""What the tests of the embedded PostgreSQL stand on: folders, other processes, questions."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portfolio import embedded_postgres
from portfolio.embedded_postgres import (
    Urls,
    cluster,
    place,
)

REPOSITORY = Path(__file__).resolve().parents[3]
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
