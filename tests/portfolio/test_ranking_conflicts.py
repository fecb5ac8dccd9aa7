"""Two people on one list: the one whose page is old is told who changed what, and nothing moves."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portfolio import adopting, ranking
from portfolio.models import Project, User, WorkingPosition
from portfolio.ranking import Between
from portfolio.roles import Role
from tests.factories import make_project, make_user
from tests.gate.attempts import assert_readable
from tests.portfolio.one_list import key_of, move, move_as, order, ranked_projects

AGAIN = "Here is the list as it is now. Move Project 5 again if you still want to."


@pytest.fixture
def ranked(cast: SimpleNamespace) -> list[Project]:
    return ranked_projects(cast, 5)


@pytest.fixture
def other(cast: SimpleNamespace) -> User:
    return make_user("Olga Other", role=Role.CITY_MANAGER)


def refused(project: Project, to: int | Between, **seen: object) -> str:
    """Move as seen; return the sentence of the refusal, which changed nothing."""
    before = list(WorkingPosition.objects.in_order().values())
    with pytest.raises(ranking.Stale) as stale:
        ranking.move(project, to=to, **seen)  # type: ignore[arg-type]
    assert list(WorkingPosition.objects.in_order().values()) == before
    assert_readable(stale.value.messages[0])
    return stale.value.messages[0]


def test_who_moved_it_first_is_named(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    move_as(other, ranked[4], 1)
    told = refused(ranked[4], 3, seen=seen, mark=mark, by=cast.manager)
    assert told == f"Olga Other moved Project 5 from 5 to 1. {AGAIN}"


def test_without_a_mark_the_last_change_of_the_project_is_told(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    seen = key_of(ranked[4])
    move_as(other, ranked[4], 1)
    move_as(other, ranked[0], 5)
    told = refused(ranked[4], 3, seen=seen, by=cast.manager)
    assert told == f"Olga Other moved Project 5 from 5 to 1. {AGAIN}"


def test_another_projects_move_does_not_make_a_step_stale(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    move_as(other, ranked[0], 2)
    to = Between(ranked[2].pk, ranked[3].pk)
    ranking.move(ranked[4], to=to, seen=seen, mark=mark, by=cast.manager)
    assert order() == [ranked[n].pk for n in (1, 0, 2, 4, 3)]


def test_a_rank_is_of_the_list_as_it_was_seen(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    move_as(other, ranked[0], 2)
    told = refused(ranked[4], 4, seen=seen, mark=mark, by=cast.manager)
    assert told == f"Olga Other moved Project 1 from 1 to 2. {AGAIN}"


type Change = Callable[[list[Project], User, SimpleNamespace], object]


def by_hand(project: Project) -> None:
    """Change a key as nobody signed in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('groundwork.user_id', '', true)")
    WorkingPosition.objects.filter(project=project).update(key="Zz")


PARTED: dict[str, tuple[Change, str]] = {
    "one moved between them": (
        lambda ranked, other, _: move_as(other, ranked[0], Between(ranked[1].pk, ranked[2].pk)),
        "Olga Other moved Project 1 from 1 to 2.",
    ),
    "the upper one moved away": (
        lambda ranked, other, _: move_as(other, ranked[1], 1),
        "Olga Other moved Project 2 from 2 to 1.",
    ),
    "the lower one moved away": (
        lambda ranked, other, _: move_as(other, ranked[2], 4),
        "Olga Other moved Project 3 from 3 to 4.",
    ),
    "the lower one is off the list": (
        lambda ranked, other, _: ranking.remove(ranked[2], by=other),
        "Olga Other took Project 3 off the list.",
    ),
    "the upper one is off the list": (
        lambda ranked, other, _: ranking.remove(ranked[1], by=other),
        "Olga Other took Project 2 off the list.",
    ),
    "by hand": (
        lambda ranked, *_: by_hand(ranked[1]),
        "Somebody moved Project 2 in the database.",
    ),
}


@pytest.mark.parametrize("kind", PARTED)
def test_neighbours_that_parted_make_a_step_stale(
    cast: SimpleNamespace, ranked: list[Project], other: User, kind: str
) -> None:
    change, sentence = PARTED[kind]
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    change(ranked, other, cast)
    to = Between(ranked[1].pk, ranked[2].pk)
    told = refused(ranked[4], to, seen=seen, mark=mark, by=cast.manager)
    assert told == f"{sentence} {AGAIN}"


def test_the_end_is_the_end_as_it_was_seen(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[0])
    ranking.add(make_project(cast, title="Late"), by=other)
    to = Between(ranked[4].pk, None)
    told = refused(ranked[0], to, seen=seen, mark=mark, by=cast.manager)
    assert told.startswith("Olga Other put Late on the list. Here is the list as it is now.")


def test_neighbours_that_never_were(cast: SimpleNamespace, ranked: list[Project]) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    for to in (
        Between(ranked[2].pk, ranked[1].pk),
        Between(None, ranked[1].pk),
        Between(ranked[4].pk, None),
        Between(ranked[0].pk, 987_654_321),
        Between(987_654_321, ranked[0].pk),
        Between(None, None),
    ):
        told = refused(ranked[4], to, seen=seen, mark=mark, by=cast.manager)
        assert told == f"The list changed since you opened it. {AGAIN}"


def test_the_last_three_changes_are_told_newest_first(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    for place in (2, 1, 2, 1):
        move_as(other, ranked[0], place)
    move(ranked[1], 3, cast)
    ranking.remove(ranked[3], by=other)
    assert refused(ranked[4], 1, seen=seen, mark=mark, by=cast.manager) == (
        "Olga Other took Project 4 off the list. You moved Project 2 from 2 to 3. Olga Other moved "
        f"Project 1 from 2 to 1. And 3 more changes before that. {AGAIN}"
    )


def test_a_move_taken_back_is_told(
    cast: SimpleNamespace, ranked: list[Project], other: User
) -> None:
    mark, seen = adopting.order_mark(), key_of(ranked[4])
    move_as(other, ranked[0], 2)
    ranking.undo(by=other, seen=adopting.order_mark())
    assert refused(ranked[4], 1, seen=seen, mark=mark, by=cast.manager) == (
        "Olga Other moved Project 1 back from 2 to 1. Olga Other moved Project 1 from 1 to 2. "
        f"{AGAIN}"
    )


@pytest.mark.parametrize("mark", ["", "nonsense", "9" * 40, "-1"])
def test_a_mark_that_is_none(cast: SimpleNamespace, ranked: list[Project], mark: str) -> None:
    seen = key_of(ranked[4])
    told = refused(ranked[4], 1, seen=seen, mark=mark, by=cast.manager)
    assert told == f"The list changed since you opened it. {AGAIN}"


def test_what_is_not_on_the_list_is_not_moved(cast: SimpleNamespace, ranked: list[Project]) -> None:
    with pytest.raises(ValidationError, match="not on the list"):
        ranking.move(make_project(cast), to=1, seen="a0", by=cast.manager)
