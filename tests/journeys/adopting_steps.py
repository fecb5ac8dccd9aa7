"""Signing the working order: what a manager reads first, and what they type."""

from playwright.sync_api import Page, expect

from tests.journeys.desk import field, fill, follow, has_heading, is_told, press

ACTION = "Resolution 2027-14"
# The field in which the word "adopt" is typed.
WORD = "Type adopt"


def opens_it(page: Page) -> None:
    page.goto("/list/")
    follow(page, "Adopt this order")
    has_heading(page, "Adopt this order")


def fills_it_in(page: Page, *, action: str = ACTION, word: str = "adopt") -> None:
    fill(page, {"Number of the action": action})
    field(page, WORD).fill(word)


def adopts(page: Page, number: int = 1, *, action: str = ACTION) -> None:
    """Sign the order that the page shows into the list of this number."""
    fills_it_in(page, action=action)
    press(page, f"Adopt list {number}")
    is_told(page, f"Priority list {number} is adopted.")
    expect(page.get_by_role("main")).to_contain_text(action)
