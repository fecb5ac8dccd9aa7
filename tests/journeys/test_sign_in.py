"""Who gets in, and what stays hidden from whom."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portfolio.demo.accounts import DEMO_ACCOUNTS
from tests.factories import draft_problem, make_project
from tests.journeys.chromium import Windows
from tests.journeys.desk import Desks, fill, follow, press

MISSING = 999_999


@pytest.mark.django_db(transaction=True)
def test_a_city_of_its_own_lists_no_accounts(cast: SimpleNamespace, windows: Windows) -> None:
    page = windows.open().new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/$"))
    expect(page.get_by_role("button", name="Sign in")).to_have_count(1)
    expect(page.locator("body")).not_to_contain_text("Demonstration")
    account = DEMO_ACCOUNTS[0]
    fill(page, {"Email address": account.email, "Password": account.password})
    press(page, "Sign in")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.django_db(transaction=True)
def test_signing_out_ends_what_the_window_may_see(cast: SimpleNamespace, windows: Windows) -> None:
    page = Desks(windows).of(cast.head)
    page.locator(".me summary").click()
    press(page, "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/projects/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


@pytest.mark.django_db(transaction=True)
def test_a_draft_of_another_department_is_like_no_draft(
    cast: SimpleNamespace, windows: Windows
) -> None:
    desks = Desks(windows, java_script_enabled=False)
    draft = draft_problem(cast, title="A secret of the parks")
    project = make_project(cast, problem=draft, title="A plan of the parks")
    outsider = desks.of(cast.outsider)
    for address, pk in {
        "/problems/{}/": draft.pk,
        "/problems/{}/edit/": draft.pk,
        "/problems/{}/reopen/": draft.pk,
        "/projects/{}/": project.pk,
        "/projects/{}/scope/": project.pk,
        "/projects/{}/budget/": project.pk,
        "/projects/{}/history/": project.pk,
        "/projects/{}/brief/": project.pk,
    }.items():
        assert _answer(outsider, address.format(pk)) == _answer(outsider, address.format(MISSING))
    for listing in ("Problems", "Projects", "Council briefs", "Overview"):
        assert follow(outsider, listing).status == 200
        expect(outsider.locator("body")).not_to_contain_text("of the parks")
    head = desks.of(cast.head)
    assert head.goto(f"/problems/{draft.pk}/").status == 200  # type: ignore[union-attr]


def _answer(page: Page, address: str) -> tuple[int, str]:
    """Return the status and the page, but for the token that each page has of its own."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404
    page_without_token = re.sub(r'(csrf\w*"[^>]*?value=")\w+', r"\1", answer.text())
    return answer.status, re.sub(r'(x-csrftoken": ")\w+', r"\1", page_without_token)
