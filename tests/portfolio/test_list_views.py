"""The one list, as people use it: reading, moving, adopting."""

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from portfolio import adopting, ranking
from portfolio.models import AdoptedList, Project, WorkingPosition
from tests.factories import make_project, ready_project
from tests.pages import words


def ranked(cast: SimpleNamespace, count: int) -> list[Project]:
    projects = [make_project(cast, title=f"Project {n:03d}") for n in range(1, count + 1)]
    ranking.add_all(projects, by=cast.manager)
    return projects


def order() -> list[str]:
    return list(WorkingPosition.objects.in_order().values_list("project__title", flat=True))


def key_of(project: Project) -> str:
    return WorkingPosition.objects.get(project=project).key


def move(client: Any, project: Project, **data: Any) -> Any:
    return client.post(reverse("list_move", args=[project.pk]), data)


def test_the_buttons_move_a_project_one_step(cast: SimpleNamespace, signed_in: Any) -> None:
    first, second, third = ranked(cast, 3)
    client = signed_in(cast.manager)
    move(client, third, step="up", seen=key_of(third))
    assert order() == ["Project 001", "Project 003", "Project 002"]
    move(client, first, step="down", seen=key_of(first))
    assert order() == ["Project 003", "Project 001", "Project 002"]
    answer = move(client, second, position="1", seen=key_of(second))
    assert order() == ["Project 002", "Project 003", "Project 001"]
    assert answer.status_code == 302
    assert answer.url == f"{reverse('priority_list')}?page=1&moved={second.pk}#project-{second.pk}"


def test_a_position_past_the_end_is_the_end(cast: SimpleNamespace, signed_in: Any) -> None:
    first, *_ = ranked(cast, 3)
    move(signed_in(cast.manager), first, position="99", seen=key_of(first))
    assert order() == ["Project 002", "Project 003", "Project 001"]


