"""The entry point of web servers."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")

site = get_wsgi_application()


class WholeBody:
    """The body of a request, which a web server hands on as if it ended where a line broke.

    Half a form reads like a whole one: its last words would be saved cut off.
    """

    def __init__(self, body: Any, length: int) -> None:
        self.body = body
        self.left = length

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes. Raises BadRequest where the body ends early."""
        wanted = self._wanted(size)
        pieces: list[bytes] = []
        while wanted:
            pieces.append(self._piece(self.body.read, wanted))
            wanted -= len(pieces[-1])
        return b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        """Return one line, or `size` bytes of it. Raises BadRequest where the body ends early."""
        wanted = self._wanted(size)
        return self._piece(self.body.readline, wanted) if wanted else b""

    def _wanted(self, size: int) -> int:
        return self.left if size < 0 else min(size, self.left)

    def _piece(self, read: Any, wanted: int) -> bytes:
        try:
            data: bytes = read(wanted)
        except OSError as fault:
            raise BadRequest("The connection broke while the request was sent.") from fault
        self.left -= len(data)
        if not data:
            raise BadRequest("The connection ended before the whole request was there.")
        return data


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request that arrived whole."""
    length = environ.get("CONTENT_LENGTH", "")
    if length.isascii() and length.isdigit():
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
    return site(environ, start_response)
