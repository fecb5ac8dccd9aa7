from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import bounds, fiscal_year_of, label

months = st.integers(1, 12)
days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
years = st.integers(1990, 2200)


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (date(2026, 6, 30), 7, 2026),
        (date(2026, 7, 1), 7, 2027),
        (date(2026, 9, 30), 10, 2026),
        (date(2026, 10, 1), 10, 2027),
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 12, 31), 1, 2026),
        (date(2028, 2, 29), 3, 2028),
        (date(2028, 11, 30), 12, 2028),
    ],
)
def test_a_year_is_named_by_the_calendar_year_in_which_it_ends(
    day: date, first_month: int, year: int
) -> None:
    assert fiscal_year_of(day, first_month) == year


def test_bounds_of_known_years() -> None:
    assert bounds(2027, 7) == (date(2026, 7, 1), date(2027, 6, 30))
    assert bounds(2027, 1) == (date(2027, 1, 1), date(2027, 12, 31))
    assert bounds(2028, 3) == (date(2027, 3, 1), date(2028, 2, 29))


def test_label_is_for_people() -> None:
    assert label(2027) == "FY 2027"


@given(days, months)
def test_every_day_lies_within_the_bounds_of_its_year(day: date, first_month: int) -> None:
    first, last = bounds(fiscal_year_of(day, first_month), first_month)
    assert first <= day <= last


@given(years, months)
def test_both_bounds_belong_to_the_year_and_it_ends_in_the_calendar_year_of_its_name(
    year: int, first_month: int
) -> None:
    first, last = bounds(year, first_month)
    assert fiscal_year_of(first, first_month) == year
    assert fiscal_year_of(last, first_month) == year
    assert (first.month, first.day, last.year) == (first_month, 1, year)


@given(years, months)
def test_years_follow_each_other_without_gap_or_overlap(year: int, first_month: int) -> None:
    assert bounds(year, first_month)[1] + timedelta(days=1) == bounds(year + 1, first_month)[0]


@given(days, months)
def test_the_next_day_is_in_the_same_year_or_begins_the_next(day: date, first_month: int) -> None:
    tomorrow = day + timedelta(days=1)
    step = fiscal_year_of(tomorrow, first_month) - fiscal_year_of(day, first_month)
    assert step == (1 if (tomorrow.month, tomorrow.day) == (first_month, 1) else 0)


@pytest.mark.parametrize("first_month", [0, 13, -1])
def test_a_month_that_does_not_exist_is_refused(first_month: int) -> None:
    with pytest.raises(ValueError, match="1 to 12"):
        fiscal_year_of(date(2026, 1, 1), first_month)
    with pytest.raises(ValueError, match="1 to 12"):
        bounds(2026, first_month)
