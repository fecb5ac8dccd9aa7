"""Two finance officers who save a file of spending at the same moment."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from budgets import spending
from budgets.ledger import Stale
from budgets.models import Spending, SpendingFile
from budgets.spending import Place, Source
from tests.budgets.test_ledger_races import at_once
from tests.factories import make_appropriation, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def save(amounts: dict[Place, Decimal], name: str, by: Any) -> Callable[[], SpendingFile]:
    """Return the saving of a file whose owner saw nothing saved yet."""
    source = Source(name, "ab" * 32, date(2026, 10, 31))
    return lambda: spending.record(amounts, source=source, seen=spending.mark({}), by=by)


def test_one_of_two_files_is_saved_whole_and_the_other_owner_is_told(
    cast: SimpleNamespace,
) -> None:
    budget, fund = make_project(cast).budget, make_appropriation().fund
    for year in range(2000, 2005):
        places = [Place(budget.pk, fund.pk, year), Place(budget.pk, fund.pk, year + 100)]
        answers = at_once(
            save(dict.fromkeys(places, Decimal(1)), "one", cast.finance),
            save(dict.fromkeys(places, Decimal(2)), "two", cast.second_finance),
        )
        [file] = [answer for answer in answers if isinstance(answer, SpendingFile)]
        assert len([answer for answer in answers if isinstance(answer, Stale)]) == 1
        rows = Spending.objects.filter(fiscal_year__in=[year, year + 100])
        amount = Decimal(1 if file.file_name == "one" else 2)
        assert set(rows.values_list("amount", "file")) == {(amount, file.pk)}
        assert rows.count() == 2
