"""What a process remembers of the list: right after every change, by whomever, and cheap."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.models import Appropriation, Budget, CostLine
from portfolio import line_facts, line_needs, ranking
from portfolio.line_facts import Standing, standing
from portfolio.models import City, Project, WorkingPosition
from tests import database
from tests.factories import declared_priority, make_appropriation, make_project

# Written by the database from answers, and by nothing else.
FOLLOWS = "portfolio_projectscore"


@pytest.fixture
def listed(cast: SimpleNamespace) -> list[Project]:
    some = [make_project(cast) for _ in range(3)]
    ranking.add_all(some, by=cast.manager)
    return some


def now() -> Standing:
    return standing(City.current().today())


def read_anew() -> Standing:
    """Read everything, past what is remembered."""
    mark, order = line_facts._read_order()
    facts = line_needs.read(City.current().today())
    return Standing(order, mark, facts, facts.start)


def queries() -> int:
    """How many queries it takes to know how the list stands."""
    on = City.current().today()
    with CaptureQueriesContext(connection) as asked:
        standing(on)
    return len(asked)


def move_last_to_first() -> None:
    """Move by raw SQL, as any client may; the key sorts before all that the site makes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE portfolio_workingposition SET key = 'A' || key "
            "WHERE key = (SELECT max(key) FROM portfolio_workingposition)"
        )


class TestQueries:
    def test_nothing_changed(self, listed: list[Project]) -> None:
        now()
        assert queries() == 1

    def test_everything_is_read_with_few(self, listed: list[Project]) -> None:
        assert queries() == 9

    @pytest.mark.django_db(transaction=True)
    def test_after_a_move_only_the_order_is_read(self, listed: list[Project]) -> None:
        facts = now().facts
        move_last_to_first()
        assert queries() == 2
        assert now().facts is facts
        assert now().order == (listed[2].pk, listed[0].pk, listed[1].pk)
        assert queries() == 1

    @pytest.mark.django_db(transaction=True)
    def test_a_change_elsewhere_costs_nothing(self, cast: SimpleNamespace) -> None:
        before = now()
        with cast.administrator.changing():
            cast.parks.name = "Parks and forests"
            cast.parks.save()
        assert queries() == 1
        assert now() is before

    def test_what_is_read_is_what_is_watched(self, listed: list[Project]) -> None:
        with CaptureQueriesContext(connection) as asked:
            line_needs.read(City.current().today())
        text = " ".join(query["sql"] for query in asked)
        read = set(re.findall(r'"((?:portfolio|budgets|problems)_[a-z]+)"', text))
        assert read - {FOLLOWS, line_facts.ORDER_TABLE} <= set(line_needs.TABLES)

    def test_what_is_watched_has_a_history(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'record_history'"
            )
            recorded = {row[0] for row in cursor.fetchall()}
        assert {*line_needs.TABLES, line_facts.ORDER_TABLE} <= recorded


class TestOpenTransaction:
    """Of the test itself: nothing here is ever committed."""

    def test_sees_its_own_changes(self, listed: list[Project]) -> None:
        before = now()
        City.objects.update(delivery_slots=1)
        assert now().limits.slots == before.limits.slots - 4
        move_last_to_first()
        assert now().order[0] == listed[2].pk

    def test_forgets_what_is_undone(self, listed: list[Project]) -> None:
        before = now()
        with transaction.atomic():
            move_last_to_first()
            City.objects.update(delivery_slots=1)
            assert now() != before
            transaction.set_rollback(True)
        assert now() == before

    def test_another_change_after_an_undone_one(self, listed: list[Project]) -> None:
        now()
        for slots in (1, 2, 3):
            with transaction.atomic():
                City.objects.update(delivery_slots=slots)
                assert now().facts.slots == 3 + slots
                transaction.set_rollback(True)
            City.objects.update(delivery_slots=slots + 10)
            assert now().facts.slots == 3 + slots + 10


