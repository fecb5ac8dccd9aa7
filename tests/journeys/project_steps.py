"""What happens to the project itself: start, gate, list, scope, brief, hold."""

from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from portfolio.gates import scoping_gate
from portfolio.models import Project
from tests.journeys import adopting_steps, memo
from tests.journeys.desk import choose, field, fill, follow, has_heading, is_told, press, row

TITLE = "One sign-up for all summer programs"
APPROACH = "One list in one office, kept by two people who answer the same day."


def starts_a_project(head: Page) -> Project:
    """The head starts a project for the defined problem."""
    head.goto("/")
    follow(head, "Problems")
    follow(head, memo.TITLE)
    follow(head, "Start a project for this problem")
    fill(head, {"Title": TITLE})
    press(head, "Start the project")
    is_told(head, "is a concept")
    return Project.objects.for_pages().get(title=TITLE)


def is_blocked(page: Page, project: Project, *, expected: set[str]) -> None:
    """The scope answers 403 with every blocker, who can mend it, and where."""
    page.goto(project.get_absolute_url())
    answer = follow(page, "See what is missing")
    assert answer.status == 403
    has_heading(page, "Scoping is blocked")
    blockers = scoping_gate(Project.objects.for_pages().get(pk=project.pk)).blockers
    assert {blocker.code for blocker in blockers} == expected
    listed = page.locator(".blockers").get_by_role("listitem")
    expect(listed).to_have_count(len(blockers))
    for item, blocker in zip(listed.all(), blockers, strict=True):
        expect(item).to_contain_text(blocker.sentence)
        expect(item).to_contain_text(f"Who can fix it: {blocker.owner}")
        expect(item.get_by_role("link")).to_have_attribute("href", blocker.url)
    expect(page.get_by_role("textbox")).to_have_count(0)


def puts_it_on_the_list(manager: Page) -> None:
    manager.goto("/")
    follow(manager, "Priority list")
    follow(manager, "Put projects on it")
    manager.get_by_label(TITLE).check()
    press(manager, "Put at the end of the list")
    is_told(manager, "1 put at the end of the list.")


def moves_it_up(manager: Page, *, scripting: bool) -> None:
    """From third to second by a button, then first by position; the person stays on the row."""
    manager.evaluate("window.isSamePage = true")
    up = manager.get_by_role("button", name=f"Move up: {TITLE}")
    up.click()
    _has_moved(manager, f"{TITLE} moved from 3 to 2 of 3.", scripting=scripting)
    if scripting:
        expect(up).to_be_focused()
    _ranked_row(manager).get_by_text("Move to…").click()
    field(_ranked_row(manager), "New position, 1 to 3").fill("1")
    _ranked_row(manager).get_by_role("button", name="Move", exact=True).click()
    _has_moved(manager, f"{TITLE} moved from 2 to 1 of 3.", scripting=scripting)
    if scripting:
        expect(_ranked_row(manager).locator("summary")).to_be_focused()
    assert manager.evaluate("window.isSamePage === true") is scripting


def _ranked_row(page: Page) -> Any:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=TITLE))


def _has_moved(page: Page, sentence: str, *, scripting: bool) -> None:
    if scripting:
        expect(page.locator("#live")).to_have_text(sentence)
    else:
        is_told(page, sentence)
    rank = sentence.partition(" to ")[2].partition(" ")[0]
    expect(_ranked_row(page).locator(".rank")).to_have_text(rank)
    expect(_ranked_row(page)).to_be_in_viewport()


def adopts(manager: Page) -> None:
    """The manager signs the order with the number of the council's action."""
    adopting_steps.opens_it(manager)
    adopting_steps.adopts(manager)


def opens_scoping(manager: Page, project: Project) -> None:
    manager.goto("/")
    follow(manager, f"Open scoping: {project.title}")
    press(manager, "Open scoping")
    is_told(manager, "Scoping is open.")


def writes_the_scope(head: Page, project: Project, *, on: date) -> None:
    head.goto(project.get_absolute_url())
    assert follow(head, "Open the scope").status == 200
    fill(head, {"Approach": APPROACH})
    choose(row(head, "Option 1"), {"Kind": "Do nothing"})
    fill(row(head, "Option 1"), {"Description": "Keep three lists"})
    fill(row(head, "Deliverable 1"), {"What": "One list", "Done when": "Nobody asks twice"})
    fill(row(head, "Milestone 1"), {"What": "The lists are joined", "By": f"{on}"})
    fill(
        row(head, "Risk 1"),
        {"What": "Someone falls ill", "What we do about it": "A third person is trained"},
    )
    press(head, "Save the scope")
    is_told(head, "The scope is saved.")
    expect(field(head, "Approach")).to_have_value(APPROACH)


def reads_the_brief(council: Page, tmp_path: Path) -> None:
    """Council staff open the brief as a page and download it as a PDF."""
    council.goto("/")
    follow(council, "Council briefs")
    follow(council, TITLE)
    for words in (memo.STATEMENT, "$125,000", "Resolution 2027-14", APPROACH):
        expect(council.locator(".brief")).to_contain_text(words)
    with council.expect_download() as download:
        council.get_by_role("link", name="Download PDF").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == ".pdf"
    assert saved.read_bytes().startswith(b"%PDF")
    assert saved.stat().st_size > 10_000


def is_on_hold(head: Page, project: Project) -> None:
    """The scope can be read, and there is nothing left to type in."""
    head.goto(project.get_absolute_url())
    expect(head.locator(".lockbar")).to_contain_text("The project is on hold.")
    answer = follow(head, "Open the scope")
    assert answer.status == 200
    expect(head.get_by_role("heading", name="On hold: the scope can be read")).to_be_visible()
    expect(head.locator("main")).to_contain_text(APPROACH)
    expect(head.get_by_role("textbox")).to_have_count(0)
    expect(head.locator("main form")).to_have_count(0)
