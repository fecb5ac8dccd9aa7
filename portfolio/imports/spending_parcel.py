"""What a check of spending carries from the page back to the site: its rows, signed.

Signed for the person who uploaded them, with the mark of what was saved when they were shown. It
is good for a working day; nothing is stored on the site meanwhile.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.core import signing

from budgets.models import Fund
from budgets.spending import Source
from portfolio.imports.spending import Check, Entry, Refused, compare
from portfolio.models import Project, User

GOOD_FOR = timedelta(hours=12)
# A page with more of these has other things to mend than to be sent back.
MOST_REFUSED = 2_000
TOO_OLD = (
    "This check is too old, or it is not yours. Nothing was saved. Choose the file again to see "
    "what it would do now."
)


class TooOldError(ValueError):
    """The parcel is not one of ours, another person's, or too old; the message says what to do."""


def _salt(by: User) -> str:
    return f"groundwork.spending.{by.pk}"


def packed(made: Check, *, by: User) -> str:
    """Return the rows of a check, and the mark of what was saved then, signed for `by`."""
    source = made.source
    parcel = {
        "file": [source.file_name, source.sha256, source.as_of.isoformat()],
        "seen": made.seen,
        "rows": [
            [entry.number, entry.project.pk, entry.fund.pk, entry.fiscal_year, str(entry.amount)]
            for entry in made.entries
        ],
        "refused": [[row.number, row.sentences] for row in made.refused[:MOST_REFUSED]],
        "left_out": made.left_out,
    }
    return signing.dumps(parcel, salt=_salt(by), compress=True)


def opened(parcel: str, *, by: User) -> tuple[Check, str]:
    """Return the check as it stands now, and the mark of what was saved when it was shown.

    Raises TooOldError where the parcel is not from this site for `by`, or too old.
    """
    try:
        held = signing.loads(parcel, salt=_salt(by), max_age=GOOD_FOR)
    except signing.BadSignature:
        raise TooOldError(TOO_OLD) from None
    name, checksum, as_of = held["file"]
    rows = held["rows"]
    projects = Project.objects.visible_to(by).in_bulk({row[1] for row in rows})
    funds = Fund.objects.in_bulk({row[2] for row in rows})
    entries = tuple(
        Entry(number, projects[project], funds[fund], year, Decimal(amount))
        for number, project, fund, year, amount in rows
        if project in projects
    )
    source = Source(name, checksum, date.fromisoformat(as_of))
    refused = tuple(Refused(number, tuple(sentences)) for number, sentences in held["refused"])
    return compare(Check(source, entries, refused, tuple(held["left_out"]))), held["seen"]
