"""The books of a large city: 300 funds, 20 fiscal years, 200,000 allocations. Made in bulk.

The owner writes them by COPY with the triggers off, then makes every total true, and the rules of
the ledger are asked of it before anything is measured.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import psycopg
from django.utils import timezone

from budgets.models import Fund
from portfolio.models import Project
from tests import database
from tests.gate.invariants_of_money import AMENDED_OUT_OF_ORDER, OVERDRAWN

FUNDS, YEARS, ALLOCATIONS, AMENDMENTS, SPENT = 300, 20, 200_000, 3_000, 20_000
TABLES = (
    *("budgets_fund", "budgets_appropriation", "budgets_allocation", "budgets_amendment"),
    *("budgets_budget", "budgets_costline", "budgets_spendingfile", "budgets_spending"),
)

MAKE_APPROPRIATIONS = """
    INSERT INTO budgets_appropriation (fund_id, fiscal_year, amount, adopted_amount, "constraint",
        restriction, action_type, action_number, action_date, available_from, available_until,
        award_number, agency, match_kind, entered_at, held, committed)
    SELECT fund.id, year, 10000000, 10000000,
        CASE fund.id %% 3 WHEN 0 THEN 'assigned' ELSE 'committed' END, 'Streets.', 'ordinance',
        'Ord. ' || year, make_date(year - 1, 6, 1), make_date(year - 1, 7, 1),
        make_date(year + 2, 6, 30), '', '', '', now(), 0, 0
    FROM budgets_fund fund, generate_series(%(first)s::int, %(last)s::int) year
    WHERE fund.code LIKE 'A%%'
