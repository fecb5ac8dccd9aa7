"""Adopting: what is shown before, what is asked for, what is frozen."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from portfolio import adopting, ranking
from portfolio.models import AdoptedEntry, AdoptedList, City, Project
from portfolio.projects import put_on_hold
from portfolio.roles import Role
from tests.factories import add_costs, adopt_list, make_project, make_user
from tests.pages import words
from tests.portfolio.one_list import answer_all, move, ranked_projects
from tests.portfolio.scenario_steps import priced

ADOPT = "list_adopt"


def read(client: Client, query: str = "") -> str:
    """Return the words of the page, as one reads them."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(reverse(ADOPT) + query).text).split())


def typed(cast: SimpleNamespace, **changes: str) -> dict[str, str]:
    """What a manager types who just opened the page."""
    return {
        "action_number": "Res. 7",
        "adopted_on": cast.city.today().isoformat(),
        "seen": adopting.signing(on=cast.city.today()).mark,
        "word": "adopt",
    } | changes


@pytest.fixture
def manager(cast: SimpleNamespace, signed_in: Any) -> Client:
    client: Client = signed_in(cast.manager)
    return client


def test_the_order_is_signed_by_action_day_and_word(cast: SimpleNamespace, manager: Client) -> None:
    projects = ranked_projects(cast, 3)
    answer = manager.post(reverse(ADOPT), typed(cast, word="Adopt"))
    signed = AdoptedList.objects.get()
    assert answer.url == signed.get_absolute_url()  # type: ignore[attr-defined]
    assert list(signed.entries.values_list("rank", "project_id")) == [
        (rank, project.pk) for rank, project in enumerate(projects, start=1)
    ]


@pytest.mark.parametrize("word", ["", "yes", "adopted", "adopt it", "a d o p t"])
def test_without_the_word_nothing_is_signed(
    cast: SimpleNamespace, manager: Client, word: str
) -> None:
    ranked_projects(cast, 1)
    answer = manager.post(reverse(ADOPT), typed(cast, word=word))
    assert answer.status_code == 422
    assert "Type the word adopt to sign the list." in words(answer.text)
    assert "Res. 7" in answer.text
    assert not AdoptedList.objects.exists()


def test_a_day_to_come_is_refused_at_the_field(cast: SimpleNamespace, manager: Client) -> None:
    ranked_projects(cast, 1)
    answer = manager.post(reverse(ADOPT), typed(cast, adopted_on="2199-01-01"))
    assert answer.status_code == 422
    assert "today or earlier" in words(answer.text)
    assert not AdoptedList.objects.exists()


def test_an_empty_list_offers_nothing_to_sign(cast: SimpleNamespace, manager: Client) -> None:
    page = read(manager)
    assert "The list is empty" in page
    assert "Adopt list 1" not in page
    assert manager.post(reverse(ADOPT), typed(cast)).status_code == 422


def test_a_changed_order_is_not_signed_unseen(cast: SimpleNamespace, manager: Client) -> None:
    *_, last = ranked_projects(cast, 3)
    seen = typed(cast)
    move(last, 1, cast)
    answer = manager.post(reverse(ADOPT), seen)
    assert answer.status_code == 409
    assert "You moved Project 3 from 3 to 1. Look at what changed, then sign again." in words(
        answer.text
    )
    assert "Res. 7" in answer.text
    assert not AdoptedList.objects.exists()
    manager.post(reverse(ADOPT), typed(cast))
    assert AdoptedList.objects.get().entries.get(rank=1).project == last


def test_the_second_of_two_managers_is_told_who_signed(
    cast: SimpleNamespace, manager: Client
) -> None:
    ranked_projects(cast, 2)
    other = make_user("Mira Manager", role=Role.CITY_MANAGER)
    seen = typed(cast)
    adopting.adopt(action_number="Res. 6", adopted_on=cast.city.today(), by=other)
    answer = manager.post(reverse(ADOPT), seen)
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Mira Manager adopted list 1 by Res. 6 at" in told
    assert "Nothing was signed twice" in told
    assert AdoptedList.objects.count() == 1


def test_lines_that_moved_are_not_signed_unseen(cast: SimpleNamespace, manager: Client) -> None:
    ranked_projects(cast, 3)
    seen = typed(cast)
    with cast.administrator.changing():
        City.objects.update(scoping_slots=1, delivery_slots=1)
    answer = manager.post(reverse(ADOPT), seen)
    assert answer.status_code == 409
    assert "slots changed while you had this page open" in words(answer.text)
    assert not AdoptedList.objects.exists()


def test_the_page_shows_entered_left_and_moved_with_reasons(
    cast: SimpleNamespace, manager: Client
) -> None:
    projects = ranked_projects(cast, 5)
    signed = adopt_list(cast)
    offered = adopting.signing(on=cast.city.today())
    assert offered.difference().is_empty
    ranking.remove(projects[4], by=cast.manager)
    ranking.add(make_project(cast, title="Project 6"), by=cast.manager)
    move(projects[0], 2, cast, reason="The council asked for it.")
    difference = adopting.signing(on=cast.city.today()).difference()
    assert [place.title for place in difference.entered] == ["Project 6"]
    assert [place.title for place in difference.left] == ["Project 5"]
    assert len(difference.moved) == 1, "one project was moved, the others only made room"
    page = read(manager)
    assert f"What changes against list {signed.number}" in page
    assert "Project 6 number 5" in page
    assert "Project 5 was number 5" in page
    assert "1 off the list; their gates close" in page


