"""One committed city for the attempts, and connections with the site's rights."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from tests import database
from tests.gate import world as worlds


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """The city of the attempts: committed once, left as it was by each of them."""
    with django_db_blocker.unblock():
        try:
            yield worlds.build()
        finally:
            connection.close()
            database.flush()


@pytest.fixture(scope="package")
def rights_of_the_site(world: worlds.World) -> Iterator[psycopg.Connection[Any]]:
    """One connection for all attempts: opening one takes longer than most of them."""
    with database.connect("default", prepare_threshold=None) as raw:
        yield raw
        raw.rollback()


@pytest.fixture
def site(rights_of_the_site: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """A connection with the site's rights; what was done on it is undone."""
    yield rights_of_the_site
    rights_of_the_site.rollback()
    rights_of_the_site.autocommit = True
    rights_of_the_site.execute("DISCARD ALL")
    rights_of_the_site.autocommit = False


@pytest.fixture
def owner(world: worlds.World) -> Iterator[psycopg.Connection[Any]]:
    """The same with the owner's rights: to try one ring of the gate without the others."""
    with database.connect("owner") as raw:
        yield raw
        raw.rollback()


@pytest.fixture
def inside(world: worlds.World) -> Iterator[None]:
    """Run the test in a transaction of Django's that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
