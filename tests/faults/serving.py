"""The site behind gunicorn, in a process of its own, on the database of the tests."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from portfolio.models import User
from tests.problems.pages import typed


def url_of(alias: str) -> str:
    """The address of the tests' database, as settings read it."""
    given = connections[alias].settings_dict
    user, password, host = (quote(given[key], safe="") for key in ("USER", "PASSWORD", "HOST"))
    return f"postgresql://{user}:{password}@{host}:{given['PORT']}/{given['NAME']}"


class Site(HTTPConnection):
    """One person's connection to the site; `folder` holds everything that the site writes."""

    def __init__(self, folder: Path, pids: IO[str], user: User) -> None:
        super().__init__("localhost")
        self.folder, self.pids = folder, pids
        self.worker = int(pids.readline())
        browser = Client()
        browser.force_login(user)
        self.cookies = {settings.SESSION_COOKIE_NAME: browser.cookies["sessionid"].value}

    def connect(self) -> None:
        """Connect to the socket of the server."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.folder / "socket"))

    def ask(self, method: str, url: str, body: Any = None, **headers: str) -> "Answer":
        """Send a request and return the whole answer."""
        self.request(method, url, body, self.headers() | headers)
        return Answer(self.getresponse(), self)

    def headers(self) -> dict[str, str]:
        """What a browser sends with every request."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def form(self, url: str, changes: dict[str, Any]) -> bytes:
        """The body that a browser would send from the form on the page at `url`."""
        return encode_multipart(BOUNDARY, typed(self.ask("GET", url)) | changes)

    def post(self, url: str, body: bytes) -> "Answer":
        """Send a form."""
        return self.ask("POST", url, body, **{"Content-Type": MULTIPART_CONTENT})

    def files(self, name: str) -> list[Path]:
        """Everything that lies in the folder `name` of the site."""
        return [path for path in (self.folder / name).rglob("*") if path.is_file()]

    def kill(self) -> None:
        """Kill the web process as the system would, and wait for the next one."""
        os.kill(self.worker, signal.SIGKILL)
        self.worker = int(self.pids.readline())
        self.close()

    def most_memory(self) -> int:
        """The most memory that the web process ever held, in bytes."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


class Answer:
    """An answer that was read to its end."""

    def __init__(self, response: HTTPResponse, site: Site) -> None:
        self.status_code = response.status
        self.content = response.read()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            site.cookies[name] = rest.partition(";")[0]


@contextmanager
def served(folder: Path, user: User) -> Iterator[Site]:
    """Serve the site from one web process that does one thing after another."""
    (folder / "tmp").mkdir()
    config = folder / "gunicorn.py"
    config.write_text(
        f"bind = 'unix:{folder / 'socket'}'\n"
        "def post_worker_init(worker):\n    print(worker.pid, flush=True)\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": url_of("default"),
        "DATABASE_OWNER_URL": url_of("owner"),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "GROUNDWORK_HTTPS": "0",
        "EMAIL_URL": "smtp-plain://localhost",
        "GROUNDWORK_DATA": str(folder),
        "TMPDIR": str(folder / "tmp"),
    }
    options = ["--config", str(config), "--no-control-socket", "--log-level=warning"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "portfolio.wsgi"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        site = Site(folder, server.stdout, user)
        yield site
        site.close()
    finally:
        server.terminate()
        server.communicate()
