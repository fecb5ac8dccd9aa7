"""Reads open data as a stranger would: by the schemas, and by a library that knows the standard."""

import io
import json
from datetime import UTC, datetime
from importlib.metadata import files
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import frictionless
from django.db.models import QuerySet
from frictionless.resources import TableResource
from jsonschema import Draft4Validator

from portfolio.models import City, Project
from portfolio.open_data import data_package, oc4ids
from tests.portfolio.open_data.oc4ids_schema import PACKAGE

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ADDRESS = "https://city.example/projects/oc4ids.json"


def errors(document: Any, schema: dict[str, Any]) -> list[str]:
    """Everything that `schema` says is wrong with `document`."""
    Draft4Validator.check_schema(schema)
    found = Draft4Validator(schema).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


def fiscal_profile() -> dict[str, Any]:
    """The profile of a Fiscal Data Package, as the library `datapackage` ships it."""
    (path,) = (
        file for file in files("datapackage") or () if file.name == "fiscal-data-package.json"
    )
    profile: dict[str, Any] = json.loads(path.read_text())
    return profile


def package_of(projects: QuerySet[Project], city: City) -> dict[str, Any]:
    """The OC4IDS package of `projects`, which is sound by the schema."""
    file = io.BytesIO()
    assert oc4ids.write(file, projects, city=city, at=AT, address=ADDRESS)
    package: dict[str, Any] = json.loads(file.getvalue())
    assert errors(package, PACKAGE) == []
    for project in package["projects"]:
        names_known_parties(project)
    return package


def names_known_parties(project: dict[str, Any]) -> None:
    """Insist that whoever is referred to is among the parties, with the role it is named for."""
    parties = {(row["id"], row["name"]): row["roles"] for row in project["parties"]}
    assert len({key for key, _ in parties}) == len(parties)
    authority = project["publicAuthority"]
    assert "publicAuthority" in parties[authority["id"], authority["name"]]
    for part in project.get("budget", {}).get("budgetBreakdown", []):
        funder = part["sourceParty"]
        assert "funder" in parties[funder["id"], funder["name"]]


def ledger_of(city: City) -> bytes:
    """The Fiscal Data Package of the ledger."""
    file = io.BytesIO()
    data_package.write(file, city=city, at=AT)
    return file.getvalue()


def opened(package: bytes, folder: Path) -> dict[str, Any]:
    """Unpack a Data Package into `folder` and return its descriptor."""
    with ZipFile(io.BytesIO(package)) as file:
        assert file.testzip() is None
        file.extractall(folder)
    descriptor: dict[str, Any] = json.loads((folder / "datapackage.json").read_text())
    return descriptor


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table, each value of the type that the descriptor says."""
    package = frictionless.Package(str(folder / "datapackage.json"))
    resource = package.get_resource(name)
    assert isinstance(resource, TableResource)
    return [dict(row) for row in resource.read_rows()]
