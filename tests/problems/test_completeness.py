"""What is missing before a statement is sent: a table of cases, and agreement with the database."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from problems import drafting
from problems.completeness import missing
from problems.models import Cause, Problem, ProblemPolicy
from problems.review import decisions
from tests.factories import draft_problem

EVERYTHING = [
    "title_missing",
    "statement_missing",
    "affected_group_missing",
    "place_missing",
    "impact_now_missing",
    "severity_missing",
    "do_nothing_missing",
    "evidence_missing",
    "cause_missing",
    "contact_missing",
    "measure_missing",
    "solved_12_months_missing",
    "influence_missing",
    "critical_priority_missing",
]


def codes(problem: Problem, on: date | None = None) -> list[str]:
    return [gap.code for gap in missing(problem, on=on or timezone.localdate())]


def test_an_empty_draft_lacks_everything_at_once(cast: SimpleNamespace) -> None:
    assert codes(drafting.start(department=cast.parks, by=cast.head)) == EVERYTHING


def test_a_complete_draft_lacks_nothing(cast: SimpleNamespace) -> None:
    assert codes(draft_problem(cast)) == []


OWN_FIELDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"title": ""}, ["title_missing"]),
    ({"title": "   "}, ["title_missing"]),
    ({"statement": ""}, ["statement_missing"]),
    ({"statement": "Ab cd. " * 86}, ["statement_too_long", "statement_too_many_sentences"]),
    ({"statement": "One waits. Two wait. Three wait."}, []),
    (
        {"statement": "One waits. Two wait. Three wait. Four wait."},
        ["statement_too_many_sentences"],
    ),
    ({"statement": "At St. Mary St. 2.5 people wait. At No. 5 too. So at 9 a.m."}, []),
    ({"statement": "word " * 25}, []),
    ({"statement": "word " * 26}, ["sentence_too_long"]),
    ({"place": ""}, ["place_missing"]),
    ({"impact_now": ""}, ["impact_now_missing"]),
    ({"severity": None}, ["severity_missing"]),
    ({"severity": 0}, []),
    ({"do_nothing": ""}, ["do_nothing_missing"]),
    ({"contact_method": ""}, ["contact_missing"]),
    ({"contact_method": "", "no_contact_reason": "They moved away."}, []),
    ({"influence": ""}, ["influence_missing"]),
    ({"influence": "none"}, ["influence_none"]),
    ({"influence": "convene_only"}, []),
    ({"critical_reason": ""}, ["critical_priority_missing"]),
    ({"critical_reason": " "}, ["critical_priority_missing"]),
    ({"solved_12_months": ""}, ["solved_12_months_missing"]),
    ({"solved_6_months": ""}, []),
    ({"owner": None}, ["owner_missing"]),
    ({"since": None, "frequency": "", "mandate": ""}, []),
]


@pytest.mark.parametrize(("changes", "expected"), OWN_FIELDS)
def test_own_fields(cast: SimpleNamespace, changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(draft_problem(cast, **changes)) == expected


PARTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("affected_groups", {"number": None}, ["affected_group_missing"]),
    ("affected_groups", {"number": 0}, ["affected_group_missing"]),
    ("affected_groups", {"number_source": ""}, ["affected_group_missing"]),
    ("affected_groups", {"who": ""}, ["affected_group_missing"]),
    ("affected_groups", {"as_of": None}, []),
    ("evidence", {"source": ""}, ["evidence_missing"]),
    ("evidence", {"source": "", "link": "https://example.org/"}, []),
    ("causes", {"basis": "assumed"}, ["cause_missing"]),
    ("causes", {"basis": "measured"}, []),
    ("measures", {"name": ""}, ["measure_missing"]),
    ("measures", {"unit": ""}, ["measure_missing"]),
    ("measures", {"direction": ""}, ["measure_missing"]),
    ("measures", {"baseline_value": None}, ["measure_missing"]),
    ("measures", {"baseline_date": None}, ["measure_missing"]),
    ("measures", {"baseline_source": ""}, ["measure_missing"]),
    ("measures", {"baseline_quality": ""}, ["measure_missing"]),
    ("measures", {"target_value": None}, ["measure_missing"]),
    ("measures", {"target_date": None}, ["measure_missing"]),
    ("measures", {"target_value": 26}, ["target_not_better"]),
    ("measures", {"target_value": 30}, ["target_not_better"]),
    ("measures", {"target_value": 30, "direction": "up"}, []),
    ("measures", {"baseline_value": 0, "target_value": 1, "direction": "up"}, []),
]


@pytest.mark.parametrize(("part", "changes", "expected"), PARTS)
def test_parts(
    cast: SimpleNamespace, part: str, changes: dict[str, Any], expected: list[str]
) -> None:
    problem = draft_problem(cast)
    getattr(problem, part).update(**changes)
    assert codes(problem) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"baseline_date": date(2024, 3, 15)}, []),
        ({"baseline_date": date(2024, 3, 14)}, []),
        ({"baseline_date": date(2024, 2, 14)}, ["baseline_too_old"]),
        ({"baseline_date": date(2026, 3, 14)}, []),
        ({"baseline_date": date(2026, 3, 15)}, ["baseline_in_future"]),
        ({"target_date": date(2026, 3, 14)}, ["target_in_past"]),
        ({"target_date": date(2026, 3, 15)}, []),
    ],
)
def test_dates_are_judged_on_the_day_given(
    cast: SimpleNamespace, changes: dict[str, Any], expected: list[str]
) -> None:
    problem = draft_problem(cast)
    problem.measures.update(
        **{"baseline_date": date(2026, 1, 1), "target_date": date(2028, 1, 1)} | changes
    )
    assert codes(problem, on=date(2026, 3, 14)) == expected


def test_one_good_row_is_enough(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    problem.affected_groups.create(who="Others")
    problem.evidence.create(finding="Hearsay")
    problem.causes.create(cause="A guess", basis=Cause.Basis.ASSUMED, depth=2)
    problem.measures.create(name="Something else")
    assert codes(problem) == []


def test_the_numbers_are_the_citys(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    problem.measures.update(baseline_date=timezone.localdate() - timedelta(days=90))
    ProblemPolicy.objects.create(
        baseline_max_age_months=1, statement_max_characters=20, statement_max_sentences=1
    )
    assert codes(problem) == [
        "statement_too_long",
        "statement_too_many_sentences",
        "baseline_too_old",
    ]


def test_sending_lists_every_gap_in_one_refusal(cast: SimpleNamespace) -> None:
    problem = drafting.start(department=cast.parks, by=cast.head)
    with pytest.raises(ValidationError) as refusal:
        decisions.submit(problem, by=cast.head, on=timezone.localdate())
    assert [error.code for error in refusal.value.error_list] == EVERYTHING


@pytest.mark.parametrize(
    "changes",
    [changes for changes, expected in OWN_FIELDS if not expected],
)
def test_what_the_page_calls_complete_the_database_takes(
    cast: SimpleNamespace, changes: dict[str, Any]
) -> None:
    problem = draft_problem(cast, **changes)
    assert decisions.submit(problem, by=cast.head, on=timezone.localdate()).state == "submitted"


@pytest.mark.parametrize(
    ("part", "changes"), [(part, changes) for part, changes, expected in PARTS if not expected]
)
def test_parts_that_the_page_calls_complete_the_database_takes(
    cast: SimpleNamespace, part: str, changes: dict[str, Any]
) -> None:
    problem = draft_problem(cast)
    getattr(problem, part).update(**changes)
    assert decisions.submit(problem, by=cast.head, on=timezone.localdate()).state == "submitted"


def test_words_that_name_a_solution_keep_a_statement_from_being_sent(
    cast: SimpleNamespace, tech_first: Problem
) -> None:
    gaps = missing(tech_first, on=timezone.localdate())
    assert {(gap.code, gap.field) for gap in gaps} == {("tech_first_open", "statement")}
    with pytest.raises(ValidationError, match="or say why it must stay"):
        decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
