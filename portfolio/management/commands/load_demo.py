"""Load the demonstration city."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portfolio.demo.load import load


class Command(BaseCommand):
    """Load the demonstration city into an empty database; running it again changes nothing."""

    help = "Load the demonstration city into an empty database."

    def handle(self, *args: object, **options: object) -> None:
        """Load, and say what was made."""
        try:
            loaded = load()
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        if loaded is None:
            self.stdout.write("The demonstration city is here already. Nothing was changed.")
        else:
            self.stdout.write(loaded.sentence)
