"""What the walk reads: which money counts, who takes a slot, what a project names."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from budgets import asking, ledger
from budgets.models import Appropriation, BudgetPolicy, CostLine, Fund
from portfolio import adopting, projects, ranking
from portfolio.line_facts import Standing, sentence, standing
from portfolio.lines import Outcome, Why
from portfolio.models import City, Project, WorkingPosition
from portfolio.models.scoring import HIGHEST_ANSWER
from tests.factories import (
    adopt_list,
    declared_priority,
    draft_problem,
    hoped_for,
    make_appropriation,
    make_project,
    ready_project,
    scoping_project,
)
from tests.portfolio.scoring_steps import scored

Constraint = Appropriation.Constraint


@pytest.fixture
def money() -> Appropriation:
    """A fund with $1,000 of committed money."""
    return make_appropriation(1000)


def listed(cast: SimpleNamespace, cost: int = 0, *funds: Fund) -> Project:
    """Put a project on the list that costs so many dollars and asks these funds."""
    project = make_project(cast)
    if cost:
        CostLine.objects.create(
            budget=project.budget,
            fiscal_year=project.budget.first_fiscal_year,
            kind=CostLine.Kind.CAPITAL,
            element=CostLine.Element.SERVICES,
            amount=Decimal(cost),
        )
    for fund in funds:
        hoped_for(project.budget, fund=fund)
    ranking.add(project, by=cast.manager)
    return project


def now(cast: SimpleNamespace) -> Standing:
    return standing(City.current().today())


def outcome(cast: SimpleNamespace, project: Project) -> Outcome:
    return now(cast).walk.outcomes[project.pk]


def in_words(cast: SimpleNamespace, project: Project) -> str:
    found = now(cast)
    return sentence(found.walk.outcomes[project.pk], found.funds)


def move(cast: SimpleNamespace, project: Project, to: int) -> None:
    seen = WorkingPosition.objects.get(project=project).key
    ranking.move(project, to=to, seen=seen, by=cast.manager, reason="A pipe burst.")


class TestMoney:
    def test_of_a_request_is_short_in_words(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        first, second = (listed(cast, cost, money.fund) for cost in (600, 1200))
        assert outcome(cast, first).why is Why.FITS
        assert in_words(cast, first) == ""
        assert in_words(cast, second) == f"next, but $800 short in Fund {money.fund.code}"

    def test_cents_are_kept(self, cast: SimpleNamespace) -> None:
        source = make_appropriation(Decimal("99.99"))
        project = listed(cast, 100, source.fund)
        assert in_words(cast, project) == f"next, but $0.01 short in Fund {source.fund.code}"

    @pytest.mark.parametrize(
        ("constraint", "counts"),
        [
            (Constraint.RESTRICTED, True),
            (Constraint.COMMITTED, True),
            (Constraint.ASSIGNED, False),
            (Constraint.UNASSIGNED, False),
            (Constraint.NONSPENDABLE, False),
        ],
    )
    def test_counts_as_it_does_for_a_dedicated_budget(
        self, cast: SimpleNamespace, constraint: str, counts: bool
    ) -> None:
        source = make_appropriation(1000, constraint=constraint)
        assert outcome(cast, listed(cast, 100, source.fund)).has_money is counts

    def test_that_is_assigned_counts_where_the_city_says_so(self, cast: SimpleNamespace) -> None:
        source = make_appropriation(1000, constraint=Constraint.ASSIGNED)
        project = listed(cast, 100, source.fund)
        assert not outcome(cast, project).has_money
        BudgetPolicy.objects.update_or_create(pk=1, defaults={"allow_assigned": True})
        assert outcome(cast, project).has_money

    def test_counts_until_its_last_day(self, cast: SimpleNamespace) -> None:
        last = cast.city.today() + timedelta(days=3)
        source = make_appropriation(1000, available_until=last)
        project = listed(cast, 100, source.fund)
        assert standing(last).walk.outcomes[project.pk].has_money
        assert not standing(last + timedelta(days=1)).walk.outcomes[project.pk].has_money

    def test_that_an_action_gives_one_budget_is_its_own(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        project = listed(cast, 700)
        other = listed(cast, 1000, money.fund)
        make_appropriation(500, fund=money.fund, for_budget=project.budget, constraint="unassigned")
        assert now(cast).needs[project.pk].own == 500_00
        assert outcome(cast, project).why is Why.FITS
        # The project took 500 of its own and 200 of the fund, which its budget names thereby.
        assert outcome(cast, other).missing == 200_00
        assert (now(cast).walk.money, now(cast).walk.money_used) == (1500_00, 700_00)

    def test_that_is_held_is_promised_and_names_its_fund(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        other, project = listed(cast, 1000, money.fund), listed(cast, 700)
        held = ledger.hold(
            budget=project.budget, appropriation=money, amount=Decimal(300), by=cast.finance
        )
        assert now(cast).needs[project.pk].promised == ((money.fund.pk, 300_00),)
        assert outcome(cast, other).missing == 300_00
        assert outcome(cast, project).why is Why.FITS
        ledger.release(held, by=cast.finance)
        assert now(cast).needs[project.pk].promised == ()
        assert outcome(cast, other).has_money
        assert in_words(cast, project) == "names no fund for $700"

    def test_of_a_hold_that_ended_is_free_and_its_fund_still_named(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        project = listed(cast, 700)
        held = ledger.hold(
            budget=project.budget, appropriation=money, amount=Decimal(300), by=cast.finance
        )
        held.refresh_from_db()
        assert held.expires_on is not None
        need = standing(held.expires_on + timedelta(days=1)).needs[project.pk]
        assert (need.promised, need.names) == ((), (money.fund.pk,))

    def test_promised_of_its_own_appropriation_is_not_there_twice(
        self, cast: SimpleNamespace
    ) -> None:
        project = listed(cast, 700)
        source = make_appropriation(500, for_budget=project.budget)
        ledger.hold(
            budget=project.budget, appropriation=source, amount=Decimal(300), by=cast.finance
        )
        need = now(cast).needs[project.pk]
        assert (need.promised, need.own) == (((source.fund.pk, 300_00),), 200_00)
        assert outcome(cast, project).missing == 200_00
        assert now(cast).walk.money == 500_00

    def test_that_does_not_count_is_not_promised(self, cast: SimpleNamespace) -> None:
        source = make_appropriation(500, constraint=Constraint.UNASSIGNED)
        project = listed(cast, 300)
        ledger.hold(
            budget=project.budget, appropriation=source, amount=Decimal(300), by=cast.finance
        )
        assert not outcome(cast, project).has_money
        assert now(cast).needs[project.pk].names == (source.fund.pk,)

    def test_declined_requests_name_no_fund(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        project = listed(cast, 100)
        asked = hoped_for(
            project.budget, fund=money.fund, asked_by=cast.head, asked_at=timezone.now()
        )
        assert outcome(cast, project).has_money
        asking.decline(asked, reason="Not this year.", by=cast.finance)
        assert outcome(cast, project).why is Why.NO_FUND

    def test_funds_are_asked_in_order_own_allocated_requested(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        last, first = (make_appropriation(1000) for _ in range(2))
        project = listed(cast, 100, last.fund)
        ledger.hold(budget=project.budget, appropriation=money, amount=Decimal(1), by=cast.finance)
        make_appropriation(5, fund=first.fund, for_budget=project.budget)
        assert now(cast).needs[project.pk].names == tuple(
            one.fund.pk for one in (first, money, last)
        )

    def test_without_a_cost_nothing_is_estimated(self, cast: SimpleNamespace) -> None:
        assert in_words(cast, listed(cast)) == "its cost is not estimated"


class TestPeople:
    def test_concepts_want_a_slot_and_work_under_way_keeps_it(self, cast: SimpleNamespace) -> None:
        under_way, concept = scoping_project(cast), listed(cast)
        found = now(cast)
        assert found.needs[under_way.pk][-4:-2] == (True, False)
        assert found.needs[concept.pk][-4:-2] == (False, True)
        assert found.limits.slots == cast.city.scoping_slots + cast.city.delivery_slots

    def test_on_hold_takes_no_slot(self, cast: SimpleNamespace) -> None:
        under_way, concept = scoping_project(cast), listed(cast)
        for project in (under_way, concept):
            projects.put_on_hold(project, reason="Waiting.", by=cast.manager)
        found = now(cast)
        assert found.needs[under_way.pk][-4:-2] == (False, False)
        assert found.needs[concept.pk][-4:-2] == (False, False)


class TestReadyAndCritical:
    def test_ready_is_who_has_all_three(self, cast: SimpleNamespace) -> None:
        ready, concept = ready_project(cast), listed(cast)
        assert now(cast).needs[ready.pk].is_ready
        assert not now(cast).needs[concept.pk].is_ready
        projects.put_on_hold(ready, reason="Waiting.", by=cast.manager)
        assert not now(cast).needs[ready.pk].is_ready

    def test_critical_is_what_a_sent_problem_serves_on_that_day(
        self, cast: SimpleNamespace
    ) -> None:
        declared = declared_priority(ends_on=cast.city.today())
        problem = draft_problem(cast, critical_priority=declared)
        project = make_project(cast, problem=problem)
        ranking.add(project, by=cast.manager)
        assert not now(cast).needs[project.pk].is_critical
        problem.first_submitted_at = timezone.now()
        problem.save()
        assert now(cast).needs[project.pk].is_critical
        tomorrow = cast.city.today() + timedelta(days=1)
        assert not standing(tomorrow).needs[project.pk].is_critical

    def test_a_share_below_the_floor_is_told(
        self, cast: SimpleNamespace, money: Appropriation
    ) -> None:
        listed(cast, 100, money.fund)
        assert now(cast).critical_warnings == ()
        declared_priority()
        assert now(cast).critical_warnings == (
            "0 of the top 1 serve a critical priority: less than the city’s 50 percent.",
            "0 percent of the dollars that reach projects serve a critical priority: less than "
            "the city’s 50 percent.",
        )
        City.objects.update(critical_floor_percent=0)
        assert now(cast).critical_warnings == ()


class TestScoreOrder:
    def test_equal_places_follow_the_managers_order(self, cast: SimpleNamespace) -> None:
        low, one, other = (
            scored(cast, safety=value) for value in (0, HIGHEST_ANSWER, HIGHEST_ANSWER)
        )
        assert list(now(cast).score_ranks) == [one.pk, other.pk, low.pk]
        move(cast, other, 1)
        assert now(cast).score_ranks == {other.pk: 1, one.pk: 2, low.pk: 3}

    def test_counts_only_who_is_on_the_list(self, cast: SimpleNamespace) -> None:
        away, there = (scored(cast, listed=is_there) for is_there in (False, True))
        assert now(cast).score_ranks == {there.pk: 1}
        ranking.add(away, by=cast.manager)
        assert now(cast).score_ranks == {there.pk: 1, away.pk: 2}


class TestWhatIf:
    def test_moved_is_what_a_move_does(self, cast: SimpleNamespace, money: Appropriation) -> None:
        some = [listed(cast, cost, money.fund) for cost in (600, 300, 400, 100)]
        tried = now(cast).moved(some[2].pk, 1)
        assert tried.order == tuple(some[n].pk for n in (2, 0, 1, 3))
        move(cast, some[2], 1)
        assert now(cast).walk == tried.walk
        assert tried.ranks == now(cast).ranks

    def test_less_money_in_all_funds_or_in_one(self, cast: SimpleNamespace) -> None:
        streets, water = make_appropriation(1000), make_appropriation(1000)
        some = [listed(cast, 1000, one.fund) for one in (streets, water)]
        found = now(cast)
        less = found.changed(change_percent=-10, fund_changes={water.fund.pk: 50})
        assert [less.walk.outcomes[one.pk].missing for one in some] == [100_00, 0]
        assert found.walk.outcomes[some[0].pk].has_money
        assert now(cast) is found or now(cast) == found

    def test_less_money_reaches_what_an_action_gives_one_budget(
        self, cast: SimpleNamespace
    ) -> None:
        project = listed(cast, 500)
        source = make_appropriation(500, for_budget=project.budget)
        ledger.hold(
            budget=project.budget, appropriation=source, amount=Decimal(400), by=cast.finance
        )
        found = now(cast)
        assert found.walk.outcomes[project.pk].has_money
        a_tenth, a_half = (found.changed(change_percent=by) for by in (-10, -50))
        assert a_tenth.needs[project.pk].own == 50_00
        assert a_tenth.walk.outcomes[project.pk].missing == 50_00
        # 250 are there where 400 are promised: the promise falls away.
        assert a_half.walk.outcomes[project.pk].missing == 250_00

    def test_more_slots_and_another_order(self, cast: SimpleNamespace) -> None:
        some = [listed(cast) for _ in range(3)]
        turned = tuple(one.pk for one in reversed(some))
        tried = now(cast).changed(order=turned, slots=1)
        assert tried.order == turned
        assert (tried.walk.people_line, tried.walk.slots) == (1, 1)
        assert tried.walk.outcomes[some[2].pk].has_people


class TestMark:
    def test_is_the_mark_of_the_order(self, cast: SimpleNamespace) -> None:
        assert now(cast).mark == adopting.order_mark() == "0"
        some = [listed(cast) for _ in range(2)]
        move(cast, some[1], 1)
        assert now(cast).mark == adopting.order_mark() != "0"

    def test_adopting_leaves_it(self, cast: SimpleNamespace) -> None:
        listed(cast)
        before = now(cast).mark
        adopt_list(cast)
        assert now(cast).mark == before
