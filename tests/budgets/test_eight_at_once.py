"""Eight people at the same money at once, in no order at all: then the books are done anew."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from budgets import amending, costing, dedication, ledger
from budgets.models import Allocation, Amendment, Appropriation, Budget
from portfolio.models import History
from tests.budgets.model import from_history
from tests.database import connect
from tests.factories import add_costs, make_appropriation, make_project
from tests.gate.attempts import assert_readable
from tests.gate.invariants import assert_all_is_true

pytestmark = pytest.mark.django_db(transaction=True)

HANDS, STEPS, SOURCES, BUDGETS = 8, 60, 3, 3
PATIENCE = 60  # Seconds until a writer that never comes is called a fault.
# A budget of these tests needs 1,250.
COST, GIVEN = 1_000, 3_000


@dataclass
class Hand:
    """One person with dice."""

    cast: SimpleNamespace
    sources: list[Appropriation]
    budgets: list[Budget]
    dice: Random

    @property
    def amount(self) -> Decimal:
        """Some dollars and cents."""
        return Decimal(self.dice.choice([1, 33_333, 50_000, 125_000, 200_000])) / 100

    def one(self, *states: str) -> Allocation:
        """Return any allocation in one of these states; refuse where there is none."""
        keys = list(Allocation.objects.filter(state__in=states).values_list("pk", flat=True))
        if not keys:
            raise ValidationError("There is none.")
        return Allocation(pk=self.dice.choice(keys))

    def hold(self) -> None:
        ledger.hold(
            budget=self.dice.choice(self.budgets),
            appropriation=self.dice.choice(self.sources),
            amount=self.amount,
            by=self.cast.finance,
        )

    def hold_long_ago(self) -> None:
        with self.cast.finance.changing():
            ledger.lock_changes()
            source = Appropriation.objects.get(pk=self.dice.choice(self.sources).pk)
            if not source.left:
                raise ValidationError("Nothing is left.")
            Allocation.objects.create(
                budget=self.dice.choice(self.budgets),
                appropriation=source,
                amount=min(self.amount, source.left),
                held_by=self.cast.finance,
                held_at=timezone.now() - timedelta(days=70),
            )

    def commit(self) -> None:
        ledger.commit(self.one("held"), by=self.cast.finance)

    def release(self) -> None:
        ledger.release(self.one("held", "committed"), by=self.cast.finance)

    def expire(self) -> None:
        ledger.expire(on=timezone.localdate())

    def amend(self) -> None:
        kind = self.dice.choice(list(Amendment.Kind))
        source, target = self.dice.sample(self.sources, 2)
        change = amending.Change(
            kind,
            self.amount,
            ledger_action(),
            source=None if kind == "raise" else source,
            target=target if kind in {"raise", "transfer"} else None,
        )
        amending.sign(change, by=self.cast.finance)

    def confirm(self) -> None:
        budget = self.dice.choice(self.budgets)
        dedication.confirm(budget, by=self.cast.second_finance, on=timezone.localdate())

    def withdraw(self) -> None:
        dedication.withdraw(self.dice.choice(self.budgets), by=self.cast.finance)

    def save(self) -> None:
        budget = Budget.objects.get(pk=self.dice.choice(self.budgets).pk)
        line = budget.cost_lines.get(element="services")
        line.amount = Decimal(self.dice.choice([700, 800, 900]))
        plan = {name: getattr(budget, name) for name in costing.PLAN}
        costing.save_costs(
            budget, plan=plan, lines=[line], removed=[], seen=budget.revision, by=self.cast.head
        )

    def any_of_it(self) -> str:
        """Do one thing; return its name."""
        deeds: list[Callable[[], None]] = [
            *(self.hold, self.hold, self.hold_long_ago, self.commit, self.commit, self.release),
            *(self.expire, self.amend, self.amend, self.confirm, self.withdraw, self.save),
        ]
        deed = self.dice.choice(deeds)
        deed()
        return deed.__name__


def at_once(work: Callable[[int], str], *, steps: int = STEPS) -> Counter[str]:
    """Let eight threads work with a seed of their own; return how often what came of it."""
    start = Barrier(HANDS)

    def many(seed: int) -> Counter[str]:
        came: Counter[str] = Counter()
        try:
            start.wait(PATIENCE)
            for step in range(steps):
                try:
                    came[work(seed * 10_000 + step)] += 1
                except ValidationError as refused:
                    for sentence in refused.messages:
                        assert_readable(sentence)
                    came["refused"] += 1
                except Exception as fault:  # noqa: BLE001 - what it is, the test says
                    came[f"fault: {fault!r}"] += 1
        finally:
            connection.close()
        return came

    with ThreadPoolExecutor(HANDS) as pool:
        return sum(
            (one.result() for one in [pool.submit(many, n) for n in range(HANDS)]), Counter()
        )


def insist_on_the_books(sources: list[Appropriation]) -> None:
    """Fail unless rows, totals and history all come to the same, and every rule holds."""
    model = from_history(source.pk for source in sources)
    found = Appropriation.objects.filter(pk__in=model.amounts)
    assert {row.pk: (row.amount, row.held, row.committed) for row in found} == model.totals()
    assert all(model.left(source) >= 0 for source in model.amounts)
    mine = Allocation.objects.filter(appropriation__in=sources)
    states = dict(mine.values_list("pk", "state"))
    assert {key: part.state for key, part in model.parts.items()} == states
    with closing(connect("default")) as watcher:
        assert_all_is_true(watcher)
        assert watcher.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []


@pytest.fixture
def sources(transactional_db: None) -> list[Appropriation]:
    return [make_appropriation(GIVEN) for _ in range(SOURCES)]


@pytest.fixture
def budgets(cast: SimpleNamespace, sources: list[Appropriation]) -> list[Budget]:
    return [add_costs(make_project(cast).budget, cost=COST, cast=cast) for _ in range(BUDGETS)]


def lower_running_cost(budgets: list[Budget]) -> None:
    """So that $100 of security are enough."""
    for budget in budgets:
        budget.cost_lines.filter(kind="recurring").update(amount=Decimal(100))


def test_eight_people_at_once(
    cast: SimpleNamespace, sources: list[Appropriation], budgets: list[Budget]
) -> None:
    lower_running_cost(budgets)
    came = at_once(lambda seed: Hand(cast, sources, budgets, Random(seed)).any_of_it())
    assert [name for name in came if name.startswith("fault")] == []
    insist_on_the_books(sources)
    # Nothing that was told to be done was lost.
    assert Allocation.objects.count() == came["hold"] + came["hold_long_ago"]
    assert list(Amendment.objects.values_list("number", flat=True)) == [
        number + 1 for number in range(came["amend"])
    ]
    changes = History.objects.filter(table="budgets_allocation", action="UPDATE")
    now = [(line.after or {})["state"] for line in changes]
    assert now.count("committed") == came["commit"]
    given = [line for line in changes if (line.after or {})["released_by_id"]]
    assert len(given) == came["release"]
    assert sum(budget.versions.count() for budget in budgets) == came["confirm"]
    assert min(came[name] for name in ("hold", "amend", "commit", "release", "save")) > 5, came
    assert came["confirm"] > 0, came


SQL = {
    "hold": "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, state, "
    "held_by_id, held_at) VALUES ({budget}, {source}, {amount}, 'held', {finance}, now())",
    "commit": "UPDATE budgets_allocation SET state = 'committed', committed_by_id = {finance}, "
    "committed_at = now() WHERE id = {some}",
    "release": "UPDATE budgets_allocation SET state = 'released', released_by_id = {finance}, "
    "released_at = now() WHERE id = {some}",
    "raise": "INSERT INTO budgets_amendment (kind, amount, target_id, action_type, action_number, "
    "action_date, reason, signed_by_id, signed_at) VALUES ('raise', {amount}, {source}, "
    "'ordinance', 'Ord. 9', '2026-11-01', '', {finance}, now())",
    "cut": "INSERT INTO budgets_amendment (kind, amount, source_id, action_type, action_number, "
    "action_date, reason, signed_by_id, signed_at) VALUES ('cut', {amount}, {source}, "
    "'ordinance', 'Ord. 9', '2026-11-01', '', {finance}, now())",
    "transfer": "INSERT INTO budgets_amendment (kind, amount, source_id, target_id, action_type, "
    "action_number, action_date, reason, signed_by_id, signed_at) VALUES ('transfer', {amount}, "
    "{source}, {target}, 'ordinance', 'Ord. 9', '2026-11-01', '', {finance}, now())",
}


def test_eight_prompts_at_once(
    cast: SimpleNamespace, sources: list[Appropriation], budgets: list[Budget]
) -> None:
    """The same without a single function: the database alone keeps the books."""
    open_prompts = {n: connect("default", autocommit=True) for n in range(HANDS)}

    def type_something(seed: int) -> str:
        dice, raw = Random(seed), open_prompts[seed // 10_000]
        what = dice.choice(list(SQL))
        source, target = dice.sample(sources, 2)
        some = raw.execute("SELECT id FROM budgets_allocation ORDER BY random() LIMIT 1").fetchone()
        statement = SQL[what].format(
            budget=dice.choice(budgets).pk,
            source=source.pk,
            target=target.pk,
            amount=Decimal(dice.choice([1, 33_333, 50_000, 125_000])) / 100,
            finance=cast.finance.pk,
            some=some[0] if some else 0,
        )
        try:
            raw.execute(statement)
        except psycopg.errors.CheckViolation as refused:
            return f"refused by {refused.diag.constraint_name}"
        return what

    try:
        came = at_once(type_something)
    finally:
        for raw in open_prompts.values():
            raw.close()
    assert [name for name in came if name.startswith("fault")] == []
    insist_on_the_books(sources)
    assert Allocation.objects.count() == came["hold"]
    assert Amendment.objects.count() == came["raise"] + came["cut"] + came["transfer"]
    assert came["refused by appropriation_not_overdrawn"] > 5, came


def told_or(name: str, change: Callable[[], Any], told: list[str]) -> str:
    """Make a change; return its name, or keep what the person is told instead."""
    try:
        change()
    except ValidationError as refused:
        told += refused.messages
        return "told"
    return name


def test_eight_cut_the_same_rest(cast: SimpleNamespace) -> None:
    budget, action = make_project(cast).budget, ledger_action()
    for _ in range(10):
        source, told = make_appropriation(100), list[str]()
        ledger.hold(budget=budget, appropriation=source, amount=Decimal(40), by=cast.finance)
        cut = partial(amending.cut, source, amount=Decimal(50), action=action, by=cast.finance)
        came = at_once(partial(_one, [("cut", cut)], told), steps=1)
        assert came == {"cut": 1, "told": HANDS - 1}
        assert "has $10 that nobody took, and $50 would leave it" in told[0]
        insist_on_the_books([source])


def test_four_cut_what_four_others_hold(cast: SimpleNamespace) -> None:
    budget, action = make_project(cast).budget, ledger_action()
    for _ in range(10):
        source, told = make_appropriation(100), list[str]()
        cut = partial(amending.cut, source, amount=Decimal(60), action=action, by=cast.finance)
        hold = partial(
            ledger.hold, budget=budget, appropriation=source, amount=Decimal(60), by=cast.finance
        )
        came = at_once(partial(_one, [("cut", cut), ("hold", hold)], told), steps=1)
        assert (came["cut"] + came["hold"], came["told"]) == (1, HANDS - 1), came
        insist_on_the_books([source])


def ledger_action() -> amending.Action:
    """An action of today."""
    return amending.Action("ordinance", "Ord. 9", timezone.localdate())


def _one(changes: list[tuple[str, Callable[[], Any]]], told: list[str], seed: int) -> str:
    name, change = changes[seed // 10_000 % len(changes)]
    return told_or(name, change, told)
