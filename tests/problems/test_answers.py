"""What an author answers: to the wording check, to a reviewer. Kept, changed, frozen once sent."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portfolio.models import History
from problems import advice
from problems.completeness import missing
from problems.marks import Stale
from problems.models import CityWord, FindingAnswer, Problem, Review
from problems.review import answers, decisions
from tests import database
from tests.factories import draft_problem

QUOTE = "We need an app"
REASON = "The grant is for this app and nothing else."


def keep(
    problem: Problem, cast: SimpleNamespace, reason: str = REASON, **more: Any
) -> FindingAnswer:
    where = {"field": "statement", "quote": QUOTE, "by": cast.head} | more
    return answers.answer_finding(problem, reason=reason, **where)


def open_words(problem: Problem) -> list[str]:
    problem.refresh_from_db()
    found = missing(problem, on=timezone.localdate())
    return [gap.sentence for gap in found if gap.code == "tech_first_open"]


# To findings


def test_a_technology_before_the_need_is_reworded_or_explained(
    cast: SimpleNamespace, tech_first: Problem
) -> None:
    assert open_words(tech_first) == [f"Reword “{QUOTE}”, or say why it must stay."]
    with pytest.raises(ValidationError, match="Reword “We need an app”"):
        decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
    keep(tech_first, cast)
    assert open_words(tech_first) == []
    sent = decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
    decisions.accept(sent, by=cast.manager)
    kept = Review.objects.get().open_findings
    assert [(item["quote"], item["answer"]) for item in kept] == [(QUOTE, REASON)]


def test_the_same_words_elsewhere_are_another_matter(
    cast: SimpleNamespace, tech_first: Problem
) -> None:
    keep(tech_first, cast)
    Problem.objects.filter(pk=tech_first.pk).update(do_nothing="We need an app.")
    assert open_words(tech_first) == ["Reword “We need an app”, or say why it must stay."]


def test_a_reason_for_words_that_are_gone_counts_no_more(
    cast: SimpleNamespace, tech_first: Problem
) -> None:
    keep(tech_first, cast)
    Problem.objects.filter(pk=tech_first.pk).update(statement="Parents wait. We need a dashboard.")
    assert open_words(tech_first) == ["Reword “We need a dashboard”, or say why it must stay."]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why the words must stay."),
        ("  \n ", "Say why the words must stay."),
        ("…!", "Say why the words must stay."),
        ("\u200b\u202e", "Say why the words must stay."),
        ("We need an app.", "Say why the words must stay. To repeat them is no reason."),
        ("we need\u200b an APP", "Say why the words must stay. To repeat them is no reason."),
        (
            "x" * 1001,
            "Shorten the reason: at most 1,000 characters fit, and there are 1,001.",
        ),
    ],
)
def test_a_reason_says_something(
    cast: SimpleNamespace, tech_first: Problem, reason: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        keep(tech_first, cast, reason)
    assert refused.value.messages == [sentence]
    assert not FindingAnswer.objects.exists()


def test_a_reason_is_changed_and_taken_back(cast: SimpleNamespace, tech_first: Problem) -> None:
    keep(tech_first, cast)
    keep(tech_first, cast, "A law asks for it.", seen=REASON)
    assert FindingAnswer.objects.get().reason == "A law asks for it."
    answers.withdraw(tech_first, field="statement", quote=QUOTE, by=cast.head)
    assert not FindingAnswer.objects.exists()
    assert len(open_words(tech_first)) == 1
    named = History.objects.filter(table="problems_findinganswer").values_list("user_id", flat=True)
    assert set(named) == {cast.head.pk}


def test_nobody_writes_over_a_reason_they_have_not_seen(
    cast: SimpleNamespace, tech_first: Problem
) -> None:
    keep(tech_first, cast, seen="")
    with pytest.raises(Stale, match="Somebody answered meanwhile: “The grant"):
        keep(tech_first, cast, "A law asks for it.", seen="")
    with pytest.raises(Stale):
        answers.withdraw(tech_first, field="statement", quote=QUOTE, by=cast.head, seen="")
    assert keep(tech_first, cast, seen="").reason == REASON, "sent twice"


def test_a_reason_freezes_with_the_words(cast: SimpleNamespace, tech_first: Problem) -> None:
    keep(tech_first, cast)
    decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
    with pytest.raises(ValidationError, match="Its answers stay as they are"):
        keep(tech_first, cast, "Another one.")
    with pytest.raises(ValidationError):
        answers.withdraw(tech_first, field="statement", quote=QUOTE, by=cast.head)


def test_a_finding_has_a_field_and_words(cast: SimpleNamespace, tech_first: Problem) -> None:
    for where in ({"field": "owner"}, {"field": ""}, {"quote": ""}):
        with pytest.raises(ValidationError, match="Name the words"):
            keep(tech_first, cast, **where)
    with pytest.raises(ValidationError, match="Shorten these words"):
        keep(tech_first, cast, quote="x" * 2001)


def test_the_check_asks_for_words_and_answers_once(
    cast: SimpleNamespace, tech_first: Problem, django_assert_num_queries: Any
) -> None:
    everywhere = dict.fromkeys(advice.LINTED_FIELDS, "We need an app.")
    Problem.objects.filter(pk=tech_first.pk).update(**everywhere)
    tech_first.refresh_from_db()
    with django_assert_num_queries(2):
        assert sum(item.is_open for item in advice.on_problem(tech_first)) == 5


def test_the_citys_own_words_count(cast: SimpleNamespace) -> None:
    draft = draft_problem(cast, statement="Nine parents wait. We need a Gizmotron.")
    assert open_words(draft) == []
    CityWord.objects.create(
        kind=CityWord.Kind.TECHNOLOGY,
        words="Gizmotron",
        reason="It is a product.",
        example="We need a Gizmotron.",
    )
    assert open_words(draft) == ["Reword “We need a Gizmotron”, or say why it must stay."]


# To reasons


def test_a_reason_of_the_reviewer_is_answered_until_it_is_sent(
    cast: SimpleNamespace, returned: Problem
) -> None:
    general, place = answers.open_reasons(returned)
    assert [str(general), str(place), place.field] == ["Nearly there.", "Which streets?", "place"]
    answers.answer_reason(place.reason, answer="Elm Street.", by=cast.head)
    answers.answer_reason(place.reason, answer="Elm and Oak.", by=cast.head, seen="Elm Street.")
    with pytest.raises(Stale):
        answers.answer_reason(place.reason, answer="No.", by=cast.head, seen="Elm Street.")
    assert answers.open_reasons(returned)[1].answer == "Elm and Oak."

    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    with pytest.raises(ValidationError, match="Its answers stay as they are"):
        answers.answer_reason(place.reason, answer="No.", by=cast.head)
    again = decisions.reopen(returned, by=cast.head)
    with pytest.raises(ValidationError, match="The reviewer has this answer already"):
        answers.answer_reason(place.reason, answer="No.", by=cast.head)
    asked = answers.open_reasons(again)
    assert [item.is_final for item in asked] == [False, True]
    answers.answer_reason(general.reason, answer="Thank you.", by=cast.head)


def test_only_the_last_review_is_answered(cast: SimpleNamespace, returned: Problem) -> None:
    first = answers.open_reasons(returned)[0].reason
    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    decisions.send_back(returned, reasons=[("", "Again.")], by=cast.manager)
    returned.refresh_from_db()
    assert [str(item) for item in answers.open_reasons(returned)] == ["Again."]
    with pytest.raises(ValidationError, match="decided on again since"):
        answers.answer_reason(first, answer="Late.", by=cast.head)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [(" ", "Write what you answer."), ("x" * 2001, "Shorten your answer: at most 2,000")],
)
def test_an_answer_says_something(
    cast: SimpleNamespace, returned: Problem, answer: str, sentence: str
) -> None:
    reason = answers.open_reasons(returned)[0].reason
    with pytest.raises(ValidationError, match=sentence):
        answers.answer_reason(reason, answer=answer, by=cast.head)


# The database alone

RULES = {
    "UPDATE problems_reasonanswer SET answer = 'x'": "reason_answer_is_frozen",
    "INSERT INTO problems_reasonanswer (reason_id, answer, by_id, at) SELECT max(id), 'x', "
    "%(by)s, now() FROM problems_reviewreason": "reason_answer_is_frozen",
    "UPDATE problems_findinganswer SET reason = 'x'": "problem_sent_is_frozen",
    "DELETE FROM problems_findinganswer": "problem_sent_is_frozen",
}


def refusal(cast: SimpleNamespace, statement: str) -> str:
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(statement, {"by": cast.head.pk})
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.errors.CheckViolation)
    return cause.diag.constraint_name or ""


@pytest.mark.parametrize("statement", RULES)
def test_answers_freeze_when_the_statement_is_sent(
    cast: SimpleNamespace, returned: Problem, statement: str
) -> None:
    Problem.objects.filter(pk=returned.pk).update(statement="We need an app.")
    keep(returned, cast)
    first = answers.open_reasons(returned)[0].reason
    answers.answer_reason(first, answer="Thank you.", by=cast.head)
    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    assert refusal(cast, statement) == RULES[statement]


def test_an_answer_that_was_sent_stays_when_the_statement_is_taken_back(
    cast: SimpleNamespace, returned: Problem
) -> None:
    general, place = answers.open_reasons(returned)
    answers.answer_reason(general.reason, answer="Thank you.", by=cast.head)
    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    decisions.reopen(returned, by=cast.head)
    change = "UPDATE problems_reasonanswer SET answer = 'x'"
    assert refusal(cast, change) == "reason_answer_was_sent"
    moved = f"UPDATE problems_reasonanswer SET reason_id = {place.reason.pk}"
    assert refusal(cast, moved) == "reason_answer_keeps_its_reason"


def test_a_reason_of_an_earlier_review_is_not_answered_any_more(
    cast: SimpleNamespace, returned: Problem
) -> None:
    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    decisions.send_back(returned, reasons=[("", "Again.")], by=cast.manager)
    late = (
        "INSERT INTO problems_reasonanswer (reason_id, answer, by_id, at) SELECT min(id), 'x', "
        "%(by)s, now() FROM problems_reviewreason"
    )
    assert refusal(cast, late) == "reason_answer_is_to_the_last_review"


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_not_deleted_by_the_owner_of_the_tables(
    cast: SimpleNamespace, returned: Problem
) -> None:
    first = answers.open_reasons(returned)[0].reason
    answers.answer_reason(first, answer="Thank you.", by=cast.head)
    with database.connect("owner") as owner:
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            owner.execute("DELETE FROM problems_reasonanswer")
        owner.rollback()
    assert refused.value.diag.constraint_name == "reason_answer_stays"
