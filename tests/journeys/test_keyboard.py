"""A statement is written and sent by the keyboard alone."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from problems.models import Problem
from tests.factories import declared_priority
from tests.journeys import memo
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, Desks, field, is_told, row
from tests.journeys.keyboard import Keyboard
from tests.journeys.problem_steps import STEPS, stands_on


@pytest.mark.django_db(transaction=True)
def test_from_the_overview_to_sent_without_a_mouse(cast: SimpleNamespace, windows: Windows) -> None:
    declared_priority(memo.PRIORITY)
    page = Desks(windows, **DESK).of(cast.head)
    keys = Keyboard(page)
    page.goto("/")
    skips_to_the_work(keys)
    page.reload()
    keys.goes_by(page.get_by_role("link", name="Problems"))
    keys.goes_by(page.get_by_role("button", name="Write a problem"))
    names_who_is_affected(keys)
    tells_what_happens_today(keys)
    shows_how_we_know(keys)
    says_what_success_looks_like(keys, on=cast.city.today())
    checks_and_sends(keys)
    is_told(page, "Sent to review.")
    assert Problem.objects.get().state == Problem.State.SUBMITTED
    assert keys.faults == []


def skips_to_the_work(keys: Keyboard) -> None:
    """The first stop of the page leads past the navigation."""
    skip = keys.page.get_by_role("link", name="Skip to main content")
    keys.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#main")).to_be_focused()
    keys.press("Tab")
    assert keys.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def fills_in(keys: Keyboard, texts: dict[str, str], *, legend: str = "") -> None:
    """Fill in the fields in the order in which the page has them."""
    part: Page = keys.page if not legend else row(keys.page, legend)  # type: ignore[assignment]
    for label, text in texts.items():
        control = field(part, label)
        if control.evaluate("control => control.matches('select')"):
            keys.picks(control, text)
        else:
            keys.types(control, text)


def continues(keys: Keyboard) -> None:
    keys.goes_by(keys.page.get_by_role("button", name="Save and continue"), key="Space")


def names_who_is_affected(keys: Keyboard) -> None:
    """A number that cannot be read is told, and the summary leads to it."""
    page, group = keys.page, memo.GROUP
    stands_on(page, STEPS[0])
    fills_in(keys, {"Title": memo.TITLE})
    fills_in(keys, {"Who they are": group["Who they are"], "How many": "many"}, legend="Group 1")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Fix one thing")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    number = field(row(page, "Group 1"), "How many")
    expect(number).to_be_focused()
    expect(number).to_have_accessible_description(re.compile("Enter a whole number"))
    fills_in(keys, {name: group[name] for name in list(group)[1:]}, legend="Group 1")
    fills_in(keys, memo.TEXTS[STEPS[0]])
    continues(keys)


def tells_what_happens_today(keys: Keyboard) -> None:
    """Groups of choices turn by arrows; words are kept with a reason."""
    page = keys.page
    stands_on(page, STEPS[1])
    today, otherwise, why = memo.TEXTS[STEPS[1]].items()
    fills_in(keys, dict([today]) | memo.CHOICES[STEPS[1]])
    bad, priority = (page.get_by_role("radio", name=name) for name in memo.RADIOS[STEPS[1]])
    keys.turns_to(bad)
    fills_in(keys, dict([otherwise]))
    keys.turns_to(priority)
    fills_in(keys, dict([why]))
    keys.goes_by(page.get_by_role("button", name="Check my wording"))
    advice = page.locator("#id_do_nothing_lint")
    keys.to(advice.locator("summary"))
    keys.press("Enter")
    keys.press("Tab")
    page.keyboard.type(memo.KEPT_BECAUSE)
    keys.press("Tab")
    keys.press("Enter")
    expect(advice).to_contain_text(f"The words stay, because: {memo.KEPT_BECAUSE}")
    expect(advice.locator("summary")).to_be_focused()
    continues(keys)


def shows_how_we_know(keys: Keyboard) -> None:
    """A file is chosen where the keyboard leads to; the dialog that opens there is the system's."""
    page = keys.page
    stands_on(page, STEPS[2])
    fills_in(keys, memo.EVIDENCE, legend="Piece of evidence 1")
    keys.to(field(row(page, "Piece of evidence 1"), "File"))
    page.locator("input[type=file]:focus").set_input_files(memo.LOG_FILE)
    fills_in(keys, memo.CAUSE | memo.ROW_CHOICES["Cause 1"], legend="Cause 1")
    fills_in(keys, memo.TEXTS[STEPS[2]])
    keys.to(page.get_by_role("button", name="Save and continue"))
    keys.press("Shift+Tab")
    expect(field(page, "Law or order that asks for it")).to_be_focused()
    continues(keys)


def says_what_success_looks_like(keys: Keyboard, *, on: date) -> None:
    stands_on(keys.page, STEPS[3])
    typed = memo.rows(on)[STEPS[3]]["Measure 1"] | memo.ROW_CHOICES["Measure 1"]
    order = (
        "Pick a measure that cities use",
        "Value today",
        "Measured on",
        "How good the value is",
        "Source of the value",
        "Target",
        "Target date",
    )
    fills_in(keys, {name: typed[name] for name in order}, legend="Measure 1")
    fills_in(keys, memo.TEXTS[STEPS[3]] | memo.CHOICES[STEPS[3]])
    continues(keys)


def checks_and_sends(keys: Keyboard) -> None:
    """Sent without its two sentences, the page says so and leads to them."""
    page = keys.page
    stands_on(page, STEPS[4])
    keys.goes_by(page.get_by_role("button", name="Send to review"))
    expect(page.get_by_role("alert").filter(has_text="Fix one thing")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    statement = field(page, "The problem in two or three sentences")
    expect(statement).to_be_focused()
    keys.types(statement, memo.STATEMENT)
    keys.goes_by(page.get_by_role("button", name="Send to review"))
