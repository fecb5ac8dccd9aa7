"""How bad a problem is, from 0 to 5, with the words that make a number comparable.

The scale is the product's own. Harm to health and safety stands above loss of time and money, as in
GFOA's advice to set priorities by health and safety first.
"""

WORDS = {
    0: "Nobody notices it",
    1: "It annoys people",
    2: "It costs some people time or money",
    3: "It costs many people time or money, again and again",
    4: "It harms people's health, safety or living",
    5: "People die or are badly hurt",
}


def in_words(severity: int | None) -> str:
    """Return the number with its words, such as "1 of 5: It annoys people"; "" for none."""
    return "" if severity is None else f"{severity} of {max(WORDS)}: {WORDS[severity]}"
