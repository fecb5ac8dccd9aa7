"""Pages around the one list: ranked, read, scored, tried and adopted, in every state they have."""

from playwright.sync_api import Page, Response, expect

from tests.journeys.adopting_steps import fills_it_in
from tests.journeys.desk import press
from tests.journeys.sights import Sight, pressing


def asks_why(page: Page) -> Response:
    """Send the first project to the end of the list, over both lines."""
    first = page.locator("tr.p").first
    first.locator("summary").click()
    position = first.locator("[name=position]")
    position.fill(position.get_attribute("max") or "")
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        first.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#why")).to_be_visible()
    return answer.value


def gives_no_reason(page: Page) -> Response:
    asks_why(page)
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        page.get_by_role("button", name="Move it", exact=True).click()
    expect(page.locator(".errsum")).to_be_focused()
    return answer.value


def moves_one(page: Page) -> Response:
    """Move the first project down: its row is marked, and the move can be taken back."""
    row = page.locator("tr.p").first
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        row.get_by_role("button", name="Move down").click()
    expect(page.locator("tr.moved")).to_be_visible()
    expect(page.get_by_role("button", name="Undo my last move")).to_be_visible()
    return answer.value


def drags_one(page: Page) -> Response:
    """Hold the second row over the first one."""
    answer = page.reload()
    start, end = (page.locator(".grip").nth(place).bounding_box() for place in (1, 0))
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 4, steps=3)
    expect(page.locator(".over-top")).to_have_count(1)
    assert answer is not None
    return answer


def lets_go(page: Page) -> Response:
    """Let go of what is held, where it was."""
    page.keyboard.press("Escape")
    page.mouse.up()
    answer = page.reload()
    assert answer is not None
    return answer


def opens_all(page: Page) -> Response:
    """Open everything that opens."""
    answer = page.reload()
    for closed in page.locator("main details").all():
        closed.locator("summary").first.click()
    assert answer is not None
    return answer


def signs_what_changed(page: Page) -> Response:
    """Sign an order that somebody changed meanwhile."""
    page.locator("main form [name=seen]").evaluate("input => { input.value = '1-2-3'; }")
    fills_it_in(page)
    answer = press(page, "Adopt list 3")
    expect(page.locator(".errsum")).to_be_focused()
    return answer


def spoils_the_weights(page: Page) -> Response:
    page.get_by_label("Weight").first.fill("99")
    return press(page, "Put them in force")


def spoils_the_percent(page: Page) -> Response:
    page.locator("#id_change_percent").fill("a lot")
    return press(page, "Save the scenario")


