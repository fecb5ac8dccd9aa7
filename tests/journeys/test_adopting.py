"""The order is signed: by mouse, by touch, without scripting, and by two managers at once."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portfolio import adopting
from portfolio.models import AdoptedList
from tests.journeys import list_steps
from tests.journeys.adopting_steps import ACTION, adopts, fills_it_in, opens_it
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, WAYS, choose, follow, has_heading, press
from tests.journeys.list_steps import move_as, moved, row, seat, step, title

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The council asks for it."


@pytest.fixture
def listed() -> SimpleNamespace:
    return list_steps.listed_city()


def signed(number: int) -> list[str]:
    """The titles of an adopted list, first rank first."""
    entries = AdoptedList.objects.get(number=number).entries.order_by("rank")
    return list(entries.values_list("title", flat=True))


def titles(order: list[int]) -> list[str]:
    return [title(number) for number in order]


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_adopted_and_the_next_one_says_what_differs(
    way: str, listed: SimpleNamespace, windows: Windows
) -> None:
    page = seat(windows, listed.manager, **WAYS[way])
    page.goto("/list/")
    expect(page.get_by_role("main")).to_contain_text("No list has been adopted yet")
    opens_it(page)
    refuses_what_is_missing(page)
    adopts(page)
    assert signed(1) == titles(moved(1, to=1))

    move_as(listed.manager, 8, to=2, reason=REASON)
    page.goto("/list/")
    expect(row(page, 8)).to_contain_text("8 on list 1")
    follow(page, "Adopt this order")
    difference = page.get_by_role("main")
    expect(difference).to_contain_text(title(8))
    expect(difference).to_contain_text("from 8 to 2")
    expect(difference).to_contain_text(REASON)
    adopts(page, 2, action="Resolution 2027-15")
    assert signed(2) == titles(moved(8, to=2))
    assert signed(1) == titles(moved(1, to=1))
    stays_as_it_was_signed(page)


def refuses_what_is_missing(page: Page) -> None:
    """Neither without a number, nor without the word."""
    assert press(page, "Adopt list 1").status == 422
    expect(page.get_by_role("alert")).to_contain_text("Enter the number of the action.")
    fills_it_in(page, word="yes")
    assert press(page, "Adopt list 1").status == 422
    expect(page.get_by_role("alert")).to_contain_text("adopt")
    assert not AdoptedList.objects.exists()


def stays_as_it_was_signed(page: Page) -> None:
    """The lines, the reason and the score that the list was signed with stand on it."""
    has_heading(page, "Priority list 2")
    expect(page.get_by_role("row").filter(has_text=title(8))).to_contain_text(REASON)
    expect(page.get_by_role("row").filter(has_text=title(6))).to_contain_text("short in Fund")
    follow(page, "List 1")
    has_heading(page, "Priority list 1")
    expect(page.get_by_role("main")).to_contain_text("A later list replaced it.")


@pytest.mark.parametrize("way", WAYS)
def test_any_two_lists_are_compared_and_a_year_of_moves_is_drawn(
    way: str, listed: SimpleNamespace, windows: Windows
) -> None:
    for number, rank in enumerate((8, 2, 3), start=1):
        move_as(listed.manager, 8, to=rank, reason=REASON)
        adopting.adopt(
            action_number=f"Resolution {number}", adopted_on=listed.city.today(), by=listed.manager
        )
    page = seat(windows, listed.head, **WAYS[way])
    page.goto("/list/adopted/")
    lists = page.get_by_role("table", name="Adopted lists, newest first").get_by_role("row")
    expect(lists.filter(has_text="Resolution 3")).to_contain_text("In force")
    expect(lists.filter(has_text="Resolution 1")).to_contain_text("Replaced by list 2")
    compares_the_first_two(page)
    reads_the_year(page)


def compares_the_first_two(page: Page) -> None:
    choose(page, {"From list": "List 1, Resolution 1", "To list": "List 2, Resolution 2"})
    press(page, "Compare")
    has_heading(page, "From list 1 to list 2")
    moves = page.get_by_role("region", name="Moved: 1")
    expect(moves.get_by_role("row").filter(has_text=title(8))).to_contain_text("from 8 to 2")
    expect(moves.get_by_role("row").filter(has_text=title(8))).to_contain_text(REASON)
    crossed = page.get_by_role("region", name="Gained or lost people or money")
    expect(crossed.get_by_role("rowheader")).to_contain_text([title(8), title(5), title(7)])


def reads_the_year(page: Page) -> None:
    """A drawing that is told in a sentence, and its numbers as a table."""
    page.goto("/list/adopted/")
    follow(page, "A year of moves")
    has_heading(page, "A year of moves")
    expect(page.locator("main svg[role=img]")).to_have_accessible_name(re.compile(title(8)))
    page.get_by_text("Show the numbers").click()
    numbers = page.get_by_role("table", name="Rank of each project on each list, and now")
    ranks = numbers.get_by_role("row").filter(has_text=title(8)).get_by_role("cell")
    expect(ranks).to_have_text(["8", "2", "3", "3"])


@pytest.mark.parametrize("actions", [(ACTION, ACTION), (ACTION, "Resolution 2027-15")])
def test_two_managers_who_adopt_at_once_make_one_list(
    actions: tuple[str, str], listed: SimpleNamespace, windows: Windows
) -> None:
    """Both press the button before either has an answer; the other is told in one sentence."""
    pages = [seat(windows, one, **DESK) for one in (listed.manager, listed.second_manager)]
    for page, action in zip(pages, actions, strict=True):
        opens_it(page)
        fills_it_in(page, action=action)
    for page in pages:
        button = page.get_by_role("button", name="Adopt list 1")
        button.evaluate("button => { button.form.requestSubmit(button); }")
    told = [tells_which(page) for page in pages]
    assert sorted(told) == ["adopted", "refused"]
    adopted = AdoptedList.objects.get()
    assert adopted.signed_by.name == ("Mara Manager", "Miles Manager")[told.index("adopted")]
    refused = pages[told.index("refused")]
    alert = refused.get_by_role("alert").get_by_role("listitem")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(adopted.signed_by.name)


def tells_which(page: Page) -> str:
    """Wait for the answer, and return whether this one signed."""
    done = page.get_by_role("status").filter(has_text="Priority list 1 is adopted.")
    refused = page.get_by_role("alert").filter(has_text="continue")
    expect(done.or_(refused)).to_be_visible()
    return "adopted" if done.count() else "refused"


def test_an_order_that_changed_since_is_not_signed(
    listed: SimpleNamespace, windows: Windows
) -> None:
    page = seat(windows, listed.manager, **DESK)
    opens_it(page)
    fills_it_in(page)
    move_as(listed.second_manager, 3, to=2)
    assert press(page, "Adopt list 1").status == 409
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Miles Manager moved Project 003 from 3 to 2.")
    expect(alert).to_be_focused()
    assert not AdoptedList.objects.exists()
    adopts(page)
    assert signed(1) == titles(moved(3, to=2))


def test_a_moved_row_and_a_signature_in_one_window_of_each(
    listed: SimpleNamespace, windows: Windows
) -> None:
    """One manager signs while the other still ranks: the move goes on, the signed list stays."""
    ranks = seat(windows, listed.second_manager, **DESK)
    ranks.goto("/list/")
    signs = seat(windows, listed.manager, **DESK)
    opens_it(signs)
    adopts(signs)
    step(ranks, "Move up", 3).click()
    expect(ranks.locator("#live")).to_have_text("Project 003 moved from 3 to 2 of 12.")
    assert signed(1) == titles(moved(1, to=1))
    expect(ranks.get_by_role("main")).to_contain_text("Working order with 1 change.")
