import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]


def answers(
    monkeypatch: pytest.MonkeyPatch, *lines: bytes
) -> tuple[list[dict[str, Any]], list[str], int]:
    """What the command answers to lines, what it complains about, and its exit status."""
    stdin = io.TextIOWrapper(io.BytesIO(b"\n".join(lines)))
    monkeypatch.setattr(sys, "stdin", stdin)
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("lint_statements", stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    return found, err.getvalue().splitlines(), status


def line(**values: Any) -> bytes:
    return json.dumps(values).encode()


def test_each_line_is_answered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    found, complaints, status = answers(
        monkeypatch,
        line(id="a", text="We need a dashboard for the budget office."),
        b"",
        line(id=7, text="Tenants of 40 homes had no heat for nine days in January."),
        line(id="c", text="We are proud to be the best city in the world."),
    )
    assert [(one["id"], one["tech_first"], one["hype"]) for one in found] == [
        ("a", True, False),
        (7, False, False),
        ("c", False, True),
    ]
    assert (complaints, status) == ([], 0)
    assert found[1]["findings"] == []
    first = next(one for one in found[0]["findings"] if one["kind"] == "tech_first")
    assert first.keys() == {"kind", "start", "end", "quote", "explanation", "suggestion"}
    assert (
        first["quote"]
        == "We need a dashboard for the budget office."[first["start"] : first["end"]]
    )


def test_the_language_is_detected_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Hay 30 vecinos sin agua en la calle."
    found, _, _ = answers(monkeypatch, line(id=1, text=text), line(id=2, text=text, language="en"))
    kinds = [{item["kind"] for item in one["findings"]} for one in found]
    assert "no_people" not in kinds[0]
    assert "no_people" in kinds[1]


def test_a_text_too_long_to_read_to_its_end_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _, status = answers(
        monkeypatch, line(id=1, text="Tenants wait. " * 2_000), line(id=2, text="Tenants wait.")
    )
    assert found[0]["note"] == "Only the first 20,000 characters were checked."
    assert "note" not in found[1]
    assert status == 0


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (b"{", "It is not JSON."),
        (b"[" * 100_000, "It is not JSON."),
        (b"\xff\xfe", "It is not UTF-8 text."),
        (b'"text"', "It has no text."),
        (b'{"id": 1}', "It has no text."),
        (b'{"text": 3}', "It has no text."),
        (b'{"text": "x", "language": "fr"}', "Its language is not known."),
        (b'{"text": "x", "language": ["en"]}', "Its language is not known."),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, bad: bytes, complaint: str
) -> None:
    good = line(id="good", text="Tenants wait.")
    found, complaints, status = answers(monkeypatch, good, bad, good)
    assert [one["id"] for one in found] == ["good", "good"]
    assert complaints[0].startswith(f"Line 2 was skipped. {complaint}")
    assert len(complaints) == 1
    assert status == 1


def test_odd_text_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = b'\xef\xbb\xbf{"id": null, "text": "\\ud800 we need \\u200ba dash\\u00adboard \\u0000"}'
    found, complaints, status = answers(monkeypatch, odd)
    assert (found[0]["id"], found[0]["tech_first"]) == (None, True)
    assert (complaints, status) == ([], 0)


def test_it_runs_without_a_database() -> None:
    """Nothing listens at the address given."""
    nowhere = "postgresql://nobody:nothing@127.0.0.1:1/none"
    done = subprocess.run(
        [sys.executable, "manage.py", "lint_statements"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": nowhere,
            "DATABASE_OWNER_URL": nowhere.replace("nobody", "owner"),
            "SECRET_KEY": "x" * 50,
            "ALLOWED_HOSTS": "localhost",
            "EMAIL_URL": "smtp://localhost:25",
        },
        input=line(id="a", text="Install noise sensors on Harbor Street."),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["tech_first"]
    assert done.stderr == b""
