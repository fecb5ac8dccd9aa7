"""The list is ranked and adopted by the keyboard alone, and the focus stays on the moved row."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, expect

from portfolio.models import AdoptedList
from tests.journeys import list_steps
from tests.journeys.adopting_steps import ACTION, WORD
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, PASSWORD, field, has_heading, is_told
from tests.journeys.keyboard import Keyboard
from tests.journeys.list_steps import is_refused, put_between, row, says, seat, step, title

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed() -> SimpleNamespace:
    return list_steps.listed_city()


def uses(keys: Keyboard, control: Locator, *, key: str = "Enter") -> None:
    """Go to a control of the page and use it; nothing but the page changes."""
    keys.to(control)
    keys.page.keyboard.press(key)


def test_from_signing_in_to_an_adopted_list(listed: SimpleNamespace, windows: Windows) -> None:
    listed.manager.set_password(PASSWORD)
    listed.manager.save()
    keys = Keyboard(windows.open(**DESK).new_page())
    signs_in(keys, listed.manager.email)
    keys.goes_by(keys.page.get_by_role("link", name="Priority list", exact=True).first)
    moves_by_steps(keys)
    moves_to_a_position_with_a_reason(keys)
    takes_it_back(keys)
    moves_into_a_conflict(keys, listed)
    adopts(keys)
    assert list(AdoptedList.objects.get().entries.order_by("rank").values_list("title", flat=True))[
        :4
    ] == [title(1), title(4), title(3), title(2)]
    assert keys.faults == []


def signs_in(keys: Keyboard, email: str) -> None:
    page = keys.page
    page.goto("/accounts/login/")
    keys.types(field(page, "Email address"), email)
    keys.types(field(page, "Password"), PASSWORD)
    keys.goes_by(page.get_by_role("button", name="Sign in", exact=True))
    has_heading(page, "Overview")


def moves_by_steps(keys: Keyboard) -> None:
    """Up twice: once with Enter, once with the space bar; at the top the row keeps the focus."""
    page = keys.page
    uses(keys, step(page, "Move up", 3))
    says(page, "Project 003 moved from 3 to 2 of 12.")
    expect(step(page, "Move up", 3)).to_be_focused()
    page.keyboard.press("Space")
    says(page, "Project 003 moved from 2 to 1 of 12.")
    expect(row(page, 3).locator(":focus")).to_have_count(1)
    uses(keys, step(page, "Move down", 3))
    says(page, "Project 003 moved from 1 to 2 of 12.")
    expect(step(page, "Move down", 3)).to_be_focused()
    expect(row(page, 3)).to_be_in_viewport()


def moves_to_a_position_with_a_reason(keys: Keyboard) -> None:
    """Escape closes the panel; the question for the reason has the focus; then the row has it."""
    page = keys.page
    panel, position = row(page, 7).locator("summary"), field(row(page, 7), "New position, 1 to 12")
    uses(keys, panel)
    expect(position).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_focused()
    expect(position).to_be_hidden()
    page.keyboard.press("Space")
    expect(position).to_be_focused()
    keys.types(position, "1")
    page.keyboard.press("Enter")
    reason = field(page, "Why it moves")
    expect(reason).to_be_focused()
    page.keyboard.type("A court orders it.")
    uses(keys, page.get_by_role("button", name="Move it", exact=True))
    says(page, "Project 007 moved from 7 to 1 of 12. It is now above the money line.")
    expect(row(page, 7).locator(":focus")).to_have_count(1)
    expect(row(page, 7)).to_be_in_viewport()


def takes_it_back(keys: Keyboard) -> None:
    page = keys.page
    uses(keys, page.get_by_role("button", name="Undo my last move"))
    says(
        page,
        "Project 007 moved back from 1 to 7 of 12. It is now below the money line.",
    )
    expect(row(page, 7).locator(":focus")).to_have_count(1)


def moves_into_a_conflict(keys: Keyboard, listed: SimpleNamespace) -> None:
    """What is refused has the focus, and the way from there to the row is short."""
    page = keys.page
    put_between(listed.second_manager, 4, above=1, below=3)
    uses(keys, step(page, "Move up", 2))
    is_refused(page, "Miles Manager moved Project 004 from 4 to 2.")
    expect(page.get_by_role("alert", name="Nothing was moved")).to_be_focused()
    uses(keys, step(page, "Move up", 2))
    says(page, "Project 002 moved from 4 to 3 of 12.")
    uses(keys, step(page, "Move down", 2))
    says(page, "Project 002 moved from 3 to 4 of 12.")


def adopts(keys: Keyboard) -> None:
    page = keys.page
    keys.goes_by(page.get_by_role("link", name="Adopt this order"))
    has_heading(page, "Adopt this order")
    keys.types(field(page, "Number of the action"), ACTION)
    keys.types(field(page, WORD), "adopt")
    keys.goes_by(page.get_by_role("button", name="Adopt list 1"))
    is_told(page, "Priority list 1 is adopted.")
    expect(page.get_by_role("main")).to_contain_text(ACTION)


def test_nobody_who_only_reads_the_list_stops_at_a_move(
    listed: SimpleNamespace, windows: Windows
) -> None:
    page: Page = seat(windows, listed.head, **DESK)
    page.goto("/list/")
    keys = Keyboard(page)
    keys.to(page.get_by_role("link", name=title(7), exact=True))
    expect(page.locator(".moves, .grip")).to_have_count(0)
    assert keys.faults == []
