"""What a day changes: run it once a day."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from budgets import ledger
from portfolio.models import City
from portfolio.projects import bring_up_to_date
from problems.evidence_files import shelf


class Command(BaseCommand):
    """End holds, close the gates whose money or list lapsed, and clear out what was left."""

    help = (
        "End holds that nobody committed in time; close gates whose money or list lapsed; remove "
        "evidence files that were given up."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many holds ended, how many gates closed, and how many files went."""
        ended = ledger.expire(on=City.current().today())
        self.stdout.write(f"{ended} {'hold' if ended == 1 else 'holds'} ended.")
        closed = bring_up_to_date()
        self.stdout.write(f"{closed} {'gate' if closed == 1 else 'gates'} closed.")
        removed = shelf.clear_out(now=timezone.now())
        self.stdout.write(f"{removed} {'file' if removed == 1 else 'files'} removed.")
