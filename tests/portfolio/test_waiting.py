"""What waits on each role: what it is, since when, and where it is done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from budgets import dedication, ledger
from budgets.models import Budget, CostLine
from portfolio import projects, ranking, scoping
from portfolio.models import City, Membership, Project, RoleGrant, User
from portfolio.roles import Role
from portfolio.waiting.money import COST_GAPS
from portfolio.waiting.projects import OF_FINANCE
from problems import joining
from problems.models import Problem
from problems.review import decisions
from tests.factories import (
    adopt_list,
    declared_priority,
    defined_problem,
    draft_problem,
    make_appropriation,
    make_project,
    make_user,
    ready_project,
    scoping_project,
)
from tests.portfolio.waiting_steps import (
    allocated,
    costed,
    kinds,
    submitted,
    tasks,
    the,
    waiting,
)

# Department heads


def test_a_draft_waits_on_its_head_and_on_nobody_else(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    task = the(cast.head, "draft")
    assert task.title == f"Finish: {problem.title}"
    assert task.url == reverse("problems:edit", args=[problem.pk])
    assert (task.about, task.by_mail) == ("Draft", False)
    others = (cast.outsider, cast.manager, cast.finance, cast.reader)
    assert all("draft" not in kinds(person) for person in others)


def test_a_returned_statement_says_how_many_reasons_wait(cast: SimpleNamespace) -> None:
    problem = submitted(cast)
    make_project(cast, problem=problem)
    decisions.send_back(problem, reasons=[("title", "Who?"), ("", "How many?")], by=cast.manager)
    problem.refresh_from_db()
    task = the(cast.head, "returned")
    assert task.about == "Returned with 2 reasons · 1 project waits for it"
    assert task.since == problem.decided_at
    assert task.by_mail


def test_a_draft_that_another_department_joins_is_news_to_its_head(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    before = the(cast.head, "draft")
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    decisions.accept(problem, by=cast.manager)
    joining.join(problem, department=cast.water, by=cast.outsider)
    decisions.reopen(problem, by=cast.head)
    task = the(cast.head, "draft")
    assert task.about == "Reopened as version 2, joined by Water"
    assert (task.by_mail, before.by_mail) == (True, False)
    assert task.key != before.key
    # It waits on both, and whoever joined knows.
    assert the(cast.outsider, "draft").by_mail is False


def test_a_project_waits_for_its_problem_its_costs_and_its_scope(cast: SimpleNamespace) -> None:
    nameless = make_project(cast)
    task = the(cast.head, "problem")
    assert task.url == reverse("project_problem", args=[nameless.pk])
    without_costs = make_project(cast, problem=defined_problem(cast))
    task = the(cast.head, "costs")
    assert task.url == reverse("project_costs", args=[without_costs.pk])
    assert "Enter what the planned phase costs, line by line. And 3 more." in task.about
    project = scoping_project(cast)
    assert the(cast.head, "scope").since == project.stage_since
    assert the(cast.head, "scope").by_mail
    scoping.save(project, approach="Ask people first.", seen=0, by=cast.head)
    assert tasks(cast.head, "scope") == []
    assert kinds(cast.outsider) == set()


GAPS: dict[str, Callable[[Budget], Any]] = {
    "no_cost": lambda _: CostLine.objects.exclude(kind="recurring").delete(),
    "contingency_short": lambda _: CostLine.objects.filter(element="contingency").delete(),
    "no_security_cost": lambda _: CostLine.objects.filter(element="security").delete(),
    "no_recurring_cost": lambda _: CostLine.objects.filter(kind="recurring").delete(),
    "recurring_without_source": lambda _: CostLine.objects.update(source=None),
    "no_phase": lambda _: Budget.objects.update(phase_start=None, phase_end=None),
}


@pytest.mark.parametrize("code", GAPS)
def test_what_the_gate_says_about_costs_waits_on_the_head(cast: SimpleNamespace, code: str) -> None:
    """The database's words for an incomplete plan are those of `dedication.unmet`."""
    project = costed(cast)
    assert tasks(cast.head, "costs") == []
    assert not Project.objects.filter(COST_GAPS).exists()
    with cast.head.changing():
        GAPS[code](project.budget)
    project.budget.refresh_from_db()
    lacking = dedication.unmet_before_confirmation(project.budget, on=cast.city.today())
    assert code in {item.code for item in lacking} - OF_FINANCE
    assert Project.objects.filter(COST_GAPS).exists()
    assert the(cast.head, "costs").record == project.pk
    assert "allocate" not in kinds(cast.finance), "finance waits for a complete plan"


# Finance officers


