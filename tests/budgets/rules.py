"""How a rule of the database is tried: one statement at a time, with the rights of the site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

type Sql = Callable[..., int]

HOLD = (
    "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, state, held_by_id, "
    "held_at) VALUES (%s, %s, %s, %s, %s, now())"
)


def refused_by(sql: Sql, statement: str, *values: Any) -> str:
    """Run a statement that must be refused, and return the name of the rule that refuses."""
    with pytest.raises(IntegrityError) as refused:
        sql(statement, *values)
    return str(refused.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]
