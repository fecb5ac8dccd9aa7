"""What-if scenarios: a copy in which order, money and slots are tried, and nothing else changes."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portfolio import adopting, projects, ranking, scenario_comparison, scenarios
from portfolio.models import History, Project, Scenario, WorkingPosition
from portfolio.ranking import Between, Stale
from tests.factories import make_appropriation, make_project
from tests.portfolio.scenario_steps import (
    changes,
    copied,
    everything_else,
    priced,
    ranked,
    working_order,
)


def moved_on_the_list(cast: SimpleNamespace, project: Project, to: int) -> None:
    key = WorkingPosition.objects.get(project=project).key
    ranking.move(project, to=to, seen=key, reason="Floods.", by=cast.manager)


def test_a_copy_holds_the_order_and_the_citys_slots(cast: SimpleNamespace) -> None:
    first, second, third = ranked(cast, 3)
    scenario = copied(cast.finance)
    assert scenario.order == [first.pk, second.pk, third.pk]
    assert (scenario.scoping_slots, scenario.delivery_slots) == (3, 5)
    assert (scenario.owner, scenario.revision, scenario.change_percent) == (cast.finance, 0, 0)
    assert scenario.list_mark == adopting.order_mark()


def test_an_empty_list_and_a_blank_name_are_not_copied(cast: SimpleNamespace) -> None:
    with pytest.raises(ValidationError, match="The list is empty"):
        copied(cast.manager)
    ranked(cast, 1)
    with pytest.raises(ValidationError):
        copied(cast.manager, name="   ")
    assert not Scenario.objects.exists()


def test_a_scenario_touches_neither_money_nor_the_list(cast: SimpleNamespace) -> None:
    on_list, fund = priced(cast, 4, money=300_000)
    before = everything_else()
    scenario = copied(cast.finance)
    scenarios.move(scenario, on_list[3], to=1, seen=0, by=cast.finance)
    wanted = changes(scenario, change_percent=-60, fund_changes={fund.pk: 40}, scoping_slots=1)
    scenarios.change(scenario, wanted, seen=1, by=cast.finance)
    scenario.refresh_from_db()
    list_now = scenarios.now()
    scenario_comparison.differing(
        [scenario_comparison.working(list_now), scenario_comparison.column(scenario, list_now)]
    )
    scenarios.discard(scenario, seen=2, by=cast.finance)
    assert everything_else() == before
    tables = set(History.objects.filter(user_id=cast.finance.pk).values_list("table", flat=True))
    assert tables == {"portfolio_scenario"}


def test_a_move_says_which_line_is_crossed_and_writes_one_row(cast: SimpleNamespace) -> None:
    on_list, _ = priced(cast, 3, money=125_000)
    scenario = copied(cast.finance)
    newest = History.objects.latest("id").pk
    done = scenarios.move(scenario, on_list[2], to=1, seen=0, by=cast.finance)
    assert (done.before, done.after, done.length) == (3, 1, 3)
    assert "above the money line" in done.sentence
    scenario.refresh_from_db()
    assert scenario.order == [on_list[2].pk, on_list[0].pk, on_list[1].pk]
    assert scenario.revision == 1
    assert History.objects.filter(pk__gt=newest).count() == 1


def test_a_move_between_two_projects_and_past_the_end(cast: SimpleNamespace) -> None:
    first, second, third = ranked(cast, 3)
    scenario = copied(cast.manager)
    gap = Between(second.pk, third.pk)
    scenarios.move(scenario, first, to=gap, seen=0, by=cast.manager)
    scenarios.move(scenario, second, to=99, seen=1, by=cast.manager)
    scenario.refresh_from_db()
    assert scenario.order == [first.pk, third.pk, second.pk]
    with pytest.raises(Stale, match="no neighbors"):
        scenarios.move(scenario, first, to=Between(second.pk, third.pk), seen=2, by=cast.manager)
    stays = scenarios.move(scenario, second, to=3, seen=2, by=cast.manager)
    assert stays.sentence == "Project 002 stays at 3 of 3."
    scenario.refresh_from_db()
    assert scenario.revision == 2


def test_whoever_saw_an_older_revision_is_told_who_changed_it(cast: SimpleNamespace) -> None:
    first, second = ranked(cast, 2)
    scenario = copied(cast.finance)
    scenarios.move(scenario, second, to=1, seen=0, by=cast.manager)
    calls = (
        lambda: scenarios.move(scenario, first, to=1, seen=0, by=cast.finance),
        lambda: scenarios.change(scenario, changes(scenario), seen=0, by=cast.finance),
        lambda: scenarios.put_new_at_end(scenario, seen=0, by=cast.finance),
        lambda: scenarios.discard(scenario, seen=0, by=cast.finance),
    )
    for call in calls:
        with pytest.raises(Stale, match="Mara Manager changed this scenario since you opened it"):
            call()
    scenario.refresh_from_db()
    assert (scenario.order, scenario.revision) == ([second.pk, first.pk], 1)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"change_percent": -101}, "less than or equal|greater than or equal|100"),
        ({"change_percent": 10**9}, "100|less than"),
        ({"scoping_slots": 0}, "1"),
        ({"delivery_slots": 51}, "50"),
        ({"name": " "}, "blank"),
        ({"name": "x" * 81}, "80"),
        ({"fund_changes": {0: 5}}, "does not exist"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    cast: SimpleNamespace, wanted: dict[str, object], sentence: str
) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    with pytest.raises(ValidationError, match=sentence):
        scenarios.change(scenario, changes(scenario, **wanted), seen=0, by=cast.finance)
    scenario.refresh_from_db()
    assert (scenario.change_percent, scenario.fund_changes, scenario.revision) == (0, {}, 0)


@pytest.mark.parametrize("percent", [101, -101, 10**9, 2.5, float("nan"), True, "5"])
def test_a_funds_change_is_whole_percent_within_bounds(
    cast: SimpleNamespace, percent: object
) -> None:
    _, fund = priced(cast, 1, money=1)
    scenario = copied(cast.finance)
    wanted = changes(scenario, fund_changes={fund.pk: percent})
    with pytest.raises(ValidationError, match="percent"):
        scenarios.change(scenario, wanted, seen=0, by=cast.finance)


def test_less_money_moves_the_money_line(cast: SimpleNamespace) -> None:
    on_list, fund = priced(cast, 4, money=375_000)
    scenario = copied(cast.finance)
    less = changes(scenario, change_percent=-10)
    scenario = scenarios.change(scenario, less, seen=0, by=cast.finance)
    list_now = scenarios.now()
    columns = [
        scenario_comparison.working(list_now),
        scenario_comparison.column(scenario, list_now),
    ]
    assert [one.drawn.walk.money_line for one in columns] == [3, 2]
    assert scenario_comparison.differing(columns) == [on_list[2].pk]
    (row,) = scenario_comparison.rows(columns, [on_list[2].pk])
    crossed, lost = row.cells[1].turns
    assert (crossed.words, crossed.is_gain) == ("moves below the money line", False)
    assert lost.words == "loses money"
    assert f"$37,500 short in Fund {fund.code}" in lost.why
    assert scenarios.tried(scenario, list_now.funds)[0] == "All funds \N{MINUS SIGN}10%"
    spared = changes(scenario, fund_changes={fund.pk: 0})
    scenario = scenarios.change(scenario, spared, seen=1, by=cast.finance)
    assert scenario_comparison.column(scenario, list_now).drawn.walk.money_line == 3


def test_a_scenario_is_drawn_anew_when_the_money_of_the_city_changes(
    cast: SimpleNamespace,
) -> None:
    _, fund = priced(cast, 3, money=125_000)
    scenario = copied(cast.finance)
    for more, line in ((0, 1), (125_000, 2), (125_000, 3)):
        if more:
            make_appropriation(more, fund=fund)
        for _ in range(2):
            column = scenario_comparison.column(scenario, scenarios.now())
            assert column.drawn.walk.money_line == line


def test_fewer_slots_move_the_line_of_team_capacity(cast: SimpleNamespace) -> None:
    on_list = ranked(cast, 6)
    scenario = copied(cast.finance)
    fewer = changes(scenario, scoping_slots=1, delivery_slots=3)
    scenario = scenarios.change(scenario, fewer, seen=0, by=cast.finance)
    column = scenario_comparison.column(scenario, scenarios.now())
    assert (column.drawn.walk.slots, column.drawn.walk.people_line) == (4, 4)
    assert column.reach == "People reach down to project 4. Money reaches nobody."
    working = scenario_comparison.working(scenarios.now())
    differing = scenario_comparison.differing([working, column])
    assert differing == [on_list[4].pk, on_list[5].pk]


def test_what_left_or_was_stopped_does_not_count_and_what_is_new_waits(
    cast: SimpleNamespace,
) -> None:
    first, second, third, fourth = ranked(cast, 4)
    scenario = copied(cast.manager)
    ranking.remove(second, by=cast.manager)
    projects.stop(third, reason="Nobody needs it any more.", by=cast.manager)
    late = make_project(cast, title="Late")
    ranking.add(late, by=cast.manager)
    found = scenarios.contents(scenario, scenarios.now())
    assert found.order == (first.pk, fourth.pk)
    assert found.gone == (second.pk, third.pk)
    assert found.new == (late.pk,)
    with pytest.raises(ValidationError, match="not in the scenario"):
        scenarios.move(scenario, second, to=1, seen=0, by=cast.manager)
    assert scenarios.put_new_at_end(scenario, seen=0, by=cast.manager) == 1
    scenarios.move(scenario, late, to=2, seen=1, by=cast.manager)
    scenario.refresh_from_db()
    assert scenarios.contents(scenario, scenarios.now()).order == (first.pk, late.pk, fourth.pk)


def test_using_a_scenario_makes_it_the_working_order(cast: SimpleNamespace) -> None:
    first, second, third = ranked(cast, 3)
    scenario = copied(cast.finance)
    scenarios.move(scenario, third, to=1, seen=0, by=cast.finance)
    late = make_project(cast, title="Late")
    ranking.add(late, by=cast.manager)
    scenario.refresh_from_db()
    used = scenarios.use(
        scenario, reason="Water first.", seen=scenarios.mark(scenario), by=cast.manager
    )
    assert working_order() == [third.pk, first.pk, second.pk, late.pk]
    assert (used.used_by, used.used_at is not None) == (cast.manager, True)
    position = WorkingPosition.objects.get(project=third)
    assert (position.reason, position.moved_from, position.moved_to) == ("Water first.", 3, 1)
    with pytest.raises(ValidationError, match="became the working order"):
        scenarios.move(used, first, to=1, seen=2, by=cast.manager)
    with pytest.raises(ValidationError, match="became the working order"):
        scenarios.use(used, reason="Again.", seen=scenarios.mark(used), by=cast.manager)
    with pytest.raises(IntegrityError, match="stays as it was used"), transaction.atomic():
        Scenario.objects.filter(pk=used.pk).update(name="Another")


def test_using_is_refused_when_the_working_order_or_the_scenario_changed(
    cast: SimpleNamespace,
) -> None:
    first, second, third = ranked(cast, 3)
    scenario = copied(cast.manager)
    seen = scenarios.mark(scenario)
    moved_on_the_list(cast, third, 1)
    before = working_order()
    with pytest.raises(Stale, match="You moved Project 003 from 3 to 1"):
        scenarios.use(scenario, reason="Why.", seen=seen, by=cast.manager)
    seen = scenarios.mark(scenario)
    scenarios.move(scenario, second, to=1, seen=0, by=cast.manager)
    with pytest.raises(Stale, match="changed this scenario"):
        scenarios.use(scenario, reason="Why.", seen=seen, by=cast.manager)
    for forged in ("", ":", "9" * 5000, f"{adopting.order_mark()}:x"):
        with pytest.raises(Stale):
            scenarios.use(scenario, reason="Why.", seen=forged, by=cast.manager)
    scenario.refresh_from_db()
    with pytest.raises(ValidationError, match="Say why"):
        scenarios.use(scenario, reason=" ", seen=scenarios.mark(scenario), by=cast.manager)
    scenario.refresh_from_db()
    assert (working_order(), scenario.used_at) == (before, None)
    assert first.pk in before


def test_what_is_thrown_away_stays_in_the_history(cast: SimpleNamespace) -> None:
    (only,) = ranked(cast, 1)
    scenario = copied(cast.finance)
    key = str(scenario.pk)
    scenarios.discard(scenario, seen=0, by=cast.manager)
    assert not Scenario.objects.exists()
    gone = History.objects.get(table="portfolio_scenario", row=key, action="DELETE")
    assert gone.before is not None
    assert (gone.user_id, gone.before["order"]) == (cast.manager.pk, [only.pk])
    with pytest.raises(Scenario.DoesNotExist):
        scenarios.move(scenario, only, to=1, seen=0, by=cast.finance)


def test_only_the_owner_and_managers_see_a_scenario(cast: SimpleNamespace) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    seen_by = {
        name
        for name in ("finance", "second_finance", "manager", "head", "council", "administrator")
        if scenario in Scenario.objects.visible_to(getattr(cast, name))
    }
    assert seen_by == {"finance", "manager"}


def test_the_moves_of_using_it_are_the_fewest(cast: SimpleNamespace) -> None:
    on_list = ranked(cast, 5)
    scenario = copied(cast.manager)
    scenarios.move(scenario, on_list[4], to=1, seen=0, by=cast.manager)
    scenario.refresh_from_db()
    list_now = scenarios.now()
    after = list_now.changed(order=scenarios.order_by(scenario, list_now))
    (only,) = [one for one in scenario_comparison.moves(list_now, after) if one.is_moved]
    assert (only.project, only.before, only.after) == (on_list[4].pk, 5, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"change_percent": 101}, {"scoping_slots": 0}, {"delivery_slots": 51}],
)
def test_the_database_refuses_what_makes_no_sense(
    cast: SimpleNamespace, wrong: dict[str, object]
) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(used_by=cast.manager)


@pytest.mark.parametrize("percent", [2.5, 101, -101, 1e9, "5", None])
def test_the_database_takes_whole_percents_of_a_fund_only(
    cast: SimpleNamespace, percent: object
) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    with pytest.raises(IntegrityError, match="whole number"), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(fund_changes={"1": percent})
