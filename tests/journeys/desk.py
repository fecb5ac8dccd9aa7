"""What people do on every page: sign in, follow a link, fill in a field, read what happened."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

from portfolio.models import User
from tests.journeys.chromium import Windows

PASSWORD = "journeys-go-somewhere"
# The ways in which everything can be done.
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
WAYS: dict[str, dict[str, Any]] = {
    "scripting": DESK,
    "no scripting": DESK | {"java_script_enabled": False},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


class Desks:
    """A desk for each person: a window in which they signed in with their password."""

    def __init__(self, windows: Windows, **options: Any) -> None:
        self.windows, self.options = windows, options
        self._pages: dict[int, Page] = {}

    def of(self, person: User) -> Page:
        """Return the page in front of `person`; they sign in when they first sit down."""
        if person.pk not in self._pages:
            person.set_password(PASSWORD)
            person.save()
            page = self.windows.open(**self.options).new_page()
            sign_in(page, person.email, PASSWORD)
            self._pages[person.pk] = page
        return self._pages[person.pk]


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    field(page, "Email address").fill(email)
    field(page, "Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def field(part: Page | Locator, label: str) -> Locator:
    """Return the field with that label, optional or not."""
    words = r"\s+".join(map(re.escape, label.split()))
    labelled = part.get_by_label(re.compile(rf"^\s*{words}\s*(\(optional\)\s*)?$"))
    return labelled.and_(part.locator("input, select, textarea"))


def row(page: Page, legend: str) -> Locator:
    """Return the row of a form that has this legend."""
    return page.get_by_role("group", name=legend)


def fill(part: Page | Locator, texts: dict[str, str]) -> None:
    for label, text in texts.items():
        field(part, label).fill(text)


def choose(part: Page | Locator, choices: dict[str, str]) -> None:
    for label, choice in choices.items():
        field(part, label).select_option(label=choice)


def press(page: Page, name: str) -> Response:
    """Click the button of this name and return the answer with the next page."""
    return _ask(page, page.get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> Response:
    """Click the link of this name and return the answer with the next page."""
    return _ask(page, page.get_by_role("link", name=name).first)


def _ask(page: Page, control: Locator) -> Response:
    with page.expect_response(_is_page) as answer:
        control.click()
    page.wait_for_load_state("domcontentloaded")
    return answer.value


def _is_page(response: Response) -> bool:
    return response.request.is_navigation_request() and not 300 <= response.status < 400


def is_told(page: Page, words: str) -> None:
    """Insist that the page says what the last action did."""
    expect(page.locator("main").get_by_role("status").filter(has_text=words)).to_be_visible()


def has_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
