"""Every migration goes back as well as forward: on a database of its own, all the way down."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from tests import database

APPS = ("portfolio", "problems", "budgets")


@pytest.fixture
def another_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Point both connections at a fresh database, and back at the tests' own afterwards."""
    own = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        try:
            with database.made(f"{own}_back_{os.getpid()}"):
                yield
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
                connections[alias].settings_dict["NAME"] = own


def own_things() -> dict[str, set[str]]:
    """The tables, functions and triggers of the product, as the database has them."""
    with database.connect("owner", autocommit=True) as owner:
        return {
            kind: {row[0] for row in owner.execute(query, [list(APPS)]).fetchall()}
            for kind, query in {
                "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                "AND split_part(tablename, '_', 1) = ANY (%s)",
                "functions": "SELECT proname FROM pg_proc WHERE pronamespace = "
                "'public'::regnamespace AND split_part(proname, '_', 1) = ANY (%s)",
                "triggers": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger "
                "WHERE NOT tgisinternal "
                "AND split_part(tgrelid::regclass::text, '_', 1) = ANY (%s)",
                "constraints": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint "
                "WHERE conrelid <> 0 "
                "AND split_part(conrelid::regclass::text, '_', 1) = ANY (%s)",
            }.items()
        }


def test_down_to_nothing_and_up_again(another_database: None) -> None:
    before = own_things()
    assert len(before["triggers"]) > 50
    call_command("migrate", "portfolio", "zero", verbosity=0)
    for app in ("problems", "budgets"):
        call_command("migrate", app, "zero", verbosity=0)
    assert own_things() == {kind: set() for kind in before}
    call_command("migrate", verbosity=0)
    assert own_things() == before
