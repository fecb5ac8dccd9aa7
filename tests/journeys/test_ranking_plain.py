"""The list is ranked without scripting: the buttons are forms, and each answer is a page."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, field, follow, is_told, press
from tests.journeys.list_steps import (
    LENGTH,
    at_the_list,
    is_asked_why,
    is_refused,
    moved,
    order,
    put_between,
    row,
    shown,
    step,
    title,
)


@pytest.fixture
def page(listed: SimpleNamespace, windows: Windows) -> Page:
    """The whole list in front of the manager, who switched scripting off."""
    return at_the_list(windows, listed.manager, **WAYS["no scripting"])


def moves_to(page: Page, project: int, position: str) -> None:
    row(page, project).get_by_text("Move to…").click()
    field(row(page, project), f"New position, 1 to {LENGTH}").fill(position)
    row(page, project).get_by_role("button", name="Move", exact=True).click()


def test_steps_the_top_and_a_position(listed: SimpleNamespace, page: Page) -> None:
    expect(page.locator(".grip").first).to_be_hidden()
    expect(page.get_by_text("Drag a row by its handle")).to_be_hidden()
    step(page, "Move up", 3).click()
    is_told(page, "Project 003 moved from 3 to 2 of 12.")
    expect(row(page, 3)).to_be_in_viewport()
    step(page, "Move down", 3).click()
    is_told(page, "Project 003 moved from 2 to 3 of 12.")
    step(page, "Move to the top", 3).click()
    is_told(page, "Project 003 moved from 3 to 1 of 12.")
    moves_to(page, 3, "5")
    is_told(page, "Project 003 moved from 1 to 5 of 12.")
    assert order(listed) == moved(3, to=5)
    assert shown(page)[:5] == [1, 2, 4, 5, 3]


def test_a_reason_is_asked_for_and_what_was_chosen_is_kept(
    listed: SimpleNamespace, page: Page
) -> None:
    moves_to(page, 8, "2")
    lines = "above the capacity line and above the money line"
    asked = is_asked_why(page, f"Say why Project 008 moves from 8 to 2: it would stand {lines}.")
    assert press(page, "Move it").status == 422
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why it moves.")
    asked.get_by_role("textbox", name="Why it moves").fill("The bridge is closed.")
    press(page, "Move it")
    is_told(page, f"Project 008 moved from 8 to 2 of 12. It is now {lines}.")
    assert order(listed) == moved(8, to=2)
    page.goto(f"/projects/{listed.projects[7].pk}/history/")
    expect(page.get_by_role("main")).to_contain_text("Moved from 8 to 2: The bridge is closed.")


def test_a_move_is_taken_back(listed: SimpleNamespace, page: Page) -> None:
    step(page, "Move up", 3).click()
    is_told(page, "Project 003 moved from 3 to 2 of 12.")
    press(page, "Undo my last move")
    is_told(page, "Project 003 moved back from 2 to 3 of 12.")
    assert order(listed) == moved(1, to=1)
    expect(page.get_by_role("button", name="Undo my last move")).to_have_count(0)


def test_what_cannot_be_a_position_is_refused(listed: SimpleNamespace, page: Page) -> None:
    """Without a script the browser itself refuses letters and zero; what gets through is told."""
    number = field(row(page, 3), f"New position, 1 to {LENGTH}")
    row(page, 3).get_by_text("Move to…").click()
    number.evaluate("input => { input.form.noValidate = true; }")
    moves_to_again = row(page, 3).get_by_role("button", name="Move", exact=True)
    number.fill("")
    moves_to_again.click()
    is_refused(page, "Enter the new position as a number, 1 or more.")
    assert order(listed) == moved(1, to=1)


@pytest.mark.parametrize("chosen", ["a step", "a position"])
def test_a_conflict_shows_the_list_as_it_is(
    chosen: str, listed: SimpleNamespace, page: Page
) -> None:
    put_between(listed.second_manager, 4, above=1, below=2)
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        if chosen == "a step":
            step(page, "Move up", 3).click()
        else:
            moves_to(page, 3, "2")
    assert answer.value.status == 409
    told = "Miles Manager moved Project 004 from 4 to 2. Here is the list as it is now."
    is_refused(page, f"{told} Move {title(3)} again if you still want to.")
    assert shown(page)[:5] == [1, 4, 2, 3, 5]
    step(page, "Move up", 3).click()
    is_told(page, "Project 003 moved from 4 to 3 of 12.")
    assert order(listed)[:4] == [1, 4, 3, 2]


def test_another_order_is_for_reading_and_leads_back(page: Page) -> None:
    page.get_by_text("Filter or sort").click()
    field(page, "Order").select_option(label="Highest cost first")
    press(page, "Show")
    expect(page.get_by_role("main")).to_contain_text("ranks stay as they are")
    expect(step(page, "Move up", 3)).to_have_count(0)
    follow(page, "Show the list to move projects.")
    expect(step(page, "Move up", 3)).to_be_visible()
