"""Print what keeps a project from being scoped: one line per blocker."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portfolio.gates import scoping_gate
from portfolio.models import Project


class Command(BaseCommand):
    """`manage.py gate 17`: code, tab, sentence; exit status 1 while the gate is closed."""

    help = "Print each blocker of a project's scoping gate; exit status 1 while it is closed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the project's number: 17, or P-017."""
        parser.add_argument("project", help="the project's number: 17 or P-017")

    def handle(self, *args: Any, project: str, **options: Any) -> None:
        """Print the blockers."""
        number = project.upper().removeprefix("P-")
        found = (
            Project.objects.for_pages().filter(pk=number).first() if number.isdecimal() else None
        )
        if found is None:
            raise CommandError(f"There is no project {project}.")
        gate = scoping_gate(found)
        for blocker in gate.blockers:
            self.stdout.write(f"{blocker.code}\t{blocker.sentence}")
        if not gate.is_open:
            sys.exit(1)
