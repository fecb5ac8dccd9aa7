"""Two hundred thousand allocations are exported row by row: memory does not grow with them."""

import csv
import io
import resource
import sys
from decimal import Decimal
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import IO, Any
from zipfile import ZipFile

import pytest
from django.test import Client

from budgets.models import Allocation
from portfolio.open_data import data_package
from tests import database
from tests.factories import make_appropriation, make_project
from tests.portfolio.open_data.checks import AT

ALLOCATIONS = 200_000
MOST_MEMORY = 40_000_000
# A cent more each time, from one dollar on.
TOTAL = ALLOCATIONS + Decimal(ALLOCATIONS * (ALLOCATIONS - 1) // 2) / 100


@pytest.fixture
def large(transactional_db: None, cast: SimpleNamespace) -> SimpleNamespace:
    """One appropriation with that many allocations, put there past the triggers that count."""
    project, source = make_project(cast), make_appropriation(9_000_000_000)
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("ALTER TABLE budgets_allocation DISABLE TRIGGER USER")
        owner.execute(
            "INSERT INTO budgets_allocation"
            " (budget_id, appropriation_id, amount, state, held_by_id, held_at)"
            " SELECT %s, %s, 1 + n / 100.0, 'held', %s, now() FROM generate_series(0, %s - 1) AS n",
            [project.budget_id, source.pk, cast.finance.pk, ALLOCATIONS],
        )
        owner.execute("ALTER TABLE budgets_allocation ENABLE TRIGGER USER")
    assert Allocation.objects.count() == ALLOCATIONS
    return cast


def memory() -> int:
    """The most bytes that this process has held so far, as the kernel counts."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def total(file: IO[bytes], heading: str) -> Decimal:
    """The sum of a column of a CSV."""
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        place = next(rows).index(heading)
        return sum((Decimal(row[place]) for row in rows), Decimal(0))


def test_both_files_hold_every_cent_in_little_memory(
    large: SimpleNamespace, client: Client
) -> None:
    client.force_login(large.finance)
    answer: Any = client.get("/funds/export/allocations.csv")
    before = memory()
    with TemporaryFile() as package, TemporaryFile() as table:
        data_package.write(package, city=large.city, at=AT)
        table.writelines(answer.streaming_content)
        assert memory() - before < MOST_MEMORY
        table.seek(0)
        with ZipFile(package) as unpacked, unpacked.open("allocations.csv") as packed:
            assert total(packed, "amount") == TOTAL
        assert total(table, "Amount") == TOTAL
