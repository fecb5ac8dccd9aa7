"""What the database refuses, in words: one home for every constraint's sentence."""

from functools import cache

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError
from django.db.models import CheckConstraint, UniqueConstraint

FALLBACK = "The database refused this change. Reload the page, check what is there, and try again."
TWICE = "This is there already, and stands there once. Reload the page and change what is there."


@cache
def sentences() -> dict[str, str]:
    """Return the sentence of every named constraint of every model."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
        and constraint.violation_error_message
    }


def sentence_for(error: IntegrityError) -> str:
    """Return the sentence a person should read when the database refused a write.

    The rules that span tables say it themselves: their triggers raise it.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return FALLBACK
    message = diagnosis.message_primary or ""
    if diagnosis.sqlstate == "23514" and not message.startswith("new row for relation"):
        return message
    # Columns that are unique by themselves have constraints that Django names.
    general = TWICE if diagnosis.sqlstate == "23505" else FALLBACK
    return sentences().get(diagnosis.constraint_name or NON_FIELD_ERRORS, general)
