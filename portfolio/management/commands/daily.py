"""What the calendar changes: run it once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from portfolio.projects import bring_up_to_date


class Command(BaseCommand):
    """Close the gates whose money or list lapsed since yesterday."""

    help = "Bring the gates up to date with the calendar: money and lists that lapsed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many gates closed."""
        closed = bring_up_to_date()
        self.stdout.write(f"{closed} {'gate' if closed == 1 else 'gates'} closed.")
