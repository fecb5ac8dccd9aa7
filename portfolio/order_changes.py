"""Who changed the working order, in sentences: for people whose page it made stale."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from portfolio.models import History, Project, User, WorkingPosition

# More changes than these are counted, not told.
MOST_TOLD = 3


def changes() -> QuerySet[History]:
    """Every change of the working order, newest first."""
    return History.objects.filter(table=WorkingPosition._meta.db_table).order_by("-id")


def is_move(before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """True when the row was changed by a move; false when one was undone, or a key written anew."""
    was_moved_at = (before or {}).get("moved_at") or ""
    moved_at = (after or {}).get("moved_at") or ""
    # Spelled by the database, in UTC: the later one sorts behind.
    return bool(before) and moved_at > was_moved_at


def told(*, mark: str, by: User) -> str:
    """Return who changed the working order since `mark`, to be read by `by`: the last changes.

    Empty where nobody did, or where `mark` is none.
    """
    if not mark.isdecimal() or len(mark) > 18:
        return ""
    since = _by_people(changes().filter(pk__gt=int(mark)))
    sentences = _sentences(since[:MOST_TOLD], by)
    more = since.count() - MOST_TOLD if len(sentences) == MOST_TOLD else 0
    if more > 0:
        sentences.append(f"And {more} more {'change' if more == 1 else 'changes'} before that.")
    return " ".join(sentences)


def told_of(project: Project, *, by: User) -> str:
    """Return the last change of the place of `project`, to be read by `by`."""
    return " ".join(_sentences(_by_people(changes().filter(row=str(project.pk)))[:1], by))


def _by_people(found: QuerySet[History]) -> QuerySet[History]:
    """Leave out rows that only got a shorter key while another project was moved."""
    marked = found.annotate(
        was_moved_at=Coalesce(KT("before__moved_at"), Value(""), output_field=TextField()),
        moved_at=Coalesce(KT("after__moved_at"), Value(""), output_field=TextField()),
    )
    only_key = Q(action=History.Action.UPDATE, user_id__isnull=False, moved_at=F("was_moved_at"))
    return marked.exclude(only_key)


def _sentences(found: Iterable[History], by: User) -> list[str]:
    found = list(found)
    projects = {int(change.row) for change in found}
    titles = dict(Project.objects.filter(pk__in=projects).values_list("pk", "title"))
    people = {change.user_id for change in found if change.user_id}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) | {by.pk: "You"}
    return [
        _sentence(change, names.get(change.user_id or 0, "Somebody"), titles[int(change.row)])
        for change in found
    ]


def _sentence(change: History, who: str, title: str) -> str:
    before: dict[str, Any] = change.before or {}
    after: dict[str, Any] = change.after or {}
    if change.action == History.Action.INSERT:
        return f"{who} put {title} on the list."
    if change.action == History.Action.DELETE:
        return f"{who} took {title} off the list."
    if change.user_id is None:
        return f"{who} moved {title} in the database."
    if is_move(before, after):
        first, then = after["moved_from"], after["moved_to"]
        if first == then:
            return f"{who} put others around {title}, still at {then}."
        return f"{who} moved {title} from {first} to {then}."
    return f"{who} moved {title} back from {before['moved_to']} to {before['moved_from']}."
