"""What somebody hears who cannot see the list: names, lines, and what each move did."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.chromium import Windows
from tests.journeys.desk import field
from tests.journeys.list_steps import (
    LENGTH,
    TALL,
    answers_why,
    at_the_list,
    is_asked_why,
    is_refused,
    move_as,
    moved,
    order,
    put_between,
    row,
    says,
    step,
    title,
)

HEADERS = ("Rank", "Score", "Project", "Gate and people", "Money", "Move")
SHORT = "next, but $125,000 short in Fund"


@pytest.fixture
def page(listed: SimpleNamespace, windows: Windows) -> Page:
    """The whole list in front of the manager."""
    return at_the_list(windows, listed.manager, viewport=TALL)


def test_the_list_is_a_table_with_a_name_and_headers(page: Page) -> None:
    table = page.get_by_role("table", name="Projects in priority order, with the lines")
    headers = table.get_by_role("columnheader")
    assert [text.strip() for text in headers.all_inner_texts()] == [*HEADERS]
    first = row(page, 1)
    expect(first.get_by_role("rowheader", name=title(1))).to_have_count(1)
    expect(first.get_by_role("cell")).to_have_count(len(HEADERS) - 1)
    expect(first).to_contain_text("not scored yet")


def test_the_lines_are_headings_between_the_rows(page: Page) -> None:
    """In the order of the page: what is above each line, and what a row lacks."""
    lines = page.locator("#ranked").get_by_role("table").get_by_role("heading", level=2)
    expect(lines).to_have_text(
        ["People and money", "Dedicated money ends here", "Team capacity ends here"]
    )
    snapshot = page.get_by_role("table").aria_snapshot()
    places = [
        snapshot.index(words)
        for words in (
            'heading "People and money"',
            f'rowheader "{title(5)}',
            'heading "Dedicated money ends here"',
            f'rowheader "{title(6)}',
            f'rowheader "{title(7)}',
            'heading "Team capacity ends here"',
            f'rowheader "{title(8)}',
        )
    ]
    assert places == sorted(places)
    expect(row(page, 5)).to_contain_text("Has a slot")
    expect(row(page, 5)).not_to_contain_text(SHORT)
    expect(row(page, 6)).to_contain_text("Has a slot")
    expect(row(page, 6)).to_contain_text(SHORT)
    expect(row(page, 8)).to_contain_text("Waits for a slot")


def test_every_control_says_what_it_does_to_which_project(page: Page) -> None:
    """No two controls of the table are called the same, and none by a sign alone."""
    table = page.get_by_role("table")
    for words in ("Move to the top", "Move up", "Move down"):
        named = table.get_by_role("button", name=words)
        # What leads nowhere, up from the first and down from the last, is not there.
        expect(named).to_have_count(LENGTH - 1)
    expect(step(page, "Move up", 1)).to_be_hidden()
    expect(step(page, "Move down", LENGTH)).to_be_hidden()
    summary = row(page, 4).locator("summary")
    expect(summary).to_have_accessible_name(f"Move to a position: {title(4)}")
    summary.click()
    expect(field(row(page, 4), f"New position, 1 to {LENGTH}")).to_be_focused()
    assert page.locator(".grip:not([aria-hidden=true])").count() == 0


def test_a_move_is_told_from_where_to_where(listed: SimpleNamespace, page: Page) -> None:
    expect(page.locator("#live")).to_have_attribute("aria-live", "polite")
    says(page, "")
    step(page, "Move down", 1).click()
    says(page, "Project 001 moved from 1 to 2 of 12.")
    step(page, "Move down", 1).click()
    says(page, "Project 001 moved from 2 to 3 of 12.")
    assert order(listed) == moved(1, to=3)


@pytest.mark.parametrize(
    ("project", "to", "crossed"),
    [
        (6, 5, "above the money line"),
        (8, 7, "above the capacity line"),
        (5, 6, "below the money line"),
        (7, 8, "below the capacity line"),
        (12, 1, "above the capacity line and above the money line"),
    ],
)
def test_a_move_over_a_line_asks_why_and_tells_which_line(
    project: int, to: int, crossed: str, listed: SimpleNamespace, page: Page
) -> None:
    row(page, project).locator("summary").click()
    field(row(page, project), f"New position, 1 to {LENGTH}").fill(f"{to}")
    row(page, project).get_by_role("button", name="Move", exact=True).click()
    question = f"Say why {title(project)} moves from {project} to {to}: it would stand {crossed}."
    asked = is_asked_why(page, question)
    reason = asked.get_by_role("textbox", name="Why it moves")
    expect(reason).to_be_focused()
    says(page, "")
    assert order(listed) == moved(1, to=1)
    answers_why(page, "The council asks for it.")
    says(page, f"{title(project)} moved from {project} to {to} of 12. It is now {crossed}.")
    expect(asked).to_have_count(0)
    assert order(listed) == moved(project, to=to)
    expect(row(page, project).locator(":focus")).to_have_count(1)


def test_a_move_without_its_reason_is_asked_again(listed: SimpleNamespace, page: Page) -> None:
    step(page, "Move up", 6).click()
    asked = is_asked_why(page, "Say why Project 006 moves from 6 to 5")
    answers_why(page, "   ")
    alert = page.get_by_role("alert", name="Fix one thing to continue")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="Say in a few words why it moves.").click()
    reason = asked.get_by_role("textbox", name="Why it moves")
    expect(reason).to_be_focused()
    expect(reason).to_have_attribute("aria-invalid", "true")
    assert order(listed) == moved(1, to=1)
    asked.get_by_role("link", name="Leave it where it is").click()
    expect(asked).to_have_count(0)
    assert order(listed) == moved(1, to=1)


def test_a_refused_move_tells_who_changed_what(listed: SimpleNamespace, page: Page) -> None:
    put_between(listed.second_manager, 4, above=1, below=2)
    move_as(listed.second_manager, 12, to=10)
    step(page, "Move up", 3).click()
    told = (
        "Miles Manager moved Project 012 from 12 to 10. "
        "Miles Manager moved Project 004 from 4 to 2. Here is the list as it is now."
    )
    is_refused(page, told)
    expect(page.get_by_role("alert", name="Nothing was moved")).to_be_focused()
    says(page, "")
    step(page, "Move up", 3).click()
    says(page, "Project 003 moved from 4 to 3 of 12.")


def test_an_undo_comes_too_late_and_says_so(listed: SimpleNamespace, page: Page) -> None:
    step(page, "Move up", 3).click()
    says(page, "Project 003 moved from 3 to 2 of 12.")
    move_as(listed.second_manager, 12, to=10)
    page.get_by_role("button", name="Undo my last move").click()
    is_refused(page, "Miles Manager moved Project 012 from 12 to 10.")
    expect(page.get_by_role("button", name="Undo my last move")).to_have_count(0)
    expect(row(page, 12).locator(".rank")).to_have_text("10")


def test_what_stands_below_the_lines_is_one_link_away(page: Page) -> None:
    page.goto("/list/")
    expect(row(page, 7)).to_be_visible()
    expect(row(page, 8)).to_have_count(0)
    page.get_by_role("link", name="Show 5 projects below the lines").click()
    expect(row(page, LENGTH)).to_be_visible()
    page.get_by_role("link", name="Hide what is below the lines").click()
    expect(row(page, 8)).to_have_count(0)
