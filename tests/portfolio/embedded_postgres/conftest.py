"""Databases to try things on: none yet, one that is kept whole, one to break."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portfolio import embedded_postgres
from tests.portfolio.embedded_postgres.ground import AnotherProcess, copied, passable, use


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
