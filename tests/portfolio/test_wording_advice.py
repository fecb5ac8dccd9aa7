"""Advice on the words of projects, scopes, reasons and briefs: it explains and stops nobody."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from portfolio import projects, scoping
from portfolio.models import Project, Scope
from portfolio.wording import Text, on_text
from problems.marks import Stale
from tests.factories import city_word, defined_problem, make_project, scoping_project
from tests.pages import words

HYPED = "A world-class start for permits"
SOLD = "Buy cameras for the parks"


def kinds(kind: Text, text: str) -> set[str]:
    return {item.kind for item in on_text(kind, text)}


@pytest.mark.django_db
def test_a_technology_is_advised_on_in_a_title_and_not_in_a_scope() -> None:
    assert "tech_first" in kinds(Text.TITLE, SOLD)
    assert kinds(Text.SCOPE, "The city buys cameras. Crews install them in May.") == set()
    assert "hype" in kinds(Text.SCOPE, "A world-class design.")
    assert "hype" in kinds(Text.REASON, "It was a world-class idea.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "title",
    [
        "Keep sewage out of the river",
        "Replace lead pipes in the oldest neighborhoods",
        "Help people keep their court date",
        "Answer permit applications on time",
        "Mend the traffic signals that fail",
        "Help older riders who cannot use the app",
        "Answer 311 calls on time",
        "Shade for the hottest bus stops",
    ],
)
def test_a_title_that_says_what_people_get_is_left_alone(title: str) -> None:
    assert on_text(Text.TITLE, title) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "title",
    [
        SOLD,
        "A dashboard for 311 calls",
        "Smart parking app",
        "Information kiosks downtown",
        "Digital twin of downtown",
    ],
)
def test_a_title_that_names_a_product_is_technology_first(title: str) -> None:
    assert "tech_first" in kinds(Text.TITLE, title)


def test_the_field_is_advised_on_while_it_is_typed(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.head)
    page = client.get(reverse("project_new")).text
    assert 'hx-post="/wording/?kind=title&amp;field=title"' in page
    answer = client.post("/wording/?kind=title&field=title", {"title": HYPED})
    assert "world-class" in words(answer.text)
    assert "<html" not in answer.text
    assert "Nothing to reword here." in words(
        client.post("/wording/?kind=title&field=title", {"title": "Shade at bus stops"}).text
    )
    for wrong in ("?kind=poem&field=title", "?kind=title&field=other", ""):
        assert client.post(f"/wording/{wrong}", {"title": HYPED}).status_code == 400


def test_script_in_a_title_comes_back_as_text(cast: SimpleNamespace, signed_in: Any) -> None:
    title = "A world-class <script>alert(1)</script>"
    client = signed_in(cast.head)
    answer = client.post("/wording/?kind=title&field=title", {"title": title})
    assert "<script>alert" not in answer.text
    assert (
        "<script>alert"
        not in client.post(reverse("project_new"), {"title": title, "check": "1"}).text
    )


def test_the_button_shows_advice_and_saves_nothing(cast: SimpleNamespace, signed_in: Any) -> None:
    client, url = signed_in(cast.head), reverse("project_new")
    form = {"title": HYPED, "department": cast.parks.pk, "problem": ""}
    answer = client.post(url, form | {"check": "1"})
    assert answer.status_code == 200
    assert "1 place to reword" in words(answer.text)
    assert "Nothing is saved yet." in words(answer.text)
    assert not Project.objects.exists()
    assert client.post(url, form).status_code == 302
    assert Project.objects.get().title == HYPED


def test_reasons_and_scopes_have_the_button_too(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    stop = reverse("project_stop", args=[project.pk])
    answer = signed_in(cast.manager).post(stop, {"reason": "A game-changing loss.", "check": "1"})
    assert "1 place to reword" in words(answer.text)
    project.refresh_from_db()
    assert project.stage == Project.Stage.SCOPING
    scope = {"seen": "0", "approach": "A world-class approach.", "check": "1"}
    for prefix in ("scopeoption", "deliverable", "milestone", "risk"):
        scope |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    scope["risk-0-what"] = "Best-in-class vendors leave."
    scope |= {"risk-0-likelihood": "2", "risk-0-effect": "2", "risk-0-answer": "Ask two."}
    answer = signed_in(cast.head).post(reverse("scope", args=[project.pk]), scope)
    assert answer.status_code == 200
    assert "2 places to reword" in words(answer.text)
    assert not Scope.objects.exists()


def test_the_citys_words_count_here_too(cast: SimpleNamespace, signed_in: Any) -> None:
    city_word("CivicFlow")
    answer = signed_in(cast.head).post(
        "/wording/?kind=title&field=title", {"title": "Buy CivicFlow for permits"}
    )
    assert "CivicFlow" in answer.text


# The description of a project


def test_a_head_rewords_a_project_and_lists_keep_the_old_title(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = scoping_project(cast)
    old = project.title
    url = reverse("project_describe", args=[project.pk])
    form = {"seen": projects.description_mark(project), "title": "Shade at stops", "summary": ""}
    assert signed_in(cast.head).post(url, form).status_code == 302
    project.refresh_from_db()
    assert project.title == "Shade at stops"
    assert project.adopted_entries.get().title == old


def test_a_stale_description_is_shown_beside_the_saved_one(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast)
    url, client = reverse("project_describe", args=[project.pk]), signed_in(cast.head)
    form = {"seen": projects.description_mark(project), "title": "First", "summary": ""}
    client.post(url, form)
    answer = client.post(url, form | {"title": "Second"})
    assert answer.status_code == 409
    assert "First" in words(answer.text)
    assert 'value="Second"' in answer.text
    project.refresh_from_db()
    assert project.title == "First"
    with pytest.raises(Stale):
        projects.describe(project, title="Third", summary="", seen="old", by=cast.head)


# Briefs


def test_a_brief_says_what_is_left_open_and_where_it_is_reworded(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast, title=HYPED, problem=defined_problem(cast, place="Everywhere"))
    url = reverse("project_brief", args=[project.pk])
    page = words(signed_in(cast.head).get(url).text)
    assert "Advice left open in" in page
    assert reverse("project_describe", args=[project.pk]) in page
    council = words(signed_in(cast.council).get(url).text)
    assert "Parks rewords it" in council
    assert reverse("project_describe", args=[project.pk]) not in council


def test_a_brief_of_plain_words_shows_no_advice(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast, title="One sign-up for programs")
    page = words(signed_in(cast.head).get(reverse("project_brief", args=[project.pk])).text)
    assert "Advice left open" not in page


def test_a_brief_leads_to_the_advice_in_the_scope(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    scoping.save(project, approach="A world-class approach.", seen=0, by=cast.head)
    client = signed_in(cast.head)
    page = words(client.get(reverse("project_brief", args=[project.pk])).text)
    url = f"{reverse('scope', args=[project.pk])}?check=1"
    assert url in page
    assert "1 place to reword" in words(client.get(url).text)
