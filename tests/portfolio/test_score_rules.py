"""What the database holds of scores and criteria, by raw SQL with the rights of the site."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.models import (
    CriteriaVersion,
    Criterion,
    History,
    ProjectScore,
    Weight,
)
from tests.budgets.rules import refused_by
from tests.factories import make_project
from tests.portfolio.scoring_steps import (
    answer,
    corrected,
    criterion,
    score_of,
    scored,
)


def sql(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return int(cursor.rowcount)


ANSWER = (
    "INSERT INTO portfolio_answer (project_id, criterion_id, value, answered_by_id, answered_at, "
    "corrected_value, corrected_by_id, corrected_at, correction_reason) "
    "VALUES (%s, %s, %s, %s, now(), %s, %s, %s, %s)"
)


@pytest.mark.parametrize("value", [-1, 6])
def test_the_database_takes_0_to_5_only(cast: SimpleNamespace, value: int) -> None:
    row = (make_project(cast).pk, criterion("safety").pk)
    refused = refused_by(sql, ANSWER, *row, value, cast.head.pk, None, None, None, "")
    assert refused in {"answer_is_0_to_5", "portfolio_answer_value_check"}


@pytest.mark.parametrize(
    ("value", "by", "at", "reason"),
    [
        (3, True, True, ""),
        (3, False, True, "No court ruled."),
        (3, True, False, "No court ruled."),
        (None, True, True, "No court ruled."),
        (None, False, False, "No court ruled."),
        (6, True, True, "No court ruled."),
    ],
)
def test_a_correction_is_whole_or_not_there(
    cast: SimpleNamespace, value: int | None, by: bool, at: bool, reason: str
) -> None:
    row = (make_project(cast).pk, criterion("safety").pk, 4, cast.head.pk)
    correction = (value, cast.manager.pk if by else None, timezone.now() if at else None, reason)
    assert refused_by(sql, ANSWER, *row, *correction) == "answer_correction_is_whole"


def test_a_criterion_is_answered_once(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=1)
    row = (project.pk, criterion("safety").pk, 2, cast.head.pk, None, None, None, "")
    assert refused_by(sql, ANSWER, *row) == "answer_once_per_criterion"


def test_the_database_insists_on_weights_that_add_up(cast: SimpleNamespace) -> None:
    version = "INSERT INTO portfolio_criteriaversion (reason, signed_by_id, signed_at) "
    signed = version + "VALUES ('Less.', %s, now())"
    assert refused_by(sql, signed, cast.administrator.pk) == "weights_add_up"


def test_a_version_in_force_takes_no_further_weight(cast: SimpleNamespace) -> None:
    more = Criterion.objects.create(code="more", name="More", question="?", anchors=["a"] * 6)
    newest = CriteriaVersion.objects.get()
    refused = refused_by(
        sql,
        "INSERT INTO portfolio_weight (version_id, criterion_id, place, weight) "
        "VALUES (%s, %s, 10, 5)",
        newest.pk,
        more.pk,
    )
    assert refused == "weights_add_up"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portfolio_criterion SET question = 'Other?'",
        "UPDATE portfolio_criterion SET anchors[1] = 'Other.'",
        "DELETE FROM portfolio_criterion",
        "UPDATE portfolio_weight SET weight = 50 WHERE place = 1",
        "DELETE FROM portfolio_weight",
        "UPDATE portfolio_criteriaversion SET reason = 'Other.'",
        "DELETE FROM portfolio_criteriaversion",
        "UPDATE portfolio_projectscore SET score = 100",
        "DELETE FROM portfolio_projectscore",
        "DELETE FROM portfolio_answer",
    ],
)
def test_criteria_weights_and_scores_are_never_written_by_hand(
    cast: SimpleNamespace, statement: str
) -> None:
    scored(cast)
    before = (list(Criterion.objects.values()), list(Weight.objects.values()))
    with pytest.raises(Exception, match=r"permission denied|never change"), transaction():
        sql(statement)
    assert (list(Criterion.objects.values()), list(Weight.objects.values())) == before
    assert ProjectScore.objects.get().score == 60


def transaction() -> Any:
    from django.db import transaction as transactions

    return transactions.atomic()


@pytest.mark.parametrize("number", [0, 5, 7])
def test_a_criterion_words_all_six_answers(db: None, number: int) -> None:
    refused = refused_by(
        sql,
        "INSERT INTO portfolio_criterion (code, name, question, anchors) "
        "VALUES ('x', 'X', 'X?', %s)",
        ["a"] * number,
    )
    assert refused == "criterion_words_each_answer"


def test_a_score_follows_a_write_by_hand(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    sql("UPDATE portfolio_answer SET value = 0 WHERE criterion_id = %s", criterion("safety").pk)
    assert (score_of(project).score, score_of(project).safety) == (45, 0)


def test_every_answer_and_correction_is_in_the_history(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=1)
    corrected(project, cast, value=3)
    changes = History.objects.filter(table="portfolio_answer").order_by("id")
    told = [(change.user_id, (change.after or {})["corrected_value"]) for change in changes]
    assert told == [(cast.head.pk, None), (cast.manager.pk, 3)]


def test_a_code_stands_in_a_version_once(cast: SimpleNamespace) -> None:
    statement = """
        WITH version AS (
            INSERT INTO portfolio_criteriaversion (reason, signed_by_id, signed_at)
            VALUES ('Twice.', %s, now()) RETURNING id
        ), twice AS (
            INSERT INTO portfolio_criterion (code, name, question, anchors)
            SELECT 'safety', 'Safety', 'How safe?', ARRAY['0', '1', '2', '3', '4', '5']
              FROM generate_series(1, 2) RETURNING id
        )
        INSERT INTO portfolio_weight (version_id, criterion_id, place, weight)
        SELECT version.id, twice.id, row_number() OVER (ORDER BY twice.id), 50 FROM version, twice
    """
    assert refused_by(sql, statement, cast.administrator.pk) == "criterion_once_per_version"
