"""The signature of the second officer: given, refused, and taken back."""

from types import SimpleNamespace

from django.test import Client

from budgets.models import Budget
from portfolio.models import Project
from tests.factories import (
    scoping_project,
)
from tests.pages import words
from tests.portfolio.budgets.money import at, committed


def test_the_second_officer_confirms(
    cast: SimpleNamespace, second: Client, project: Project
) -> None:
    committed(project, cast)
    page = second.get(at(project))
    assert "Confirm the budget" in words(page.text)
    answer = second.post(at(project, "confirm/"), {"seen": page.context["version"]})
    assert (answer.status_code, answer["Location"]) == (302, at(project))
    project.refresh_from_db()
    assert project.budget_dedicated
    page_now = words(second.get(at(project)).text)
    assert f"The budget of {project.reference} is dedicated." in page_now
    assert "Every condition holds" in page_now
    assert "Fred Finance confirmed this budget on" in page_now
    assert "Confirm the budget" not in page_now


def test_who_entered_the_money_is_told_to_ask_another(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    committed(project, cast)
    page = words(finance.get(at(project)).text)
    assert "a second finance officer has to confirm it" in page
    assert "Confirm the budget" not in page
    answer = finance.post(at(project, "confirm/"))
    assert answer.status_code == 422
    assert "Fix one thing to continue" in words(answer.text)
    assert "You entered this money or its cost." in words(answer.text)
    project.refresh_from_db()
    assert not project.budget_dedicated


def test_a_confirmation_too_early_lists_everything(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    committed(project, cast, 100_000)
    Budget.objects.filter(pk=project.budget_id).update(phase_end=None)
    answer = finance.post(at(project, "confirm/"))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix 3 things to continue" in page
    for sentence in (
        '<a href="#not_covered">Commit $25,000 more: $100,000 of $125,000 is committed.</a>',
        '<a href="#no_phase">Enter when the planned phase begins and ends.</a>',
        "You entered this money or its cost. A second finance officer has to confirm it.",
    ):
        assert sentence in page


def test_a_confirmation_of_an_older_page_is_refused(
    cast: SimpleNamespace, second: Client, project: Project
) -> None:
    committed(project, cast)
    seen = second.get(at(project)).context["version"]
    committed(project, cast, 1)
    answer = second.post(at(project, "confirm/"), {"seen": seen})
    assert answer.status_code == 409
    assert "The budget changed since you opened this page." in words(answer.text)
    project.refresh_from_db()
    assert not project.budget_dedicated


def test_a_confirmation_of_no_page_is_refused(
    cast: SimpleNamespace, second: Client, project: Project
) -> None:
    committed(project, cast)
    for sent in ({}, {"seen": ""}):
        assert second.post(at(project, "confirm/"), sent).status_code == 409
    project.refresh_from_db()
    assert not project.budget_dedicated


def test_withdrawing_says_what_follows_and_puts_the_project_on_hold(
    cast: SimpleNamespace, finance: Client
) -> None:
    project = scoping_project(cast)
    page = words(finance.get(at(project, "withdraw/")).text)
    assert "This budget is dedicated." in page
    assert "The project is in scoping: it goes on hold at once." in page
    project.refresh_from_db()
    assert project.budget_dedicated
    answer = finance.post(at(project, "withdraw/"), {"sure": "1"})
    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.budget_dedicated, project.on_hold) == (False, True)
    said = f"The confirmation is withdrawn. {project.reference} is on hold."
    assert said in words(finance.get(at(project)).text)


def test_what_is_not_dedicated_cannot_be_withdrawn(finance: Client, project: Project) -> None:
    assert finance.get(at(project, "withdraw/"))["Location"] == at(project)
    answer = finance.post(at(project, "withdraw/"), {"sure": "1"})
    assert answer.status_code == 409
    assert "Nothing is left to withdraw." in words(answer.text)
