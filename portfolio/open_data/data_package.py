"""The whole ledger as a Fiscal Data Package: one zip of CSVs and `datapackage.json`.

After Data Package 1.0 (Frictionless Data) with its fiscal profile: every amount is a measure with
its phase of the budget, everything that it can be grouped by is a dimension. Each column names what
it is in the taxonomy of budgets of the Fiscal Data Package 1.0rc1 besides (`columnType`).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.db.models import Max, Min

from budgets import fiscal
from budgets.models import Appropriation, BudgetPolicy
from portfolio.exports import Column, csv_lines
from portfolio.models import City
from portfolio.open_data.ledger import RESOURCES, VALUE, Field, Resource
from portfolio.open_data.publishing import license_of_data

CURRENCY = "USD"
# Each amount: its table, its column, its phase of the budget if the profile has a word for it.
MEASURES = {
    "approved": ("appropriations", "approved_amount", "approved"),
    "adjusted": ("appropriations", "adjusted_amount", "adjusted"),
    "held": ("appropriations", "held", ""),
    "committed": ("appropriations", "committed", ""),
    "amended": ("amendments", "amount", ""),
    "allocated": ("allocations", "amount", ""),
    "planned": ("cost-lines", "amount", "proposed"),
    "spent": ("spending", "amount", "executed"),
}


def write(file: IO[bytes], *, city: City, at: datetime) -> None:
    """Write the package into `file`, a table at a time and row by row; `at` is when it is made.

    Call it within one transaction that sees one state, or its tables may contradict each other.
    """
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        resources = [_write_table(package, resource) for resource in RESOURCES]
        descriptor = describe(city=city, at=at, resources=resources)
        words = json.dumps(descriptor, indent=2, ensure_ascii=False)
        package.writestr(_entry("datapackage.json"), words.encode())


def _entry(name: str) -> ZipInfo:
    """Return a file of the package without a date, so that the same state is the same bytes."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _write_table(package: ZipFile, resource: Resource) -> dict[str, Any]:
    """Write a table, and return how the descriptor describes it."""
    size, digest = 0, hashlib.sha256()
    with package.open(_entry(f"{resource.name}.csv"), "w", force_zip64=True) as file:
        for line in _lines(resource):
            file.write(line)
            digest.update(line)
            size += len(line)
    return {
        "name": resource.name,
        "path": f"{resource.name}.csv",
        "profile": "tabular-data-resource",
        "description": resource.says,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "schema": {
            "fields": [_field(field) for field in resource.fields],
            "primaryKey": [resource.key],
            **_foreign_keys(resource),
            **_currency(resource),
        },
    }


def _lines(resource: Resource) -> Iterator[bytes]:
    columns = [Column(field.name) for field in resource.fields]
    return csv_lines(columns, resource.rows(), for_excel=False)


def _field(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": field.kind,
        "description": field.says,
        "constraints": {"required": field.is_required},
    }
    return described | ({"columnType": field.column_type} if field.column_type else {})


def _foreign_keys(resource: Resource) -> dict[str, Any]:
    keys = [
        {"fields": [name], "reference": {"resource": other, "fields": [column]}}
        for name, (other, column) in resource.refers.items()
    ]
    return {"foreignKeys": keys} if keys else {}


def _currency(resource: Resource) -> dict[str, Any]:
    """Return the column that every row would say the same in, where a table has amounts."""
    if all(field.column_type != VALUE for field in resource.fields):
        return {}
    currency = {"name": "currency", "type": "string", "constant": CURRENCY}
    return {"extraFields": [{**currency, "columnType": "value-currency:code"}]}


def describe(*, city: City, at: datetime, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the package's `datapackage.json`."""
    chosen = license_of_data()
    return {
        # The schema of the fiscal profile extends the tabular one and insists on its name; `model`
        # makes the package a fiscal one.
        "profile": "tabular-data-package",
        "name": "ledger",
        "title": f"Dedicated budgets of {city.name}",
        "description": "Funds, appropriations, their amendments, and what is held for, committed "
        "to and spent by projects. Amounts are US dollars. A text that a spreadsheet would take "
        "for a formula begins with an apostrophe.",
        "created": at.isoformat(timespec="seconds"),
        "homepage": settings.SITE_URL,
        "licenses": [{"name": chosen.name, "title": chosen.title, "path": chosen.path}],
        "contributors": [{"title": city.name, "role": "publisher"}],
        "countryCode": "US",
        "granularity": "aggregated",
        **_fiscal_period(),
        "model": {"measures": _measures(), "dimensions": DIMENSIONS},
        "resources": resources,
    }


def _fiscal_period() -> dict[str, Any]:
    """Return the days from the first fiscal year to the last, if anything is appropriated."""
    years = Appropriation.objects.aggregate(first=Min("fiscal_year"), last=Max("fiscal_year"))
    if years["first"] is None:
        return {}
    first_month = BudgetPolicy.current().fiscal_year_first_month
    start, _ = fiscal.bounds(years["first"], first_month)
    _, end = fiscal.bounds(years["last"], first_month)
    return {"fiscalPeriod": {"start": start.isoformat(), "end": end.isoformat()}}


def _measures() -> dict[str, Any]:
    return {
        name: {
            "source": column,
            "resource": resource,
            "currency": CURRENCY,
            "direction": "expenditure",
            **({"phase": phase} if phase else {}),
        }
        for name, (resource, column, phase) in MEASURES.items()
    }


DIMENSIONS: dict[str, Any] = {
    "fund": {
        "dimensionType": "classification",
        "attributes": {
            "fund": {"source": "fund", "resource": "funds"},
            "name": {"source": "name", "resource": "funds", "labelfor": "fund"},
            "type": {"source": "fund_type", "resource": "funds"},
        },
        "primaryKey": "fund",
    },
    "fiscal_year": {
        "dimensionType": "datetime",
        "attributes": {"year": {"source": "fiscal_year", "resource": "appropriations"}},
        "primaryKey": "year",
    },
    "project": {
        "dimensionType": "activity",
        "attributes": {
            "project": {"source": "project", "resource": "projects"},
            "title": {"source": "title", "resource": "projects", "labelfor": "project"},
            "stage": {"source": "stage", "resource": "projects"},
        },
        "primaryKey": "project",
    },
    "department": {
        "dimensionType": "classification",
        "classificationType": "administrative",
        "attributes": {"department": {"source": "department", "resource": "projects"}},
        "primaryKey": "department",
    },
    "element": {
        "dimensionType": "classification",
        "classificationType": "economic",
        "attributes": {
            "element": {"source": "element", "resource": "cost-lines"},
            "kind": {"source": "kind", "resource": "cost-lines"},
        },
        "primaryKey": ["element", "kind"],
    },
}
