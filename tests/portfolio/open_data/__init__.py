"""Open data, read back by other people's libraries.

Importing one of them raises the size of a CSV's field for the whole process. It is put back here,
or tests elsewhere would find no limit that the site runs with.
"""

import csv

LIMIT = csv.field_size_limit()

import frictionless  # noqa: E402, F401 (what it does to the limit must be done before)

csv.field_size_limit(LIMIT)
