"""The search over everything: what is found, marked and counted, and for whom."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio import projects, scoping
from portfolio.models import Project, User
from portfolio.search import KINDS, found
from problems.models import Problem
from tests.factories import (
    adopt_list,
    defined_problem,
    draft_problem,
    make_project,
    scoping_project,
)
from tests.problems.pages import words

URL = "/search/"
NOTHING = "Nothing found for"


def counts(text: str, user: User, **asked: Any) -> dict[str, int]:
    return {group.kind.key: group.total for group in found(text, user=user, **asked)}


def names(text: str, user: User, kind: str) -> list[str]:
    return [
        re.sub(r"</?mark>", "", hit.title)
        for group in found(text, user=user, only=kind)
        for hit in group.hits
    ]


@pytest.fixture
def town(cast: SimpleNamespace) -> SimpleNamespace:
    """A defined problem and its project, another project in scoping, a list, and drafts."""
    problem = defined_problem(
        cast, title="Dark streets", statement="Seniors fall on unlit sidewalks at night."
    )
    project = make_project(cast, problem=problem, title="Light for Canal Street")
    in_scoping = scoping_project(cast)
    scoping.save(in_scoping, approach="Fix the lanterns first.", seen=0, by=cast.head)
    return SimpleNamespace(
        problem=problem,
        project=project,
        scoping=in_scoping,
        list=adopt_list(cast),
        draft=draft_problem(cast, title="Secret fountain", statement="The fountain leaks."),
        concept=make_project(cast, title="Fountain repair"),
    )


# What is found


def test_a_problem_is_found_by_any_of_its_words(cast: SimpleNamespace, town: Any) -> None:
    for text in ("dark street", "unlit sidewalk", "senior fall", '"dark streets"', "sidew"):
        assert names(text, cast.manager, "problems") == ["Dark streets"], text
    assert counts("dark zebra", cast.manager) == {}


def test_a_project_is_found_by_its_words_and_by_its_number(
    cast: SimpleNamespace, town: Any
) -> None:
    Project.objects.filter(pk=town.project.pk).update(summary="Lamps at every crossing.")
    for text in ("canal", "crossings", town.project.reference, f"p-{town.project.pk}"):
        assert names(text, cast.manager, "projects") == ["Light for Canal Street"], text


def test_a_brief_is_found_by_all_that_it_says(cast: SimpleNamespace, town: Any) -> None:
    assert names("canal", cast.council, "briefs") == ["Light for Canal Street"]
    assert names("sidewalks", cast.council, "briefs") == ["Light for Canal Street"]
    assert names("lanterns", cast.council, "briefs") == [town.scoping.title]
    (group,) = found("lanterns", user=cast.council)
    assert group.hits[0].url == reverse("project_brief", args=[town.scoping.pk])
    assert "<mark>lanterns</mark>" in group.hits[0].excerpt


def test_an_adopted_list_is_found_by_its_number_and_its_action(
    cast: SimpleNamespace, town: Any
) -> None:
    name = str(town.list)
    for text in (name, f"list {town.list.number}", f"#{town.list.number}"):
        assert names(text, cast.council, "lists") == [name], text
    assert name in names(town.list.action_number, cast.council, "lists")


def test_what_is_found_is_marked_and_everything_is_escaped(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    evil = "<script>alert('x')</script> lamp <img src=x onerror=alert(1)> \x02<b>\x03 \x03\x02"
    problem = defined_problem(cast, title="<b>Lamp</b> & lamp", statement=evil)
    assert problem.pk
    page = words(signed_in(cast.manager).get(URL, {"q": "lamp"}))
    assert "&lt;b&gt;<mark>Lamp</mark>&lt;/b&gt; &amp; <mark>lamp</mark>" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("<mark>") == page.count("</mark>")
    assert not re.search("[\x00-\x08]", page)


# Who may see what


def test_drafts_of_others_are_neither_shown_nor_counted(
    cast: SimpleNamespace, signed_in: Any, town: Any
) -> None:
    assert counts("fountain", cast.head) == {"problems": 1, "projects": 1, "briefs": 1}
    assert counts("fountain", cast.outsider) == {}
    assert counts("fountain", cast.manager) == {"projects": 1, "briefs": 1}
    client = signed_in(cast.outsider)
    same = {
        words(client.get(URL, {"q": text})).count("found") for text in ("fountain", "hippopotamus")
    }
    assert len(same) == 1
    assert "Secret" not in words(client.get(URL, {"q": "fountain"}))


def test_another_departments_project_is_not_found_by_a_problem_that_all_may_read(
    cast: SimpleNamespace, town: Any
) -> None:
    assert counts("sidewalks", cast.outsider) == {"problems": 1}
    assert counts("canal", cast.outsider) == {}
    assert counts(town.project.reference, cast.outsider) == {}


def test_a_brief_is_not_found_by_words_of_a_problem_that_the_reader_may_not_read(
    cast: SimpleNamespace, town: Any
) -> None:
    projects.answer(town.concept, problem=town.draft, by=cast.head)
    Project.objects.filter(pk=town.concept.pk).update(title="Water in the park")
    assert names("leaks", cast.head, "briefs") == ["Water in the park"]
    assert counts("leaks", cast.council) == {}


@pytest.mark.parametrize("person", ["reader", "administrator"])
def test_who_reads_nothing_finds_nothing(
    cast: SimpleNamespace, signed_in: Any, town: Any, person: str
) -> None:
    user = getattr(cast, person)
    for text in ("canal", "dark", str(town.list), town.project.reference):
        assert counts(text, user) == {}
    assert NOTHING in words(signed_in(user).get(URL, {"q": "canal"}))


def test_every_kind_asks_for_a_permission() -> None:
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.permission
        assert kind.label


# The page


def test_the_page_groups_what_it_finds_with_counts_and_links(
    cast: SimpleNamespace, signed_in: Any, town: Any
) -> None:
    page = words(signed_in(cast.council).get(URL, {"q": "street"}))
    assert "3 found for “street”." in page
    for kind, label in (("problems", "Problems"), ("projects", "Projects"), ("briefs", "Council")):
        assert f'<h2 id="found-{kind}"> {label}' in page
    assert f'<a href="{town.problem.get_absolute_url()}">Dark <mark>streets</mark></a>' in page
    assert "Parks · Defined" in page
    assert f"{town.project.reference} · Parks · Needs budget and priority" in page


def test_every_kind_can_be_seen_whole_page_by_page(cast: SimpleNamespace, signed_in: Any) -> None:
    author = {"department": cast.parks, "author": cast.head, "statement": "Ice everywhere."}
    Problem.objects.bulk_create(Problem(title=f"Ice {n:02}", **author) for n in range(30))
    client = signed_in(cast.head)
    page = words(client.get(URL, {"q": "ice"}))
    assert page.count("<mark>Ice</mark> ") >= 5
    assert "30 found" in page
    assert 'href="/search/?q=ice&amp;kind=problems"' in page
    whole = words(client.get(URL, {"q": "ice", "kind": "problems", "page": "2"}))
    assert "21 to 30 of 30" in whole
    assert 'href="/search/?q=ice"' in whole
    assert client.get(URL, {"q": "ice", "kind": "zzz", "page": "x"}).status_code == 200


def test_without_words_nothing_is_asked(
    cast: SimpleNamespace, signed_in: Any, town: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.head)
    client.get(URL)
    with django_assert_max_num_queries(4):
        page = words(client.get(URL, {"q": "  "}))
    assert NOTHING not in page


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        '"unclosed',
        "a" * 10_000,
        "x " * 10_000,
        "\x00",
        "\x00\x01\x02\x03",
        "the and of",
        "و في من",
        "\u202egnp.exe",
        "'; drop table problems_problem; --",
        "a:* & !b | (c <-> d)",
        "<script>alert(1)</script>",
        "-",
        "--a -b -",
        "%_\\",
        "🚌",
        "P-99999999999999999999",
        "9" * 50,
        "list 999999",
    ],
)
def test_hostile_words_are_answered_calmly(
    cast: SimpleNamespace, signed_in: Any, town: Any, text: str
) -> None:
    response = signed_in(cast.council).get(URL, {"q": text})
    assert response.status_code == 200
    page = words(response)
    assert "found for" in page or "that you may see." in page
    assert "<script>alert" not in page


def test_it_takes_at_most_12_queries(
    cast: SimpleNamespace, signed_in: Any, town: Any, django_assert_max_num_queries: Any
) -> None:
    Problem.objects.filter(pk=town.problem.pk)
    action = town.list.action_number.split()[0]
    defined_problem(cast, title=f"{action} of the street")
    make_project(cast, title=f"{action} of the street")
    client: Client = signed_in(cast.council)
    client.get(URL)
    with django_assert_max_num_queries(12):
        page = words(client.get(URL, {"q": action}))
    assert page.count('<h2 id="found-') == 4


# The box on every page


def test_the_box_stands_in_the_top_bar_of_those_who_read_something(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    page = words(signed_in(cast.head).get("/"))
    assert 'action="/search/" role="search" aria-label="Whole site"' in page
    assert '<label class="vh" for="find">Search the whole site</label>' in page
    assert "Whole site" not in words(Client().get(reverse("account_login")))
