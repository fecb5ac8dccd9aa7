"""Pages of money that is hoped for: entered, changed, removed, and never counted."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets import asking
from budgets.models import Fund, FundingRequest
from portfolio.models import Project
from tests.factories import hoped_for, make_appropriation
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at


def filled(project: Project, **changes: Any) -> dict[str, Any]:
    return {
        "status": "applied",
        "amount": "$50,000",
        "fund": "",
        "fiscal_year": project.budget.first_fiscal_year,
        "note": "State grant, answer in May",
        **changes,
    }


@pytest.mark.parametrize("who", ["head", "finance", "second_finance"])
def test_the_department_and_finance_enter_change_and_remove(
    cast: SimpleNamespace, project: Project, who: str
) -> None:
    client = client_of(getattr(cast, who))
    fund = make_appropriation().fund
    assert "Enter one" in words(client.get(at(project, "requests/")).text)
    answer = client.post(at(project, "requests/new/"), filled(project, fund=fund.pk))
    assert (answer.status_code, answer["Location"]) == (302, at(project, "requests/"))
    entered = FundingRequest.objects.get()
    assert (entered.amount, entered.status, entered.fund) == (50_000, "applied", fund)
    assert (entered.asked_by, entered.asked_at) == (None, None), "nobody was asked by it"
    page = words(client.get(at(project, "requests/")).text)
    assert "$50,000 is noted. It does not count." in page
    assert "State grant, answer in May" in page
    path = at(project, f"requests/{entered.pk}/")
    assert 'value="$50,000"' in words(client.get(path).text)
    changed = filled(project, amount="60,000", status="forecast", seen=asking.mark(entered))
    assert client.post(path, changed).status_code == 302
    entered.refresh_from_db()
    assert (entered.amount, entered.status, entered.fund) == (60_000, "forecast", None)
    project.budget.refresh_from_db()
    assert (project.budget.held, project.budget.committed) == (0, 0)
    assert client.post(at(project, f"requests/{entered.pk}/remove/")).status_code == 302
    assert not FundingRequest.objects.exists()


@pytest.mark.parametrize("who", ["manager", "security", "council"])
def test_others_read_and_do_not_write(cast: SimpleNamespace, project: Project, who: str) -> None:
    client = client_of(getattr(cast, who))
    entered = hoped_for(project.budget, note="State grant")
    page = words(client.get(at(project, "requests/")).text)
    assert "State grant" in page
    assert "Enter one" not in page
    assert "Remove" not in page
    for part in ("new/", f"{entered.pk}/", f"{entered.pk}/remove/"):
        answer = client.post(at(project, f"requests/{part}"), filled(project))
        assert answer.status_code == 403
        assert "Only a department head or finance officer may do this." in words(answer.text)
    assert FundingRequest.objects.get().amount == 1000


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "-5"}, "An amount cannot be negative."),
        ({"amount": "1.2.3"}, "This is not an amount we can read."),
        ({"amount": "9" * 18}, "at most 13 digits"),
        ({"amount": "€5"}, "Amounts are in US dollars."),
        ({"status": ""}, "Choose how far it is."),
        ({"status": "paid"}, "is not one of the available choices"),
        ({"fund": "999999"}, "There is no such fund any more."),
        ({"fund": "x"}, "There is no such fund any more."),
        ({"fiscal_year": "1066"}, "is not one of the available choices"),
        ({"note": "x" * 201}, "Keep the note to 200 characters."),
    ],
)
def test_what_cannot_be_entered_is_said_at_its_field(
    head: Client, project: Project, typed: dict[str, str], sentence: str
) -> None:
    answer = head.post(at(project, "requests/new/"), filled(project, **typed))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert not FundingRequest.objects.exists()


def test_a_hostile_note_is_text(head: Client, project: Project) -> None:
    note = "<script>alert(1)</script>\u202egrant"
    head.post(at(project, "requests/new/"), filled(project, note=note))
    assert FundingRequest.objects.get().note == "<script>alert(1)</script>grant"
    for page in (at(project), at(project, "requests/")):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;grant" in head.get(page).text


def test_a_fund_is_asked_once_for_a_year(head: Client, project: Project) -> None:
    fund = make_appropriation().fund
    assert head.post(at(project, "requests/new/"), filled(project, fund=fund.pk)).status_code == 302
    answer = head.post(at(project, "requests/new/"), filled(project, fund=fund.pk))
    assert answer.status_code == 422
    assert "This fund is already asked for that year." in words(answer.text)
    assert FundingRequest.objects.count() == 1


def test_the_second_of_two_who_change_sees_both_and_may_save_again(
    head: Client, finance: Client, project: Project
) -> None:
    entered = hoped_for(project.budget, amount=1000)
    path, seen = at(project, f"requests/{entered.pk}/"), asking.mark(entered)
    assert f'value="{seen}"' in words(head.get(path).text)
    head.post(path, filled(project, amount="2,000", seen=seen))
    answer = finance.post(path, filled(project, amount="3,000", seen=seen))
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Nothing was saved." in page
    assert "$3,000" in page
    assert "$2,000" in page
    entered.refresh_from_db()
    assert entered.amount == 2000
    again = asking.mark(entered)
    assert f'value="{again}"' in page
    assert finance.post(path, filled(project, amount="3,000", seen=again)).status_code == 302
    entered.refresh_from_db()
    assert entered.amount == 3000


def test_who_removes_too_late_is_told(head: Client, finance: Client, project: Project) -> None:
    entered = hoped_for(project.budget)
    path = at(project, f"requests/{entered.pk}/remove/")
    assert head.post(path).status_code == 302
    assert finance.post(path).status_code == 404


def test_a_long_list_takes_as_many_queries(head: Client, project: Project) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert head.get(at(project, "requests/")).status_code == 200
        return len(caught)

    def more(number: int) -> None:
        for index in range(number):
            fund = Fund.objects.create(code=f"R{Fund.objects.count()}", name=f"Fund {index}")
            hoped_for(project.budget, fund=fund)

    more(3)
    few = queries()
    more(47)
    assert queries() == few <= 12