LIST_SIGHTS = (
    # Read
    Sight("list as read", "fischer", "/list/", typical=True, turned=True),
    Sight("list as council reads it", "petrov", "/list/"),
    # Ranked
    Sight("list", "whitfield", "/list/", typical=True, turned=True),
    Sight("whole list", "whitfield", "/list/?below=shown", typical=True, turned=True),
    Sight("list narrowed", "whitfield", "/list/?gate=budget", typical=True),
    Sight("list, nothing fits", "whitfield", "/list/?q=zeppelin"),
    Sight("list by score", "whitfield", "/list/?sort=score", typical=True, turned=True),
    Sight("list by department", "whitfield", "/list/?sort=department"),
    Sight("row on its way", "whitfield", "/list/", act=drags_one, typical=True),
    Sight("row let go of", "whitfield", "/list/", act=lets_go),
    Sight(
        "reason asked for",
        "whitfield",
        "/list/?below=shown",
        422,
        asks_why,
        typical=True,
        turned=True,
    ),
    Sight("reason missing", "whitfield", "/list/?below=shown", 422, gives_no_reason, typical=True),
    # Scored
    Sight("scores", "whitfield", "/list/scores/", typical=True, turned=True),
    Sight("scores as read", "fischer", "/list/scores/?order=score"),
    Sight("scores far off", "whitfield", "/list/scores/?answers=off", typical=True),
    Sight("score to answer", "fischer", "/projects/{project[streetlights]}/score/", typical=True),
    Sight("score as read", "turner", "/projects/{project[streetlights]}/score/", typical=True),
    Sight("score of another department", "hill", "/projects/{project[bus_heat]}/score/"),
    Sight("score to correct", "whitfield", "/projects/{project[lead]}/score/", turned=True),
    Sight(
        "correction",
        "whitfield",
        "/projects/{project[lead]}/score/{criterion[safety]}/",
        typical=True,
    ),
    Sight(
        "correction without a reason",
        "whitfield",
        "/projects/{project[lead]}/score/{criterion[safety]}/",
        422,
        pressing("Let this answer count"),
        typical=True,
    ),
    Sight("criteria", "whitfield", "/list/criteria/", typical=True, turned=True),
    Sight("criteria to set", "moon", "/list/criteria/"),
    Sight("version of the criteria", "fischer", "/list/criteria/1/"),
    Sight("new criteria", "moon", "/list/criteria/new/", typical=True, turned=True),
    Sight("new criteria, all open", "moon", "/list/criteria/new/", act=opens_all, typical=True),
    Sight("weights not 100", "moon", "/list/criteria/new/", 422, spoils_the_weights, typical=True),
    # Tried
    Sight("no scenarios", "turner", "/list/scenarios/", typical=True),
    Sight("scenarios", "whitfield", "/list/scenarios/", typical=True, turned=True),
    Sight("new scenario", "turner", "/list/scenarios/new/"),
    Sight("scenario without a name", "turner", "/list/scenarios/new/", 422, pressing("Copy it")),
    Sight("scenario", "whitfield", "/list/scenarios/{scenario[less]}/", typical=True, turned=True),
    Sight(
        "money and slots to try",
        "whitfield",
        "/list/scenarios/{scenario[less]}/change/",
        act=opens_all,
        typical=True,
    ),
    Sight(
        "percent that cannot be read",
        "whitfield",
        "/list/scenarios/{scenario[less]}/change/",
        422,
        spoils_the_percent,
        typical=True,
    ),
    Sight(
        "scenarios compared",
        "whitfield",
        "/list/scenarios/compare/?scenario={scenario[less]}&scenario={scenario[more]}",
        typical=True,
        turned=True,
    ),
    Sight("nothing to compare", "whitfield", "/list/scenarios/compare/", 422, typical=True),
    Sight(
        "scenario to use",
        "whitfield",
        "/list/scenarios/{scenario[less]}/use/",
        typical=True,
        turned=True,
    ),
    Sight(
        "scenario used without a reason",
        "whitfield",
        "/list/scenarios/{scenario[less]}/use/",
        422,
        pressing("Make it the working order"),
    ),
    # Adopted
    Sight("adopting", "whitfield", "/list/adopt/", typical=True, turned=True),
    Sight("adopting, all shown", "whitfield", "/list/adopt/?all=1"),
    Sight(
        "adopting without a number",
        "whitfield",
        "/list/adopt/",
        422,
        pressing("Adopt list 3"),
        typical=True,
    ),
    Sight("adopting overtaken", "whitfield", "/list/adopt/", 409, signs_what_changed),
    Sight("adopted lists", "petrov", "/list/adopted/", typical=True, turned=True),
    Sight("adopted list", "whitfield", "/list/adopted/2/", typical=True, turned=True),
    Sight("adopted list that was replaced", "fischer", "/list/adopted/1/"),
    Sight("no such list", "whitfield", "/list/adopted/99/", 404),
    Sight(
        "adopted lists compared",
        "petrov",
        "/list/adopted/compare/?from=1&to=2",
        typical=True,
        turned=True,
    ),
    Sight("one kind of difference", "petrov", "/list/adopted/compare/?from=1&to=2&show=moved"),
    Sight("a list with itself", "petrov", "/list/adopted/compare/?from=2&to=2"),
    Sight("lists to choose", "petrov", "/list/adopted/compare/", typical=True),
    Sight("year of moves", "petrov", "/list/moves/", act=opens_all, typical=True, turned=True),
    # Moved at last: what is looked at before has the order of the demonstration
    Sight("moved row", "whitfield", "/list/?below=shown", act=moves_one, typical=True, turned=True),
)
