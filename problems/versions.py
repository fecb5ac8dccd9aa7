"""Settings that two people edit at once: a change against a newer state is refused.

For rows without a revision of their own; what a person saw of a row is its mark (`marks.of_row`).
Two states with the same values have the same mark, so a change that was taken back stops nobody.
"""

from django.db.models import Model

from problems import marks
from problems.drafting import Stale


def insist_unchanged(row: Model, *, seen: str) -> None:
    """Raise Stale where `row`, locked, says anything else than the person has `seen`."""
    if marks.of_row(row) != seen:
        raise Stale(
            "Somebody changed this while you had the page open. Your words are still here: compare "
            "them with the saved ones, then save again."
        )
