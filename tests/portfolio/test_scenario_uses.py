"""What-if scenarios beside the working order, and one of them made the working order."""

import re
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from portfolio import ranking, scenarios
from portfolio.models import WorkingPosition
from tests.pages import words
from tests.portfolio.scenario_steps import (
    changes,
    copied,
    priced,
    ranked,
    titles,
    to,
    working_order,
)


def test_comparing_shows_dollars_slots_and_who_crosses(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    on_list, fund = priced(cast, 4, money=375_000)
    less, fewer = copied(cast.finance), copied(cast.finance, name="One slot")
    scenarios.change(less, changes(less, change_percent=-10), seen=0, by=cast.finance)
    slots = changes(fewer, scoping_slots=1, delivery_slots=1)
    scenarios.change(fewer, slots, seen=0, by=cast.finance)
    client = signed_in(cast.manager)
    answer = client.get(reverse("scenarios_compare"), {"scenario": [fewer.pk, less.pk, less.pk]})
    page = words(answer.text)
    assert page.index("One slot") < page.index("Ten percent less")
    assert "3 of 4 $375,000" in re.sub(r"<[^>]+> ?", "", page)
    assert "Moves below the money line" in page
    assert "Loses money" in page
    assert f"Next, but $37,500 short in Fund {fund.code}" in page
    assert "Moves below the capacity line" in page
    assert titles(answer.text) == [one.title for one in on_list[2:]]


def test_one_to_three_scenarios_are_compared(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    keys = [copied(cast.finance, name=f"Way {n}").pk for n in range(5)]
    client = signed_in(cast.finance)
    for chosen, status in (
        (keys[:1], 200),
        (keys[:3], 200),
        (keys[:4], 422),
        (keys, 422),
        ([], 422),
    ):
        answer = client.get(reverse("scenarios_compare"), {"scenario": chosen})
        assert answer.status_code == status
        if status == 422:
            assert "Choose one, two or three scenarios" in words(answer.text)
    for forged in ("x", "1e3", "-1", "9" * 30, "0"):
        assert client.get(reverse("scenarios_compare"), {"scenario": forged}).status_code == 404


def test_a_manager_uses_a_scenario_after_seeing_the_difference(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    on_list, _ = priced(cast, 3, money=125_000)
    scenario = copied(cast.finance)
    scenarios.move(scenario, on_list[2], to=1, seen=0, by=cast.finance)
    client = signed_in(cast.manager)
    page = client.get(to("scenario_use", scenario)).text
    assert "1 project moves; others only make room." in words(page)
    assert "Moves above the money line" in words(page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    sent = {"seen": seen[1], "reason": "Floods come in spring."}
    answer = client.post(to("scenario_use", scenario), sent)
    assert (answer.status_code, answer.url) == (302, reverse("priority_list"))
    assert working_order() == [on_list[2].pk, on_list[0].pk, on_list[1].pk]
    page = words(client.get(scenario.get_absolute_url()).text)
    assert "It became the working order" in page
    assert "Money and slots" not in page
    assert "Move up" not in page
    again = client.post(to("scenario_use", scenario), sent)
    assert again.status_code == 422
    assert "This scenario became the working order" in words(again.text)


def test_an_owner_who_does_not_rank_may_not_use_it(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    client = signed_in(cast.finance)
    sent = {"seen": scenarios.mark(scenario), "reason": "Why."}
    for answer in (
        client.get(to("scenario_use", scenario)),
        client.post(to("scenario_use", scenario), sent),
    ):
        assert answer.status_code == 403
        assert "Only a city manager may do this" in words(answer.text)


def test_using_is_refused_when_the_working_order_changed_since_the_page(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    *_, third = ranked(cast, 3)
    scenario = copied(cast.manager)
    sent = {"seen": scenarios.mark(scenario), "reason": "Floods."}
    key = WorkingPosition.objects.get(project=third).key
    ranking.move(third, to=1, seen=key, reason="Why.", by=cast.manager)
    before = working_order()
    client = signed_in(cast.manager)
    answer = client.post(to("scenario_use", scenario), sent)
    assert answer.status_code == 409
    assert "You moved Project 003 from 3 to 1." in words(answer.text)
    assert "Floods." in answer.text
    assert working_order() == before
    fresh = {"seen": scenarios.mark(scenario), "reason": ""}
    answer = client.post(to("scenario_use", scenario), fresh)
    assert answer.status_code == 422
    assert "Say why the order changes." in words(answer.text)
