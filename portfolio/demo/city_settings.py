"""What the demonstration city has set for statements: what is critical, and words of its own."""

from datetime import date

from portfolio.demo.data import months_from, read
from portfolio.demo.people import People
from problems import city_words, declaring
from problems.models import CriticalPriority


def declare(people: People, *, on: date) -> dict[str, CriticalPriority]:
    """Declare what the city holds critical, some of it until a day, some of it no more."""
    manager = people.persons[read("priorities")["declared_by"]]
    return {
        row["key"]: declaring.declare(
            name=row["name"],
            area=row["area"],
            reason=row["reason"],
            starts_on=months_from(on, -row["started_months_ago"]),
            ends_on=_end(row, on),
            by=manager,
        )
        for row in read("priorities")["critical_priority"]
    }


def _end(row: dict[str, int], on: date) -> date | None:
    return months_from(on, row["ends_months_ahead"]) if "ends_months_ahead" in row else None


def add_words(people: People) -> None:
    """Add the words that the wording check advises on here, or leaves alone."""
    administrator = people.persons[read("words")["added_by"]]
    for row in read("words")["word"]:
        city_words.add(**row, by=administrator)
