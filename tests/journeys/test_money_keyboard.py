"""Money is held, and a cost is written, by the keyboard alone."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from budgets.models import CostLine
from portfolio.models import Project
from tests.factories import add_costs, make_appropriation, make_project
from tests.journeys.chromium import Windows
from tests.journeys.cost_steps import line, sums
from tests.journeys.desk import DESK, Desks, field, has_heading, is_told
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.django_db(transaction=True)


def test_money_is_held_and_committed_without_a_mouse(
    cast: SimpleNamespace, windows: Windows
) -> None:
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    for number in range(3):
        make_appropriation(400_000, action_number=f"Ord. 2027-1{number}")
    keys = Keyboard(Desks(windows, **DESK).of(cast.finance))
    holds(keys, project)
    commits(keys, project)
    assert keys.faults == []


def holds(keys: Keyboard, project: Project) -> None:
    """What each choice would leave follows the typing, and the focus stays where it is."""
    page = keys.page
    page.goto("/")
    keys.goes_by(page.get_by_role("link", name=f"Allocate $125,000: {project.title}"))
    has_heading(page, "Hold money")
    source = page.get_by_role("row").filter(has_text="Ord. 2027-12")
    keys.types(field(page, "Amount"), "500,000")
    expect(source).to_contain_text("$100,000 too little")
    expect(field(page, "Amount")).to_be_focused()
    keys.types(field(page, "Amount"), "125,000")
    expect(source).to_contain_text("$275,000")
    keys.types(field(page, "Fund or action"), "2027-1")
    keys.turns_to(source.get_by_role("radio"))
    expect(source.get_by_role("radio")).to_be_focused()
    keys.goes_by(page.get_by_role("button", name="Hold it"))
    is_told(page, "$125,000 is held until")


def commits(keys: Keyboard, project: Project) -> None:
    page = keys.page
    page.goto("/")
    keys.goes_by(page.get_by_role("link", name=f"Commit $125,000: {project.title}"))
    keys.goes_by(page.get_by_role("button", name="Commit $125,000"), key="Space")
    is_told(page, "$125,000 is committed.")


def test_a_cost_is_written_and_copied_without_a_mouse(
    cast: SimpleNamespace, windows: Windows
) -> None:
    project = make_project(cast)
    keys = Keyboard(Desks(windows, **DESK).of(cast.head))
    page = keys.page
    page.goto(f"/projects/{project.pk}/budget/")
    keys.goes_by(page.get_by_role("link", name="Edit the cost").first)
    writes_a_line(keys, project.budget.first_fiscal_year)
    expect(sums(page, "all")).to_have_text("$1,000")
    copies_it(keys)
    assert not CostLine.objects.exists()
    keys.goes_by(page.get_by_role("button", name="Save the cost"))
    is_told(page, "The cost is saved.")
    assert CostLine.objects.filter(budget=project.budget_id).count() == 5
    assert keys.faults == []


def writes_a_line(keys: Keyboard, first: int) -> None:
    row = line(keys.page, 1)
    keys.picks(field(row, "Fiscal year"), f"FY {first}")
    keys.picks(field(row, "Kind"), "Recurring operating")
    keys.picks(field(row, "For"), "Staff")
    keys.types(field(row, "Amount"), "1,000")
    keys.types(field(row, "What it pays for"), "A clerk")


def copies_it(keys: Keyboard) -> None:
    """The Enter key in a field saves nothing; the button copies, and the focus is not lost."""
    row = line(keys.page, 1)
    keys.types(field(row, "Growth a year, in percent"), "3")
    keys.to(row.get_by_role("button"))
    keys.page.keyboard.press("Enter")
    is_told(keys.page, "Cost line 1 is copied to")
    expect(field(line(keys.page, 5), "Amount")).to_have_value("$1,125.51")
    expect(line(keys.page, 2).locator(":focus")).to_have_count(1)
