"""The database with two roles, and the cast: who may, who may read, and who must see nothing."""

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, TransactionTestCase

from portfolio import line_facts
from portfolio.models import City, Department, User
from portfolio.roles import Role
from tests import database
from tests.factories import make_user


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Make the test database as the owner; tests then run with the site's rights."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with django_db_blocker.unblock(), database.made(f"test_groundwork_{os.getpid()}{worker}"):
        yield


@pytest.fixture(autouse=True, scope="session")
def flush_as_owner() -> None:
    """Let transaction tests be emptied by the owner's role."""
    TransactionTestCase._fixture_teardown = lambda _: database.flush()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def forget_the_list() -> None:
    """Let no test ask fewer queries because another one asked before it."""
    line_facts.forget()


@pytest.fixture
def city(db: None) -> City:
    """The city, with one scoping slot more than most tests use."""
    return City.objects.create(name="Testville", time_zone="America/Chicago", scoping_slots=3)


@pytest.fixture
def cast(city: City) -> SimpleNamespace:
    """One person per role, and a head of another department who must see nothing."""
    parks = Department.objects.create(name="Parks")
    water = Department.objects.create(name="Water")
    return SimpleNamespace(
        city=city,
        parks=parks,
        water=water,
        head=make_user("Hanna Head", head_of=parks),
        outsider=make_user("Otto Outsider", head_of=water),
        finance=make_user("Fiona Finance", role=Role.FINANCE_OFFICER),
        second_finance=make_user("Fred Finance", role=Role.FINANCE_OFFICER),
        manager=make_user("Mara Manager", role=Role.CITY_MANAGER),
        security=make_user("Sam Security", role=Role.SECURITY_OFFICER),
        council=make_user("Cora Council", role=Role.COUNCIL_STAFF),
        administrator=make_user("Ada Administrator", role=Role.ADMINISTRATOR),
        reader=make_user("Rita Reader"),
    )


@pytest.fixture
def signed_in(client: Client) -> Any:
    """Return a client signed in as the person given."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in
