"""The lock that comes before those of rows, so that changes behind a gate never wait in a ring."""

from django.conf import settings
from django.db import connection


def lock_changes() -> None:
    """Take the one lock of changes behind a gate; it is let go when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [settings.CHANGES_LOCK])
