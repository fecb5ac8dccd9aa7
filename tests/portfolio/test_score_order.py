"""The order by score, how ties are decided, and how far ranks are from it."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio import line_facts, ranking, scoring
from portfolio.models import (
    Project,
    WorkingPosition,
)
from problems.models import Problem
from problems.review import decisions
from tests.factories import add_costs, define, draft_problem, make_project
from tests.portfolio.scoring_steps import (
    answer,
    score_of,
    scored,
)

# The order by score


def test_the_order_by_score_holds_what_is_listed_and_complete(cast: SimpleNamespace) -> None:
    low, high = scored(cast, safety=1), scored(cast, safety=5)
    scored(cast, listed=False)
    partly = make_project(cast)
    ranking.add(partly, by=cast.manager)
    answer(partly, by=cast.head, safety=5)
    assert order_by_score(cast) == [high.pk, low.pk]


def order_by_score(cast: Any) -> list[int]:
    return list(line_facts.standing(cast.city.today()).score_ranks)


def ranked(by_score: list[int]) -> dict[int, int]:
    return {project: rank for rank, project in enumerate(by_score, start=1)}


def test_ties_are_decided_in_the_order_of_the_chain(cast: SimpleNamespace) -> None:
    """Each pair has one score; what decides between the two comes first in the chain."""
    rows = {
        "safety": scored(cast, safety=4, severity_reach=2, readiness=2, operating_cost=2),
        "mandate": scored(cast, mandate=4, severity_reach=2),
        "outside_money": scored(cast, outside_money=4, readiness=2),
        "people": scored(cast),
        "whole_life": scored(cast),
        "defined_at": scored(cast),
        "key": scored(cast),
        "last": scored(cast),
    }
    assert {score_of(one).score for one in rows.values()} == {60}
    give_problem(rows["people"], accepted(cast, people=9000))
    give_problem(rows["defined_at"], accepted(cast, people=6200))
    give_problem(rows["whole_life"], accepted(cast, people=6200))
    give_problem(rows["key"], accepted(cast, people=6200))
    give_problem(rows["last"], Problem.objects.latest("pk"))
    add_costs(rows["whole_life"].budget, cast=cast, cost=1000)
    shuffled = [rows[name] for name in ("key", "last", "defined_at", "whole_life", "people")]
    reorder([*shuffled, rows["outside_money"], rows["mandate"], rows["safety"]])

    by_score = order_by_score(cast)
    assert by_score == [one.pk for one in rows.values()]
    ties = scoring.tie_breaks(ranked(by_score), by_score)
    decided = [ties[one.pk][-1] for one in list(rows.values())[:-1]]
    assert [tie.decided_by for tie in decided] == [*scoring.DECIDED_BY.values()]
    assert all(tie.is_before for tie in decided)
    last = ties[rows["last"].pk]
    assert [tie.sentence for tie in last] == [
        f"Same score as P-{rows['key'].pk:03d}; after it by the manager’s order"
    ]


def accepted(cast: Any, *, people: int) -> Problem:
    problem = draft_problem(cast)
    problem.affected_groups.update(number=people)
    return define(problem, cast=cast)


def give_problem(project: Project, problem: Problem) -> None:
    Project.objects.filter(pk=project.pk).update(problem=problem)


def reorder(projects: list[Project]) -> None:
    WorkingPosition.objects.all().delete()
    for index, project in enumerate(projects):
        WorkingPosition.objects.create(project=project, key=f"a{index}")


def test_a_statement_that_is_not_accepted_decides_nothing(cast: SimpleNamespace) -> None:
    first, second = scored(cast), scored(cast)
    problem = accepted(cast, people=9000)
    give_problem(second, problem)
    assert order_by_score(cast) == [second.pk, first.pk]
    decisions.reopen(problem, by=cast.head)
    assert order_by_score(cast) == [first.pk, second.pk]


def test_neighbors_with_other_scores_have_no_tie(cast: SimpleNamespace) -> None:
    for safety in (1, 3, 5):
        scored(cast, safety=safety)
    by_score = order_by_score(cast)
    assert scoring.tie_breaks(ranked(by_score), by_score) == {}
    assert scoring.tie_breaks({}, []) == {}


def test_ties_are_told_for_what_is_shown_only(cast: SimpleNamespace) -> None:
    first, second, third = (scored(cast) for _ in range(3))
    by_score = order_by_score(cast)
    ties = scoring.tie_breaks(ranked(by_score), {first.pk})
    assert set(ties) == {first.pk, second.pk}
    assert [tie.neighbor for tie in ties[first.pk]] == [second.pk]
    assert third.pk not in ties


def test_the_order_is_one_query(cast: SimpleNamespace, django_assert_num_queries: Any) -> None:
    for _ in range(4):
        scored(cast)
    with django_assert_num_queries(1):
        scoring.equal_places()
    by_score = order_by_score(cast)
    with django_assert_num_queries(1):
        scoring.tie_breaks(ranked(by_score), by_score)


# Rank and score


def test_places_are_counted_among_the_scored_only() -> None:
    off = scoring.places_off([9, 8, 1, 2, 7, 3], {3: 1, 1: 2, 2: 3})
    assert off == {1: -1, 2: -1, 3: 2}


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (0, "as its score says"),
        (1, "1 place below its score"),
        (-1, "1 place above its score"),
        (-1200, "1,200 places above its score"),
    ],
)
def test_how_far_a_rank_is_from_its_score_in_words(places: int, words: str) -> None:
    assert scoring.off_in_words(places) == words


@given(st.permutations(range(12)), st.permutations(range(12)), st.integers(0, 12))
def test_places_off_cancel_out_and_vanish_in_score_order(
    order: list[int], by_score: list[int], scored_ones: int
) -> None:
    ranks = {one: rank for rank, one in enumerate(by_score[:scored_ones], start=1)}
    off = scoring.places_off(order, ranks)
    assert set(off) == set(ranks)
    assert sum(off.values()) == 0
    comparison = scoring.compare(order, ranks)
    assert comparison.off == off
    again = scoring.places_off(comparison.best_first, ranks)
    assert set(again.values()) <= {0}
