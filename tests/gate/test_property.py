"""Random sequences of what people and accidents do, against everything that must always be true.

Each example begins at the committed world and is rolled back. After every step all invariants are
asked of the database; at the end the chain of the history is verified.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from psycopg.errors import InsufficientPrivilege

from budgets import amending, dedication, ledger, waivers
from budgets.models import Allocation, Amendment, Appropriation, Budget, CostLine
from portfolio import adopting, projects, ranking, scoping
from portfolio.constraints import sentence_for
from portfolio.models import City, Project, Scope, User, WorkingPosition
from problems import drafting
from problems.review import decisions
from tests.factories import make_appropriation
from tests.gate import pokes
from tests.gate.attempts import assert_readable
from tests.gate.invariants import broken
from tests.gate.world import World

EXAMPLES = settings(
    max_examples=200,
    stateful_step_count=16,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NAMES = ("opened", "ready", "held", "budget", "problem", "problem+budget+priority")

some_project = st.sampled_from(NAMES)
some_amount = st.sampled_from([Decimal("0.01"), Decimal(1000), Decimal(125_000), Decimal(10**9)])
some_officer = st.sampled_from(["finance", "second_finance", "head", "manager"])


class Hands(RuleBasedStateMachine):
    """Everybody who works on a city's projects, in no order at all."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.scarce = make_appropriation(amount=150_000)
        self.count = 0

    @initialize(slots=st.sampled_from([1, 1, 2]))
    def found_the_city(self, slots: int) -> None:
        """With the slot that is taken already, or one more."""
        City.objects.update(scoping_slots=slots)

    def teardown(self) -> None:
        """Verify what was recorded, then undo it all."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SELECT * FROM portfolio_verify_history()")
                assert cursor.fetchall() == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @invariant()
    def all_is_true(self) -> None:
        """Ask the database."""
        with connection.cursor() as cursor:
            assert broken(cursor) == []

    def project(self, name: str) -> Project:
        world = self.world
        chosen = world.lacking.get(name) or getattr(world, name)
        return Project.objects.for_pages().get(pk=chosen.pk)

    def person(self, name: str) -> User:
        person: User = getattr(self.world.cast, name)
        return person

    def attempt(self, change: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Make a change; a refusal must be one that a person can read."""
        try:
            with transaction.atomic():
                change(*args, **kwargs)
        except ValidationError as refused:
            for sentence in refused.messages:
                assert_readable(sentence)
        except IntegrityError as refused:
            assert_readable(sentence_for(refused))
        except ProgrammingError as denied:
            # Only raw SQL gets here: what the site's role may not write at all.
            if not isinstance(denied.__cause__, InsufficientPrivilege):
                raise
        else:
            return True
        return False

    # Problems

    @rule(name=some_project, reviewer=st.sampled_from(["manager", "second_manager", "head"]))
    def define(self, name: str, reviewer: str) -> None:
        problem = self.project(name).problem
        if problem:
            self.attempt(decisions.submit, problem, by=self.person("head"), on=self.today())
            self.attempt(decisions.accept, problem, by=self.person(reviewer))

    @rule(name=some_project)
    def send_back(self, name: str) -> None:
        problem = self.project(name).problem
        if problem:
            reasons = [("statement", "Say who is affected.")]
            self.attempt(decisions.send_back, problem, reasons=reasons, by=self.person("manager"))

    @rule(name=some_project)
    def reopen(self, name: str) -> None:
        problem = self.project(name).problem
        if problem:
            self.attempt(decisions.reopen, problem, by=self.person("head"))

    @rule(name=some_project)
    def rewrite(self, name: str) -> None:
        problem = self.project(name).problem
        if problem:
            self.attempt(
                drafting.save,
                problem,
                fields={"title": "Said in other words"},
                seen=problem.revision,
                by=self.person("head"),
            )

    @rule(name=some_project, other=some_project)
    def answer_another_problem(self, name: str, other: str) -> None:
        problem = self.project(other).problem
        if problem:
            project = self.project(name)
            self.attempt(projects.answer, project, problem=problem, by=self.person("head"))

    # Money

    def source(self, scarce: bool) -> Appropriation:
        other = Appropriation.objects.exclude(pk=self.scarce.pk).order_by("pk").first()
        assert other
        return self.scarce if scarce else other

    @rule(name=some_project, amount=some_amount, scarce=st.booleans(), by=some_officer)
    def hold_money(self, name: str, amount: Decimal, scarce: bool, by: str) -> None:
        budget = self.project(name).budget
        source = self.source(scarce)
        self.attempt(
            ledger.hold, budget=budget, appropriation=source, amount=amount, by=self.person(by)
        )

    @rule(name=some_project, step=st.sampled_from([ledger.commit, ledger.release]))
    def move_money(self, name: str, step: Callable[..., Allocation]) -> None:
        for allocation in self.project(name).budget.allocations.exclude(state="released")[:2]:
            self.attempt(step, allocation, by=self.person("finance"))

    @rule(
        kind=st.sampled_from(list(Amendment.Kind)),
        amount=some_amount,
        scarce=st.booleans(),
        by=st.sampled_from(["finance", "second_finance"]),
    )
    def amend(self, kind: Amendment.Kind, amount: Decimal, scarce: bool, by: str) -> None:
        change = amending.Change(
            kind,
            amount,
            amending.Action("ordinance", "Ord. 9", self.today()),
            source=None if kind == "raise" else self.source(scarce),
            target=self.source(not scarce) if kind in {"raise", "transfer"} else None,
        )
        self.attempt(amending.sign, change, by=self.person(by))

    @rule()
    def let_holds_end(self) -> None:
        self.attempt(ledger.expire, on=self.today())

    @rule(name=some_project, by=st.sampled_from(["security", "head"]), days=st.integers(-1, 400))
    def waive(self, name: str, by: str, days: int) -> None:
        self.attempt(
            waivers.sign,
            self.project(name).budget,
            reason="A study.",
            ends_on=self.today() + timedelta(days=days),
            by=self.person(by),
            on=self.today(),
        )

    @rule(name=some_project)
    def take_waivers_back(self, name: str) -> None:
        for waiver in self.project(name).budget.waivers.filter(withdrawn_at=None):
            self.attempt(waivers.withdraw, waiver, by=self.person("security"))

    @rule(name=some_project, less=st.sampled_from([1, 9_400, 40_000]))
    def plan_less(self, name: str, less: int) -> None:
        """Less for security first, as people do."""
        for element in ("security", "services"):
            lines = CostLine.objects.filter(budget=self.project(name).budget, element=element)
            self.attempt(lines.update, amount=F("amount") - less)

    @rule(name=some_project, by=some_officer)
    def confirm(self, name: str, by: str) -> None:
        budget = self.project(name).budget
        self.attempt(dedication.confirm, budget, by=self.person(by), on=self.today())

    @rule(name=some_project)
    def withdraw(self, name: str) -> None:
        self.attempt(dedication.withdraw, self.project(name).budget, by=self.person("finance"))

    @rule(name=some_project, amount=some_amount, element=st.sampled_from(CostLine.Element.values))
    def add_cost(self, name: str, amount: Decimal, element: str) -> None:
        budget = self.project(name).budget
        self.attempt(
            CostLine.objects.create,
            budget=budget,
            fiscal_year=budget.first_fiscal_year,
            kind=CostLine.Kind.ONE_TIME,
            element=element,
            amount=amount,
        )

    @rule(name=some_project)
    def take_a_cost_away(self, name: str) -> None:
        line = self.project(name).budget.cost_lines.order_by("amount").first()
        if line:
            self.attempt(line.delete)

    @rule(name=some_project)
    def fund_it_whole(self, name: str) -> None:
        """What finance does when everything goes well: so that sequences do not only fall apart."""
        budget = self.project(name).budget
        self.attempt(
            ledger.hold,
            budget=budget,
            appropriation=make_appropriation(),
            amount=max(budget.needed - budget.committed, Decimal(1)),
            by=self.person("finance"),
        )
        for allocation in budget.allocations.filter(state="held"):
            self.attempt(ledger.commit, allocation, by=self.person("finance"))
        budget = Budget.objects.get(pk=budget.pk)
        self.attempt(dedication.confirm, budget, by=self.person("second_finance"), on=self.today())

    # The list

    def today(self) -> Any:
        return City.current().today()

    @rule(name=some_project)
    def rank(self, name: str) -> None:
        self.attempt(ranking.add, self.project(name), by=self.person("manager"))

    @rule(name=some_project, to=st.integers(min_value=-1, max_value=12), stale=st.booleans())
    def move(self, name: str, to: int, stale: bool) -> None:
        project = self.project(name)
        place = WorkingPosition.objects.filter(project=project).first()
        seen = place.key if place and not stale else "a"
        before = list(WorkingPosition.objects.in_order().values_list("project_id", flat=True))
        by, reason = self.person("manager"), "Urgent."
        moved = self.attempt(ranking.move, project, to=to, seen=seen, by=by, reason=reason)
        after = list(WorkingPosition.objects.in_order().values_list("project_id", flat=True))
        if moved:
            before.remove(project.pk)
            before.insert(max(to, 1) - 1, project.pk)
        assert after == before

    @rule(name=some_project)
    def unrank(self, name: str) -> None:
        self.attempt(ranking.remove, self.project(name), by=self.person("manager"))

    @rule()
    def adopt(self) -> None:
        self.count += 1
        self.attempt(
            adopting.adopt,
            action_number=f"Ord. {self.count}",
            adopted_on=self.today(),
            by=self.person("manager"),
        )

    # Stages and scope

    @rule(name=some_project)
    def open_scoping(self, name: str) -> None:
        self.attempt(projects.open_scoping, self.project(name), by=self.person("manager"))

    @rule(name=some_project)
    def resume(self, name: str) -> None:
        self.attempt(projects.resume, self.project(name), by=self.person("manager"))

    @rule(name=some_project)
    def put_on_hold(self, name: str) -> None:
        self.attempt(
            projects.put_on_hold,
            self.project(name),
            reason="Staff left.",
            by=self.person("manager"),
        )

    @rule(name=st.sampled_from(NAMES[3:]))
    def stop(self, name: str) -> None:
        self.attempt(
            projects.stop, self.project(name), reason="Peers dropped it.", by=self.person("manager")
        )

    @rule(name=some_project)
    def write_scope(self, name: str) -> None:
        project = self.project(name)
        seen = project.scope.revision if hasattr(project, "scope") else 0
        written = self.attempt(
            scoping.save, project, approach="Ask families.", seen=seen, by=self.person("head")
        )
        now = self.project(name)
        assert not written or (now.stage == Project.Stage.SCOPING and not now.on_hold)

    @rule()
    def a_day_begins(self) -> None:
        projects.bring_up_to_date()

    # The database's prompt

    @rule(name=some_project, statement=st.sampled_from(pokes.STAGES))
    def poke_at_stages(self, name: str, statement: str) -> None:
        self.poke(name, statement)

    @rule(name=some_project, statement=st.sampled_from(pokes.PROBLEMS))
    def poke_at_problems(self, name: str, statement: str) -> None:
        self.poke(name, statement)

    @rule(name=some_project, statement=st.sampled_from(pokes.MONEY))
    def poke_at_money(self, name: str, statement: str) -> None:
        self.poke(name, statement)

    @rule(name=some_project, statement=st.sampled_from(pokes.LIST_AND_SCOPE))
    def poke_at_list_and_scope(self, name: str, statement: str) -> None:
        before = dict(Scope.objects.values_list("project_id", "approach"))
        self.poke(name, statement)
        for scope in Scope.objects.select_related("project"):
            if before.get(scope.project_id) != scope.approach:
                assert scope.project.stage == Project.Stage.SCOPING
                assert not scope.project.on_hold

    def poke(self, name: str, statement: str) -> None:
        project = self.project(name)
        cast = self.world.cast
        typed = statement.format(
            project=project.pk,
            problem=project.problem_id or 0,
            budget=project.budget_id,
            other=self.world.other.pk,
            head=cast.head.pk,
            manager=cast.manager.pk,
            finance=cast.finance.pk,
        )

        def execute() -> None:
            with connection.cursor() as cursor:
                cursor.execute(typed)

        self.attempt(execute)


def test_nothing_that_people_do_in_any_order_walks_past_the_gate(world: World) -> None:
    Hands.world = world
    run_state_machine_as_test(Hands, settings=EXAMPLES)
