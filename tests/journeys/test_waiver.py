"""A budget with too little security is found by the security officer, who lets it be for a time."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portfolio.models import Project
from tests.factories import add_costs, make_project
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks, fill, follow, is_told, press

REASON = "Guards watch the site until the locks come in spring."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_a_security_officer_signs_a_waiver(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    with cast.head.changing():
        project.budget.cost_lines.filter(element="security").update(amount=Decimal(4000))
    desks = Desks(windows, **WAYS[way])
    officer, head = desks.of(cast.security), desks.of(cast.head)
    ends_on = cast.city.today() + timedelta(days=90)

    is_short(head, project)
    officer.goto("/")
    follow(officer, f"Ask for more security, or sign a waiver: {project.title}")
    follow(officer, "Sign a waiver")
    expect(officer.get_by_text("2.77 percent of its whole-life cost")).to_be_visible()
    fill(officer, {"Last day of the waiver": f"{ends_on}"})
    assert press(officer, "Sign the waiver").status == 422
    fill(officer, {"Why this is enough for now": REASON})
    press(officer, "Sign the waiver")
    is_told(officer, "The waiver is signed. It counts until")
    officer.goto("/")
    expect(officer.get_by_text("Nothing waits on you.")).to_be_visible()
    is_waived(head, project)


def is_short(head: Page, project: Project) -> None:
    head.goto(f"/projects/{project.pk}/budget/")
    expect(head.locator("#security_below_floor")).to_be_visible()


def is_waived(head: Page, project: Project) -> None:
    """The condition is gone, and the reason stands on the budget with its signature."""
    head.goto(f"/projects/{project.pk}/budget/")
    expect(head.locator("#security_below_floor")).to_have_count(0)
    security = head.get_by_role("region", name="Security", exact=True)
    expect(security).to_contain_text(REASON)
    expect(security).to_contain_text("Sam Security signed it")
