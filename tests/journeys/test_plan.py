"""A plan that changes: counted while it is typed, cheaper, dearer, and one of two options."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portfolio.models import Project
from tests.factories import add_costs, make_project, scoping_project
from tests.journeys import money_steps
from tests.journeys.chromium import Windows
from tests.journeys.cost_steps import COUNTED, line
from tests.journeys.desk import DESK, WAYS, Desks, choose, field, fill, follow, is_told, press

pytestmark = pytest.mark.django_db(transaction=True)

BUY, RENT = "Buy at once", "Rent for five years"


def test_the_page_counts_what_the_server_counts(cast: SimpleNamespace, windows: Windows) -> None:
    project = make_project(cast)
    add_costs(project.budget, cost=2_100_000, cast=cast)
    head = Desks(windows, **DESK).of(cast.head)
    head.goto(f"/projects/{project.pk}/budget/costs/")
    before = head.evaluate(COUNTED)
    fill(line(head, 1), {"Amount": "$ 1,234,567.85"})
    fill(line(head, 2), {"Amount": "33.33"})
    line(head, 5).get_by_label("Remove this line").check()
    typed = head.evaluate(COUNTED)
    assert typed != before
    press(head, "Save the cost")

    plain = windows.open(
        storage_state=head.context.storage_state(), **DESK, java_script_enabled=False
    ).new_page()
    plain.goto(f"/projects/{project.pk}/budget/costs/")
    assert plain.evaluate(COUNTED) == typed


@pytest.mark.parametrize("way", WAYS)
def test_a_cheaper_plan_keeps_the_gate_open_and_a_dearer_one_closes_it(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = scoping_project(cast)
    first = f"FY {project.budget.first_fiscal_year}"
    head = Desks(windows, **WAYS[way]).of(cast.head)

    changes_the_first_line(head, project, "80,000")
    is_told(head, "The gate stays open: it costs $10,000 less and the money is the same.")
    expect(head.get_by_text("The gate stays open, because none of it costs more")).to_be_visible()
    lock_says(head, project, "Scoping is under way.")

    changes_the_first_line(head, project, "96,000")
    is_told(head, f"The budget lost its confirmation, because it costs $6,000 more in {first}.")
    is_told(head, f"{project.reference} is on hold.")
    changed = head.get_by_role("row").filter(has_text="$96,000").filter(has_text="$90,000")
    expect(changed).to_contain_text("+$6,000")
    lock_says(head, project, "The gate closed: its budget is not dedicated.")


def changes_the_first_line(head: Page, project: Project, amount: str) -> None:
    money_steps.opens_the_budget(head, project)
    follow(head, "Edit the cost")
    expect(head.get_by_text("It stays so while no year costs more")).to_be_visible()
    fill(line(head, 1), {"Amount": amount})
    press(head, "Save the cost")
    is_told(head, "The cost is saved.")


def lock_says(head: Page, project: Project, words: str) -> None:
    head.goto(project.get_absolute_url())
    expect(head.locator(".lockbar")).to_contain_text(words)


@pytest.mark.parametrize("way", WAYS)
def test_the_option_that_is_cheaper_in_the_end_becomes_the_plan(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = make_project(cast)
    head = Desks(windows, **WAYS[way]).of(cast.head)
    money_steps.opens_the_budget(head, project)
    follow(head, "Compare two options of cost")
    writes_what_is_bought(head, project.budget.first_fiscal_year)
    pastes_what_is_rented(head, project.budget.first_fiscal_year)

    finding = head.get_by_role("region", name="Cheaper now, or cheaper in the end")
    expect(finding).to_contain_text(f"“{BUY}” costs $18,000 less over the 5 years")
    expect(finding).to_contain_text(f"“{RENT}” has no line for security.")
    follow(head, "Use it as the plan")
    expect(head.get_by_text("$0 now and $57,000 with this option")).to_be_visible()
    press(head, "Use it as the plan")
    is_told(head, f"The lines of “{BUY}” are the plan now.")
    expect(head.get_by_text("$57,000 in all")).to_be_visible()


def writes_what_is_bought(head: Page, first: int) -> None:
    """The head writes one way to pay by hand; what recurs is repeated by a tick."""
    follow(head, "Write option 1")
    fill(head, {"Name": BUY})
    choose(line(head, 1), {"Fiscal year": f"FY {first}", "Kind": "Capital", "For": "Hardware"})
    fill(line(head, 1), {"Amount": "$50,000"})
    choose(line(head, 2), {"Fiscal year": f"FY {first}", "Kind": "Capital", "For": "Security"})
    fill(line(head, 2), {"Amount": "2,000"})
    recurring = {"Fiscal year": f"FY {first}", "Kind": "Recurring operating", "For": "Staff"}
    choose(line(head, 3), recurring)
    fill(line(head, 3), {"Amount": "1,000"})
    line(head, 3).get_by_label(f"Each year to FY {first + 4}").check()
    press(head, "Save the option")
    is_told(head, f"The option “{BUY}” is saved.")


def pastes_what_is_rented(head: Page, first: int) -> None:
    """The other way comes out of a spreadsheet."""
    follow(head, "Write option 2")
    fill(head, {"Name": RENT})
    head.get_by_text("Paste a block from a spreadsheet").click()
    rows = (f"{first + year}\tRecurring operating\tSoftware\t15,000" for year in range(5))
    field(head, "Block of cells").fill("\n".join(rows))
    assert press(head, "Save the option").status == 422
    expect(head.get_by_role("link", name="Read the block that you pasted")).to_be_visible()
    press(head, "Read the block")
    press(head, "Save the option")
    is_told(head, f"The option “{RENT}” is saved.")
