"""Learns what the signs of a passage weigh, from the labelled statements.

    python -m tests.problems.learn_weights           writes problems/wording/weights.tsv
    python -m tests.problems.learn_weights --folds   also tries it on tenths it did not learn from

Logistic regression with squared penalty, by dual coordinate descent (Yu, Huang, Lin 2011), in two
rounds: the second keeps the signs that weighed most in the first. Needs nothing installed; takes a
minute or so. Learn anew after changing the words, and look at the figures of the held-back texts.
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from problems.lint import Kind, detect_language, signs_of
from problems.lint_weighing import DATA, Sign, Weights
from tests.problems.labelled import DEVELOPMENT, LABELLED_KINDS, Row, agreement, rows

# How much a wrong statement counts against large weights.
TRUST = 0.5
# A sign of fewer statements is chance.
LEAST_SEEN = 2
# How many signs are kept for one kind; more gained nothing on texts it had not learned from.
KEPT = 1500
# Taken off at the start, by kind: a wrong alarm is worse than a miss. On the folds this keeps wrong
# alarms where technology fails near 5 percent, and costs less than half a point of F1.
CAUTION = {Kind.TECH_FIRST: 0.2, Kind.HYPE: 0.0}
ROUNDS = 20
FOLDS = 10
# What every passage shows. Many of them, so that the penalty hardly holds their sum back.
STARTS: tuple[Sign, ...] = tuple(("start", str(number)) for number in range(50))
HEADER = """\
# What a sign weighs: kind of finding, weight, sign. Written by tests/problems/learn_weights.py.
# The sign "then ask technology": a word that asks, then a technology. "last": in the last sentence.
# A passage is reported when its weights, from "start" on, add up to more than 0.
"""


def learn(signs: Sequence[set[Sign]], labels: Sequence[bool], kind: Kind) -> Weights:
    """Return the weights that tell statements with the label from those without."""
    seen = Counter(sign for found in signs for sign in found)
    known = {sign for sign, count in seen.items() if count >= LEAST_SEEN}
    first = _fit([found & known for found in signs], labels)
    heavy = sorted(known, key=lambda sign: (-abs(first[sign]) * math.sqrt(seen[sign]), sign))
    kept = set(heavy[:KEPT])
    second = _fit([found & kept for found in signs], labels)
    start = sum(second[sign] for sign in STARTS) - CAUTION[kind]
    rounded = {sign: round(second[sign], 2) for sign in kept}
    return Weights(start, {sign: weight for sign, weight in rounded.items() if weight})


def _fit(signs: Sequence[set[Sign]], labels: Sequence[bool]) -> Mapping[Sign, float]:
    rows_of = [[*sorted(found), *STARTS] for found in signs]
    sides = [1.0 if label else -1.0 for label in labels]
    pulls = [min(1e-3, TRUST / 2)] * len(labels)
    weights: Counter[Sign] = Counter()
    for found, side, pull in zip(rows_of, sides, pulls, strict=True):
        for sign in found:
            weights[sign] += side * pull  # type: ignore[assignment]
    order = list(range(len(labels)))
    chance = random.Random(1)
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for number in order:
            _pull(weights, pulls, rows_of[number], sides[number], number)
    return weights


def _pull(
    weights: Counter[Sign], pulls: list[float], found: Sequence[Sign], side: float, number: int
) -> None:
    """Move the weights of one statement's signs to where its own term of the sum is least."""
    margin = side * sum(weights[sign] for sign in found)
    old = pull = pulls[number]
    for _ in range(8):
        slope = margin + (pull - old) * len(found) + math.log(pull / (TRUST - pull))
        bend = len(found) + TRUST / (pull * (TRUST - pull))
        step = slope / bend
        if abs(step) < 1e-9:
            break
        pull = min(max(pull - step, pull / 10), TRUST - (TRUST - pull) / 10)
    pulls[number] = pull
    for sign in found:
        weights[sign] += side * (pull - old)  # type: ignore[assignment]


def try_folds(statements: Sequence[Row], signs: Sequence[set[Sign]]) -> None:
    """Print how well the check does on statements that were not learned from."""
    order = list(range(len(statements)))
    random.Random(1).shuffle(order)
    for kind in LABELLED_KINDS:
        flagged: dict[str, bool] = {}
        for fold in range(FOLDS):
            rest = [number for place, number in enumerate(order) if place % FOLDS != fold]
            weights = learn(
                [signs[number] for number in rest],
                [statements[number][f"label_{kind}"] for number in rest],
                kind,
            )
            for number in order[fold::FOLDS]:
                flagged[statements[number]["id"]] = weights.score(signs[number]) > 0
        sys.stdout.write(f"{kind:<10} {agreement(statements, kind, flagged)}\n")


def main() -> None:
    """Learn from the labelled statements and write the weights."""
    statements = rows(DEVELOPMENT)
    signs = [signs_of(row["text"], detect_language(row["text"])) for row in statements]
    if "--folds" in sys.argv:
        try_folds(statements, signs)
    lines = []
    for kind in LABELLED_KINDS:
        weights = learn(signs, [row[f"label_{kind}"] for row in statements], kind)
        lines.append(f"{kind} {weights.start:+.2f} start\n")
        lines += [
            f"{kind} {weight:+.2f} {' '.join(sign)}\n"
            for sign, weight in sorted(weights.signs.items())
        ]
    DATA.write_text(HEADER + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
