"""Committing and releasing money, as finance does it."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation
from portfolio.models import Project
from tests.factories import dedicate, make_appropriation
from tests.pages import words
from tests.portfolio.budgets.money import at, committed, held


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


def test_a_step_says_what_the_appropriation_would_have_left(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(100)
    money = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(40), by=cast.finance
    )
    commit, release = (
        words(finance.get(at(project, f"allocations/{money.pk}/{part}/")).text)
        for part in ("commit", "release")
    )
    after = "The same: this money is held already."
    assert after in commit
    assert commit.count('<dd class="num">$60</dd>') == 2
    assert after not in release
    assert '<dt> Left afterward </dt> <dd class="num">$100</dd>' in release
    for page in (commit, release):
        assert f'<dt>Left of {source.action_number} now</dt> <dd class="num">$60</dd>' in page


# On a dedicated budget


def extra(project: Project, cast: SimpleNamespace, **changes: Any) -> Allocation:
    """More money held for the project after its budget was dedicated."""
    dedicate(project.budget, cast=cast)
    return ledger.hold(
        budget=project.budget,
        appropriation=make_appropriation(**changes),
        amount=Decimal(7),
        by=cast.finance,
    )


@pytest.mark.parametrize("parts", [("commit", "release"), ("release",)])
def test_more_money_comes_and_goes_without_a_warning(
    cast: SimpleNamespace, finance: Client, project: Project, parts: tuple[str, ...]
) -> None:
    money = extra(project, cast)
    for part in parts:
        path = at(project, f"allocations/{money.pk}/{part}/")
        page = words(finance.get(path).text)
        assert "The budget stays dedicated." in page
        assert "no longer dedicated" not in page
        assert 'name="sure"' not in page
        assert finance.post(path).status_code == 302
        project.refresh_from_db()
        assert project.budget_dedicated


NOT_FIT: list[tuple[dict[str, Any], str]] = [
    (
        {"constraint": Appropriation.Constraint.UNASSIGNED},
        "Unassigned money counts only if its action names this project.",
    ),
    (
        {"available_until": timezone.localdate() + timedelta(days=10)},
        "It does not cover the planned phase",
    ),
]


@pytest.mark.parametrize(("changes", "reason"), NOT_FIT)
def test_committing_money_that_does_not_fit_is_asked_twice_with_the_reason(
    cast: SimpleNamespace,
    finance: Client,
    project: Project,
    changes: dict[str, Any],
    reason: str,
) -> None:
    path = at(project, f"allocations/{extra(project, cast, **changes).pk}/commit/")
    asked, overtaken = finance.get(path), finance.post(path)
    assert (asked.status_code, overtaken.status_code) == (200, 409)
    for page in (asked, overtaken):
        assert reason in words(page.text)
        assert "is no longer dedicated, and its scoping gate closes" in words(page.text)
    project.refresh_from_db()
    assert project.budget_dedicated
    assert finance.post(path, {"sure": "1"}).status_code == 302
    project.refresh_from_db()
    assert not project.budget_dedicated
    assert "The budget lost its confirmation" in words(finance.get(at(project)).text)


def test_releasing_confirmed_money_is_asked_twice(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    dedicate(project.budget, cast=cast)
    confirmed = project.budget.allocations.get()
    path = at(project, f"allocations/{confirmed.pk}/release/")
    assert f'href="{path}"' in words(finance.get(at(project)).text)
    asked, overtaken = finance.get(path), finance.post(path)
    assert (asked.status_code, overtaken.status_code) == (200, 409)
    for page in (asked, overtaken):
        assert "The confirmation stands on this $125,000." in words(page.text)
    assert finance.post(path, {"sure": "1"}).status_code == 302
    project.refresh_from_db()
    assert not project.budget_dedicated


def test_a_budget_dedicated_meanwhile_is_not_undone_by_an_older_page(
    cast: SimpleNamespace, finance: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page foretold no end; the ledger finds out, and nothing is done."""
    money = committed(project, cast)
    dedicate(project.budget, cast=cast)
    monkeypatch.setattr("budgets.steps.why_release_ends", lambda *_, **__: "")
    first = project.budget.allocations.exclude(pk=money.pk).get()
    answer = finance.post(at(project, f"allocations/{first.pk}/release/"))
    assert answer.status_code == 409
    assert "is no longer dedicated" in words(answer.text)
    assert 'name="sure"' in words(answer.text)
    project.refresh_from_db()
    assert project.budget_dedicated


def test_money_that_is_available_later_closes_the_gate_until_then(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    today = timezone.localdate()
    project.budget.phase_start = today + timedelta(days=20)
    project.budget.save(update_fields=["phase_start"])
    money = extra(project, cast, available_from=today + timedelta(days=10))
    path = at(project, f"allocations/{money.pk}/commit/")
    page = words(finance.get(path).text)
    assert "It is available from" in page
    assert finance.post(path).status_code == 409
