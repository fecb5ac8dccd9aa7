"""Text as people typed it, without what cannot have been meant."""

import unicodedata

# Marks that turn round the direction of everything after them, also outside the text: they hide
# what a line says. The two that say on which side a sign belongs (U+200E, U+200F) stay.
TURNING = {ord(sign): None for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
# Letters by their category that show nothing.
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def plain(text: str) -> str:
    """Return `text` with one kind of line end and no turning marks; "" when nobody can see it."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").translate(TURNING)
    return kept if any(is_seen(sign) for sign in kept) else ""


def is_seen(sign: str) -> bool:
    """Return whether a character leaves a mark on the page."""
    return unicodedata.category(sign)[0] not in "CZ" and sign not in BLANK_LETTERS
