"""Numbers as people read them."""

from decimal import Decimal


def in_figures(number: int | Decimal) -> str:
    """Return a number in groups and without trailing zeros: 1200.50 as "1,200.5"."""
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
