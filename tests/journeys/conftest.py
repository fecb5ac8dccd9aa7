"""A site on this machine, a browser, and windows in it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, expect, sync_playwright

from tests import database
from tests.journeys import chromium, list_steps


def _as_it_is(application: Any) -> Any:
    return application


@pytest.fixture(scope="package")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of the site, served from a thread of this process.

    Static files come from the site itself, as in production, and stay in the browser's cache.
    """
    server = LiveServerThread("127.0.0.1", static_handler=_as_it_is)  # type: ignore[arg-type]
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://{server.host}:{server.port}"
    server.terminate()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    expect.set_options(timeout=chromium.PATIENCE)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, in which Django would refuse to work.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright.chromium.launch(
            executable_path=chromium.program(), args=list(chromium.OPTIONS)
        )


@pytest.fixture
def windows(browser: Browser, site: str) -> Iterator[chromium.Windows]:
    """Windows for one test, which fails when something goes wrong in one of them."""
    opened = chromium.Windows(browser, site)
    yield opened
    opened.close()
    assert opened.faults() == []


@pytest.fixture(scope="module")
def city_with_a_list(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """A city whose list the tests of a module share."""
    with django_db_blocker.unblock():
        try:
            yield list_steps.listed_city()
        finally:
            connection.close()
            database.flush()


@pytest.fixture
def listed(city_with_a_list: SimpleNamespace) -> SimpleNamespace:
    """That city, with its list as it was at first."""
    list_steps.as_it_was(city_with_a_list)
    return city_with_a_list
