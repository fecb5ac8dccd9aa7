"""What the tests of the ledger's rules share."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from budgets.models import Budget
from tests.budgets.rules import Sql
from tests.factories import add_costs, dedicate, make_project


@pytest.fixture
def sql(db: None) -> Sql:
    """Return a function that runs one statement, and undoes it alone when it is refused."""

    def run(statement: str, *values: Any) -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return int(cursor.rowcount)

    return run


@pytest.fixture
def dedicated(cast: SimpleNamespace) -> Budget:
    """A budget that was confirmed: $100,000 once, $25,000 of contingency, $5,000 a year."""
    return dedicate(add_costs(make_project(cast).budget, cast=cast), cast=cast)
