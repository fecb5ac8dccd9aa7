"""The pages of the criteria: read by all, a new version by an administrator."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio import criteria
from portfolio.models import CriteriaVersion
from tests.factories import make_user
from tests.pages import words
from tests.portfolio.scoring_steps import (
    CODES,
    reweighed,
    scored,
    sign,
)


@pytest.mark.parametrize("who", ["head", "finance", "manager", "council", "administrator"])
def test_all_who_read_the_list_read_the_criteria(
    cast: SimpleNamespace, signed_in: Any, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    page = words(client.get(reverse("criteria")).text)
    assert "Version 1, in force since" in page
    assert page.count("Weighs") == 9
    assert "Nobody is harmed by it." in page
    assert "What a city starts with." in page
    assert ("Make a new version" in page) == (who == "administrator")


def sheet(**changes: str) -> dict[str, str]:
    """The criteria in force as the administrator sends them, but for `changes`."""
    wanted = criteria.as_wanted(criteria.newest())
    data = {
        "rows-TOTAL_FORMS": str(len(wanted)),
        "rows-INITIAL_FORMS": str(len(wanted)),
        "seen": str(CriteriaVersion.objects.count()),
        "reason": "The council decided so.",
    }
    for index, one in enumerate(wanted):
        fields = {
            "code": one.code,
            "name": one.name,
            "question": one.question,
            "weight": str(one.weight),
        }
        fields |= {f"answer_{value}": text for value, text in enumerate(one.anchors)}
        data |= {f"rows-{index}-{name}": value for name, value in fields.items()}
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def post(client: Client, data: dict[str, str]) -> Any:
    return client.post(reverse("criteria_new"), data)


def test_an_administrator_weighs_anew(cast: SimpleNamespace, signed_in: Any) -> None:
    scored(cast, safety=5)
    client = signed_in(cast.administrator)
    response = post(client, sheet(rows__0__weight="20", rows__1__weight="20"))
    assert response.status_code == 302
    page = words(client.get(reverse("criteria")).text)
    assert "Version 2 is in force. 9 criteria keep their answers." in page
    assert "The council decided so." in page
    assert cast.administrator.name in page
    old = words(client.get(reverse("criteria_version", args=[1])).text)
    assert "Version 1. <a" in old
    assert "Weighs 25 of 100" in old
    assert "Weighs 25 of 100" not in page
    assert client.get(reverse("criteria_version", args=[3])).status_code == 404


def test_a_criterion_is_reworded_taken_out_and_added(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    data = sheet(rows__0__question="Who was hurt last year?", rows__8__DELETE="on")
    added = client.post(reverse("criteria_new"), data | {"rows-add": "1"})
    page = words(added.text)
    assert added.status_code == 200
    assert "Who was hurt last year?" in page
    assert "New criterion" in page
    assert 'name="rows-TOTAL_FORMS" value="10"' in page
    assert page.count(" checked") == 1
    new = {f"rows__9__answer_{value}": f"Words {value}" for value in range(6)}
    data |= {
        name.replace("__", "-"): value
        for name, value in (
            new
            | {
                "rows__9__name": "Noise",
                "rows__9__question": "How loud is it?",
                "rows__9__weight": "5",
            }
        ).items()
    }
    assert post(client, data | {"rows-TOTAL_FORMS": "10"}).status_code == 302
    page = words(client.get(reverse("criteria")).text)
    assert "7 criteria keep their answers. 2 are asked anew" in page
    codes = [one.code for one in criteria.as_wanted(criteria.newest())]
    assert codes == [*CODES[:8], "noise"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows__0__weight": "24"}, "The weights add up to 99. They must add up to 100."),
        ({"rows__0__weight": "0"}, "Enter 1 or more, or take the criterion out."),
        ({"rows__0__weight": "many"}, "Enter a whole number such as 10."),
        ({"rows__0__weight": ""}, "Enter a weight, or take the criterion out."),
        ({"rows__0__name": ""}, "Enter a name."),
        ({"rows__2__question": " "}, "Enter the question."),
        ({"rows__2__answer_3": ""}, "Write what this answer means."),
        ({"rows__1__name": "Life, health and safety"}, "Two criteria have the same name."),
        ({"reason": ""}, "Say why the criteria or their weights change."),
        ({}, "Nothing differs from version 1."),
        ({"rows-TOTAL_FORMS": "x"}, "Fix"),
    ],
)
def test_a_version_says_what_it_lacks_and_loses_nothing(
    cast: SimpleNamespace, signed_in: Any, changes: dict[str, str], sentence: str
) -> None:
    response = post(signed_in(cast.administrator), sheet(**changes))
    assert response.status_code == 422
    assert sentence in words(response.text)
    assert CriteriaVersion.objects.count() == 1


def test_a_mistake_in_an_answer_opens_its_criterion(cast: SimpleNamespace, signed_in: Any) -> None:
    response = post(signed_in(cast.administrator), sheet(rows__2__answer_3=""))
    page = words(response.text)
    assert "Criterion 3, answer 3 – Write what this answer means." in page
    assert page.count('<details class="disc" open') == 1


def test_of_two_administrators_the_second_compares(cast: SimpleNamespace, signed_in: Any) -> None:
    data = sheet(rows__0__weight="20", rows__1__weight="20")
    sign(reweighed({"safety": 30, "mandate": 10}), by=make_user("Adam Administrator"))
    client = signed_in(cast.administrator)
    response = post(client, data)
    page = words(response.text)
    assert response.status_code == 409
    assert "Nothing was signed yet" in page
    assert "Life, health and safety, weighs 20" in page
    assert "Life, health and safety, weighs 30" in page
    assert 'name="seen" value="2"' in page
    assert CriteriaVersion.objects.count() == 2
    assert post(client, data | {"seen": "2"}).status_code == 302


@pytest.mark.parametrize("who", ["head", "finance", "manager", "security", "council", "reader"])
def test_nobody_else_makes_a_version(cast: SimpleNamespace, signed_in: Any, who: str) -> None:
    response = post(signed_in(getattr(cast, who)), sheet(rows__0__weight="20"))
    assert response.status_code == 403
    assert "Only an administrator may do this." in words(response.text)
    assert CriteriaVersion.objects.count() == 1


def test_an_administrator_reads_no_scores(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scored(cast)
    client = signed_in(cast.administrator)
    assert client.get(reverse("scores")).status_code == 403
    assert client.get(reverse("project_score", args=[project.pk])).status_code == 404
    page = words(client.get(reverse("criteria")).text)
    assert reverse("scores") not in page
