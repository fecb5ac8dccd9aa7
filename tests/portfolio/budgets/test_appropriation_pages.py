"""What the page of an appropriation says, and the list of every amendment."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets import amending, ledger
from budgets.models import Allocation, Amendment, Appropriation
from portfolio.models import Project
from tests.budgets.amendments import action, raised
from tests.factories import make_appropriation, make_project
from tests.pages import words
from tests.portfolio.budgets.money import committed
from tests.portfolio.budgets.test_amending_pages import page_of


@pytest.fixture
def source(db: None) -> Appropriation:
    return make_appropriation(1_000)


def test_an_appropriation_says_where_it_comes_from_and_who_has_it(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(
        80_000,
        restriction="Bus stops on Main Street.",
        constraint="restricted",
        award_number="FTA-2026-0147",
        agency="Federal Transit Administration",
        match_percent=Decimal(20),
        match_kind="cash",
        match_fund=make_appropriation().fund,
        entered_by=cast.finance,
    )
    gone = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(5), by=cast.finance
    )
    ledger.release(gone, by=cast.second_finance)
    page = words(finance.get(page_of(source)).text)
    for part in (
        "Bus stops on Main Street.",
        "Restricted",
        "FTA-2026-0147",
        "20 percent in cash: $20,000 needed, $0 committed of",
        "$20,000 short",
        "Released",
        "Fred Finance",
        project.title,
    ):
        assert part in page
    on_fund = words(finance.get(f"/funds/{source.fund_id}/").text)
    assert "Award FTA-2026-0147, Federal Transit Administration" in on_fund


def test_a_project_is_named_only_to_who_may_open_it(
    cast: SimpleNamespace, signed_in: Any, project: Project
) -> None:
    source = committed(project, cast).appropriation
    page = words(signed_in(cast.outsider).get(page_of(source)).text)
    assert "A project of another department" in page
    assert project.title not in page
    assert project.reference not in page


def test_a_page_takes_as_many_queries_for_many_rows(
    cast: SimpleNamespace, finance: Client, source: Appropriation
) -> None:
    page, counts = "", []
    for wanted in (3, 60):
        while Allocation.objects.count() < wanted:
            budget = make_project(cast).budget
            ledger.hold(budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance)
            raised(source, 1, by=cast.finance)
        with CaptureQueriesContext(connection) as queries:
            page = words(finance.get(page_of(source)).text)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
    assert "1 to 25 of 60" in page
    assert "$1,060" in page


# Every amendment


def test_all_amendments_are_listed_by_fund_and_year(
    cast: SimpleNamespace, signed_in: Any, source: Appropriation
) -> None:
    target = make_appropriation(50, fiscal_year=2031)
    raised(source, 77, by=cast.finance)
    amending.transfer(source, target=target, amount=Decimal(30), action=action(), by=cast.finance)
    client = signed_in(cast.council)
    everything = words(client.get("/funds/amendments/").text)
    assert everything.index("2 · Transfer") < everything.index("1 · Raise")
    of_year = words(client.get("/funds/amendments/?year=2031").text)
    assert "2 · Transfer" in of_year
    assert "1 · Raise" not in of_year
    of_fund = words(client.get(f"/funds/amendments/?fund={source.fund_id}").text)
    assert "1 · Raise" in of_fund
    assert "2 · Transfer" in of_fund
    none = words(client.get(f"/funds/amendments/?fund={make_appropriation().fund_id}").text)
    assert "No amendment is of this fund and year." in none
    for asked in ("fund=x", "year=x", "fund=987654", "sort=<x>", "page=99"):
        assert client.get(f"/funds/amendments/?{asked}").status_code == 200


def test_the_list_takes_as_many_queries_for_50_amendments_as_for_3(
    cast: SimpleNamespace, finance: Client, source: Appropriation
) -> None:
    counts = []
    for wanted in (3, 50):
        for _ in range(Amendment.objects.count(), wanted):
            target = make_appropriation(1)
            amending.transfer(
                source, target=target, amount=Decimal(1), action=action(), by=cast.finance
            )
        with CaptureQueriesContext(connection) as queries:
            assert finance.get("/funds/amendments/").text.count('scope="row"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
