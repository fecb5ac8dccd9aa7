"""Time passes and nobody writes a row: the gate closes by the calendar of the city."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from budgets import dedication, ledger
from budgets.models import Budget
from portfolio import projects, scoping
from portfolio.constraints import sentence_for
from portfolio.gates import scoping_gate
from portfolio.models import City, Project, Scope
from tests.factories import adopt_list, make_appropriation
from tests.gate.invariants import assert_all_is_true
from tests.gate.world import World, project_lacking

pytestmark = pytest.mark.usefixtures("inside")


def fresh(project: Project) -> Project:
    return Project.objects.for_pages().get(pk=project.pk)


def project_on_its_last_day(world: World) -> Project:
    """Put a project into scoping whose money lapses tonight, in the westernmost zone."""
    City.objects.update(time_zone="Pacific/Pago_Pago")
    today = City.current().today()
    project = project_lacking(world.cast, ["budget"])
    budget = project.budget
    Budget.objects.filter(pk=budget.pk).update(phase_start=today, phase_end=today)
    budget.refresh_from_db()
    source = make_appropriation(available_until=today, available_from=today - timedelta(days=9))
    allocation = ledger.hold(
        budget=budget, appropriation=source, amount=budget.needed, by=world.cast.finance
    )
    ledger.commit(allocation, by=world.cast.finance)
    dedication.confirm(budget, by=world.cast.second_finance, on=today)
    adopt_list(SimpleNamespace(**vars(world.cast) | {"city": City.current()}))
    return projects.open_scoping(fresh(project), by=world.cast.manager)


def test_money_that_lapses_overnight_closes_the_gate(world: World) -> None:
    project = project_on_its_last_day(world)
    scope = scoping.save(project, approach="Ask families.", seen=0, by=world.cast.head)
    City.objects.update(time_zone="Pacific/Kiritimati")
    assert "money_lapsed" in {blocker.code for blocker in scoping_gate(fresh(project)).blockers}
    with pytest.raises(ValidationError):
        scoping.save(fresh(project), approach="Go on.", seen=scope.revision, by=world.cast.head)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Scope.objects.filter(project=project).update(approach="Go on.")
    assert "budget is not dedicated" in sentence_for(refused.value)
    projects.bring_up_to_date()
    assert fresh(project).on_hold
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


def test_any_write_notices_that_the_money_lapsed(world: World) -> None:
    project = project_on_its_last_day(world)
    City.objects.update(time_zone="Pacific/Kiritimati")
    Project.objects.filter(pk=project.pk).update(title="Another name")
    assert fresh(project).on_hold
    assert "budget is not dedicated" in fresh(project).hold_reason


def test_scoping_is_not_opened_with_yesterdays_facts(world: World) -> None:
    project = project_on_its_last_day(world)
    Project.objects.filter(pk=project.pk).update(stage="stopped", stopped_reason="For now.")
    Project.objects.filter(pk=project.pk).update(stage="concept")
    City.objects.update(time_zone="Pacific/Kiritimati")
    assert fresh(project).budget_dedicated, "nobody has written the row since"
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(stage="scoping")
    with pytest.raises(ValidationError):
        projects.open_scoping(fresh(project), by=world.cast.manager)


def test_a_list_that_lapsed_closes_every_gate(world: World, owner: psycopg.Connection[Any]) -> None:
    # The owner turns the calendar: a list of a year ago, as it looks today.
    owner.execute("ALTER TABLE portfolio_adoptedlist DISABLE TRIGGER frozen_list")
    owner.execute("UPDATE portfolio_adoptedlist SET valid_until = portfolio_today() - 1")
    owner.execute("SAVEPOINT lapsed")
    for statement in (
        f"UPDATE portfolio_project SET stage = 'scoping' WHERE id = {world.ready.pk}",
        f"UPDATE portfolio_scope SET approach = 'Go on.' WHERE project_id = {world.opened.pk}",
    ):
        with pytest.raises(psycopg.Error, match="not on the adopted list in force"):
            owner.execute(statement)
        owner.execute("ROLLBACK TO lapsed")
    owner.execute("UPDATE portfolio_project SET revision = revision WHERE listed")
    row = owner.execute(
        "SELECT stage, on_hold FROM portfolio_project WHERE id = %s", [world.opened.pk]
    ).fetchone()
    assert row == ("scoping", True)
    assert_all_is_true(owner)
