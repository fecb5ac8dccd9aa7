"""A head answers in words, the manager corrects with a reason, the list shows the difference."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, expect

from portfolio import criteria
from tests.journeys import list_steps
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, field, follow, has_heading, is_told, press
from tests.journeys.list_steps import answers_why, is_asked_why, row, says, seat, step, title
from tests.portfolio.one_list import answer_all

pytestmark = pytest.mark.django_db(transaction=True)
# What all other departments answer to everything: 60 of 100.
USUAL = 3
REASON = "The crash records say otherwise."


@pytest.fixture
def listed() -> SimpleNamespace:
    """The list, on which the second to the fifth project are scored alike."""
    cast = list_steps.listed_city()
    for project in cast.projects[1:5]:
        answer_all(project, USUAL, by=cast.head)
    return cast


def names() -> list[str]:
    """The names of the criteria in force, in their order."""
    return [weight.criterion.name for weight in criteria.weights_of(criteria.newest())]


def question(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def answers(page: Page, name: str, value: int) -> None:
    question(page, name).get_by_role("radio").nth(value).check()


@pytest.mark.parametrize("way", WAYS)
def test_a_score_is_answered_corrected_and_shown_beside_the_rank(
    way: str, listed: SimpleNamespace, windows: Windows
) -> None:
    first, *others = names()
    head = seat(windows, listed.head, **WAYS[way])
    answers_in_two_parts(head, listed, first, others)
    manager = seat(windows, listed.manager, **WAYS[way])
    manager.goto("/list/")
    expect(row(manager, 1)).to_contain_text("5 by score")
    expect(row(manager, 1)).to_contain_text("4 places above its score")
    expect(row(manager, 2)).not_to_contain_text("above its score")
    reads_the_scores(manager)
    corrects(manager, first)
    head.reload()
    reads_the_correction(head, first)


def answers_in_two_parts(
    head: Page, listed: SimpleNamespace, first: str, others: list[str]
) -> None:
    """Some answers may wait; until they are there, the score is compared with nothing."""
    head.goto(listed.projects[0].get_absolute_url())
    follow(head, "Answer the criteria")
    has_heading(head, "Score")
    answers(head, first, 1)
    press(head, "Save the answers")
    is_told(head, f"1 answer saved. {len(others)} of {len(others) + 1} still to answer.")
    head.goto("/list/")
    expect(row(head, 1)).not_to_contain_text("by score")
    head.goto(f"{listed.projects[0].get_absolute_url()}score/")
    for name in others:
        answers(head, name, 1)
    press(head, "Save the answers")
    is_told(head, f"{len(others)} answers saved. Every criterion is answered.")
    expect(question(head, "What it comes to")).to_contain_text("20 of 100")


def reads_the_scores(manager: Page) -> None:
    """Side by side: what is far from its score, and how those of one score were put in order."""
    follow(manager, "Scores")
    has_heading(manager, "Scores beside the list")
    far = manager.get_by_role("row").filter(has_text=title(1))
    expect(far).to_contain_text("4 places above its score")
    field(manager, "Projects").select_option(label="Away from their score")
    press(manager, "Show")
    expect(manager.get_by_role("rowheader")).to_contain_text([title(1)])
    follow(manager, title(1))


def corrects(manager: Page, criterion: str) -> None:
    """Not without a reason; then both answers stand there, and the score is another one."""
    question(manager, criterion).get_by_role("link", name="Correct this answer").click()
    has_heading(manager, "Correct an answer")
    manager.get_by_role("group", name="The answer that counts").get_by_role("radio").nth(5).check()
    assert press(manager, "Let this answer count").status == 422
    expect(manager.get_by_role("alert")).to_contain_text("Say why another answer is right.")
    field(manager, "Why this answer is right").fill(REASON)
    press(manager, "Let this answer count")
    is_told(manager, f"{criterion}: the answer is corrected.")
    reads_the_correction(manager, criterion)


def reads_the_correction(page: Page, criterion: str) -> None:
    shown = question(page, criterion)
    expect(shown).to_contain_text("Corrected. This counts:")
    expect(shown).to_contain_text(REASON)
    expect(shown).to_contain_text("Mara Manager")
    expect(shown).to_contain_text("The department’s answer.")
    expect(question(page, "What it comes to")).not_to_contain_text("20 of 100")


def test_leaving_the_score_order_too_far_asks_why(
    listed: SimpleNamespace, windows: Windows
) -> None:
    answer_all(listed.projects[0], USUAL + 1, by=listed.head)
    manager = seat(windows, listed.manager, **WAYS["scripting"])
    manager.goto("/list/?below=shown")
    for place in (2, 3):
        step(manager, "Move down", 1).click()
        says(manager, f"Project 001 moved from {place - 1} to {place} of 12.")
    step(manager, "Move down", 1).click()
    is_asked_why(
        manager,
        "Say why Project 001 moves from 3 to 4: it would stand 3 places below its score.",
    )
    answers_why(manager, "It waits for the state.")
    says(manager, "Project 001 moved from 3 to 4 of 12.")
    expect(row(manager, 1)).to_contain_text("3 places below its score")