@pytest.mark.django_db(transaction=True)
class TestOtherConnections:
    @pytest.fixture
    def other(self, listed: list[Project]) -> Iterator[Any]:
        """Another client, with the site's rights."""
        with database.connect("default") as client:
            yield client

    def test_what_is_not_committed_is_not_seen(self, other: Any, listed: list[Project]) -> None:
        before = now()
        other.execute("UPDATE portfolio_city SET delivery_slots = 1")
        other.execute(
            "UPDATE portfolio_workingposition SET key = 'A' || key WHERE project_id = %s",
            [listed[2].pk],
        )
        assert now() is before
        other.commit()
        assert now().facts.slots == before.facts.slots - 4
        assert now().order[0] == listed[2].pk

    def test_what_is_undone_is_never_seen(self, other: Any) -> None:
        before = now()
        other.execute("UPDATE portfolio_city SET delivery_slots = 1")
        other.rollback()
        assert now() is before

    def test_an_old_change_committed_late_is_seen(self, other: Any) -> None:
        """Its number in the history is lower than that of a change that was seen before."""
        now()
        other.execute("UPDATE portfolio_city SET delivery_slots = 1")
        move_last_to_first()
        assert now().facts.slots == 8
        other.commit()
        assert now().facts.slots == 4
        assert now() == read_anew()

    def test_a_transaction_sees_itself_and_leaves_nothing_behind(self, other: Any) -> None:
        before = now()
        with transaction.atomic():
            City.objects.update(delivery_slots=1)
            mine = now()
            assert mine.facts.slots == before.facts.slots - 4
            assert now() is mine
            with ThreadPoolExecutor(1) as elsewhere:
                assert elsewhere.submit(seen_elsewhere).result().facts.slots == before.facts.slots
            assert now().facts.slots == before.facts.slots - 4
            transaction.set_rollback(True)
        assert now().facts.slots == before.facts.slots

    def test_a_transaction_that_only_locks_keeps_what_is_known(self, listed: list[Project]) -> None:
        facts = now().facts
        with transaction.atomic():
            WorkingPosition.objects.select_for_update().first()
            assert now().facts is facts
            move_last_to_first()
            assert now().facts is facts
            assert now().order[0] == listed[2].pk

    def test_another_database_is_another_list(self, listed: list[Project]) -> None:
        assert len(now().order) == 3
        database.flush()
        City.objects.create(name="Elsewhere")
        assert now().order == ()


def seen_elsewhere() -> Standing:
    """Return the standing as another thread with its own connection sees it."""
    try:
        return now()
    finally:
        connection.close()


def test_each_day_has_its_own(cast: SimpleNamespace, listed: list[Project]) -> None:
    today = cast.city.today()
    source = make_appropriation(1000, available_until=today)
    assert standing(today).limits.money == {source.fund.pk: 1000_00}
    assert standing(today + timedelta(days=1)).limits.money == {}
    assert standing(today).limits.money == {source.fund.pk: 1000_00}


def change_slots(number: int) -> None:
    City.objects.update(delivery_slots=number % 50 + 1)


def add_cost(number: int) -> None:
    budget = Budget.objects.order_by("pk")[number % 3]
    CostLine.objects.create(
        budget=budget,
        fiscal_year=budget.first_fiscal_year,
        kind=CostLine.Kind.CAPITAL,
        element=CostLine.Element.SERVICES,
        amount=Decimal(number + 1),
    )


def hold_project(number: int) -> None:
    project = Project.objects.order_by("pk")[number % 3]
    project.on_hold = not project.on_hold
    project.hold_reason = "Waiting." if project.on_hold else ""
    project.save()


def appropriate(number: int) -> None:
    make_appropriation(number + 1)


def name_money(number: int) -> None:
    budget = Budget.objects.order_by("pk")[number % 3]
    make_appropriation(number + 1, for_budget=budget, constraint=Appropriation.Constraint.ASSIGNED)


def declare(number: int) -> None:
    declared_priority(name=f"Priority {number}")


def move_last(number: int) -> None:
    move_last_to_first()


def take_off_or_put_on(number: int) -> None:
    project = Project.objects.order_by("pk")[number % 3]
    removed, _ = WorkingPosition.objects.filter(project=project).delete()
    if not removed:
        WorkingPosition.objects.create(project=project, key=f"z{number}")


CHANGES = (
    change_slots,
    add_cost,
    hold_project,
    appropriate,
    name_money,
    declare,
    move_last,
    take_off_or_put_on,
)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(CHANGES), st.integers(0, 99), st.booleans(), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_after_any_changes_it_is_what_would_be_read(
    listed: list[Project], changes: list[tuple[Callable[[int], None], int, bool, bool]]
) -> None:
    """Each change is committed or undone; some are looked at in between."""
    for change, number, is_undone, is_seen in changes:
        with transaction.atomic():
            with transaction.atomic():
                change(number)
            assert not is_seen or now() == read_anew()
            transaction.set_rollback(is_undone)
        assert now() == read_anew()
