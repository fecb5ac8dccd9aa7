"""The watch over the browser notices what it is there for."""

import pytest
from playwright.sync_api import Browser

from portfolio.models import City
from tests.journeys.chromium import Windows

# A script that breaks a promise, and how the watch words it.
FAULTS = {
    "document.body.setAttribute('style', 'color: red')": "on the console: Applying inline style",
    "new Promise(done => { setTimeout(done, 9); setTimeout(() => nobody()); })": "uncaught: nobody",
    "fetch('https://elsewhere.example/').catch(() => 0)": "on the console: Connecting to",
    "import('/no.js').catch(() => 0)": "answered with 404",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", FAULTS)
def test_a_page_that_breaks_a_promise_is_noticed(
    script: str, city: City, browser: Browser, site: str
) -> None:
    windows = Windows(browser, site)
    page = windows.open().new_page()
    page.goto("/accounts/login/")
    assert windows.faults() == []
    page.evaluate(script)
    page.reload()
    assert any(fault.startswith(FAULTS[script]) for fault in windows.faults())
    windows.close()
