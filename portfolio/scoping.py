"""Writing a scope, behind the gate."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import F

from portfolio.gates import scoping_gate
from portfolio.models import Project, Scope, User


class Stale(ValidationError):
    """Somebody saved the scope since the page was read."""


class Parts(Protocol):
    """Rows that belong to a scope, ready to be saved: an inline formset is one."""

    instance: Any

    def save(self) -> Any:
        """Write the rows of `instance`."""


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


def save(
    project: Project, *, approach: str, seen: int, by: User, formsets: Iterable[Parts] = ()
) -> Scope:
    """Save the scope of `project`: the approach, and with it the parts in `formsets`.

    `seen` is the revision the person read, 0 where there was no scope yet. Raises ValidationError
    with every blocker while the gate is closed, Stale when somebody saved since; nothing is saved
    then.
    """
    with by.changing():
        current = (
            Project.objects.for_pages()
            .select_for_update(of=("self",), no_key=True)
            .get(pk=project.pk)
        )
        insist_on_writable(current)
        scope, _ = Scope.objects.get_or_create(project=current, defaults={"written_by": by})
        changed = Scope.objects.filter(pk=scope.pk, revision=seen).update(
            revision=F("revision") + 1, written_by=by
        )
        if not changed:
            raise Stale(
                "Somebody else saved this scope while you were writing. Your words are still "
                "below; compare them with the saved ones, then save again."
            )
        scope.refresh_from_db()
        scope.approach = approach
        scope.save(update_fields=["approach", "saved_at"])
        for formset in formsets:
            formset.instance = scope
            formset.save()
    return scope
