"""Measures the product against what it must hold: `make bench`, or `python -m tests.bench`.

It makes a database of its own with 10,000 projects, then another with the books of 300 funds, and
drops them at the end. Times are of this
machine and this run; what must hold of pages is their ratio to a bare page, taken in turn with
them in the same process. Every line says whether it holds; the exit status is always 0.
"""

import argparse
import logging
import os
import platform
import time
from collections.abc import Iterator

import django

from tests.bench import table
from tests.bench.table import Line

# How many of the projects have every criterion answered.
SCORED = 1000


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--projects", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--rounds", type=int, default=25, help="how often each page is asked (25)")
    parser.add_argument(
        "--minute", action="store_true", help="let the writers write for a minute, not 10 seconds"
    )
    return parser.parse_args()


def main() -> None:
    """Build, measure, print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    # WeasyPrint tells of every style it does not know; the briefs have their own tests.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # These need Django's settings.
    from tests import database

    given = arguments()
    began = time.perf_counter()
    print(
        f"{given.projects:,} projects. This machine: {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}.\n"
    )
    failed = []
    table.show_head()
    for name, part in (("bench", measure), ("books", measure_books)):
        with database.made(f"{name}_groundwork_{os.getpid()}", durable=True):
            for line in part(given):
                table.show(line)
                if line.holds is False:
                    failed.append(line.work)
    print(f"\n{time.perf_counter() - began:.0f} seconds in all.")
    print("Everything holds." if not failed else f"Does not hold: {'; '.join(failed)}.")


def measure(given: argparse.Namespace) -> Iterator[Line]:
    """Make the city and run one part after the other."""
    from tests.bench import briefs, city, imports, pages, work, writers
    from tests.factories import ready_project

    cast = city.people()
    queries_at_3 = pages.queries_at_3_rows(cast)
    project = ready_project(cast)
    city.build(cast, 4, given.projects)
    city.tidy()
    yield from pages.lines_before_ranking(cast, queries_at_3, rounds=given.rounds)
    city.rank_all(cast.manager)
    city.score_first(cast.manager, SCORED)
    city.tidy()
    yield from pages.lines(cast, queries_at_3, rounds=given.rounds)
    yield from work.lines(cast, project, rounds=given.rounds)
    yield from briefs.lines(cast, project, rounds=given.rounds)
    yield from writers.lines(cast, seconds=60 if given.minute else 10)
    yield from imports.lines()


def measure_books(given: argparse.Namespace) -> Iterator[Line]:
    """Make another city, with the books of a large one, and measure its pages of money."""
    from tests.bench import books, city, ledger
    from tests.factories import ready_project

    cast = city.people()
    project = ready_project(cast)
    city.build(cast, 0, given.projects, with_funds=False)
    large = books.build(cast, project)
    city.tidy()
    yield from ledger.lines(cast, project, large, rounds=given.rounds)


if __name__ == "__main__":
    main()
