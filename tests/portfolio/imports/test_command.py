"""The command: whom it works for, what it refuses, what a kill leaves, how much it holds."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from budgets.models import Budget, Fund, FundingRequest
from portfolio.models import Department, History, Project, WorkingPosition
from tests.portfolio.imports import apart
from tests.portfolio.imports.apart import REAL_FILE

MEGABYTE = 1_000_000


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_projects", *words)
    return str(caught.value)


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("name\nRoof\n")
    assert re.fullmatch(
        rf"{re.escape(str(file))}: This is not .* as CSV: it has no column project_id, .*\. "
        r"The first row must name the columns, with commas between them\. Nothing was imported\.",
        refusal(str(file)),
    )


@pytest.mark.django_db
def test_a_file_damaged_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "damaged.csv"
    lines = REAL_FILE.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:1500], b"\xff\xfe\n", *lines[1500:]]))
    assert "is not UTF-8 text" in refusal(str(file))
    assert not Project.objects.exists()
    assert not Department.objects.exists()


@pytest.mark.django_db
def test_who_imports_must_be_somebody_who_signs_in(cast: SimpleNamespace) -> None:
    file = str(REAL_FILE)
    unknown = "Nobody signs in with nobody@example.org. Check the address."
    assert refusal(file, "--by", "nobody@example.org") == unknown
    cast.manager.is_active = False
    cast.manager.save()
    assert refusal(file, "--by", cast.manager.email).startswith("Nobody signs in with")


@pytest.mark.django_db
def test_only_who_ranks_may_rank(cast: SimpleNamespace) -> None:
    file = str(REAL_FILE)
    assert refusal(file, "--rank").startswith("Somebody ranks the projects: name a city manager")
    assert refusal(file, "--rank", "--by", cast.finance.email) == (
        "Fiona Finance cannot rank projects. Only a city manager may do this. Ask one of them, or "
        "sign in as one."
    )
    assert not Project.objects.exists()


@pytest.mark.django_db
def test_what_the_database_refuses_is_one_sentence_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As when somebody adds a department of that name while the import runs.
    monkeypatch.setattr("portfolio.imports.plan._departments", _all_new)
    assert refusal(str(REAL_FILE)) == (
        "Somebody entered one of these departments, funds or projects at the same time. Nothing "
        "was imported. Run the import again."
    )
    assert not Department.objects.exists()


def _all_new(rows: object) -> tuple[dict[str, Department], list[Department]]:
    return {}, [Department(name="Parks"), Department(name="Parks")]


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_and_a_whole_one_holds_less_than_200_megabytes() -> None:
    models = (Department, Fund, Budget, Project, FundingRequest, WorkingPosition, History)
    for killed_at in (1, 9, 14):
        killed = apart.run(connection.settings_dict["NAME"], str(REAL_FILE), killed_at=killed_at)
        assert killed.returncode == -9, killed.stderr
        with connection.cursor() as cursor:
            # The import holds this lock until the server has noticed and undone it.
            cursor.execute(
                "SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)",
                [settings.CHANGES_LOCK, settings.CHANGES_LOCK],
            )
        assert [model.__name__ for model in models if model.objects.exists()] == []

    finished = apart.run(connection.settings_dict["NAME"], str(REAL_FILE))
    assert "2,008 projects made" in finished.stdout
    assert Project.objects.count() == 2008
    assert apart.peak_memory(finished) < 200 * MEGABYTE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "content",
    [
        b'"' + b"x" * 24 * MEGABYTE,
        b"x" * 24 * MEGABYTE,
        b"," * 24 * MEGABYTE,
        b"x\n" * 12 * MEGABYTE,
        b'""\n' * 8 * MEGABYTE,
    ],
    ids=["open quote", "one line", "columns", "lines", "quotes"],
)
def test_a_hostile_file_holds_little_memory_too(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "hostile.csv"
    header = REAL_FILE.read_bytes().splitlines(keepends=True)[0]
    file.write_bytes(header + content)
    finished = apart.run(connection.settings_dict["NAME"], str(file))
    assert "Nothing was imported." in finished.stdout
    assert apart.peak_memory(finished) < 200 * MEGABYTE
