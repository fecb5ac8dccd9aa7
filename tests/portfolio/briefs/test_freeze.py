"""What a brief holds, read from the records in a bounded number of queries."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import ledger, spending
from budgets.models import CostLine
from portfolio import projects, ranking, scoping
from portfolio.briefs import freeze
from portfolio.briefs.content import ProjectBrief
from portfolio.models import AdoptedList, Deliverable, Milestone, Project, Risk, ScopeOption, User
from problems.models import AffectedGroup, Cause, Evidence, Measure, PriorAttempt
from tests import factories

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def brief_of(project: Project, by: User) -> ProjectBrief:
    return freeze.project_brief(project, by=by, at=NOON)


def plain_values(value: Any) -> bool:
    """Return whether `value` is made of frozen parts and plain values alone."""
    if is_dataclass(value):
        return all(plain_values(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple):
        return all(plain_values(item) for item in value)
    return value is None or type(value) in {str, Decimal, date, int, bool}


def test_a_brief_is_made_of_plain_frozen_values(cast: SimpleNamespace) -> None:
    brief = brief_of(factories.scoping_project(cast), cast.council)
    assert plain_values(brief)
    with pytest.raises(FrozenInstanceError):
        brief.title = "Another"  # type: ignore[misc]


def test_a_ready_project_says_where_it_stands(cast: SimpleNamespace) -> None:
    project = factories.ready_project(cast, title="One sign-up for programs")
    brief = brief_of(project, cast.council)
    assert brief.gate.is_ready
    assert brief.gate.headline == (
        "This project may be scoped: problem, budget and priority are all defined."
    )
    assert brief.title == "One sign-up for programs"
    assert brief.masthead.prepared_by == "Cora Council"
    assert brief.masthead.prepared_at == "Nov. 22, 2026, 12:00 PM CST"
    assert brief.priority
    assert (brief.priority.rank, brief.priority.length, brief.priority.is_in_force) == (1, 1, True)
    assert brief.budget.is_dedicated
    assert brief.budget.confirmed_by == "Fred Finance"
    assert brief.budget.one_time == 100_000
    assert brief.budget.contingency == 25_000
    assert brief.budget.recurring == 25_000
    assert brief.budget.whole_life == 150_000
    assert brief.budget.security_percent == Decimal("6.7")
    assert [row.amount for row in brief.budget.allocations] == [Decimal(125_000)]
    assert brief.budget.tables[0].total == brief.budget.whole_life
    assert brief.scope is None


def test_a_new_project_lists_every_blocker_with_its_owner(cast: SimpleNamespace) -> None:
    brief = brief_of(factories.make_project(cast), cast.council)
    assert brief.gate.headline == "This project may not be scoped yet: 3 of 3 are missing."
    assert not brief.gate.is_ready
    assert "problem_missing" in [blocker.code for blocker in brief.gate.blockers]
    assert all(blocker.sentence and blocker.owner for blocker in brief.gate.blockers)
    assert brief.problem is None
    assert brief.priority is None
    assert brief.budget.chart is None


def test_a_project_on_hold_says_so(cast: SimpleNamespace) -> None:
    project = factories.scoping_project(cast)
    projects.put_on_hold(project, reason="The vendor left.", by=cast.manager)
    brief = brief_of(project, cast.council)
    assert brief.gate.headline == "This project is on hold."
    assert brief.gate.reason == "The vendor left."
    assert brief.gate.is_blocked


def test_a_stopped_project_says_why(cast: SimpleNamespace) -> None:
    project = projects.stop(
        factories.make_project(cast), reason="Peers dropped it.", by=cast.manager
    )
    brief = brief_of(project, cast.council)
    assert (brief.gate.headline, brief.gate.reason) == (
        "This project is stopped.",
        "Peers dropped it.",
    )
    assert not brief.gate.is_ready


def test_the_head_of_the_history_is_printed(cast: SimpleNamespace) -> None:
    brief = brief_of(factories.make_project(cast), cast.council)
    before = brief.masthead.history_entry
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT max(id), encode(max(hash), 'hex') FROM portfolio_historylink")
    brief = brief_of(Project.objects.get(), cast.council)
    assert brief.masthead.history_entry > before, "the chain is written as a transaction ends"
    assert len(brief.masthead.history_head) == 16


def test_a_draft_of_another_department_is_not_shown(cast: SimpleNamespace) -> None:
    project = factories.make_project(cast, problem=factories.draft_problem(cast))
    own = brief_of(project, cast.head).problem
    others = brief_of(project, cast.council).problem
    assert own
    assert others
    assert own.statement.startswith("Parents who register")
    assert others.statement == (
        "The statement is a draft that was never sent in. Only its department can read it."
    )
    assert others.standing == "Draft: not accepted by a reviewer."
    assert not others.groups
    assert not others.facts


def test_a_problem_keeps_its_numbers_with_source_and_date(cast: SimpleNamespace) -> None:
    project = factories.ready_project(cast)
    assert project.problem
    group = AffectedGroup.objects.get(problem=project.problem)
    problem = brief_of(project, cast.council).problem
    assert problem
    assert problem.groups[0].number == group.number
    assert problem.groups[0].source == "Registration log 2025"
    assert problem.measures[0].baseline == 26
    assert problem.measures[0].baseline_source == "Registration log 2025"
    assert problem.causes[0].basis == "Observed"
    labels = [fact.label for fact in problem.facts]
    assert labels.index("What happens today") < labels.index("If nothing is done")
    assert problem.standing.startswith("Accepted by Mara Manager on ")


def test_only_web_links_of_evidence_are_kept(cast: SimpleNamespace) -> None:
    problem = factories.draft_problem(cast)
    for link in ("javascript:alert(1)", "file:///etc/passwd", "HTTPS://example.org/a"):
        Evidence.objects.create(problem=problem, finding=link, link=link)
    part = brief_of(factories.make_project(cast, problem=problem), cast.head).problem
    assert part
    assert [item.link for item in part.evidence] == ["", "", "", "HTTPS://example.org/a"]


def test_released_money_is_not_shown_and_held_money_is(cast: SimpleNamespace) -> None:
    project = factories.make_project(cast)
    source = factories.make_appropriation()
    for amount in (100, 200):
        ledger.hold(
            budget=project.budget, appropriation=source, amount=Decimal(amount), by=cast.finance
        )
    ledger.release(project.budget.allocations.get(amount=100), by=cast.finance)
    rows = brief_of(project, cast.council).budget.allocations
    assert [(row.amount, row.state) for row in rows] == [(Decimal(200), "Held")]


def test_many_years_come_in_several_tables(cast: SimpleNamespace) -> None:
    project = factories.make_project(cast)
    for year in range(2027, 2040):
        CostLine.objects.create(
            budget=project.budget, fiscal_year=year, kind="recurring", element="staff", amount=10
        )
    budget = brief_of(project, cast.council).budget
    assert [len(table.years) for table in budget.tables] == [6, 6, 1]
    assert sum(table.total for table in budget.tables) == 130
    assert budget.chart
    assert [bar.label for bar in budget.chart.bars][-1] == "Later"


@pytest.mark.parametrize("rows", [1, 12])
def test_a_scope_takes_no_query_per_row(cast: SimpleNamespace, rows: int) -> None:
    project = factories.scoping_project(cast)
    scope = scoping.save(project, approach="By hand first.", seen=0, by=cast.head)
    for place in range(rows):
        ScopeOption.objects.create(scope=scope, kind="other", description=f"Way {place}")
        Deliverable.objects.create(scope=scope, what=f"Row {place}", done_when="It is there")
        Milestone.objects.create(scope=scope, what=f"Row {place}", due=date(2027, 3, 31))
        Risk.objects.create(scope=scope, what=f"Row {place}", likelihood=4)
    brief = brief_in(16, project, cast.council)
    assert brief.scope
    assert [option.description for option in brief.scope.options] == [
        f"Way {place}" for place in range(rows)
    ]
    assert brief.scope.deliverables[0].when == "It is there"
    assert brief.scope.milestones[0].when == "March 31, 2027"
    assert {risk.likelihood for risk in brief.scope.risks} == {4}


@pytest.mark.parametrize("rows", [1, 12])
def test_a_problem_takes_no_query_per_row(cast: SimpleNamespace, rows: int) -> None:
    problem = factories.draft_problem(cast)
    for place in range(rows):
        AffectedGroup.objects.create(problem=problem, who=f"Row {place}", as_of=date(2026, 1, 2))
        Measure.objects.create(problem=problem, name=f"Row {place}")
        Cause.objects.create(problem=problem, cause=f"Row {place}", depth=2)
        Evidence.objects.create(problem=problem, finding=f"Row {place}", dated=date(2026, 1, 2))
        PriorAttempt.objects.create(problem=problem, what=f"Row {place}", year=2021)
    part = brief_in(16, factories.make_project(cast, problem=problem), cast.head).problem
    assert part
    assert part.groups[-1].as_of == part.evidence[-1].dated == date(2026, 1, 2)
    assert part.causes[-1].depth == 2
    assert part.attempts[-1].year == "2021"
    lengths = {len(part.groups), len(part.measures), len(part.causes), len(part.evidence)}
    assert lengths == {rows + 1}


def brief_in(most: int, project: Project, by: User) -> ProjectBrief:
    """Return the brief, frozen for a person whose roles are not read yet, in `most` queries."""
    reader = User.objects.get(pk=by.pk)
    with CaptureQueriesContext(connection) as queries:
        brief = brief_of(project, reader)
    assert len(queries) <= most, [query["sql"][:200] for query in queries]
    return brief


def listed(cast: SimpleNamespace, count: int) -> AdoptedList:
    for place in range(count):
        ranking.add(factories.make_project(cast, title=f"Project {place}"), by=cast.manager)
    return factories.adopt_list(cast)


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_takes_the_same_few_queries_at_any_length(cast: SimpleNamespace, count: int) -> None:
    signed = listed(cast, count)
    with CaptureQueriesContext(connection) as queries:
        brief = freeze.list_brief(signed, by=cast.council, at=NOON)
    assert [entry.rank for entry in brief.entries] == list(range(1, count + 1))
    assert len(queries) == 6, [query["sql"] for query in queries]


def test_a_list_adds_up_from_rank_to_rank(cast: SimpleNamespace) -> None:
    first = factories.ready_project(cast)
    second = factories.make_project(cast, title="Second")
    factories.add_costs(second.budget, cast=cast, cost=40_000)
    ranking.add(second, by=cast.manager)
    signed = factories.adopt_list(cast)
    brief = freeze.list_brief(signed, by=cast.council, at=datetime.now(UTC))
    assert [entry.title for entry in brief.entries] == [first.title, "Second"]
    assert [entry.cost_so_far for entry in brief.entries] == [125_000, 175_000]
    assert [entry.committed_so_far for entry in brief.entries] == [125_000, 125_000]
    assert [entry.is_covered for entry in brief.entries] == [True, False]
    assert brief.cost == 175_000
    assert brief.committed_now == 125_000
    assert brief.standing.startswith("It is in force: adopted ")
    assert plain_values(brief)


def test_a_replaced_list_says_so(cast: SimpleNamespace) -> None:
    old = listed(cast, 1)
    new = factories.adopt_list(cast)
    brief = freeze.list_brief(old, by=cast.council, at=datetime.now(UTC))
    assert brief.standing.endswith(f"Priority list {new.number} has replaced it.")


def test_a_brief_says_what_was_spent_and_what_the_cost_pays_for(cast: SimpleNamespace) -> None:
    project = factories.ready_project(cast)
    budget = project.budget
    fund = budget.allocations.get().appropriation.fund
    place = spending.Place(budget.pk, fund.pk, budget.first_fiscal_year)
    part = brief_of(project, cast.council).budget
    assert part.spent_chart is None
    assert part.pays_for_chart
    assert part.pays_for_chart.finding.startswith("Bars of the whole-life cost")
    spending.record(
        {place: Decimal(140_000)},
        source=spending.Source("books.csv", "ab" * 32, date(2026, 10, 31)),
        seen=spending.mark({}),
        by=cast.finance,
    )
    brief = brief_of(project, cast.council)
    assert plain_values(brief)
    assert brief.budget.spent_up_to == date(2026, 10, 31)
    assert next((year.planned, year.spent) for year in brief.budget.spent) == (130_000, 140_000)
    assert brief.budget.spent_chart
    assert "over its plan" in brief.budget.spent_chart.finding
