"""The council cuts a fund: a gate closes, and opens again once there is money and a signature."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from budgets import ledger
from budgets.models import Appropriation
from portfolio.models import Project
from tests.factories import make_appropriation, scoping_project
from tests.journeys import money_steps
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks, choose, fill, follow, has_heading, is_told, press

STOPS = "Its budget is no longer dedicated, its scoping gate closes and it goes on hold at once."


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
            "Reason": "Sales tax came in lower than planned.",
        },
    )
    choose(finance, {"Kind of action": "Ordinance"})
    press(finance, "Sign the amendment")


def cuts_what_is_committed(finance: Page, source: Appropriation, project: Project) -> None:
    """The cut is refused with what stands in the way; the officer reads on, and does it all."""
    signs(finance, "Cut", "900,000", "Ord. 2026-90")
    expect(finance.get_by_role("heading", name="Nothing was signed yet")).to_be_visible()
    expect(finance.get_by_role("row").filter(has_text=project.title)).to_contain_text("Number 1")
    expect(finance.get_by_text(STOPS)).to_be_visible()
    press(finance, "Release $125,000 and sign")
    is_told(finance, "Amendment 1 is signed: cut of $900,000. $125,000 was released first.")
    is_told(finance, f"On hold: {project.reference}.")
    has_heading(finance, source.action_number)


def moves(finance: Page, spare: Appropriation, source: Appropriation) -> None:
    """The officer moves all of `spare` to `source`, which is of the same fund."""
    opens(finance, spare)
    follow(finance, "Transfer")
    expect(finance.get_by_label("Fund that receives it")).to_have_value(f"{source.fund_id}")
    choices = finance.get_by_label("Appropriation that receives it")
    choices.select_option(value=f"{source.pk}")
    fill(finance, {"Amount": "20,000", "Number of the action": "Res. 2026-7"})
    fill(finance, {"Date of the action": "2026-10-01"})
    choose(finance, {"Kind of action": "Resolution"})
    press(finance, "Sign the amendment")
    is_told(finance, "Amendment 3 is signed: transfer of $20,000.")


def is_stopped(head: Page, project: Project) -> None:
    head.goto(project.get_absolute_url())
    expect(head.locator(".lockbar")).to_contain_text("The project is on hold.")
    expect(head.get_by_text("$0 of $125,000 is committed.").first).to_be_visible()


def resumes(manager: Page, project: Project) -> None:
    manager.goto(project.get_absolute_url())
    press(manager, "Take it off hold")
    expect(manager.locator(".lockbar")).to_contain_text("Scoping is under way.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_a_gate_closes_with_a_cut_and_opens_with_new_money(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    desks = Desks(windows, **WAYS[way])
    finance, head = desks.of(cast.finance), desks.of(cast.head)
    project = scoping_project(cast)
    source = project.budget.allocations.get().appropriation
    spare = make_appropriation(20_000, fund=source.fund)

    opens(finance, source)
    cuts_what_is_committed(finance, source, project)
    is_stopped(head, project)

    opens(finance, source)
    signs(finance, "Raise", "$5,000", "Ord. 2026-95")
    is_told(finance, "Amendment 2 is signed: raise of $5,000.")
    moves(finance, spare, source)
    source.refresh_from_db()
    assert source.left == 125_000

    held = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(125_000), by=cast.finance
    )
    ledger.commit(held, by=cast.finance)
    money_steps.confirms(desks.of(cast.second_finance), project)
    resumes(desks.of(cast.manager), project)
