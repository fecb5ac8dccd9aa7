"""A statement is written: from a one-page memo to "Sent", and what the page does while typing."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Page, expect

from problems.models import Measure, Problem
from tests.factories import declared_priority, define, draft_problem
from tests.journeys import memo
from tests.journeys.chromium import PATIENCE, Windows
from tests.journeys.desk import DESK, WAYS, Desks, field, fill, follow, is_told, press
from tests.journeys.problem_steps import STEPS, fills_in, goes_to, stands_on, starts_it

pytestmark = pytest.mark.django_db(transaction=True)

# How many of the eight things are there when a step begins.
READY = {
    step: f"Ready to send? {number} of 8"
    for step, number in zip(STEPS, (0, 2, 4, 5, 7), strict=True)
}


@pytest.mark.parametrize("way", WAYS)
def test_from_a_one_page_memo_to_a_sent_statement(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    declared_priority(memo.PRIORITY)
    head = Desks(windows, **WAYS[way]).of(cast.head)
    starts_it(head)
    fill(head, {"Title": memo.TITLE})
    for step in STEPS[:-1]:
        stands_on(head, step)
        expect(head.locator("#ready-heading")).to_have_text(READY[step])
        fills_in(head, step, on=cast.city.today())
        if step == "What happens today":
            leaves_and_comes_back(head)
        else:
            press(head, "Save and continue")
            expect(head.locator("#saved")).to_contain_text(f"{memo.TITLE} · Parks · saved just now")
    expect(head.locator("#ready-heading")).to_have_text(READY[STEPS[-1]])
    fill(head, {"The problem in two or three sentences": memo.STATEMENT})
    press(head, "Check my wording")
    expect(head.locator("#ready-heading")).to_have_text("Ready to send? 8 of 8")
    reads_it_through(head)
    press(head, "Send to review")
    is_told(head, "Sent to review.")
    expect(head.get_by_role("heading", level=1)).to_have_text(memo.TITLE)
    is_kept(cast)


def leaves_and_comes_back(head: Page) -> None:
    """Leave in the middle; the overview leads to the first step that lacks something."""
    press(head, "Save and leave")
    is_told(head, "Draft saved. Come back to it at any time.")
    head.goto("/")
    follow(head, f"Finish: {memo.TITLE}")
    stands_on(head, "How we know")
    goes_to(head, "What happens today")
    for label, text in memo.TEXTS["What happens today"].items():
        expect(field(head, label)).to_have_value(text)
    goes_to(head, "How we know")


def reads_it_through(head: Page) -> None:
    """The last step shows everything else as it will be read."""
    shown = head.get_by_role("region", name="The rest as it will be read")
    for words in (
        "6,200",
        "Since March 1, 2019",
        memo.PRIORITY,
        memo.CAUSE["Because"],
        f"{memo.CATALOGUE_MEASURE} 26 → to 10 percent of applications started",
    ):
        expect(shown).to_contain_text(re.compile(r"\s+".join(map(re.escape, words.split()))))
    expect(shown.get_by_role("link", name=memo.LOG_NAME)).to_be_visible()
    expect(head.get_by_role("heading", name="Still missing")).to_have_count(0)


def is_kept(cast: SimpleNamespace) -> None:
    problem = Problem.objects.get()
    assert problem.state == Problem.State.SUBMITTED
    assert (problem.title, problem.statement) == (memo.TITLE, memo.STATEMENT)
    assert problem.critical_priority == declared_priority(memo.PRIORITY)
    measure, evidence = problem.measures.get(), problem.evidence.get()
    assert (measure.catalogue_code, measure.kind) == ("give_up", Measure.Kind.OUTCOME)
    assert (evidence.file_name, evidence.file.read()) == (memo.LOG_NAME, memo.LOG)
    evidence.file.close()
    answer = problem.finding_answers.get()
    assert (answer.field, answer.quote) == ("do_nothing", memo.SOLUTION)
    assert (answer.reason, answer.by) == (memo.KEPT_BECAUSE, cast.head)


# While somebody types


def opens_a_step(page: Page, problem: Problem, step: str) -> None:
    page.goto(f"/problems/{problem.pk}/edit/")
    goes_to(page, step)


def test_words_are_saved_without_a_button(cast: SimpleNamespace, windows: Windows) -> None:
    page = Desks(windows, **DESK).of(cast.head)
    starts_it(page)
    written_at = page.url
    field(page, "Title").press_sequentially(memo.TITLE)
    expect(page.locator("#saved")).to_contain_text(f"{memo.TITLE} · Parks · saved")
    again = page.context.new_page()
    page.close()
    again.goto(written_at)
    expect(field(again, "Title")).to_have_value(memo.TITLE)


@contextmanager
def answered(method: str, path: str) -> Iterator[None]:
    """Go on when the site has answered a request that no page waits for."""
    asked: set[int] = set()
    done = threading.Event()

    def begins(*, environ: dict[str, str], **_: object) -> None:
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == (method, path):
            asked.add(threading.get_ident())

    def ends(**_: object) -> None:
        if threading.get_ident() in asked:
            done.set()

    request_started.connect(begins)
    request_finished.connect(ends)
    try:
        yield
        assert done.wait(PATIENCE / 1000)
    finally:
        request_started.disconnect(begins)
        request_finished.disconnect(ends)


def test_the_last_words_are_saved_when_a_link_is_followed(
    cast: SimpleNamespace, windows: Windows
) -> None:
    problem = draft_problem(cast)
    page = Desks(windows, **DESK).of(cast.head)
    opens_a_step(page, problem, "Who is affected")
    field(page, "Where it happens").fill("North of the river")
    with answered("POST", f"/problems/{problem.pk}/edit/who/"):
        follow(page, "Check and send")
    page.reload()
    expect(page.get_by_role("region", name="The rest as it will be read")).to_contain_text(
        "North of the river"
    )


def test_advice_comes_while_typing_and_is_not_said_twice(
    cast: SimpleNamespace, windows: Windows
) -> None:
    problem = draft_problem(cast, do_nothing="")
    page = Desks(windows, **DESK).of(cast.head)
    opens_a_step(page, problem, "What happens today")
    text, advice = page.locator("#id_do_nothing"), page.locator("#id_do_nothing_lint")
    text.press_sequentially("Families need a sign-up portal")
    expect(advice).to_contain_text(f"Names a solution: “{memo.SOLUTION}”")
    expect(text).to_be_focused()
    expect(page.locator("#id_do_nothing_grade")).to_have_text("")
    advice.evaluate("advice => { advice.firstElementChild.isSame = true; }")
    with page.expect_response(re.compile(r"/problems/lint/")):
        text.press_sequentially(".")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert advice.evaluate("advice => advice.firstElementChild.isSame === true")
    advice.get_by_text("Keep these words and say why").click()
    fill(advice, {"Why they must stay": memo.KEPT_BECAUSE})
    with page.expect_response(re.compile(r"/answer/")) as answer:
        advice.get_by_role("button", name="Keep the words").click()
    assert not answer.value.request.is_navigation_request()
    expect(advice).to_contain_text(f"The words stay, because: {memo.KEPT_BECAUSE}")
    text.fill("Places stay empty.")
    text.press("End")
    expect(advice).to_contain_text("Nothing to reword here.")
    press(page, "Save and leave")


def test_what_cannot_be_read_is_said_when_the_field_is_left(
    cast: SimpleNamespace, windows: Windows
) -> None:
    problem = draft_problem(cast)
    page = Desks(windows, **DESK).of(cast.head)
    opens_a_step(page, problem, "How we know")
    asked = field(page, "How many were asked")
    asked.fill("a dozen or so")
    asked.press("Tab")
    wrong = page.locator("#id_contact_count_wrong")
    expect(wrong).to_contain_text("Enter a whole number such as 6,200.")
    expect(asked).to_have_attribute("aria-invalid", "true")
    asked.fill("12")
    asked.press("Tab")
    expect(wrong).to_have_text("")
    expect(asked).not_to_have_attribute("aria-invalid", "true")
    problem.refresh_from_db()
    assert problem.contact_count == 12


def test_similar_problems_appear_while_typing(cast: SimpleNamespace, windows: Windows) -> None:
    define(draft_problem(cast), cast=cast)
    page = Desks(windows, **DESK).of(cast.outsider)
    starts_it(page)
    similar = page.get_by_role("region", name="Written already?")
    expect(similar).to_contain_text("No problem sounds alike so far.")
    field(page, "Title").press_sequentially("Families wait to learn about a summer place")
    expect(similar.get_by_role("link", name=memo.TITLE, exact=True)).to_be_visible()
    expect(similar.get_by_role("link", name="Ours is the same")).to_be_visible()
    expect(field(page, "Title")).to_be_focused()
    press(page, "Save and leave")
