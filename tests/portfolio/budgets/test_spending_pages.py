"""Pages of what was spent: the city, a fund, a project, the files."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import Fund, Spending
from portfolio.models import Project
from tests.factories import add_costs, make_appropriation, make_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, committed
from tests.portfolio.budgets.spending_steps import recorded

# The city


def test_the_city_is_compared_by_year_and_by_project(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    recorded(project, fund, 65_000, cast)
    page = words(finance.get("/funds/spending/").text)
    year = project.budget.first_fiscal_year
    for part in (
        f"Bars of what was planned and what was spent in each fiscal year from FY {year}",
        "50% spent",
        f'href="{at(project, "spending/")}"',
        project.reference,
        "$150,000",
        "43% spent",
        "Import spending",
    ):
        assert part in page
    assert "spent more than the whole plan" not in page


def test_more_than_the_plan_is_told_first_in_words_with_an_icon(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    kept = make_project(cast, title="A plan that is kept")
    add_costs(kept.budget, cast=cast)
    recorded(kept, fund, 1_000, cast)
    recorded(project, fund, 180_000, cast)
    page = words(finance.get("/funds/spending/").text)
    assert "1 project has spent more than the whole plan." in page
    assert "Sort by “Of the plan” to see it first." in page
    assert "#warning" in page
    assert "120% spent, over by $30,000" in page
    assert f"Over in FY {project.budget.first_fiscal_year}" in page
    assert page.rindex(project.title) < page.rindex(kept.title)


def test_a_year_over_its_plan_is_told_of_a_project_that_is_not(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    year = project.budget.first_fiscal_year - 1
    recorded(project, fund, 10, cast, year)
    page = words(finance.get("/funds/spending/").text)
    assert f"Over in FY {year}" in page
    assert "Spent without a plan" in page
    told = words(finance.get(at(project, "spending/")).text)
    assert f"More is spent than planned in FY {year}." in told


def test_a_department_sees_its_own_projects_and_the_sum_of_all(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    recorded(project, fund, 65_000, cast)
    page = words(client_of(cast.outsider).get("/funds/spending/").text)
    assert "$65,000" in page
    assert project.title not in page
    assert project.reference not in page
    assert "Projects of your departments." in page


def test_a_city_without_spending_says_so(cast: SimpleNamespace, finance: Client) -> None:
    page = words(finance.get("/funds/spending/").text)
    assert "No spending has been imported yet." in page
    assert "No project has a dedicated budget or has spent anything yet." in page
    assert "No file has been imported yet" in words(finance.get("/funds/spending/files/").text)


@pytest.mark.parametrize("order", ["title", "-spent", "planned", "percent", "department", "<x>"])
def test_projects_can_be_sorted(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund, order: str
) -> None:
    other = make_project(cast, title="A large one")
    add_costs(other.budget, cast=cast, cost=900_000)
    recorded(project, fund, 65_000, cast)
    recorded(other, fund, 70_000, cast)
    page = finance.get("/funds/spending/", {"sort": order}).text
    first = other if order in {"title", "-spent", "percent", "department"} else project
    titles = {one: page.rindex(one.title) for one in (project, other)}
    assert min(titles, key=lambda one: titles[one]) == first


def test_the_list_takes_as_many_queries_for_50_projects_as_for_3(
    cast: SimpleNamespace, finance: Client, fund: Fund
) -> None:
    counts = []
    for wanted in (3, 50):
        while Spending.objects.count() < wanted:
            project = make_project(cast)
            add_costs(project.budget, cast=cast)
            recorded(project, fund, 5, cast)
        with CaptureQueriesContext(connection) as queries:
            page = finance.get("/funds/spending/").text
        assert page.partition('id="projects-heading"')[2].count('scope="row"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_list_has_pages(cast: SimpleNamespace, finance: Client, fund: Fund) -> None:
    for _ in range(52):
        recorded(make_project(cast), fund, 5, cast)
    assert "1 to 50 of 52" in words(finance.get("/funds/spending/").text)
    assert "51 to 52 of 52" in words(finance.get("/funds/spending/?page=2").text)


# A fund


def test_a_fund_is_compared_with_what_is_committed_out_of_it(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    fund = committed(project, cast, 100_000).appropriation.fund
    other = make_project(cast, title="It never asked")
    elsewhere = make_appropriation().fund
    recorded(project, fund, 40_000, cast)
    recorded(project, elsewhere, 999, cast)
    recorded(other, fund, 7, cast)
    page = words(finance.get(f"/funds/{fund.pk}/spending/").text)
    for part in (
        "40% spent",
        "1 project has spent more than the whole plan.",
        "Spent without a plan",
        "$40,000",
        "It never asked",
    ):
        assert part in page
    assert "$999" not in page
    none = words(finance.get(f"/funds/{make_appropriation().fund_id}/spending/").text)
    assert "No project has money of this fund." in none
    assert f'href="/funds/{fund.pk}/spending/"' in finance.get(f"/funds/{fund.pk}/").text


def test_a_fund_takes_as_many_queries_for_50_projects_as_for_3(
    cast: SimpleNamespace, finance: Client, fund: Fund
) -> None:
    counts = []
    for wanted in (3, 50):
        while Spending.objects.count() < wanted:
            recorded(make_project(cast), fund, 5, cast)
        with CaptureQueriesContext(connection) as queries:
            page = finance.get(f"/funds/{fund.pk}/spending/").text
        assert page.partition('id="projects-heading"')[2].count('scope="row"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# A project


def test_a_project_shows_its_spending_by_year_and_fund(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    recorded(project, fund, 65_000, cast)
    page = words(finance.get(at(project, "spending/")).text)
    for part in (
        "50% spent",
        f'href="{fund.get_absolute_url()}"',
        "$65,000",
        "Whole-life cost by what it pays for",
        "Security is $10K, 6.7 percent.",
    ):
        assert part in page
    assert 'aria-labelledby="project-spent-title"' in page


def test_the_budget_page_shows_what_was_spent(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    page = words(finance.get(at(project)).text)
    assert "No spending has been imported for this project yet." in page
    recorded(project, fund, 180_000, cast)
    page = words(finance.get(at(project)).text)
    assert "More is spent than planned in all." in page
    assert "See it by fund" in page
