"""How a problem becomes defined: its head writes and sends it, a manager returns, then accepts."""

import re
from datetime import date

from playwright.sync_api import Page, expect

from problems import completeness
from problems.models import Problem
from tests.journeys import memo
from tests.journeys.desk import choose, field, fill, follow, has_heading, is_told, press, row

REASON = "Describe a normal day: when do they call, and what do they hear?"


def sends_it_incomplete(head: Page, *, scripting: bool, on: date) -> None:
    """Two sentences are not enough: everything missing is listed, each with a link to its place."""
    head.goto("/")
    follow(head, "Problems")
    press(head, "Write a problem")
    has_heading(head, "Describe the problem")
    fill(head, {"Title": memo.TITLE, "The problem in two or three sentences": memo.STATEMENT})
    press(head, "Save and send")
    summary = head.get_by_role("alert").filter(has=head.get_by_role("heading"))
    gaps = completeness.missing(Problem.objects.get(title=memo.TITLE), on=on)
    missing = [gap.sentence for gap in gaps]
    assert len(missing) >= 10
    expect(summary.get_by_role("heading")).to_have_text(f"Fix {len(missing)} things to continue")
    assert sorted(summary.get_by_role("link").all_text_contents()) == sorted(missing)
    for link in summary.get_by_role("link").all():
        place = head.locator(link.get_attribute("href") or "")
        link.click()
        expect(place).to_be_in_viewport()
        if scripting:
            expect(place).to_be_focused()
        described = place.locator("xpath=ancestor-or-self::*[contains(@class, 'field')][1]")
        expect(described).to_contain_text(link.text_content() or "")
    expect(field(head, "Title")).to_have_value(memo.TITLE)


def completes_it(head: Page, *, on: date) -> None:
    """The head types the rest of the memo and sends it."""
    fill(head, memo.TEXTS | {"What happens to people today": memo.TODAY_TOO_SHORT})
    choose(head, memo.CHOICES)
    head.get_by_label(memo.SEVERITY).check()
    for legend, texts in memo.rows(on).items():
        fill(row(head, legend), texts)
    for legend, choices in memo.ROW_CHOICES.items():
        choose(row(head, legend), choices)
    press(head, "Save and send")
    is_told(head, "Sent to review.")


def returns_it(manager: Page) -> None:
    """The manager finds it among what waits, reads it and returns it with a reason at a field."""
    manager.goto("/")
    follow(manager, f"Review: {memo.TITLE}")
    expect(manager.get_by_text(memo.TODAY_TOO_SHORT)).to_be_visible()
    reason = row(manager, "Reason 1")
    choose(reason, {"About": "What happens to people today"})
    fill(reason, {"What to change": REASON})
    press(manager, "Return with reasons")
    is_told(manager, "went back with your reasons")


def mends_it(head: Page) -> None:
    """The head sees the reason at its field, answers it, and sends it again."""
    head.goto("/")
    follow(head, memo.TITLE)
    if head.get_by_role("link", name="Edit", exact=True).count():
        follow(head, "Edit")
    today = field(head, "What happens to people today")
    expect(today).to_have_accessible_description(re.compile(re.escape(REASON)))
    expect(today).to_have_value(memo.TODAY_TOO_SHORT)
    today.fill(memo.TODAY)
    press(head, "Save and send")
    is_told(head, "Sent to review.")


def accepts_it(manager: Page) -> None:
    """The manager reads it again and accepts it: it is defined."""
    manager.goto("/")
    follow(manager, f"Review: {memo.TITLE}")
    expect(manager.get_by_text(memo.TODAY)).to_be_visible()
    press(manager, "Accept this problem")
    is_told(manager, "is defined")
