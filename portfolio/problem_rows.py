"""The list of problems as rows of a file, in words and numbers as people read them."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.text import get_text_list

from portfolio.child_rows import child_rows
from portfolio.exports import Column, Row, day
from problems.figures import in_figures
from problems.models import AffectedGroup, JointDepartment, Measure, Problem

COLUMNS = (
    Column("Number", 9),
    Column("Title", 50),
    Column("Department", 28),
    Column("State", 12),
    Column("Critical priority", 22),
    Column("Severity (0 to 5)", 10),
    Column("Who is affected", 40),
    Column("People affected (largest group)", 14),
    Column("Measures: today → target", 60),
    Column("Owner", 22),
    Column("Saved", 12),
    Column("Sent", 12),
    Column("Defined on", 12),
    Column("Link", 45),
)
CHUNK = 2000
NO_PRIORITY = "None of those declared"


def rows(problems: QuerySet[Problem], *, address: Callable[[int], str]) -> Iterator[Row]:
    """Yield a row for each of `problems`, in their order: one query, however many there are.

    `address` gives the whole link to the page of a problem by its key.
    """
    found = problems.select_related(None).prefetch_related(None).annotate(**_parts())
    states = dict(Problem.State.choices)
    values = found.values(
        *("pk", "title", "department__name", "joined", "state", "critical_priority__name"),
        *("severity", "groups", "most_people", "outcomes", "owner__name"),
        *("saved_at", "submitted_at", "decided_at"),
    )
    for row in values.iterator(chunk_size=CHUNK):
        yield (
            row["pk"],
            row["title"] or "Untitled problem",
            _departments(row["department__name"], row["joined"]),
            states[row["state"]],
            row["critical_priority__name"] or NO_PRIORITY,
            row["severity"],
            "; ".join(_group(group) for group in row["groups"]),
            row["most_people"],
            "; ".join(_outcome(measure) for measure in row["outcomes"]),
            row["owner__name"],
            day(row["saved_at"]),
            day(row["submitted_at"]),
            day(row["decided_at"]) if row["state"] == Problem.State.DEFINED else None,
            address(row["pk"]),
        )


def _parts() -> dict[str, Any]:
    """Return the rows that belong to a problem, for its own query."""
    groups = AffectedGroup.objects.filter(problem=OuterRef("pk"))
    # As texts, since JSON has no Decimal.
    measures = Measure.objects.filter(problem=OuterRef("pk")).annotate(
        today=Cast("baseline_value", TextField()), target=Cast("target_value", TextField())
    )
    joined = JointDepartment.objects.filter(problem=OuterRef("pk"))
    largest = groups.order_by().values("problem").values(most=Max("number"))
    return {
        "joined": ArraySubquery(joined.values("department__name")),
        "groups": child_rows(groups, "who", "number"),
        "most_people": Subquery(largest),
        "outcomes": child_rows(measures, "name", "unit", "today", "target"),
    }


def _departments(first: str, joined: list[str]) -> str:
    return " with ".join(filter(None, [first, get_text_list(joined, "and")]))


def _group(group: dict[str, Any]) -> str:
    return group["who"] if group["number"] is None else f"{group['who']}: {group['number']:,}"


def _outcome(measure: dict[str, Any]) -> str:
    today, target = (_number(measure[end]) for end in ("today", "target"))
    unit = f" {measure['unit']}" if measure["unit"] else ""
    return f"{measure['name']}: {today} → {target}{unit}"


def _number(text: str | None) -> str:
    return "?" if text is None else in_figures(Decimal(text))
