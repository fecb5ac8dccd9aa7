"""A cost that is repeated in later years and grows by a rate each year."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from budgets.fiscal import label
from budgets.money import CENT, MOST_DIGITS

NONE = Decimal(0)
LOWEST, HIGHEST = Decimal(-50), Decimal(100)
RATE = re.compile(r"(?P<sign>[-+\u2212\u2013]?) ?(?P<digits>[0-9]{1,4}(?:\.[0-9]{1,2})?) ?%?")
HINT = f"Type percent a year from {LOWEST} to {HIGHEST}, such as 3 or 2.5"


class GrowthError(ValueError):
    """The rate is none, or leads to no amount; the message tells a person what to do."""


def parse(text: str) -> Decimal:
    """Return the yearly growth in percent that a person typed: "2.5", "2.5 %" or "-2".

    An empty text is no growth. Raises GrowthError outside -50 to 100 and for more than two
    decimals.
    """
    plain = text.strip()
    if not plain:
        return NONE
    found = RATE.fullmatch(plain)
    if found is None:
        raise GrowthError(f"{HINT}. You typed “{_shortened(plain)}”.")
    percent = Decimal(found["digits"])
    if found["sign"] not in {"", "+"}:
        percent = -percent
    if not LOWEST <= percent <= HIGHEST:
        raise GrowthError(f"{HINT}. {percent} is outside of that.")
    return percent


def _shortened(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= 20 else f"{shown[:19]}…"


def grown(
    amount: Decimal, *, percent: Decimal, year: int, later: Iterable[int]
) -> dict[int, Decimal]:
    """Return the dollars of each `later` fiscal year for a cost of `amount` in `year`.

    Each year is computed from the first one and rounded to cents, halves up, so that cents do not
    add up over the years. Raises GrowthError where a year comes to nothing or to more than the
    ledger holds.
    """
    factor = 1 + percent / 100
    amounts = {}
    for then in later:
        value = (amount * factor ** (then - year)).quantize(CENT, rounding=ROUND_HALF_UP)
        if value >= 10**MOST_DIGITS:
            raise GrowthError(f"In {label(then)} this would be more than an amount may be.")
        amounts[then] = value
        if not value:
            raise GrowthError(f"In {label(then)} nothing would be left of it.")
    return amounts
