"""What projects need, what there is for them, and their order by score: read from the database.

What is read here changes seldom; `line_facts` remembers it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, Exists, F, Min, Q, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from budgets.models import Allocation, Appropriation, BudgetPolicy, Fund, FundingRequest
from budgets.sources import BOUND
from portfolio import scoring
from portfolio.lines import Limits, Need, Start, begin
from portfolio.models import City, Project
from problems.models import CriticalPriority

# What is read below. A change of any of these is a change of what projects need, of what there is
# for them, or of the score order.
TABLES = (
    "budgets_allocation",
    "budgets_appropriation",
    "budgets_budget",
    "budgets_budgetpolicy",
    "budgets_fund",
    "budgets_fundingrequest",
    "portfolio_answer",
    "portfolio_city",
    "portfolio_criteriaversion",
    "portfolio_project",
    "problems_affectedgroup",
    "problems_criticalpriority",
    "problems_problem",
)


class Purse(NamedTuple):
    """What one fund has, or the part of it whose action names one project's budget. In cents."""

    fund: int
    project: int | None
    amount: int
    # Of the part that names a budget: what is held and committed for it.
    promised: int


class Facts(NamedTuple):
    """What the walk needs, but for the order. Money in cents."""

    needs: dict[int, Need]
    purses: tuple[Purse, ...]
    slots: int
    # The walk's own beginning, with the money and the slots as they are.
    start: Start
    funds: dict[int, str]
    # Projects in score order, together where only the manager's order decides.
    by_score: list[tuple[int, ...]]
    critical_floor: int
    # How many places a rank may leave the score order without a reason.
    score_places: int
    has_critical: bool


def read(on: date) -> Facts:
    """Read what the walk needs on that day, but for the order: seven queries."""
    slots, critical_floor, score_places, has_critical = _policy(on)
    allocated = _allocated(on)
    purses = tuple(_purses(on, allocated))
    needs = _needs(on, _promised(allocated), _names(purses, allocated))
    return Facts(
        needs=needs,
        purses=purses,
        slots=slots,
        start=begin_with(needs, purses, slots, {}),
        funds={pk: f"Fund {code}" for pk, code in Fund.objects.values_list("pk", "code")},
        by_score=scoring.equal_places(),
        critical_floor=critical_floor,
        score_places=score_places,
        has_critical=has_critical,
    )


def _policy(on: date) -> tuple[int, int, int, bool]:
    """Return slots, the floor of what is critical, free places, and whether anything is critical.

    The last is asked for that day.
    """
    slots = F("scoping_slots") + F("delivery_slots")
    is_any = Exists(CriticalPriority.objects.declared(on=on))
    found = City.objects.values_list(
        slots, "critical_floor_percent", "score_places", is_any
    ).first()
    unnamed = City()
    return found or (
        unnamed.scoping_slots + unnamed.delivery_slots,
        unnamed.critical_floor_percent,
        unnamed.score_places,
        False,
    )


class _Allocated(NamedTuple):
    """What is held and committed of one fund for one project, in cents.

    `cents` are those that count; `is_own` says that they come from appropriations that name the
    project's budget.
    """

    project: int
    fund: int
    is_own: bool
    cents: int


def _allocated(on: date) -> list[_Allocated]:
    """Return what is promised to projects, in the order in which it was first allocated.

    Money counts as it does for a dedicated budget: not lapsed, and bound to its purpose or named
    by an action (`budgets.sources`). A fund is named also by money that does not count.
    """
    counts = Q(appropriation__available_until__gte=on) & _bound(
        "appropriation__", names_it=Q(appropriation__for_budget=F("budget"))
    )
    holds = Q(state=Allocation.State.HELD, expires_on__lt=on)
    rows = (
        Allocation.objects.taken()
        .filter(budget__project__isnull=False)
        .order_by()
        .annotate(is_own=Q(appropriation__for_budget__isnull=False))
        .values_list("budget__project", "appropriation__fund", "is_own")
        .annotate(cents=_cents(Sum("amount", filter=counts & ~holds)), first=Min("pk"))
        .order_by("first")
    )
    return [_Allocated(*row[:4]) for row in rows]


def _bound(path: str, *, names_it: Q) -> Q:
    """Return the condition that an appropriation at `path` is money that can be dedicated."""
    constraint = f"{path}constraint"
    assigned = Q(
        Exists(BudgetPolicy.objects.filter(allow_assigned=True)),
        **{constraint: Appropriation.Constraint.ASSIGNED},
    )
    return Q(**{f"{constraint}__in": BOUND}) | assigned | names_it


