"""An amount in a form: typed as people type it, refused in a sentence."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms

from budgets.forms.fields import MoneyField


class AmountForm(forms.Form):
    amount = MoneyField()


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1200", "1200"),
        ("1,200", "1200"),
        ("$1,200.50", "1200.50"),
        ("1200.5", "1200.50"),
        ("  $ 1 200 ", "1200"),
        ("\u00a01,200\u200b", "1200"),
        (".50", "0.50"),
        ("007", "7"),
        ("0.01", "0.01"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, amount: str) -> None:
    form = AmountForm({"amount": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("", "Enter an amount. Type dollars such as 1,200"),
        ("   ", "Enter an amount."),
        ("0", "Enter an amount above zero."),
        ("$0.00", "Enter an amount above zero."),
        ("-5", "An amount cannot be negative."),
        ("(500)", "An amount cannot be negative."),
        ("50k", "without letters"),
        ("1.200,50", "You typed “1.200,50”."),
        ("1,20", "You typed “1,20”."),
        ("1.234", "at most two digits of cents"),
        ("€50", "Amounts are in US dollars."),
        ("1e6", "without letters"),
        ("NaN", "without letters"),
        ("Infinity", "without letters"),
        ("١٢٣", "Use the digits 0 to 9."),
        ("<script>alert(1)</script>", "without letters"),
        ("99999999999999", "at most 13 digits"),
        ("1" * 100_000, "at most 13 digits"),
    ],
)
def test_what_is_no_amount_is_refused_in_a_sentence(typed: str, part: str) -> None:
    form = AmountForm({"amount": typed})
    assert not form.is_valid()
    assert part in form.errors["amount"][0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"initial": {"amount": Decimal("1200.50")}}, 'value="$1,200.50"'),
        ({"initial": {"amount": Decimal(1200)}}, 'value="$1,200"'),
        ({"data": {"amount": "1,20"}}, 'value="1,20"'),
        ({"data": {"amount": '"><b>'}}, "value=&quot;&quot;&gt;&lt;b&gt;&quot;"),
    ],
)
def test_an_amount_is_shown_as_people_read_it(given: dict[str, Any], shown: str) -> None:
    drawn = str(AmountForm(**given)["amount"])
    assert shown.replace("value=&quot;", 'value="', 1).removesuffix("&quot;") in drawn
    assert "<b>" not in drawn


def test_the_same_amount_in_other_signs_is_no_change() -> None:
    form = AmountForm({"amount": "1200.00"}, initial={"amount": Decimal(1200)})
    assert not form.has_changed()
