"""The test database: made and migrated by the owner's role, used with the site's rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

KEPT_BY_FLUSH = ("django_migrations", "django_content_type")


def connect(alias: str, *, name: str | None = None, **options: Any) -> psycopg.Connection[Any]:
    """Open a connection of its own: `default` is the site's role, `owner` the owner's."""
    given = settings.DATABASES[alias]
    return psycopg.connect(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"],
        dbname=name or connections[alias].settings_dict["NAME"],
        **given.get("OPTIONS", {}) | options,
    )


@contextmanager
def made(name: str, *, durable: bool = False) -> Iterator[None]:
    """Make the database `name`, point both connections at it, drop it afterwards.

    Unless `durable`, commits do not wait for the disk: nobody keeps what tests write.
    """
    home = settings.DATABASES["owner"]["NAME"]
    database = sql.Identifier(name)
    with connect("owner", name=home, autocommit=True) as owner:
        _drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(database))
        if not durable:
            owner.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(database)
            )
    try:
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0, interactive=False)
        connections["owner"].close()
        yield
    finally:
        connections.close_all()
        for alias in ("default", "owner"):
            connections[alias].settings_dict["NAME"] = home
        with connect("owner", name=home, autocommit=True) as owner:
            _drop(owner, name)


def _drop(owner: psycopg.Connection[Any], name: str) -> None:
    """Drop the database `name` under whoever still uses it.

    `WITH (FORCE)` would also want to end a vacuum that the server runs there, which needs a
    superuser; a plain drop asks such a vacuum to leave by itself.
    """
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = %s AND backend_type = 'client backend'",
        [name],
    )
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def flush() -> None:
    """Empty every table, as the owner: the site's role may not truncate.

    The criteria that every city starts with are written again, as the migration writes them.
    """
    with connect("owner", autocommit=True) as owner:
        tables = [
            row[0]
            for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            if row[0] not in KEPT_BY_FLUSH
        ]
        names = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
        owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        with owner.transaction():
            _write_default_criteria(owner)
        # An empty city has no history either.
        owner.execute("TRUNCATE portfolio_history, portfolio_historylink RESTART IDENTITY")


def _write_default_criteria(owner: psycopg.Connection[Any]) -> None:
    """Write version 1 of the criteria, as the migration does."""
    criteria = import_module("portfolio.migrations.0014_default_criteria").CRITERIA
    version = owner.execute(
        "INSERT INTO portfolio_criteriaversion (reason, signed_at) VALUES (%s, now()) RETURNING id",
        ["What a city starts with."],
    ).fetchone()
    for place, (code, name, question, percent, anchors) in enumerate(criteria, start=1):
        owner.execute(
            "WITH asked AS (INSERT INTO portfolio_criterion (code, name, question, anchors) "
            "VALUES (%s, %s, %s, %s) RETURNING id) "
            "INSERT INTO portfolio_weight (version_id, criterion_id, place, weight) "
            "SELECT %s, id, %s, %s FROM asked",
            [code, name, question, list(anchors), version[0] if version else 0, place, percent],
        )
