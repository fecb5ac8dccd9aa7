"""The ledger as a Fiscal Data Package: sound by its profile, whole to the cent, always the same."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import frictionless
import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from budgets.models import Allocation, Amendment, Appropriation, CostLine, Fund, Spending
from portfolio.models import City
from portfolio.open_data import data_package
from portfolio.open_data.ledger import RESOURCES
from tests.portfolio.busy_ledger import TEXT, busy_ledger
from tests.portfolio.open_data.checks import (
    AT,
    errors,
    fiscal_profile,
    ledger_of,
    opened,
    table,
)


@pytest.fixture
def busy(cast: SimpleNamespace) -> SimpleNamespace:
    return busy_ledger(cast)


def test_it_is_sound_by_the_profile(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    descriptor = opened(ledger_of(cast.city), tmp_path)
    assert errors(descriptor, fiscal_profile()) == []
    assert descriptor["created"] == "2026-11-22T15:00:00+00:00"
    assert descriptor["licenses"][0]["name"] == "CC0-1.0"


def test_the_profile_refuses_what_is_none() -> None:
    assert errors({"name": "ledger", "resources": []}, fiscal_profile())


def test_every_row_is_of_its_type_and_refers_to_one_that_is_there(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.flatten(["title", "note"]) == []
    assert len(report.tasks) == len(RESOURCES)
    assert all(task.stats["rows"] for task in report.tasks)


def test_a_changed_table_no_longer_has_its_hash(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    with (tmp_path / "spending.csv").open("a") as file:
        file.write("9,,100,2027,1.00,2026-10-31\r\n")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert "Hash Count Error" in {title for (title,) in report.flatten(["title"])}


def test_every_dollar_is_there_to_the_cent(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    of_public = CostLine.objects.filter(budget=busy.scoped.budget)
    expected: tuple[tuple[str, str, Any, str], ...] = (
        ("appropriations", "approved_amount", Appropriation.objects.all(), "adopted_amount"),
        ("appropriations", "adjusted_amount", Appropriation.objects.all(), "amount"),
        ("appropriations", "held", Appropriation.objects.all(), "held"),
        ("appropriations", "committed", Appropriation.objects.all(), "committed"),
        ("amendments", "amount", Amendment.objects.all(), "amount"),
        ("allocations", "amount", Allocation.objects.all(), "amount"),
        ("cost-lines", "amount", of_public, "amount"),
        ("spending", "amount", Spending.objects.all(), "amount"),
    )
    for name, column, rows, field in expected:
        found = [row[column] for row in table(tmp_path, name)]
        assert all(isinstance(amount, Decimal) for amount in found)
        assert sum(found) == rows.aggregate(sum=Sum(field))["sum"], (name, column)


def test_the_tables_agree_with_each_other(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    moved: dict[int, Decimal] = {}
    for row in table(tmp_path, "amendments"):
        for end, sign in (("source", -1), ("target", 1)):
            if row[end] is not None:
                moved[row[end]] = moved.get(row[end], Decimal(0)) + sign * row["amount"]
    taken: dict[tuple[int, str], Decimal] = {}
    for row in table(tmp_path, "allocations"):
        key = (row["appropriation"], row["state"])
        taken[key] = taken.get(key, Decimal(0)) + row["amount"]
    for row in table(tmp_path, "appropriations"):
        key = row["appropriation"]
        assert row["approved_amount"] + moved.get(key, 0) == row["adjusted_amount"]
        assert taken.get((key, "held"), 0) == row["held"]
        assert taken.get((key, "committed"), 0) == row["committed"]


def test_every_measure_and_dimension_is_a_column(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    descriptor = opened(ledger_of(cast.city), tmp_path)
    columns = {
        (resource["name"], field["name"]): field
        for resource in descriptor["resources"]
        for field in resource["schema"]["fields"]
    }
    model = descriptor["model"]
    for measure in model["measures"].values():
        field = columns[measure["resource"], measure["source"]]
        assert (field["type"], field["columnType"]) == ("number", "value")
        assert measure["currency"] == "USD"
    measured = {(row["resource"], row["source"]) for row in model["measures"].values()}
    of_type = {key for key, field in columns.items() if field.get("columnType") == "value"}
    assert of_type == measured
    for dimension in model["dimensions"].values():
        for attribute in dimension["attributes"].values():
            assert (attribute["resource"], attribute["source"]) in columns
        keys = dimension["primaryKey"]
        assert set([keys] if isinstance(keys, str) else keys) <= set(dimension["attributes"])


# What it leaves out


def test_projects_that_are_not_public_have_no_name_in_it(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    everything = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "Secret" not in everything
    assert busy.hidden.reference not in everything
    without = [row for row in table(tmp_path, "allocations") if row["project"] is None]
    assert sum(row["amount"] for row in without) == 4 * Decimal("2000.44")


def test_no_person_is_named_in_it(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    everything = "".join(path.read_text() for path in tmp_path.iterdir())
    for person in (cast.finance, cast.second_finance, cast.head, cast.manager):
        assert person.name not in everything
        assert person.email not in everything


def test_nothing_typed_acts_in_it_or_breaks_a_row(
    busy: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path
) -> None:
    opened(ledger_of(cast.city), tmp_path)
    for resource in RESOURCES:
        text = (tmp_path / f"{resource.name}.csv").read_text(newline="")
        for row in csv.reader(io.StringIO(text)):
            assert len(row) == len(resource.fields)
            assert not [cell for cell in row if cell[:1] in set("=@\t\r\n")]
            assert not [cell for cell in row if cell[:1] in set("+-") and not cell[1:2].isdigit()]
    note = next(row["note"] for row in table(tmp_path, "funds") if row["note"])
    assert "🚲" in note
    assert "\u0007" in TEXT
    assert "\u0007" not in note


# The same each time


def test_the_same_state_is_the_same_bytes_apart_from_the_time(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    first = ledger_of(cast.city)
    assert ledger_of(cast.city) == first
    later = io.BytesIO()
    data_package.write(later, city=cast.city, at=AT + timedelta(days=3))
    with ZipFile(io.BytesIO(first)) as one, ZipFile(later) as other:
        differing = [name for name in one.namelist() if one.read(name) != other.read(name)]
        assert differing == ["datapackage.json"]
        described = [json.loads(file.read("datapackage.json")) for file in (one, other)]
    assert described[0].pop("created") != described[1].pop("created")
    assert described[0] == described[1]


def test_it_takes_as_many_queries_for_more_rows(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    with CaptureQueriesContext(connection) as queries:
        ledger_of(cast.city)
    few = len(queries)
    busy_ledger(cast, code="2")
    with CaptureQueriesContext(connection) as queries:
        ledger_of(cast.city)
    assert len(queries) == few <= 14


def test_an_empty_ledger_is_sound_too(city: City, tmp_path: Path) -> None:
    descriptor = opened(ledger_of(city), tmp_path)
    assert errors(descriptor, fiscal_profile()) == []
    assert "fiscalPeriod" not in descriptor
    assert {model.objects.count() for model in (Fund, Spending)} == {0}
    assert [table(tmp_path, resource.name) for resource in RESOURCES] == [[]] * len(RESOURCES)
