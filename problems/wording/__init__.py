"""The words of the wording check: reads a text into words, and the word data into tables.

The data stand beside this file: ``en.toml`` and ``es.toml`` say what words stand for, and why each
is there; ``weights.tsv`` says how much each counts. ``reading`` finds what stands in a text,
``weighing`` adds up what it counts, ``explaining`` picks the words to quote; ``problems/lint.py``
puts them together.
"""

from problems.wording.city import faults
from problems.wording.tables import LANGUAGES, CityEntry, Wording, data, languages, load
from problems.wording.tokens import Token, fold, read

__all__ = [
    "LANGUAGES",
    "CityEntry",
    "Token",
    "Wording",
    "data",
    "faults",
    "fold",
    "languages",
    "load",
    "read",
]
