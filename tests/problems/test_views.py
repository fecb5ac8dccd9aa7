"""Reading problems: who sees what, the list, and the page of one statement."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from problems import drafting
from problems.models import Problem
from problems.review import decisions
from tests.factories import declared_priority, defined_problem, draft_problem, make_project
from tests.problems.pages import words

ROUTES = ("detail", "edit", "submit", "review", "reopen")
MADE_ANEW = re.compile(r'(csrfmiddlewaretoken" value="|x-csrftoken": ")\w+')


def url_of(route: str, pk: int) -> str:
    return reverse(f"problems:{route}", args=[pk])


def answer(client: Client, route: str, pk: int) -> Any:
    url = url_of(route, pk)
    return client.post(url) if route == "submit" else client.get(url)


# Who sees what


@pytest.mark.parametrize("route", ROUTES)
def test_a_draft_of_another_department_looks_like_one_that_does_not_exist(
    cast: SimpleNamespace, signed_in: Any, route: str
) -> None:
    problem = draft_problem(cast)
    client = signed_in(cast.outsider)
    hidden, nowhere = (answer(client, route, pk) for pk in (problem.pk, problem.pk + 1000))
    assert hidden.status_code == nowhere.status_code == 404
    assert same(hidden) == same(nowhere)
    assert problem.title not in words(client.get(reverse("problems:list")))


def same(response: Any) -> str:
    return MADE_ANEW.sub(r"\1", response.content.decode())


@pytest.mark.parametrize("person", ["manager", "finance", "council", "security"])
def test_city_wide_roles_see_what_was_sent_and_no_first_drafts(
    cast: SimpleNamespace, signed_in: Any, person: str
) -> None:
    client = signed_in(getattr(cast, person))
    assert answer(client, "detail", draft_problem(cast).pk).status_code == 404
    assert answer(client, "detail", defined_problem(cast).pk).status_code == 200


def test_a_head_of_another_department_reads_a_defined_problem_and_changes_nothing(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = defined_problem(cast)
    client = signed_in(cast.outsider)
    page = words(answer(client, "detail", problem.pk))
    for action in ("Edit", "Reopen", "Review it", "Start a project", "Send to review"):
        assert f"{action}</a>" not in page
        assert f"{action}</button>" not in page
    for route in ("edit", "submit", "reopen"):
        refused = answer(client, route, problem.pk)
        assert refused.status_code == 403
        assert "Only a head of the department that has the problem may write it." in words(refused)
    refused = answer(client, "review", problem.pk)
    assert refused.status_code == 403
    assert "Only a city manager may review problems." in words(refused)


def test_writing_is_for_heads_of_departments(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert client.post(reverse("problems:new")).status_code == 403
    assert "Write a problem" not in words(client.get(reverse("problems:list")))
    client.force_login(cast.reader)
    assert client.get(reverse("problems:list")).status_code == 403


# Starting


def test_a_head_of_one_department_starts_with_one_click(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.head)
    assert "Write a problem</button>" in words(client.get(reverse("problems:list")))
    response = client.post(reverse("problems:new"), {"department": cast.parks.pk})
    problem = Problem.objects.get()
    assert response.url == reverse("problems:step", args=[problem.pk, "who"])
    assert (problem.department, problem.author, problem.owner) == (cast.parks, cast.head, cast.head)


def test_a_head_of_two_departments_chooses(cast: SimpleNamespace, signed_in: Any) -> None:
    cast.head.memberships.create(department=cast.water, is_head=True)
    client = signed_in(cast.head)
    url = reverse("problems:new")
    assert f'<a class="btn" href="{url}">Write a problem</a>' in words(
        client.get(reverse("problems:list"))
    )
    asked = words(client.get(url))
    assert "Parks" in asked
    assert "Water" in asked
    nothing_chosen = client.post(url)
    assert nothing_chosen.status_code == 422
    assert "Choose a department." in words(nothing_chosen)
    client.post(url, {"department": cast.water.pk})
    assert Problem.objects.get().department == cast.water


def test_nobody_starts_a_problem_of_another_department(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    response = signed_in(cast.head).post(reverse("problems:new"), {"department": cast.water.pk})
    assert response.status_code == 422
    assert "Choose a department that you head." in words(response)
    assert not Problem.objects.exists()


# The list


def titles(response: Any) -> list[str]:
    return re.findall(r'<th role="rowheader" scope="row"> ?<a [^>]*>([^<]*)</a>', words(response))


@pytest.fixture
def three(cast: SimpleNamespace) -> None:
    draft_problem(cast, title="Cold homes")
    defined_problem(cast, title="Dark streets", critical_priority=declared_priority())
    drafting.start(department=cast.parks, by=cast.head)


def test_the_list_is_filtered_by_words_state_and_department(
    cast: SimpleNamespace, signed_in: Any, three: None
) -> None:
    client = signed_in(cast.head)

    def listed(**asked: Any) -> set[str]:
        return set(titles(client.get(reverse("problems:list"), asked)))

    assert listed() == {"Cold homes", "Dark streets", "Untitled problem"}
    assert listed(q="dark") == {"Dark streets"}
    assert listed(q="gives up before paying") == {"Cold homes", "Dark streets"}
    assert listed(state="defined") == {"Dark streets"}
    assert listed(department=cast.parks.pk, state="draft") == {"Cold homes", "Untitled problem"}
    assert listed(department=cast.water.pk) == set()
    assert "No problem fits" in words(client.get(reverse("problems:list"), {"q": "zzz"}))


@pytest.mark.parametrize(
    "asked",
    ["state=nonsense", "department=x", "page=x", "page=99999", "page=-1", "per_page=x", "sort=zzz"],
)
def test_an_address_that_cannot_be_read_shows_the_list(
    cast: SimpleNamespace, signed_in: Any, three: None, asked: str
) -> None:
    response = signed_in(cast.head).get(reverse("problems:list") + "?" + asked)
    assert response.status_code == 200
    assert len(titles(response)) == 3


def test_the_list_is_sorted_and_paged(cast: SimpleNamespace, signed_in: Any) -> None:
    for number in range(60):
        problem = drafting.start(department=cast.parks, by=cast.head)
        Problem.objects.filter(pk=problem.pk).update(title=f"Problem {number:02}")
    client = signed_in(cast.head)
    url = reverse("problems:list")
    assert titles(client.get(url, {"sort": "title"}))[:2] == ["Problem 00", "Problem 01"]
    assert titles(client.get(url, {"sort": "-title"}))[0] == "Problem 59"
    assert len(titles(client.get(url))) == 50
    assert len(titles(client.get(url, {"page": 2}))) == 10
    assert len(titles(client.get(url, {"per_page": 5}))) == 5


def test_no_page_is_longer_than_a_hundred_rows(cast: SimpleNamespace, signed_in: Any) -> None:
    author = {"department": cast.parks, "author": cast.head}
    Problem.objects.bulk_create(Problem(title=f"P{n}", **author) for n in range(120))
    response = signed_in(cast.head).get(reverse("problems:list"), {"per_page": 9999})
    assert len(titles(response)) == 100


def test_the_list_takes_as_many_queries_for_50_rows_as_for_3(
    cast: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.head)
    author = {"department": cast.parks, "author": cast.head}
    counts = []
    for more in (3, 47):
        Problem.objects.bulk_create(Problem(title=f"P{n}", **author) for n in range(more))
        client.get(reverse("problems:list"))
        with django_assert_max_num_queries(12) as queries:
            client.get(reverse("problems:list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_htmx_gets_the_table_alone(cast: SimpleNamespace, signed_in: Any, three: None) -> None:
    response = signed_in(cast.head).get(
        reverse("problems:list"), {"sort": "title"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in words(response)
    assert 'id="problems"' in words(response)
    assert titles(response) == ["Untitled problem", "Cold homes", "Dark streets"]


# One statement


def test_the_page_reads_as_the_public_reads_it(cast: SimpleNamespace, signed_in: Any) -> None:
    problem = draft_problem(cast)
    problem.prior_attempts.create(what="A phone line", year=2019, result="Nobody called")
    problem.evidence.create(finding="Count", link="https://example.org/log", count=8140)
    page = words(answer(signed_in(cast.head), "detail", problem.pk))
    for text in (
        "One in four gives up before paying.",
        "6,200",
        "Registration log 2025",
        "City-wide",
        "3 of 5: It costs many people time or money, again and again",
        "Places stay empty while families look elsewhere.",
        "Three lists",
        "Front-desk interviews",
        '26 <span aria-hidden="true">→</span>',
        "<strong>10</strong> percent",
        "Families get an answer the same day.",
        "A phone line (2019)",
        '<a href="https://example.org/log" rel="noopener noreferrer">',
    ):
        assert text in page, text


def test_a_link_that_is_no_web_address_is_text(cast: SimpleNamespace, signed_in: Any) -> None:
    problem = draft_problem(cast)
    problem.evidence.create(finding="Count", link="javascript:alert(1)")
    page = words(answer(signed_in(cast.head), "detail", problem.pk))
    assert 'href="javascript' not in page


def test_an_empty_draft_has_a_page(cast: SimpleNamespace, signed_in: Any) -> None:
    problem = drafting.start(department=cast.parks, by=cast.head)
    page = words(answer(signed_in(cast.head), "detail", problem.pk))
    assert "Untitled problem" in page
    assert "13 things are missing before it can be sent." not in page
    assert "things are missing before it can be sent." in page


def test_decisions_stand_on_the_page_with_their_reasons(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast)
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    decisions.send_back(problem, reasons=[("place", "Which streets?")], by=cast.manager)
    page = words(answer(signed_in(cast.head), "detail", problem.pk))
    assert "<strong>Returned</strong> <span" in page
    assert "<strong>Where it happens:</strong> Which streets?" in page


def test_projects_are_named_only_to_those_who_may_open_them(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = defined_problem(cast)
    project = make_project(cast, problem=problem, title="One sign-up")
    link = f'<a href="{reverse("project", args=[project.pk])}">One sign-up</a>'
    client = signed_in(cast.head)
    assert link in words(answer(client, "detail", problem.pk))
    client.force_login(cast.council)
    assert link in words(answer(client, "detail", problem.pk))
    client.force_login(cast.outsider)
    assert "One sign-up" not in words(answer(client, "detail", problem.pk))


def test_heads_of_the_department_may_start_a_project_from_it(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = defined_problem(cast)
    page = words(answer(signed_in(cast.head), "detail", problem.pk))
    assert f'{reverse("project_new")}?problem={problem.pk}"' in page


def test_the_page_takes_few_queries(
    cast: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    problem = defined_problem(cast)
    client = signed_in(cast.manager)
    with django_assert_max_num_queries(15):
        client.get(problem.get_absolute_url())
