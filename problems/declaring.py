"""Declaring what is critical: from which day, until which day, and why. Nothing is ever deleted."""

from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet

from problems import versions
from problems.actors import Actor
from problems.models import CriticalPriority, Problem

FIELDS = ("name", "area", "reason", "starts_on", "ends_on")


class Standing(NamedTuple):
    """Where a critical priority stands on a day: a tone for the eye, and words."""

    tone: str
    words: str


def standing(priority: CriticalPriority, *, on: date) -> Standing:
    """Return whether `priority` is declared on that day, will be, or was."""
    if priority.is_declared(on=on):
        return Standing("ok", "Critical now")
    return Standing("info", "Later") if priority.starts_on > on else Standing("", "Ended")


def all_declared() -> QuerySet[CriticalPriority]:
    """Return every critical priority there is or was, with how many statements name it."""
    return CriticalPriority.objects.annotate(naming=Count("problems")).order_by(
        "-starts_on", "name"
    )


def drafts_naming(priority: CriticalPriority) -> QuerySet[Problem]:
    """Return the statements that cannot be sent any more once `priority` has ended."""
    return (
        Problem.objects.filter(
            critical_priority=priority, state__in=[Problem.State.DRAFT, Problem.State.RETURNED]
        )
        .select_related("department")
        .order_by("department__name", "title", "pk")
    )


def declare(*, by: Actor, **values: Any) -> CriticalPriority:
    """Declare something critical; `values` are those of FIELDS.

    Raises ValidationError where one is missing, the dates are the wrong way round, or the city
    has a critical priority of this name.
    """
    with by.changing():
        return _write(CriticalPriority(), values)


def change(priority: CriticalPriority, *, seen: str, by: Actor, **values: Any) -> CriticalPriority:
    """Change what was declared; statements that name it follow.

    `seen` is the mark of what the person read (`marks.of_row`). Raises Stale where it changed
    since, ValidationError as `declare` does.
    """
    with by.changing():
        current = _locked(priority)
        versions.insist_unchanged(current, seen=seen)
        return _write(current, values)


def end(priority: CriticalPriority, *, last_day: date, seen: str, by: Actor) -> CriticalPriority:
    """Let `priority` end with that day. Statements that name it keep its name.

    Raises Stale as `change` does, ValidationError where it would end before it begins.
    """
    with by.changing():
        current = _locked(priority)
        versions.insist_unchanged(current, seen=seen)
        return _write(current, {"ends_on": last_day})


def _locked(priority: CriticalPriority) -> CriticalPriority:
    return CriticalPriority.objects.select_for_update(no_key=True).get(pk=priority.pk)


def _write(priority: CriticalPriority, values: dict[str, Any]) -> CriticalPriority:
    for name, value in values.items():
        setattr(priority, name, value)
    same_name = CriticalPriority.objects.filter(name__iexact=priority.name)
    if same_name.exclude(pk=priority.pk).exists():
        raise ValidationError(
            {"name": "The city has a critical priority of this name. Change that one instead."}
        )
    priority.full_clean(validate_unique=False)
    priority.save()
    return priority
