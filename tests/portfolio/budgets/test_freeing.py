"""What is released so that an amendment can be signed: in order, whole, and just enough."""

from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from budgets import amending, dedication, ledger
from budgets.models import Allocation, Amendment, Appropriation
from portfolio import freeing, ranking
from portfolio.models import History, Project
from tests.budgets.amendments import action, amount_of
from tests.factories import (
    add_costs,
    adopt_list,
    define,
    draft_problem,
    make_appropriation,
    make_project,
)
from tests.portfolio.budgets.money import committed


@pytest.mark.parametrize(
    ("amounts", "needed", "chosen"),
    [
        ([50, 30, 20], 50, [50]),
        ([50, 30, 20], 51, [50, 30]),
        ([50, 30, 20], 100, [50, 30, 20]),
        ([10, 20, 100], 90, [100]),
        ([10, 20, 100], 105, [10, 100]),
        ([10, 20, 100], 115, [20, 100]),
        ([10, 20, 100], 125, [10, 20, 100]),
        ([50, 30], 0, []),
        ([50, 30], 500, [50, 30]),
        ([], 5, []),
    ],
)
def test_just_enough_is_chosen_from_the_bottom(
    amounts: list[int], needed: int, chosen: list[int]
) -> None:
    assert freeing.just_enough(amounts, Decimal(needed), of=Decimal) == chosen


def cut_of(source: Appropriation, amount: int) -> amending.Change:
    return amending.Change(Amendment.Kind.CUT, Decimal(amount), action(), source=source)


def hold(
    source: Appropriation, project: Project, amount: int, *, cast: Any, commit: bool = False
) -> Allocation:
    held = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(amount), by=cast.finance
    )
    return ledger.commit(held, by=cast.finance) if commit else held


@pytest.fixture
def source(db: None) -> Appropriation:
    return make_appropriation(1_000)


@pytest.fixture
def order(cast: SimpleNamespace) -> list[Project]:
    """Three projects in the working order, and one that is not on it."""
    made = [make_project(cast, title=title) for title in ("First", "Second", "Third", "Unlisted")]
    ranking.add_all(made[:3], by=cast.manager)
    return made


def released(change: amending.Change, *, cast: Any) -> list[tuple[str, Decimal, int | None]]:
    effects = freeing.rehearse(change, by=cast.finance, on=cast.city.today())
    return [
        (item.project.title if item.project else "", item.allocation.amount, item.rank)
        for item in effects.releases
    ]


