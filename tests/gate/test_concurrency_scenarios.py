"""One scenario in many windows, and one used while the list moves, on connections of their own."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from portfolio import ranking, scenarios
from portfolio.models import Scenario, WorkingPosition
from portfolio.ranking import Stale
from tests.factories import make_project
from tests.gate.test_concurrency_list import order, together
from tests.gate.world import settle

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 8


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    cast = settle()
    cast.projects = [make_project(cast) for _ in range(HANDS)]
    ranking.add_all(cast.projects, by=cast.manager)
    cast.scenario = scenarios.copy(name="Water first", by=cast.manager)
    return cast


def refusal_of(change: Callable[[], object]) -> str:
    """Return what refused the change, "" where it was made; a deadlock fails the test."""
    try:
        change()
    except ValidationError as refused:
        return type(refused).__name__
    return ""


def test_of_many_windows_one_moves(cast: SimpleNamespace) -> None:
    def move(place: int) -> Callable[[], object]:
        project = cast.projects[place]
        to = HANDS if place < HANDS // 2 else 1
        return partial(scenarios.move, cast.scenario, project, to=to, seen=0, by=cast.manager)

    ends = together([partial(refusal_of, move(place)) for place in range(HANDS)])
    assert sorted(ends) == ["", *[Stale.__name__] * (HANDS - 1)]
    cast.scenario.refresh_from_db()
    assert cast.scenario.revision == 1
    assert sorted(cast.scenario.order) == sorted(project.pk for project in cast.projects)


def test_a_scenario_used_while_somebody_moves_on_the_list(cast: SimpleNamespace) -> None:
    scenarios.move(cast.scenario, cast.projects[-1], to=1, seen=0, by=cast.manager)
    scenario = Scenario.objects.get()
    mark, first = scenarios.mark(scenario), WorkingPosition.objects.in_order()[0]
    use = partial(scenarios.use, scenario, reason="Floods.", seen=mark, by=cast.manager)
    move = partial(
        ranking.move,
        first.project,
        to=HANDS,
        seen=first.key,
        mark=mark.split(":")[0],
        reason="Urgent.",
        by=cast.manager,
    )
    used, moved = together([partial(refusal_of, use), partial(refusal_of, move)])
    assert sorted([used, moved]) == ["", Stale.__name__]
    scenario.refresh_from_db()
    assert (scenario.used_at is None) == bool(used)
    assert order()[0] == (scenario.order[0] if moved else cast.projects[1].pk)
