"""Open data as pages and as a command: the same files, whole or not at all."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings

from portfolio.models import User
from portfolio.open_data import oc4ids
from portfolio.open_data.publishing import LICENSES, NO_PREFIX
from tests.factories import draft_problem, make_project, scoping_project
from tests.pages import words
from tests.portfolio.busy_ledger import busy_ledger
from tests.portfolio.open_data.checks import errors, fiscal_profile, opened
from tests.portfolio.open_data.oc4ids_schema import PACKAGE

SignIn = Callable[[User], Client]


def whole(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_the_page_says_what_there_is_and_leads_to_it(
    cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.finance)
    page = words(client.get("/funds/open-data/").content.decode())
    assert "No project is public yet" in page
    assert "/projects/oc4ids.json" not in page
    scoping_project(cast)
    page = words(client.get("/funds/open-data/").content.decode())
    assert "Download 1 project (JSON)" in page
    assert "Creative Commons Zero" in page
    assert "oc4ids-000000" in page
    for address in ("/funds/ledger.zip", "/projects/oc4ids.json"):
        assert f'href="{address}"' in page
        whole(client.get(address))


def test_everybody_gets_the_same_files(
    cast: SimpleNamespace, client: Client, tmp_path: Path
) -> None:
    busy_ledger(cast)
    packages = []
    for place, person in enumerate((cast.finance, cast.outsider)):
        client.force_login(person)
        folder = tmp_path / str(place)
        answer = client.get("/funds/ledger.zip")
        assert answer["Content-Type"] == "application/zip"
        assert answer["Cache-Control"] == "private, no-store"
        descriptor = opened(whole(answer), folder)
        assert errors(descriptor, fiscal_profile()) == []
        packages.append({path.name: path.read_bytes() for path in folder.glob("*.csv")})
    assert packages[0] == packages[1]


def test_a_project_is_a_package_of_its_own(cast: SimpleNamespace, signed_in: SignIn) -> None:
    project = make_project(cast, problem=draft_problem(cast))
    client = signed_in(cast.head)
    answer = client.get(f"/projects/{project.pk}/oc4ids.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert f'filename="{project.reference.lower()}-oc4ids-' in answer["Content-Disposition"]
    package = json.loads(whole(answer))
    assert errors(package, PACKAGE) == []
    assert package["uri"] == f"http://testserver/projects/{project.pk}/oc4ids.json"


def test_there_is_no_package_without_a_project(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.finance).get("/projects/oc4ids.json").status_code == 404


def test_the_settings_know_the_same_licenses_and_prefix() -> None:
    source = (settings.BASE_DIR / "portfolio" / "settings.py").read_text()
    assert all(f'"{name}"' in source for name in LICENSES)
    assert f'"{NO_PREFIX}"' in source


@pytest.mark.parametrize("name", LICENSES)
def test_the_city_chooses_its_license_and_its_prefix(
    cast: SimpleNamespace, signed_in: SignIn, name: str
) -> None:
    project = scoping_project(cast)
    with override_settings(OPEN_DATA_LICENSE=name, OC4IDS_PREFIX="oc4ids-a1b2c3"):
        client = signed_in(cast.finance)
        package = json.loads(whole(client.get("/projects/oc4ids.json")))
        page = words(client.get("/funds/open-data/").content.decode())
    assert package["license"] == LICENSES[name].path
    assert package["projects"][0]["id"] == f"oc4ids-a1b2c3-{project.reference}"
    assert LICENSES[name].title in page
    assert "no prefix" not in page


# The command


def test_the_command_writes_both_files_and_says_their_hashes(
    cast: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    busy_ledger(cast)
    folder = tmp_path / "made" / "here"
    call_command("export_open_data", str(folder))
    assert sorted(path.name for path in folder.iterdir()) == ["ledger.zip", "projects-oc4ids.json"]
    for line in capsys.readouterr().out.splitlines():
        path, size, digest = line.split("\t")
        content = Path(path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(size), digest)
    assert errors(json.loads((folder / "projects-oc4ids.json").read_text()), PACKAGE) == []
    assert (folder / "ledger.zip").stat().st_mode & 0o777 == 0o644


def test_the_command_writes_no_package_without_a_project(
    cast: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_open_data", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.zip"]
    assert "no project is public yet" in capsys.readouterr().out


def test_an_export_that_breaks_off_leaves_the_old_file(
    cast: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoping_project(cast)
    (tmp_path / "projects-oc4ids.json").write_text("old")

    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(oc4ids, "describe", broken)
    with pytest.raises(RuntimeError):
        call_command("export_open_data", str(tmp_path))
    assert (tmp_path / "projects-oc4ids.json").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_is_told(cast: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_open_data", str(tmp_path / "file"))
