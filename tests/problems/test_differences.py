"""What changed, word by word: both texts can be read out of it, quickly, whatever they hold."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.review import differences
from problems.review.differences import Kind, Piece, between, shortened, words

MARKS = {Kind.SAME: "{}", Kind.ADDED: "+[{}]", Kind.REMOVED: "-[{}]"}


def told(before: str, after: str) -> str:
    return joined(words(before, after), MARKS)


def joined(pieces: list[Piece], marks: dict[Kind, str]) -> str:
    return "".join(
        (" " if place and not piece.glued else "") + marks[piece.kind].format(piece.text)
        for place, piece in enumerate(pieces)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("Same words.", "Same words.", "Same words."),
        ("", "Parents wait.", "+[Parents wait.]"),
        ("Parents wait.", "", "-[Parents wait.]"),
        ("They wait nine days.", "They wait ten days.", "They wait -[nine] +[ten] days."),
        ("They wait.", "They wait. Some give up.", "They wait. +[Some give up.]"),
        ("Now they wait.", "they wait.", "-[Now] they wait."),
        ("Two  blanks", "Two blanks", "Two blanks"),
        ("One line\nand one", "One line and one", "One line and one"),
        ("wait wait wait", "wait wait", "wait wait -[wait]"),
        ("They wait.", "They wait for days.", "They wait +[for days]."),
        ("They wait (long).", "They wait (very long).", "They wait (+[very] long)."),
        ("Don't wait", "Do wait", "-[Don't] +[Do] wait"),
        ("1,200 wait", "1,300 wait", "-[1,200] +[1,300] wait"),
        # A word that stayed by chance is read with the change around it.
        ("The bus is late", "A train is early", "-[The bus is late] +[A train is early]"),
        ("Straße bleibt", "Straße ging", "Straße -[bleibt] +[ging]"),
    ],
)
def test_two_texts_as_one(before: str, after: str, expected: str) -> None:
    assert told(before, after) == expected


def test_what_nobody_sees_is_named_where_it_changed() -> None:
    assert told("They wait now", "They wa\u200bit now") == "They -[wait] +[wa[U+200B]it] now"
    assert told("abc", "\u202ecba") == "-[abc] +[[U+202E]cba]"
    assert told("\u2067same one here", "\u2067same one here too").startswith("\u2067same")


SOME_TEXT = st.text(
    st.sampled_from("ab \n\t.é\u200b\u202e") | st.characters(exclude_categories=["Cs"]), max_size=80
)


@given(before=SOME_TEXT, after=SOME_TEXT)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    pieces = words(before, after)
    for text, gone in ((before, Kind.ADDED), (after, Kind.REMOVED)):
        kept = "".join(piece.text for piece in pieces if piece.kind is not gone)
        assert "".join(differences.named(kept).split()) == "".join(differences.named(text).split())


LONG: dict[str, Callable[[random.Random], str]] = {
    "one word": lambda _: "a",
    "marks": lambda _: ".",
    "two words": lambda chance: chance.choice("ab"),
    "many words": lambda chance: str(chance.randrange(700)),
    "no blanks": lambda _: "",
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("length", [380, 3990, 1_000_000])
def test_long_texts_are_compared_quickly(kind: str, length: int) -> None:
    chance = random.Random(7)
    texts = []
    for _ in range(2):
        some = " ".join(LONG[kind](chance) for _ in range(1000)) or "x" * 1000
        texts.append(("y " + some * (length // len(some) + 1))[:length] + str(chance.random()))
    started = time.perf_counter()
    pieces = words(*texts)
    assert time.perf_counter() - started < 2
    assert {piece.kind for piece in pieces} & {Kind.ADDED, Kind.REMOVED}


def test_the_midst_of_what_stayed_is_left_out() -> None:
    long = " ".join(f"w{number}" for number in range(100))
    pieces = shortened(words(f"Old {long} end", f"New {long} ending"))
    assert [piece.kind for piece in pieces] == ["removed", "added", "same", "removed", "added"]
    assert pieces[2].text.startswith("w0 w1 ")
    assert " w19 … w80 " in pieces[2].text
    first = shortened(words(f"{long} end", f"{long} ending"))[0]
    assert first.text.startswith("… w80 ")
    assert shortened(words("They wait nine", "They wait ten"))[0] == Piece(Kind.SAME, "They wait")


# Whole statements


def row(key: int, **columns: str) -> dict[str, Any]:
    return {"key": key, **columns}


def told_rows(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    changes = between({"causes": before}, {"causes": after}, order=["cause", "basis"])
    return [
        f"{change.kind} {change.number}: {' '.join(item.column for item in change.columns)}"
        for field in changes
        for change in field.rows
    ]


def test_fields_come_in_their_order_and_only_those_that_changed() -> None:
    before = {"title": "A", "place": "Here", "owner": "Ada"}
    after = {"statement": "S", "title": "B", "place": "Here", "zzz": "?"}
    changes = between(before, after, order=["title", "statement", "owner"])
    assert [change.field for change in changes] == ["title", "statement", "owner", "zzz"]
    assert changes[2].pieces == [Piece(Kind.REMOVED, "Ada")]


def test_rows_are_added_taken_out_and_changed() -> None:
    one, two, three = row(1, cause="One"), row(2, cause="Two"), row(3, cause="Three")
    assert told_rows([one, two], [one, two]) == []
    assert told_rows([one], [one, two]) == ["added 2: cause"]
    assert told_rows([one, two], [two]) == ["removed 1: cause"]
    changed = row(2, cause="Two lists", basis="Observed")
    assert told_rows([one, two], [one, changed]) == ["changed 2: cause basis"]
    assert told_rows([one, two], [three]) == [
        "added 1: cause",
        "removed 1: cause",
        "removed 2: cause",
    ]
    assert told_rows([], [row(1)]) == []


def test_a_row_that_was_made_anew_with_the_same_words_did_not_change() -> None:
    assert told_rows([row(1, cause="One")], [row(9, cause="One")]) == []
    twice = [row(1, cause="One"), row(2, cause="One")]
    assert told_rows(twice, [row(9, cause="One")]) == ["removed 2: cause"]
