"""The criteria of the city, version by version."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from budgets.ledger import Stale
from portfolio import criteria, scoring
from portfolio.criteria import Wanted
from portfolio.models import (
    CriteriaVersion,
    Criterion,
)
from tests.portfolio.scoring_steps import (
    CODES,
    answer,
    reweighed,
    score_of,
    scored,
    sign,
)

# The criteria a city starts with


def test_a_city_starts_with_nine_criteria_that_weigh_100(db: None) -> None:
    version = criteria.newest()
    assert version is not None
    weights = criteria.weights_of(version)
    assert tuple(one.criterion.code for one in weights) == CODES
    assert sum(one.weight for one in weights) == 100
    assert [one.weight for one in weights] == [25, 15, 15, 10, 10, 10, 5, 5, 5]
    assert (version.number, version.signed_by) == (1, None)


# Versions


def test_criteria_that_keep_their_words_keep_their_answers(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    signed = sign(reweighed({"safety": 15, "mandate": 25}), by=cast.administrator)
    assert (signed.version.number, signed.kept, signed.anew) == (2, 9, 0)
    assert score_of(project).score == 15 + Decimal(3 * 85) / 5
    assert score_of(project).is_complete
    assert Criterion.objects.count() == 9


def test_a_reworded_criterion_is_asked_anew_and_decides_ties_as_before(
    cast: SimpleNamespace,
) -> None:
    project = scored(cast, safety=5)
    signed = sign(reweighed({}, safety="Who was hurt last year?"), by=cast.administrator)
    assert (signed.kept, signed.anew) == (8, 1)
    score = score_of(project)
    assert (score.answered, score.asked, score.safety) == (8, 9, None)
    assert scoring.equal_places() == []
    answer(project, by=cast.head, safety=2)
    assert (score_of(project).safety, score_of(project).is_complete) == (2, True)


def test_a_criterion_that_comes_back_brings_its_answers(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    first = criteria.as_wanted(criteria.newest())
    sign(reweighed({"safety": 0, "mandate": 40}), by=cast.administrator)
    assert score_of(project).asked == 8
    signed = sign(first, by=cast.administrator, reason="It was missed.")
    assert (signed.kept, signed.anew) == (8, 1)
    assert (score_of(project).safety, score_of(project).is_complete) == (5, True)


def test_a_new_criterion_gets_a_code_of_its_own(cast: SimpleNamespace) -> None:
    anchors = tuple(f"Answer {value}" for value in range(6))
    wanted = reweighed({"safety": 15})
    wanted += [Wanted("", "Readiness", "Could it start?", anchors, 5)]
    wanted += [Wanted("", "Équité", "For whom?", anchors, 5)]
    sign(wanted, by=cast.administrator)
    codes = [one.code for one in criteria.as_wanted(criteria.newest())]
    assert codes == [*CODES, "readiness_2", "equite"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"safety": 24}, "add up to 99. They must add up to 100"),
        ({"safety": 126}, "add up to 201"),
        ({}, "Nothing differs from version 1"),
    ],
)
def test_weights_add_up_to_100_and_differ(
    cast: SimpleNamespace, changes: dict[str, int], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        sign(reweighed(changes), by=cast.administrator)
    assert CriteriaVersion.objects.count() == 1


def test_a_version_needs_a_reason_whole_words_and_names_that_differ(cast: SimpleNamespace) -> None:
    wanted = reweighed({"safety": 20, "mandate": 20})
    with pytest.raises(ValidationError, match="Say why"):
        sign(wanted, by=cast.administrator, reason=" ")
    gone = wanted[0]._replace(anchors=("", *wanted[0].anchors[1:]))
    with pytest.raises(ValidationError, match="words for each of the six answers"):
        sign([gone, *wanted[1:]], by=cast.administrator)
    twin = wanted[0]._replace(name=wanted[1].name.upper())
    with pytest.raises(ValidationError, match="same name"):
        sign([twin, *wanted[1:]], by=cast.administrator)
    negative = [wanted[0]._replace(weight=-1), wanted[1]._replace(weight=41), *wanted[2:]]
    with pytest.raises(ValidationError, match="1 to 100"):
        sign(negative, by=cast.administrator)


def test_of_two_administrators_the_second_reads_the_first_ones_version(
    cast: SimpleNamespace,
) -> None:
    sign(reweighed({"safety": 20, "mandate": 20}), by=cast.administrator)
    with pytest.raises(Stale, match="new version of the criteria"):
        criteria.new_version(
            wanted=reweighed({"safety": 10, "mandate": 30}),
            reason="Mine.",
            seen=1,
            by=cast.administrator,
        )
