"""Whole numbers out of addresses and hidden fields, which anybody may change."""


def whole(text: str, *, digits: int = 15) -> int | None:
    """Return the number that `text` says, None where it says none or has more than `digits`.

    Longer ones fit into no column, and reading them takes ever longer.
    """
    return int(text) if text.isdecimal() and len(text) <= digits else None
