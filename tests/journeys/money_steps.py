"""How a budget becomes dedicated, and how it stops being so."""

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from portfolio.models import Project
from tests.journeys.cost_steps import line as cost_line
from tests.journeys.desk import choose, field, fill, follow, has_heading, is_told, press

FUND = "Summer programs"
ONE_TIME = {"Kind": "One-time operating"}
# What the appropriation would have left of $400,000, by what the officer types.
LEAVES = {"500,000": "$100,000 too little", "125,000": "$275,000"}


def opens_the_budget(page: Page, project: Project) -> None:
    page.goto("/")
    follow(page, "Projects")
    follow(page, project.title)
    follow(page, "Open the budget")
    has_heading(page, "Budget")


def enters_costs(head: Page, project: Project, *, on: date) -> None:
    """The head writes what the planned phase costs, line by line, as people type money."""
    opens_the_budget(head, project)
    follow(head, "Edit the cost")
    first_year = f"FY {project.budget.first_fiscal_year}"
    lines = [("Services", "$90,000"), ("Security", "10,000.00"), ("Contingency", "25000")]
    ends = on + timedelta(days=300)
    fill(head, {"Planned phase begins": f"{on}", "Planned phase ends": f"{ends}"})
    for number, (element, amount) in enumerate(lines, start=1):
        line = cost_line(head, number)
        choose(line, ONE_TIME | {"Fiscal year": first_year, "For": element})
        fill(line, {"Amount": amount})
    press(head, "Save the cost")
    is_told(head, "The cost is saved.")
    expect(head.get_by_text("$125,000").first).to_be_visible()


def enters_the_running_cost(head: Page, project: Project) -> None:
    """Once there is a fund, the head says what it costs to run, each year of the horizon."""
    opens_the_budget(head, project)
    follow(head, "Edit the cost")
    line = cost_line(head, 4)
    choose(
        line,
        {
            "Fiscal year": f"FY {project.budget.first_fiscal_year}",
            "Kind": "Recurring operating",
            "For": "Staff",
            "Fund, if recurring": f"301 {FUND}",
        },
    )
    fill(line, {"Amount": "5,000", "What it pays for": "One person at the front desk"})
    line.get_by_role("button", name="Copy cost line 4 over the later years").click()
    is_told(head, "Cost line 4 is copied to")
    expect(field(cost_line(head, 8), "Amount")).to_have_value("$5,000")
    press(head, "Save the cost")
    is_told(head, "The cost is saved.")


def enters_a_fund(finance: Page, *, on: date) -> None:
    """A finance officer enters a fund, and what an ordinance appropriated in it."""
    finance.goto("/")
    follow(finance, "Funds")
    follow(finance, "Enter a fund")
    fill(finance, {"Number": "301", "Name": FUND})
    choose(finance, {"Type": "Special revenue"})
    press(finance, "Save the fund")
    follow(finance, "Enter an appropriation")
    fill(
        finance,
        {
            "Amount": "$400,000",
            "Number of the action": "Ord. 2027-12",
            "Date of the action": f"{on - timedelta(days=60)}",
            "Available from": f"{on - timedelta(days=30)}",
            "Available until": f"{on + timedelta(days=600)}",
        },
    )
    choose(finance, {"Kind of action": "Ordinance"})
    finance.get_by_role("radio", name="Committed").check()
    press(finance, "Save the appropriation")
    is_told(finance, "$400,000")


def asks_finance(head: Page, project: Project) -> None:
    """The head asks for what is short, by one button on the blocked gate."""
    head.goto(f"/projects/{project.pk}/")
    press(head, "Ask finance for $125,000")
    is_told(head, "Finance is asked for $125,000.")


def holds_and_commits(
    finance: Page, project: Project, *, scripting: bool, leaves: dict[str, str] = LEAVES
) -> None:
    """The officer is led to the money, sees what each choice would leave, holds and commits it."""
    finance.goto("/")
    follow(finance, f"Allocate $125,000: {project.title}")
    has_heading(finance, "Hold money")
    source = finance.get_by_role("row").filter(has_text="Ord. 2027-12")
    expect(field(finance, "Amount")).to_have_value("$125,000")
    expect(source).to_contain_text(leaves["125,000"])
    for typed, outcome in leaves.items():
        fill(finance, {"Amount": typed})
        if not scripting:
            press(finance, "Show what it would leave")
        expect(source).to_contain_text(outcome)
    source.get_by_role("radio").check()
    press(finance, "Hold it")
    is_told(finance, "$125,000 is held until")
    finance.get_by_role("button", name="Commit").click()
    is_told(finance, "$125,000 is committed.")
    expect(finance.get_by_text("a second finance officer has to confirm it")).to_be_visible()
    expect(finance.get_by_role("button", name="Confirm the budget")).to_have_count(0)


def confirms(second: Page, project: Project) -> None:
    """Another finance officer confirms: the budget is dedicated."""
    second.goto("/")
    follow(second, project.title)
    press(second, "Confirm the budget")
    is_told(second, f"The budget of {project.reference} is dedicated.")


def reads_what_changed(second: Page, project: Project) -> None:
    """The second officer reads what differs from what was confirmed before."""
    second.goto("/")
    follow(second, f"Confirm $125,000: {project.title}")
    expect(second.get_by_text("Version 1 was confirmed by")).to_be_visible()
    expect(second.get_by_role("heading", name="What changed since version 1")).to_be_visible()
    conditions = second.get_by_role("region", name="One thing is missing")
    released, committed = (
        conditions.get_by_role("listitem").filter(has_text=f"{sign}$125,000") for sign in "−+"
    )
    expect(released).to_contain_text("Ord. 2027-12 released")
    expect(committed).to_contain_text("Ord. 2027-12 committed")


def releases(finance: Page, project: Project) -> None:
    """The officer takes the money back, after reading what follows from it."""
    opens_the_budget(finance, project)
    follow(finance, "Release")
    expect(finance.get_by_text("it goes on hold at once")).to_be_visible()
    press(finance, "Release $125,000")
    is_told(finance, "$125,000 is released.")
    is_told(finance, f"{project.reference} is on hold.")
