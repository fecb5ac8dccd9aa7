"""A head writes what a project costs, sees what it comes to at once, and saves it in the end."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from budgets.models import Budget, CostLine
from tests.factories import make_project
from tests.journeys.chromium import Windows
from tests.journeys.cost_steps import counts, line, sums
from tests.journeys.desk import WAYS, Desks, choose, field, fill, is_told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_a_cost_is_written_copied_pasted_and_saved(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = make_project(cast)
    first = project.budget.first_fiscal_year
    head = Desks(windows, **WAYS[way]).of(cast.head)
    head.goto(f"/projects/{project.pk}/budget/costs/")

    writes_two_lines(head, way, first)
    copies_a_line(head, first)
    assert not CostLine.objects.exists()
    pastes_a_block(head, first)

    line(head, 7).get_by_label("Remove this line").check()
    counts(head, way)
    expect(sums(head, "all")).to_have_text("$1,531.01")
    expect(head.get_by_text("A year costs more than")).to_be_hidden()
    head.get_by_role("button", name="Save the cost").click()
    is_told(head, "The cost is saved.")
    assert Budget.objects.get(pk=project.budget_id).whole_life == Decimal("1531.01")


def writes_two_lines(head: Page, way: str, first: int) -> None:
    """Write one line that counts at once, and one whose amount cannot be read."""
    writes(
        head, 1, {"Fiscal year": f"FY {first}", "Kind": "Capital", "For": "Hardware"}, "$1,000.10"
    )
    writes(
        head,
        2,
        {"Fiscal year": f"FY {first}", "Kind": "Recurring operating", "For": "Staff"},
        "50k",
    )
    counts(head, way)
    expect(sums(head, "all")).to_have_text("$1,000.10")
    expect(sums(head, "contingency-asked")).to_have_text("$250.03")
    expect(head.get_by_text("Lines that are not counted yet")).to_contain_text("1")


def copies_a_line(head: Page, first: int) -> None:
    """Mend the second line and copy it over the years, growing by three percent."""
    fill(line(head, 2), {"Amount": "100", "Growth a year, in percent": "3"})
    line(head, 2).get_by_role("button").click()
    is_told(head, f"Cost line 2 is copied to FY {first + 1} to FY {first + 4}.")
    expect(field(line(head, 6), "Amount")).to_have_value("$112.55")
    expect(sums(head, "recurring")).to_have_text("$530.91")


def pastes_a_block(head: Page, first: int) -> None:
    """Paste a formula, which is refused by its cell, then the value that it should have."""
    head.get_by_text("Paste a block from a spreadsheet").click()
    block = f"{first}\tCapital\tSecurity\t=1+1"
    field(head, "Block of cells").fill(block)
    head.get_by_role("button", name="Read the block").click()
    expect(head.get_by_role("link", name="Row 1, amount: “=1+1” is a formula.")).to_be_visible()
    field(head, "Block of cells").fill(block.replace("=1+1", "3,000,000"))
    head.get_by_role("button", name="Read the block").click()
    is_told(head, "The block is read: cost line 7.")
    expect(head.get_by_text("A year costs more than $2,000,000:")).to_be_visible()
    expect(sums(head, f"{first}")).to_have_text("$3,001,100.10")


def writes(page: Page, number: int, choices: dict[str, str], amount: str) -> None:
    choose(line(page, number), choices)
    fill(line(page, number), {"Amount": amount})
