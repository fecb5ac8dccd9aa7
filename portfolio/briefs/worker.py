"""The process that prints briefs: `python -m portfolio.briefs.worker SECONDS BYTES`, by `pdf.py`.

Standard input is a socket. Each message on it brings another socket, on which one HTML page comes
in and its PDF goes out. Every page is printed by a child of its own, with so many seconds and so
many bytes of memory. One child waits warmed up: it has printed a small page, so that the next one
starts at once. The process ends when the socket closes.
"""

import contextlib
import os
import resource
import select
import signal
import socket
import sys
import tempfile
from typing import NoReturn

TAKE = b"t"
# Follows a whole PDF; an answer without it was cut off.
DONE = b"\n%done"
# Fonts are unpacked into a file while a page is printed.
MOST_FILE = 20_000_000
# The next child warms up when this one is done, or after this time where it prints a long page.
HEAD_START = 1.0


def main(seconds: int, memory: int) -> None:
    """Serve until the other side closes."""
    from portfolio.briefs import press  # noqa: F401, PLC0415 - loaded once, before the forks

    # Ended children leave by themselves.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="briefs-") as folder:
        tempfile.tempdir = folder
        busy = True
        while busy:
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.close(reader)
                _serve_one(writer, seconds, memory)
            os.close(writer)
            # The child writes when it takes a page; it leaves without that when there are no more.
            busy = os.read(reader, 1) == TAKE
            select.select([reader], [], [], HEAD_START)
            os.close(reader)


def _serve_one(taken: int, seconds: int, memory: int) -> NoReturn:
    """Wait for one page, print it, and end this child process."""
    from portfolio.briefs import press  # noqa: PLC0415 - loaded by the parent

    status = 1
    try:
        press.pdf_from(press.WARM_UP)
        with socket.socket(fileno=sys.stdin.fileno()) as control:
            message, lines, _, _ = socket.recv_fds(control, 1, 1)
        if message:
            os.write(taken, TAKE)
            _limit(seconds, memory)
            with socket.socket(fileno=lines[0]) as line:
                html = b"".join(iter(lambda: line.recv(1 << 16), b"")).decode()
                line.sendall(press.pdf_from(html) + DONE)
        status = 0
    except BaseException as fault:  # noqa: BLE001 - whatever it is, the answer is: no PDF
        sys.stderr.write(f"A brief could not be printed: {type(fault).__name__}: {fault}\n")
    finally:
        sys.stderr.flush()
        # Without the clean-up that belongs to the parent.
        os._exit(status)


def _limit(seconds: int, memory: int) -> None:
    """Bound the child: time by the clock and of the processor, memory, size of files."""
    signal.alarm(seconds)
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: MOST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        # macOS has no limit of memory; the others hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
