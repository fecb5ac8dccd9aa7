"""Amendments, tried by SQL: with the rights of the site, and with the owner's."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError

from budgets import ledger
from budgets.models import Amendment, Appropriation, Budget
from portfolio.models import History
from tests.budgets.rules import HOLD, Sql, refused_by
from tests.database import connect
from tests.factories import make_appropriation, make_project

AMEND = (
    "INSERT INTO budgets_amendment (kind, amount, source_id, target_id, action_type, "
    "action_number, action_date, reason, signed_by_id, signed_at) "
    "VALUES (%s, %s, %s, %s, 'ordinance', 'Ord. 9', '2026-11-01', '', %s, now())"
)


@pytest.fixture
def source(db: None) -> Appropriation:
    return make_appropriation(100)


@pytest.fixture
def other(db: None) -> Appropriation:
    return make_appropriation(100)


def amounts(*sources: Appropriation) -> list[Decimal]:
    for source in sources:
        source.refresh_from_db()
    return [source.amount for source in sources]


def test_each_kind_moves_what_it_says(
    sql: Sql, cast: SimpleNamespace, source: Appropriation, other: Appropriation
) -> None:
    by = cast.finance.pk
    sql(AMEND, "raise", "0.01", None, source.pk, by)
    assert amounts(source, other) == [Decimal("100.01"), 100]
    sql(AMEND, "cut", "50.01", source.pk, None, by)
    assert amounts(source, other) == [50, 100]
    sql(AMEND, "transfer", 20, source.pk, other.pk, by)
    assert amounts(source, other) == [30, 120]
    sql(AMEND, "lapse", 30, source.pk, None, by)
    assert amounts(source, other) == [0, 120]
    assert source.adopted_amount == other.adopted_amount == 100


def test_they_are_numbered_by_the_database(
    sql: Sql, cast: SimpleNamespace, source: Appropriation
) -> None:
    forged = AMEND.replace("(kind,", "(number, kind,").replace("(%s,", "(77, %s,")
    for _ in range(2):
        sql(forged, "raise", 1, None, source.pk, cast.finance.pk)
    sql(AMEND, "raise", 1, None, source.pk, cast.finance.pk)
    assert list(Amendment.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_several_in_one_statement_have_a_number_each(
    sql: Sql, cast: SimpleNamespace, source: Appropriation
) -> None:
    three = AMEND.replace("VALUES (%s,", "SELECT %s,").removesuffix(")")
    values = ("cut", 10, source.pk, None, cast.finance.pk)
    assert sql(f"{three} FROM generate_series(1, 3)", *values) == 3
    assert list(Amendment.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert amounts(source) == [70]


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("raise", "source"),
        ("raise", "both"),
        ("raise", "none"),
        ("cut", "target"),
        ("cut", "both"),
        ("lapse", "target"),
        ("lapse", "none"),
        ("transfer", "source"),
        ("transfer", "target"),
        ("transfer", "same"),
        ("gift", "both"),
    ],
)
def test_its_ends_fit_its_kind(sql: Sql, cast: SimpleNamespace, kind: str, ends: str) -> None:
    source, other = make_appropriation(), make_appropriation()
    pair = {
        "source": (source.pk, None),
        "target": (None, other.pk),
        "both": (source.pk, other.pk),
        "same": (source.pk, source.pk),
        "none": (None, None),
    }[ends]
    rule = refused_by(sql, AMEND, kind, 1, *pair, cast.finance.pk)
    assert rule == "amendment_ends_fit_its_kind"


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
def test_its_amount_is_above_zero(
    sql: Sql, cast: SimpleNamespace, source: Appropriation, amount: str
) -> None:
    rule = refused_by(sql, AMEND, "raise", amount, None, source.pk, cast.finance.pk)
    assert rule == "amendment_is_positive"


def test_it_names_its_action(sql: Sql, cast: SimpleNamespace, source: Appropriation) -> None:
    nameless = AMEND.replace("'Ord. 9'", "''")
    rule = refused_by(sql, nameless, "raise", 1, None, source.pk, cast.finance.pk)
    assert rule == "amendment_names_its_action"


@pytest.mark.parametrize("kind", ["cut", "lapse", "transfer"])
@pytest.mark.parametrize("state", ["held", "committed"])
def test_nothing_leaves_that_somebody_took(
    sql: Sql, cast: SimpleNamespace, kind: str, state: str
) -> None:
    source, other = make_appropriation(100), make_appropriation()
    budget = make_project(cast).budget
    held = ledger.hold(budget=budget, appropriation=source, amount=Decimal(60), by=cast.finance)
    if state == "committed":
        ledger.commit(held, by=cast.finance)
    target = other.pk if kind == "transfer" else None
    rule = refused_by(sql, AMEND, kind, "40.01", source.pk, target, cast.finance.pk)
    assert rule == "appropriation_not_overdrawn"
    sql(AMEND, kind, 40, source.pk, target, cast.finance.pk)
    values = (budget.pk, source.pk, "0.01", "held", cast.finance.pk)
    assert refused_by(sql, HOLD, *values) == "appropriation_not_overdrawn"


def test_more_than_there_is_never_leaves(
    sql: Sql, cast: SimpleNamespace, source: Appropriation
) -> None:
    rule = refused_by(sql, AMEND, "cut", "100.01", source.pk, None, cast.finance.pk)
    assert rule == "appropriation_not_overdrawn"


@pytest.mark.parametrize(
    "change",
    [
        "amount = 99",
        "amount = 1000",
        "amount = 'NaN'",
        "adopted_amount = 1000",
        "adopted_amount = 1000, amount = 1000",
        "fiscal_year = 2050",
        "fund_id = (SELECT max(id) FROM budgets_fund)",
    ],
)
def test_an_appropriation_is_not_edited(
    sql: Sql, source: Appropriation, other: Appropriation, change: str
) -> None:
    statement = f"UPDATE budgets_appropriation SET {change} WHERE id = {source.pk}"
    assert refused_by(sql, statement) == "appropriation_changes_by_amendment"


def test_once_amended_nothing_of_it_changes(
    sql: Sql, cast: SimpleNamespace, source: Appropriation
) -> None:
    change = "UPDATE budgets_appropriation SET restriction = 'Streets'"
    assert sql(change) == 1
    sql(AMEND, "raise", 1, None, source.pk, cast.finance.pk)
    change = "UPDATE budgets_appropriation SET restriction = 'Parks'"
    assert refused_by(sql, change) == "appropriation_in_use_stays"


def test_what_it_comes_to_cannot_be_given(sql: Sql) -> None:
    made = make_appropriation(100, adopted_amount=Decimal(900))
    made.refresh_from_db()
    assert (made.adopted_amount, made.amount) == (100, 100)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
def test_a_new_one_is_above_zero(sql: Sql, source: Appropriation, amount: str) -> None:
    copied = (
        "INSERT INTO budgets_appropriation (fund_id, fiscal_year, amount, adopted_amount, "
        '"constraint", restriction, action_type, action_number, action_date, available_from, '
        "available_until, award_number, agency, match_kind, entered_at) SELECT fund_id, "
        "fiscal_year, %s, 5, \"constraint\", '', action_type, 'Ord. None', action_date, "
        "available_from, available_until, '', '', '', now() FROM budgets_appropriation"
    )
    assert refused_by(sql, copied, amount) == "appropriation_is_positive"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budgets_amendment SET amount = 2",
        "UPDATE budgets_amendment SET reason = 'Another'",
        "UPDATE budgets_amendment SET number = 7",
        "UPDATE budgets_amendment SET signed_by_id = signed_by_id",
        "DELETE FROM budgets_amendment",
    ],
)
def test_it_never_changes(
    sql: Sql, cast: SimpleNamespace, source: Appropriation, statement: str
) -> None:
    sql(AMEND, "raise", 1, None, source.pk, cast.finance.pk)
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(statement)


def test_the_history_names_who_signed(
    sql: Sql, cast: SimpleNamespace, source: Appropriation
) -> None:
    with cast.finance.changing():
        sql(AMEND, "raise", 1, None, source.pk, cast.finance.pk)
    lines = History.objects.filter(user_id=cast.finance.pk).values_list("table", "action")
    assert sorted(lines)[:2] == [
        ("budgets_amendment", "INSERT"),
        ("budgets_appropriation", "UPDATE"),
    ]


# The owner


@pytest.fixture
def owner(transactional_db: None, cast: SimpleNamespace) -> Iterator[psycopg.Connection[Any]]:
    source = make_appropriation(100)
    budget: Budget = make_project(cast).budget
    ledger.hold(budget=budget, appropriation=source, amount=Decimal(60), by=cast.finance)
    with closing(connect("owner", autocommit=True)) as raw:
        raw.execute(AMEND, ["raise", 1, None, source.pk, cast.finance.pk])
        yield raw


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE budgets_amendment SET amount = 2", "amendment_never_changes"),
        ("DELETE FROM budgets_amendment", "amendment_never_changes"),
        ("UPDATE budgets_appropriation SET amount = 1", "appropriation_changes_by_amendment"),
        (
            "INSERT INTO budgets_amendment (kind, amount, source_id, action_type, action_number, "
            "action_date, reason, signed_by_id, signed_at) SELECT 'cut', 41.01, id, 'ordinance', "
            "'Ord. 9', '2026-11-01', '', (SELECT min(id) FROM portfolio_user), now() "
            "FROM budgets_appropriation",
            "appropriation_not_overdrawn",
        ),
    ],
)
def test_not_even_the_owner(owner: psycopg.Connection[Any], statement: str, rule: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(statement)
    assert refused.value.diag.constraint_name == rule
