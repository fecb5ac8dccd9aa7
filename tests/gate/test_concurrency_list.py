"""The one list under many hands, on connections of their own."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from portfolio import adopting, ranking
from portfolio.constraints import sentence_for
from portfolio.models import AdoptedList, User, WorkingPosition
from portfolio.roles import Role
from tests import database
from tests.factories import make_project, make_user
from tests.gate.attempts import assert_readable
from tests.gate.invariants import assert_all_is_true
from tests.gate.movers import Mover, assert_each_is_explained
from tests.gate.world import settle
from tests.pages import words

pytestmark = pytest.mark.django_db(transaction=True)

LENGTH = 24
# How long they move: LIST_SECONDS=60 for a minute.
SECONDS = float(os.environ.get("LIST_SECONDS", "3"))
PATIENCE = 60  # Seconds until a writer that never comes is called a fault.


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    cast = settle()
    cast.projects = [make_project(cast) for _ in range(LENGTH)]
    ranking.add_all(cast.projects, by=cast.manager)
    return cast


def order() -> list[int]:
    return list(WorkingPosition.objects.in_order().values_list("project_id", flat=True))


def together[Result](writers: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run the writers at once, each on its own connection; return what each brought back."""
    start = Barrier(len(writers))

    def run(writer: Callable[[], Result]) -> Result:
        connection.ensure_connection()
        try:
            start.wait(PATIENCE)
            return writer()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(run, writers))


@pytest.mark.parametrize("hands", [2, 8])
def test_no_move_is_lost_among(cast: SimpleNamespace, hands: int) -> None:
    before = order()
    movers = [
        Mover(make_user(f"Manager {n}", role=Role.CITY_MANAGER), seed=n) for n in range(hands)
    ]
    since = int(adopting.order_mark())
    # Whatever reaches one of them but a sentence, a deadlock among that, fails here.
    together([partial(mover.move_for, SECONDS) for mover in movers])

    assert order() == assert_each_is_explained(movers, before, since=since)
    assert sorted(order()) == sorted(before)
    ends = sum((mover.ends for mover in movers), Counter[str]())
    print(f"\n{hands} hands, {SECONDS:.0f} s: {dict(ends)}")  # noqa: T201 - for whoever asks with -s
    assert ends["moved"] > 0
    assert ends["stale"] > 0
    assert ends["undone"] > 0 or hands > 2, "among many the last move is seldom one's own"
    with database.connect("default") as watcher:
        assert_all_is_true(watcher)
        assert watcher.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []


def test_two_who_saw_the_same_place_do_not_both_move_it(cast: SimpleNamespace) -> None:
    place = WorkingPosition.objects.in_order().select_related("project")[5]

    def move(to: int) -> Callable[[], Exception | None]:
        def write() -> Exception | None:
            try:
                ranking.move(
                    place.project, to=to, seen=place.key, by=cast.manager, reason="Urgent."
                )
            except ranking.Stale as refused:
                return refused
            return None

        return write

    ends = together([move(1), move(LENGTH)])
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "Stale"]
    assert order().index(place.project.pk) + 1 in {1, LENGTH}


def test_the_same_project_is_added_once(cast: SimpleNamespace) -> None:
    project = make_project(cast)

    def add() -> Exception | None:
        try:
            ranking.add(project, by=cast.manager)
        except ValidationError as refused:
            assert_readable(refused.messages[0])
            return refused
        return None

    ends = together([add, add, add])
    assert sorted(type(end).__name__ for end in ends) == [
        "NoneType",
        "ValidationError",
        "ValidationError",
    ]
    assert order().count(project.pk) == 1


def test_projects_added_at_once_get_a_place_each(cast: SimpleNamespace) -> None:
    newcomers = [make_project(cast) for _ in range(8)]
    before = order()
    together([lambda one=one: ranking.add(one, by=cast.manager).key for one in newcomers])  # type: ignore[misc]
    assert order()[:LENGTH] == before
    assert sorted(order()[LENGTH:]) == sorted(project.pk for project in newcomers)


