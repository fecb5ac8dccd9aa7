"""The table that the bench prints: a line at a time, so that a long run shows how it goes."""

import statistics
import textwrap
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

WIDTHS = (40, 40, 56)


class Line(NamedTuple):
    """One piece of work: what must hold, what was measured, and whether it holds."""

    work: str
    must: str
    measured: str
    holds: bool | None = None


def show(line: Line) -> None:
    """Print a line, wrapped into its columns. What is only told and not asked has no verdict."""
    _print_columns(line, {True: "yes", False: "NO", None: "–"}[line.holds])


def _print_columns(line: Line, verdict: str) -> None:
    columns = [
        textwrap.wrap(text, width) or [""] for text, width in zip(line[:3], WIDTHS, strict=True)
    ]
    for place in range(max(map(len, columns))):
        cells = [
            (column[place] if place < len(column) else "").ljust(width)
            for column, width in zip(columns, WIDTHS, strict=True)
        ]
        print(" | ".join([*cells, verdict if place == 0 else ""]), flush=True)


def show_head() -> None:
    """Print the names of the columns."""
    _print_columns(Line("WORK", "MUST HOLD", "MEASURED"), "HOLDS")
    print("-+-".join("-" * width for width in WIDTHS), flush=True)


class Times(list[float]):
    """Durations of the same work, in milliseconds."""

    def __str__(self) -> str:
        return f"{self.quick:.1f} ms (p50 {self.p50:.1f}, p95 {self.p95:.1f})"

    @property
    def quick(self) -> float:
        """The middle one of the five quickest: the work alone, without what others ran beside."""
        return statistics.median(sorted(self)[:5])

    @property
    def p50(self) -> float:
        """Half of them were quicker."""
        return statistics.median(self)

    @property
    def p95(self) -> float:
        """19 of 20 were quicker."""
        return sorted(self)[min(len(self) - 1, int(len(self) * 0.95))]


def in_turn(works: Sequence[Callable[[], object]], *, rounds: int) -> list[Times]:
    """Time each of `works` once a round, in turn, so that a busy moment strikes all alike.

    The first two rounds warm up and do not count.
    """
    times = [Times() for _ in works]
    for number in range(rounds + 2):
        for work, measured in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if number >= 2:
                measured.append((time.perf_counter() - began) * 1000)
    return times
