"""A tenth less money tried on a copy of the list, compared, and thrown away; another order used."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import list_steps
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, field, follow, has_heading, is_told, press
from tests.journeys.list_steps import (
    TALL,
    grip,
    landing,
    middle,
    moved,
    order,
    row,
    says,
    seat,
    shown,
    step,
    title,
)
from tests.portfolio.scenario_steps import everything_else

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Ten percent less"


@pytest.fixture
def listed() -> SimpleNamespace:
    return list_steps.listed_city()


def copies_the_order(page: Page, name: str) -> None:
    page.goto("/list/")
    follow(page, "What if")
    follow(page, "Copy the working order")
    field(page, "Name").fill(name)
    press(page, "Copy it")
    is_told(page, f"“{name}” is a copy of the working order.")
    has_heading(page, name)


@pytest.mark.parametrize("way", WAYS)
def test_a_tenth_less_is_compared_and_thrown_away(
    way: str, listed: SimpleNamespace, windows: Windows
) -> None:
    before = everything_else()
    page = seat(windows, listed.manager, **WAYS[way])
    copies_the_order(page, NAME)
    follow(page, "Money and slots")
    field(page, "All funds, in percent").fill("−10")
    press(page, "Save the scenario")
    is_told(page, "Saved. The lines stand where these numbers put them.")
    expect(page.get_by_role("main")).to_contain_text("All funds −10%")
    has_money_to(page, 4)
    compares(page)
    throws_it_away(page)
    page.goto("/list/")
    has_money_to(page, 5)
    assert everything_else() == before


def has_money_to(page: Page, last: int) -> None:
    """The money line stands below this project: the next one is short, in words."""
    expect(row(page, last)).not_to_contain_text("short in Fund")
    expect(row(page, last + 1)).to_contain_text("short in Fund")


def compares(page: Page) -> None:
    follow(page, "Compare")
    has_heading(page, "Compare scenarios")
    facts = page.get_by_role("table", name="What each order comes to")
    expect(facts.get_by_role("row").filter(has_text="Working order")).to_contain_text("5 of 12")
    expect(facts.get_by_role("row").filter(has_text=NAME)).to_contain_text("4 of 12")
    differing = page.get_by_role("table", name="Who moves above or below a line")
    expect(differing.get_by_role("rowheader")).to_have_count(1)
    loser = row(page, 5)
    expect(loser).to_contain_text("Moves below the money line")
    expect(loser).to_contain_text("Loses money")
    follow(page, NAME)


def throws_it_away(page: Page) -> None:
    page.get_by_text("Throw this scenario away").click()
    press(page, "Throw it away")
    is_told(page, f"“{NAME}” is thrown away. The list is as it was.")
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)


def test_an_order_tried_by_the_mouse_becomes_the_working_order(
    listed: SimpleNamespace, windows: Windows
) -> None:
    page = seat(windows, listed.manager, viewport=TALL)
    copies_the_order(page, "Water first")
    drags_and_steps(page)
    assert order(listed) == moved(1, to=1)

    follow(page, "Make it the working order")
    has_heading(page, "Make “Water first” the working order?")
    changes = page.get_by_role("table", name="Projects that move or change sides of a line")
    expect(changes.get_by_role("row").filter(has_text=title(12))).to_contain_text(
        "Moves above the money line"
    )
    press(page, "Make it the working order")
    expect(page.get_by_role("alert")).to_contain_text("Say why the order changes.")
    field(page, "Why this order").fill("The reservoir leaks.")
    press(page, "Make it the working order")
    is_told(page, "“Water first” is the working order now.")
    assert order(listed) == moved(12, to=1)
    assert shown(page)[:2] == [12, 1]
    page.goto(f"/projects/{listed.projects[11].pk}/history/")
    expect(page.get_by_role("main")).to_contain_text("Moved from 12 to 1: The reservoir leaks.")


def drags_and_steps(page: Page) -> None:
    """A scenario asks for no reasons; its rows move as those of the list do."""
    page.mouse.move(*middle(grip(page, 12)))
    page.mouse.down()
    page.mouse.move(*landing(page, 2), steps=4)
    page.mouse.up()
    lines = "above the capacity line and above the money line"
    says(page, f"Project 012 moved from 12 to 2 of 12. It is now {lines}.")
    step(page, "Move up", 12).click()
    says(page, "Project 012 moved from 2 to 1 of 12.")
    expect(row(page, 12).locator(":focus")).to_have_count(1)
    assert shown(page) == moved(12, to=1)


def test_two_people_in_one_scenario_do_not_overwrite_each_other(
    listed: SimpleNamespace, windows: Windows
) -> None:
    her = seat(windows, listed.manager, viewport=TALL)
    copies_the_order(her, NAME)
    his = seat(windows, listed.second_manager, viewport=TALL)
    his.goto(her.url)
    step(her, "Move up", 3).click()
    says(her, "Project 003 moved from 3 to 2 of 12.")
    with his.expect_response(lambda answer: "/move/" in answer.url) as answer:
        step(his, "Move up", 5).click()
    assert answer.value.status == 409
    refusal = his.get_by_role("alert", name="Nothing was changed")
    expect(refusal).to_contain_text("Mara Manager changed this scenario since you opened it.")
    expect(refusal).to_be_focused()
    assert shown(his) == moved(3, to=2)
    assert order(listed) == moved(1, to=1)
