"""The one list in a browser: a city with twelve projects on it, and what people do with its rows.

The projects are named by the rank at which each test finds them. Money reaches the first five,
people the first seven: what a move crosses is known.
"""

import re
from types import SimpleNamespace

from django.test import Client
from playwright.sync_api import Locator, Page, Request, expect

from portfolio import adopting, ranking
from portfolio.models import City, Department, User, WorkingPosition
from portfolio.ranking import Between
from portfolio.roles import Role
from tests.factories import make_user
from tests.journeys.chromium import Windows
from tests.portfolio.scenario_steps import COST, priced, working_order

LENGTH = 12
WITH_MONEY, WITH_PEOPLE = 5, 7
# Every row is shown, on one page.
WHOLE_LIST = "/list/?below=shown"
TALL = {"width": 1280, "height": 2000}
ASKED = "Say why {} moves from {} to {}: it would stand {}."


def listed_city() -> SimpleNamespace:
    """Make a city with its list, its people, and money and people for a part of the list."""
    city = City.objects.create(
        name="Testville", time_zone="America/Chicago", scoping_slots=3, delivery_slots=4
    )
    parks = Department.objects.create(name="Parks")
    cast = SimpleNamespace(
        city=city,
        parks=parks,
        head=make_user("Hanna Head", head_of=parks),
        manager=make_user("Mara Manager", role=Role.CITY_MANAGER),
        second_manager=make_user("Miles Manager", role=Role.CITY_MANAGER),
        finance=make_user("Fiona Finance", role=Role.FINANCE_OFFICER),
    )
    cast.projects, cast.fund = priced(cast, LENGTH, money=WITH_MONEY * COST)
    return cast


def as_it_was(cast: SimpleNamespace) -> None:
    """Put every project where it was at first, as if nobody had moved one."""
    with cast.manager.changing():
        WorkingPosition.objects.all().delete()
        ranking.add_all(cast.projects, by=cast.manager)


def title(number: int) -> str:
    """The project that a test finds at this rank."""
    return f"Project {number:03d}"


def move_as(by: User, project: int, *, to: int, reason: str = "") -> None:
    """Let somebody else move a project, at a desk that is not shown."""
    chosen = WorkingPosition.objects.select_related("project").get(project__title=title(project))
    ranking.move(
        chosen.project,
        to=to,
        seen=chosen.key,
        mark=adopting.order_mark(),
        reason=reason,
        by=by,
    )


def put_between(by: User, project: int, above: int, below: int) -> None:
    """Let somebody else put a project between two others."""
    keys = dict(WorkingPosition.objects.values_list("project__title", "project_id"))
    chosen = WorkingPosition.objects.select_related("project").get(project__title=title(project))
    gap = Between(keys[title(above)], keys[title(below)])
    ranking.move(chosen.project, to=gap, seen=chosen.key, by=by)


def order(cast: SimpleNamespace) -> list[int]:
    """The list as it is saved, by the ranks at first."""
    numbers = {project.pk: number for number, project in enumerate(cast.projects, start=1)}
    return [numbers[project] for project in working_order()]


def moved(project: int, *, to: int) -> list[int]:
    """The list as it is once a project was moved to a rank."""
    rest = [number for number in range(1, LENGTH + 1) if number != project]
    return [*rest[: to - 1], project, *rest[to - 1 :]]


# ------------------------------------------------------------------ At the desk


def seat(windows: Windows, person: User, **options: object) -> Page:
    """Open a window in which `person` is signed in."""
    visit = Client()
    visit.force_login(person)
    context = windows.open(**options)
    context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": windows.site}
            for name, cookie in visit.cookies.items()
        ]
    )
    return context.new_page()


def at_the_list(windows: Windows, person: User, **options: object) -> Page:
    """Open a window in which `person` sees the whole list."""
    page = seat(windows, person, **options)
    page.goto(WHOLE_LIST)
    return page


def row(page: Page, project: int) -> Locator:
    """The row of a project."""
    link = page.get_by_role("link", name=title(project), exact=True)
    return page.get_by_role("row").filter(has=link)


def grip(page: Page, project: int) -> Locator:
    return row(page, project).locator(".grip")


def step(page: Page, words: str, project: int) -> Locator:
    """The button of a row that is called so: "Move up" and its kind."""
    return page.get_by_role("button", name=f"{words}: {title(project)}", exact=True)


def shown(page: Page) -> list[int]:
    """The projects as the page shows them, first one first."""
    titles = page.locator("#ranked").get_by_role("link", name=re.compile(r"^Project \d{3}$"))
    return [int(text.split()[1]) for text in titles.all_inner_texts()]


def says(page: Page, sentence: str) -> None:
    """Insist that a screen reader is told this, and nothing else."""
    expect(page.locator("#live")).to_have_text(sentence)


def is_asked_why(page: Page, question: str) -> Locator:
    """Insist that the page asks for a reason, in these words; return where it asks."""
    asked = page.get_by_role("form", name="Why does it move?")
    expect(asked).to_contain_text(question)
    return asked


def answers_why(page: Page, reason: str) -> None:
    asked = page.get_by_role("form", name="Why does it move?")
    asked.get_by_role("textbox", name="Why it moves").fill(reason)
    asked.get_by_role("button", name="Move it", exact=True).click()


def is_refused(page: Page, sentence: str) -> None:
    """Insist that the page says first of all that nothing was moved, and why."""
    refusal = page.get_by_role("alert", name="Nothing was moved")
    expect(refusal).to_contain_text(sentence)


def posts_of(page: Page) -> list[str]:
    """Return a list that grows with each request by which the page would change something."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            sent.append(request.url)

    page.on("request", note)
    return sent


# ---------------------------------------------------------------- By a pointer


def centered(page: Page, project: int) -> None:
    """Scroll so that the row stands in the middle of the window, far from its edges."""
    row(page, project).evaluate("row => row.scrollIntoView({ block: 'center' })")


def middle(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def landing(page: Page, project: int, *, below: bool = False) -> tuple[float, float]:
    """Where a row is let go of to land just above another one, or just below it."""
    box = row(page, project).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 3, box["y"] + (box["height"] - 3 if below else 3)


def is_marked(page: Page, project: int, side: str) -> None:
    """Insist that a line shows where the row would land: "top" or "bottom" of that one."""
    expect(row(page, project)).to_have_class(re.compile(rf"\bover-{side}\b"))


def is_at_rest(page: Page) -> None:
    """Insist that no row is on its way any more."""
    expect(page.locator(".dragging, .over-top, .over-bottom")).to_have_count(0)
