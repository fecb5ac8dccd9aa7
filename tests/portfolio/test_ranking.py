"""The one list: every move against a plain Python list, and adopting."""

from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from fractional_indexing import generate_key_between

from portfolio import adopting, keys, projects, ranking
from portfolio.line_facts import standing
from portfolio.models import AdoptedList, City, History, Project, WorkingPosition
from portfolio.ranking import Between
from tests.factories import make_project
from tests.portfolio.one_list import gap, key_of, move, moves, order, position_of, ranked_projects

LENGTH = 5


@pytest.fixture
def ranked(cast: SimpleNamespace) -> list[Project]:
    return ranked_projects(cast, LENGTH)


def adopt(cast: SimpleNamespace, action: str = "Res. 1", **changes: Any) -> AdoptedList:
    day = changes.pop("adopted_on", None) or cast.city.today()
    return adopting.adopt(action_number=action, adopted_on=day, by=cast.manager, **changes)


@pytest.mark.parametrize(
    ("start", "to"), list(product(range(1, LENGTH + 1), [-3, 0, *range(1, LENGTH + 1), 6, 999]))
)
def test_a_move_is_a_move_in_a_plain_list(
    cast: SimpleNamespace, ranked: list[Project], start: int, to: int
) -> None:
    expected = [project.pk for project in ranked]
    after = min(max(to, 1), LENGTH)
    expected.insert(after - 1, expected.pop(start - 1))
    assert move(ranked[start - 1], to, cast)[1:4] == (start, after, LENGTH)
    assert order() == expected


@pytest.mark.parametrize(("start", "to"), list(product(range(1, LENGTH + 1), range(1, LENGTH + 1))))
def test_a_move_between_two_is_a_move_in_a_plain_list(
    cast: SimpleNamespace, ranked: list[Project], start: int, to: int
) -> None:
    expected = list(ranked)
    moved = expected.pop(start - 1)
    assert move(moved, gap(expected, to), cast)[1:4] == (start, to, LENGTH)
    expected.insert(to - 1, moved)
    assert order() == [project.pk for project in expected]


def test_the_only_project_stays(cast: SimpleNamespace) -> None:
    (only,) = ranked_projects(cast, 1)
    assert move(only, Between(None, None), cast).sentence == "Project 1 stays at 1 of 1."


def test_a_move_says_what_it_did(cast: SimpleNamespace, ranked: list[Project]) -> None:
    assert move(ranked[4], 2, cast).sentence == "Project 5 moved from 5 to 2 of 5."
    assert move(ranked[4], 2, cast).sentence == "Project 5 stays at 2 of 5."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", [3, 40])
@pytest.mark.parametrize("between", [True, False])
def test_a_move_writes_one_row_and_asks_little(
    cast: SimpleNamespace, length: int, between: bool
) -> None:
    some = ranked_projects(cast, length)
    standing(timezone.localdate())
    move(some[0], 2, cast)
    before = dict(WorkingPosition.objects.values_list("project_id", "key"))
    to = Between(None, some[1].pk) if between else 1
    mark = adopting.order_mark()
    with CaptureQueriesContext(connection) as queries:
        ranking.move(
            some[-1], to=to, seen=before[some[-1].pk], mark=mark, reason="Urgent.", by=cast.manager
        )
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 10
    assert len([sql for sql in asked if sql.strip().startswith("UPDATE")]) == 1
    now = dict(WorkingPosition.objects.values_list("project_id", "key"))
    assert [pk for pk in now if now[pk] != before[pk]] == [some[-1].pk]
    assert len(moves()) == 2