def _cents(dollars: Combinable) -> Combinable:
    return Coalesce(Cast(dollars * 100, BigIntegerField()), 0)


def _purses(on: date, allocated: Sequence[_Allocated]) -> Iterator[Purse]:
    """Yield what each fund has on that day, apart from what is there for one project alone."""
    own = {(one.fund, one.project): one.cents for one in allocated if one.is_own}
    rows = (
        Appropriation.objects.filter(available_until__gte=on)
        .filter(_bound("", names_it=Q(for_budget__isnull=False)))
        .order_by()
        .values_list("fund", "for_budget__project")
        .annotate(cents=_cents(Sum("amount")), first=Min("pk"))
        .order_by("first")
    )
    for fund, project, cents, _ in rows:
        yield Purse(fund, project, cents, own.get((fund, project), 0))


def _promised(allocated: Sequence[_Allocated]) -> dict[int, dict[int, int]]:
    """Return the cents promised to each project, by fund."""
    promised: dict[int, dict[int, int]] = {}
    for one in allocated:
        if one.cents:
            funds = promised.setdefault(one.project, {})
            funds[one.fund] = funds.get(one.fund, 0) + one.cents
    return promised


def _names(purses: Sequence[Purse], allocated: Sequence[_Allocated]) -> dict[int, dict[int, None]]:
    """Return the funds that each project's budget names, in the order in which they are asked.

    First the funds of appropriations that name it, then those of its allocations, then those of
    its requests that are not declined.
    """
    names: dict[int, dict[int, None]] = {}
    requested = (
        FundingRequest.objects.filter(declined_at=None, fund__isnull=False)
        .filter(budget__project__isnull=False)
        .order_by("pk")
        .values_list("budget__project", "fund")
    )
    for project, fund in chain(
        ((one.project, one.fund) for one in purses if one.project is not None),
        ((one.project, one.fund) for one in allocated),
        requested,
    ):
        names.setdefault(project, {}).setdefault(fund)
    return names


def _needs(
    on: date, promised: Mapping[int, Mapping[int, int]], names: Mapping[int, Mapping[int, None]]
) -> dict[int, Need]:
    """Return what each project needs, but for the money that names it."""
    declared = CriticalPriority.objects.declared(on=on)
    ended = Q(stage__in=[Project.Stage.STOPPED, Project.Stage.CLOSED])
    running = Q(on_hold=False)
    rows = Project.objects.order_by().values_list(
        "pk",
        _cents(F("budget__one_time_cost") + F("budget__contingency")),
        _is(running & Q(stage__in=[Project.Stage.SCOPING, Project.Stage.DELIVERY])),
        _is(running & Q(stage=Project.Stage.CONCEPT)),
        _is(Q(problem__critical_priority__in=declared, problem__first_submitted_at__isnull=False)),
        _is(running & ~ended & Q(problem_defined=True, budget_dedicated=True, listed=True)),
    )
    return {
        pk: Need(
            project=pk,
            cost=cost,
            promised=tuple(promised.get(pk, {}).items()),
            own=0,
            names=tuple(names.get(pk, ())),
            keeps_slot=keeps_slot,
            wants_slot=wants_slot,
            is_critical=is_critical,
            is_ready=is_ready,
        )
        for pk, cost, keeps_slot, wants_slot, is_critical, is_ready in rows
    }


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def begin_with(
    needs: Mapping[int, Need],
    purses: Iterable[Purse],
    slots: int,
    fund_changes: Mapping[int, int],
    change_percent: int = 0,
) -> Start:
    """Begin the walk with the money of `purses`, changed by so many percent.

    What is free of an appropriation that names a budget is its project's own; the rest is its
    fund's, as is what is promised.
    """
    there: dict[int, int] = {}
    own: dict[int, int] = {}
    for fund, project, cents, promised in purses:
        amount = cents * (100 + fund_changes.get(fund, change_percent)) // 100
        if project is not None:
            free = max(amount - promised, 0)
            own[project] = own.get(project, 0) + free
            amount -= free
        there[fund] = there.get(fund, 0) + amount
    with_own = {project: needs[project]._replace(own=cents) for project, cents in own.items()}
    return begin({**needs, **with_own}, Limits(slots, there))
