"""Migrate as the owner of the tables, then give the site's role its rights."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from portfolio.database import grant_site_rights


class Command(migrate.Command):
    """Django's migrate, run by the owner's role: the site's role owns no table."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take Django's arguments; the database is the owner's connection."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then set the rights of the site's role."""
        if options["database"] == DEFAULT_DB_ALIAS:
            options["database"] = "owner"
        super().handle(*args, **options)
        if options["app_label"] is None:
            grant_site_rights()
