"""What a page posts to move a project."""

import pytest

from portfolio.forms.lists import MoveForm
from portfolio.ranking import Between

SEEN = {"seen": "a0", "mark": "7"}


@pytest.mark.parametrize(
    ("posted", "to"),
    [
        ({"between": "12-15"}, Between(12, 15)),
        ({"between": "-15"}, Between(None, 15)),
        ({"between": "12-"}, Between(12, None)),
        ({"between": "-"}, Between(None, None)),
        ({"position": "3"}, 3),
        ({"position": "1000000"}, 1_000_000),
        ({"between": "12-15", "position": ""}, Between(12, 15)),
    ],
)
def test_where_to(posted: dict[str, str], to: int | Between) -> None:
    form = MoveForm(SEEN | posted)
    assert form.is_valid(), form.errors
    assert form.to == to


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"position": "0"},
        {"position": "-1"},
        {"position": "many"},
        {"position": "1000001"},
        {"between": "12"},
        {"between": "12,15"},
        {"between": "1-2-3"},
        {"between": "a-b"},
        {"between": "9999999999999999999-1"},
        {"between": "１-２"},
        {"position": "3", "reason": "x" * 301},
        {"position": "3", "seen": ""},
        {"position": "3", "seen": "a\0"},
    ],
)
def test_what_is_no_move(posted: dict[str, str]) -> None:
    assert not MoveForm(SEEN | posted).is_valid()


def test_a_move_without_a_place_says_what_to_enter() -> None:
    form = MoveForm(SEEN)
    assert not form.is_valid()
    assert form.non_field_errors() == ["Enter the new position as a number, 1 or more."]


def test_a_page_without_a_mark_and_a_reason() -> None:
    form = MoveForm({"seen": "a0", "position": "3"})
    assert form.is_valid()
    assert (form.cleaned_data["mark"], form.cleaned_data["reason"]) == (None, "")
