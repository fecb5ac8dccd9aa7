"""Writing a scope, behind the gate."""

from django.core.exceptions import ValidationError
from django.db.models import F

from portfolio.gates import scoping_gate
from portfolio.models import Project, Scope, User


class Stale(ValidationError):
    """Somebody saved the scope since the page was read."""


def insist_on_writable(project: Project) -> None:
    """Raise ValidationError with every reason why the scope of `project` cannot be written now."""
    if not project.has_left_concept:
        raise ValidationError(
            "Scoping has not been opened. A city manager opens it.", code="not_open"
        )
    gate = scoping_gate(project)
    if not gate.is_open:
        raise ValidationError(
            [ValidationError(blocker.sentence, code=blocker.code) for blocker in gate.blockers]
        )


def claim(project: Project, *, seen: int, by: User) -> Scope:
    """Lock or make the scope of `project` for writing, inside the caller's transaction.

    Raises ValidationError while the gate is closed, Stale when it is not at the revision `seen`.
    """
    insist_on_writable(project)
    scope, made = Scope.objects.get_or_create(project=project, defaults={"written_by": by})
    written = Scope.objects.filter(pk=scope.pk, revision=0 if made else seen).update(
        revision=F("revision") + 1, written_by=by
    )
    if not written:
        raise Stale(
            "Somebody else saved this scope while you were writing. Your words are still below; "
            "compare them with the saved ones, then save again."
        )
    scope.refresh_from_db()
    return scope


def save(project: Project, *, approach: str, seen: int, by: User) -> Scope:
    """Save the approach of `project`'s scope; its parts are rows of their own."""
    with by.changing():
        current = Project.objects.for_pages().select_for_update(of=("self",)).get(pk=project.pk)
        scope = claim(current, seen=seen, by=by)
        scope.approach = approach
        scope.save(update_fields=["approach", "saved_at"])
    return scope
