"""Projects after OC4IDS: sound by a schema, committed money to the cent, no draft of anything."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from budgets.models import Allocation, Appropriation, CostLine
from portfolio import projects
from portfolio.models import Project
from portfolio.open_data import oc4ids
from portfolio.open_data.publishing import public_projects
from tests.factories import (
    add_costs,
    dedicate,
    draft_problem,
    make_appropriation,
    make_project,
    ready_project,
    scoping_project,
)
from tests.portfolio.busy_ledger import FORMULA, TEXT, busy_ledger
from tests.portfolio.open_data.checks import ADDRESS, AT, errors, package_of
from tests.portfolio.open_data.oc4ids_schema import PACKAGE


@pytest.fixture
def busy(cast: SimpleNamespace) -> SimpleNamespace:
    return busy_ledger(cast)


def described(project: Project, cast: SimpleNamespace) -> dict[str, object]:
    (found,) = package_of(Project.objects.filter(pk=project.pk), cast.city)["projects"]
    return dict(found)


def test_a_package_says_who_publishes_it_and_under_which_license(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    package = package_of(public_projects(), cast.city)
    assert package["uri"] == ADDRESS
    assert package["version"] == "0.9"
    assert package["publisher"]["name"] == "Testville"
    assert package["publishedDate"] == "2026-11-22T15:00:00+00:00"
    assert package["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"


def test_a_project_says_what_it_is(cast: SimpleNamespace) -> None:
    project = scoping_project(cast)
    found = described(project, cast)
    assert found["id"] == f"oc4ids-000000-{project.reference}"
    assert found["title"] == project.title
    assert found["status"] == "preparation"
    assert found["purpose"] == project.problem.statement if project.problem else ""
    assert found["locations"] == [{"id": "1", "description": "City-wide"}]


def test_the_schema_refuses_what_is_none(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    package = package_of(public_projects(), cast.city)
    project = package["projects"][0]
    for name, wrong in (("status", "concept"), ("id", "P-1"), ("sector", []), ("other", 1)):
        spoiled = {**package, "projects": [{**project, name: wrong}]}
        assert errors(spoiled, PACKAGE), name


# Money


def test_the_budget_is_the_committed_money_to_the_cent(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    file = io.BytesIO()
    found = Project.objects.filter(pk=busy.scoped.pk)
    oc4ids.write(file, found, city=cast.city, at=AT, address=ADDRESS)
    exact = json.loads(file.getvalue(), parse_float=Decimal)["projects"][0]
    committed = Allocation.objects.filter(budget=busy.scoped.budget, state="committed")
    total = committed.aggregate(sum=Sum("amount"))["sum"]
    assert exact["budget"]["amount"] == {"amount": total, "currency": "USD"}
    parts = exact["budget"]["budgetBreakdown"]
    assert sum(part["amount"]["amount"] for part in parts) == total
    by_source = dict(
        committed.values_list("appropriation").annotate(sum=Sum("amount")).order_by("appropriation")
    )
    assert {int(part["id"]): part["amount"]["amount"] for part in parts} == by_source
    (planned,) = (row for row in exact["forecasts"] if row["id"] == "financialProgress")
    assert sum(row["value"]["amount"] for row in planned["observations"]) == (
        busy.scoped.budget.whole_life
    )
    (spent,) = (row for row in exact["metrics"] if row["id"] == "financialProgress")
    assert [row["value"]["amount"] for row in spent["observations"]] == [
        Decimal("999999.99"),
        Decimal("0.01"),
    ]


def test_each_part_of_the_budget_says_its_fund_year_and_giver(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    found: dict[str, dict[str, list[dict[str, object]]]] = described(busy.scoped, cast)  # type: ignore[assignment]
    parts = {row["id"]: row for row in found["budget"]["budgetBreakdown"]}
    grant = parts[str(busy.grant.pk)]
    assert grant["description"] == f"{busy.fund}, FY {busy.grant.fiscal_year}"
    assert grant["period"] == {
        "startDate": f"{busy.grant.fiscal_year - 1}-07-01T00:00:00-05:00",
        "endDate": f"{busy.grant.fiscal_year}-06-30T00:00:00-05:00",
    }
    assert grant["sourceParty"] == {"id": "agency-1", "name": "-Department of Transportation"}
    own = next(row for key, row in parts.items() if key != str(busy.grant.pk))
    assert own["sourceParty"] == {"id": "city", "name": "Testville"}


def test_a_plan_is_no_budget(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    with cast.head.changing():
        CostLine.objects.filter(budget=project.budget, element="security").delete()
    found = described(project, cast)
    assert "budget" not in found
    assert "documents" not in found
    assert "forecasts" in found


def test_money_that_finance_has_not_confirmed_is_told(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    dedicate(project.budget, cast=cast)
    confirmed: dict[str, dict[str, str]] = described(project, cast)  # type: ignore[assignment]
    assert confirmed["budget"]["description"] == (
        "Money committed to the project, confirmed by finance."
    )
    assert "approvalDate" in confirmed["budget"]
    with cast.head.changing():
        CostLine.objects.filter(budget=project.budget, kind="one_time").update(amount=99_999)
    again: dict[str, dict[str, str]] = described(project, cast)  # type: ignore[assignment]
    assert "not confirmed" in again["budget"]["description"]
    assert "approvalDate" not in again["budget"]


@pytest.mark.parametrize(
    "amount", ["0.01", "1", "1234567.89", "9999999999999.99", "9999999999999", "-0.10"]
)
def test_an_amount_comes_back_from_json_as_it_was(amount: str) -> None:
    shown = json.dumps(oc4ids.number(Decimal(amount)))
    assert Decimal(shown) == Decimal(amount)


def test_an_amount_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        oc4ids.number(Decimal("12345678901234567.89"))


# Only what is public


def test_a_draft_of_a_problem_never_appears(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast, statement="A secret draft.", place="A secret place")
    project = make_project(cast, problem=problem)
    found = described(project, cast)
    assert "secret" not in json.dumps(found)
    assert "measure-" not in json.dumps(found)
    assert not {"purpose", "locations"} & set(found)


def test_only_listed_and_scoped_projects_are_public(cast: SimpleNamespace) -> None:
    concept = make_project(cast)
    ready, scoped = ready_project(cast), scoping_project(cast)
    stopped = scoping_project(cast)
    projects.stop(stopped, reason="Another way was found.", by=cast.manager)
    ids = [row["id"] for row in package_of(public_projects(), cast.city)["projects"]]
    public = sorted([ready, scoped, stopped], key=lambda project: project.pk)
    assert ids == [f"oc4ids-000000-{project.reference}" for project in public]
    assert concept.reference not in " ".join(ids)


def test_no_person_is_named(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    text = json.dumps(package_of(public_projects(), cast.city))
    assert not [person for person in (cast.finance, cast.head, cast.manager) if person.name in text]


def test_hostile_texts_stay_texts(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    found = described(busy.scoped, cast)
    assert (found["title"], found["description"]) == (FORMULA, TEXT)


# Stages, and the end


@pytest.mark.parametrize("stage", Project.Stage.values)
def test_every_stage_has_a_status_of_the_standard(stage: str) -> None:
    assert (
        oc4ids.STATUS[Project.Stage(stage)]
        in (PACKAGE["properties"]["projects"]["items"]["properties"]["status"]["enum"])
    )


def test_a_closed_project_says_what_it_came_to(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    (project,) = oc4ids.with_everything(Project.objects.filter(pk=busy.scoped.pk))
    project.stage = Project.Stage.CLOSED
    found = oc4ids.describe(project, city=cast.city, calendar=oc4ids.calendar_of(cast.city))
    assert found["status"] == "completion"
    assert found["completion"]["finalValue"] == {"amount": 1_000_000, "currency": "USD"}
    assert "endDate" in found["completion"]


# The same each time, and quickly


def test_the_same_state_is_the_same_bytes_apart_from_the_time(
    busy: SimpleNamespace, cast: SimpleNamespace
) -> None:
    def bytes_at(days: int) -> bytes:
        file = io.BytesIO()
        at = AT + timedelta(days=days)
        oc4ids.write(file, public_projects(), city=cast.city, at=at, address=ADDRESS)
        return file.getvalue()

    assert bytes_at(0) == bytes_at(0)
    lines = zip(bytes_at(0).splitlines(), bytes_at(3).splitlines(), strict=True)
    (differing,) = [one for one, other in lines if one != other]
    assert b"publishedDate" in differing


def test_more_projects_take_no_more_queries(busy: SimpleNamespace, cast: SimpleNamespace) -> None:
    with CaptureQueriesContext(connection) as queries:
        package_of(public_projects(), cast.city)
    few = len(queries)
    source = make_appropriation(10_000_000)
    for _ in range(3):
        project = make_project(cast)
        add_costs(project.budget, cast=cast)
        dedicate(project.budget, cast=cast, appropriation=source)
    Project.objects.update(summary="Words")
    with CaptureQueriesContext(connection) as queries:
        package_of(Project.objects.order_by("pk"), cast.city)
    assert len(queries) == few <= 7
    assert Appropriation.objects.count() > 3
