"""The list is ranked by the mouse: dragged by a handle, or clicked."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.chromium import Windows
from tests.journeys.list_steps import (
    ASKED,
    TALL,
    answers_why,
    at_the_list,
    grip,
    is_asked_why,
    is_at_rest,
    is_marked,
    is_refused,
    landing,
    middle,
    move_as,
    moved,
    order,
    posts_of,
    put_between,
    row,
    says,
    shown,
    step,
    title,
)

LOW = {"width": 1280, "height": 500}


@pytest.fixture
def page(listed: SimpleNamespace, windows: Windows) -> Page:
    """The whole list in front of the manager, in a window without an edge to scroll over."""
    return at_the_list(windows, listed.manager, viewport=TALL)


def picks_up(page: Page, project: int) -> None:
    page.mouse.move(*middle(grip(page, project)))
    page.mouse.down()


def drags(page: Page, project: int, *, onto: int, below: bool = False) -> None:
    """Take a row by its handle and let go of it just above another one, or just below."""
    picks_up(page, project)
    page.mouse.move(*landing(page, onto, below=below), steps=4)
    page.mouse.up()


def test_a_row_is_dragged_up_and_down(listed: SimpleNamespace, page: Page) -> None:
    picks_up(page, 4)
    page.mouse.move(*landing(page, 2), steps=4)
    is_marked(page, 2, "top")
    page.mouse.up()
    says(page, "Project 004 moved from 4 to 2 of 12.")
    assert shown(page) == order(listed) == moved(4, to=2)
    expect(row(page, 4).locator(".rank")).to_have_text("2")
    expect(row(page, 4).locator(":focus")).to_have_count(1)
    is_at_rest(page)

    drags(page, 4, onto=2, below=True)
    says(page, "Project 004 moved from 2 to 3 of 12.")
    assert shown(page) == order(listed) == moved(4, to=3)


def test_a_row_that_is_let_go_of_where_it_was_stays(listed: SimpleNamespace, page: Page) -> None:
    sent = posts_of(page)
    drags(page, 3, onto=2, below=True)
    is_at_rest(page)
    assert sent == []
    assert order(listed) == moved(1, to=1)


def test_the_escape_key_cancels_a_drag(listed: SimpleNamespace, page: Page) -> None:
    sent = posts_of(page)
    picks_up(page, 4)
    page.mouse.move(*landing(page, 2), steps=4)
    is_marked(page, 2, "top")
    page.keyboard.press("Escape")
    is_at_rest(page)
    says(page, "Nothing was moved.")
    page.mouse.move(*landing(page, 1), steps=2)
    is_at_rest(page)
    page.mouse.up()
    assert shown(page) == order(listed) == moved(1, to=1)
    assert sent == []
    drags(page, 4, onto=2)
    says(page, "Project 004 moved from 4 to 2 of 12.")
    assert len(sent) == 1


def test_only_the_handle_drags_and_only_by_the_left_button(
    listed: SimpleNamespace, page: Page
) -> None:
    sent = posts_of(page)
    page.mouse.move(*middle(row(page, 4).get_by_text("Parks")))
    page.mouse.down()
    page.mouse.move(*landing(page, 2), steps=2)
    is_at_rest(page)
    page.mouse.up()
    page.mouse.move(*middle(grip(page, 4)))
    page.mouse.down(button="middle")
    page.mouse.move(*landing(page, 2), steps=2)
    is_at_rest(page)
    page.mouse.up(button="middle")
    assert sent == []
    assert order(listed) == moved(1, to=1)


def test_at_the_edge_of_the_window_the_page_scrolls_along(
    listed: SimpleNamespace, windows: Windows
) -> None:
    """From the first rank to the last one, in a window that shows a quarter of the list."""
    page = at_the_list(windows, listed.manager, viewport=LOW)
    grip(page, 1).evaluate("grip => grip.scrollIntoView({ block: 'center' })")
    picks_up(page, 1)
    page.mouse.move(600, LOW["height"] - 5, steps=4)
    page.wait_for_function("() => scrollY + innerHeight > document.body.scrollHeight - 2")
    page.mouse.move(*landing(page, 12, below=True), steps=4)
    is_marked(page, 12, "bottom")
    page.mouse.up()
    lines = "below the capacity line and below the money line"
    is_asked_why(page, ASKED.format(title(1), 1, 12, lines))
    answers_why(page, "Its site is sold.")
    says(page, f"Project 001 moved from 1 to 12 of 12. It is now {lines}.")
    expect(row(page, 1)).to_be_in_viewport()

    picks_up(page, 1)
    page.mouse.move(600, 5, steps=4)
    page.wait_for_function("() => scrollY === 0")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert order(listed) == moved(1, to=12)


def test_a_drag_into_a_place_that_somebody_changed_is_refused(
    listed: SimpleNamespace, page: Page
) -> None:
    put_between(listed.second_manager, 4, above=1, below=2)
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        drags(page, 3, onto=2)
    assert answer.value.status == 409
    told = "Miles Manager moved Project 004 from 4 to 2. Here is the list as it is now."
    is_refused(page, f"{told} Move Project 003 again if you still want to.")
    expect(page.get_by_role("alert", name="Nothing was moved")).to_be_focused()
    assert shown(page) == order(listed) == moved(4, to=2)

    drags(page, 3, onto=4)
    says(page, "Project 003 moved from 4 to 2 of 12.")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert order(listed)[:4] == [1, 3, 4, 2]


def test_a_change_elsewhere_on_the_list_is_in_nobodys_way(
    listed: SimpleNamespace, page: Page
) -> None:
    move_as(listed.second_manager, 12, to=9)
    drags(page, 3, onto=2)
    says(page, "Project 003 moved from 3 to 2 of 12.")
    assert shown(page) == order(listed) == [1, 3, 2, 4, 5, 6, 7, 8, 12, 9, 10, 11]


def test_clicks_move_by_steps_to_the_top_and_back(listed: SimpleNamespace, page: Page) -> None:
    step(page, "Move up", 3).click()
    says(page, "Project 003 moved from 3 to 2 of 12.")
    expect(step(page, "Move up", 3)).to_be_focused()
    step(page, "Move down", 3).click()
    says(page, "Project 003 moved from 2 to 3 of 12.")
    step(page, "Move to the top", 3).click()
    says(page, "Project 003 moved from 3 to 1 of 12.")
    assert order(listed) == moved(3, to=1)
    page.get_by_role("button", name="Undo my last move").click()
    says(page, "Project 003 moved back from 1 to 3 of 12.")
    assert shown(page) == order(listed) == moved(1, to=1)
    expect(page.get_by_role("button", name="Undo my last move")).to_have_count(0)


def test_a_list_that_is_sorted_to_be_read_moves_nobody(page: Page) -> None:
    page.goto("/list/?sort=cost")
    expect(page.locator(".grip, .moves")).to_have_count(0)
    page.get_by_role("link", name="Show the list to move projects.").click()
    expect(step(page, "Move up", 3)).to_be_visible()


def test_a_list_that_is_narrowed_moves_to_a_rank_of_the_whole_list(
    listed: SimpleNamespace, page: Page
) -> None:
    page.goto("/list/?q=003")
    expect(page.locator(".grip")).to_have_count(0)
    expect(step(page, "Move up", 3)).to_have_count(0)
    row(page, 3).get_by_text("Move to…").click()
    row(page, 3).get_by_label("New position, 1 to 12").fill("1")
    row(page, 3).get_by_role("button", name="Move", exact=True).click()
    says(page, "Project 003 moved from 3 to 1 of 12.")
    assert order(listed) == moved(3, to=1)
