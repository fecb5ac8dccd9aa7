"""Adopted lists as people read them: one, all of them, two side by side, a year's moves."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio import ranking
from portfolio.models import AdoptedEntry, AdoptedList, Project
from tests.factories import adopt_list, make_project, ready_project, scoping_project
from tests.pages import words
from tests.portfolio.one_list import answer_all, move, ranked_projects


def read(client: Client, address: str, **asked: Any) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return words(answer.text)


def main(page: str) -> str:
    """What the page itself says: without tokens."""
    return page[page.index("<main") :]


def compare(client: Client, first: AdoptedList, second: AdoptedList, **asked: Any) -> str:
    numbers = {"from": first.number, "to": second.number}
    return read(client, reverse("adopted_compare"), **numbers, **asked)


def take_off(project: Project, cast: SimpleNamespace) -> None:
    ranking.remove(project, by=cast.manager)


# One list


def test_an_adopted_list_shows_its_lines_as_they_were(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    funded = scoping_project(cast)
    ranked_projects(cast, 5)
    signed = adopt_list(cast)
    client = signed_in(cast.manager)
    page = read(client, signed.get_absolute_url())
    for band in signed.shown["bands"]:
        assert band["title"] in page
    assert "Slots used then" in page
    assert "Had a slot" in page
    assert "Had its money" in page
    entry = signed.entries.exclude(line_sentence="").first()
    assert entry
    assert entry.line_sentence in page
    cast.city.scoping_slots = cast.city.delivery_slots = 1
    cast.city.save()
    take_off(funded, cast)
    assert main(read(client, signed.get_absolute_url())) == main(page)


def test_it_shows_reason_score_and_the_rank_before(cast: SimpleNamespace, signed_in: Any) -> None:
    first, second, _ = ranked_projects(cast, 3)
    client = signed_in(cast.manager)
    assert "New" not in read(client, adopt_list(cast).get_absolute_url())
    answer_all(first, 2, by=cast.head)
    answer_all(second, 4, by=cast.head)
    move(second, 1, cast, reason="The council asked for it.")
    ranking.add_all([make_project(cast, title="Splash pad")], by=cast.manager)
    page = client.get(adopt_list(cast).get_absolute_url()).text
    top = words(page[page.index("Project 2") - 900 : page.index("Project 1<")])
    assert "80 <span" in top
    assert "1 by score" in top
    assert "The council asked for it." in top
    assert 'Rank before"> 2 <' in top
    assert "New" in words(page[page.index("Splash pad") :])


def test_a_list_without_lines_has_no_bands(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 2)
    old = AdoptedList.objects.create(
        action_number="Res. 1", adopted_on=cast.city.today(), signed_by=cast.manager
    )
    page = read(signed_in(cast.manager), old.get_absolute_url())
    assert "Project 1" in page
    assert "Slots used then" not in page
    assert 'class="band' not in page
    assert "slot" not in page


def test_a_band_that_began_on_the_page_before_says_so(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ranked_projects(cast, 55)
    signed = adopt_list(cast)
    client = signed_in(cast.manager)
    assert "Below both lines" in read(client, signed.get_absolute_url(), page=2)


def test_who_may_not_open_a_project_reads_its_title(cast: SimpleNamespace, signed_in: Any) -> None:
    project, *_ = ranked_projects(cast, 1)
    first = adopt_list(cast)
    take_off(project, cast)
    ranked_projects(cast, 1)
    second = adopt_list(cast)
    link = f'href="/projects/{project.pk}/"'
    for reader, has_link in ((cast.outsider, False), (cast.head, True)):
        client = signed_in(reader)
        one = read(client, first.get_absolute_url())
        both = compare(client, first, second)
        assert "Project 1" in one
        assert "Project 1" in both
        assert [link in one, link in both] == [has_link, has_link]


def test_a_years_moves_link_only_what_may_be_opened(cast: SimpleNamespace, signed_in: Any) -> None:
    project, *_ = ranked_projects(cast, 1)
    adopt_list(cast)
    link = f'href="/projects/{project.pk}/"'
    assert link in read(signed_in(cast.head), reverse("list_moves"))
    page = read(signed_in(cast.outsider), reverse("list_moves"))
    assert "Project 1" in page
    assert link not in page


# All of them


def test_the_index_says_which_list_is_in_force(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert "No list was adopted yet" in read(client, reverse("adopted_lists"))
    ranked_projects(cast, 2)
    first = adopt_list(cast)
    second = adopt_list(cast)
    page = read(client, reverse("adopted_lists"))
    assert page.index(second.action_number) < page.index(first.action_number)
    assert "Replaced by list 2" in page
    assert page.count("In force") == 1
    assert cast.manager.name in page
    assert f'href="{reverse("adopted_lists")}"' in read(client, reverse("priority_list"))
    assert f'href="{reverse("adopted_lists")}"' in read(client, second.get_absolute_url())


def test_the_index_says_what_lapsed(
    cast: SimpleNamespace, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked_projects(cast, 1)
    signed = adopt_list(cast)
    assert signed.valid_until
    day = signed.valid_until + timedelta(days=1)
    monkeypatch.setattr("portfolio.models.City.today", lambda _: day)
    page = read(signed_in(cast.manager), reverse("adopted_lists"))
    assert "Lapsed" in page
    assert "In force" not in page


# Two side by side


def test_two_lists_tell_who_entered_left_and_moved_and_why(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    _, second, third, fourth = ranked_projects(cast, 4)
    first_list = adopt_list(cast)
    take_off(second, cast)
    move(fourth, 1, cast, reason="A grant ends in June.")
    adopt_list(cast)
    ranking.add_all([make_project(cast, title="Splash pad")], by=cast.manager)
    last = adopt_list(cast)
    client = signed_in(cast.manager)
    page = compare(client, first_list, last)
    assert "From list 1 to list 3" in page
    assert "New on the list: 1" in page
    assert "at 4 on list 3" in page
    assert "Left the list: 1" in page
    assert "was 2 on list 1" in page
    assert "Moved: 1" in page
    assert "from 4 to 1" in page
    assert "A grant ends in June." in page
    assert third.title not in page
    assert main(compare(client, last, first_list)) == main(page)


def test_two_lists_tell_who_gained_people_or_money(cast: SimpleNamespace, signed_in: Any) -> None:
    cast.city.scoping_slots = cast.city.delivery_slots = 1
    cast.city.save()
    ranked_projects(cast, 4)
    first_list = adopt_list(cast)
    cast.city.scoping_slots = 2
    cast.city.save()
    last = adopt_list(cast)
    page = compare(signed_in(cast.manager), first_list, last)
    assert "Gained or lost people or money: 1" in page
    assert "has people" in page
    assert "2 of 2" in page
    assert "3 of 3" in page


def test_equal_lists_and_the_same_list_say_so(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 2)
    first, second = adopt_list(cast), adopt_list(cast)
    client = signed_in(cast.manager)
    assert "Nothing differs" in compare(client, first, second)
    assert "Choose two different lists" in compare(client, first, first)


def test_a_list_without_lines_can_be_compared(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 2)
    AdoptedList.objects.create(
        action_number="Res. 1", adopted_on=cast.city.today(), signed_by=cast.manager
    )
    page = compare(signed_in(cast.manager), AdoptedList.objects.get(), adopt_list(cast))
    assert "Signed before lists drew lines." in page


def test_long_parts_are_cut_and_shown_when_asked_for(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 1)
    first = adopt_list(cast)
    ranked_projects(cast, 60)
    last = adopt_list(cast)
    client = signed_in(cast.manager)
    page = compare(client, first, last)
    assert "New on the list: 60" in page
    assert "and 50 more" in page
    assert "Project 11<" not in page
    everybody = compare(client, first, last, show="entered")
    assert "Project 11<" in everybody
    assert "Left the list" not in everybody
    assert "Project 60<" in compare(client, first, last, show="entered", page=2)


@pytest.mark.parametrize(
    "asked", [{}, {"from": "1"}, {"from": "x", "to": "1; drop"}, {"show": "1"}]
)
def test_what_names_no_two_lists_gets_the_form(
    cast: SimpleNamespace, signed_in: Any, asked: dict[str, str]
) -> None:
    ranked_projects(cast, 1)
    adopt_list(cast)
    page = read(signed_in(cast.manager), reverse("adopted_compare"), **asked)
    assert "Choose two lists." in page


@pytest.mark.parametrize("asked", [{"from": 1, "to": 3}, {"from": 0, "to": 1}, {"to": "9" * 15}])
def test_a_list_that_is_not_there_is_not_found(
    cast: SimpleNamespace, signed_in: Any, asked: dict[str, Any]
) -> None:
    ranked_projects(cast, 1)
    adopt_list(cast)
    assert signed_in(cast.manager).get(reverse("adopted_compare"), asked).status_code == 404


# A year's moves


def test_a_years_moves_show_the_ranks_of_who_is_on_top(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.manager)
    address = reverse("list_moves")
    assert "The list is empty" in read(client, address)
    *_, last = ranked_projects(cast, 12)
    assert "No list was adopted in the last 12 months" in read(client, address)
    adopt_list(cast)
    move(last, 1, cast, reason="It burns.")
    page = read(client, address)
    assert "Only one list was adopted in these 12 months." in page
    assert "Project 12 rose most, from 12 on list 1 to 1." in page
    assert "<svg" in page
    table = page[page.index("Show the numbers") :]
    assert "Project 9<" in table
    assert "Project 10<" not in table
    assert 'data-label="List 1"> 12 <' in table


def test_lists_of_more_than_a_year_ago_are_not_drawn(
    cast: SimpleNamespace, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked_projects(cast, 2)
    signed = adopt_list(cast)
    day = signed.adopted_on + timedelta(days=366)
    monkeypatch.setattr("portfolio.models.City.today", lambda _: day)
    page = read(signed_in(cast.manager), reverse("list_moves"))
    assert "No list was adopted in the last 12 months" in page


def test_more_lists_than_fit_show_the_newest(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 2)
    for _ in range(13):
        adopt_list(cast)
    page = read(signed_in(cast.manager), reverse("list_moves"))
    assert "Shown are the newest 11 lists." in page
    assert "List 3 <" in page
    assert "List 2 <" not in page


# Queries


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len([one for one in seen if one["sql"] not in {"BEGIN", "COMMIT"}])


def test_fifty_rows_take_as_many_queries_as_three(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    ready_project(cast)
    ranked_projects(cast, 2)
    adopt_list(cast)
    few = _counted(client)
    assert max(few.values()) <= 14, few
    ranked_projects(cast, 47)
    for _ in range(49):
        adopt_list(cast)
    assert AdoptedEntry.objects.filter(adopted_list__number=50).count() >= 50
    assert _counted(client) == few


def _counted(client: Client) -> dict[str, int]:
    latest = AdoptedList.objects.order_by("-number")[0].number
    addresses = {
        "one": reverse("adopted_list", args=[latest]),
        "all": reverse("adopted_lists"),
        "year": reverse("list_moves"),
    }
    return {name: queries(client, address) for name, address in addresses.items()}


def test_comparing_takes_as_many_queries_for_fifty_as_for_three(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.manager)
    for count in (1, 3, 50):
        ranked_projects(cast, count)
        adopt_list(cast)
    short = queries(client, f"{reverse('adopted_compare')}?from=1&to=2")
    assert short <= 14, short
    long = f"{reverse('adopted_compare')}?from=1&to=3&show=entered"
    assert queries(client, long) == short
