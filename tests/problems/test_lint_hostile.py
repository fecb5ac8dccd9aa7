import sys

import pytest

from problems.lint import LONGEST_READ, Kind, check, detect_language, unread
from tests.problems.linting import kinds


def calls(text: str) -> int:
    """How many functions are called to check a text: its work, whatever the machine."""
    count = 0

    def counted(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        check(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "need ",
        "no, ",
        "app ",
        "to install a ",
        "smart city ",
        "a.",
        "1.",
        "!",
        "\n ",
        "d\u200b",
        "'",
    ],
)
def test_hostile_repetition_takes_linear_work(piece: str) -> None:
    short, long = piece * (2_000 // len(piece)), piece * (16_000 // len(piece))
    check(short + long)
    # Eight times the text; quadratic work would be 64 times as much.
    assert calls(long) < 12 * calls(short) + 2_000


def test_a_megabyte_is_read_to_its_limit_and_people_are_told() -> None:
    text = "".join(f"Tenants of {number} homes had no heat.\n\n" for number in range(30_000))
    assert len(text) > 1_000_000
    start = text[:LONGEST_READ]
    assert calls(text) < calls(start) * 1.1 + 100
    assert unread(text) == "Only the first 20,000 characters were checked."
    assert unread(start) == ""
    late = text + "We need a dashboard."
    assert Kind.TECH_FIRST not in kinds(late)
    assert Kind.TECH_FIRST in kinds(text[:1_000] + "We need a dashboard.")


def test_what_a_long_text_leaves_out_is_not_guessed_from_its_beginning() -> None:
    text = "Water stands in the low underpass after rain. " * 1_000
    assert not kinds(text) & {Kind.NO_NUMBER, Kind.NO_PEOPLE}


@pytest.mark.parametrize(
    "text", ["need " * 300_000, "\u200b" * 500_000 + "é" * 500_000, "a" * 10**6]
)
def test_a_huge_text_is_answered(text: str) -> None:
    assert all(found.end <= LONGEST_READ for found in check(text, detect_language(text)))
