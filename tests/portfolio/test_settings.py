"""What a person reads when the set-up is wrong: one sentence, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PRODUCTION = {
    "DATABASE_URL": "postgresql://app:secret@127.0.0.1:1/groundwork",
    "DATABASE_OWNER_URL": "postgresql://owner:secret@127.0.0.1:1/groundwork",
    "SECRET_KEY": "k4B9sQ2xV7mZ1wT8yR5uP3nL6jH0gF-dS_aCeXiOvMbNqWzYtUrEpKlJhGfDs",
    "ALLOWED_HOSTS": "plans.example.org",
    "EMAIL_URL": "smtp://user:secret@mail.example.org:587",
}


def manage(*words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"]} | PRODUCTION
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["DATABASE_OWNER_URL", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL"])
def test_a_missing_variable_is_named(name: str) -> None:
    answer = manage("check", **{name: None})
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"The environment variable {name} is missing." in answer.stderr


def test_an_unreachable_server_is_one_sentence() -> None:
    answer = manage("migrate")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "Groundwork cannot reach its database" in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://app@127.0.0.1/groundwork", "must begin with postgresql://"),
        ("postgresql://owner:secret@127.0.0.1:1/groundwork", "name the same database role"),
        ("postgresql://app:secret@127.0.0.1:port/groundwork", "cannot be read"),
    ],
)
def test_a_wrong_url_is_one_sentence(url: str, sentence: str) -> None:
    answer = manage("check", DATABASE_URL=url)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("OC4IDS_PREFIX", "Riverbend"), ("OPEN_DATA_LICENSE", "all rights reserved")],
)
def test_a_wrong_name_in_open_data_is_one_sentence(name: str, value: str) -> None:
    answer = manage("check", **{name: value})
    assert answer.returncode == 1
    assert f"{name} is" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_production_settings_pass_the_deployment_checks() -> None:
    # Those of models ask the database what it can generate; there is none here.
    tags = set(manage("check", "--list-tags").stdout.split()) - {"models"}
    named = [part for tag in sorted(tags) for part in ("--tag", tag)]
    answer = manage("check", "--deploy", "--fail-level", "WARNING", *named)
    assert "security" in tags
    assert answer.returncode == 0, answer.stderr