def adopter(by: User, action: str, cast: SimpleNamespace) -> Callable[[], Exception | None]:
    def adopt() -> Exception | None:
        try:
            adopting.adopt(action_number=action, adopted_on=cast.city.today(), by=by)
        except ValidationError as refused:
            return refused
        return None

    return adopt


def test_two_managers_adopting_the_same_action_make_one_list(cast: SimpleNamespace) -> None:
    ends = together(
        [
            adopter(cast.manager, "Res. 2027-4", cast),
            adopter(cast.second_manager, "Res. 2027-4", cast),
        ]
    )
    refused = [end for end in ends if end is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], ValidationError)
    assert refused[0].messages == [
        "A list was already adopted by Res. 2027-4. Check the number, or reload the page."
    ]
    assert AdoptedList.objects.count() == 1


def test_two_managers_who_sign_the_same_page_make_one_list(cast: SimpleNamespace) -> None:
    """Two numbers of actions, one order, one list before: the second is told of the first."""
    seen = adopting.signing(on=cast.city.today()).mark

    def press(by: User, action: str) -> Callable[[], tuple[int, str]]:
        def post() -> tuple[int, str]:
            client = Client()
            client.force_login(by)
            day = cast.city.today().isoformat()
            typed = {"action_number": action, "adopted_on": day, "seen": seen, "word": "adopt"}
            answer = client.post(reverse("list_adopt"), typed)
            return answer.status_code, words(answer.text)

        return post

    managers = (cast.manager, cast.second_manager)
    ends = together([press(by, f"Res. {number}") for number, by in enumerate(managers)])
    assert sorted(status for status, _ in ends) == [302, 409]
    signed = AdoptedList.objects.get()
    told = next(page for status, page in ends if status == 409)
    assert f"{signed.signed_by.name} adopted list 1 by {signed.action_number} at" in told
    assert "Fix one thing to continue" in told
    assert list(signed.entries.order_by("rank").values_list("project_id", flat=True)) == order()


def test_two_who_saw_the_same_order_sign_it_once(cast: SimpleNamespace) -> None:
    place = WorkingPosition.objects.in_order().select_related("project")[5]
    seen = adopting.signing(on=cast.city.today()).mark

    def move() -> Exception | None:
        try:
            ranking.move(
                place.project, to=1, seen=place.key, by=cast.second_manager, reason="Urgent."
            )
        except ranking.Stale as refused:
            return refused
        return None

    def adopt() -> Exception | None:
        try:
            adopting.adopt(
                action_number="Res. 1", adopted_on=cast.city.today(), by=cast.manager, seen=seen
            )
        except ranking.Stale as refused:
            return refused
        return None

    moved, adopted = together([move, adopt])
    assert moved is None
    if adopted is None:
        signed = (
            AdoptedList.objects.get().entries.order_by("rank").values_list("project_id", flat=True)
        )
        assert list(signed).index(place.project.pk) == 5, "signed as it was seen, then moved"
    else:
        assert not AdoptedList.objects.exists()


def test_two_lists_by_sql_are_numbered_one_after_the_other(cast: SimpleNamespace) -> None:
    def adopt(action: str) -> Callable[[], str]:
        def write() -> str:
            with connection.cursor() as cursor:
                try:
                    cursor.execute(
                        "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, "
                        "signed_by_id, signed_at) VALUES (%s, portfolio_today(), %s, now())",
                        [action, cast.manager.pk],
                    )
                except IntegrityError as refused:
                    return sentence_for(refused)
            return ""

        return write

    ends = together([adopt("Res. 1"), adopt("Res. 2"), adopt("Res. 2")])
    assert sorted(ends) == [
        "",
        "",
        "A list was already adopted by this action. Check the number.",
    ]
    lists = AdoptedList.objects.order_by("number")
    assert [one.number for one in lists] == [1, 2]
    for one in lists:
        ranks = list(one.entries.order_by("rank").values_list("rank", flat=True))
        assert ranks == list(range(1, LENGTH + 1))