def test_projects_off_the_list_come_first_then_the_bottom_of_the_list(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    for project in order:
        hold(source, project, 250, cast=cast, commit=project.title != "First")
    everything = released(cut_of(source, 1_000), cast=cast)
    assert [title for title, _, _ in everything] == ["Unlisted", "Third", "Second", "First"]
    assert [rank for _, _, rank in everything] == [None, 3, 2, 1]
    assert released(cut_of(source, 251), cast=cast) == [
        ("Unlisted", Decimal(250), None),
        ("Third", Decimal(250), 3),
    ]


def test_held_money_of_a_project_goes_before_committed_money(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    hold(source, order[0], 300, cast=cast, commit=True)
    hold(source, order[0], 300, cast=cast)
    hold(source, order[0], 300, cast=cast, commit=True)
    change = cut_of(source, 500)
    effects = freeing.rehearse(change, by=cast.finance, on=cast.city.today())
    assert [item.allocation.state for item in effects.releases] == ["held", "committed"]
    assert (effects.missing, effects.released, effects.staying) == (400, 600, 1)


def test_the_adopted_list_counts_before_the_working_order(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    adopted = adopt_list(cast)
    position = order[2].working_position
    ranking.move(order[2], to=1, seen=position.key, by=cast.manager)
    for project in order[:3]:
        hold(source, project, 300, cast=cast)
    assert released(cut_of(source, 400), cast=cast) == [("Third", Decimal(300), 3)]
    effects = freeing.rehearse(cut_of(source, 400), by=cast.finance, on=cast.city.today())
    assert effects.list_name == f"list {adopted.number}"


def test_a_rehearsal_leaves_no_trace(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    held = hold(source, order[0], 900, cast=cast)
    before = History.objects.count()
    effects = freeing.rehearse(cut_of(source, 500), by=cast.finance, on=cast.city.today())
    assert effects.released == 900
    held.refresh_from_db()
    assert (held.state, amount_of(source), source.held) == ("held", 1_000, 900)
    assert History.objects.count() == before
    assert not Amendment.objects.exists()


def in_scoping(cast: Any, source: Appropriation) -> Project:
    """Return a project in scoping that rests on `source` alone."""
    from portfolio import projects

    project = make_project(cast, problem=define(draft_problem(cast), cast=cast))
    add_costs(project.budget, cast=cast)
    held = ledger.hold(
        budget=project.budget,
        appropriation=source,
        amount=project.budget.needed,
        by=cast.finance,
    )
    ledger.commit(held, by=cast.finance)
    dedication.confirm(project.budget, by=cast.second_finance, on=cast.city.today())
    ranking.add(project, by=cast.manager)
    adopt_list(cast)
    return projects.open_scoping(project, by=cast.manager)


def test_what_follows_is_said_and_then_happens(cast: SimpleNamespace) -> None:
    source = make_appropriation(200_000)
    scoping = in_scoping(cast, source)
    unlisted = make_project(cast)
    hold(source, unlisted, 75_000, cast=cast)
    change = cut_of(source, 100_000)
    shown = freeing.rehearse(change, by=cast.finance, on=cast.city.today())
    assert [loss[1:] for loss in shown.losses] == [(True, True, True)]
    assert [loss.sentence for loss in shown.losses] == [
        "Its budget is no longer dedicated, its scoping gate closes and it goes on hold at once."
    ]
    assert shown.released == 125_000, "the hold of the other project is spared: it is not enough"
    signed, done = freeing.carry_out(
        change, by=cast.finance, on=cast.city.today(), shown=shown.mark, seen=Decimal(200_000)
    )
    assert (signed.number, done.stopped) == (1, (scoping,))
    scoping.refresh_from_db()
    assert (scoping.on_hold, scoping.budget_dedicated) == (True, False)
    assert (amount_of(source), source.held, source.committed) == (100_000, 75_000, 0)


def test_releasing_a_mere_hold_closes_nothing(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    hold(source, order[0], 900, cast=cast)
    effects = freeing.rehearse(cut_of(source, 500), by=cast.finance, on=cast.city.today())
    assert (effects.losses, effects.stopped) == ((), ())


def test_other_effects_than_those_read_stop_it_all(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    hold(source, order[1], 900, cast=cast)
    sign = partial(freeing.carry_out, cut_of(source, 500), by=cast.finance, on=cast.city.today())
    read = freeing.rehearse(cut_of(source, 500), by=cast.finance, on=cast.city.today())
    other = hold(source, order[2], 100, cast=cast)
    ledger.release(Allocation.objects.get(amount=900), by=cast.finance)
    hold(source, order[1], 800, cast=cast)
    with pytest.raises(freeing.Changed) as changed:
        sign(shown=read.mark)
    assert changed.value.effects.released == 800
    other.refresh_from_db()
    assert (other.state, amount_of(source), source.held) == ("held", 1_000, 900)
    assert not Amendment.objects.exists()
    sign(shown=changed.value.effects.mark)
    assert amount_of(source) == 500


def test_an_amendment_in_between_stops_it_all(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    hold(source, order[1], 900, cast=cast)
    read = freeing.rehearse(cut_of(source, 500), by=cast.finance, on=cast.city.today())
    amending.raise_by(source, amount=Decimal(1), action=action(), by=cast.finance)
    with pytest.raises(ledger.Stale, match="was amended since"):
        freeing.carry_out(
            cut_of(source, 500),
            by=cast.finance,
            on=cast.city.today(),
            shown=read.mark,
            seen=Decimal(1_000),
        )
    assert Allocation.objects.get().state == "held"


def test_not_even_everything_is_enough_for_more_than_there_is(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    held = hold(source, order[1], 900, cast=cast)
    with pytest.raises(ValidationError, match="comes to \\$1,000"):
        freeing.rehearse(cut_of(source, 1_001), by=cast.finance, on=cast.city.today())
    held.refresh_from_db()
    assert held.state == "held"


def test_money_of_a_project_that_stopped_goes_first(
    cast: SimpleNamespace, source: Appropriation, order: list[Project]
) -> None:
    from portfolio import projects

    for project in order[:2]:
        hold(source, project, 500, cast=cast)
    projects.stop(order[0], reason="Another city does it.", by=cast.manager)
    assert released(cut_of(source, 100), cast=cast) == [("First", Decimal(500), None)]


def test_a_raise_needs_nothing_released(cast: SimpleNamespace, project: Project) -> None:
    source = committed(project, cast).appropriation
    change = amending.Change(Amendment.Kind.RAISE, Decimal(5), action(), target=source)
    effects = freeing.rehearse(change, by=cast.finance, on=cast.city.today())
    assert (effects.releases, effects.losses) == ((), ())
