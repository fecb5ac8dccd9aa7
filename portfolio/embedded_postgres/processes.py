"""Who is behind a process number: numbers are used again, so a number alone proves nothing."""

import re
import subprocess
from pathlib import Path

PROC = Path("/proc/self/cmdline")


def command(pid: int) -> list[str] | None:
    """Return the command line of a living process, or None when there is no such process."""
    if PROC.exists():
        try:
            # Ended but not yet collected by its parent, it has an empty command line.
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return None
        return words.rstrip("\0").split("\0") if words else None
    return _command_by_ps(pid)


def _command_by_ps(pid: int) -> list[str] | None:
    """Do the same where there is no /proc (macOS, BSD): the words that matter here."""
    program, words = (
        subprocess.run(
            ["/bin/ps", "-ww", "-o", f"{column}=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        for column in ("comm", "args")
    )
    if not program:
        return None
    data = re.search(r" -D (.+?)(?: -c |$)", words)
    return [program, "-D", data[1]] if data else [program]


def serves(pid: int, data: Path) -> bool:
    """Return whether the process is the PostgreSQL server of the folder `data`.

    A server whose own folder is gone counts as this one's: the folder was moved under it.
    """
    words = command(pid)
    if words is None or Path(words[0]).name != "postgres":
        return False
    if "-D" not in words[:-1]:
        return True
    other = Path(words[words.index("-D") + 1])
    try:
        its_own = (other / "postmaster.pid").read_text().split("\n", 1)[0] == str(pid)
        return not its_own or other.samefile(data)
    except OSError:
        return True
