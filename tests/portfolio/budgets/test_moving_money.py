"""Holding, committing and releasing money, as finance does it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation
from portfolio.models import Project
from tests.factories import (
    make_appropriation,
    make_project,
)
from tests.pages import words
from tests.portfolio.budgets.money import at, committed, held


@pytest.mark.parametrize("typed", ["50000", "$50,000", " 50 000.00 ", "50,000.0"])
def test_money_is_held_as_people_type_it(
    cast: SimpleNamespace, finance: Client, project: Project, typed: str
) -> None:
    source = make_appropriation(50_000)
    answer = finance.post(at(project, "hold/"), {"appropriation": source.pk, "amount": typed})
    assert (answer.status_code, answer["Location"]) == (302, at(project) + "#money")
    money = Allocation.objects.get()
    assert (money.amount, money.state, money.held_by) == (50_000, "held", cast.finance)
    assert "$50,000 is held. It counts once it is committed." in words(
        finance.get(at(project)).text
    )


def test_the_second_of_two_is_told_at_the_field_what_is_left(
    cast: SimpleNamespace, finance: Client, second: Client, project: Project
) -> None:
    source = make_appropriation(50_000)
    other = make_project(cast)
    typed = {"appropriation": source.pk, "amount": "50,000"}
    assert finance.post(at(other, "hold/"), typed).status_code == 302
    answer = second.post(at(project, "hold/"), typed)
    assert answer.status_code == 422
    page = words(answer.text)
    sentence = (
        f"{source.fund} has $0 left of {source.action_number}. You asked for $50,000. Take less, "
        "or use another appropriation."
    )
    assert f'<a href="#id_amount">Amount – {sentence}</a>' in page
    assert page.count(sentence) == 2
    assert 'value="50,000"' in page
    assert f'<option value="{source.pk}" selected>' in page
    assert Allocation.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "50k"}, "without letters"),
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "0"}, "above zero"),
        ({"appropriation": ""}, "Choose the appropriation that the money comes from."),
        ({"appropriation": "999"}, "This appropriation cannot be used here."),
        ({"appropriation": "9" * 40}, "This appropriation cannot be used here."),
        ({"appropriation": "x"}, "This appropriation cannot be used here."),
    ],
)
def test_what_cannot_be_held_is_said_at_its_field(
    cast: SimpleNamespace,
    finance: Client,
    project: Project,
    typed: dict[str, str],
    sentence: str,
) -> None:
    source = make_appropriation()
    given = {"appropriation": str(source.pk), "amount": "5"} | typed
    answer = finance.post(at(project, "hold/"), given)
    assert answer.status_code == 422
    assert "Fix one thing to continue" in words(answer.text)
    assert sentence in words(answer.text)
    assert not Allocation.objects.exists()


def test_lapsed_money_is_not_offered(finance: Client, project: Project) -> None:
    gone = make_appropriation(available_until=timezone.localdate() - timedelta(days=1))
    make_appropriation()
    assert f"{gone.action_number} ·" not in finance.get(at(project)).text
    answer = finance.post(at(project, "hold/"), {"appropriation": gone.pk, "amount": "5"})
    assert answer.status_code == 422


def test_money_whose_action_names_the_project_counts(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(constraint=Appropriation.Constraint.UNASSIGNED)
    finance.post(
        at(project, "hold/"), {"appropriation": source.pk, "amount": "125,000", "is_named": "on"}
    )
    finance.post(at(project, f"allocations/{Allocation.objects.get().pk}/commit/"))
    project.budget.refresh_from_db()
    assert (project.budget.committed, project.budget.unsuitable) == (125_000, 0)
    assert "The action names this project" in words(finance.get(at(project)).text)


def test_money_is_committed_and_released_by_a_button(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    money = held(project, cast, 9)
    for part, said, state in (
        ("commit", "$9 is committed.", "committed"),
        ("release", "$9 is released.", "released"),
    ):
        answer = finance.post(at(project, f"allocations/{money.pk}/{part}/"))
        assert (answer.status_code, answer["Location"]) == (302, at(project) + "#money")
        assert said in words(finance.get(at(project)).text)
        money.refresh_from_db()
        assert money.state == state


def test_a_button_pressed_too_late_says_so(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    released = ledger.release(committed(project, cast), by=cast.second_finance)
    for part in ("commit", "release"):
        answer = finance.post(at(project, f"allocations/{released.pk}/{part}/"))
        assert answer.status_code == 409
        assert "released already" in words(answer.text)