def test_a_move_is_kept_with_who_when_from_where_to_where_and_why(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    move(ranked[4], 2, cast, reason="  The pipe broke. ")
    position = position_of(ranked[4])
    assert position.moved_by == cast.manager
    assert (position.moved_from, position.moved_to) == (5, 2)
    assert position.reason == "The pipe broke."
    (change,) = moves()
    assert change.user_id == cast.manager.pk
    assert (change.after or {})["moved_from"] == 5
    assert (change.after or {})["reason"] == "The pipe broke."
    move(ranked[4], 3, cast)
    position.refresh_from_db()
    assert (position.moved_from, position.moved_to, position.reason) == (2, 3, "")


def test_a_move_to_where_it_stands_writes_nothing(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    before = History.objects.count()
    move(ranked[2], 3, cast)
    move(ranked[2], Between(ranked[1].pk, ranked[3].pk), cast)
    assert History.objects.count() == before


def test_what_is_not_on_the_list_is_not_moved(cast: SimpleNamespace, ranked: list[Project]) -> None:
    with pytest.raises(ValidationError, match="not on the list"):
        ranking.move(make_project(cast), to=1, seen="a0", by=cast.manager)


def test_a_project_is_added_at_the_end_and_once(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    newcomer = make_project(cast)
    ranking.add(newcomer, by=cast.manager)
    assert order() == [*(project.pk for project in ranked), newcomer.pk]
    with pytest.raises(ValidationError, match="on the list already"):
        ranking.add(newcomer, by=cast.manager)


def test_a_stopped_project_is_not_ranked(cast: SimpleNamespace) -> None:
    stopped = projects.stop(make_project(cast), reason="Peers dropped it.", by=cast.manager)
    with pytest.raises(ValidationError, match="stopped"):
        ranking.add(stopped, by=cast.manager)


def test_stopping_takes_a_project_off_the_list(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    projects.stop(ranked[1], reason="Peers dropped it.", by=cast.manager)
    assert order() == [ranked[n].pk for n in (0, 2, 3, 4)]


def test_a_project_is_taken_off_once(cast: SimpleNamespace, ranked: list[Project]) -> None:
    ranking.remove(ranked[0], by=cast.manager)
    assert order() == [project.pk for project in ranked[1:]]
    with pytest.raises(ValidationError, match="not on the list"):
        ranking.remove(ranked[0], by=cast.manager)


@pytest.mark.parametrize("mover", [-1, 2])
def test_keys_that_grew_long_are_spread_anew(
    cast: SimpleNamespace, ranked: list[Project], mover: int
) -> None:
    # What hundreds of moves to the second place leave behind.
    first, second = key_of(ranked[0]), key_of(ranked[1])
    while len(second) < keys.LONGEST_KEY:
        second = generate_key_between(first, second)
    WorkingPosition.objects.filter(project=ranked[1]).update(key=second)
    expected = order()
    for _ in range(12):
        move(Project.objects.get(pk=expected[mover]), 2, cast)
        expected.insert(1, expected.pop(mover))
        assert order() == expected
        assert max(map(len, WorkingPosition.objects.values_list("key", flat=True))) <= 120
    assert max(map(len, WorkingPosition.objects.values_list("key", flat=True))) < 10


def test_a_key_written_by_hand_does_not_stop_the_list(
    cast: SimpleNamespace, ranked: list[Project]
) -> None:
    WorkingPosition.objects.filter(project=ranked[2]).update(key="zz")
    expected = [ranked[n].pk for n in (0, 1, 3, 4, 2)]
    assert order() == expected
    move(ranked[0], 5, cast)
    assert order() == [*expected[1:], expected[0]]
    newcomer = make_project(cast)
    WorkingPosition.objects.filter(project=ranked[3]).update(key="zzz")
    ranking.add(newcomer, by=cast.manager)
    assert order()[-1] == newcomer.pk


def test_an_adopted_list_is_the_working_order(cast: SimpleNamespace, ranked: list[Project]) -> None:
    move(ranked[4], 1, cast)
    signed = adopt(cast)
    entries = signed.entries.order_by("rank")
    assert list(entries.values_list("rank", flat=True)) == list(range(1, LENGTH + 1))
    assert list(entries.values_list("project_id", flat=True)) == order()
    assert (signed.number, signed.length, signed.signed_by) == (1, LENGTH, cast.manager)
    move(ranked[4], 5, cast)
    assert list(entries.values_list("project_id", flat=True)) != order()
    assert adopt(cast, "Res. 2").number == 2


@pytest.mark.parametrize("months", [1, 12, 60])
def test_a_list_holds_for_the_citys_months(
    cast: SimpleNamespace, ranked: list[Project], months: int
) -> None:
    City.objects.update(list_valid_months=months)
    signed = adopt(cast)
    assert signed.valid_until
    today = cast.city.today()
    length = (signed.valid_until - today).days
    assert months * 28 - 1 <= length <= months * 31
    assert signed.is_in_force(on=today)
    assert signed.is_in_force(on=signed.valid_until)
    assert not signed.is_in_force(on=signed.valid_until + timedelta(days=1))
    assert not signed.is_in_force(on=today - timedelta(days=1))


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_list_is_adopted_by_a_numbered_action(
    cast: SimpleNamespace, ranked: list[Project], blank: str
) -> None:
    with pytest.raises(ValidationError, match="number of the action"):
        adopt(cast, blank)


def test_an_action_adopts_once(cast: SimpleNamespace, ranked: list[Project]) -> None:
    adopt(cast, "Res. 1")
    with pytest.raises(ValidationError, match=r"already adopted by Res\. 1"):
        adopt(cast, " Res. 1 ")


def test_an_empty_order_is_not_adopted(cast: SimpleNamespace) -> None:
    with pytest.raises(ValidationError, match="empty"):
        adopt(cast)


@pytest.mark.parametrize("days", [1, 2, 400, -400, -4000])
def test_a_list_is_adopted_for_today_with_a_sentence(
    cast: SimpleNamespace, ranked: list[Project], days: int
) -> None:
    day = cast.city.today() + timedelta(days=days)
    with pytest.raises(ValidationError), transaction.atomic():
        adopt(cast, adopted_on=day)
    assert not AdoptedList.objects.exists()


@pytest.mark.parametrize("change", ["add", "remove", "move"])
def test_the_mark_differs_after_every_change(
    cast: SimpleNamespace, ranked: list[Project], change: str
) -> None:
    before = adopting.order_mark()
    if change == "add":
        ranking.add(make_project(cast), by=cast.manager)
    elif change == "remove":
        ranking.remove(ranked[0], by=cast.manager)
    else:
        move(ranked[0], 2, cast)
    assert adopting.order_mark() != before
