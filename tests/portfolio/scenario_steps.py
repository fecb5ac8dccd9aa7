"""Steps of the tests of what-if scenarios: a list with money, and all of the city's money rows."""

import re
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.urls import reverse

from budgets.models import Fund
from portfolio import ranking, scenarios
from portfolio.models import Project, Scenario, WorkingPosition
from tests.factories import add_costs, hoped_for, make_appropriation, make_project

# Each project costs this with its contingency.
COST = 125_000


def ranked(cast: SimpleNamespace, count: int) -> list[Project]:
    """Put projects on the list that nobody estimated."""
    projects = [make_project(cast, title=f"Project {n:03d}") for n in range(1, count + 1)]
    ranking.add_all(projects, by=cast.manager)
    return projects


def priced(cast: SimpleNamespace, count: int, *, money: int) -> tuple[list[Project], Fund]:
    """Put projects on the list that cost COST each and name one fund, which has `money`."""
    fund = make_appropriation(money).fund
    projects = [make_project(cast, title=f"Project {n:03d}") for n in range(1, count + 1)]
    for project in projects:
        add_costs(project.budget, cast=cast)
        hoped_for(project.budget, fund=fund)
    ranking.add_all(projects, by=cast.manager)
    return projects, fund


def copied(by: Any, name: str = "Ten percent less") -> Scenario:
    """Copy the working order."""
    return scenarios.copy(name=name, by=by)


def changes(scenario: Scenario, **wanted: Any) -> scenarios.Changes:
    """What `scenario` tries, with something else in it."""
    saved = scenarios.Changes(
        name=scenario.name,
        note=scenario.note,
        change_percent=scenario.change_percent,
        fund_changes={int(fund): by for fund, by in scenario.fund_changes.items()},
        scoping_slots=scenario.scoping_slots,
        delivery_slots=scenario.delivery_slots,
    )
    return saved._replace(**wanted)


def working_order() -> list[int]:
    """The projects of the list, first one first."""
    return list(WorkingPosition.objects.in_order().values_list("pk", flat=True))


def everything_else() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of money, of projects and of the list: what a scenario must not touch."""
    money: list[Any] = list(apps.get_app_config("budgets").get_models())
    tables = [*money, Project, WorkingPosition]
    return {
        model._meta.db_table: list(model.objects.order_by("pk").values_list()) for model in tables
    }


def to(route: str, scenario: Scenario, *args: int) -> str:
    """The address of something about `scenario`."""
    return reverse(route, args=[scenario.pk, *args])


def titles(page: str) -> list[str]:
    """The projects that a page links to, in its order."""
    return re.findall(r"<a[^>]*>(Project \d{3})</a>", page)
