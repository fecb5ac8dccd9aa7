"""Reads a text into words and marks, each with its place in the text as it was typed."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

WORD = re.compile(
    r"""\d++(?:[.,]\d++)+          # 1,200.50
      | [^\W_](?:\.[^\W_])+(?![^\W_])  # U.S, a.m
      | [^\W_]++(?:'[^\W_]++)*+    # dashboard, don't, 5G
      | \n\s*\n                    # a new paragraph
      | [.!?]++ | [;:,()"\u2014]""",
    re.VERBOSE,
)
ASCII_OR_NOT = re.compile(r"[\x00-\x7f]++|[^\x00-\x7f]++")
SENTENCE_ENDS = frozenset(".!?")
ABBREVIATIONS = frozenset(
    """ave blvd dept dr ft gen gov inc jr lt mr mrs ms mt no nos nov oct dec rd sgt sr sra st u.s
    vs""".split()  # noqa: SIM905
)
SAME_MARK = {
    **dict.fromkeys("’‘‚‛ʼ′´`＇", "'"),
    **dict.fromkeys("“”„‟«»‹›″〝〞＂", '"'),
    **dict.fromkeys("–―", "\u2014"),
    **dict.fromkeys("¡¿•▪●◦", " "),
    "…": ".",
}


class Token(NamedTuple):
    """One word or mark: folded for comparison, with its place in the original text."""

    word: str
    start: int
    end: int
    sentence: int
    is_word: bool


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    if char in SAME_MARK:
        return SAME_MARK[char]
    if unicodedata.category(char) in {"Cf", "Mn"}:
        return ""
    parts = unicodedata.normalize("NFKD", char).casefold()
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in lower case without accents and invisible characters.

    The second value gives, for each character of the result, its place in the original.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    for run in ASCII_OR_NOT.finditer(text):
        if run.group().isascii():
            folded.append(run.group().lower())
            origin.extend(range(run.start(), run.end()))
            continue
        for index, char in enumerate(run.group(), start=run.start()):
            piece = _folded(char)
            folded.append(piece)
            origin.extend([index] * len(piece))
    return "".join(folded), origin


def read(text: str) -> list[Token]:
    """Split a text into words and marks, each with the number of its sentence. Linear time."""
    folded, origin = fold(text)
    tokens: list[Token] = []
    sentence = 0
    for found in WORD.finditer(folded):
        word = found.group()
        end = origin[found.end()] if found.end() < len(origin) else len(text)
        is_word = word[0].isalnum()
        word = word if is_word else word[0]
        tokens.append(Token(word, origin[found.start()], end, sentence, is_word))
        if word == "\n" or (
            word in SENTENCE_ENDS
            and not folded[found.end() : found.end() + 1].isalnum()
            and not (word == "." and len(tokens) > 1 and tokens[-2].word in ABBREVIATIONS)
        ):
            sentence += 1
    return tokens
