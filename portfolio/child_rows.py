"""Small child rows within their parent's own query: one query instead of one per kind of child."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject


def child_rows(queryset: QuerySet[Any], *fields: str) -> ArraySubquery:
    """Return `fields` of each row of `queryset`, in its order, as a list of dicts.

    For texts and whole numbers; dates arrive as ISO texts. Not for amounts: JSON has no Decimal.
    """
    return ArraySubquery(queryset.values(row=JSONObject(**{name: name for name in fields})))
