"""Briefs as PDF: the template becomes HTML here, the HTML becomes a PDF in a worker process.

The worker (`portfolio/briefs/worker.py`) has WeasyPrint loaded, no settings, no database and no
secrets in its environment. It forks for each brief, with limits of time and memory, so that a
brief that runs away takes nothing with it. One worker serves all threads of a web process; it ends
with that process, however that ends.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from django.template.loader import render_to_string

from portfolio.briefs.content import ListBrief, ProjectBrief
from portfolio.briefs.worker import DONE, TAKE

ROOT = Path(__file__).resolve().parent.parent.parent
# A project's brief is about 12,000 characters and prints in half a second; a list of 2,008 projects
# is 800,000 and takes ten seconds.
MOST_CHARACTERS = {ProjectBrief: 500_000, ListBrief: 4_000_000}
MOST_SECONDS = 60
MOST_MEMORY = 1_500_000_000
# What finding fonts and shared libraries needs; nothing else of the environment is passed on.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Control characters, and marks that make the words around them read in another direction than
# they are written: in a council paper they could only mislead.
DROPPED = {
    code: None
    for codes in (
        [*range(9), 11, 12, *range(14, 32), *range(127, 160)],
        [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF],
        range(0xD800, 0xE000),
    )
    for code in codes
}


class BriefRefused(Exception):
    """No PDF was made; the message says why and what to do."""


def render(template_name: str, brief: ProjectBrief | ListBrief) -> bytes:
    """Return the PDF of a frozen brief. Same brief, same bytes.

    Asks the database nothing. Raises BriefRefused where the brief is too long, or takes too much
    time or memory.
    """
    html = render_to_string(template_name, {"brief": brief}).translate(DROPPED)
    most = MOST_CHARACTERS[type(brief)]
    if len(html) > most:
        raise BriefRefused(
            f"This brief is too long for a PDF: it has {len(html):,} characters, and {most:,} can "
            "be printed. Shorten the longest texts, or use the web page."
        )
    document = PRESS.ask(html.encode())
    if document is None:
        raise BriefRefused(
            "No PDF was made: printing took too much time or memory, or was interrupted. Try "
            "again. If that does not help, shorten the longest texts, or use the web page."
        )
    return document


class Press:
    """The worker process of this process, started when first needed and when it is gone."""

    def __init__(self, *, seconds: int = MOST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, html: bytes) -> bytes | None:
        """Return the PDF of a page, or nothing where the worker finished none in time."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(self._seconds + 5)
            with theirs:
                self._hand_over(theirs)
            try:
                ours.sendall(html)
                ours.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: ours.recv(1 << 16), b""))
            except OSError:
                return None
        return answer.removesuffix(DONE) if answer.endswith(DONE) else None

    def _hand_over(self, line: socket.socket) -> None:
        with self._lock:
            try:
                socket.send_fds(self._running(), [TAKE], [line.fileno()])
            except OSError:
                self.close()
                socket.send_fds(self._running(), [TAKE], [line.fileno()])

    def close(self) -> None:
        """End the worker, which ends by itself when nobody can ask it any more."""
        if self._control is not None and self._owner == os.getpid():
            self._control.close()
            if self._process is not None:
                try:
                    self._process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
        self._control = self._process = None

    def _running(self) -> socket.socket:
        """Return the line to a worker of this very process; a forked copy starts its own."""
        alive = self._process is not None and self._process.poll() is None
        if self._control is None or not alive or self._owner != os.getpid():
            self.close()
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "portfolio.briefs.worker"),
                        *(str(self._seconds), str(self._memory)),
                    ],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=ROOT,
                    # An interrupt on the terminal is for the web process, not for its worker.
                    start_new_session=True,
                    env={name: os.environ[name] for name in PASSED_ON if name in os.environ}
                    # The date that goes into embedded fonts: the same bytes on every day.
                    | {"LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"},
                )
            self._owner = os.getpid()
        return self._control


PRESS = Press()
atexit.register(PRESS.close)
