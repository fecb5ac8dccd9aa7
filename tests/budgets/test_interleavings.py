"""Everything that people do with money, at the same time, in no order: against a ten-line model.

Three connections at a time. A change begins while the one before it is still open, and that one is
then committed or taken back. Whatever came of each must be what comes when they are made one after
the other, and every total must be the model's to the cent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets import amending, costing, dedication, ledger
from budgets.models import Allocation, Amendment, Appropriation, Budget, CostLine
from portfolio.models import City, Department
from portfolio.roles import Role
from tests.budgets.hands import Hands, Step, several
from tests.budgets.model import Model, Part, Refused, from_history
from tests.factories import make_appropriation, make_user
from tests.gate.invariants import rows
from tests.gate.invariants_of_money import NEVER_OF_MONEY

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SOURCES, BUDGETS, CONTINGENCY, SECURITY = 2, 2, 15, 10
GIVEN = 200
AMOUNTS = [Decimal(text) for text in ("0.01", "35", "45", "64.99", "65", "100")]
SERVICES = [10, 20, 40]
DEEDS = (
    *("hold", "hold", "hold_long_ago", "hold_long_ago", "commit", "commit", "commit", "release"),
    *(
        "expire",
        "raise",
        "cut",
        "transfer",
        "lapse",
        "confirm",
        "confirm",
        "withdraw",
        "withdraw",
        "save",
    ),
)

# What is done in the database, and what in the model.
type Pair = tuple[Callable[[], Any], Callable[[Model], Any]]


class Draw(NamedTuple):
    """One thing that somebody does: which numbers it takes is decided when it is done."""

    deed: str
    source: int
    budget: int
    part: int
    amount: Decimal
    services: int
    is_undone: bool


draws = st.builds(
    Draw,
    deed=st.sampled_from(DEEDS),
    source=st.integers(0, SOURCES - 1),
    budget=st.integers(0, BUDGETS - 1),
    part=st.integers(0, 5),
    amount=st.sampled_from(AMOUNTS),
    services=st.sampled_from(SERVICES),
    is_undone=st.booleans(),
)
rounds_of_three = st.lists(st.lists(draws, min_size=1, max_size=3), min_size=8, max_size=20)


class Both:
    """The ledger in the database, and the model beside it to which the same is done."""

    def __init__(self, cast: SimpleNamespace, hands: Hands, came: Counter[tuple[str, str]]) -> None:
        self.cast, self.hands, self.came = cast, hands, came
        self.sources = [make_appropriation(GIVEN) for _ in range(SOURCES)]
        self.budgets = [a_budget(cast) for _ in range(BUDGETS)]
        self.model = Model(
            {source.pk: Decimal(GIVEN) for source in self.sources},
            {budget.pk: Decimal(SERVICES[0] + CONTINGENCY + SECURITY) for budget in self.budgets},
        )

    def begin(self) -> None:
        """Begin where there is something to lose.

        Both budgets are confirmed; the first one has more money than it needs, the second one got
        as much again afterwards, and the first source has a hold that ended.
        """
        deeds = ("hold", "commit", "confirm")
        self.do(0, *deeds, amount=Decimal(65))
        self.do(1, *deeds, "hold", "commit", amount=Decimal(35))
        self.do(0, "hold_long_ago", amount=Decimal(100))

    def do(self, place: int, *deeds: str, amount: Decimal) -> None:
        """Do one thing after the other, with the source and the budget of that place."""
        for deed in deeds:
            self.play([Draw(deed, place, place, 0, amount, SERVICES[0], is_undone=False)])

    def play(self, draws: Sequence[Draw]) -> None:
        """Let the draws overlap, then do the same to the model one after the other."""
        pairs = [self.pair(draw) for draw in draws]
        steps = [
            Step(change, draw.is_undone and place == 0)
            for place, (draw, (change, _)) in enumerate(zip(draws, pairs, strict=True))
        ]
        came = self.hands.overlap(steps)
        for draw, step, (_, said), made in zip(draws, steps, pairs, came, strict=True):
            expected = deepcopy(self.model)
            try:
                part = said(expected)
            except Refused:
                # By the function that looked under the lock; only SQL is refused by a constraint.
                refusal = IntegrityError if draw.deed == "hold_long_ago" else ValidationError
                assert isinstance(made, refusal), (draws, draw, made)
                self.came[draw.deed, "refused"] += 1
            else:
                assert not isinstance(made, Exception), (draws, draw, made)
                self.came[draw.deed, "done"] += 1
                if not step.is_undone:
                    if isinstance(part, Part):
                        expected.parts[made.pk] = part
                    expected.settle()
                    self.model = expected
        self.compare()

    def pair(self, draw: Draw) -> Pair:
        """Return what is done in the database, and what in the model."""
        deed: Callable[[Draw], Pair] = getattr(self, f"_{draw.deed}")
        return deed(draw)

    def _hold(self, draw: Draw) -> Pair:
        source, budget = self.sources[draw.source], self.budgets[draw.budget]
        done = partial(
            ledger.hold,
            budget=budget,
            appropriation=source,
            amount=draw.amount,
            by=self.cast.finance,
        )
        return done, lambda model: model.hold(source.pk, budget.pk, draw.amount)

    def _hold_long_ago(self, draw: Draw) -> Pair:
        source, budget = self.sources[draw.source], self.budgets[draw.budget]

        def done() -> Allocation:
            with self.cast.finance.changing():
                ledger.lock_changes()
                return Allocation.objects.create(
                    budget=budget,
                    appropriation=source,
                    amount=draw.amount,
                    held_by=self.cast.finance,
                    held_at=timezone.now() - timedelta(days=70),
                )

        def said(model: Model) -> Part:
            if draw.amount > model.left(source.pk):
                raise Refused
            return Part(source.pk, budget.pk, draw.amount, is_old=True)

        return done, said

    def _moved(
        self, draw: Draw, function: Callable[..., Allocation], *states: str, to: str
    ) -> Pair:
        keys = sorted(self.model.parts)
        if not keys:
            return self._expire(draw)
        key = keys[-1 - draw.part % len(keys)]
        done = partial(function, Allocation(pk=key), by=self.cast.finance)
        return done, lambda model: model.move(model.parts[key], *states, to=to)

    def _commit(self, draw: Draw) -> Pair:
        return self._moved(draw, ledger.commit, "held", to="committed")

    def _release(self, draw: Draw) -> Pair:
        return self._moved(draw, ledger.release, "held", "committed", to="released")

    def _expire(self, draw: Draw) -> Pair:
        return partial(ledger.expire, on=timezone.localdate()), Model.expire

    def _amended(self, draw: Draw, kind: str) -> Pair:
        source = None if kind == "raise" else self.sources[draw.source]
        target = {
            "raise": self.sources[draw.source],
            "transfer": self.sources[(draw.source + 1 + draw.part // 5) % SOURCES],
        }.get(kind)
        action = amending.Action("ordinance", f"Ord. {draw.part}", timezone.localdate())
        change = amending.Change(Amendment.Kind(kind), draw.amount, action, source, target)
        ends = (source.pk if source else None, target.pk if target else None)
        return (
            partial(amending.sign, change, by=self.cast.finance),
            lambda model: model.amend(*ends, draw.amount),
        )

    def _raise(self, draw: Draw) -> Pair:
        return self._amended(draw, "raise")

    def _cut(self, draw: Draw) -> Pair:
        return self._amended(draw, "cut")

    def _transfer(self, draw: Draw) -> Pair:
        return self._amended(draw, "transfer")

    def _lapse(self, draw: Draw) -> Pair:
        return self._amended(draw, "lapse")

    def _confirm(self, draw: Draw) -> Pair:
        budget = self.budgets[draw.budget]
        done = partial(
            dedication.confirm, budget, by=self.cast.second_finance, on=timezone.localdate()
        )
        return done, lambda model: model.confirm(budget.pk)

    def _withdraw(self, draw: Draw) -> Pair:
        budget = self.budgets[draw.budget]
        done = partial(dedication.withdraw, budget, by=self.cast.finance)
        return done, lambda model: model.withdraw(budget.pk)

    def _save(self, draw: Draw) -> Pair:
        budget = self.budgets[draw.budget]

        def done() -> Budget:
            ledger.lock_changes()
            line = CostLine.objects.get(budget=budget, element="services")
            line.amount = Decimal(draw.services)
            current = Budget.objects.get(pk=budget.pk)
            return costing.save_costs(
                current,
                plan={name: getattr(current, name) for name in costing.PLAN},
                lines=[line],
                removed=[],
                seen=current.revision,
                by=self.cast.head,
            )

        def said(model: Model) -> None:
            model.costs[budget.pk] = Decimal(draw.services + CONTINGENCY + SECURITY)

        return done, said

    def compare(self) -> None:
        """Fail unless the database says what the model says, to the cent."""
        sources = Appropriation.objects.filter(pk__in=self.model.amounts)
        found = {row.pk: (row.amount, row.held, row.committed) for row in sources}
        assert found == self.model.totals()
        for budget in Budget.objects.filter(pk__in=self.model.costs):
            taken = [self.model.taken(state, budget=budget.pk) for state in ("held", "committed")]
            assert [budget.held, budget.committed] == taken
            assert budget.needed == self.model.costs[budget.pk]
            assert budget.is_dedicated == (budget.pk in self.model.signed)

    def compare_with_history(self) -> None:
        """Fail unless the history alone comes to the same: nothing was lost on the way."""
        replayed = from_history(self.model.amounts)
        assert replayed.totals() == self.model.totals()
        states = {key: part.state for key, part in self.model.parts.items()}
        assert {key: part.state for key, part in replayed.parts.items()} == states


def a_budget(cast: SimpleNamespace) -> Budget:
    """A budget whose cost is its services, contingency and security; nothing recurs."""
    today = timezone.localdate()
    budget = Budget.objects.create(
        first_fiscal_year=today.year,
        phase_start=today,
        phase_end=today,
        no_recurring_reason="A study.",
        prepared_by=cast.head,
    )
    CostLine.objects.bulk_create(
        CostLine(
            budget=budget,
            fiscal_year=today.year,
            kind="one_time",
            element=element,
            amount=Decimal(amount),
        )
        for element, amount in (
            ("services", SERVICES[0]),
            ("contingency", CONTINGENCY),
            ("security", SECURITY),
        )
    )
    return budget


@pytest.fixture
def people(transactional_db: None) -> SimpleNamespace:
    City.objects.create(name="Testville", time_zone="America/Chicago")
    return SimpleNamespace(
        head=make_user("Hanna Head", head_of=Department.objects.create(name="Parks")),
        finance=make_user("Fiona Finance", role=Role.FINANCE_OFFICER),
        second_finance=make_user("Fred Finance", role=Role.FINANCE_OFFICER),
    )


@pytest.fixture
def hands(transactional_db: None) -> Iterator[Hands]:
    with several(3) as hands:
        yield hands


def test_whatever_overlaps_comes_to_what_the_model_says(
    people: SimpleNamespace, hands: Hands
) -> None:
    came: Counter[tuple[str, str]] = Counter()

    @EXAMPLES
    @given(rounds_of_three)
    def play(rounds: list[list[Draw]]) -> None:
        both = Both(people, hands, came)
        both.begin()
        for draws in rounds:
            both.play(draws)
        both.compare_with_history()

    play()
    assert hands.waits > EXAMPLES.max_examples
    never = [deed for deed in DEEDS if came[deed, "done"] < 5]
    assert not never, came
    for what, query in NEVER_OF_MONEY.items():
        assert rows(hands.watcher, query) == [], what
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portfolio_verify_history()")
        assert cursor.fetchall() == []
