"""The page of a project's budget: who may do what, and what it says."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Allocation, FundingRequest
from portfolio.models import Project
from tests.factories import (
    add_costs,
    make_appropriation,
    make_project,
)
from tests.pages import words
from tests.portfolio.budgets.money import at, committed

READERS = ["finance", "second_finance", "manager", "security", "council"]


# Who may do what


@pytest.mark.parametrize("who", ["head", *READERS])
def test_who_may_open_the_project_reads_its_budget(
    cast: SimpleNamespace, signed_in: Any, project: Project, who: str
) -> None:
    page = words(signed_in(getattr(cast, who)).get(at(project)).text)
    assert "$100,000 one-time, $25,000 contingency" in page
    assert ("Edit the cost" in page) == (who == "head")
    assert ('id="hold"' in page) == (who in {"finance", "second_finance"})


@pytest.mark.parametrize("who", ["outsider", "reader", "administrator"])
def test_others_meet_what_does_not_exist(
    cast: SimpleNamespace, signed_in: Any, project: Project, who: str
) -> None:
    allocation = committed(project, cast)
    client = signed_in(getattr(cast, who))
    for part in ("", "costs/", f"allocations/{allocation.pk}/release/", "withdraw/"):
        assert client.get(at(project, part)).status_code == 404
    for part in ("costs/", "hold/", f"allocations/{allocation.pk}/commit/", "confirm/"):
        assert client.post(at(project, part)).status_code == 404


@pytest.mark.parametrize("who", ["head", "manager", "security", "council"])
def test_money_is_moved_by_finance_alone(
    cast: SimpleNamespace, signed_in: Any, project: Project, who: str
) -> None:
    allocation = committed(project, cast)
    client = signed_in(getattr(cast, who))
    for part in (
        "hold/",
        "confirm/",
        "withdraw/",
        f"allocations/{allocation.pk}/commit/",
        f"allocations/{allocation.pk}/release/",
    ):
        answer = client.post(at(project, part), {"sure": "1"})
        assert (answer.status_code, part) == (403, part)
        assert "Only a finance officer may do this." in words(answer.text)
    allocation.refresh_from_db()
    assert allocation.state == Allocation.State.COMMITTED


@pytest.mark.parametrize("who", READERS)
def test_cost_is_drafted_by_the_department_alone(
    cast: SimpleNamespace, signed_in: Any, project: Project, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    for answer in (client.get(at(project, "costs/")), client.post(at(project, "costs/"))):
        assert answer.status_code == 403
        assert "Only a department head may do this." in words(answer.text)


def test_the_allocation_of_another_project_is_not_found(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    other = committed(make_project(cast), cast, 5)
    for part in ("commit", "release"):
        path = at(project, f"allocations/{other.pk}/{part}/")
        assert finance.post(path, {"sure": "1"}).status_code == 404
    other.refresh_from_db()
    assert other.state == Allocation.State.COMMITTED


# What the page says


def test_every_unmet_condition_has_its_anchor_and_its_owner(
    cast: SimpleNamespace, head: Client
) -> None:
    project = make_project(cast)
    page = words(head.get(at(project)).text)
    assert "5 things are missing" in page
    for item in dedication.unmet(project.budget, on=timezone.localdate()):
        assert f'<li id="{item.code}">' in page
        assert item.sentence in page
    assert "Who can fix it: Head of Parks" in page
    assert "No cost is entered yet" in page


def test_the_money_and_the_cost_are_shown(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    committed(project, cast, 60_000)
    source = make_appropriation(50_000)
    ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(20_000), by=cast.finance
    )
    page = words(finance.get(at(project)).text)
    for part in (
        "Partly committed",
        "$65,000 still to commit, $45,000 of it not even held",
        "Commit $65,000 more: $60,000 of $125,000 is committed. $20,000 is held but not committed.",
        "$25,000, 25 percent of the other one-time cost",
        "<strong>$10,000</strong>, 6.7 percent of the whole-life cost",
        "$150,000 <span",
        "Over the horizon of 5 years",
    ):
        assert part in page


def test_requested_money_stands_apart_and_does_not_count(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    fund = make_appropriation().fund
    FundingRequest.objects.create(
        budget=project.budget, fund=fund, fiscal_year=2028, amount=Decimal(125_000)
    )
    page = words(finance.get(at(project)).text)
    assert "Requested, does not count" in page
    assert "$0 of $125,000 is committed" in page


def test_the_page_takes_as_many_queries_for_many_rows(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert finance.get(at(project)).status_code == 200
        return len(caught)

    committed(project, cast, 5)
    few = queries()
    for _ in range(4):
        committed(project, cast, 5)
        FundingRequest.objects.create(
            budget=project.budget,
            fund=make_appropriation().fund,
            fiscal_year=2028,
            amount=Decimal(1),
        )
    add_costs(project.budget, cast=cast)
    assert queries() == few <= 15
