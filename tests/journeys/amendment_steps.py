"""How an action of the council changes an appropriation, and what becomes of a project by it."""

from playwright.sync_api import Page, expect

from budgets.models import Appropriation
from portfolio.models import Project
from tests.journeys.desk import choose, field, fill, follow, has_heading, is_told, press

STOPS = "Its budget is no longer dedicated, its scoping gate closes and it goes on hold at once."
REASON = "Sales tax came in lower than planned."


def opens(finance: Page, source: Appropriation) -> None:
    finance.goto("/")
    follow(finance, "Funds")
    follow(finance, str(source.fund))
    follow(finance, source.action_number)
    has_heading(finance, source.action_number)


def signs(finance: Page, kind: str, amount: str, number: str) -> None:
    """The officer opens the page of that kind and fills in what the action says."""
    follow(finance, kind)
    fill(
        finance,
        {
            "Amount": amount,
            "Number of the action": number,
            "Date of the action": "2026-09-01",
            "Reason": REASON,
        },
    )
    choose(finance, {"Kind of action": "Ordinance"})
    press(finance, "Sign the amendment")


def cuts_what_is_committed(finance: Page, source: Appropriation, project: Project) -> None:
    """The cut is refused with what stands in the way; the officer reads on, and does it all."""
    opens(finance, source)
    signs(finance, "Cut", "325,000", "Ord. 2026-90")
    expect(finance.get_by_role("heading", name="Nothing is signed yet")).to_be_visible()
    in_the_way = finance.get_by_role("row").filter(has_text=project.title)
    expect(in_the_way).to_contain_text("Number 1")
    expect(in_the_way).to_contain_text("$125,000")
    expect(finance.get_by_text(STOPS)).to_be_visible()
    press(finance, "Release $125,000 and sign")
    is_told(finance, "Amendment 1 is signed: cut of $325,000. $125,000 was released first.")
    is_told(finance, f"On hold: {project.reference}.")
    has_heading(finance, source.action_number)


def raises(finance: Page, source: Appropriation) -> None:
    opens(finance, source)
    signs(finance, "Raise", "$30,000", "Ord. 2026-95")
    is_told(finance, "Amendment 2 is signed: raise of $30,000.")


def moves(finance: Page, spare: Appropriation, source: Appropriation) -> None:
    """The officer moves all of `spare` to `source`, which is of the same fund."""
    opens(finance, spare)
    follow(finance, "Transfer")
    expect(field(finance, "Fund that receives it")).to_have_value(f"{source.fund_id}")
    field(finance, "Appropriation that receives it").select_option(value=f"{source.pk}")
    fill(finance, {"Amount": "20,000", "Number of the action": "Res. 2026-7"})
    fill(finance, {"Date of the action": "2026-10-01"})
    choose(finance, {"Kind of action": "Resolution"})
    press(finance, "Sign the amendment")
    is_told(finance, "Amendment 3 is signed: transfer of $20,000.")


def sees_why_it_stopped(head: Page, project: Project) -> None:
    """The head reads on the project that it stopped, and follows the money to the action."""
    head.goto("/")
    follow(head, "Projects")
    follow(head, project.title)
    lock = head.locator(".lockbar")
    expect(lock).to_contain_text("The project is on hold.")
    expect(lock).to_contain_text("The gate closed: its budget is not dedicated.")
    expect(head.get_by_text("$0 of $125,000 is committed.").first).to_be_visible()
    follow(head, "Open the budget")
    expect(head.get_by_text("It does not count any more.")).to_be_visible()
    follow(head, "Ord. 2027-12")
    cut = head.get_by_role("row").filter(has_text="Cut")
    expect(cut).to_contain_text(REASON)
    expect(cut).to_contain_text("−$325,000")
