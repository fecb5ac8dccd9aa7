"""Days and numbers as people type them: read where they mean one thing, else answered."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from problems.forms.fields import CalendarDate, Count, Dollars, Figure, PlainText


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2025-03-15", date(2025, 3, 15)),
        ("2025/3/15", date(2025, 3, 15)),
        ("3/15/2025", date(2025, 3, 15)),
        ("3-15-2025", date(2025, 3, 15)),
        ("3/15/25", date(2025, 3, 15)),
        ("March 15, 2025", date(2025, 3, 15)),
        ("Mar. 15th, 2025", date(2025, 3, 15)),
        ("15 march 2025", date(2025, 3, 15)),
        ("Sept 3 2025", date(2025, 9, 3)),
        ("March 2025", date(2025, 3, 1)),
        ("3/2025", date(2025, 3, 1)),
        ("2/29/2024", date(2024, 2, 29)),
        ("  ", None),
    ],
)
def test_a_day_or_a_month_is_read(text: str, value: date | None) -> None:
    assert CalendarDate("x").clean(text) == value


def test_a_month_in_which_something_is_due_ends_with_its_last_day() -> None:
    assert CalendarDate("x", end_of_month=True).clean("February 2028") == date(2028, 2, 29)
    assert CalendarDate("x", end_of_month=True).clean("2/3/2028") == date(2028, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "15/3/2025",
        "2/30/2025",
        "3/15/0205",
        "2025",
        "Ma 2025",
        "13/2025",
        "0/2025",
        "soon",
        "1/0/0",
    ],
)
def test_what_may_mean_another_day_is_answered_with_what_is_expected(text: str) -> None:
    with pytest.raises(ValidationError, match=r"such as 3/15/2025 or March 2025|Check the year"):
        CalendarDate("x").clean(text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Figure("x"), "1,200.5", Decimal("1200.5")),
        (Figure("x"), " -3 ", Decimal(-3)),
        (Figure("x"), "−3", Decimal(-3)),
        (Figure("x"), ".5", Decimal("0.5")),
        (Figure("x"), "12%", Decimal(12)),
        (Figure("x"), "12 percent", Decimal(12)),
        (Figure("x"), "about 5", Decimal(5)),
        (Figure("x"), "1.2 million", Decimal(1_200_000)),
        (Dollars("x"), "$ 1,200.50", Decimal("1200.50")),
        (Dollars("x"), "1200", Decimal(1200)),
        (Dollars("x"), "$1.2 million", Decimal(1_200_000)),
        (Count("x"), "6,200", 6200),
        (Count("x"), "6\u00a0200", 6200),
        (Count("x"), "about 6,200", 6200),
        (Count("x"), "~6200", 6200),
        (Count("x"), "ca. 40", 40),
        (Count("x"), "approx. 300 households", 300),
        (Count("x"), "2 thousand", 2000),
        (Count("x"), "0", 0),
    ],
)
def test_a_number_is_read_as_people_type_it(field: Any, text: str, value: Any) -> None:
    assert field.clean(text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Figure("x"), "1,5"),
        (Figure("x"), "1e5"),
        (Figure("x"), "NaN"),
        (Figure("x"), "Infinity"),
        (Figure("x"), "1.23456"),
        (Figure("x"), "9" * 16),
        (Dollars("x"), "-1"),
        (Dollars("x"), "1.005"),
        (Dollars("x"), "5k"),
        (Dollars("x"), "1.2M"),
        (Dollars("x"), "$"),
        (Count("x"), "-1"),
        (Count("x"), "1.5"),
        (Count("x"), "99999999999"),
        (Count("x"), "over 6,000"),
        (Count("x"), "6,000 to 7,000"),
        (Count("x"), "about"),
        (Count("x"), "1.2345678 million"),
        (Count("x"), "٣"),
    ],
)
def test_a_number_that_may_mean_another_is_refused(field: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        field.clean(text)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_figure_reads_what_it_shows(value: Decimal) -> None:
    field = Figure("x")
    assert field.clean(field.prepare_value(value)) == value


@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2199, 12, 31)))
def test_a_day_reads_what_it_shows(value: date) -> None:
    assert CalendarDate("x").clean(f"{value:%m/%d}/{value.year}") == value


READERS = (Figure("x"), Dollars("x"), Count("x"), CalendarDate("x"), PlainText("x", limit=9))


@given(st.text(max_size=60))
def test_whatever_is_typed_breaks_nothing(text: str) -> None:
    for field in READERS:
        with suppress(ValidationError):
            field.clean(text)
