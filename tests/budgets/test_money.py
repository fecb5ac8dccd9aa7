from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.money import MoneyError, parse, show, show_short

amounts = st.decimals(0, Decimal("9999999999999.99"), places=2)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1200", "1200"),
        ("$1,200.50", "1200.50"),
        ("1,200.5", "1200.50"),
        ("1 200", "1200"),
        ("1 200 000.75", "1200000.75"),
        ("1\u00a0200", "1200"),
        ("1\u202f200", "1200"),
        ("$ 1,200", "1200"),
        ("  $1,200  \n", "1200"),
        ("\u202d1,200\u202c", "1200"),
        ("\ufeff1,200\u200b", "1200"),
        ("0", "0"),
        ("0.01", "0.01"),
        (".50", "0.50"),
        ("$.5", "0.50"),
        ("007", "7"),
        ("1,234,567,890,123.45", "1234567890123.45"),
        ("9999999999999", "9999999999999"),
    ],
)
def test_what_people_type_is_read(typed: str, amount: str) -> None:
    assert parse(typed) == Decimal(amount)
    assert parse(typed).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "no amount"),
        (" \u00a0 ", "no amount"),
        ("-5", "negative"),
        ("-$5.00", "negative"),
        ("$-5", "negative"),
        ("\u22125", "negative"),
        ("(1,200)", "negative"),
        ("1.005", "two digits of cents"),
        ("1.2000", "two digits of cents"),
        ("10000000000000", "13 digits"),
        ("€5", "US dollars"),
        ("5 £", "US dollars"),
        ("¥1200", "US dollars"),
        ("1.2M", "without letters"),
        ("$5k", "without letters"),
        ("about 5", "without letters"),
        ("NaN", "without letters"),
        ("Infinity", "without letters"),
        ("1e5", "without letters"),
        ("0x10", "without letters"),
        ("１２００", "digits 0 to 9"),
        ("١٢٠٠", "digits 0 to 9"),
        ("1.2.3", "not an amount"),
        ("1,20,0", "not an amount"),
        ("1,2000", "not an amount"),
        ("12,00", "not an amount"),
        ("1.200,50", "not an amount"),
        ("1,200 000", "not an amount"),
        ("1  200", "not an amount"),
        (",200", "not an amount"),
        ("1200.", "not an amount"),
        ("1_000", "not an amount"),
        ("+5", "not an amount"),
        ("$$5", "not an amount"),
        ("5$", "not an amount"),
        ("1\u200b200", "not an amount"),
        ("$", "not an amount"),
        (".", "not an amount"),
    ],
)
def test_everything_else_is_refused_with_a_reason(typed: str, reason: str) -> None:
    with pytest.raises(MoneyError, match=reason):
        parse(typed)


def test_the_message_says_what_is_expected_and_quotes_what_was_typed() -> None:
    with pytest.raises(MoneyError) as caught:
        parse("1,20,0")
    assert str(caught.value) == (
        "This is not an amount we can read. Type dollars such as 1,200 or 1,200.50. "
        "You typed “1,20,0”."
    )


def test_a_long_or_hostile_text_is_quoted_short_and_harmless() -> None:
    with pytest.raises(MoneyError) as caught:
        parse("\u202eabc\x00" + "9," * 500_000)
    message = str(caught.value)
    assert len(message) < 200
    assert message.isprintable()


@given(st.text())
def test_any_text_is_an_amount_or_a_money_error(typed: str) -> None:
    try:
        amount = parse(typed)
    except MoneyError as error:
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert Decimal(0) <= amount < Decimal(10) ** 13


@given(amounts)
def test_what_is_shown_can_be_typed_again(amount: Decimal) -> None:
    assert parse(show(amount)) == amount
    assert parse(show(amount, cents=True)) == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0"),
        ("1200", "$1,200"),
        ("1200.00", "$1,200"),
        ("1200.5", "$1,200.50"),
        ("1E+3", "$1,000"),
        ("0.005", "$0.01"),
        ("-1200", "\u2212$1,200"),
        ("-0.00", "$0"),
        ("1234567890123.45", "$1,234,567,890,123.45"),
    ],
)
def test_cents_are_shown_where_there_are_any(amount: str, shown: str) -> None:
    assert show(Decimal(amount)) == shown


def test_cents_can_be_asked_for_or_left_out() -> None:
    assert show(Decimal(1200), cents=True) == "$1,200.00"
    assert show(Decimal("1200.50"), cents=False) == "$1,201"
    assert show(Decimal("-0.40"), cents=False) == "$0"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0"),
        ("0.40", "$0"),
        ("-0.40", "$0"),
        ("12.50", "$13"),
        ("950", "$950"),
        ("999.99", "$1K"),
        ("1000", "$1K"),
        ("1250", "$1.3K"),
        ("99950", "$100K"),
        ("340000", "$340K"),
        ("999499", "$999K"),
        ("999500", "$1M"),
        ("1200000", "$1.2M"),
        ("-1200000", "\u2212$1.2M"),
        ("12000000", "$12M"),
        ("3400000000", "$3.4B"),
        ("9999999999999", "$10T"),
        ("25000000000000000", "$25,000T"),
    ],
)
def test_charts_get_short_amounts(amount: str, shown: str) -> None:
    assert show_short(Decimal(amount)) == shown
