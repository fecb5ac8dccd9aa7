"""A statement is read by somebody else: returned at a field, answered there, read again."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from problems.models import Problem
from problems.review import answers, decisions
from tests.factories import attach_file, declared_priority, draft_problem
from tests.journeys import memo
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, Desks, field, follow, has_heading, is_told, press
from tests.journeys.problem_steps import ANSWER, REASON, STEPS, accepts_it, goes_to, returns_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(cast: SimpleNamespace) -> Problem:
    """What the head wrote from the memo, waiting for a manager."""
    problem = draft_problem(
        cast,
        title=memo.TITLE,
        impact_now=memo.TODAY_TOO_SHORT,
        do_nothing=memo.DO_NOTHING,
        critical_priority=declared_priority(memo.PRIORITY),
    )
    attach_file(problem, name=memo.LOG_NAME, content=memo.LOG)
    answers.answer_finding(
        problem,
        field="do_nothing",
        quote=memo.SOLUTION,
        reason=memo.KEPT_BECAUSE,
        by=cast.head,
    )
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    return problem


def test_a_reason_is_answered_at_its_field_and_read_beside_the_change(
    sent: Problem, cast: SimpleNamespace, windows: Windows
) -> None:
    desks = Desks(windows, **DESK)
    head, manager = desks.of(cast.head), desks.of(cast.manager)
    expect(manager.get_by_role("region", name="Waiting on you")).to_contain_text(memo.TITLE)
    returns_it(manager)

    head.reload()
    waiting = head.get_by_role("region", name="Waiting on you")
    expect(waiting).to_contain_text("Returned with 1 reason")
    follow(head, f"Answer: {memo.TITLE}")
    expect(head.get_by_role("main")).to_contain_text(REASON)
    goes_to(head, "What happens today")
    today = field(head, "What happens to people today")
    expect(today).to_have_accessible_description(re.compile(re.escape(REASON)))
    today.fill(memo.TODAY)
    answer = field(head, "Your answer")
    answer.fill(ANSWER)
    answer.press("Tab")
    expect(
        head.get_by_text("Kept. You can change it until you send the statement.")
    ).to_be_visible()
    press(head, "Save and continue")
    goes_to(head, STEPS[-1])
    press(head, "Send to review")
    is_told(head, "Sent to review.")

    accepts_it(manager)
    sent.refresh_from_db()
    assert (sent.state, sent.impact_now) == (Problem.State.DEFINED, memo.TODAY)
    conversation = manager.get_by_role("region", name="Sent and decided")
    for words in (REASON, ANSWER, "Accepted"):
        expect(conversation).to_contain_text(words)
    manager.goto("/")
    expect(manager.get_by_text(memo.TITLE)).to_have_count(0)


def test_the_author_does_not_decide(sent: Problem, cast: SimpleNamespace, windows: Windows) -> None:
    head = Desks(windows, **DESK).of(cast.head)
    answer = head.goto(f"/problems/{sent.pk}/review/")
    assert answer is not None
    assert answer.status == 403
    expect(head.get_by_role("button", name="Accept this problem")).to_have_count(0)


def test_a_page_read_before_the_statement_changed_decides_nothing(
    sent: Problem, cast: SimpleNamespace, windows: Windows
) -> None:
    desks = Desks(windows, **DESK)
    head, manager = desks.of(cast.head), desks.of(cast.manager)
    manager.goto(f"/problems/{sent.pk}/review/")
    has_heading(manager, memo.TITLE)
    head.goto(f"/problems/{sent.pk}/reopen/")
    press(head, "Reopen it")
    goes_to(head, "What happens today")
    field(head, "What happens to people today").fill(memo.TODAY)
    press(head, "Save and continue")
    goes_to(head, STEPS[-1])
    press(head, "Send to review")
    refused = press(manager, "Accept this problem")
    assert refused.status == 409
    expect(manager.locator(".errsum")).to_be_focused()
    expect(manager.get_by_text(memo.TODAY).first).to_be_visible()
    sent.refresh_from_db()
    assert sent.state == Problem.State.SUBMITTED