def test_a_stale_move_is_refused_with_the_list_as_it_is(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    *_, third = ranked(cast, 3)
    seen = key_of(third)
    ranking.move(third, to=1, seen=seen, by=cast.manager)
    answer = move(signed_in(cast.manager), third, position="2", seen=seen)
    assert answer.status_code == 409
    assert "Somebody moved this project since you opened the list" in words(answer.text)
    assert order() == ["Project 003", "Project 001", "Project 002"]


def test_an_absurd_position_is_answered_with_what_is_expected(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    first, *_ = ranked(cast, 2)
    for typed in ("0", "-1", "first", "", "9" * 40):
        answer = move(signed_in(cast.manager), first, position=typed, seen=key_of(first))
        assert answer.status_code == 422
        assert "Nothing was moved" in words(answer.text)
    assert order() == ["Project 001", "Project 002"]


def test_htmx_gets_the_rows_only_and_a_sentence(cast: SimpleNamespace, signed_in: Any) -> None:
    _, second = ranked(cast, 2)
    answer = signed_in(cast.manager).post(
        reverse("list_move", args=[second.pk]),
        {"step": "up", "seen": key_of(second)},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "<html" not in words(answer.text)
    assert answer.text.index("Project 002") < answer.text.index("Project 001")
    assert "Project 002 moved from 2 to 1 of 2." in answer.headers["HX-Trigger"]


def test_only_a_city_manager_moves(cast: SimpleNamespace, signed_in: Any) -> None:
    _, second = ranked(cast, 2)
    for person in (cast.head, cast.finance, cast.council, cast.security):
        answer = move(signed_in(person), second, step="up", seen=key_of(second))
        assert answer.status_code == 403
        assert "Only a city manager may do this" in words(answer.text)
    assert order() == ["Project 001", "Project 002"]


def test_adopting_signs_the_order_once(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 3)
    client = signed_in(cast.manager)
    data = {
        "action_number": "Res. 7",
        "adopted_on": cast.city.today().isoformat(),
        "seen": adopting.order_mark(),
    }
    answer = client.post(reverse("list_adopt"), data)
    signed = AdoptedList.objects.get()
    assert answer.url == signed.get_absolute_url()
    assert list(signed.entries.values_list("rank", "title")) == [
        (1, "Project 001"),
        (2, "Project 002"),
        (3, "Project 003"),
    ]
    again = client.post(reverse("list_adopt"), data)
    assert again.status_code == 422
    assert "A list was already adopted by Res. 7" in words(again.text)
    assert AdoptedList.objects.count() == 1


def test_a_list_is_signed_only_as_its_signer_saw_it(cast: SimpleNamespace, signed_in: Any) -> None:
    *_, last = ranked(cast, 3)
    data = {
        "action_number": "Res. 9",
        "adopted_on": cast.city.today().isoformat(),
        "seen": adopting.order_mark(),
    }
    ranking.move(last, to=1, seen=key_of(last), by=cast.manager)
    client = signed_in(cast.manager)
    answer = client.post(reverse("list_adopt"), data)
    assert answer.status_code == 409
    assert "Somebody changed the order while you had this page open" in words(answer.text)
    assert "Res. 9" in answer.text
    assert not AdoptedList.objects.exists()
    client.post(reverse("list_adopt"), data | {"seen": adopting.order_mark()})
    assert AdoptedList.objects.get().entries.get(rank=1).project == last


def test_adopting_in_the_future_is_refused_at_the_field(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ranked(cast, 1)
    data = {"action_number": "Res. 8", "adopted_on": "2199-01-01", "seen": adopting.order_mark()}
    answer = signed_in(cast.manager).post(reverse("list_adopt"), data)
    assert answer.status_code == 422
    assert "today or earlier" in words(answer.text)
    assert not AdoptedList.objects.exists()


def test_another_departments_head_reads_the_list_without_the_links(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    first, *_ = ranked(cast, 1)
    page = signed_in(cast.outsider).get(reverse("priority_list")).text
    assert "Project 001" in page
    assert f'href="/projects/{first.pk}/"' not in page


def test_the_list_takes_as_many_queries_at_fifty_rows_as_at_three(
    cast: SimpleNamespace, signed_in: Any, django_assert_num_queries: Any
) -> None:
    client = signed_in(cast.manager)
    ranked(cast, 3)
    with django_assert_num_queries(10):
        client.get(reverse("priority_list"))
    ranked(cast, 47)
    with django_assert_num_queries(10):
        client.get(reverse("priority_list"))


def test_a_move_takes_ten_queries_at_most_and_writes_one_row(
    cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    *_, last = ranked(cast, 40)
    before = dict(WorkingPosition.objects.values_list("project_id", "key"))
    with django_assert_max_num_queries(10):
        ranking.move(last, to=1, seen=before[last.pk], by=cast.manager)
    after = dict(WorkingPosition.objects.values_list("project_id", "key"))
    assert [key for key in after if after[key] != before[key]] == [last.pk]


def test_put_projects_on_the_list(cast: SimpleNamespace, signed_in: Any) -> None:
    first, second = make_project(cast, title="B"), make_project(cast, title="A")
    client = signed_in(cast.manager)
    assert client.post(reverse("list_add"), {}).status_code == 422
    client.post(reverse("list_add"), {"project": [first.pk, second.pk]})
    assert order() == ["A", "B"]
    again = client.post(reverse("list_add"), {"project": [first.pk]})
    assert again.status_code == 422
    assert "not on the list" in words(again.text)


def test_the_working_order_differs_from_the_list_in_force(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ready = ready_project(cast)
    client = signed_in(cast.manager)
    assert "As adopted" in words(client.get(reverse("priority_list")).text)
    ranked(cast, 1)
    assert "Working order with 1 change." in words(client.get(reverse("priority_list")).text)
    client.post(reverse("list_remove", args=[ready.pk]))
    assert not WorkingPosition.objects.filter(project=ready).exists()
