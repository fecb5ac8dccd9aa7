"""Two people, one statement: the second sees both versions, and overwrites only on purpose."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from problems import drafting
from problems.models import Problem
from problems.review import decisions
from tests.factories import defined_problem, draft_problem
from tests.problems.desk import opened, saved, send
from tests.problems.pages import typed, words


@pytest.fixture
def draft(cast: SimpleNamespace) -> Problem:
    return drafting.start(department=cast.parks, by=cast.head)


def test_a_stale_page_shows_both_and_overwrites_only_on_purpose(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "who", add="affected_groups")
    with_row = {"affected_groups__1__who": "Riders"}
    assert send(page, place="Depot 4", **with_row).status_code == 302

    stale = send(page, place="Depot 7", title="Mine", affected_groups__0__number="9,999")
    text = words(stale)
    assert stale.status_code == 409
    assert (saved(page).place, saved(page).title) != ("Depot 7", "Mine")
    for shown in (
        "Depot 7",
        "Depot 4",
        "How many: 9,999",
        "How many: 6,200",
        "Who they are: Riders",
    ):
        assert shown in text
    kept = typed(stale)
    assert (kept["place"], kept["title"]) == ("Depot 7", "Mine")

    page.shown = stale
    assert send(page).status_code == 302
    assert (saved(page).place, saved(page).title) == ("Depot 7", "Mine")
    rows = [(row.who, row.number) for row in page.problem.affected_groups.all()]
    assert rows == [("Households", 9999), ("Riders", None)]


def test_a_row_somebody_took_out_meanwhile_comes_back_only_on_purpose(
    cast: Any, signed_in: Any
) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "proof")
    send(page, causes__0__DELETE="on")
    stale = send(page, causes__0__cause="Four lists")
    assert stale.status_code == 409
    assert "Because: Four lists" in words(stale)
    assert not page.problem.causes.exists()
    page.shown = stale
    send(page)
    assert page.problem.causes.get().cause == "Four lists"


def test_the_same_page_sent_twice_is_saved_once(cast: Any, signed_in: Any, draft: Problem) -> None:
    page = opened(signed_in(cast.head), draft, "proof")
    for _ in range(2):
        response = send(page, mandate="Section 4", causes__0__cause="Three lists")
        assert response.status_code == 302
    assert draft.causes.count() == 1


def test_words_typed_while_the_statement_was_sent_in_are_not_lost(
    cast: Any, signed_in: Any
) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "who")
    decisions.submit(page.problem, by=cast.head, on=timezone.localdate())
    response = send(page, place="Somewhere else")
    assert response.status_code == 409
    assert "This problem is in review. Reopen it" in words(response)
    assert typed(response)["place"] == "Somewhere else"
    assert saved(page).place == "City-wide"


@pytest.mark.parametrize("route", ["edit", "step"])
def test_a_defined_problem_is_not_edited(cast: Any, signed_in: Any, route: str) -> None:
    problem = defined_problem(cast)
    args = [problem.pk, "who"] if route == "step" else [problem.pk]
    response = signed_in(cast.head).get(reverse(f"problems:{route}", args=args), follow=True)
    assert response.redirect_chain == [(problem.get_absolute_url(), 302)]
    assert "This problem is defined. Reopen it to change its words." in words(response)
