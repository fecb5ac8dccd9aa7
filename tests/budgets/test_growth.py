"""A cost that grows by a rate each year."""

from decimal import Decimal

import pytest

from budgets import growth
from budgets.growth import GrowthError

LATER = range(2028, 2031)


@pytest.mark.parametrize(
    ("typed", "percent"),
    [
        ("3", "3"),
        (" 2.5 %", "2.5"),
        ("2.55%", "2.55"),
        ("-2", "-2"),
        ("−2", "-2"),
        ("+4", "4"),
        ("0", "0"),
        ("-50", "-50"),
        ("100", "100"),
        ("", "0"),
        ("  ", "0"),
    ],
)
def test_a_rate_as_people_type_it(typed: str, percent: str) -> None:
    assert growth.parse(typed) == Decimal(percent)


@pytest.mark.parametrize(
    "typed",
    ["-50.01", "100.01", "9999", "1e1", "NaN", "3,5", "2.555", "three", "=1+1", "٣", "--2", "%"],
)
def test_a_rate_that_is_none(typed: str) -> None:
    with pytest.raises(GrowthError, match="Type percent a year from -50 to 100"):
        growth.parse(typed)


def test_a_long_text_is_quoted_short() -> None:
    with pytest.raises(GrowthError) as error:
        growth.parse("x" * 10_000)
    assert len(str(error.value)) < 120


def grown(amount: str, percent: str) -> list[str]:
    found = growth.grown(Decimal(amount), percent=Decimal(percent), year=2027, later=LATER)
    assert list(found) == list(LATER)
    return [str(value) for value in found.values()]


def test_each_year_grows_from_the_first_and_is_rounded_to_cents() -> None:
    assert grown("5000", "3") == ["5150.00", "5304.50", "5463.64"]
    assert grown("0.33", "10") == ["0.36", "0.40", "0.44"]
    assert grown("100", "0") == ["100.00"] * 3
    assert grown("100", "-50") == ["50.00", "25.00", "12.50"]
    assert grown("100", "100") == ["200.00", "400.00", "800.00"]
    assert grown("1200000000000.01", "100")[-1] == "9600000000000.08"


def test_a_year_without_an_amount_is_refused() -> None:
    with pytest.raises(GrowthError, match="In FY 2028 nothing would be left of it"):
        grown("0.004", "-50")
    with pytest.raises(GrowthError, match="In FY 2029 nothing would be left of it"):
        grown("0.01", "-50")
    with pytest.raises(GrowthError, match="In FY 2030 this would be more than an amount may be"):
        grown("1300000000000", "100")


def test_no_later_year_is_no_amount() -> None:
    assert growth.grown(Decimal(5), percent=Decimal(3), year=2027, later=()) == {}
