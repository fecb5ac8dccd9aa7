"""Briefs over HTTP: who gets which, as a page and as a PDF."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio import ranking
from portfolio.briefs import pdf
from tests import factories


def test_the_page_shows_what_the_pdf_shows(cast: SimpleNamespace, signed_in: Any) -> None:
    project = factories.ready_project(cast, title="One sign-up for programs")
    answer = signed_in(cast.council).get(reverse("project_brief", args=[project.pk]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This project may be scoped: problem, budget and priority are all defined." in page
    assert "Parents who register a child wait up to nine days for an answer." in page
    assert reverse("project_brief_pdf", args=[project.pk]) in page
    # The parts of the content are the very templates of the PDF.
    names = {template.name for template in answer.templates}
    assert {"briefs/project_content.html", "briefs/sections/budget.html"} <= names
    assert "style=" not in page


def test_a_blocked_project_says_so_before_all_else(cast: SimpleNamespace, signed_in: Any) -> None:
    project = factories.make_project(cast)
    page = signed_in(cast.council).get(reverse("project_brief", args=[project.pk])).content.decode()
    verdict = page.index("This project may not be scoped yet: 3 of 3 are missing.")
    assert verdict < page.index("No problem is named that this project answers.")
    assert verdict < page.index("In brief")


def test_the_pdf_is_a_file_with_a_name(cast: SimpleNamespace, signed_in: Any) -> None:
    project = factories.make_project(cast, title='A "quoted"\r\nX-Evil: 1; été')
    answer = signed_in(cast.council).get(reverse("project_brief_pdf", args=[project.pk]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer["Content-Type"] == "application/pdf"
    day = cast.city.today().isoformat()
    assert answer["Content-Disposition"] == (
        f'attachment; filename="brief-{project.reference.lower()}-a-quoted-x-evil-1-ete-{day}.pdf"'
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert "X-Evil" not in answer


@pytest.mark.parametrize("route", ["project_brief", "project_brief_pdf"])
def test_another_departments_project_does_not_exist(
    cast: SimpleNamespace, signed_in: Any, route: str
) -> None:
    project = factories.make_project(cast)
    url = reverse(route, args=[project.pk])
    assert signed_in(cast.outsider).get(url).status_code == 404
    assert signed_in(cast.reader).get(url).status_code == 404
    assert signed_in(cast.administrator).get(url).status_code == 404
    assert signed_in(cast.head).get(url).status_code == 200


@pytest.mark.parametrize("route", ["project_brief", "project_brief_pdf"])
def test_briefs_are_read_only(cast: SimpleNamespace, signed_in: Any, route: str) -> None:
    url = reverse(route, args=[factories.make_project(cast).pk])
    assert signed_in(cast.council).post(url).status_code == 405


def test_a_refusal_is_shown_on_the_page(
    cast: SimpleNamespace, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf.PRESS, "ask", lambda _html: None)
    project = factories.ready_project(cast)
    for url in (
        reverse("project_brief_pdf", args=[project.pk]),
        reverse("adopted_list_brief_pdf", args=[1]),
    ):
        answer = signed_in(cast.council).get(url)
        assert answer.status_code == 422
        assert "No PDF was made: printing took too much time or memory" in answer.content.decode()


def test_an_adopted_list_as_page_and_pdf(cast: SimpleNamespace, signed_in: Any) -> None:
    project = factories.ready_project(cast, title="One sign-up for programs")
    client = signed_in(cast.head)
    page = client.get(reverse("adopted_list_brief", args=[1])).content.decode()
    assert "1 project on one ranked list." in page
    assert project.title in page
    document = client.get(reverse("adopted_list_brief_pdf", args=[1]))
    assert document.content.startswith(b"%PDF-1.7")
    assert "brief-priority-list-1-" in document["Content-Disposition"]
    assert client.get(reverse("adopted_list_brief", args=[2])).status_code == 404
    assert signed_in(cast.reader).get(reverse("adopted_list_brief", args=[1])).status_code == 403


def test_the_index_lists_what_can_be_exported(cast: SimpleNamespace, signed_in: Any) -> None:
    project = factories.ready_project(cast, title="One sign-up for programs")
    page = signed_in(cast.council).get(reverse("briefs")).content.decode()
    for route, key in (
        ("project_brief", project.pk),
        ("project_brief_pdf", project.pk),
        ("adopted_list_brief", 1),
        ("adopted_list_brief_pdf", 1),
    ):
        assert reverse(route, args=[key]) in page
    assert project.title not in signed_in(cast.outsider).get(reverse("briefs")).content.decode()


def test_the_index_finds_by_title(cast: SimpleNamespace, signed_in: Any) -> None:
    for title in ("Mend benches", "Count crossings"):
        factories.make_project(cast, title=title)
    page = signed_in(cast.council).get(reverse("briefs"), {"q": " bench "}).content.decode()
    assert "Mend benches" in page
    assert "Count crossings" not in page
    page = signed_in(cast.council).get(reverse("briefs"), {"q": "<nothing>"}).content.decode()
    assert "No project has these words in its title" in page


def test_the_index_takes_as_many_queries_for_fifty_rows(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.council)

    def queries_for(more: int) -> int:
        made = [factories.make_project(cast) for _ in range(more)]
        ranking.add(made[0], by=cast.manager)
        factories.adopt_list(cast)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("briefs"))
        shown = answer.content.decode().count("the PDF of One sign-up")
        assert shown == min(more, 50)
        return len(queries)

    assert queries_for(3) == queries_for(57) <= 12
