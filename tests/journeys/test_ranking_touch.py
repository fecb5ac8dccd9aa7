"""The list is ranked by a finger on a phone: real touches, as the browser gets them."""

from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS
from tests.journeys.list_steps import (
    answers_why,
    at_the_list,
    centered,
    grip,
    is_asked_why,
    is_at_rest,
    is_marked,
    is_refused,
    landing,
    middle,
    moved,
    order,
    posts_of,
    put_between,
    row,
    says,
    shown,
    step,
)


class Finger:
    """A finger on the screen of a phone."""

    def __init__(self, page: Page) -> None:
        self.devtools = page.context.new_cdp_session(page)
        self.place = (0.0, 0.0)

    def _touch(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, place: tuple[float, float]) -> None:
        self.place = place
        self._touch("touchStart", place)

    def glides(self, place: tuple[float, float], *, steps: int = 6) -> None:
        """Move over the screen to `place`, as a finger does: through places between."""
        (x, y), (to_x, to_y) = self.place, place
        for part in range(1, steps + 1):
            share = part / steps
            self._touch("touchMove", (x + (to_x - x) * share, y + (to_y - y) * share))
        self.place = place

    def up(self) -> None:
        self._touch("touchEnd")

    def is_interrupted(self) -> None:
        """The phone takes the touch away: a call comes in, the screen turns."""
        self._touch("touchCancel")


@pytest.fixture
def page(listed: SimpleNamespace, windows: Windows) -> Page:
    """The whole list on the phone of the manager."""
    return at_the_list(windows, listed.manager, **WAYS["phone"])


@pytest.fixture
def finger(page: Page) -> Finger:
    return Finger(page)


def drags(page: Page, finger: Finger, project: int, *, onto: int) -> None:
    """Take a row by its handle and let go of it just above another one near by."""
    centered(page, onto)
    finger.down(middle(grip(page, project)))
    finger.glides(landing(page, onto))
    is_marked(page, onto, "top")
    finger.up()


def test_a_row_is_dragged_by_a_finger(listed: SimpleNamespace, page: Page, finger: Finger) -> None:
    drags(page, finger, 3, onto=2)
    says(page, "Project 003 moved from 3 to 2 of 12.")
    assert shown(page) == order(listed) == moved(3, to=2)
    expect(row(page, 3).locator(":focus")).to_have_count(1)
    expect(row(page, 3)).to_be_in_viewport()
    is_at_rest(page)


def test_a_drag_over_a_line_asks_why(listed: SimpleNamespace, page: Page, finger: Finger) -> None:
    drags(page, finger, 6, onto=5)
    asked = is_asked_why(page, "Say why Project 006 moves from 6 to 5")
    expect(asked).to_be_in_viewport()
    assert order(listed) == moved(1, to=1)
    answers_why(page, "The state pays half of it.")
    says(page, "Project 006 moved from 6 to 5 of 12. It is now above the money line.")
    assert order(listed) == moved(6, to=5)


@pytest.mark.parametrize("ending", ["the phone interrupts it", "Escape on its keyboard"])
def test_a_drag_that_is_broken_off_moves_nothing(
    ending: str, listed: SimpleNamespace, page: Page, finger: Finger
) -> None:
    sent = posts_of(page)
    centered(page, 2)
    finger.down(middle(grip(page, 3)))
    finger.glides(landing(page, 2))
    is_marked(page, 2, "top")
    if ending == "the phone interrupts it":
        finger.is_interrupted()
    else:
        page.keyboard.press("Escape")
        says(page, "Nothing was moved.")
        finger.up()
    is_at_rest(page)
    assert sent == []
    assert shown(page) == order(listed) == moved(1, to=1)


def test_a_finger_beside_the_handle_scrolls_the_page(
    listed: SimpleNamespace, page: Page, finger: Finger
) -> None:
    sent = posts_of(page)
    centered(page, 3)
    before: Any = page.evaluate("scrollY")
    x, y = middle(row(page, 3).get_by_role("rowheader"))
    finger.down((x, y))
    finger.glides((x, y - 200))
    finger.up()
    page.wait_for_function("before => scrollY > before + 100", arg=before)
    is_at_rest(page)
    assert sent == []


def test_at_the_edge_of_the_screen_the_page_scrolls_along(
    listed: SimpleNamespace, page: Page, finger: Finger
) -> None:
    """From the fifth rank to the first one, which is not on the screen then."""
    grip(page, 5).evaluate("grip => grip.scrollIntoView({ block: 'center' })")
    expect(row(page, 1)).not_to_be_in_viewport()
    x, y = middle(grip(page, 5))
    finger.down((x, y))
    finger.glides((x, 10))
    expect(row(page, 1)).to_be_in_viewport(ratio=1)
    finger.glides(landing(page, 1))
    is_marked(page, 1, "top")
    finger.up()
    says(page, "Project 005 moved from 5 to 1 of 12.")
    assert order(listed) == moved(5, to=1)


def test_a_drag_into_a_place_that_somebody_changed_is_refused(
    listed: SimpleNamespace, page: Page, finger: Finger
) -> None:
    put_between(listed.second_manager, 4, above=1, below=2)
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        drags(page, finger, 3, onto=2)
    assert answer.value.status == 409
    is_refused(page, "Miles Manager moved Project 004 from 4 to 2.")
    expect(page.get_by_role("alert", name="Nothing was moved")).to_be_in_viewport()
    assert shown(page) == order(listed) == moved(4, to=2)


def test_buttons_and_a_position_are_tapped(listed: SimpleNamespace, page: Page) -> None:
    step(page, "Move up", 3).tap()
    says(page, "Project 003 moved from 3 to 2 of 12.")
    row(page, 3).get_by_text("Move to…").tap()
    position = row(page, 3).get_by_label("New position, 1 to 12")
    expect(position).to_be_in_viewport(ratio=1)
    position.fill("4")
    row(page, 3).get_by_role("button", name="Move", exact=True).tap()
    says(page, "Project 003 moved from 2 to 4 of 12.")
    assert order(listed) == moved(3, to=4)
    page.get_by_role("button", name="Undo my last move").tap()
    says(page, "Project 003 moved back from 4 to 2 of 12.")
    assert order(listed) == moved(3, to=2)
