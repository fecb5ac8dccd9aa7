"""The labelled statements, and how well the wording check agrees with them.

``statements.jsonl`` is what the words and weights were made with. ``statements_held_back.jsonl``
was written by people who never saw the check, and nobody developing it read those texts.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from problems.lint import Kind, check, detect_language

DEVELOPMENT = Path(__file__).with_name("statements.jsonl")
HELD_BACK = Path(__file__).with_name("statements_held_back.jsonl")

LABELLED_KINDS = (Kind.TECH_FIRST, Kind.HYPE)

type Row = dict[str, Any]


class Agreement(NamedTuple):
    """How often the check is right about one kind of finding, each from 0 to 1.

    `alarms_plain` and `alarms_technology` are the shares of plain problems, and of problems with
    technology as the failing part, that are flagged wrongly.
    """

    precision: float
    recall: float
    f1: float
    alarms_plain: float
    alarms_technology: float

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.3f}; wrongly "
            f"flagged: plain {self.alarms_plain:.1%}, technology fails {self.alarms_technology:.1%}"
        )


def rows(file: Path) -> list[Row]:
    """Return the labelled statements of a file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@cache
def found_in(text: str) -> frozenset[Kind]:
    """Return the kinds of finding in a text, its language detected."""
    return frozenset(finding.kind for finding in check(text, detect_language(text)))


def agreement(
    statements: Iterable[Row], kind: Kind, flagged: Mapping[str, bool] | None = None
) -> Agreement:
    """Return how well the check agrees with the labels of one kind.

    `flagged` says by id what was found, where it was not this check that looked.
    """
    seen = [
        (row, kind in found_in(row["text"]) if flagged is None else flagged[row["id"]])
        for row in statements
    ]
    right = sum(is_so and row[f"label_{kind}"] for row, is_so in seen)
    precision = right / max(sum(is_so for _, is_so in seen), 1)
    recall = right / max(sum(row[f"label_{kind}"] for row, _ in seen), 1)

    def alarms(label: str) -> float:
        of_label = [is_so for row, is_so in seen if row["label_kind"] == label]
        return sum(of_label) / max(len(of_label), 1)

    return Agreement(
        precision,
        recall,
        2 * precision * recall / max(precision + recall, 1e-9),
        alarms("problem_plain"),
        alarms("problem_mentions_tech"),
    )


def report(file: Path) -> list[str]:
    """Return lines for people: how well the check does on the statements of a file."""
    statements = rows(file)
    return [f"{len(statements)} statements of {file.name}"] + [
        f"  {kind:<10} {agreement(statements, kind)}" for kind in LABELLED_KINDS
    ]
