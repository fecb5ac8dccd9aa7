"""Other people's libraries leave the process as they found it."""

import csv
from collections.abc import Iterator

import pytest

LIMIT = csv.field_size_limit()

import frictionless  # noqa: E402, F401 (what it does to the limit must be done before)

csv.field_size_limit(LIMIT)


@pytest.fixture(autouse=True)
def _limit_of_cells() -> Iterator[None]:
    """Put the longest CSV cell back: the library raises it when it is imported and when it reads.

    Without it tests elsewhere would find no limit that the site runs with.
    """
    yield
    csv.field_size_limit(LIMIT)
