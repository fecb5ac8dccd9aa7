"""How hard a text is to read: a school grade in English, the INFLESZ scale in Spanish.

English: Flesch-Kincaid grade (Kincaid and others 1975). Spanish: Szigriszt-Pazos' formula, read
with the INFLESZ bands (Barrio-Cantalejo and others 2008). Both need sentences, words and syllables.

Syllables are counted by rule. Against the CMU Pronouncing Dictionary, over the words of our texts,
the rule here is wrong for 2 words in 100 and less than 1 percent high in sum; hyphenation (pyphen)
is wrong for 9 in 100 and 5 percent low. Spanish spelling shows its syllables. So no library is
used.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from problems import wording
from problems.wording import Token

# The hardest grade that is advised (18F and GOV.UK aim lower; reference: California's draft, 8).
HIGHEST_GRADE = 9
# The INFLESZ bands: below the score, the name.
BANDS = ((40, "very hard"), (55, "somewhat hard"), (65, "normal"), (80, "fairly easy"))
LOWEST_NORMAL = 55
# Below this many words a single long name decides, so nothing is said.
ENOUGH_WORDS = 30

VOWELS = re.compile(r"[aeiouy]+")
# Written vowels that are not said: makes, moved, safely, statement.
SILENT_E = re.compile(
    r"""(?:[^aeiouyl]|[aeiouy]l)e$
      | (?:[^aeiouydtl]|[aeiouy]l|ll|ay)ed$
      | (?:[^aeiouycgsxzhl]|[aeiouy]l|[^cs]h)es$
      | [^aeiouyl]e(?:ly|less|ful|ments?|ty|where|thing|one|s?walks?|casts?|holds?|holders?|hood)$
      | ^(?:some|fire|every|home|base|take|life|where|more|side|house|time|wire)(?=[^sdrxn])""",
    re.VERBOSE,
)
# Vowels side by side that are said apart: riot, idea, museum, going, gradual.
APART = re.compile(
    r"""i[ao](?!n|us|l) | (?:^|[^ctsd])ial | iu | [^tscg]ion(?!s?$) | [^tscgnl]ian | [aeou]ing$
      | eo(?!u|ple) | [^gq]ua(?!r) | ^rea[cl](?=[^hkt]) | ^reu | crea[^ms] | idea | area | eum
      | [^tlnf]ier$ | [^n]iest$ | riet | quiet | scien | client | [aeo]y[aeiou](?!$)""",
    re.VERBOSE,
)
STRONG = re.compile("[aeoáéóíú]")
SPANISH_VOWELS = re.compile("[aeiouyáéíóúü]+")


class Grade(NamedTuple):
    """How hard a text is: a grade (English) or an INFLESZ score (Spanish; lower is harder)."""

    language: str
    score: float
    words: int
    sentences: int

    @property
    def is_hard(self) -> bool:
        """Whether it is harder than advised."""
        if self.language == "es":
            return self.score < LOWEST_NORMAL
        return round(self.score) > HIGHEST_GRADE

    @property
    def label(self) -> str:
        """Return the words for a page, such as "Reads at grade 9"."""
        if self.language == "es":
            band = next((name for below, name in BANDS if self.score < below), "very easy")
            return f"Reads as {band} in Spanish (INFLESZ {round(self.score)})"
        return f"Reads at grade {max(1, round(self.score))}"


def grade(text: str, language: str = "en") -> Grade | None:
    """Return how hard `text` is to read; None when it has no words.

    ValueError when there is no measure for `language`.
    """
    return grade_of(text, wording.read(text), language)


def grade_of(text: str, tokens: Sequence[Token], language: str) -> Grade | None:
    """Return how hard a text is that was read into `tokens` already."""
    if language not in {"en", "es"}:
        raise ValueError(f"There is no measure of reading for {language!r}.")
    words = [token for token in tokens if token.is_word]
    if not words:
        return None
    sentences = len({token.sentence for token in words})
    spoken = sum(syllables(text[token.start : token.end], language) for token in words)
    per_word, per_sentence = spoken / len(words), len(words) / sentences
    if language == "es":
        score = 206.835 - 62.3 * per_word - per_sentence
    else:
        score = 0.39 * per_sentence + 11.8 * per_word - 15.59
    return Grade(language, score, len(words), sentences)


def advised(language: str) -> str:
    """Return in a sentence how easy a text should be."""
    if language == "es":
        return f"Aim for a score of {LOWEST_NORMAL} or more."
    return f"Aim for grade {HIGHEST_GRADE} or below."


@lru_cache(maxsize=8192)
def syllables(word: str, language: str = "en") -> int:
    """Return how many syllables a word has, at least one. A figure counts as one."""
    word = unicodedata.normalize("NFC", word).lower()
    if language == "es":
        runs = SPANISH_VOWELS.findall(word)
        return max(1, sum(max(1, len(STRONG.findall(run))) for run in runs))
    plain = "".join(char for char in word if "a" <= char <= "z")
    count = len(VOWELS.findall(plain)) + len(APART.findall(plain))
    return max(1, count - len(SILENT_E.findall(plain)))
