"""What a budget costs: saved as one state, never over a newer one."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError

from budgets import costing
from budgets.ledger import Stale
from budgets.models import Budget, CostLine
from tests.factories import add_costs, dedicate, make_appropriation, make_project

EMPTY: dict[str, Any] = {"phase_start": None, "phase_end": None, "no_recurring_reason": ""}


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


def line(amount: int, **changes: Any) -> CostLine:
    fields = {"fiscal_year": 2027, "kind": "capital", "element": "hardware"} | changes
    return CostLine(amount=Decimal(amount), **fields)


def save(budget: Budget, *lines: CostLine, by: Any, **changes: Any) -> Budget:
    given: dict[str, Any] = {"plan": EMPTY, "removed": [], "seen": budget.revision} | changes
    return costing.save_costs(budget, lines=lines, by=by, **given)


def test_lines_are_added_changed_and_removed_as_one_state(
    cast: SimpleNamespace, budget: Budget
) -> None:
    first = save(budget, line(10), line(20), by=cast.head)
    ten, twenty = first.cost_lines.order_by("amount")
    ten.amount = Decimal(15)
    second = save(first, ten, line(5), removed=[twenty.pk], by=cast.head)
    assert sorted(second.cost_lines.values_list("amount", flat=True)) == [5, 15]
    assert (second.one_time_cost, second.revision, second.prepared_by) == (20, 2, cast.head)
    assert second.cost_lines.get(pk=ten.pk).amount == 15


def test_the_plan_is_saved_with_them(cast: SimpleNamespace, budget: Budget) -> None:
    plan = {
        "phase_start": date(2027, 1, 1),
        "phase_end": date(2027, 6, 30),
        "no_recurring_reason": "It is a study.",
    }
    saved = save(budget, plan=plan, by=cast.head)
    assert {name: getattr(saved, name) for name in costing.PLAN} == plan


def test_a_page_that_was_overtaken_saves_nothing(cast: SimpleNamespace, budget: Budget) -> None:
    save(budget, line(10), by=cast.head)
    with pytest.raises(Stale, match="Somebody else changed this budget"):
        save(budget, line(99), by=cast.head)
    assert [row.amount for row in budget.cost_lines.all()] == [10]


def test_nothing_new_leaves_the_confirmation(cast: SimpleNamespace, budget: Budget) -> None:
    dedicated = dedicate(add_costs(budget, cast=cast), cast=cast)
    plan = {name: getattr(dedicated, name) for name in costing.PLAN}
    saved = save(dedicated, *dedicated.cost_lines.all(), plan=plan, by=cast.head)
    assert saved.is_dedicated
    assert saved.revision == dedicated.revision


def test_the_same_sum_in_other_lines_stays_dedicated(cast: SimpleNamespace, budget: Budget) -> None:
    dedicated = dedicate(add_costs(budget, cast=cast), cast=cast)
    plan = {name: getattr(dedicated, name) for name in costing.PLAN}
    lines = list(dedicated.cost_lines.all())
    services = next(row for row in lines if row.element == "services")
    services.element = "hardware"
    saved = save(dedicated, *lines, plan=plan, by=cast.head)
    assert saved.is_dedicated
    assert saved.revision == dedicated.revision + 1


def test_who_confirmed_may_prepare_anew(cast: SimpleNamespace, budget: Budget) -> None:
    dedicated = dedicate(add_costs(budget, cast=cast), cast=cast)
    saved = save(dedicated, line(10), by=cast.second_finance)
    assert (saved.prepared_by, saved.confirmed_by) == (cast.second_finance, None)


def test_lines_of_another_budget_are_out_of_reach(cast: SimpleNamespace, budget: Budget) -> None:
    other = save(make_project(cast).budget, line(70), by=cast.head)
    foreign = other.cost_lines.get()
    foreign.amount = Decimal(1)
    saved = save(budget, foreign, removed=[foreign.pk], by=cast.head)
    assert other.cost_lines.get().amount == 70
    assert saved.cost_lines.get().pk != foreign.pk


def test_a_refused_line_saves_nothing_at_all(cast: SimpleNamespace, budget: Budget) -> None:
    with pytest.raises(IntegrityError):
        save(budget, line(10), line(0), by=cast.head)
    budget.refresh_from_db()
    assert (budget.cost_lines.count(), budget.revision) == (0, 0)


def test_cost_is_summed_by_kind_and_year() -> None:
    costs = costing.summarize(
        [
            line(100),
            line(11, kind="recurring", fiscal_year=2027),
            line(12, kind="recurring", fiscal_year=2029),
            line(1, element="contingency"),
        ]
    )
    assert costs.years == (2027, 2029)
    assert [(kind.label, kind.amounts, kind.total) for kind in costs.kinds] == [
        ("Capital", (101, 0), 101),
        ("Recurring operating", (11, 12), 23),
    ]
    assert (costs.totals, costs.whole_life, costs.last_year) == ((112, 12), 124, 2029)


def test_no_cost_sums_to_nothing() -> None:
    costs = costing.summarize([])
    assert (costs.years, costs.kinds, costs.whole_life, costs.last_year) == ((), (), 0, None)


def test_cents_are_never_lost() -> None:
    costs = costing.summarize(
        CostLine(fiscal_year=2027, kind="capital", amount=Decimal("0.10")) for _ in range(3)
    )
    assert costs.whole_life == Decimal("0.30")


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(25, 100, "25.0"), (1, 3, "33.3"), (0, 100, "0.0"), (5, 0, "0")],
)
def test_a_share_in_percent(part: int, whole: int, percent: str) -> None:
    assert costing.percent(Decimal(part), Decimal(whole)) == Decimal(percent)


def test_a_line_reads_in_words(cast: SimpleNamespace) -> None:
    fund = make_appropriation().fund
    given = line(1200, kind="recurring", element="staff", note="Two people", source=fund)
    assert costing.describe(given) == (
        f"FY 2027 · Recurring operating · Staff · $1,200 · Two people · paid by {fund}"
    )
    assert costing.describe(None) == "Not there"