"""
# What the triggers would have computed.
MAKE_TRUE = (
    "SELECT budgets_compare(array_agg(id)) FROM budgets_budget",
    "SELECT budgets_sum_years(array_agg(DISTINCT fiscal_year)) FROM budgets_spending",
    """
    UPDATE budgets_appropriation source SET
        amount = adopted_amount + coalesce((SELECT sum(CASE source.id WHEN target_id THEN amount
            ELSE -amount END) FROM budgets_amendment WHERE source.id IN (source_id, target_id)), 0)
    WHERE id IN (SELECT source_id FROM budgets_amendment UNION
                 SELECT target_id FROM budgets_amendment)
    """,
    """
    UPDATE budgets_appropriation source SET held = taken.held, committed = taken.committed
    FROM (SELECT appropriation_id,
              coalesce(sum(amount) FILTER (WHERE state = 'held'), 0) AS held,
              coalesce(sum(amount) FILTER (WHERE state = 'committed'), 0) AS committed
          FROM budgets_allocation GROUP BY 1) taken
    WHERE taken.appropriation_id = source.id
    """,
    """
    UPDATE budgets_budget budget SET held = taken.held, committed = taken.committed
    FROM (SELECT budget_id,
              coalesce(sum(amount) FILTER (WHERE state = 'held'), 0) AS held,
              coalesce(sum(amount) FILTER (WHERE state = 'committed'), 0) AS committed
          FROM budgets_allocation GROUP BY 1) taken
    WHERE taken.budget_id = budget.id AND budget.state = 'draft'
    """,
)


def build(cast: SimpleNamespace, dedicated: Project) -> Project:
    """Make the books; return a project whose budget has many lines and much money.

    `dedicated` is left alone.
    """
    dice = random.Random(0)
    year = timezone.localdate().year
    projects = Project.objects.exclude(pk=dedicated.pk).order_by("pk")
    large = projects.filter(department=cast.parks)[0]
    others = projects.exclude(pk=large.pk).values_list("budget_id", flat=True)
    with database.connect("owner") as owner, _without_triggers(owner):
        _copy(
            owner,
            "budgets_fund (code, name, fund_type, note)",
            (
                (f"A{n:03d}", f"Fund {n:03d}", dice.choice(Fund.Type.values), "")
                for n in range(FUNDS)
            ),
        )
        owner.execute(MAKE_APPROPRIATIONS, {"first": year - 15, "last": year - 16 + YEARS})
        funds = _keys(owner, "SELECT id FROM budgets_fund WHERE code LIKE 'A%' ORDER BY id")
        theirs = f"SELECT id FROM budgets_appropriation WHERE fund_id >= {funds[0]} ORDER BY id"
        sources = _keys(owner, theirs)
        budgets = [large.budget_id, *others]
        _copy(owner, ALLOCATION, _allocations(cast, sources, budgets, dice))
        _copy(owner, AMENDMENT, _amendments(cast, sources, dice))
        _spend(owner, cast, budgets, funds)
        for statement in MAKE_TRUE:
            owner.execute(statement)
    _insist_on_truth()
    return large


ALLOCATION = (
    "budgets_allocation (budget_id, appropriation_id, amount, state, held_by_id, held_at, "
    "expires_on, has_expired, committed_by_id, committed_at, released_by_id, released_at)"
)
AMENDMENT = (
    "budgets_amendment (number, kind, amount, source_id, target_id, action_type, action_number, "
    "action_date, reason, signed_by_id, signed_at)"
)
SPENDING = "budgets_spending (budget_id, fund_id, fiscal_year, amount, as_of, file_id)"


@contextmanager
def _without_triggers(owner: psycopg.Connection[Any]) -> Iterator[None]:
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    # Deferred foreign keys are asked now: a table with waiting events cannot be altered.
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    owner.commit()


def _copy(owner: psycopg.Connection[Any], into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with owner.cursor().copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _keys(owner: psycopg.Connection[Any], query: str) -> list[int]:
    return [row[0] for row in owner.execute(query).fetchall()]


def _allocations(
    cast: SimpleNamespace, sources: list[int], budgets: list[int], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    now, ends = timezone.now(), date(timezone.localdate().year + 1, 12, 31)
    by = cast.finance.pk
    for number in range(ALLOCATIONS):
        # The first budget has forty, the others about twenty.
        budget = budgets[0] if number % 5_000 == 0 else dice.choice(budgets)
        amount = dice.randrange(100, 2_000_000) / 100
        state = dice.choices(["held", "committed", "released"], [3, 12, 5])[0]
        committed = (by, now) if state == "committed" else (None, None)
        released = (by, now) if state == "released" else (None, None)
        signed = (*committed, *released)
        source = sources[number % len(sources)]
        yield (budget, source, f"{amount:.2f}", state, by, now, ends, False, *signed)


def _amendments(
    cast: SimpleNamespace, sources: list[int], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    now = timezone.now()
    for number in range(1, AMENDMENTS + 1):
        kind = dice.choice(["raise", "cut", "transfer", "lapse"])
        source, target = dice.sample(sources, 2)
        ends = (
            None if kind == "raise" else source,
            target if kind in {"raise", "transfer"} else None,
        )
        action = ("ordinance", f"Ord. A{number}", now.date(), "Council moved it.")
        yield (number, kind, "1000.00", *ends, *action, cast.finance.pk, now)


def _spend(
    owner: psycopg.Connection[Any], cast: SimpleNamespace, budgets: list[int], funds: list[int]
) -> None:
    dice, today = random.Random(1), timezone.localdate()
    ((file,),) = owner.execute(
        "INSERT INTO budgets_spendingfile (file_name, sha256, as_of, rows, imported_by_id, "
        "imported_at) VALUES ('ledger.csv', repeat('0', 64), %s, %s, %s, now()) RETURNING id",
        [today, SPENT, cast.finance.pk],
    ).fetchall()
    chosen = {
        (dice.choice(budgets), dice.choice(funds), today.year - dice.randrange(10))
        for _ in range(SPENT)
    }
    rows = ((*one, f"{dice.randrange(1, 900_000)}.25", today, file) for one in sorted(chosen))
    _copy(owner, SPENDING, rows)


def _insist_on_truth() -> None:
    """Stop where the totals are not what the rules of the ledger would have computed."""
    with database.connect("default") as site:
        for query in (OVERDRAWN, AMENDED_OUT_OF_ORDER):
            if site.execute(query).fetchall():
                raise RuntimeError("The books that were made in bulk are not true.")
