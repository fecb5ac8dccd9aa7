"""The pages of a budget's versions: what was confirmed, and what differs between any two."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import dedication
from budgets.models import Fund
from portfolio.models import Project
from tests.factories import dedicate, make_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, committed


@pytest.fixture
def versioned(cast: SimpleNamespace, project: Project) -> Project:
    """A budget with two versions: the second one $10,000 cheaper, and now $1,000 more."""
    dedicate(project.budget, cast=cast)
    services = project.budget.cost_lines.filter(element="services")
    services.update(amount=Decimal(80_000), note="Two people <b>for a year</b>")
    confirm(project, cast)
    services.update(amount=Decimal(81_000), note="Three people <b>for a year</b>")
    return project


def confirm(project: Project, cast: SimpleNamespace) -> None:
    dedication.confirm(project.budget, by=cast.second_finance, on=timezone.localdate())


def test_every_version_is_listed_with_who_signed(
    cast: SimpleNamespace, finance: Client, versioned: Project
) -> None:
    page = words(finance.get(at(versioned, "versions/")).text)
    assert "2 confirmed versions" in page
    for part in ("$125,000", "$115,000", "Fred Finance", "Hanna Head"):
        assert part in page
    assert page.index("Version 2</a>") < page.index("Version 1</a>")


def test_the_last_version_is_compared_with_what_stands(finance: Client, versioned: Project) -> None:
    answer = finance.get(at(versioned, "versions/"))
    page = words(answer.text)
    assert "Version 2 → What stands now: one thing differs" in page
    for part in ("+$1,000", "Two", "Three", "<b>for a year</b>"):
        assert part in page
    assert "<b>for" not in answer.text
    (line,) = answer.context["comparison"].changes.lines
    assert (line.before, line.after, line.difference) == (80_000, 81_000, 1000)


@pytest.mark.parametrize(
    ("query", "difference"),
    [
        ("?before=1&after=2", -10_000),
        ("?before=2&after=1", 10_000),
        ("?before=1&after=now", -9000),
        ("?before=now&after=1", 9000),
        ("?before=2&after=2", 0),
        ("?before=99&after=x", 1000),
    ],
)
def test_any_two_are_compared(
    finance: Client, versioned: Project, query: str, difference: int
) -> None:
    found = finance.get(at(versioned, f"versions/{query}")).context["comparison"].changes
    whole_life = next(item for item in found.totals if item.label == "Whole-life cost")
    assert whole_life.difference == difference


def test_a_version_says_what_it_said(
    cast: SimpleNamespace, finance: Client, versioned: Project
) -> None:
    Fund.objects.update(name="Renamed since")
    first = words(finance.get(at(versioned, "versions/1/")).text)
    for part in ("$125,000", "$150,000", "It is the first version", "Capital projects"):
        assert part in first
    assert "Renamed since" not in first
    second = words(finance.get(at(versioned, "versions/2/")).text)
    for part in ("What changed since version 1", "−$10,000", "Two people"):
        assert part in second


def test_a_budget_that_was_never_confirmed_has_no_versions(
    finance: Client, project: Project
) -> None:
    page = words(finance.get(at(project, "versions/")).text)
    assert "No version was confirmed yet" in page
    assert "Compare" not in page
    assert finance.get(at(project, "versions/1/")).status_code == 404


def test_there_is_no_version_that_was_not_confirmed(finance: Client, versioned: Project) -> None:
    for number in ("0", "3", "99999999999999999999"):
        assert finance.get(at(versioned, f"versions/{number}/")).status_code == 404


def test_a_version_of_another_project_is_not_found(
    cast: SimpleNamespace, finance: Client, versioned: Project
) -> None:
    other = make_project(cast)
    assert finance.get(at(other, "versions/1/")).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "reader", "administrator"])
def test_who_may_not_see_the_project_meets_what_does_not_exist(
    cast: SimpleNamespace, versioned: Project, who: str
) -> None:
    client = client_of(getattr(cast, who))
    for part in ("versions/", "versions/1/"):
        assert client.get(at(versioned, part)).status_code == 404


@pytest.mark.parametrize("part", ["versions/", "versions/1/"])
def test_versions_are_read_and_never_written(
    finance: Client, versioned: Project, part: str
) -> None:
    assert finance.post(at(versioned, part), {"lines": "[]"}).status_code == 405


@pytest.mark.parametrize("part", ["versions/", "versions/2/"])
def test_the_pages_take_as_many_queries_for_many_rows(
    cast: SimpleNamespace, finance: Client, versioned: Project, part: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert finance.get(at(versioned, part)).status_code == 200
        return len(caught)

    few = queries()
    committed(versioned, cast, 1000)
    confirm(versioned, cast)
    for _ in range(3):
        committed(versioned, cast, 1)
        confirm(versioned, cast)
    assert queries() == few <= 12
