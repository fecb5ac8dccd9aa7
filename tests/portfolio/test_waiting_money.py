"""Money that waits on finance, heads and security officers, and when it stops waiting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from budgets import asking, ledger
from budgets.models import Budget, BudgetPolicy, CostLine
from portfolio import notices, projects
from portfolio.models import Project, User
from tests.factories import add_costs, hoped_for, make_appropriation, make_project, make_user
from tests.portfolio.budgets.money import hold_made
from tests.portfolio.waiting_steps import costed, kinds, tasks, the


def hold(project: Project, amount: int, *, by: User) -> Any:
    source = make_appropriation()
    held = ledger.hold(budget=project.budget, appropriation=source, amount=Decimal(amount), by=by)
    project.budget.refresh_from_db()
    return held


# Asked for


def test_what_a_department_asks_for_waits_on_every_finance_officer(
    cast: SimpleNamespace,
) -> None:
    project = costed(cast)
    hold(project, 25_000, by=cast.finance)
    asked = asking.ask(project.budget, by=cast.head)
    for officer in (cast.finance, cast.second_finance):
        task = the(officer, "asked")
        assert task.title == f"Allocate $100,000: {project}"
        assert task.about == f"{project.reference} · Parks asks for it"
        assert task.url == reverse("allocation_hold", args=[project.pk])
        assert (task.since, task.by_mail) == (asked.asked_at, True)
        assert "allocate" not in kinds(officer), "one task for one thing"
    for other in (cast.head, cast.manager, cast.security, cast.council, cast.outsider):
        assert "asked" not in kinds(other)


def test_a_request_is_answered_by_money_part_by_part(cast: SimpleNamespace) -> None:
    project = costed(cast)
    asking.ask(project.budget, by=cast.head)
    before = the(cast.finance, "asked")
    hold(project, 100_000, by=cast.finance)
    after = the(cast.finance, "asked")
    assert after.title == f"Allocate $25,000: {project}"
    assert after.key == before.key, "nobody is told again of the same request"
    hold(project, 25_000, by=cast.finance)
    assert tasks(cast.finance, "asked") == []
    assert "allocate" not in kinds(cast.finance)


def test_a_department_asks_before_its_plan_is_complete(cast: SimpleNamespace) -> None:
    project = costed(cast)
    with cast.head.changing():
        CostLine.objects.filter(kind="recurring").delete()
    assert "allocate" not in kinds(cast.finance), "finance waits for a complete plan"
    asking.ask(project.budget, by=cast.head)
    assert the(cast.finance, "asked").record == project.pk


def test_what_is_only_noted_waits_on_nobody(cast: SimpleNamespace) -> None:
    project = costed(cast)
    hoped_for(project.budget, status="requested")
    assert kinds(cast.finance) == {"allocate"}


def test_a_stopped_project_asks_for_nothing(cast: SimpleNamespace) -> None:
    project = costed(cast)
    asking.ask(project.budget, by=cast.head)
    projects.stop(project, reason="Not needed any more.", by=cast.manager)
    assert tasks(cast.finance, "asked") == []


# Declined


def declined(cast: SimpleNamespace, reason: str = "The fund is closed.") -> Project:
    project = costed(cast)
    asked = asking.ask(project.budget, by=cast.head)
    asking.decline(asked, reason=reason, by=cast.finance)
    return project


def test_what_finance_declined_waits_on_the_head_with_the_reason(cast: SimpleNamespace) -> None:
    project = declined(cast)
    task = the(cast.head, "declined")
    assert task.title == f"Finance declined the money: {project}"
    assert task.about == f"{project.reference} · The fund is closed."
    assert task.url == reverse("project_budget", args=[project.pk])
    assert task.by_mail
    second = make_user("Hugo Head", head_of=cast.parks)
    assert the(second, "declined").record == project.pk
    assert "declined" not in kinds(cast.outsider)
    assert kinds(cast.finance) == set(), "finance waits to be asked again"


def test_it_stops_waiting_when_asked_again_removed_or_covered(cast: SimpleNamespace) -> None:
    project = declined(cast)
    first = project.budget.requests.get()
    again = asking.ask(project.budget, by=cast.head)
    assert tasks(cast.head, "declined") == []
    asking.decline(again, reason="Still closed.", by=cast.finance)
    assert the(cast.head, "declined").about.endswith("Still closed."), "the latest reason"
    asking.remove(again, by=cast.head)
    assert the(cast.head, "declined").about.endswith("The fund is closed.")
    asking.remove(first, by=cast.head)
    assert tasks(cast.head, "declined") == []
    assert "allocate" in kinds(cast.finance)
    other = declined(cast)
    hold(other, 125_000, by=cast.finance)
    assert tasks(cast.head, "declined") == []


# Holds that end


def test_a_week_before_its_end_a_hold_is_news_to_everybody_in_finance(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime]
) -> None:
    project = costed(cast)
    held = hold(project, 9, by=cast.finance)
    last_day = held.expires_on
    later(timedelta(days=51))
    before = the(cast.finance, "held")
    assert "ends" not in before.about
    later(timedelta(days=54))
    for officer in (cast.finance, cast.second_finance):
        task = the(officer, "held")
        assert task.title == f"Commit or release $9: {project}"
        assert f"The hold ends on {date_format(last_day)}" in task.about
        assert task.by_mail
        assert task.key != before.key
        assert task.key in {key for due in notices.due() for key in due.new}


def test_the_citys_own_days_count(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime]
) -> None:
    BudgetPolicy.objects.create(hold_days=10, hold_warn_days=2)
    hold(costed(cast), 9, by=cast.finance)
    later(timedelta(days=7))
    assert "ends" not in the(cast.finance, "held").about
    later(timedelta(days=9))
    assert "ends" in the(cast.finance, "held").about


def test_a_hold_that_ended_waits_on_nobody_and_the_money_is_asked_for_again(
    cast: SimpleNamespace,
) -> None:
    project = costed(cast)
    hold_made(62, project, cast, amount=125_000)
    assert "held" not in kinds(cast.finance)
    ledger.expire(on=timezone.localdate())
    assert the(cast.finance, "allocate").title == f"Allocate $125,000: {project}"


# Security


def test_security_below_the_floor_waits_on_the_security_officer(cast: SimpleNamespace) -> None:
    project = make_project(cast)
    add_costs(project.budget, cast=cast)
    with cast.head.changing():
        CostLine.objects.filter(element="security").update(amount=Decimal(1000))
    budget = Budget.objects.get(pk=project.budget_id)
    assert 0 < budget.security_cost < budget.security_floor
    task = the(cast.security, "security")
    assert task.title == f"Ask for more security, or sign a waiver: {project}"
    assert "Parks plans $1,000 for security" in task.about
