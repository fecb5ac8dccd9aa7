"""Scores: what departments answer, and what the manager corrects."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from budgets.ledger import Stale
from portfolio import projects, scoring
from tests.factories import make_project
from tests.portfolio.scoring_steps import (
    CODES,
    answer,
    corrected,
    criterion,
    reweighed,
    score_of,
    scored,
    sign,
)

# Answers


def test_a_score_is_the_weighted_sum_of_the_answers(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    assert answer(project, by=cast.head, safety=5, mandate=3) == 2
    score = score_of(project)
    assert (score.score, score.answered, score.asked) == (Decimal(25 + 9), 2, 9)
    assert not score.is_complete
    answer(project, by=cast.head, **dict.fromkeys(CODES, 5))
    score = score_of(project)
    assert (score.score, score.is_complete) == (Decimal(100), True)


def test_an_answer_given_again_keeps_who_gave_it_first(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=4, mandate=1)
    assert answer(project, by=cast.manager, safety=4, mandate=2) == 1
    people = project.answers.order_by("criterion").values_list("answered_by", "value")
    assert list(people) == [(cast.head.pk, 4), (cast.manager.pk, 2)]


def test_answers_read_before_anothers_are_refused(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    seen = scoring.mark(scoring.questions(project))
    answer(project, by=cast.head, safety=4)
    with pytest.raises(Stale, match="while you had this page open"):
        scoring.answer(project, values={criterion("safety").pk: 1}, by=cast.head, seen=seen)
    assert project.answers.get().value == 4


def test_a_page_from_before_other_criteria_is_refused(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    seen = scoring.mark(scoring.questions(project))
    sign(reweighed({"safety": 20, "mandate": 20}), by=cast.administrator)
    with pytest.raises(Stale):
        scoring.answer(project, values={criterion("safety").pk: 1}, by=cast.head, seen=seen)


@pytest.mark.parametrize("value", [-1, 6, 99])
def test_only_the_six_answers_are_taken(cast: SimpleNamespace, value: int) -> None:
    project = make_project(cast)
    with pytest.raises(ValidationError, match="one of the six answers"):
        answer(project, by=cast.head, safety=value)
    answer(project, by=cast.head, safety=1)
    with pytest.raises(ValidationError, match="one of the six answers"):
        scoring.correct(
            project, criterion=criterion("safety").pk, value=value, reason="No.", by=cast.manager
        )


def test_what_is_not_asked_is_not_answered(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    out = criterion("readiness")
    sign(reweighed({"readiness": 0, "strategic": 15}), by=cast.administrator)
    with pytest.raises(ValidationError, match="no longer asked"):
        scoring.answer(project, values={out.pk: 3}, by=cast.head)


def test_a_stopped_project_is_not_scored(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    answer(project, by=cast.head, safety=1)
    projects.stop(project, reason="It was enough.", by=cast.manager)
    with pytest.raises(ValidationError, match="This project is stopped"):
        answer(project, by=cast.head, mandate=2)
    with pytest.raises(ValidationError, match="This project is stopped"):
        corrected(project, cast, value=2)


# Corrections


def test_a_correction_counts_and_the_answer_stays(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    assert score_of(project).score == 70
    kept = corrected(project, cast, value=2)
    assert score_of(project).score == 55
    assert (kept.value, kept.answered_by, kept.counted) == (5, cast.head, 2)
    assert (kept.corrected_by, kept.correction_reason) == (cast.manager, "No court ruled.")
    first, *_ = scoring.questions(project)
    assert first.points == 10
    assert first.words.startswith("People die")
    assert first.corrected_words.startswith("It could hurt people")


def test_a_corrected_answer_is_left_by_the_department(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    corrected(project, cast, value=2)
    with pytest.raises(ValidationError, match="safety: a city manager corrected this answer"):
        answer(project, by=cast.head, safety=4)
    assert answer(project, by=cast.head, safety=5, mandate=4) == 1


def test_the_manager_may_let_the_departments_answer_count_again(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    corrected(project, cast, value=2)
    kept = corrected(project, cast, value=5, reason="The audit came.")
    assert (kept.counted, kept.correction_reason) == (5, "The audit came.")
    assert score_of(project).score == 70


def test_a_correction_needs_an_answer_a_reason_and_a_difference(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    with pytest.raises(ValidationError, match="no answer to correct"):
        corrected(project, cast, value=1)
    answer(project, by=cast.head, safety=3)
    with pytest.raises(ValidationError, match="Say why"):
        corrected(project, cast, value=1, reason="  ")
    with pytest.raises(ValidationError, match="counts already"):
        corrected(project, cast, value=3)
    seen = scoring.mark(scoring.questions(project))
    answer(project, by=cast.head, safety=4)
    with pytest.raises(Stale):
        scoring.correct(
            project,
            criterion=criterion("safety").pk,
            value=1,
            reason="No.",
            by=cast.manager,
            seen=seen,
        )
