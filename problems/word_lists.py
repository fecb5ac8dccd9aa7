"""The words that come with the wording check, to read: so that people see why something is advised.

Each entry of the check's data has its reason and an example.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from problems import wording

# What the tables of the data are about, in the order in which a person would look for them.
TOPICS = {
    "names": "Names of technology",
    "senses": "Technology before the need",
    "verbs": "Technology before the need",
    "tech_first": "Technology before the need",
    "hype": "Hype",
    "absolute": "Says too much",
    "jargon": "Jargon",
    "classes": "Words that tell meanings apart",
}


class Entry(NamedTuple):
    """A few words of the check that belong together: what for, why, and a sentence with them."""

    topic: str
    words: str
    reason: str
    example: str
    suggestion: str

    def has(self, sought: str) -> bool:
        """Return whether the entry says `sought`, a text as `plain` gives it."""
        return sought in plain(f"{self.words} {self.reason} {self.example}")


def plain(text: str) -> str:
    """Return a text in lower case, without accents and hyphens, with single blanks."""
    return " ".join(wording.fold(text)[0].replace("-", " ").split())


@cache
def entries(language: str) -> tuple[Entry, ...]:
    """Return every entry of a language that the check knows."""
    found = list(_entries(wording.data(language)))
    order = list(TOPICS.values())
    return tuple(sorted(found, key=lambda entry: order.index(entry.topic)))


def matching(language: str, *, topic: str = "", text: str = "") -> list[Entry]:
    """Return the entries of a language that are on `topic` and say `text`, "" for any."""
    sought = plain(text)
    return [
        entry
        for entry in entries(language)
        if topic in {"", entry.topic} and (not sought or entry.has(sought))
    ]


def _entries(data: Mapping[str, Any]) -> Iterator[Entry]:
    for table in ("senses", "verbs", "classes"):
        for item in data.get(table, {}).values():
            yield _entry(TOPICS[table], item)
    for item in data.get("names", []):
        yield _entry(TOPICS["names"], item)
    for kind, rule in data.get("rules", {}).items():
        for item in rule["entries"]:
            yield _entry(TOPICS[kind], item, rule.get("suggestion", ""))


def _entry(topic: str, item: Mapping[str, Any], suggestion: str = "") -> Entry:
    words = [" ".join(str(item.get("words", "")).split())]
    words += [str(pattern).replace("_", " ") for pattern in item.get("patterns", [])]
    return Entry(
        topic,
        ", ".join(filter(None, words)),
        item["reason"],
        item["example"],
        item.get("suggestion", suggestion),
    )
