"""Declaring what is critical: from which day, until which day, and why. Nothing is ever deleted."""

from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from problems import marks
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


def all_declared(*, by: Any) -> QuerySet[CriticalPriority]:
    """Return every critical priority there is or was, with how many statements name it.

    Statements that `by` may not read are not counted: others' drafts are nobody's business.
    """
    readable = Q(problems__in=Problem.objects.visible_to(by).values("pk"))
    naming = Count("problems", filter=readable)
    return CriticalPriority.objects.annotate(naming=naming).order_by("-starts_on", "name")


def drafts_naming(priority: CriticalPriority, *, by: Any) -> QuerySet[Problem]:
    """Return the statements that cannot be sent any more once `priority` has ended.

    Those that `by` may not read are left out: not even their number is told.
    """
    return (
        Problem.objects.visible_to(by)
        .writable()
        .filter(critical_priority=priority)
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
        marks.insist_unchanged(current, seen=seen)
        return _write(current, values)


def end(priority: CriticalPriority, *, last_day: date, seen: str, by: Actor) -> CriticalPriority:
    """Let `priority` end with that day. Statements that name it keep its name.

    Raises Stale as `change` does, ValidationError where it would end before it begins.
    """
    with by.changing():
        current = _locked(priority)
        marks.insist_unchanged(current, seen=seen)
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
