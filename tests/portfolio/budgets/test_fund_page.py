"""The page of a fund, which joins its money with the projects behind it."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation, FundingRequest
from portfolio.models import Project
from tests.budgets.amendments import cut, raised
from tests.factories import make_appropriation, make_project, scoping_project
from tests.pages import words
from tests.portfolio.budgets.money import at, committed


def test_a_fund_shows_each_year_each_action_and_who_holds_the_money(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = scoping_project(cast)
    source = Appropriation.objects.get(allocations__budget=project.budget)
    soon = timezone.localdate() + timedelta(days=34)
    make_appropriation(500, fund=source.fund, fiscal_year=2020, available_until=soon)
    page = words(signed_in(cast.manager).get(f"/funds/{source.fund_id}/").text)
    for part in (
        "FY 2020",
        "Lapses in 34 days",
        source.action_number,
        "$1,000,000",
        "$125,000",
        "$875,000",
        f'href="{at(project)}"',
        project.title,
    ):
        assert part in page


def test_a_project_is_named_only_to_who_may_open_it(
    cast: SimpleNamespace, signed_in: Any, project: Project
) -> None:
    source = committed(project, cast).appropriation
    FundingRequest.objects.create(
        budget=project.budget,
        fund=source.fund,
        fiscal_year=2028,
        amount=Decimal(77),
        note="For the Oak Street cameras",
    )
    path = f"/funds/{source.fund_id}/"
    own = words(signed_in(cast.head).get(path).text)
    other = words(signed_in(cast.outsider).get(path).text)
    assert own.count(project.title) == 2
    assert "For the Oak Street cameras" in own
    assert "Oak Street" not in other
    assert project.title not in other
    assert project.reference not in other
    assert other.count("A project of another department") == 2
    assert "$125,000" in other
    assert "Requested, does not count" in other


def test_a_head_finds_the_own_projects_first(cast: SimpleNamespace, signed_in: Any) -> None:
    source = make_appropriation()
    own, *others = [make_project(cast) for _ in range(3)]
    Project.objects.exclude(pk=own.pk).update(department=cast.water)
    for project in (own, *others):
        ledger.hold(budget=project.budget, appropriation=source, amount=Decimal(9), by=cast.finance)
        FundingRequest.objects.create(
            budget=project.budget, fund=source.fund, fiscal_year=2030 - project.pk % 2, amount=7
        )
    context = signed_in(cast.head).get(f"/funds/{source.fund_id}/").context
    for rows in ("taken_rows", "asked_rows"):
        assert [project for _, project in context[rows]] == [own, None, None]


def test_released_money_is_held_by_nobody(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    released = ledger.release(committed(project, cast), by=cast.finance)
    page = words(finance.get(f"/funds/{released.appropriation.fund_id}/").text)
    assert "No project holds money of this fund." in page


def test_a_fund_page_takes_as_many_queries_for_many_rows(
    cast: SimpleNamespace, finance: Client
) -> None:
    fund, page, counts = make_appropriation().fund, "", []
    for wanted in (3, 60):
        while Allocation.objects.count() < wanted:
            budget = make_project(cast).budget
            source = make_appropriation(10, fund=fund)
            ledger.hold(budget=budget, appropriation=source, amount=Decimal(1), by=cast.finance)
            FundingRequest.objects.create(
                budget=budget, fund=fund, fiscal_year=2028, amount=Decimal(1)
            )
            raised(source, 1, by=cast.finance)
        with CaptureQueriesContext(connection) as queries:
            page = words(finance.get(f"/funds/{fund.pk}/").text)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
    assert "1 to 25 of 60" in page
    for name, shown in (("taken", 60), ("asked", 60), ("appropriations", 61)):
        page = words(finance.get(f"/funds/{fund.pk}/?{name}=2").text)
        assert f"26 to 50 of {shown}" in page


def test_what_is_asked_for_stands_apart_by_how_sure_it_is(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    fund = make_appropriation(1_000).fund
    wanted = (("idea", 1), ("requested", 20), ("applied", 300), ("forecast", 4_000))
    for year, (status, amount) in enumerate(wanted, start=2028):
        FundingRequest.objects.create(
            budget=project.budget, fund=fund, fiscal_year=year, status=status, amount=amount
        )
    FundingRequest.objects.create(
        budget=project.budget,
        fund=fund,
        fiscal_year=2040,
        amount=77_777,
        declined_by=cast.finance,
        declined_at=timezone.now(),
        declined_reason="Not this year.",
    )
    page = words(finance.get(f"/funds/{fund.pk}/").text)
    for label, sum_shown in (
        ("Idea", "$1"),
        ("Requested", "$20"),
        ("Applied for", "$300"),
        ("Forecast", "$4,000"),
    ):
        assert (
            f'<span class="tag">{label}</span> {sum_shown} <span class="muted">in 1 entry' in page
        )
    assert "77,777" not in page
    assert "$1,000" in page
    assert "$5,3" not in page


def test_what_amended_an_appropriation_stands_beside_its_amount(
    cast: SimpleNamespace, finance: Client
) -> None:
    source = make_appropriation(1_000)
    raised(source, 500, by=cast.finance)
    cut(source, 200, by=cast.finance)
    page = words(finance.get(f"/funds/{source.fund_id}/").text)
    action = '<span class="nowrap">Ord. 2026-90</span>'
    for part in ("$1,300", f"+$500 raise, {action}", f"\N{MINUS SIGN}$200 cut, {action}"):
        assert part in page
