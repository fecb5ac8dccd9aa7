"""When a move has to be explained: across a line, or away from the score order; and taken back."""

from itertools import permutations
from random import Random
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import ledger
from portfolio import adopting, projects, ranking
from portfolio.models import City, Project, User, WorkingPosition
from portfolio.roles import Role
from tests.factories import add_costs, make_appropriation, make_project, make_user
from tests.gate.attempts import assert_readable
from tests.portfolio.one_list import (
    answer_all,
    move,
    move_as,
    moves,
    order,
    position_of,
    ranked_projects,
)


@pytest.fixture
def ranked(cast: SimpleNamespace) -> list[Project]:
    """Five concepts without money, and people for all of them: no line to cross, no scores."""
    return ranked_projects(cast, 5)


def people_for(number: int) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=number - 1)


def fund(project: Project, cast: SimpleNamespace) -> None:
    add_costs(project.budget, cast=cast)
    source = make_appropriation()
    ledger.hold(
        budget=project.budget,
        appropriation=source,
        amount=project.budget.needed,
        by=cast.finance,
    )


def asked(project: Project, to: int, cast: SimpleNamespace) -> ranking.ReasonNeeded:
    """Move without a reason; return what was asked, and nothing moved."""
    before = order()
    with pytest.raises(ranking.ReasonNeeded) as needed:
        move(project, to, cast, reason="  ")
    assert order() == before
    assert_readable(needed.value.messages[0])
    return needed.value


# Lines


@pytest.mark.parametrize(
    ("start", "to", "side"), [(5, 2, "above"), (3, 1, "above"), (1, 3, "below"), (2, 5, "below")]
)
def test_a_move_across_the_capacity_line_is_explained(
    cast: SimpleNamespace, ranked: list[Project], start: int, to: int, side: str
) -> None:
    people_for(2)
    project = ranked[start - 1]
    needed = asked(project, to, cast)
    assert needed.move[1:] == (start, to, 5, (f"{side} the capacity line",), False)
    assert needed.off == 0
    assert needed.messages == [
        f"Say why {project} moves from {start} to {to}: it would stand {side} the capacity line."
    ]
    done = move(project, to, cast, reason="The grant ends.")
    assert done.sentence == (
        f"{project} moved from {start} to {to} of 5. It is now {side} the capacity line."
    )
    assert position_of(project).reason == "The grant ends."


@pytest.mark.parametrize(("start", "to"), [(1, 2), (2, 1), (3, 5), (5, 3)])
def test_a_move_on_one_side_is_not(
    cast: SimpleNamespace, ranked: list[Project], start: int, to: int
) -> None:
    people_for(2)
    assert move(ranked[start - 1], to, cast).crossed == ()


