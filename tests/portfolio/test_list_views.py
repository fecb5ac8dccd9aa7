"""The one list, as people use it: what is put on it, and adopting."""

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from portfolio import ranking
from portfolio.models import Project, WorkingPosition
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
