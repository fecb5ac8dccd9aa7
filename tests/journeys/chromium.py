"""The system's Chromium, and what must never happen in it while people work."""

import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    WebError,
)

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# Chromium repeats every refused request on the console; `Watch` reads the answers themselves.
REFUSED = "Failed to load resource: the server responded with a status of "
# htmx does so with a request that a newer one replaced; one that fails it calls "htmx:sendError".
REPLACED = ("htmx:afterRequest, ", "htmx:sendAbort, ")
# What a person asks for may be refused with a page; what a page is made of may not.
ASKED_FOR = {"document", "xhr", "fetch"}
PATIENCE = 15_000  # Milliseconds: the machine may be busy with other tests.


def program() -> str:
    """Return the first Chromium on the PATH that runs. Raises FileNotFoundError without one."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if (
            found
            and not subprocess.run(
                [found, "--version"], check=False, capture_output=True
            ).returncode
        ):
            return found
    raise FileNotFoundError(f"The journeys need Chromium on the PATH: {', '.join(PROGRAMS)}.")


class Watch:
    """Everything that went wrong in a browser context: scripts, the security policy, requests."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((REFUSED, *REPLACED)):
            self.faults.append(f"on the console: {message.text}")

    def _catch(self, error: WebError) -> None:
        self.faults.append(f"uncaught: {error.error}")

    def _see_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self.faults.append(f"asked another origin: {request.url}")

    def _see_response(self, response: Response) -> None:
        refused = response.status >= 400 and response.request.resource_type not in ASKED_FOR
        if refused or response.status >= 500:
            self.faults.append(f"answered with {response.status}: {response.url}")


class Windows:
    """Browser windows, each with cookies of its own as on different computers, all watched."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self._open: list[tuple[BrowserContext, Watch]] = []

    def open(self, **options: Any) -> BrowserContext:
        """Open a window on the site. `options` are Playwright's."""
        context = self.browser.new_context(
            base_url=self.site, locale="en-US", reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        self._open.append((context, Watch(context)))
        return context

    def faults(self) -> list[str]:
        """Return what went wrong in any of them."""
        return [fault for _, watch in self._open for fault in watch.faults]

    def close(self) -> None:
        """Close them all."""
        for context, _ in self._open:
            context.close()
