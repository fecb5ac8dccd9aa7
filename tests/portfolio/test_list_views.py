"""The one list, as people use it: what is put on it, and adopting."""

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
