"""What a brief calls a project, and its opening in at most 120 words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portfolio.briefs import summary, verdict
from tests.portfolio.briefs import samples


def test_nothing_missing_is_ready() -> None:
    state = samples.gate()
    assert state.is_ready
    assert not state.is_blocked
    assert state.headline.startswith("This project may be scoped")


def test_missing_parts_are_counted() -> None:
    state = samples.gate(*samples.MISSING)
    assert state.headline == "This project may not be scoped yet: 2 of 3 are missing."
    assert [blocker.code for blocker in state.blockers] == [
        "not_covered",
        "no_security_cost",
        "not_listed",
    ]


def test_one_missing_part_is_one() -> None:
    state = samples.gate(*samples.DEFINED[:2], samples.MISSING[2])
    assert state.headline == "This project may not be scoped yet: 1 of 3 is missing."


FULL_HOUSE = verdict.Blocker("no_scoping_slot", "All 2 scoping slots are taken.", "A city manager")


@pytest.mark.parametrize(
    "state",
    [
        samples.gate(*samples.MISSING),
        samples.gate(others=(FULL_HOUSE,)),
        samples.gate(hold_reason="The vendor left."),
        samples.gate(stage="Stopped", is_over=True, stopped_reason="Peers dropped it."),
        samples.gate(*samples.MISSING, stage="Scoping", has_left_concept=True, hold_reason="Gone"),
        samples.gate(stage="Scoping", has_left_concept=True),
    ],
)
def test_only_a_concept_with_an_open_gate_is_ready(state: verdict.GateState) -> None:
    assert not state.is_ready
    assert "may be scoped:" not in state.headline


def test_taken_slots_block_a_concept_but_not_a_project_past_the_gate() -> None:
    assert samples.gate(others=(FULL_HOUSE,)).is_blocked
    past = samples.gate(stage="Delivery", has_left_concept=True, others=(FULL_HOUSE,))
    assert not past.is_blocked
    assert past.headline == "This project is in delivery. Its gate is open."


def test_the_opening_is_built_from_the_facts() -> None:
    assert samples.project().in_brief == (
        "Affected: Households, 9,400 (Dec. 1, 2025). Days from request to written answer: 41.5 "
        "days on June 30, 2026; the target is 10 by Dec. 31, 2027. Doing nothing is put at "
        "$1,900,000. It costs $240,000 once, $60,000 of contingency, and $61,000 to run over "
        "FY 2027 to FY 2031. $300,000 is committed and the budget is dedicated. It ranks 3 of 12 "
        "on priority list 2, adopted Nov. 1, 2026 by Resolution 2026-14, valid until "
        "Oct. 31, 2027."
    )


def test_the_opening_of_an_empty_project_says_what_is_not_known() -> None:
    nothing = samples.budget(0)
    opening = summary.of_project(problem=None, priority=None, budget=nothing)
    assert opening == (
        "No problem is linked to it. Its cost is not worked out yet. It is not on the adopted list."
    )


def test_the_opening_never_exceeds_120_words() -> None:
    long = "many words " * 60
    group = replace(samples.PROBLEM.groups[0], who=long)
    measure = replace(samples.PROBLEM.measures[0], name=long)
    problem = replace(samples.PROBLEM, groups=(group,), measures=(measure,))
    opening = summary.of_project(
        problem=problem, priority=samples.PRIORITY, budget=samples.budget()
    )
    assert len(opening.split()) <= summary.MOST_WORDS
    assert "It ranks 3 of 12" in opening


def test_a_budget_adds_up() -> None:
    budget = samples.budget(100_000, 10_000)
    assert budget.needed == 125_000
    assert budget.whole_life == 135_000
    assert budget.security_percent == Decimal("7.4")
    assert samples.budget(0).security_percent == 0


def test_a_list_adds_up() -> None:
    brief = samples.adopted_list(12)
    assert brief.cost == sum(entry.cost for entry in brief.entries)
    assert brief.committed == sum(entry.committed for entry in brief.entries)
    empty = samples.adopted_list(0, funds=())
    assert [empty.cost, empty.committed, empty.committed_now] == [Decimal(0)] * 3
    assert empty.chart is None
