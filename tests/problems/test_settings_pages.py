"""The settings pages: what is critical, and the city's own numbers."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from problems import marks, policies
from problems.models import CriticalPriority, ProblemPolicy
from tests.factories import declared_priority, draft_problem
from tests.pages import words

PRIORITY = {
    "name": "Winter shelter",
    "area": "public_safety",
    "reason": "Two people froze to death last winter.",
    "starts_on": "11/1/2026",
    "ends_on": "",
}


def test_a_manager_declares_what_is_critical(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    answer = client.post(reverse("problems:priority_new"), PRIORITY, follow=True)
    assert "“Winter shelter” is declared." in words(answer.text)
    declared = CriticalPriority.objects.get()
    assert (declared.starts_on, declared.ends_on) == (date(2026, 11, 1), None)


def test_every_error_says_what_to_enter(cast: SimpleNamespace, signed_in: Any) -> None:
    declared_priority("Public safety")
    client = signed_in(cast.manager)
    answer = client.post(reverse("problems:priority_new"), {"starts_on": "soon"})
    assert answer.status_code == 422
    for said in ("Fix 4 things to continue", "Enter a name.", "Choose an area.", "3/15/2025"):
        assert said in words(answer.text)
    wrong = PRIORITY | {"name": "Public Safety", "ends_on": "10/1/2026"}
    answer = client.post(reverse("problems:priority_new"), wrong)
    assert "The city has a critical priority of this name." in words(answer.text)
    answer = client.post(reverse("problems:priority_new"), wrong | {"name": "Another"})
    assert "ends on or after the day it starts" in words(answer.text)
    assert CriticalPriority.objects.count() == 1


def test_two_managers_at_once_see_both_versions(cast: SimpleNamespace, signed_in: Any) -> None:
    priority = declared_priority("Winter shelter")
    client, url = signed_in(cast.manager), reverse("problems:priority_change", args=[priority.pk])
    old = PRIORITY | {"seen": marks.of_row(priority)}
    client.post(url, old | {"reason": "The first manager's reason."})
    answer = client.post(url, old | {"reason": "The second manager's reason."})
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Nothing was saved yet" in page
    assert "The first manager's reason." in page
    assert page.count("The second manager's reason.") == 2
    priority.refresh_from_db()
    assert priority.reason == "The first manager's reason."
    again = old | {"reason": "Agreed.", "seen": marks.of_row(priority)}
    assert client.post(url, again).status_code == 302
    priority.refresh_from_db()
    assert priority.reason == "Agreed."


def test_an_error_does_not_make_a_stale_page_fresh(cast: SimpleNamespace, signed_in: Any) -> None:
    priority = declared_priority("Winter shelter")
    client, url = signed_in(cast.manager), reverse("problems:priority_change", args=[priority.pk])
    seen = marks.of_row(priority)
    client.post(url, PRIORITY | {"seen": seen})
    answer = client.post(url, PRIORITY | {"seen": seen, "name": ""})
    assert f'name="seen" value="{seen}"' in words(answer.text)


def test_ending_one_tells_nothing_of_drafts_that_may_not_be_read(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    priority = declared_priority("Winter shelter")
    draft_problem(cast, title="A secret of the Parks", critical_priority=priority)
    client, url = signed_in(cast.manager), reverse("problems:priority_end", args=[priority.pk])
    page = words(client.get(url).text)
    assert "No statement names it." in page or "0 statements name it." in page
    assert "Of the drafts that you may read" not in page
    assert "A secret of the Parks" not in page
    last_day = cast.city.today() - timedelta(days=1)
    form = {"seen": marks.of_row(priority), "ends_on": f"{last_day:%m/%d/%Y}"}
    client.post(url, form)
    priority.refresh_from_db()
    assert priority.ends_on == last_day
    listed = words(client.get(reverse("problems:priorities")).text)
    assert "Ended" in listed
    assert reverse("problems:priority_end", args=[priority.pk]) not in listed


def test_the_list_asks_the_database_as_often_for_three_as_for_fifty(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client, url, counts = signed_in(cast.manager), reverse("problems:priorities"), []
    for wanted in (3, 50):
        for number in range(CriticalPriority.objects.count(), wanted):
            declared_priority(f"Priority {number:02d}")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).text
        assert page.count("Priority ") >= wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_who_only_reads_sees_the_list_and_no_button(cast: SimpleNamespace, signed_in: Any) -> None:
    declared_priority("Winter shelter")
    page = words(signed_in(cast.head).get(reverse("problems:priorities")).text)
    assert "Winter shelter" in page
    assert "Declare one" not in page
    assert reverse("problems:settings") not in page.split("<main")[0]


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_the_menu_leads_to_the_settings(cast: SimpleNamespace, signed_in: Any, who: str) -> None:
    page = words(signed_in(getattr(cast, who)).get("/").text)
    assert f'href="{reverse("problems:settings")}"' in page


# Numbers


def numbers(**changes: Any) -> dict[str, Any]:
    policy = ProblemPolicy.current()
    seen = {"seen": marks.of_row(policy)}
    return {name: getattr(policy, name) for name in policies.RANGES} | seen | changes


def test_an_administrator_sets_the_numbers(cast: SimpleNamespace, signed_in: Any) -> None:
    client, url = signed_in(cast.administrator), reverse("problems:numbers")
    page = words(client.get(url).text)
    assert "By default 24." in page
    assert "two budget years" in page
    assert client.post(url, numbers(statement_max_characters="1,200")).status_code == 302
    assert ProblemPolicy.current().statement_max_characters == 1200


def test_a_number_out_of_range_is_answered_with_the_range(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client, url = signed_in(cast.administrator), reverse("problems:numbers")
    for name, at in policies.RANGES.items():
        for wrong in (at.least - 1, at.most + 1, "", "many", 10**12):
            answer = client.post(url, numbers(**{name: wrong}))
            assert answer.status_code == 422, (name, wrong)
            assert "Fix one thing to continue" in words(answer.text)
    assert not ProblemPolicy.objects.exists()


def test_two_administrators_at_once_see_both_numbers(cast: SimpleNamespace, signed_in: Any) -> None:
    client, url, old = signed_in(cast.administrator), reverse("problems:numbers"), numbers()
    client.post(url, old | {"sentence_max_words": 30})
    answer = client.post(url, old | {"sentence_max_words": 20})
    assert answer.status_code == 409
    assert "Nothing was saved yet" in words(answer.text)
    assert ProblemPolicy.current().sentence_max_words == 30


def test_the_rule_refuses_what_the_page_would(cast: SimpleNamespace) -> None:
    with pytest.raises(Exception, match="from 1 to 50"):
        policies.set_numbers({"evidence_max_megabytes": 51}, seen="", by=cast.administrator)
    assert CriticalPriority.objects.count() == 0


def test_others_drafts_are_not_counted_among_those_that_name_one(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    draft_problem(cast, critical_priority=declared_priority("Winter shelter"))
    shown = {}
    for person in (cast.head, cast.outsider, cast.manager, cast.administrator):
        page = words(signed_in(person).get(reverse("problems:priorities")).text)
        shown[person.name] = "1 statement" in page
    assert shown == {
        "Hanna Head": True,
        "Otto Outsider": False,
        "Mara Manager": False,
        "Ada Administrator": False,
    }