def test_a_move_across_the_money_line_is_explained(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    fund(ranked[1], cast)
    needed = asked(ranked[4], 1, cast)
    assert needed.move.crossed == ("above the money line",)


def test_the_line_goes_along_with_the_last_that_has_money(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    fund(ranked[1], cast)
    assert move(ranked[1], 4, cast).crossed == ()


def test_both_lines_at_once(cast: SimpleNamespace, ranked: list[Project]) -> None:
    people_for(2)
    fund(ranked[1], cast)
    assert asked(ranked[4], 1, cast).messages == [
        "Say why Project 5 moves from 5 to 1: it would stand above the capacity line and above the "
        "money line."
    ]


def test_a_reason_is_short(cast: SimpleNamespace, ranked: list[Project]) -> None:
    with pytest.raises(ValidationError, match="300 characters or fewer"):
        move(ranked[4], 1, cast, reason="x" * 301)
    assert move(ranked[4], 1, cast, reason="x" * 300).after == 1


# Scores


@pytest.fixture
def scored(cast: SimpleNamespace) -> list[Project]:
    """Six in the order of their scores, and one at the end that is not scored."""
    some = ranked_projects(cast, 7)
    for value, project in zip((5, 4, 3, 2, 1, 0), some, strict=False):
        answer_all(project, value, by=cast.head)
    return some


@pytest.mark.parametrize(("start", "to"), [(1, 3), (3, 1), (4, 6), (2, 3), (6, 4)])
def test_two_places_from_the_score_order_are_free(
    cast: SimpleNamespace, scored: list[Project], start: int, to: int
) -> None:
    assert move(scored[start - 1], to, cast).after == to


@pytest.mark.parametrize(
    ("start", "to", "words"),
    [(1, 4, "3 places below its score"), (6, 1, "5 places above its score")],
)
def test_more_is_explained(
    cast: SimpleNamespace, scored: list[Project], start: int, to: int, words: str
) -> None:
    project = scored[start - 1]
    assert asked(project, to, cast).messages == [
        f"Say why {project} moves from {start} to {to}: it would stand {words}."
    ]
    assert move(project, to, cast, reason="The council asked.").after == to


def test_the_city_says_how_many_places_are_free(
    cast: SimpleNamespace, scored: list[Project]
) -> None:
    City.objects.update(score_places=0)
    assert asked(scored[0], 2, cast).off == 1
    City.objects.update(score_places=5)
    assert move(scored[5], 1, cast).after == 1


def test_a_move_back_towards_the_score_needs_no_reason(
    cast: SimpleNamespace, scored: list[Project]
) -> None:
    move(scored[5], 1, cast, reason="The council asked.")
    assert move(scored[5], 2, cast).after == 2
    asked(scored[5], 1, cast)


def test_who_is_not_scored_moves_freely_and_puts_nobody_off(
    cast: SimpleNamespace, scored: list[Project]
) -> None:
    assert move(scored[6], 1, cast).after == 1
    assert move(scored[0], 4, cast).after == 4, "third among those that are scored"


# Taken back


def test_a_move_taken_back_leaves_the_row_as_it_was(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    move(ranked[4], 2, cast, reason="The pipe broke.")
    before = list(WorkingPosition.objects.in_order().values())
    people_for(2)
    move(ranked[4], 4, cast, reason="It was mended.")
    done = ranking.undo(by=cast.manager, seen=adopting.order_mark())
    assert list(WorkingPosition.objects.in_order().values()) == before
    assert done.sentence == (
        "Project 5 moved back from 4 to 2 of 5. It is now above the capacity line."
    )
    assert len(moves()) == 3, "each of them stands in the history"


def test_a_first_move_taken_back(cast: SimpleNamespace, ranked: list[Project]) -> None:
    before = list(WorkingPosition.objects.in_order().values())
    move(ranked[0], 5, cast)
    ranking.undo(by=cast.manager, seen=adopting.order_mark())
    assert list(WorkingPosition.objects.in_order().values()) == before


def nothing_to_undo(by: User) -> str:
    before = list(WorkingPosition.objects.in_order().values())
    with pytest.raises(ValidationError) as refused:
        ranking.undo(by=by, seen=adopting.order_mark())
    assert list(WorkingPosition.objects.in_order().values()) == before
    assert not isinstance(refused.value, ranking.Stale)
    assert_readable(refused.value.messages[0])
    return refused.value.messages[0]


def test_nothing_is_taken_back_twice(cast: SimpleNamespace, ranked: list[Project]) -> None:
    move(ranked[0], 3, cast)
    move(ranked[0], 5, cast)
    ranking.undo(by=cast.manager, seen=adopting.order_mark())
    nothing_to_undo(cast.manager)


def test_only_ones_own_move_is_taken_back(cast: SimpleNamespace, ranked: list[Project]) -> None:
    other = make_user("Olga Other", role=Role.CITY_MANAGER)
    move_as(other, ranked[0], 3)
    nothing_to_undo(cast.manager)
    ranking.undo(by=other, seen=adopting.order_mark())


@pytest.mark.parametrize("change", ["add", "remove", "stop", "by_hand", "none"])
def test_only_a_move_is_taken_back(
    cast: SimpleNamespace, ranked: list[Project], change: str
) -> None:
    if change != "none":
        move(ranked[0], 3, cast)
    if change == "add":
        ranking.add(make_project(cast), by=cast.manager)
    elif change == "remove":
        ranking.remove(ranked[4], by=cast.manager)
    elif change == "stop":
        projects.stop(ranked[4], reason="Peers dropped it.", by=cast.manager)
    elif change == "by_hand":
        WorkingPosition.objects.filter(project=ranked[0]).update(key="zz")
    nothing_to_undo(cast.manager)


def test_a_move_is_not_taken_back_once_anything_else_changed(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    move(ranked[0], 3, cast)
    mark = adopting.order_mark()
    move_as(make_user("Olga Other", role=Role.CITY_MANAGER), ranked[4], 1)
    now = order()
    with pytest.raises(ranking.Stale) as stale:
        ranking.undo(by=cast.manager, seen=mark)
    assert stale.value.messages == [
        "Olga Other moved Project 5 from 5 to 1. A move can be undone only while nothing else "
        "changed."
    ]
    assert order() == now


# A whole order at once


@pytest.mark.parametrize("wanted", list(permutations(range(4))))
def test_an_order_becomes_the_working_order(cast: SimpleNamespace, wanted: list[int]) -> None:
    some = ranked_projects(cast, 4)
    ids = [some[place].pk for place in wanted]
    with CaptureQueriesContext(connection) as queries:
        written = ranking.restore_order(ids, by=cast.manager, reason="From the scenario.")
    assert order() == ids
    assert len([one for one in queries if one["sql"].strip().startswith("UPDATE")]) <= 1
    told = {int(change.row): change.after or {} for change in moves()}
    assert len(told) == written
    for project, row in told.items():
        assert row["moved_from"] == [one.pk for one in some].index(project) + 1
        assert row["moved_to"] == ids.index(project) + 1
        assert (row["reason"], row["moved_by_id"]) == ("From the scenario.", cast.manager.pk)


def test_only_what_must_move_is_written(cast: SimpleNamespace) -> None:
    some = ranked_projects(cast, 30)
    ids = [project.pk for project in some]
    for start, to in ((29, 0), (3, 17), (11, 12)):
        ids.insert(to, ids.pop(start))
    assert ranking.restore_order(ids, by=cast.manager, reason="From the scenario.") == 3
    assert order() == ids
    Random(1).shuffle(ids)
    ranking.restore_order(ids, by=cast.manager, reason="From the scenario.")
    assert order() == ids


def test_an_order_among_keys_by_hand(cast: SimpleNamespace, ranked: list[Project]) -> None:
    WorkingPosition.objects.filter(project=ranked[4]).update(key="zz")
    ids = [ranked[place].pk for place in (4, 2, 0, 1, 3)]
    ranking.restore_order(ids, by=cast.manager, reason="From the scenario.")
    assert order() == ids


def test_an_order_has_every_project_once(cast: SimpleNamespace, ranked: list[Project]) -> None:
    ids = order()
    for wrong in (ids[1:], [*ids, make_project(cast).pk], [*ids[:4], ids[0]], []):
        with pytest.raises(ValidationError, match="put on the list or taken off"):
            ranking.restore_order(wrong, by=cast.manager, reason="From the scenario.")
    with pytest.raises(ValidationError, match="Say why"):
        ranking.restore_order(ids[::-1], by=cast.manager, reason=" ")
    assert order() == ids


def test_a_whole_order_is_no_move_to_undo(cast: SimpleNamespace, ranked: list[Project]) -> None:
    ranking.restore_order(order()[::-1], by=cast.manager, reason="From the scenario.")
    nothing_to_undo(cast.manager)
