"""Advice on the words of a project and on a text to try: while somebody types, and by button."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from portfolio.models import Project
from tests.factories import city_word
from tests.journeys.chromium import Windows
from tests.journeys.desk import Desks, field, press

HYPED = "A world-class start for permits"


@pytest.mark.django_db(transaction=True)
def test_a_title_is_advised_on_while_it_is_typed(
    cast: SimpleNamespace, browser: Browser, site: str
) -> None:
    windows = Windows(browser, site)
    page = Desks(windows).of(cast.head)
    page.goto("/projects/new/")
    field(page, "Title").press_sequentially(HYPED)
    advice = page.locator("#id_title_lint")
    expect(advice).to_contain_text("world-class")
    field(page, "Title").fill("Shade at bus stops")
    field(page, "Title").press("End")
    expect(advice).to_contain_text("Nothing to reword here.")
    assert windows.faults() == []
    windows.close()


@pytest.mark.django_db(transaction=True)
def test_without_scripting_the_button_gives_the_same_advice(
    cast: SimpleNamespace, browser: Browser, site: str
) -> None:
    city_word("CivicFlow")
    windows = Windows(browser, site)
    page = Desks(windows, java_script_enabled=False).of(cast.head)
    page.goto("/projects/new/")
    field(page, "Title").fill(HYPED)
    press(page, "Check my wording")
    expect(page.locator("#id_title_lint")).to_contain_text("world-class")
    expect(field(page, "Title")).to_have_value(HYPED)
    assert not Project.objects.exists()
    page.goto("/problems/settings/words/")
    field(page, "What somebody might write").fill("Clerks need CivicFlow for permits.")
    press(page, "Check it")
    expect(page.locator("#tried")).to_contain_text("need CivicFlow")
    windows.close()
