"""Asking finance from the gate and the budget; the answers; who may do what."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets import asking
from budgets.models import FundingRequest
from portfolio import projects
from portfolio.models import Project
from tests.factories import add_costs, dedicate, hoped_for, make_appropriation, make_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, held

BUTTON = "Ask finance for $125,000"


@pytest.fixture
def asked(cast: SimpleNamespace, project: Project) -> FundingRequest:
    return asking.ask(project.budget, by=cast.head)


def decline_at(project: Project, asked: FundingRequest) -> str:
    return at(project, f"requests/{asked.pk}/decline/")


def test_one_button_on_the_blocked_gate_asks_finance(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    for page in (f"/projects/{project.pk}/", f"/projects/{project.pk}/scope/", at(project)):
        text = words(head.get(page).text)
        assert BUTTON in text, page
        assert f'action="{at(project, "ask/")}"' in text
    answer = head.post(at(project, "ask/"))
    assert (answer.status_code, answer["Location"]) == (302, at(project) + "#money")
    asked = FundingRequest.objects.get()
    assert (asked.amount, asked.asked_by) == (125_000, cast.head)
    page = words(head.get(at(project)).text)
    assert "Finance is asked for $125,000. It waits on every finance officer." in page
    assert BUTTON not in page
    gate = words(head.get(f"/projects/{project.pk}/").text)
    assert "Finance was asked for $125,000 on" in gate
    assert BUTTON not in gate


def test_asking_twice_is_refused_kindly(head: Client, project: Project) -> None:
    for _ in range(2):
        assert head.post(at(project, "ask/")).status_code == 302
    page = words(head.get(at(project)).text)
    assert "Finance was asked for $125,000 on" in page
    assert "already. It waits on every finance officer." in page
    assert FundingRequest.objects.count() == 1


def test_the_button_is_there_only_where_money_is_short(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    costless = make_project(cast)
    for page in (f"/projects/{costless.pk}/", at(costless)):
        assert "Ask finance" not in words(head.get(page).text)
    dedicate(project.budget, cast=cast)
    for page in (f"/projects/{project.pk}/", at(project)):
        assert "Ask finance" not in words(head.get(page).text)
    head.post(at(project, "ask/"))
    assert "Nothing is short" in words(head.get(at(project)).text)
    assert not FundingRequest.objects.exists()


def test_a_project_that_is_over_asks_for_nothing(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    projects.stop(project, reason="Not needed any more.", by=cast.manager)
    assert "Ask finance" not in words(head.get(at(project)).text)
    head.post(at(project, "ask/"))
    assert not FundingRequest.objects.exists()


@pytest.mark.parametrize("who", ["finance", "manager", "security", "council"])
def test_only_the_department_asks(cast: SimpleNamespace, project: Project, who: str) -> None:
    client = client_of(getattr(cast, who))
    assert "Ask finance" not in words(client.get(f"/projects/{project.pk}/").text)
    assert client.post(at(project, "ask/")).status_code == 403
    assert not FundingRequest.objects.exists()


def test_finance_is_led_to_the_money_with_the_amount(
    finance: Client, project: Project, asked: FundingRequest
) -> None:
    page = words(finance.get("/").text)
    assert f'<a href="{at(project, "hold/")}">Allocate $125,000: {project}</a>' in page
    assert "Parks asks for it" in page
    assert 'value="$125,000"' in words(finance.get(at(project, "hold/")).text)
    source = make_appropriation()
    typed = {"amount": "$125,000", "appropriation": source.pk}
    finance.post(at(project, "hold/"), typed)
    assert not FundingRequest.objects.filter(pk=asked.pk).exists(), "answered"
    assert "Allocate" not in words(finance.get("/").text)


def test_finance_declines_with_a_reason_that_the_head_reads(
    cast: SimpleNamespace, head: Client, finance: Client, project: Project, asked: FundingRequest
) -> None:
    path = decline_at(project, asked)
    assert f'href="{path}"' in words(finance.get(at(project)).text)
    assert "Decline $125,000?" in words(finance.get(path).text)
    refused = finance.post(path, {"reason": " "})
    assert refused.status_code == 422
    assert "Say why, so that the department knows what to do next." in words(refused.text)
    reason = "The capital fund is closed until July. Apply for the state grant."
    answer = finance.post(path, {"reason": reason})
    assert (answer.status_code, answer["Location"]) == (302, at(project) + "#money")
    for page in (at(project), f"/projects/{project.pk}/", at(project, "requests/"), "/"):
        assert reason in words(head.get(page).text), page
    assert f"{BUTTON} again" in words(head.get(at(project)).text)
    assert f"Finance declined the money: {project}" in words(head.get("/").text)
    assert "Allocate" not in words(finance.get("/").text), "until somebody asks again"
    head.post(at(project, "ask/"))
    assert f"Finance declined the money: {project}" not in words(head.get("/").text)
    assert f"Allocate $125,000: {project}" in words(finance.get("/").text)


def test_a_long_reason_is_refused_at_its_field(
    finance: Client, project: Project, asked: FundingRequest
) -> None:
    answer = finance.post(decline_at(project, asked), {"reason": "x" * 301})
    assert answer.status_code == 422
    assert "Keep the reason to 300 characters." in words(answer.text)
    asked.refresh_from_db()
    assert asked.is_waiting


def test_of_two_officers_at_once_the_second_is_told(
    cast: SimpleNamespace,
    finance: Client,
    second: Client,
    project: Project,
    asked: FundingRequest,
) -> None:
    finance.post(decline_at(project, asked), {"reason": "Not this year."})
    answer = second.post(decline_at(project, asked), {"reason": "Never."})
    assert answer.status_code == 302
    page = words(second.get(at(project)).text)
    assert "Somebody answered or took back this request" in page
    assert "Not this year." in page
    asked.refresh_from_db()
    assert asked.declined_reason == "Not this year."


def test_a_decline_of_what_money_answered_meanwhile_says_so(
    cast: SimpleNamespace, finance: Client, project: Project, asked: FundingRequest
) -> None:
    assert finance.get(decline_at(project, asked)).status_code == 200
    held(project, cast, 125_000)
    assert finance.post(decline_at(project, asked), {"reason": "No."}).status_code == 404
    held(make_project(cast), cast)
    assert not FundingRequest.objects.exists()


def test_the_head_takes_it_back_and_finance_does_not(
    cast: SimpleNamespace, head: Client, finance: Client, project: Project, asked: FundingRequest
) -> None:
    path = at(project, f"requests/{asked.pk}/remove/")
    refused = finance.post(path)
    assert refused.status_code == 403
    assert "Decline it with a reason instead." in words(refused.text)
    assert "Take it back" in words(head.get(at(project)).text)
    assert head.post(path).status_code == 302
    assert not FundingRequest.objects.exists()


def test_what_finance_was_asked_for_is_not_edited(
    head: Client, finance: Client, project: Project, asked: FundingRequest
) -> None:
    for client in (head, finance):
        path = at(project, f"requests/{asked.pk}/")
        assert client.get(path).status_code == 403
        assert client.post(path, {"amount": "1"}).status_code == 403
    asked.refresh_from_db()
    assert asked.amount == 125_000


def test_the_request_of_another_project_is_not_found(
    cast: SimpleNamespace, finance: Client, head: Client, project: Project
) -> None:
    other = make_project(cast)
    add_costs(other.budget, cast=cast)
    foreign = asking.ask(other.budget, by=cast.head)
    entered = hoped_for(other.budget)
    for client, part in (
        (finance, f"{foreign.pk}/decline/"),
        (head, f"{foreign.pk}/remove/"),
        (head, f"{entered.pk}/"),
        (finance, f"{entered.pk}/remove/"),
    ):
        answer = client.post(at(project, f"requests/{part}"), {"reason": "No.", "amount": "1"})
        assert answer.status_code == 404, part
    foreign.refresh_from_db()
    assert foreign.is_waiting
    assert FundingRequest.objects.count() == 2


def test_another_departments_head_reaches_nothing(
    cast: SimpleNamespace, project: Project, asked: FundingRequest
) -> None:
    client = client_of(cast.outsider)
    for part in ("ask/", "requests/new/", f"requests/{asked.pk}/remove/", f"requests/{asked.pk}/"):
        assert client.post(at(project, part), {"amount": "1"}).status_code == 404, part
    assert FundingRequest.objects.count() == 1


def test_the_project_page_stays_within_its_queries(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    for number in range(3):
        hoped_for(project.budget, amount=number + 1, asked_by=None)
    with CaptureQueriesContext(connection) as caught:
        assert BUTTON in words(head.get(f"/projects/{project.pk}/").text)
    assert len(caught) <= 15


def test_the_sum_of_what_is_asked_leaves_out_what_was_declined(
    cast: SimpleNamespace, head: Client, project: Project, asked: FundingRequest
) -> None:
    hoped_for(project.budget, amount=9)
    asking.decline(asked, reason="No.", by=cast.finance)
    for page in (at(project), at(project, "requests/")):
        text = words(head.get(page).text)
        together = text.partition("Together, not counted")[2]
        assert "$9</td>" in together.partition("</tr>")[0], page
    assert "$9 is requested." in words(head.get(f"/projects/{project.pk}/").text)
    project.budget.refresh_from_db()
    assert (project.budget.held, project.budget.committed) == (Decimal(0), Decimal(0))