def test_money_waits_to_be_allocated_committed_and_confirmed(cast: SimpleNamespace) -> None:
    project = costed(cast)
    task = the(cast.finance, "allocate")
    assert task.title == f"Allocate $125,000: {project}"
    assert task.url == reverse("allocation_hold", args=[project.pk])
    source = make_appropriation()
    part = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(25_000), by=cast.finance
    )
    again = the(cast.finance, "allocate")
    assert again.title == f"Allocate $100,000: {project}"
    assert again.key == task.key, "nobody is told again of the same budget"
    held = the(cast.second_finance, "held")
    assert held.url == reverse("allocation_commit", args=[project.pk, part.pk])
    assert (held.by_mail, the(cast.finance, "held").by_mail) == (True, False)
    ledger.commit(part, by=cast.finance)
    rest = ledger.hold(
        budget=project.budget, appropriation=source, amount=Decimal(100_000), by=cast.finance
    )
    ledger.commit(rest, by=cast.finance)
    assert kinds(cast.second_finance) == {"confirm"}
    assert the(cast.second_finance, "confirm").title == f"Confirm $125,000: {project}"


def test_nobody_is_asked_to_confirm_what_they_prepared(cast: SimpleNamespace) -> None:
    project = allocated(cast, by=cast.finance)
    assert kinds(cast.finance) == set(), "whoever entered the money"
    Membership.objects.create(user=cast.second_finance, department=cast.parks, is_head=True)
    with cast.second_finance.changing():
        Budget.objects.update(prepared_by=cast.second_finance)
    assert "confirm" not in kinds(cast.second_finance), "whoever wrote the costs"
    third = make_user("Thea Third", role=Role.FINANCE_OFFICER)
    assert the(third, "confirm").record == project.pk


def test_money_held_for_a_month_is_news_even_to_who_held_it(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime]
) -> None:
    project = costed(cast)
    source = make_appropriation()
    ledger.hold(budget=project.budget, appropriation=source, amount=Decimal(9), by=cast.finance)
    before = the(cast.finance, "held")
    later(timedelta(days=31))
    task = the(cast.finance, "held")
    assert task.title == f"Commit or release $9: {project}"
    assert (task.by_mail, task.has_waited_long, task.since) == (True, True, before.since)
    assert task.key != before.key


