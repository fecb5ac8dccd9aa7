"""The whole line by hand, each role at a desk of its own: from a memo to a brief, and to a hold."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from portfolio import ranking
from tests.factories import declared_priority, make_project
from tests.journeys import memo, money_steps, problem_steps, project_steps
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks

# What keeps the project from being scoped once its one-time cost is entered.
BLOCKERS = {"no_recurring_cost", "not_covered", "not_confirmed", "list_missing"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_from_a_memo_to_a_brief_and_to_a_hold(
    way: str, cast: SimpleNamespace, windows: Windows, tmp_path: Path
) -> None:
    desks, scripting = Desks(windows, **WAYS[way]), way != "no scripting"
    head, manager = desks.of(cast.head), desks.of(cast.manager)
    finance, second = desks.of(cast.finance), desks.of(cast.second_finance)
    today = cast.city.today()
    declared_priority(memo.PRIORITY)
    ranking.add_all([make_project(cast), make_project(cast)], by=cast.manager)

    problem_steps.sends_it_incomplete(head, scripting=scripting, on=today)
    problem_steps.completes_it(head, on=today)
    problem_steps.returns_it(manager)
    problem_steps.mends_it(head)
    problem_steps.accepts_it(manager)

    project = project_steps.starts_a_project(head)
    money_steps.enters_costs(head, project, on=today)
    project_steps.is_blocked(head, project, expected=BLOCKERS)
    money_steps.enters_a_fund(finance, on=today)
    money_steps.enters_the_running_cost(head, project)
    money_steps.asks_finance(head, project)
    money_steps.holds_and_commits(finance, project, scripting=scripting)
    money_steps.confirms(second, project)

    project_steps.puts_it_on_the_list(manager)
    project_steps.moves_it_up(manager, scripting=scripting)
    project_steps.adopts(manager)
    project_steps.opens_scoping(manager, project)
    project_steps.writes_the_scope(head, project, on=today)
    project_steps.reads_the_brief(desks.of(cast.council), tmp_path)

    money_steps.releases(finance, project)
    project_steps.is_on_hold(head, project)
