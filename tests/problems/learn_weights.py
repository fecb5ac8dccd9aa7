"""Learns what the signs of a passage weigh, from the labelled statements.

    python -m tests.problems.learn_weights             writes problems/wording/weights.tsv
    python -m tests.problems.learn_weights --writers   tries it on each writer's texts instead,
                                                       learned from those of the others

Logistic regression with squared penalty, by dual coordinate descent (Yu, Huang, Lin 2011). Needs
nothing installed; takes a minute or so. A harmless statement is harmless sentence by sentence, so
its sentences are learned from too. Learn anew after changing the words, and look at the figures of
the held-back texts.
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from problems import wording
from problems.lint import SURE, Kind, detect_language, shown_by
from problems.wording.weighing import DATA, Shown, Sign, Weights
from tests.problems.labelled import DEVELOPMENT, LABELLED_KINDS, Row, agreement, rows

# How much a wrong statement counts against large weights.
TRUST = 10.0
# How much a sentence of a harmless statement counts beside a statement.
SENTENCE = 0.3
# Signs of fewer statements are chance: of roles, of words.
LEAST_SEEN = (5, 3)
# How large the signs of roles and of words are, beside the start of every statement.
SIZES = (0.14, 0.2)
# A sign that weighs less is left out. On texts of other writers this changes next to nothing.
LEAST_WEIGHT = 0.2
# Added at the start, by kind. Tried on each writer's texts in turn, this finds much. It flags fewer
# than 2 percent of the plain problems and 5 percent of those where technology fails wrongly; more
# among the "first" statements only, which were made to be hard.
BOLDNESS = {Kind.TECH_FIRST: 0.2, Kind.HYPE: 0.5}
ROUNDS = 30
HEADER = """\
# What a sign weighs for each kind of finding. Written by tests/problems/learn_weights.py from the
# labelled statements beside it; not to be edited by hand.
# Roles: "then ask technology" is a word that asks, then within 9 words a technology; "near" within
# 3; "last" in the last sentence; "opens" its first word. Words: "begins camer" a word that begins
# so, "whole cameras" that word, "pair body camer" two together, with ^ and $ for its ends.
# A passage is reported when "start" and its signs, the roles and the words each divided by the root
# of their number, add up to more than 0.
"""


class Example(NamedTuple):
    """What one text shows, which statement it is from, and whether it is but a sentence of it."""

    shown: Shown
    row: Row
    is_part: bool


def examples(statements: Sequence[Row]) -> list[Example]:
    """Return what the statements show, and what the sentences of the longer ones show."""
    found = []
    for row in statements:
        language = detect_language(row["text"])
        parts = _sentences(row["text"])
        found.append(Example(shown_by(row["text"], language), row, is_part=False))
        if len(parts) > 1:
            found += [Example(shown_by(part, language), row, is_part=True) for part in parts]
    return found


def _sentences(text: str) -> list[str]:
    ends: dict[int, tuple[int, int]] = {}
    for token in wording.read(text):
        if token.is_word:
            first, _ = ends.get(token.sentence, (token.start, 0))
            ends[token.sentence] = (first, token.end)
    return [text[first:end] for first, end in ends.values()]


def learn(known: Sequence[Example], kind: Kind) -> Weights:
    """Return the weights that tell statements with the label from those without."""
    label = f"label_{kind}"
    used = [each for each in known if not (each.is_part and each.row[label])]
    whole = [each for each in used if not each.is_part]
    rare = _rarities([each.shown for each in whole])
    is_so = [bool(each.row[label]) for each in used]
    more = sum(not each.row[label] for each in whole) / sum(is_so)
    trust = [
        TRUST * (more if so else SENTENCE if each.is_part else 1.0)
        for each, so in zip(used, is_so, strict=True)
    ]
    weights = _fit([_row(each.shown, rare) for each in used], is_so, trust)
    told = {sign: round(weights[sign] * size, 1) for sign, size in rare.items()}
    return Weights(
        weights[("start",)] + BOLDNESS[kind],
        {sign: weight for sign, weight in told.items() if abs(weight) >= LEAST_WEIGHT},
    )


def _rarities(shown: Sequence[Shown]) -> dict[Sign, float]:
    """How large each sign is: rare ones are larger."""
    sizes: dict[Sign, float] = {}
    for group, (least, size) in enumerate(zip(LEAST_SEEN, SIZES, strict=True)):
        seen = Counter(sign for each in shown for sign in each[group])
        for sign, count in seen.items():
            if count >= least:
                sizes[sign] = size * (1 + math.log((1 + len(shown)) / (1 + count)))
    return sizes


type Sparse = list[tuple[Sign, float]]


def _row(shown: Shown, sizes: dict[Sign, float]) -> Sparse:
    row: Sparse = [(("start",), 1.0)]
    for signs in shown:
        share = 1 / math.sqrt(len(signs) or 1)
        row += [(sign, sizes[sign] * share) for sign in sorted(signs) if sign in sizes]
    return row


def _fit(
    rows_of: Sequence[Sparse], labels: Sequence[bool], trust: Sequence[float]
) -> dict[Sign, float]:
    sides = [1.0 if label else -1.0 for label in labels]
    squares = [sum(size * size for _, size in row) for row in rows_of]
    pulls = [min(1e-3, most / 2) for most in trust]
    weights = {sign: 0.0 for row in rows_of for sign, _ in row}
    for row, side, pull in zip(rows_of, sides, pulls, strict=True):
        for sign, size in row:
            weights[sign] += side * pull * size
    order = list(range(len(labels)))
    chance = random.Random(1)
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for number in order:
            row, side, old = rows_of[number], sides[number], pulls[number]
            margin = side * sum([weights[sign] * size for sign, size in row])
            pulls[number] = _pull(margin, squares[number], old, trust[number])
            change = side * (pulls[number] - old)
            for sign, size in row:
                weights[sign] += change * size
    return weights


def _pull(margin: float, square: float, old: float, most: float) -> float:
    """Return how hard one statement pulls at the weights where its term of the sum is least."""
    pull = old
    for _ in range(30):
        slope = margin + (pull - old) * square + math.log(pull / (most - pull))
        bend = square + most / (pull * (most - pull))
        step = slope / bend
        pull = min(max(pull - step, pull / 10), most - (most - pull) / 10)
        if abs(step) < 1e-9:
            break
    return pull


def try_writers(known: Sequence[Example]) -> None:
    """Print how well the check does on each writer's statements, learned from the others'."""
    writers = sorted({_writer(each.row) for each in known})
    for kind in LABELLED_KINDS:
        scores: dict[str, float] = {}
        for writer in writers:
            weights = learn([each for each in known if _writer(each.row) != writer], kind)
            own = [each for each in known if _writer(each.row) == writer]
            scores |= _scores(own, kind, weights)
            statements = [each.row for each in own if not each.is_part]
            flagged = {key: score > 0 for key, score in scores.items()}
            found = agreement(statements, kind, flagged)
            sys.stdout.write(f"{kind:<10} {writer:<6} {found}\n")


def _scores(known: Sequence[Example], kind: Kind, weights: Weights) -> dict[str, float]:
    """What each statement adds up to; for solutions, also what its surest sentence does."""
    scores: dict[str, float] = {}
    for each in known:
        score = weights.score(each.shown) - (SURE if each.is_part else 0.0)
        if kind is Kind.TECH_FIRST or not each.is_part:
            scores[each.row["id"]] = max(score, scores.get(each.row["id"], score))
    return scores


def _writer(row: Row) -> str:
    """Return who wrote a statement: what stands before the dash in its id."""
    before, dash, _ = row["id"].partition("-")
    return before if dash else "first"


def write(tables: dict[Kind, Weights]) -> None:
    """Write the weights, one sign a line."""
    lines = ["\t".join([*tables, "sign"])]
    lines.append("\t".join([*(f"{weights.start:+.2f}" for weights in tables.values()), "start"]))
    for sign in sorted({sign for weights in tables.values() for sign in weights.signs}):
        found = (weights.signs.get(sign) for weights in tables.values())
        numbers = [f"{weight:+.1f}" if weight else "" for weight in found]
        lines.append("\t".join([*numbers, " ".join(sign)]))
    DATA.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Learn from the labelled statements, and write the weights or try them."""
    known = examples(rows(DEVELOPMENT))
    if "--writers" in sys.argv:
        try_writers(known)
    else:
        write({kind: learn(known, kind) for kind in LABELLED_KINDS})


if __name__ == "__main__":
    main()
