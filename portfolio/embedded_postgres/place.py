"""Where the embedded server lives, and the account it runs as.

PostgreSQL refuses to run as root. A caller who is root therefore lends it an unprivileged account.
That account has to reach the server's files, and a folder below `/root`, for one, it cannot enter:
then the files live below `/var/lib/groundwork` and a link in the folder leads there. The mode of a
folder that is not ours is never changed.
"""

import os
import pwd
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ACCOUNTS = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib/groundwork")
LINK = "elsewhere"
UNUSABLE = re.compile(r'[$`"\\\n]')  # initdb hands its own path to a shell.


class EmbeddedPostgresUnavailable(Exception):
    """The embedded server cannot be had; the message is one sentence for the person who asked."""


class Privileges(TypedDict, total=False):
    """What `subprocess` needs to run a program as another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account the server runs as; without ids it is the caller's own."""

    uid: int | None = None
    gid: int | None = None

    def privileges(self) -> Privileges:
        """Return the arguments that make `subprocess` run a program as this account."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a new file or folder to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Return whether this account may enter `folder`: asked of the system, not computed."""
        enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        try:
            return not subprocess.run(
                enter, cwd="/", check=False, stderr=subprocess.DEVNULL, **self.privileges()
            ).returncode
        except (OSError, subprocess.SubprocessError) as refusal:
            raise EmbeddedPostgresUnavailable(
                "PostgreSQL does not run as root, and this system does not let root run it as "
                f"another account ({refusal}); start Groundwork as an ordinary user."
            ) from None


def account_for(folder: Path) -> Account:
    """Return the account that serves `folder`.

    An ordinary user serves with their own. For root it is the owner of the data, or of the folder,
    where that is somebody else, and otherwise the first of `ACCOUNTS` that exists.
    """
    if os.geteuid() != 0:
        return Account()
    for path in (folder / "data", folder):
        if path.exists() and (owner := path.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresUnavailable(
        "PostgreSQL does not run as root, and there is no account postgres or nobody to run it; "
        "start Groundwork as an ordinary user."
    )


def home(folder: Path) -> Path:
    """Return where the server of `folder` lives, made when it is not there.

    It is `folder` itself with its links resolved, or a folder of its own below `ELSEWHERE`.
    """
    folder = folder.resolve()
    if wrong := UNUSABLE.search(str(folder)):
        raise EmbeddedPostgresUnavailable(
            f"PostgreSQL cannot work in {folder}: rename the folder so that its path has no "
            f"{wrong[0]!r}, or set GROUNDWORK_DATA to another one."
        )
    try:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # Root keeps the folder; the server's account only passes through to its own part.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if (folder / LINK).is_symlink():
            return _followed(folder)
        if (folder / "data").exists() or account_for(folder).reaches(folder):
            return folder
        return _moved_elsewhere(folder)
    except OSError as refusal:
        raise EmbeddedPostgresUnavailable(
            f"The database cannot use the folder {folder} ({refusal.strerror}); set "
            "GROUNDWORK_DATA to a folder that you own."
        ) from None


def _moved_elsewhere(folder: Path) -> Path:
    """Make a home that any account can reach, and link it from `folder`."""
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="database-", dir=ELSEWHERE))
    place.chmod(0o711)
    (place / "home-of").write_text(str(folder))
    try:
        (folder / LINK).symlink_to(place)
    except FileExistsError:  # Another process was quicker.
        (place / "home-of").unlink()
        place.rmdir()
        return _followed(folder)
    return place


def _followed(folder: Path) -> Path:
    """Follow the link to the home elsewhere; two folders must not share one server unawares."""
    link = folder / LINK
    place = link.resolve()
    if not place.is_dir():
        raise EmbeddedPostgresUnavailable(
            f"The database of {folder} is gone: it lived in {place}; delete {link} to begin anew."
        )
    note = place / "home-of"
    first = Path(note.read_text())
    if first == folder:
        return place
    if (first / LINK).is_symlink() and (first / LINK).resolve() == place:
        raise EmbeddedPostgresUnavailable(
            f"{folder} is a copy of {first} and would use the same database; delete {link} to "
            "give the copy its own."
        )
    note.write_text(str(folder))  # The folder was moved.
    return place


def private(folder: Path, account: Account) -> Path:
    """Return `folder`, made for `account` alone; refuse one that others made or may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        account.own(folder)
    found = folder.lstat()
    owner = os.geteuid() if account.uid is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise EmbeddedPostgresUnavailable(
            f"{folder} must be a folder that only the database's own account may enter; delete it."
        )
    return folder


def open_own(path: Path, flags: int) -> int:
    """Open `path` for reading and writing, made readable for the folder's owner alone."""
    descriptor = os.open(path, flags | os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:  # Root may work in somebody's folder: it stays theirs.
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
