"""Writing against sending, answering, joining and settings, each on a connection of its own."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from portfolio.models import Department, History, Membership, User
from problems import city_words, declaring, drafting, joining, marks, policies
from problems.models import CriticalPriority, Problem, ProblemPolicy, ReasonAnswer, Submission
from problems.review import answers, decisions
from tests.factories import declared_priority, draft_problem, make_user
from tests.problems.desk import autosave, saved
from tests.problems.test_writing_races import at_once, windows

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, CROWD = 6, 8


def attempt(job: Callable[..., Any], *given: Any, **more: Any) -> str:
    """Do it; return "done", or the name of what refused it. Nothing else may go wrong."""
    try:
        job(*given, **more)
    except (ValidationError, IntegrityError) as refused:
        return type(refused).__name__
    return "done"


def test_of_eight_windows_that_save_one_field_one_wins(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    pages = windows(cast, problem, *["who"] * CROWD)
    told = at_once(*(partial(autosave, page, place=f"Street {n}") for n, page in enumerate(pages)))
    assert [answer.status_code < 500 for answer in told] == [True] * CROWD
    assert sum(b"Compare" in answer.content for answer in told) == CROWD - 1
    assert saved(pages[0]).revision == 1


def test_what_is_sent_is_what_was_saved(cast: SimpleNamespace) -> None:
    for _ in range(ROUNDS):
        problem = draft_problem(cast)
        (page,) = windows(cast, problem, "who")
        today = timezone.localdate()
        at_once(
            partial(autosave, page, place="Written at the last moment"),
            partial(attempt, decisions.submit, problem, by=cast.head, on=today),
        )
        sent, now = Submission.objects.get(problem=problem), saved(page)
        assert now.state == Problem.State.SUBMITTED
        assert sent.content["place"] == now.place


def test_an_answer_is_given_before_sending_or_not_at_all(cast: SimpleNamespace) -> None:
    for _ in range(ROUNDS):
        problem, today = draft_problem(cast), timezone.localdate()
        decisions.submit(problem, by=cast.head, on=today)
        decisions.send_back(problem, reasons=[("place", "Where?")], by=cast.manager)
        reason = problem.reviews.get().reasons.get()
        answered, sent = at_once(
            partial(attempt, answers.answer_reason, reason, answer="There.", by=cast.head),
            partial(attempt, decisions.submit, problem, by=cast.head, on=today),
        )
        assert sent == "done"
        given = ReasonAnswer.objects.filter(reason=reason)
        assert given.exists() == (answered == "done")
        assert not given.filter(at__gt=Submission.objects.filter(problem=problem)[0].at).exists()


def test_eight_send_and_one_statement_is_sent(cast: SimpleNamespace) -> None:
    problem, today = draft_problem(cast), timezone.localdate()
    send = partial(attempt, decisions.submit, problem, by=cast.head, on=today)
    told = at_once(*[send] * CROWD)
    assert sorted(told) == [*["ValidationError"] * (CROWD - 1), "done"]
    assert Submission.objects.filter(problem=problem).count() == 1


def test_two_drafts_that_take_each_other_in_leave_one(cast: SimpleNamespace) -> None:
    for number in range(ROUNDS):
        north, south = (Department.objects.create(name=f"{side} {number}") for side in "NS")
        head = make_user("Both", head_of=north)
        Membership.objects.create(user=head, department=south, is_head=True)
        head = User.objects.with_duties().get(pk=head.pk)
        first, second = (
            Problem.objects.create(department=unit, author=head, title="T")
            for unit in (north, south)
        )
        told = at_once(
            partial(attempt, joining.join, first, department=south, by=head, instead_of=second),
            partial(attempt, joining.join, second, department=north, by=head, instead_of=first),
        )
        assert sorted(told) == ["ValidationError", "done"]
        left = Problem.objects.filter(pk__in=[first.pk, second.pk], state=Problem.State.DRAFT)
        assert left.count() == 1


def test_a_draft_is_saved_or_merged_and_never_both(cast: SimpleNamespace) -> None:
    for _ in range(ROUNDS):
        problem = draft_problem(cast)
        own = Problem.objects.create(department=cast.water, author=cast.outsider, title="Ours")
        Membership.objects.get_or_create(user=cast.outsider, department=cast.parks)
        head = User.objects.with_duties().get(pk=cast.outsider.pk)
        save = partial(drafting.save, own, fields={"title": "Newer"}, seen=0, by=head)
        wrote, joined = at_once(
            partial(attempt, save),
            partial(attempt, joining.join, problem, department=cast.water, by=head, instead_of=own),
        )
        own.refresh_from_db()
        assert (joined, own.state) == ("done", Problem.State.RETIRED)
        assert own.title == ("Newer" if wrote == "done" else "Ours")
        problem.joint_departments.all().delete()


def test_a_priority_that_ends_while_a_statement_is_sent(cast: SimpleNamespace) -> None:
    for number in range(ROUNDS):
        today = timezone.localdate()
        priority = declared_priority(f"Heat {number}", starts_on=today - timedelta(days=9))
        problem = draft_problem(cast, critical_priority=priority)
        seen, yesterday = marks.of_row(priority), today - timedelta(days=1)
        ended, sent = at_once(
            partial(
                attempt, declaring.end, priority, last_day=yesterday, seen=seen, by=cast.manager
            ),
            partial(attempt, decisions.submit, problem, by=cast.head, on=today),
        )
        assert ended == "done"
        problem.refresh_from_db()
        assert (problem.state == Problem.State.SUBMITTED) == (sent == "done")


def test_eight_who_declare_the_same_declare_it_once(cast: SimpleNamespace) -> None:
    values = {"area": "other", "reason": "Heat kills.", "starts_on": timezone.localdate()}
    names = ["Heat", "HEAT", "heat", "HEat"] * 2
    told = at_once(
        *(
            partial(attempt, declaring.declare, name=name, **values, by=cast.manager)
            for name in names
        )
    )
    assert told.count("done") == 1
    assert CriticalPriority.objects.count() == 1


def test_eight_who_set_a_number_or_a_word_overwrite_nobody(cast: SimpleNamespace) -> None:
    by = cast.administrator
    seen = marks.of_row(ProblemPolicy.current())
    told = at_once(
        *(
            partial(attempt, policies.set_numbers, {"sentence_max_words": n}, seen=seen, by=by)
            for n in range(30, 30 + CROWD)
        )
    )
    assert told.count("done") == 1
    word = {
        "kind": "jargon",
        "language": "en",
        "words": "blue sky",
        "reason": "Nobody knows what it is.",
        "example": "The blue sky meeting is on Monday.",
        "suggestion": "",
    }
    told = at_once(*[partial(attempt, city_words.add, by=by, **word)] * CROWD)
    assert told.count("done") == 1
    written = History.objects.filter(table="problems_cityword")
    assert [change.user_id for change in written] == [by.pk]
