"""The wording check for other programs: JSON lines in, JSON lines out."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from problems import lint, wording
from problems.lint import Kind

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Command(BaseCommand):
    """`manage.py lint_statements < statements.jsonl`. Needs no database."""

    help = (
        "Check the wording of statements. Reads JSON lines with id, text and, if known, language "
        "(en or es) from standard input; writes one JSON line of findings for each, with a note "
        "when a text is so long that its end was not checked."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer each line as it comes. Exit status 1 when a line could not be read."""
        all_read = True
        for number, line in _lines():
            try:
                answer = _answer(line)
            except ValueError as mistake:
                all_read = False
                self.stderr.write(f"Line {number} was skipped. {mistake}")
                self.stderr.flush()
            else:
                self.stdout.write(answer)
                self.stdout.flush()
        if not all_read:
            sys.exit(1)


def _lines() -> Iterator[tuple[int, bytes]]:
    """The lines of standard input that hold something, with their numbers from 1."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        held = line.removeprefix(BYTE_ORDER_MARK).strip()
        if held:
            yield number, held


def _answer(line: bytes) -> str:
    """Return the answer to one line; ValueError with a sentence when it cannot be read."""
    try:
        asked = json.loads(line.decode())
    except UnicodeDecodeError:
        raise ValueError("It is not UTF-8 text.") from None
    except (json.JSONDecodeError, RecursionError):
        raise ValueError('It is not JSON. Write {"id": "1", "text": "…"}.') from None
    text = asked.get("text") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        raise ValueError('It has no text. Write {"id": "1", "text": "…"}.')  # noqa: TRY004
    language = asked.get("language") or lint.detect_language(text)
    if language not in wording.LANGUAGES:
        known = " or ".join(wording.LANGUAGES)
        raise ValueError(f"Its language is not known. Write {known}, or leave language out.")
    findings = lint.check(text, language)
    kinds = {finding.kind for finding in findings}
    answer = {
        "id": asked.get("id"),
        "tech_first": Kind.TECH_FIRST in kinds,
        "hype": Kind.HYPE in kinds,
        "findings": [asdict(finding) for finding in findings],
    }
    unread = lint.unread(text)
    return json.dumps(answer | ({"note": unread} if unread else {}))
