"""A city's own entries: what is wrong with one, in sentences for the person who writes it."""

from collections.abc import Iterator

from problems.wording.forms import plurals, split
from problems.wording.tables import LANGUAGES, CityEntry, load
from problems.wording.tokens import read

KINDS = ("technology", "hype", "absolute", "jargon", "fine")
LONGEST_PHRASE = 6


def faults(entry: CityEntry) -> list[str]:
    """Return what is wrong with an entry of a city's own; nothing when it can be used."""
    return list(_of_form(entry)) or list(_of_example(entry))


def _of_form(entry: CityEntry) -> Iterator[str]:
    if entry.kind not in KINDS:
        yield f"Choose what the words are: {', '.join(KINDS)}."
    if entry.language not in LANGUAGES:
        yield "Choose English or Spanish."
        return
    tokens = read(entry.words)
    if not any(token.is_word for token in tokens):
        yield "Write the words to look for."
    elif not all(token.is_word for token in tokens):
        yield "Write the words alone, with no comma, full stop or quotation mark."
    elif len(tokens) > LONGEST_PHRASE:
        yield f"Shorten the words: at most {LONGEST_PHRASE} are looked for together."
    elif len(tokens) == 1 and _is_everyday(tokens[0].word, entry.language):
        yield f"“{entry.words}” is in nearly every text. Write a name or a longer phrase."
    if not entry.reason.strip():
        yield "Say why. People read it as the explanation."


def _is_everyday(word: str, language: str) -> bool:
    classes = load(language).classes
    return word in classes["small"] or word in classes["stop"] or len(word) < 2


def _of_example(entry: CityEntry) -> Iterator[str]:
    if not entry.example.strip():
        yield "Write a sentence with the words as an example."
        return
    forms = {entry.words, *plurals(entry.words.lower(), entry.language)}
    text = split(entry.example)
    if not any(_contains(text, split(form)) for form in forms):
        yield f"The example does not contain “{entry.words}”. Write a sentence that does."


def _contains(text: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(
        text[place : place + len(words)] == words for place in range(len(text) - len(words) + 1)
    )
