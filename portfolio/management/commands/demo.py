"""The demonstration: migrate, build the demonstration city, print the sign-ins, serve."""

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from gunicorn.app.wsgiapp import WSGIApplication

from portfolio import notices
from portfolio.demo.accounts import DEMO_ACCOUNTS

NOTICES_EVERY = 20


class Command(BaseCommand):
    """`manage.py demo`: everything a person needs to look around, on this machine only."""

    help = "Build the demonstration city and serve it on 127.0.0.1."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Prepare everything, then hand over to the web server."""
        if settings.OWN_SERVER:
            raise CommandError("The demonstration uses its own database. Unset DATABASE_URL.")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo")
        call_command("collectstatic", verbosity=0, interactive=False)
        # Everybody begins as told: only what the visitor does is mailed, and the sign-ins stay.
        notices.record()
        self._print_accounts(port)
        self._send_notices(port)
        self._serve(port)

    def _print_accounts(self, port: int) -> None:
        self.stdout.write(f"\nGroundwork serves on http://127.0.0.1:{port}/  (Ctrl+C stops it)\n")
        self.stdout.write("Sign in as one of these; the sign-in page lists them too:\n")
        for account in DEMO_ACCOUNTS:
            unit = f", {account.department}" if account.department else ""
            self.stdout.write(f"  {account.role + unit:<46} {account.email:<38} {account.password}")
        self.stdout.write(
            "\nMail is printed here. Make something wait for somebody, and the notice to them "
            f"appears within {NOTICES_EVERY} seconds.\n"
        )
        self.stdout.flush()

    def _send_notices(self, port: int) -> None:
        """Send notices from a process of its own, which ends when this one has, however it did."""
        command = ["send_notices", f"--every={NOTICES_EVERY}", f"--beside={os.getpid()}"]
        subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", *command],
            env=os.environ | {"GROUNDWORK_URL": f"http://127.0.0.1:{port}"},
            # Ctrl+C is for the server; this one notices that it is gone.
            start_new_session=True,
        )

    def _serve(self, port: int) -> None:
        sys.argv = [
            "gunicorn",
            f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--log-level=warning",
            "portfolio.wsgi:application",
        ]
        # The workers are forks of this process: they open connections of their own.
        connections.close_all()
        os.chdir(settings.BASE_DIR)
        WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()
