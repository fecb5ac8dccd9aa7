"""The import of the real file, in a process of its own, beside everything that is here already."""

import time
from collections.abc import Iterator

from django.db import connection

from portfolio.models import History, Project
from tests.bench.pages import insist
from tests.bench.table import Line
from tests.portfolio.imports import apart

MOST_SECONDS, MOST_MEGABYTES = 10, 200


def lines() -> Iterator[Line]:
    """Measure the first import and the second, which has nothing to write."""
    for name in ("Import of the 2,008 real projects", "The same again"):
        projects, changes = Project.objects.count(), History.objects.count()
        began = time.perf_counter()
        done = apart.run(connection.settings_dict["NAME"], str(apart.REAL_FILE))
        seconds = time.perf_counter() - began
        insist(done.returncode == 0, done.stderr)
        megabytes = apart.peak_memory(done) / 1_000_000
        yield Line(
            name,
            f"under {MOST_SECONDS} s with its history, under {MOST_MEGABYTES} MB",
            f"{seconds:.1f} s with the start of Python, {megabytes:.0f} MB; "
            f"{Project.objects.count() - projects:,} projects, "
            f"{History.objects.count() - changes:,} changes in the history",
            seconds < MOST_SECONDS and megabytes < MOST_MEGABYTES,
        )
