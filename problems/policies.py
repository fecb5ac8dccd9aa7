"""Setting the city's own numbers for statements, each within a range that makes sense."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError

from problems import marks
from problems.actors import Actor
from problems.models import ProblemPolicy
from problems.models.policy import MOST_MEGABYTES


class Range(NamedTuple):
    """From where to where a number may be set, and why not further."""

    least: int
    most: int
    why: str


RANGES = {
    "baseline_max_age_months": Range(1, 120, "A value ten years old says nothing about today."),
    "statement_max_characters": Range(100, 2000, "More than 2,000 characters are not kept."),
    "statement_max_sentences": Range(1, 20, "Twenty sentences are a page."),
    "sentence_max_words": Range(10, 60, "Above 40 words few readers follow."),
    "evidence_max_megabytes": Range(
        1, MOST_MEGABYTES, "A larger file takes the place that others need while it is read."
    ),
}


def faults(numbers: Mapping[str, int]) -> dict[str, str]:
    """Return what is wrong with the numbers given, by the name of the number."""
    return {
        name: f"Enter a whole number from {at.least:,} to {at.most:,}. {at.why}"
        for name, at in RANGES.items()
        if name in numbers and not at.least <= numbers[name] <= at.most
    }


def set_numbers(numbers: Mapping[str, int], *, seen: str, by: Actor) -> ProblemPolicy:
    """Set the city's numbers for statements.

    `seen` is the mark of the numbers as the person read them (`marks.of_row`). Raises Stale where
    they changed since, ValidationError where a number is out of its range.
    """
    wrong = faults(numbers)
    if wrong:
        raise ValidationError(wrong)
    with by.changing():
        ProblemPolicy.objects.get_or_create(pk=1)
        policy = ProblemPolicy.objects.select_for_update(no_key=True).get(pk=1)
        marks.insist_unchanged(policy, seen=seen)
        for name, number in numbers.items():
            setattr(policy, name, number)
        policy.save()
        return policy
