"""The demonstration city as people see it: its sign-in page, and every page of the line.

Each page is looked at by axe and for text that does not fit, on a desk, on a phone and on the
narrowest phone; typical pages in the dark and in forced colors too.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, ViewportSize, expect

from budgets.models import Appropriation, Fund
from portfolio import adopting, ranking, scenarios
from portfolio.demo.accounts import DEMO_ACCOUNTS, email_of
from portfolio.demo.data import read, statements
from portfolio.demo.load import load
from portfolio.models import City, Criterion, Department, Project, Scenario, User, WorkingPosition
from problems import drafting
from problems.models import CityWord, CriticalPriority, Problem
from tests import database
from tests.journeys import axe
from tests.journeys.chromium import Windows
from tests.journeys.desk import sign_in
from tests.journeys.list_sights import LIST_SIGHTS
from tests.journeys.sights import SIGHTS, Sight
from tests.journeys.statement_sights import STATEMENT_SIGHTS

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
EVERY_SIGHT = (*SIGHTS, *LIST_SIGHTS, *STATEMENT_SIGHTS)
NAMES = {person["key"]: person["name"] for person in read("people")["person"]}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, dict[str, int]]]:
    """The demonstration city, loaded once; the keys of its records by their names in the data."""
    with django_db_blocker.unblock():
        try:
            load()
            _adopted_again("whitfield")
            yield {
                "project": _keys(Project, read("projects")["project"], "title"),
                "problem": _keys(Problem, statements(), "title") | {"empty": _begun_by("fischer")},
                "fund": _keys(Fund, read("money")["fund"], "code"),
                "money": _keys(Appropriation, read("money")["appropriation"], "restriction"),
                "priority": _keys(
                    CriticalPriority, read("priorities")["critical_priority"], "name"
                ),
                "word": dict(CityWord.objects.values_list("kind", "pk")),
                "criterion": dict(Criterion.objects.values_list("code", "pk")),
                "scenario": _tried_by("whitfield", less=-10, more=20),
            }
        finally:
            connection.close()
            database.flush()


def _keys(model: Any, rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    known = dict(model.objects.values_list(name, "pk"))
    return {row["key"]: known[row[name]] for row in rows}


def _begun_by(who: str) -> int:
    """A statement of which nothing is written."""
    head = User.objects.get(email=email_of(NAMES[who]))
    [department] = Department.objects.filter(pk__in=head.headed_department_ids)
    return drafting.start(department=department, by=head).pk


def _adopted_again(who: str) -> None:
    """A second list, with the last project on top, whose move is then taken back."""
    manager, today = User.objects.get(email=email_of(NAMES[who])), City.current().today()
    last = WorkingPosition.objects.in_order().select_related("project").last()
    assert last is not None
    ranking.move(last.project, to=1, seen=last.key, reason="A court asks for it.", by=manager)
    adopting.adopt(action_number="Resolution 2", adopted_on=today, by=manager)
    ranking.undo(by=manager, seen=adopting.order_mark())


def _tried_by(who: str, **percents: int) -> dict[str, int]:
    """Copies of the working order in which all funds are changed by so many percent."""
    manager = User.objects.get(email=email_of(NAMES[who]))
    for name, percent in percents.items():
        with manager.changing():
            copy = scenarios.copy(name=name.capitalize(), note="For the budget", by=manager)
            Scenario.objects.filter(pk=copy.pk).update(change_percent=percent)
    return {name: Scenario.objects.get(name=name.capitalize()).pk for name in percents}


class Seats:
    """One window for each person, kept for all their pages."""

    def __init__(self, windows: Windows) -> None:
        self.windows = windows
        self._pages: dict[str, Page] = {}

    def of(self, who: str) -> Page:
        if who not in self._pages:
            page = self.windows.open(viewport=DESK).new_page()
            if who:
                sign_in(page, email_of(NAMES[who]), read("people")["password"])
            self._pages[who] = page
        return self._pages[who]


@pytest.fixture(scope="module")
def seats(browser: Browser, site: str, city: object) -> Iterator[Seats]:
    windows = Windows(browser, site)
    yield Seats(windows)
    windows.close()


@pytest.mark.parametrize(
    "sight", [*SIGHTS, *LIST_SIGHTS, *STATEMENT_SIGHTS], ids=lambda sight: sight.name
)
def test_the_page_is_sound(sight: Sight, city: dict[str, Any], seats: Seats) -> None:
    page, faults = seats.of(sight.who), seats.windows.faults
    known = len(faults())
    answer = page.goto(sight.path.format(**city))
    if sight.act:
        answer = sight.act(page)
    assert answer is not None
    assert answer.status == sight.status
    page.evaluate("document.fonts.ready.then(() => true)")
    try:
        found = _look(page, typical=sight.typical)
        if sight.turned:
            found |= _look_turned(page)
    finally:
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light", forced_colors="none")
    assert {light: faults for light, faults in found.items() if faults} == {}
    assert faults()[known:] == []


def _look(page: Page, *, typical: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"light": axe.findings(page), "cut": axe.cut_text(page)}
    found["wider than a desk"] = axe.overflow(page)
    if typical:
        page.emulate_media(color_scheme="dark")
        found["dark"] = axe.findings(page, rules=axe.COLOR_RULES)
        page.emulate_media(color_scheme="light", forced_colors="active")
        found["forced colors"] = axe.findings(page, rules=axe.COLOR_RULES)
        page.emulate_media(forced_colors="none")
    page.set_viewport_size(PHONE)
    found["wider than a phone"] = axe.overflow(page)
    page.set_viewport_size(NARROWEST)
    found["wider than the narrowest phone"] = axe.overflow(page)
    if typical:
        found["narrowest"] = axe.findings(page)
        found["cut on the narrowest"] = axe.cut_text(page)
    return found


def _look_turned(page: Page) -> dict[str, Any]:
    """Look at the page as languages that are written from right to left would have it."""
    page.evaluate("document.documentElement.dir = 'rtl'")
    found: dict[str, Any] = {}
    for size in (DESK, NARROWEST):
        page.set_viewport_size(size)
        width = size["width"]
        found[f"wider when turned, at {width}"] = axe.overflow(page)
        found[f"cut when turned, at {width}"] = axe.cut_text(page)
    return found


def test_every_account_of_the_demonstration_signs_in_with_one_button(
    city: object, browser: Browser, site: str
) -> None:
    windows = Windows(browser, site)
    context = windows.open(java_script_enabled=False)
    page = context.new_page()
    for account in DEMO_ACCOUNTS:
        context.clear_cookies()
        page.goto("/")
        page.get_by_role("button", name=f"Sign in as {account.name}, {account.role}").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        expect(page.locator(".me summary")).to_contain_text(account.name)
    windows.close()
    assert windows.faults() == []


def test_axe_is_the_file_that_its_makers_published() -> None:
    folder = axe.VENDOR
    for entry in tomllib.loads((folder / "VENDOR.toml").read_text())["file"]:
        content = (folder / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert (folder / entry["license_file"]).exists()
