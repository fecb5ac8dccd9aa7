"""What is signed is what was seen: whatever else would be frozen overtakes the page."""

from datetime import timedelta
from types import SimpleNamespace

from portfolio import adopting, ranking
from portfolio.models import City, Project
from problems.models import CriticalPriority
from tests.factories import (
    add_costs,
    declared_priority,
    defined_problem,
    hoped_for,
    make_appropriation,
    make_project,
)
from tests.portfolio.one_list import answer_all, ranked_projects


def offered(cast: SimpleNamespace) -> adopting.Signing:
    return adopting.signing(on=cast.city.today())


def with_money(cast: SimpleNamespace) -> list[bool]:
    """Whether each project of the list has money, first rank first."""
    return [outcome.has_money for outcome in offered(cast).now.walk.outcomes.values()]


def test_slots_that_move_no_line(cast: SimpleNamespace) -> None:
    ranked_projects(cast, 2)
    seen = offered(cast).mark
    with cast.administrator.changing():
        City.objects.update(delivery_slots=9)
    assert offered(cast).mark != seen


def test_money_that_reaches_another_project_at_the_same_sums(cast: SimpleNamespace) -> None:
    projects = [make_project(cast) for _ in range(3)]
    funds = [make_appropriation(amount).fund for amount in (125_000, 10, 125_000)]
    asked = []
    for project, fund in zip(projects, funds, strict=True):
        add_costs(project.budget, cast=cast)
        asked.append(hoped_for(project.budget, fund=fund))
    ranking.add_all(projects, by=cast.manager)
    first = offered(cast)
    assert with_money(cast) == [True, False, True]
    with cast.head.changing():
        for request, fund in zip(asked, (funds[1], funds[0]), strict=False):
            request.fund = fund
            request.save(update_fields=["fund"])
    second = offered(cast)
    assert with_money(cast) == [False, True, True]
    assert second.now.walk.money_line == first.now.walk.money_line
    assert second.now.walk.money_used == first.now.walk.money_used
    assert second.mark != first.mark


def test_what_the_city_no_longer_holds_critical(cast: SimpleNamespace) -> None:
    declared_priority("Clean air")
    ending = declared_priority()
    problems = [defined_problem(cast, critical_priority=ending) for _ in range(2)]
    projects = [make_project(cast, problem=problem) for problem in problems]
    ranking.add_all([*projects, make_project(cast), make_project(cast)], by=cast.manager)
    seen = offered(cast)
    assert seen.now.critical_warnings == ()
    with cast.manager.changing():
        CriticalPriority.objects.filter(pk=ending.pk).update(
            ends_on=cast.city.today() - timedelta(days=1)
        )
    now = offered(cast)
    assert any("0 of the top 4" in warning for warning in now.now.critical_warnings)
    assert now.mark != seen.mark


def test_answers_and_a_problem_that_is_ready_do_not_overtake_it(cast: SimpleNamespace) -> None:
    """They do not change what is signed: heads go on working while the council sits."""
    projects = ranked_projects(cast, 2)
    seen = offered(cast).mark
    answer_all(projects[1], 4, by=cast.head)
    with cast.head.changing():
        Project.objects.filter(pk=projects[0].pk).update(problem=defined_problem(cast))
    assert offered(cast).mark == seen
