"""The pages of the scores: answering, correcting, comparing."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio import line_facts, projects, ranking, scoring
from portfolio.models import Answer, Project, WorkingPosition
from tests.factories import make_project, make_user
from tests.pages import words
from tests.portfolio.scoring_steps import (
    CODES,
    answer,
    criterion,
    scored,
)


def page_of(client: Client, project: Project) -> str:
    return words(client.get(reverse("project_score", args=[project.pk])).text)


def seen(project: Project) -> str:
    return scoring.mark(scoring.questions(project))


def chosen(project: Project, **values: int) -> dict[str, str]:
    """The form as a head sends it with these answers chosen."""
    fields = {f"criterion_{criterion(code).pk}": str(value) for code, value in values.items()}
    return {"seen": seen(project)} | fields


def save(client: Client, project: Project, data: dict[str, str]) -> Any:
    return client.post(reverse("project_score", args=[project.pk]), data)


# The department answers


def test_a_head_reads_every_question_with_its_answers_in_words_and_its_weight(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    page = page_of(signed_in(cast.head), make_project(cast))
    assert page.count('type="radio"') == 54
    assert "People die or are badly hurt from it every year." in page
    assert "How much harm to people does this problem cause today?" in page
    weights = ["25", "15", "15", "10", "10", "10", "5", "5", "5"]
    assert re.findall(r"Weighs (\d+) of 100", page) == weights
    assert "0 of 9" in page
    assert " checked" not in page


def test_some_answers_may_wait(cast: SimpleNamespace, signed_in: Any) -> None:
    project, client = make_project(cast), signed_in(cast.head)
    response = save(client, project, chosen(project, safety=4, equity=0))
    assert response.status_code == 302
    page = page_of(client, project)
    assert "2 answers saved. 7 of 9 still to answer." in page
    assert "20 so far" in page
    assert page.count(" checked") == 2
    assert f"{cast.head.name}, " in page
    response = save(client, project, chosen(project, **dict.fromkeys(CODES[1:], 4), safety=4))
    assert "8 answers saved. Every criterion is answered." in page_of(client, project)
    assert "<strong>80</strong> of 100" in page_of(client, project)


def test_nothing_chosen_saves_nothing(cast: SimpleNamespace, signed_in: Any) -> None:
    project, client = make_project(cast), signed_in(cast.head)
    save(client, project, chosen(project))
    assert "Nothing changed. 9 of 9 still to answer." in page_of(client, project)
    assert not Answer.objects.exists()


def test_of_two_heads_the_second_sees_the_answers_of_the_first_and_keeps_the_own(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project, client = make_project(cast), signed_in(cast.head)
    data = chosen(project, safety=1, mandate=2)
    answer(project, by=make_user("Hugo Head", head_of=cast.parks), safety=5)
    response = save(client, project, data)
    page = words(response.text)
    assert response.status_code == 409
    assert "Nothing was saved. Somebody answered" in page.replace("</strong>", "")
    assert "Saved now: 5 People die or are badly hurt from it every year. Hugo Head, " in page
    assert page.count(" checked") == 2
    again = re.search(r'name="seen" value="(\w+)"', page)
    assert again
    assert save(client, project, data | {"seen": again[1]}).status_code == 302
    assert project.answers.get(criterion=criterion("safety")).value == 1


def test_an_answer_that_does_not_exist_is_refused_in_words(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast)
    response = save(signed_in(cast.head), project, chosen(project, safety=6, equity=1))
    assert response.status_code == 422
    page = words(response.text)
    assert "Fix one thing to continue" in page
    assert "Choose one of the six answers." in page
    assert page.count(" checked") == 1
    assert not Answer.objects.exists()


def test_a_page_without_its_mark_is_sent_back(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    data = chosen(project, safety=1)
    del data["seen"]
    response = save(signed_in(cast.head), project, data)
    assert response.status_code == 422
    assert "Reload the page, then save again." in words(response.text)


@pytest.mark.parametrize("who", ["finance", "manager", "security", "council"])
def test_who_reads_projects_reads_the_answers_and_gives_none(
    cast: SimpleNamespace, signed_in: Any, who: str
) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=4)
    client = signed_in(getattr(cast, who))
    page = page_of(client, project)
    assert "Someone is badly hurt" in page
    assert 'type="radio"' not in page
    assert ("Correct this answer" in page) == (who == "manager")
    response = save(client, project, chosen(project, mandate=1))
    assert response.status_code == 403
    assert "Only a department head may do this." in words(response.text)
    assert Answer.objects.count() == 1


def test_another_departments_head_finds_no_such_page(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=4)
    client = signed_in(cast.outsider)
    address = reverse("project_score", args=[project.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, chosen(project, safety=1)).status_code == 404
    correction = reverse("answer_correct", args=[project.pk, criterion("safety").pk])
    assert client.get(correction).status_code == 404
    assert project.answers.get().value == 4


def test_a_stopped_project_keeps_its_answers(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=4)
    data = chosen(project, safety=1)
    projects.stop(project, reason="It was enough.", by=cast.manager)
    client = signed_in(cast.head)
    assert 'type="radio"' not in page_of(client, project)
    response = save(client, project, data)
    assert response.status_code == 422
    assert "This project is stopped. Its answers stay as they are." in words(response.text)


# The manager corrects


def correct(client: Client, project: Project, **changes: str) -> Any:
    data = {"seen": seen(project), "value": "2", "reason": "No injury is on record."} | changes
    address = reverse("answer_correct", args=[project.pk, criterion("safety").pk])
    return client.post(address, data)


def test_answer_and_correction_are_read_side_by_side(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scored(cast, safety=5)
    client = signed_in(cast.manager)
    assert correct(client, project).status_code == 302
    client.force_login(cast.head)
    page = page_of(client, project)
    assert "People die or are badly hurt from it every year." in page
    assert "Corrected. This counts:" in page
    assert "It could hurt people. No injury or illness is on record." in page
    assert "No injury is on record." in page
    assert page.index(f"{cast.head.name}, ") < page.index(f"{cast.manager.name}, ")
    assert "<strong>55</strong> of 100" in page
    # The department leaves it: eight questions to choose from, and this one to read.
    assert page.count('type="radio"') == 48
    response = save(client, project, chosen(project, safety=4))
    assert response.status_code == 302
    assert project.answers.get(criterion=criterion("safety")).counted == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": "  "}, "Say why another answer is right."),
        ({"value": ""}, "Choose one of the six answers."),
        ({"value": "6"}, "Choose one of the six answers."),
        ({"value": "5"}, "This answer counts already. Choose another one."),
        ({"seen": ""}, "Reload the page, then save again."),
    ],
)
def test_a_correction_says_what_it_lacks(
    cast: SimpleNamespace, signed_in: Any, changes: dict[str, str], sentence: str
) -> None:
    project = scored(cast, safety=5)
    response = correct(signed_in(cast.manager), project, **changes)
    assert response.status_code == 422
    assert sentence in words(response.text)
    assert not Answer.objects.exclude(corrected_value=None).exists()


def test_a_correction_of_what_the_department_changed_meanwhile_is_refused(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = scored(cast, safety=5)
    mark = seen(project)
    answer(project, by=cast.head, safety=3)
    response = correct(signed_in(cast.manager), project, seen=mark)
    page = words(response.text)
    assert response.status_code == 409
    assert "People are lightly hurt or fall ill from it now and then." in page
    assert "No injury is on record." in page
    again = re.search(r'name="seen" value="(\w+)"', page)
    assert again
    assert correct(signed_in(cast.manager), project, seen=again[1]).status_code == 302


def test_what_is_not_answered_cannot_be_corrected(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    client = signed_in(cast.manager)
    address = reverse("answer_correct", args=[project.pk, criterion("safety").pk])
    assert client.get(address).status_code == 404
    assert client.get(reverse("answer_correct", args=[project.pk, 987654])).status_code == 404


# Rank and score side by side


def rows(page: str) -> list[str]:
    """The text of each row of the table."""
    body = page[page.index("<tbody") : page.index("</tbody")]
    plain = (re.sub(r"<[^>]*>", " ", row) for row in body.split("<tr ")[1:])
    return [re.sub(r"^[^>]*> ", "", " ".join(row.split())) for row in plain]


def compared(client: Client, **query: str) -> list[str]:
    return rows(words(client.get(reverse("scores"), query).text))


def test_a_rank_far_from_its_score_is_marked_in_words(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    for number in range(1, 5):
        scored(cast, title=f"Project {number}", safety=number)
    found = compared(signed_in(cast.manager))
    assert [re.search(r"\d places? \w+ its score", row)[0] for row in found] == [  # type: ignore[index]
        "3 places above its score",
        "1 place above its score",
        "1 place below its score",
        "3 places below its score",
    ]
    page = words(signed_in(cast.manager).get(reverse("scores")).text)
    assert page.count('class="tag warn"') == 2
    assert "by more than 2 places" in page
    cast.city.score_places = 3
    cast.city.save()
    page = words(signed_in(cast.manager).get(reverse("scores")).text)
    assert page.count('class="tag warn"') == 0


def test_who_is_not_scored_yet_puts_nobody_off(cast: SimpleNamespace, signed_in: Any) -> None:
    ranking.add_all([make_project(cast, title=f"Bare {n}") for n in range(3)], by=cast.manager)
    first = scored(cast, title="First", safety=5)
    answer(make_project_on_list(cast, "Half"), by=cast.head, safety=1)
    found = compared(signed_in(cast.manager))
    assert [row.split(" P-")[0] for row in found] == ["Bare 0", "Bare 1", "Bare 2", "First", "Half"]
    assert "Not answered yet" in found[0]
    assert found[3].endswith("4 1 of those scored 1 70 As its score says")
    assert "1 of 9 answered" in found[4]
    assert first.reference in found[3]


def make_project_on_list(cast: Any, title: str) -> Project:
    project = make_project(cast, title=title)
    ranking.add(project, by=cast.manager)
    return project


def test_a_tie_says_by_what_it_was_decided(cast: SimpleNamespace, signed_in: Any) -> None:
    first = scored(cast, title="First", mandate=4, severity_reach=2)
    second = scored(cast, title="Second")
    found = compared(signed_in(cast.manager))
    assert f"Same score as {second.reference}; before it by legal duty" in found[0]
    assert f"Same score as {first.reference}; after it by legal duty" in found[1]


def test_reading_by_score_moves_nothing(cast: SimpleNamespace, signed_in: Any) -> None:
    for title, safety in (("Low", 1), ("High", 5), ("Middle", 3)):
        scored(cast, title=title, safety=safety)
    before = list(WorkingPosition.objects.values())
    client = signed_in(cast.head)
    found = compared(client, order="score")
    assert [row.split()[0] for row in found] == ["High", "Middle", "Low"]
    assert [row.split()[0] for row in compared(client)] == ["Low", "High", "Middle"]
    assert list(WorkingPosition.objects.values()) == before


def test_the_comparison_is_narrowed(cast: SimpleNamespace, signed_in: Any) -> None:
    for number in range(1, 5):
        scored(cast, title=f"Project {number}", safety=number)
    make_project_on_list(cast, "Bare")
    client = signed_in(cast.manager)
    assert [row.split(" P-")[0] for row in compared(client, answers="missing")] == ["Bare"]
    assert len(compared(client, answers="complete")) == 4
    off = [row.split(" P-")[0] for row in compared(client, answers="off")]
    assert off == ["Project 1", "Project 4"]
    parks, water = (str(one.pk) for one in (cast.parks, cast.water))
    assert len(compared(client, department=parks)) == 5
    assert "No project fits" in words(
        client.get(reverse("scores"), {"department": water, "answers": "off"}).text
    )
    # What cannot be read is as if it were not there.
    for query in ({"department": "x"}, {"answers": "x"}, {"order": "x"}, {"page": "x"}):
        assert len(compared(client, **query)) == 5


def test_others_projects_are_named_and_not_linked(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scored(cast, title="Ours")
    page = words(signed_in(cast.outsider).get(reverse("scores")).text)
    assert "Ours" in page
    assert reverse("project_score", args=[project.pk]) not in page
    page = words(signed_in(cast.head).get(reverse("scores")).text)
    assert reverse("project_score", args=[project.pk]) in page


def test_an_empty_list_says_what_would_be_here(cast: SimpleNamespace, signed_in: Any) -> None:
    page = words(signed_in(cast.manager).get(reverse("scores")).text)
    assert "Once projects are on the priority list, their scores stand here." in page


def test_the_scores_take_as_many_queries_at_fifty_rows_as_at_three(
    cast: SimpleNamespace,
    signed_in: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    client = signed_in(cast.manager)

    def get() -> str:
        # How the list stands is remembered between requests, and counted in its own tests.
        standing = line_facts.standing(cast.city.today())
        monkeypatch.setattr(line_facts, "standing", lambda _: standing)
        with django_assert_num_queries(6):
            page = client.get(reverse("scores")).text
        monkeypatch.undo()
        return words(page)

    for number in range(3):
        scored(cast, title=f"Project {number}")
    assert len(rows(get())) == 3
    # All tied: the most that a row can ask for.
    for number in range(3, 51):
        scored(cast, title=f"Project {number}")
    page = get()
    assert len(rows(page)) == 50
    assert "1 to 50 of 51" in page
