"""The commands: what they print and how they end."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from budgets import dedication, ledger
from budgets.models import Budget
from portfolio import projects, ranking
from portfolio.gates import scoping_gate
from portfolio.models import Project
from tests import database
from tests.factories import (
    add_costs,
    adopt_list,
    defined_problem,
    make_appropriation,
    make_project,
    ready_project,
)


def test_gate_prints_a_line_per_blocker_and_fails(
    cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(cast)
    with pytest.raises(SystemExit) as end:
        call_command("gate", project.reference)
    lines = capsys.readouterr().out.splitlines()
    assert end.value.code == 1
    assert lines[0] == "problem_missing\tNo problem is named that this project answers."
    assert len(lines) == 7


def test_gate_is_silent_when_open(
    cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("gate", str(ready_project(cast).pk))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("number", ["99999", "P-99999", "first", "9" * 30])
def test_gate_of_no_project_is_a_sentence(cast: SimpleNamespace, number: str) -> None:
    with pytest.raises(CommandError, match="There is no project"):
        call_command("gate", number)


@pytest.mark.django_db(transaction=True)
def test_verify_history_prints_the_head_and_finds_a_forgery(
    cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(cast)
    call_command("verify_history")
    assert "The history is whole." in capsys.readouterr().out
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("ALTER TABLE portfolio_history DISABLE TRIGGER frozen_history")
        forged = owner.execute(
            "UPDATE portfolio_history SET user_id = 4711 "
            "WHERE id = (SELECT min(id) FROM portfolio_history) RETURNING id"
        ).fetchone()
        owner.execute("ALTER TABLE portfolio_history ENABLE TRIGGER frozen_history")
    with pytest.raises(SystemExit) as end:
        call_command("verify_history")
    assert end.value.code == 1
    assert forged is not None
    assert f"change {forged[0]} was changed after it was written" in capsys.readouterr().out


def test_daily_puts_a_project_on_hold_whose_money_lapsed_overnight(
    cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Midnight comes by moving the city from the last zone of the day to the first."""
    cast.city.time_zone = "Pacific/Pago_Pago"
    cast.city.save()
    last_day = cast.city.today()
    project = make_project(cast, problem=defined_problem(cast))
    add_costs(project.budget, cast=cast)
    source = make_appropriation(
        available_from=last_day - timedelta(days=30), available_until=last_day
    )
    with cast.head.changing():
        Budget.objects.update(phase_start=last_day, phase_end=last_day)
    held = ledger.hold(
        budget=project.budget, appropriation=source, amount=project.budget.needed, by=cast.finance
    )
    ledger.commit(held, by=cast.finance)
    dedication.confirm(project.budget, by=cast.second_finance, on=last_day)
    ranking.add(project, by=cast.manager)
    adopt_list(cast)
    projects.open_scoping(project, by=cast.manager)
    call_command("daily")
    assert "0 gates closed." in capsys.readouterr().out

    cast.city.time_zone = "Pacific/Kiritimati"
    cast.city.save()
    gate = scoping_gate(Project.objects.for_pages().get(pk=project.pk))
    assert [blocker.code for blocker in gate.blockers] == ["money_lapsed"]
    call_command("daily")
    assert "1 gate closed." in capsys.readouterr().out
    project.refresh_from_db()
    assert project.on_hold
    assert project.hold_reason == "The gate closed: its budget is not dedicated."
