"""What a page says after a change behind a confirmation, and confirming what changed since."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets.models import Budget, BudgetVersion
from portfolio.models import Project
from tests.factories import dedicate, ready_project, scoping_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, committed


def sheet(budget: Budget, **amounts: str) -> dict[str, Any]:
    """The cost page as it is sent, with other amounts for some elements."""
    lines = list(budget.cost_lines.all())
    sent: dict[str, Any] = {
        "seen": budget.revision,
        "phase_start": budget.phase_start,
        "phase_end": budget.phase_end,
        "no_recurring_reason": budget.no_recurring_reason,
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": len(lines),
    }
    for place, line in enumerate(lines):
        sent |= {
            f"lines-{place}-line": line.pk,
            f"lines-{place}-fiscal_year": line.fiscal_year,
            f"lines-{place}-kind": line.kind,
            f"lines-{place}-element": line.element,
            f"lines-{place}-amount": amounts.get(line.element, line.amount),
            f"lines-{place}-note": line.note,
            f"lines-{place}-source": line.source_id or "",
        }
    return sent


def save(client: Client, project: Project, **amounts: str) -> str:
    """Save other amounts, and return the page that follows."""
    answer = client.post(at(project, "costs/"), sheet(project.budget, **amounts), follow=True)
    assert answer.status_code == 200, words(answer.text)
    return words(answer.text)


def test_a_cheaper_cost_keeps_the_gate_open_and_says_why(
    cast: SimpleNamespace, head: Client
) -> None:
    project = ready_project(cast)
    page = save(head, project, services="80,000")
    assert "The gate stays open: it costs $10,000 less and the money is the same." in page
    project.refresh_from_db()
    assert project.budget_dedicated


def test_a_dearer_cost_closes_it_and_says_why(cast: SimpleNamespace, head: Client) -> None:
    project = scoping_project(cast)
    year = project.budget.first_fiscal_year
    page = save(head, project, services="90,001")
    assert (
        f"The budget lost its confirmation, because it costs $1 more in FY {year}. "
        f"{project.reference} is on hold." in page
    )
    project.refresh_from_db()
    assert (project.budget_dedicated, project.on_hold) == (False, True)


def test_less_security_closes_it_and_says_why(cast: SimpleNamespace, head: Client) -> None:
    project = ready_project(cast)
    page = save(head, project, security="9,000")
    assert "because it plans $1,000 less for security." in page
    project.refresh_from_db()
    assert not project.budget_dedicated


def test_a_gate_that_was_not_open_does_not_stay_open(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    dedicate(project.budget, cast=cast)
    project.refresh_from_db()
    page = save(head, project, services="80,000")
    assert "The budget stays dedicated: it costs $10,000 less" in page


# What the second officer reads and signs


def test_the_second_officer_reads_what_changed_since_the_last_version(
    cast: SimpleNamespace, head: Client, second: Client
) -> None:
    project = ready_project(cast)
    budget = project.budget
    budget.cost_lines.filter(element="services").update(note="Two people for a year")
    save(head, project, services="90,500", contingency="25,125")
    budget.cost_lines.filter(element="services").update(note="Three people for a year")
    committed(project, cast, 625)
    page = words(second.get(at(project)).text)
    for part in (
        "Version 1 was confirmed by Fred Finance on",
        "It does not count any more.",
        "What changed since version 1",
        "<strong >+$500</strong>",
        "$90,000",
        "$90,500",
        "Three people for a year",
        "Confirm the budget",
    ):
        assert part in page
    seen = second.get(at(project)).context["version"]
    answer = second.post(at(project, "confirm/"), {"seen": seen}, follow=True)
    assert "Version 2 says what you signed, and never changes." in words(answer.text)
    assert "What changed since version" not in words(answer.text)
    assert BudgetVersion.objects.get(number=2).one_time_cost == 100_500


def test_what_changed_while_dedicated_is_confirmed_again(
    cast: SimpleNamespace, head: Client, second: Client
) -> None:
    project = ready_project(cast)
    save(head, project, services="80,000")
    page = second.get(at(project))
    assert "The gate stays open, because none of it costs more" in words(page.text)
    answer = second.post(at(project, "confirm/"), {"seen": page.context["version"]})
    assert answer.status_code == 302
    assert BudgetVersion.objects.filter(budget=project.budget).count() == 2


def test_nothing_is_confirmed_twice(cast: SimpleNamespace, second: Client) -> None:
    project = ready_project(cast)
    assert "Confirm the budget" not in words(second.get(at(project)).text)
    answer = second.post(at(project, "confirm/"))
    assert answer.status_code == 409
    assert "This budget is dedicated already." in words(answer.text)
    assert BudgetVersion.objects.count() == 1


def test_who_entered_the_money_does_not_confirm_what_changed(
    cast: SimpleNamespace, head: Client, finance: Client
) -> None:
    project = ready_project(cast)
    save(head, project, services="80,000")
    assert "Confirm the budget" not in words(finance.get(at(project)).text)
    answer = finance.post(at(project, "confirm/"))
    assert answer.status_code == 422
    assert "A second finance officer has to confirm it." in words(answer.text)
    assert BudgetVersion.objects.count() == 1


def test_a_page_of_an_older_cost_signs_nothing(
    cast: SimpleNamespace, head: Client, second: Client
) -> None:
    project = ready_project(cast)
    save(head, project, services="80,000")
    seen = second.get(at(project)).context["version"]
    project.budget.refresh_from_db()
    save(head, project, services="70,000")
    answer = second.post(at(project, "confirm/"), {"seen": seen})
    assert answer.status_code == 409
    assert "The budget changed since you opened this page." in words(answer.text)
    assert BudgetVersion.objects.count() == 1


# The page as a whole


def test_contingency_is_shown_by_stage(cast: SimpleNamespace, head: Client) -> None:
    project = scoping_project(cast)
    page = words(head.get(at(project)).text)
    assert "Design: the policy asks for 15 percent, $15,000" in page


def test_running_it_names_the_fund_of_each_year(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    last = project.budget.first_fiscal_year + 4
    project.budget.cost_lines.filter(fiscal_year=last).update(source=None)
    page = head.get(at(project))
    running = page.context["running"]
    assert [year.is_paid for year in running] == [True] * 4 + [False]
    assert [year.amount for year in running] == [5000] * 5
    assert "No fund yet" in words(page.text)


def test_a_line_without_a_fund_among_paid_ones_is_told(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    line = project.budget.cost_lines.filter(kind="recurring").first()
    assert line is not None
    line.pk, line.source, line.amount = None, None, Decimal(7)
    line.save()
    page = words(head.get(at(project)).text)
    assert "Not all has a fund" in page


@pytest.mark.parametrize("who", ["manager", "council", "security"])
def test_readers_see_versions_and_no_button(cast: SimpleNamespace, who: str) -> None:
    project = ready_project(cast)
    page = words(client_of(getattr(cast, who)).get(at(project)).text)
    assert "Fred Finance confirmed this budget on" in page
    assert f'<a href="/projects/{project.pk}/budget/versions/1/">Version 1</a>' in page
    assert "Withdraw the confirmation" not in page
