"""What-if scenarios, as people use them: two windows, hostile values, others' scenarios."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from portfolio import projects, ranking, scenarios
from portfolio.models import Project, Scenario
from tests.factories import make_project
from tests.pages import words
from tests.portfolio.scenario_steps import (
    changes,
    copied,
    everything_else,
    priced,
    ranked,
    titles,
    to,
    working_order,
)


def moving(client: Any, scenario: Scenario, project: Project, **data: Any) -> Any:
    return client.post(to("scenario_move", scenario, project.pk), data)


def filled(scenario: Scenario, **changed: Any) -> dict[str, Any]:
    """What the page of money and slots sends."""
    return {
        "seen": scenario.revision,
        "name": scenario.name,
        "note": scenario.note,
        "change_percent": scenario.change_percent,
        "scoping_slots": scenario.scoping_slots,
        "delivery_slots": scenario.delivery_slots,
    } | changed


def test_a_finance_officer_copies_the_working_order(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 3)
    client = signed_in(cast.finance)
    assert "No scenario yet" in words(client.get(reverse("scenarios")).text)
    answer = client.post(reverse("scenario_new"), {"name": "  Water first ", "note": "For June."})
    scenario = Scenario.objects.get()
    assert (answer.status_code, answer.url) == (302, scenario.get_absolute_url())
    assert (scenario.name, scenario.note, scenario.owner) == (
        "Water first",
        "For June.",
        cast.finance,
    )
    page = client.get(answer.url).text
    assert titles(page) == ["Project 001", "Project 002", "Project 003"]
    assert "Make it the working order" not in words(page)
    assert "Water first" in words(client.get(reverse("scenarios")).text)


def test_a_copy_needs_a_name_and_a_list(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    for sent, said in (({"name": " "}, "Enter a name."), ({"name": "A"}, "The list is empty.")):
        answer = client.post(reverse("scenario_new"), sent)
        assert answer.status_code == 422
        assert said in words(answer.text)
    assert not Scenario.objects.exists()


def test_another_persons_scenario_is_like_one_that_does_not_exist(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    first, _ = ranked(cast, 2)
    scenario = copied(cast.finance)
    missing = Scenario(pk=scenario.pk + 1)
    client = signed_in(cast.second_finance)
    assert "Ten percent less" not in client.get(reverse("scenarios")).text
    for route in ("scenario", "scenario_change", "scenario_use"):
        answers = [client.get(to(route, one)) for one in (scenario, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Ten percent less" not in answers[0].text
    for route in ("scenario_change", "scenario_use", "scenario_discard", "scenario_put_new"):
        sent = filled(scenario)
        codes = {client.post(to(route, one), sent).status_code for one in (scenario, missing)}
        assert codes == {404}
    for one in (scenario, missing):
        assert moving(client, one, first, position=2, seen=0).status_code == 404
        compared = client.get(reverse("scenarios_compare"), {"scenario": one.pk})
        assert compared.status_code == 404
    scenario.refresh_from_db()
    assert scenario.revision == 0


def test_an_owner_who_lost_the_role_sees_it_no_more(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    cast.finance.role_grants.all().delete()
    assert signed_in(cast.finance).get(scenario.get_absolute_url()).status_code == 404


def test_moves_by_step_position_and_between(cast: SimpleNamespace, signed_in: Any) -> None:
    first, second, third = ranked(cast, 3)
    scenario = copied(cast.finance)
    before = working_order()
    client = signed_in(cast.finance)
    answer = moving(client, scenario, third, between=f"-{first.pk}", seen=0)
    here = scenario.get_absolute_url()
    assert answer.url == f"{here}?page=1&moved={third.pk}#project-{third.pk}"
    assert titles(client.get(answer.url).text) == ["Project 003", "Project 001", "Project 002"]
    moving(client, scenario, third, position=2, seen=1)
    moving(client, scenario, first, between=f"{second.pk}-", seen=2)
    page = client.get(here).text
    assert titles(page) == ["Project 003", "Project 002", "Project 001"]
    assert "1 on the working order" in words(page)
    assert working_order() == before


def test_htmx_gets_the_rows_and_a_sentence(cast: SimpleNamespace, signed_in: Any) -> None:
    _, second = ranked(cast, 2)
    scenario = copied(cast.finance)
    answer = signed_in(cast.finance).post(
        to("scenario_move", scenario, second.pk),
        {"position": 1, "seen": 0},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert titles(answer.text) == ["Project 002", "Project 001"]
    assert "Project 002 moved from 2 to 1 of 2." in answer.headers["HX-Trigger"]
    # Every form of the page sends the revision that the answer shows.
    assert set(re.findall(r'name="seen"\s+value="([^"]*)"', answer.text)) == {"1"}
    assert to("scenario_discard", scenario) in answer.text


def test_two_windows_the_second_move_is_refused_with_the_scenario_as_it_is(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    first, _, third = ranked(cast, 3)
    scenario = copied(cast.finance)
    client = signed_in(cast.finance)
    moving(client, scenario, third, position=1, seen=0)
    answer = moving(client, scenario, first, position=3, seen=0)
    assert answer.status_code == 409
    assert "Fiona Finance changed this scenario since you opened it" in words(answer.text)
    assert titles(answer.text) == ["Project 003", "Project 001", "Project 002"]


def test_a_refused_move_shows_the_page_on_which_the_project_stands(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    *_, last = ranked(cast, 51)
    scenario = copied(cast.finance)
    answer = moving(signed_in(cast.finance), scenario, last, position=1, seen=7)
    assert answer.status_code == 409
    assert titles(answer.text) == ["Project 051"]


@pytest.mark.parametrize(
    "sent",
    [
        {"position": "0", "seen": "0"},
        {"position": "NaN", "seen": "0"},
        {"position": "9" * 40, "seen": "0"},
        {"between": "1-2-3", "seen": "0"},
        {"seen": "0"},
        {"position": "1"},
    ],
)
def test_a_move_that_makes_no_sense_changes_nothing(
    cast: SimpleNamespace, signed_in: Any, sent: dict[str, str]
) -> None:
    _, second = ranked(cast, 2)
    scenario = copied(cast.finance)
    answer = moving(signed_in(cast.finance), scenario, second, **sent)
    assert answer.status_code == 422
    assert "Nothing was changed" in words(answer.text)
    scenario.refresh_from_db()
    assert scenario.revision == 0


@pytest.mark.parametrize("seen", ["", "x", "-1", "1e3", "9" * 400, "\N{SUPERSCRIPT TWO}"])
def test_a_forged_revision_is_never_the_one_that_is_saved(
    cast: SimpleNamespace, signed_in: Any, seen: str
) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    ranking.add(make_project(cast), by=cast.manager)
    client = signed_in(cast.finance)
    for route in ("scenario_discard", "scenario_put_new"):
        assert client.post(to(route, scenario), {"seen": seen}).status_code == 409
    assert client.post(
        to("scenario_change", scenario), filled(scenario, seen=seen)
    ).status_code in (
        409,
        422,
    )
    scenario.refresh_from_db()
    assert scenario.revision == 0


def test_a_project_that_is_not_in_the_scenario_is_not_moved(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ranked(cast, 2)
    scenario = copied(cast.finance)
    late = make_project(cast)
    client = signed_in(cast.finance)
    answer = moving(client, scenario, late, position=1, seen=0)
    assert answer.status_code == 422
    assert "This project is not in the scenario" in words(answer.text)
    assert moving(client, scenario, Project(pk=10**12), position=1, seen=0).status_code == 404


def test_less_money_and_fewer_slots_are_saved_and_shown(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    _, fund = priced(cast, 3, money=250_000)
    scenario = copied(cast.finance)
    before = everything_else()
    client = signed_in(cast.finance)
    page = words(client.get(to("scenario_change", scenario)).text)
    assert f"{fund.code} Capital projects" in page
    sent = filled(scenario, change_percent="\N{MINUS SIGN}10 %", scoping_slots=1)
    answer = client.post(to("scenario_change", scenario), sent | {f"fund_{fund.pk}": "+5"})
    assert answer.url == scenario.get_absolute_url()
    scenario.refresh_from_db()
    assert (scenario.change_percent, scenario.fund_changes) == (-10, {str(fund.pk): 5})
    shown = words(client.get(answer.url).text)
    assert f"Fund {fund.code} +5% · All other funds \N{MINUS SIGN}10% · 1 in scoping and 5" in shown
    assert everything_else() == before


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("change_percent", "NaN", "Enter a whole number of percent"),
        ("change_percent", "1e9", "Enter a whole number of percent"),
        ("change_percent", "-10.5", "Enter a whole number of percent"),
        ("change_percent", "101", "Enter a number from"),
        ("change_percent", "-101", "Enter a number from"),
        ("change_percent", "9" * 5000, "Enter a whole number of percent"),
        ("change_percent", "", "Enter a number of percent"),
        ("scoping_slots", "0", "greater than or equal to 1"),
        ("delivery_slots", "51", "less than or equal to 50"),
        ("name", "", "Enter a name."),
        ("fund", "inf", "Enter a whole number of percent"),
        ("fund", "500", "Enter a number from"),
    ],
)
def test_hostile_numbers_are_answered_with_what_is_expected(
    cast: SimpleNamespace, signed_in: Any, field: str, typed: str, said: str
) -> None:
    _, fund = priced(cast, 1, money=1000)
    scenario = copied(cast.finance)
    name = f"fund_{fund.pk}" if field == "fund" else field
    answer = signed_in(cast.finance).post(
        to("scenario_change", scenario), filled(scenario, **{name: typed})
    )
    assert answer.status_code == 422
    assert "Fix one thing to continue" in words(answer.text)
    assert said in words(answer.text)
    scenario.refresh_from_db()
    assert (scenario.revision, scenario.change_percent, scenario.fund_changes) == (0, 0, {})


def test_a_fund_that_is_not_offered_is_not_saved(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    sent = filled(scenario, fund_999999="50", fund_x="1", order="[1]", used_by=cast.finance.pk)
    assert signed_in(cast.finance).post(to("scenario_change", scenario), sent).status_code == 302
    scenario.refresh_from_db()
    assert (scenario.fund_changes, scenario.used_by) == ({}, None)


def test_two_windows_the_second_save_shows_both(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance)
    scenarios.change(scenario, changes(scenario, change_percent=-20), seen=0, by=cast.manager)
    client = signed_in(cast.finance)
    answer = client.post(to("scenario_change", scenario), filled(scenario, change_percent="-10"))
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Mara Manager changed this scenario since you opened it" in page
    assert re.search(r'data-label="Yours"> -10 </td>', page)
    assert re.search(r'data-label="Saved now"> -20 </td>', page)
    scenario.refresh_from_db()
    assert scenario.change_percent == -20
    again = filled(scenario, change_percent="-10")
    assert client.post(to("scenario_change", scenario), again).status_code == 302


def test_what_changed_on_the_list_is_said_and_new_projects_are_put_at_the_end(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    _, second, third = ranked(cast, 3)
    scenario = copied(cast.finance)
    ranking.remove(second, by=cast.manager)
    projects.stop(third, reason="Nobody needs it.", by=cast.manager)
    ranking.add(make_project(cast, title="Project 004"), by=cast.manager)
    client = signed_in(cast.finance)
    page = words(client.get(scenario.get_absolute_url()).text)
    assert "Left out, as no longer on the list or stopped: Project 002, Project 003." in page
    assert "Not in the scenario, as new on the list: Project 004." in page
    client.post(to("scenario_put_new", scenario), {"seen": 0})
    page = client.get(scenario.get_absolute_url()).text
    assert titles(page) == ["Project 001", "Project 004"]
    assert "as new on the list" not in words(page)


def test_it_is_thrown_away_by_its_owner_or_a_manager(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    for person in (cast.finance, cast.manager):
        scenario = copied(cast.finance)
        answer = signed_in(person).post(to("scenario_discard", scenario), {"seen": 0})
        assert answer.url == reverse("scenarios")
        assert not Scenario.objects.exists()


def test_names_are_shown_as_text(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked(cast, 1)
    scenario = copied(cast.finance, name='<script>alert("x")</script>')
    client = signed_in(cast.finance)
    for address in (
        reverse("scenarios"),
        scenario.get_absolute_url(),
        to("scenario_change", scenario),
        f"{reverse('scenarios_compare')}?scenario={scenario.pk}",
    ):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_pages_ask_the_database_the_same_at_3_and_at_50(
    cast: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    ranked(cast, 3)
    client = signed_in(cast.manager)
    asked = []
    for more in (0, 47):
        ranking.add_all(
            [make_project(cast) for _ in range(more)], by=cast.manager
        ) if more else None
        for number in range(more or 3):
            copied(cast.manager, name=f"Way {number}")
        scenario = Scenario.objects.latest("pk")
        for address in (
            reverse("scenarios"),
            scenario.get_absolute_url(),
            f"{reverse('scenarios_compare')}?scenario={scenario.pk}",
            to("scenario_use", scenario),
        ):
            client.get(address)
            with django_assert_max_num_queries(12) as queries:
                client.get(address)
            asked.append(len(queries))
    assert asked[:4] == asked[4:]
