"""Versions of a budget: what a confirmation freezes, and what differs between two states."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from budgets import dedication, ledger, versions
from budgets.models import Budget, BudgetVersion, CostLine, Fund
from budgets.versions import Content, Line, Part
from tests.factories import add_costs, make_appropriation, make_project

TODAY = timezone.localdate()
EMPTY = Content(
    phase_start=date(2027, 1, 1),
    phase_end=date(2027, 6, 30),
    no_recurring_reason="",
    one_time_cost=Decimal(0),
    contingency=Decimal(0),
    recurring_cost=Decimal(0),
    security_cost=Decimal(0),
    committed=Decimal(0),
    lines=(),
    money=(),
)


def line(key: int, amount: int, **changes: Any) -> Line:
    fields: dict[str, Any] = {
        "fiscal_year": 2027,
        "kind": "capital",
        "element": "hardware",
        "note": "",
        "source": None,
        "source_name": "",
    } | changes
    return Line(key=key, amount=Decimal(amount), **fields)


def part(key: int, amount: int) -> Part:
    return Part(key, "301 Capital projects", 2027, "Ord. 12", Decimal(amount))


def content(*, lines: tuple[Line, ...] = (), money: tuple[Part, ...] = (), **more: Any) -> Content:
    return Content(
        **{name: getattr(EMPTY, name) for name in FIELDS} | more, lines=lines, money=money
    )


FIELDS = [name for name in Content.__dataclass_fields__ if name not in {"lines", "money"}]


def now(budget: Budget) -> Content:
    """What the budget says, read anew."""
    return versions.of_budget(Budget.objects.get(pk=budget.pk))


def confirm(budget: Budget, cast: SimpleNamespace) -> Budget:
    return dedication.confirm(budget, by=cast.second_finance, on=TODAY)


# What a confirmation freezes


def test_a_confirmation_freezes_what_stands(cast: SimpleNamespace, dedicated: Budget) -> None:
    version = dedicated.versions.get()
    assert (version.number, version.confirmed_by) == (1, cast.second_finance)
    assert versions.of_version(version) == now(dedicated)
    assert (version.needed, version.whole_life) == (125_000, 150_000)
    assert len(version.lines) == 8


def test_the_second_confirmation_is_the_second_version(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    dedication.withdraw(dedicated, by=cast.finance)
    confirm(dedicated, cast)
    first, second = dedicated.versions.order_by("number")
    assert versions.of_version(first) == versions.of_version(second)
    assert versions.latest(dedicated) == second


def test_a_dedicated_budget_that_changed_is_confirmed_again(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    dedicated.cost_lines.filter(element="services").update(amount=Decimal(80_000), note="Less")
    again = confirm(dedicated, cast)
    assert again.is_dedicated
    first, second = dedicated.versions.order_by("number")
    assert (first.one_time_cost, second.one_time_cost) == (100_000, 90_000)
    assert again.confirmed_at == second.confirmed_at != first.confirmed_at


def test_who_entered_more_money_does_not_confirm_it_again(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    more = ledger.hold(
        budget=dedicated,
        appropriation=make_appropriation(),
        amount=Decimal(9),
        by=cast.second_finance,
    )
    ledger.commit(more, by=cast.finance)
    refused = dedication.refusals(Budget.objects.get(), by=cast.second_finance, on=TODAY)
    assert [item.code for item in refused] == ["same_person"]


def test_what_did_not_change_is_not_confirmed_again(
    cast: SimpleNamespace, dedicated: Budget
) -> None:
    Fund.objects.update(name="Another name of the same fund")
    with pytest.raises(ledger.Stale, match="dedicated already"):
        confirm(dedicated, cast)
    assert BudgetVersion.objects.count() == 1


def test_a_version_that_was_never_confirmed_is_none(cast: SimpleNamespace) -> None:
    budget = make_project(cast).budget
    assert versions.latest(budget) is None
    assert dedication.changed_since(budget, None)


def test_what_stands_is_read_in_as_many_queries_for_many_lines(cast: SimpleNamespace) -> None:
    def queries(budget: Budget) -> int:
        with CaptureQueriesContext(connection) as caught:
            versions.of_budget(Budget.objects.get(pk=budget.pk))
        return len(caught)

    budget = add_costs(make_project(cast).budget, cast=cast)
    ledger.commit(
        ledger.hold(
            budget=budget, appropriation=make_appropriation(), amount=Decimal(1), by=cast.finance
        ),
        by=cast.finance,
    )
    few = queries(budget)
    for _ in range(3):
        add_costs(budget, cast=cast)
    assert queries(budget) == few <= 6


# What differs between two states


def test_two_states_that_say_the_same_differ_in_nothing() -> None:
    state = content(lines=(line(1, 10), line(2, 5)), money=(part(1, 15),))
    changes = versions.between(state, state)
    assert (changes.count, changes.lines, changes.money, changes.texts) == (0, (), (), ())
    assert [total.difference for total in changes.totals] == [0] * 6


def test_lines_that_came_went_and_changed_carry_their_amounts() -> None:
    before = content(lines=(line(1, 10), line(2, 5, element="software")))
    after = content(lines=(line(1, 12), line(3, 7, element="staff")))
    changes = versions.between(before, after).lines
    assert [(item.word, item.title, item.difference) for item in changes] == [
        ("changed", "FY 2027 · Capital · Hardware", 2),
        ("new", "FY 2027 · Capital · Staff", 7),
        ("removed", "FY 2027 · Capital · Software", -5),
    ]


def test_a_line_written_anew_in_its_place_is_a_change() -> None:
    before, after = content(lines=(line(1, 10),)), content(lines=(line(9, 11),))
    (change,) = versions.between(before, after).lines
    assert (change.word, change.difference) == ("changed", 1)


def test_two_lines_of_one_place_are_paired_once_each() -> None:
    before = content(lines=(line(1, 10), line(2, 20)))
    after = content(lines=(line(8, 10), line(9, 20), line(10, 30)))
    changes = versions.between(before, after).lines
    assert [(item.word, item.difference) for item in changes] == [
        ("changed", 0),
        ("changed", 0),
        ("new", 30),
    ]


some_lines = st.lists(
    st.builds(
        line,
        st.integers(1, 6),
        st.integers(1, 50),
        element=st.sampled_from(["staff", "hardware"]),
        note=st.sampled_from(["", "Two people"]),
    ),
    unique_by=lambda item: item.key,
    max_size=6,
).map(tuple)


@given(some_lines, some_lines)
def test_changes_of_lines_add_up_to_the_change_of_the_sum(
    before: tuple[Line, ...], after: tuple[Line, ...]
) -> None:
    changes = versions.between(content(lines=before), content(lines=after)).lines
    old, new = (sum(item.amount for item in lines) for lines in (before, after))
    assert sum(item.difference for item in changes) == new - old
    for side, lines in (("before", before), ("after", after)):
        told = [found for item in changes if (found := getattr(item, side))]
        assert len({item.key for item in told}) == len(told)
        assert set(told) <= set(lines)


def test_texts_of_a_line_are_compared_by_name() -> None:
    before = content(lines=(line(1, 10, note="Two people"),))
    after = content(
        lines=(
            line(1, 10, note="Three people", kind="recurring", source=4, source_name="101 General"),
        )
    )
    (change,) = versions.between(before, after).lines
    assert change.texts == [
        ("Kind", "Capital", "Recurring operating"),
        ("What it pays for", "Two people", "Three people"),
        ("Paid by", "", "101 General"),
    ]


def test_a_new_line_says_what_it_pays_for() -> None:
    (change,) = versions.between(content(), content(lines=(line(1, 3, note="Gauges"),))).lines
    assert ("What it pays for", "", "Gauges") in change.texts


def test_money_comes_and_goes_as_a_whole() -> None:
    before, after = (
        content(money=(part(1, 60), part(2, 40))),
        content(money=(part(2, 40), part(3, 9))),
    )
    changes = versions.between(before, after).money
    assert [(item.part.key, item.difference) for item in changes] == [(3, 9), (1, -60)]


def test_totals_are_told_whether_they_differ_or_not() -> None:
    before = content(one_time_cost=Decimal(100), contingency=Decimal(25))
    after = content(one_time_cost=Decimal(90), contingency=Decimal(25), recurring_cost=Decimal(5))
    totals = {item.label: item.difference for item in versions.between(before, after).totals}
    assert totals == {
        "One-time cost": -10,
        "Contingency": 0,
        "Recurring cost": 5,
        "Whole-life cost": -5,
        "Security in it": 0,
        "Committed money": 0,
    }


def test_the_plan_is_compared_as_people_read_it() -> None:
    after = content(phase_end=date(2027, 9, 30), no_recurring_reason="A study.")
    assert versions.between(EMPTY, after).texts == (
        ("Planned phase ends", "June 30, 2027", "Sept. 30, 2027"),
        ("Why nothing recurs", "", "A study."),
    )


def test_a_version_and_what_stands_are_compared(cast: SimpleNamespace, dedicated: Budget) -> None:
    dedicated.cost_lines.filter(element="services").update(note="Two people", amount=80_000)
    CostLine.objects.create(
        budget=dedicated, fiscal_year=2027, kind="capital", element="software", amount=Decimal(4)
    )
    Budget.objects.filter(pk=dedicated.pk).update(phase_end=TODAY + timedelta(days=310))
    more = ledger.hold(
        budget=dedicated, appropriation=make_appropriation(), amount=Decimal(3), by=cast.finance
    )
    ledger.commit(more, by=cast.finance)
    changes = versions.between(versions.of_version(dedicated.versions.get()), now(dedicated))
    assert changes.count == 4
    assert sorted(item.difference for item in changes.lines) == [-10_000, 4]
    assert [item.difference for item in changes.money] == [3]
    assert [item.label for item in changes.texts] == ["Planned phase ends"]
