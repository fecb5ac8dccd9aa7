"""Tell people by mail that something waits for them."""

import logging
import os
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, close_old_connections, connection

from portfolio import notices

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py send_notices`: one run, or with --every a run every so many seconds."""

    help = (
        "Mail everyone for whom something new waits. Run it every minute, or let it run with "
        "--every; two at once do not mail twice. It sends the daily mails too, from 7:00 in the "
        "city."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how often, and what to stay beside."""
        parser.add_argument("--every", type=float, metavar="SECONDS", help="run again and again")
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="end when this process, which began it, ends"
        )
        parser.add_argument(
            "--without-mail",
            action="store_true",
            help="take everybody as told of what waits now: before the first run in a city in "
            "which much waits already",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, or until somebody ends it."""
        if options["without_mail"]:
            number = notices.record()
            self.stdout.write(f"{number} {'thing' if number == 1 else 'things'} taken as told.")
        elif options["every"] is None:
            self._run()
        elif options["every"] < 1:
            raise CommandError("Wait at least one second between two runs.")
        else:
            self._run_until_ended(options["every"], options["beside"])

    def _run(self) -> bool:
        """Run; return whether nobody is left to the next run."""
        sent = notices.send()
        if sent.mails or sent.left:
            self.stdout.write(f"{sent.mails} mailed, {sent.left} left to the next run.")
        return not sent.left

    def _run_until_ended(self, every: float, beside: int | None) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        done = ""
        while not ended.is_set():
            done = self._run_where_something_changed(done)
            again = time.monotonic() + every
            while not ended.is_set() and (left := again - time.monotonic()) > 0:
                if beside is not None and os.getppid() != beside:
                    return
                ended.wait(min(left, 1))

    def _run_where_something_changed(self, done: str) -> str:
        """Run, unless nothing changed since the mark `done`; return the mark of what is done.

        A database that is away for a while costs a line in the log.
        """
        close_old_connections()
        try:
            mark = notices.mark()
            return mark if mark == done or self._run() else ""
        except OperationalError as away:
            connection.close()
            log.warning("The database does not answer (%s). The next run tries again.", away)
            return ""
