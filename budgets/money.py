"""Amounts of US dollars: read as people type them, shown as people read them. Never a float.

What is refused on purpose:

- "k" and "M". In public finance "M" stands for thousand (mille) as well as for million, and a
  wrong guess is wrong by a factor of 1,000.
- A comma as the decimal sign, for the same reason: "1.200" is not "1,200".
- Digits of other scripts and full-width digits: they look like others and can be mistaken.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
# What the columns of the ledger hold: 15 digits, two of them cents.
MOST_DIGITS = 13
LONGEST_QUOTE = 30
HINT = "Type dollars such as 1,200 or 1,200.50"

# Whole dollars plain, in groups by comma, or in groups by space; then at most two digits of cents.
AMOUNT = re.compile(
    r"""\$?[ ]?
    (?P<whole> [0-9]+ | [0-9]{1,3}(?:,[0-9]{3})+ | [0-9]{1,3}(?:[ ][0-9]{3})+ | (?=\.[0-9]) )
    (?:\.(?P<cents>[0-9]+))?""",
    re.VERBOSE,
)
NEGATIVE = re.compile(r"[-\u2212\u2013$ ]*[-\u2212\u2013][$ 0-9.,]*[0-9]|\([$ 0-9.,]+\)")
UNITS = (
    (Decimal(1), ""),
    (Decimal(10) ** 3, "K"),
    (Decimal(10) ** 6, "M"),
    (Decimal(10) ** 9, "B"),
    (Decimal(10) ** 12, "T"),
)


class MoneyError(ValueError):
    """The typed text is not an amount; the message tells a person what to type instead."""


def parse(text: str) -> Decimal:
    """Return the dollars a person typed, with two decimals: "$1,200.5" is 1200.50.

    Spaces of any kind and invisible marks around the amount are ignored, as they come with a
    paste from a spreadsheet. Raises MoneyError with a sentence for the person.
    """
    plain = _plain(text)
    found = AMOUNT.fullmatch(plain)
    if found is None:
        raise MoneyError(f"{_why(plain)} {HINT}. {_typed(text)}")
    whole = re.sub("[, ]", "", found["whole"]).lstrip("0") or "0"
    cents = found["cents"] or "0"
    if len(cents) > 2:
        raise MoneyError(f"An amount has at most two digits of cents. {HINT}. {_typed(text)}")
    if len(whole) > MOST_DIGITS:
        raise MoneyError(
            f"An amount has at most {MOST_DIGITS} digits before the point. Check for extra zeros. "
            f"{_typed(text)}"
        )
    return Decimal(f"{whole}.{cents}").quantize(CENT)


def show(amount: Decimal, *, cents: bool | None = None) -> str:
    """Return dollars for people: "$1,200", or "$1,200.50" where there are cents.

    `cents=True` always shows them and `cents=False` rounds to the dollar, halves up.
    """
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    with_cents = rounded % 1 != 0 if cents is None else cents
    if not with_cents:
        rounded = rounded.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{_minus(rounded)}${abs(rounded):,f}"


def show_short(amount: Decimal) -> str:
    """Return dollars for charts, rounded: "$950", "$1.2M", "$340K"."""
    sizes = [(_short(abs(amount), unit), letter) for unit, letter in UNITS]
    value, letter = next((size for size in sizes if size[0] < 1000), sizes[-1])
    number = f"{value:,f}".removesuffix(".0")
    return f"{_minus(amount if value else value)}${number}{letter}"


def _short(amount: Decimal, unit: Decimal) -> Decimal:
    """Round to what a chart label has room for: one decimal, none for dollars or from 100 on."""
    value = amount / unit
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if unit > 1 and rounded < 100:
        return rounded
    return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _minus(amount: Decimal) -> str:
    return "\u2212" if amount < 0 else ""


def _plain(text: str) -> str:
    """Turn every kind of space into a plain one and drop invisible marks at both ends."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    start, end = 0, len(spaced)
    while start < end and _is_padding(spaced[start]):
        start += 1
    while end > start and _is_padding(spaced[end - 1]):
        end -= 1
    return spaced[start:end]


def _is_padding(char: str) -> bool:
    return char == " " or unicodedata.category(char) == "Cf"


def _why(plain: str) -> str:
    """Say what is wrong with a text that is no amount."""
    if not plain:
        return "There is no amount."
    if NEGATIVE.fullmatch(plain):
        return "An amount cannot be negative."
    if any(unicodedata.category(char) == "Sc" and char != "$" for char in plain):
        return "Amounts are in US dollars."
    if any(char.isalpha() for char in plain):
        return "Write the amount out in digits, without letters."
    if any(char.isdigit() and not char.isascii() for char in plain):
        return "Use the digits 0 to 9."
    return "This is not an amount we can read."


def _typed(text: str) -> str:
    """Quote what was typed, shortened and without characters that could upset the sentence."""
    shown = "".join(char if char.isprintable() else " " for char in text[: LONGEST_QUOTE * 4])
    shown = " ".join(shown.split())
    if not shown:
        return "The field was empty."
    if len(shown) > LONGEST_QUOTE or len(text) > LONGEST_QUOTE * 4:
        shown = shown[: LONGEST_QUOTE - 1] + "…"
    return f"You typed “{shown}”."