def test_lapsed_money_waits_to_be_replaced(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = ready_project(cast)
    until = project.budget.money_until
    assert until is not None
    monkeypatch.setattr(City, "today", lambda _: until + timedelta(days=1))
    task = the(cast.finance, "replace")
    assert task.title == f"Replace the money: {project}"
    assert task.since.date() == until + timedelta(days=1)
    assert "open" not in kinds(cast.manager), "the gate has closed"


# City managers


def test_a_manager_reviews_others_statements_never_the_own(cast: SimpleNamespace) -> None:
    Membership.objects.create(user=cast.manager, department=cast.water, is_head=True)
    manager = User.objects.get(pk=cast.manager.pk)
    cast.parks, cast.head, parks, head = cast.water, manager, cast.parks, cast.head
    own = submitted(cast)
    cast.parks, cast.head = parks, head
    others = submitted(cast)
    assert [task.record for task in tasks(manager, "review")] == [others.pk]
    task = the(manager, "review")
    assert task.about == "Parks"
    assert (task.since, task.url) == (others.submitted_at, f"/problems/{others.pk}/review/")
    second = make_user("Mio Manager", role=Role.CITY_MANAGER)
    assert {task.record for task in tasks(second, "review")} == {own.pk, others.pk}


def test_an_open_gate_waits_on_the_manager_since_it_opened(cast: SimpleNamespace) -> None:
    project = ready_project(cast)
    task = the(cast.manager, "open")
    assert task.title == f"Open scoping: {project}"
    assert task.url == project.get_absolute_url()
    assert task.since == project.adopted_entries.get().adopted_list.signed_at
    projects.put_on_hold(project, reason="The council asked to wait.", by=cast.manager)
    assert tasks(cast.manager, "open") == [], "whoever held it knows why"


def test_with_every_slot_taken_a_slot_waits_to_be_freed(cast: SimpleNamespace) -> None:
    cast.city.scoping_slots = 1
    cast.city.save()
    scoping_project(cast)
    ready = [ready_project(cast), ready_project(cast)]
    assert "open" not in kinds(cast.manager)
    task = the(cast.manager, "slot")
    assert task.title == "Free a scoping slot: 2 projects are ready"
    assert task.url == reverse("projects") + "?stage=scoping"
    assert task.key.startswith("slot:")
    assert len(ready) == 2


def test_a_project_on_hold_whose_gate_is_open_waits_since_its_hold(cast: SimpleNamespace) -> None:
    project = scoping_project(cast)
    held_at = timezone.now()
    projects.put_on_hold(project, reason="The grant is late.", by=cast.manager)
    task = the(cast.manager, "resume")
    assert task.title == f"Take off hold: {project}"
    assert task.about == f"{project.reference} · The grant is late. Its gate is open"
    assert task.since >= held_at
    decisions.reopen(Problem.objects.get(projects=project), by=cast.head)
    assert "resume" not in kinds(cast.manager), "its gate is closed"


def test_a_gate_that_closed_waits_on_the_head_with_its_reason(cast: SimpleNamespace) -> None:
    project = scoping_project(cast)
    ledger.release(project.budget.allocations.get(), by=cast.finance)
    task = the(cast.head, "closed")
    assert task.title == f"See why the gate closed: {project}"
    assert "its budget is not dedicated" in task.about
    assert task.by_mail
    assert "closed" not in kinds(cast.outsider)


def test_the_working_order_waits_to_be_adopted_once_it_changed(cast: SimpleNamespace) -> None:
    assert "adopt" not in kinds(cast.manager), "an empty order cannot be adopted"
    project = make_project(cast)
    ranking.add(project, by=cast.manager)
    task = the(cast.manager, "adopt")
    assert task.about == "No list has been adopted yet, so no gate can open"
    assert (task.by_mail, task.url) == (False, reverse("list_adopt"))
    second = make_user("Mio Manager", role=Role.CITY_MANAGER)
    assert the(second, "adopt").by_mail, "another manager changed it"
    adopt_list(cast)
    assert "adopt" not in kinds(cast.manager)
    ranking.remove(project, by=cast.manager)
    ranking.add(project, by=cast.manager)
    assert the(cast.manager, "adopt").about == "2 changes since list 1"
    assert the(cast.manager, "adopt").key != task.key


def test_a_list_about_to_lapse_and_a_lapsed_one_wait_on_the_manager(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking.add(make_project(cast), by=cast.manager)
    until = adopt_list(cast).valid_until
    assert until is not None
    found = {}
    for days in (-61, -60, 0, 1):
        day = until + timedelta(days=days)
        monkeypatch.setattr(City, "today", lambda _, day=day: day)
        found[days] = tasks(cast.manager, "adopt")
    assert found[-61] == []
    (ending,), (last_day,), (lapsed,) = found[-60], found[0], found[1]
    assert ending.about.startswith("List 1 ends ")
    assert lapsed.about.startswith("List 1 lapsed on ")
    assert ending.key == last_day.key != lapsed.key
    assert ending.by_mail
    assert lapsed.by_mail


def test_a_priority_about_to_end_waits_on_whoever_declares(cast: SimpleNamespace) -> None:
    today = cast.city.today()
    ending = declared_priority("Clean air", ends_on=today + timedelta(days=30))
    declared_priority("Later", ends_on=today + timedelta(days=31))
    declared_priority("Over", ends_on=today - timedelta(days=1))
    declared_priority("Open")
    draft_problem(cast, critical_priority=ending)
    sent = draft_problem(cast, critical_priority=ending)
    decisions.submit(sent, by=cast.head, on=today)
    task = the(cast.manager, "ending")
    assert task.title == "Declare it longer, or let it end: Clean air"
    assert task.about.endswith("named by 1 problem"), "others' drafts are not counted"
    assert task.url == reverse("problems:priority_change", args=[ending.pk])
    assert kinds(cast.administrator) == {"no_role"}, "administrators hold no power over it"


# The other roles


def test_the_security_officer_sees_budgets_that_leave_security_out(cast: SimpleNamespace) -> None:
    project = costed(cast)
    assert kinds(cast.security) == set()
    with cast.head.changing():
        CostLine.objects.filter(element="security").delete()
    task = the(cast.security, "security")
    assert task.title == f"Ask for the security cost: {project}"
    plans = "Parks plans $115,000, nothing of it for security"
    assert task.about == f"{project.reference} · {plans}"
    assert task.url == reverse("project_budget", args=[project.pk])
    projects.stop(project, reason="Not needed any more.", by=cast.manager)
    assert kinds(cast.security) == set()


def test_council_staff_export_a_new_list_for_a_month(
    cast: SimpleNamespace, later: Callable[[timedelta], datetime]
) -> None:
    ranking.add(make_project(cast), by=cast.manager)
    assert kinds(cast.council) == set()
    adopted = adopt_list(cast)
    task = the(cast.council, "brief")
    assert task.url == reverse("adopted_list_brief", args=[adopted.number])
    assert task.since == adopted.signed_at
    later(timedelta(days=31))
    assert kinds(cast.council) == set()


def test_administrators_give_roles_to_people_who_have_none(cast: SimpleNamespace) -> None:
    task = the(cast.administrator, "no_role")
    assert task.title == "Give a role: Rita Reader"
    assert task.url == reverse("admin:portfolio_user_change", args=[cast.reader.pk])
    RoleGrant.objects.create(user=cast.reader, role=Role.COUNCIL_STAFF)
    assert kinds(cast.administrator) == set()


def test_whoever_has_no_role_is_told_whom_to_ask(cast: SimpleNamespace, signed_in: Any) -> None:
    draft_problem(cast)
    page = signed_in(cast.reader).get("/").text
    assert waiting(cast.reader) == ([], [])
    assert "Ask an administrator for one." in " ".join(page.split())
    assert "Nothing waits on you." in page
