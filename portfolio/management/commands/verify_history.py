"""Check the chain of the history from its first change to its last."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portfolio import history
from portfolio.models import HistoryLink


class Command(BaseCommand):
    """Print every fault and the head of the chain; exit status 1 when there is a fault."""

    help = "Check that no change was altered, removed or added past the chain of the history."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found."""
        faults = history.faults()
        for fault in faults:
            self.stdout.write(f"change {fault.history_id} {fault.fault}")
        self.stdout.write(f"{HistoryLink.objects.count()} changes checked. Head {history.head()}")
        self.stdout.write(
            "The history is whole. Compare the head with the one printed in a brief: a cut tail "
            "shows there and nowhere else."
            if not faults
            else f"{len(faults)} faults found."
        )
        if faults:
            sys.exit(1)
