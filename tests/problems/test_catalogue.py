"""The measures to pick from, and why an output is no starting point."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from problems import catalogue, drafting
from problems.models import Measure, Problem
from tests.factories import draft_problem
from tests.problems.desk import autosave, opened, send
from tests.problems.pages import typed, words


@pytest.fixture
def page(cast: SimpleNamespace, signed_in: Any) -> SimpleNamespace:
    draft = drafting.start(department=cast.parks, by=cast.head)
    return opened(signed_in(cast.head), draft, "success")


# The list


def test_the_list_is_whole() -> None:
    entries = catalogue.entries()
    codes = [entry.code for entry in entries]
    outcomes = {entry.code for entry in entries if entry.is_outcome}
    assert len(outcomes) >= 45
    assert len(codes) == len(set(codes))
    assert len({entry.name for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.name, entry.code
        assert entry.unit, entry.code
        assert entry.source, entry.code
        assert len(entry.code) <= 40, entry.code
        assert len(entry.name) <= 160, entry.code
        assert set(entry.instead) <= outcomes, entry.code
        assert bool(entry.instead) != entry.is_outcome, entry.code


def test_measures_stand_together_by_theme() -> None:
    themes = [theme for theme, _ in catalogue.by_theme()]
    assert len(themes) == len(set(themes))
    assert sum(len(choices) for _, choices in catalogue.by_theme()) == len(catalogue.entries())


def test_a_measure_is_found_by_its_code() -> None:
    found = catalogue.by_code("days_311")
    assert found is not None
    assert found.code == "days_311"
    assert catalogue.by_code("zeppelin") is None


# Picking one


def test_picking_a_measure_fills_in_what_is_empty(page: SimpleNamespace) -> None:
    send(page, measures__0__catalogue_code="days_311")
    row = page.problem.measures.get()
    assert (row.name, row.unit, row.direction, row.kind) == (
        "Days until a 311 request is closed, median",
        "days",
        Measure.Direction.DOWN,
        Measure.Kind.OUTCOME,
    )


def test_picking_a_measure_leaves_what_was_typed(page: SimpleNamespace) -> None:
    send(page, measures__0__catalogue_code="days_311", measures__0__unit="work days")
    assert page.problem.measures.get().unit == "work days"


def test_picking_another_takes_the_place_of_the_first(page: SimpleNamespace) -> None:
    send(page, measures__0__catalogue_code="days_311")
    again = opened(page.client, page.problem, "success")
    send(again, measures__0__catalogue_code="turnout")
    row = page.problem.measures.get()
    assert (row.name, row.direction) == ("Turnout in city elections", Measure.Direction.UP)


def test_while_typing_the_filled_in_controls_take_their_places(page: SimpleNamespace) -> None:
    text = words(autosave(page, measures__0__catalogue_code="days_311"))
    assert 'name="measures-0-unit" value="days"' in text
    assert '<option value="down" selected>' in text


@pytest.mark.parametrize(
    ("code", "why"), [("cameras", "did or installed"), ("money_spent", "spends or has")]
)
def test_an_output_or_input_is_explained_at_the_field_and_not_saved(
    page: SimpleNamespace, code: str, why: str
) -> None:
    answer = send(
        page, measures__0__catalogue_code=code, measures__0__baseline_value="300", leave="1"
    )
    entry = catalogue.by_code(code)
    assert entry
    text = words(answer)
    assert answer.status_code == 422
    assert f"“{entry.name}” counts what the city {why}." in text
    for other in catalogue.outcomes_for(entry):
        assert f"“{other.name}”" in text
    assert 'href="#id_measures-0-catalogue_code"' in text
    assert typed(answer)["measures-0-baseline_value"] == "300"
    assert not page.problem.measures.exclude(kind="outcome").exists()


def test_an_own_measure_of_work_done_is_explained_too(page: SimpleNamespace) -> None:
    answer = send(
        page,
        measures__0__name="Cameras put up",
        measures__0__kind="output",
        measures__0__baseline_value="300",
    )
    assert answer.status_code == 422
    assert "This measure counts what the city did or installed." in words(answer)
    row = page.problem.measures.get()
    assert (row.name, row.kind, row.baseline_value) == ("Cameras put up", "outcome", None)


def test_a_saved_outcome_stays_one_when_an_output_is_picked(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "success")
    assert send(page, measures__0__catalogue_code="cameras").status_code == 422
    row = page.problem.measures.get()
    assert (row.kind, row.catalogue_code, row.baseline_value) == ("outcome", "", 26)


def test_the_database_keeps_starting_values_to_outcomes(cast: SimpleNamespace) -> None:
    problem: Problem = draft_problem(cast)
    for kind in ("output", "input"):
        with (
            pytest.raises(IntegrityError, match="measure_baseline_is_outcome"),
            transaction.atomic(),
        ):
            problem.measures.update(kind=kind)
    problem.measures.update(kind="output", baseline_value=None)
