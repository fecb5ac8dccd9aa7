"""Moving on the page of the list: by its forms, with and without a script, asked why, refused."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from portfolio import adopting, ranking
from portfolio.models import City, Project, WorkingPosition
from portfolio.roles import Role
from tests.factories import make_user
from tests.pages import words
from tests.portfolio.one_list import answer_all, key_of, order, ranked_projects

HTMX = {"HX-Request": "true"}


@pytest.fixture
def three(cast: SimpleNamespace) -> list[Project]:
    """Three concepts without money, and people for all of them: no line to cross."""
    return ranked_projects(cast, 3)


def post(client: Any, project: Project, *, headers: Any = None, **data: Any) -> Any:
    """Move as somebody does who just opened the list."""
    typed = {"seen": key_of(project), "mark": adopting.order_mark(), **data}
    address = reverse("list_move", args=[project.pk]) + typed.pop("asked", "")
    return client.post(address, typed, headers=headers)


def buttons(page: str, project: Project) -> dict[str, str]:
    """What the buttons of the row of `project` post, by their step."""
    row = page.split(f'id="project-{project.pk}"')[1].split("</tr>", maxsplit=1)[0]
    found = re.findall(r'<button[^>]*value="([^"]*)"[^>]*data-step="(\w+)"([^>]*)>', row, re.DOTALL)
    return {step: value for value, step, rest in found if "disabled" not in rest}


def test_each_button_posts_the_gap_it_moves_to(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    first, second, third = (str(project.pk) for project in three)
    page = signed_in(cast.manager).get(reverse("priority_list")).text
    assert [buttons(page, project) for project in three] == [
        {"down": f"{second}-{third}"},
        {"top": f"-{first}", "up": f"-{first}", "down": f"{third}-"},
        {"top": f"-{first}", "up": f"{first}-{second}"},
    ]


@pytest.mark.parametrize(
    "case",
    [(3, "up", [1, 3, 2]), (3, "top", [3, 1, 2]), (1, "down", [2, 1, 3]), (2, "up", [2, 1, 3])],
)
def test_the_buttons_move_a_project(
    cast: SimpleNamespace,
    three: list[Project],
    signed_in: Any,
    case: tuple[int, str, list[int]],
) -> None:
    place, step, after = case
    client, moved = signed_in(cast.manager), three[place - 1]
    page = client.get(reverse("priority_list")).text
    answer = post(client, moved, between=buttons(page, moved)[step])
    assert order() == [three[n - 1].pk for n in after]
    assert answer.status_code == 302
    assert answer.url == f"{reverse('priority_list')}?page=1&moved={moved.pk}#project-{moved.pk}"
    told = words(client.get(answer.url).text)
    assert f"Project {place} moved from {place} to {after.index(place) + 1} of 3." in told


def test_a_position_past_the_end_is_the_end(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    first, second, third = three
    post(signed_in(cast.manager), first, position="99")
    assert order() == [second.pk, third.pk, first.pk]


def test_a_step_posts_on_the_last_page_what_is_on_the_page_before(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    some = ranked_projects(cast, 52)
    page = signed_in(cast.manager).get(reverse("priority_list"), {"page": 2}).text
    assert buttons(page, some[50])["up"] == f"{some[48].pk}-{some[49].pk}"
    assert f'data-above="{some[49].pk}" data-below=""' in words(page)


@pytest.mark.parametrize("typed", ["0", "-1", "first", "", "9" * 40])
def test_an_absurd_position_is_answered_with_what_is_expected(
    cast: SimpleNamespace, three: list[Project], signed_in: Any, typed: str
) -> None:
    answer = post(signed_in(cast.manager), three[0], position=typed)
    assert answer.status_code == 422
    assert "Nothing was moved" in words(answer.text)
    assert order() == [project.pk for project in three]


@pytest.mark.parametrize("typed", ["1", "a-b", "1-2-3", "--", "9" * 30 + "-"])
def test_a_gap_that_is_none_moves_nothing(
    cast: SimpleNamespace, three: list[Project], signed_in: Any, typed: str
) -> None:
    answer = post(signed_in(cast.manager), three[2], between=typed)
    assert answer.status_code == 422
    assert order() == [project.pk for project in three]


# What htmx gets


def test_htmx_gets_the_list_a_sentence_and_the_address(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    first, second, _ = three
    answer = post(signed_in(cast.manager), second, between=f"-{first.pk}", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.text.index("Project 2") < answer.text.index("Project 1")
    assert f'class="p moved" data-id="{second.pk}"' in words(answer.text)
    assert "Project 2 moved from 2 to 1 of 3." in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Replace-Url"].endswith(f"&moved={second.pk}#project-{second.pk}")


def test_the_sentence_names_the_line_that_was_crossed(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=1)
    first, second, third = three
    answer = post(
        signed_in(cast.manager),
        third,
        between=f"{first.pk}-{second.pk}",
        reason="The grant ends in May.",
        headers=HTMX,
    )
    assert "above the capacity line" in answer.headers["HX-Trigger"]
    assert WorkingPosition.objects.get(project=third).reason == "The grant ends in May."


def test_a_move_shows_what_is_below_the_lines_where_that_was_shown(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=2)
    some = ranked_projects(cast, 6)
    client = signed_in(cast.manager)
    page = client.get(reverse("priority_list"), {"below": "shown"}).text
    assert f"{reverse('list_move', args=[some[1].pk])}?below=shown" in page
    gap = f"-{some[0].pk}"
    answer = post(client, some[1], between=gap, asked="?below=shown", headers=HTMX)
    assert "Project 6" in answer.text
    answer = post(client, some[0], between=f"-{some[1].pk}", headers=HTMX)
    assert "Project 6" not in answer.text


# A reason


def test_a_move_across_a_line_is_asked_why_and_keeps_what_was_chosen(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=1)
    third, client = three[2], signed_in(cast.manager)
    asked = post(client, third, between=f"-{three[0].pk}")
    page = words(asked.text)
    assert asked.status_code == 422
    assert "Say why Project 3 moves from 3 to 1" in page
    assert "Fix one thing" not in page
    assert "(optional)" not in page.split('id="why"')[1].split("</form>")[0]
    assert re.search(r"<textarea[^>]*name=\"reason\"[^>]*autofocus", asked.text)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert kept["between"] == f"-{three[0].pk}"
    assert order() == [project.pk for project in three]
    answer = post(client, third, between=kept["between"], reason="The grant ends in May.")
    assert answer.status_code == 302
    assert order()[0] == third.pk
    assert WorkingPosition.objects.get(project=third).reason == "The grant ends in May."


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Say in a few words why it moves."), ("long " * 100, "at most 300 characters")],
)
def test_a_reason_that_is_none_is_asked_for_again_at_the_field(
    cast: SimpleNamespace, three: list[Project], signed_in: Any, typed: str, told: str
) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=1)
    answer = post(signed_in(cast.manager), three[2], position="1", reason=typed)
    page = words(answer.text)
    assert answer.status_code == 422
    assert "Fix one thing to continue" in page
    assert '<a href="#id_reason">' in page
    assert told in page
    assert order() == [project.pk for project in three]


def test_the_question_says_how_far_a_rank_is_from_its_score(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    some = ranked_projects(cast, 5)
    for value, project in zip((5, 4, 3, 2, 1), some, strict=True):
        answer_all(project, value, by=cast.head)
    answer = post(signed_in(cast.manager), some[4], position="1")
    assert answer.status_code == 422
    assert "it would stand 4 places above its score" in words(answer.text)


# Somebody else was quicker


def test_a_move_between_two_that_are_neighbours_no_more_is_refused_with_who_moved_what(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    first, second, third = three
    page = signed_in(cast.manager).get(reverse("priority_list")).text
    mark, seen = adopting.order_mark(), key_of(third)
    other = make_user("Milo Manager", role=Role.CITY_MANAGER)
    ranking.move(second, to=1, seen=key_of(second), by=other)
    answer = post(
        signed_in(cast.manager),
        third,
        between=buttons(page, third)["up"],
        seen=seen,
        mark=mark,
        headers=HTMX,
    )
    assert answer.status_code == 409
    assert "Milo Manager moved Project 2 from 2 to 1." in words(answer.text)
    assert order() == [second.pk, first.pk, third.pk]
    # The list as it is now comes with the refusal, and can be moved at once.
    assert buttons(answer.text, third)["up"] == f"{second.pk}-{first.pk}"


def test_a_position_speaks_of_the_list_as_it_was_seen(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    first, second, third = three
    mark = adopting.order_mark()
    ranking.move(second, to=1, seen=key_of(second), by=cast.manager)
    answer = post(signed_in(cast.manager), third, position="1", mark=mark)
    assert answer.status_code == 409
    assert "You moved Project 2 from 2 to 1." in words(answer.text)
    assert order() == [second.pk, first.pk, third.pk]


# Undo


def test_the_own_last_move_is_undone_by_one_button(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    client, third = signed_in(cast.manager), three[2]
    assert "Undo my last move" not in client.get(reverse("priority_list")).text
    post(client, third, between=f"-{three[0].pk}")
    page = client.get(reverse("priority_list")).text
    assert "Undo my last move" in page
    answer = client.post(reverse("list_undo"), {"seen": adopting.order_mark()}, headers=HTMX)
    assert "Project 3 moved back from 1 to 3 of 3." in answer.headers["HX-Trigger"]
    assert order() == [project.pk for project in three]
    assert "Undo my last move" not in client.get(reverse("priority_list")).text


def test_nobody_is_offered_to_undo_what_somebody_else_moved(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    mark = adopting.order_mark()
    ranking.move(three[2], to=1, seen=key_of(three[2]), by=cast.manager)
    other = make_user("Milo Manager", role=Role.CITY_MANAGER)
    client = signed_in(other)
    assert "Undo my last move" not in client.get(reverse("priority_list")).text
    assert client.post(reverse("list_undo"), {"seen": mark}).status_code == 409
    answer = client.post(reverse("list_undo"), {"seen": adopting.order_mark()})
    assert answer.status_code == 422
    assert "no move of yours" in words(answer.text)
    assert order()[0] == three[2].pk


# Who may


def test_only_a_city_manager_moves(
    cast: SimpleNamespace, three: list[Project], signed_in: Any
) -> None:
    for person in (cast.head, cast.finance, cast.council, cast.security):
        client = signed_in(person)
        answer = post(client, three[1], between=f"-{three[0].pk}")
        assert answer.status_code == 403
        assert "Only a city manager may do this" in words(answer.text)
        page = client.get(reverse("priority_list")).text
        assert not buttons(page, three[1])
        assert "Move to…" not in page
        assert "grip" not in page
    assert order() == [project.pk for project in three]