def test_a_reason_is_read_again_until_it_was_signed(cast: SimpleNamespace) -> None:
    projects = ranked_projects(cast, 4)
    adopt_list(cast)
    move(projects[3], 1, cast, reason="Two people were hurt there in May.")
    (moved,) = adopting.signing(on=cast.city.today()).difference().moved
    assert (moved.place.title, moved.before, moved.place.rank) == ("Project 4", 4, 1)
    assert moved.place.reason == "Two people were hurt there in May."
    second = adopt_list(cast)
    assert second.entries.get(rank=1).reason == "Two people were hurt there in May."
    third = adopt_list(cast)
    assert third.entries.get(rank=1).reason == "", "it belongs to the list before"


def test_long_parts_are_cut_and_shown_when_asked_for(
    cast: SimpleNamespace, manager: Client
) -> None:
    ranked_projects(cast, 15)
    assert "Project 13 number 13" not in read(manager)
    assert "Project 13 number 13" in read(manager, "?all=1")


def test_what_would_have_people_and_cannot_be_scoped_is_named(
    cast: SimpleNamespace, manager: Client
) -> None:
    ranked_projects(cast, 9)
    page = read(manager)
    assert "8 above the line for people have something open" in page
    assert "needs problem and budget" in page


def test_what_is_on_hold_above_the_line_is_named(cast: SimpleNamespace, manager: Client) -> None:
    projects = ranked_projects(cast, 10)
    for project in (projects[0], projects[9]):
        put_on_hold(project, reason="The vendor left.", by=cast.manager)
    blocked = adopting.signing(on=cast.city.today()).blocked()
    assert blocked == projects[:9], "the first is on hold, the last is below the line"
    assert "Project 1 Parks · on hold" in read(manager)


def test_lines_scores_and_reasons_are_frozen_in_the_list(cast: SimpleNamespace) -> None:
    projects, fund = priced(cast, 4, money=250_000)
    answer_all(projects[3], 4, by=cast.head)
    move(projects[3], 3, cast, reason="Its pumps failed.")
    now = adopting.signing(on=cast.city.today()).now
    signed = adopt_list(cast)
    for entry in signed.entries.all():
        outcome = now.walk.outcomes[entry.project_id]
        assert (entry.has_people, entry.has_money) == (outcome.has_people, outcome.has_money)
    assert {entry.has_money for entry in signed.entries.all()} == {True, False}
    skipped = signed.entries.filter(has_money=False).first()
    assert skipped
    assert skipped.line_sentence.startswith("next, but $")
    assert fund.code in skipped.line_sentence or fund.name in skipped.line_sentence
    scored = signed.entries.get(project=projects[3])
    assert (scored.score, scored.score_rank) == (Decimal(80), 1)
    assert scored.reason == "Its pumps failed."
    assert signed.shown["money_line"] == now.walk.money_line
    assert signed.shown["slots"] == now.walk.slots
    assert [band["title"] for band in signed.shown["bands"]] == [
        band.title for band in now.walk.bands()
    ]
    City.objects.update(scoping_slots=1, delivery_slots=1)
    add_costs(projects[0].budget, cast=cast, cost=9_000_000)
    again = AdoptedList.objects.get(pk=signed.pk)
    assert again.shown == signed.shown


def test_the_rank_before_stands_on_the_next_list(cast: SimpleNamespace) -> None:
    projects = ranked_projects(cast, 3)
    first = adopt_list(cast)
    assert set(first.entries.values_list("previous_rank", flat=True)) == {None}
    move(projects[2], 1, cast)
    second = adopt_list(cast)
    assert list(second.entries.values_list("rank", "previous_rank")) == [(1, 3), (2, 1), (3, 2)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE portfolio_adoptedentry SET reason = 'Another.'",
        "UPDATE portfolio_adoptedentry SET has_money = NOT coalesce(has_money, false)",
        "UPDATE portfolio_adoptedentry SET score = 99",
        "UPDATE portfolio_adoptedlist SET shown = '{}'",
        "DELETE FROM portfolio_adoptedentry",
        "INSERT INTO portfolio_adoptedentry SELECT * FROM portfolio_adoptedentry",
    ],
)
def test_nothing_of_an_adopted_list_is_changed_with_sql(cast: SimpleNamespace, change: str) -> None:
    ranked_projects(cast, 2)
    adopt_list(cast)
    before = list(AdoptedEntry.objects.values())
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as raw,
    ):
        raw.execute(change)
    assert list(AdoptedEntry.objects.values()) == before


def test_a_refused_signature_leaves_nothing(cast: SimpleNamespace) -> None:
    ranked_projects(cast, 2)
    with pytest.raises(ValidationError, match="number of the action"):
        adopting.adopt(action_number="  ", adopted_on=cast.city.today(), by=cast.manager)
    assert not AdoptedList.objects.exists()
    assert not Project.objects.filter(listed=True).exists()


@pytest.mark.parametrize("count", [3, 50])
def test_the_page_asks_as_much_of_fifty_as_of_three(
    cast: SimpleNamespace, manager: Client, django_assert_num_queries: Any, count: int
) -> None:
    ranked_projects(cast, count)
    adopt_list(cast)
    manager.get(reverse(ADOPT))
    with django_assert_num_queries(8):
        manager.get(reverse(ADOPT))
