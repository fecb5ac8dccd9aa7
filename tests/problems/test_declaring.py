"""Declaring what is critical: its rules, whoever calls them."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from portfolio.models import History
from problems import declaring, marks
from problems.completeness import missing
from problems.marks import Stale
from problems.models import CriticalPriority, Problem
from problems.review import decisions
from tests.factories import declared_priority, draft_problem

VALUES = {
    "name": "Winter shelter",
    "area": "public_safety",
    "reason": "Two people froze to death last winter.",
    "starts_on": date(2026, 11, 1),
    "ends_on": date(2027, 3, 31),
}


def test_what_is_declared_is_kept_with_who_declared_it(cast: SimpleNamespace) -> None:
    declared = declaring.declare(**VALUES, by=cast.manager)
    assert CriticalPriority.objects.get() == declared
    change = History.objects.get(table="problems_criticalpriority")
    assert change.user_id == cast.manager.pk


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": date(2026, 10, 31)}, "ends on or after the day it starts"),
        ({"name": "public SAFETY"}, "has a critical priority of this name"),
        ({"area": "culture"}, "not a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    cast: SimpleNamespace, changes: dict[str, object], said: str
) -> None:
    declared_priority("Public safety")
    with pytest.raises(ValidationError) as refusal:
        declaring.declare(**VALUES | changes, by=cast.manager)
    assert said in " ".join(refusal.value.messages)
    assert CriticalPriority.objects.count() == 1


def test_the_later_of_two_managers_is_told(cast: SimpleNamespace) -> None:
    priority = declaring.declare(**VALUES, by=cast.manager)
    seen = marks.of_row(priority)
    declaring.change(priority, **VALUES | {"reason": "Three did."}, seen=seen, by=cast.manager)
    with pytest.raises(Stale):
        declaring.change(priority, **VALUES, seen=seen, by=cast.manager)
    with pytest.raises(Stale):
        declaring.end(priority, last_day=date(2027, 1, 1), seen=seen, by=cast.manager)
    priority.refresh_from_db()
    assert (priority.reason, priority.ends_on) == ("Three did.", VALUES["ends_on"])


def test_one_that_ended_cannot_be_sent_but_stays_on_what_was_sent(cast: SimpleNamespace) -> None:
    today = cast.city.today()
    priority = declared_priority(starts_on=today - timedelta(days=90))
    sent = draft_problem(cast, critical_priority=priority)
    decisions.submit(sent, by=cast.head, on=today)
    draft = draft_problem(cast, critical_priority=priority)
    assert list(declaring.drafts_naming(priority, by=cast.head)) == [draft]
    assert not declaring.drafts_naming(priority, by=cast.manager).exists()
    yesterday = today - timedelta(days=1)
    declaring.end(priority, last_day=yesterday, seen=marks.of_row(priority), by=cast.manager)
    gaps = missing(Problem.objects.get(pk=draft.pk), on=today)
    assert [gap.code for gap in gaps] == ["critical_priority_ended"]
    assert Problem.objects.get(pk=sent.pk).critical_priority == priority


def test_where_it_stands_on_a_day() -> None:
    priority = CriticalPriority(**VALUES)
    assert declaring.standing(priority, on=date(2026, 10, 31)).words == "Later"
    assert declaring.standing(priority, on=date(2026, 11, 1)).words == "Critical now"
    assert declaring.standing(priority, on=date(2027, 3, 31)).words == "Critical now"
    assert declaring.standing(priority, on=date(2027, 4, 1)).words == "Ended"


def test_nothing_that_was_declared_is_ever_deleted(cast: SimpleNamespace) -> None:
    priority = declared_priority()
    with pytest.raises(DatabaseError), transaction.atomic():
        priority.delete()
    assert CriticalPriority.objects.exists()
