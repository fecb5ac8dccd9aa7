"""The history in words: what happened to a project, its problem, its money and its place."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.formats import date_format

from budgets import money
from portfolio.models import History, HistoryLink, Project, User
from portfolio.order_changes import is_move


class Entry(NamedTuple):
    """One line of a history page."""

    at: datetime
    sentence: str
    who: str


class Fault(NamedTuple):
    """A break of the chain: the change it is at, and what is wrong with it."""

    history_id: int
    fault: str


def of_project(project: Project, *, limit: int = 200) -> list[Entry]:
    """Return what happened to `project`, newest first: one query, and one for the names."""
    allocations = project.budget.allocations.annotate(key=Cast("pk", CharField())).values("key")
    rows = Q(table="portfolio_project", row=str(project.pk))
    rows |= Q(table="portfolio_workingposition", row=str(project.pk))
    rows |= Q(table="budgets_budget", row=str(project.budget_id))
    rows |= Q(table="budgets_allocation", row__in=allocations)
    answers = project.answers.annotate(key=Cast("pk", CharField())).values("key")
    rows |= Q(table="portfolio_answer", row__in=answers)
    waivers = project.budget.waivers.annotate(key=Cast("pk", CharField())).values("key")
    rows |= Q(table="budgets_securitywaiver", row__in=waivers)
    if project.problem_id:
        rows |= Q(table="problems_problem", row=str(project.problem_id))
    return in_words(History.objects.filter(rows).order_by("-id")[:limit])


def in_words(changes: QuerySet[History]) -> list[Entry]:
    """Return the changes that mean something to a person, each as a sentence with who made it."""
    found = list(changes)
    people = {change.user_id for change in found if change.user_id}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        Entry(
            change.at,
            sentence,
            names.get(change.user_id or 0) or f"{change.database_role} (no user)",
        )
        for change in found
        for sentence in _sentences(change)
    ]


def _sentences(change: History) -> Iterator[str]:
    words = WORDS.get(change.table)
    if words:
        yield from words(change.action, change.before or {}, change.after or {})


def _changed(before: dict[str, Any], after: dict[str, Any], *names: str) -> bool:
    return any(before.get(name) != after.get(name) for name in names)


def _project(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if action == "INSERT":
        yield "Project started as a concept"
        return
    if _changed(before, after, "stage"):
        reason = f": {after['stopped_reason']}" if after["stage"] == "stopped" else ""
        yield f"Moved from {before['stage']} to {after['stage']}{reason}"
    if _changed(before, after, "on_hold"):
        yield f"Put on hold. {after['hold_reason']}" if after["on_hold"] else "Taken off hold"
    if _changed(before, after, "problem_id"):
        yield "Another problem named" if before["problem_id"] else "Problem named"
    if _changed(before, after, "listed"):
        yield "On the adopted list" if after["listed"] else "No longer on the list in force"
    if _changed(before, after, "title"):
        yield f"Renamed from “{before['title']}”"


def _position(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if action != "UPDATE":
        yield "Put on the working order" if action == "INSERT" else "Taken off the working order"
    elif "moved_at" not in after:
        # Written before positions kept their last move.
        yield "Moved on the working order"
    elif is_move(before, after):
        reason = f": {after['reason']}" if after["reason"] else ""
        yield f"Moved from {after['moved_from']} to {after['moved_to']}{reason}"
    elif _changed(before, after, "moved_at"):
        yield f"Moved back from {before['moved_to']} to {before['moved_from']}"
    else:
        yield "Key on the working order written anew"


def _problem(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if action == "INSERT":
        yield "Problem draft begun"
    elif _changed(before, after, "state"):
        yield {
            "draft": f"Problem reopened as version {after['version']}",
            "submitted": f"Problem sent to review, version {after['version']}",
            "returned": f"Problem returned with reasons, version {after['version']}",
            "defined": f"Problem accepted, version {after['version']}",
            "retired": "Problem retired",
        }[after["state"]]
    elif _changed(before, after, "revision"):
        yield "Problem statement saved"


def _budget(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if action != "UPDATE":
        return
    if _changed(before, after, "state"):
        if after["state"] == "dedicated":
            yield f"Budget dedicated: {_dollars(after['committed'])}"
        else:
            yield "Budget no longer confirmed"
    elif after["state"] == "dedicated" and _changed(before, after, "confirmed_at"):
        yield f"Budget confirmed again: {_dollars(after['committed'])}"
    elif _changed(before, after, "one_time_cost", "contingency", "recurring_cost"):
        cost = Decimal(str(after["one_time_cost"])) + Decimal(str(after["contingency"]))
        yield f"Cost changed to {money.show(cost)} once, with contingency"


def _allocation(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if _changed(before, after, "has_expired") and after.get("has_expired"):
        yield f"{_dollars(after['amount'])} free again: the hold ended"
    elif action == "INSERT" or _changed(before, after, "state"):
        yield f"{_dollars(after['amount'])} {after['state']}"


def _waiver(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    until = date_format(date.fromisoformat(after["ends_on"]))
    if action == "INSERT":
        yield f"Security waiver until {until} signed"
    elif _changed(before, after, "withdrawn_at"):
        yield f"Security waiver until {until} withdrawn"


def _answer(action: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    # The first answers come nine at a time and stand on the page of the score.
    if action != "UPDATE":
        return
    if _changed(before, after, "value"):
        yield f"An answer of the score changed from {before['value']} to {after['value']}"
    if _changed(before, after, "corrected_at") and after["corrected_at"]:
        counted = (
            before["value"] if before["corrected_value"] is None else before["corrected_value"]
        )
        to = f"{after['corrected_value']}: {after['correction_reason']}"
        yield f"An answer of the score corrected from {counted} to {to}"


# How a change of each table reads: its action, the row before, the row after.
WORDS: dict[str, Callable[[str, dict[str, Any], dict[str, Any]], Iterator[str]]] = {
    "portfolio_project": _project,
    "portfolio_workingposition": _position,
    "portfolio_answer": _answer,
    "problems_problem": _problem,
    "budgets_budget": _budget,
    "budgets_allocation": _allocation,
    "budgets_securitywaiver": _waiver,
}


def _dollars(amount: object) -> str:
    return money.show(Decimal(str(amount)))


def head() -> str:
    """Return the hash of the change committed last: what a brief prints to pin the chain."""
    link = HistoryLink.objects.order_by("-id").first()
    return bytes(link.hash).hex() if link else ""


def faults() -> Sequence[Fault]:
    """Check the whole chain; return every fault, none when it is whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_id, fault FROM portfolio_verify_history()")
        return [Fault(*row) for row in cursor.fetchall()]
