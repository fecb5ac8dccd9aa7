"""A city of 10,000: people, problems, funds, projects with budgets, one list. Made in bulk."""

import random
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from budgets.models import Appropriation, Budget, CostLine, Fund, FundingRequest
from portfolio import ranking
from portfolio.models import (
    Answer,
    City,
    Criterion,
    Department,
    Project,
    User,
    WorkingPosition,
)
from portfolio.roles import Role
from problems.models import CriticalPriority, Problem
from tests import database
from tests.factories import make_user

BATCH = 2000
SHARED_FUNDS = 40
LARGE = "Ord. 2026-2"
WORDS = ("Library", "Park", "Bridge", "Sewer", "Harbor", "Station", "School", "Market", "Garden")
WORKS = ("roof repair", "new lighting", "drainage", "accessible entrance", "flood wall", "heating")


def people() -> SimpleNamespace:
    """Make the city, twenty departments, and one person per role."""
    City.objects.create(name="Benchville", time_zone="America/Chicago", scoping_slots=50)
    departments = [Department.objects.create(name=f"Department {n:02d}") for n in range(20)]
    return SimpleNamespace(
        city=City.current(),
        departments=departments,
        parks=departments[0],
        head=make_user("Hanna Head", head_of=departments[0]),
        finance=make_user("Fiona Finance", role=Role.FINANCE_OFFICER),
        second_finance=make_user("Fred Finance", role=Role.FINANCE_OFFICER),
        manager=make_user("Mara Manager", role=Role.CITY_MANAGER),
    )


def build(cast: SimpleNamespace, first: int, last: int, *, with_funds: bool = True) -> None:
    """Make problems, projects and their funds, numbered from `first` up to `last`, exclusive."""
    dice = random.Random(first)
    for start in range(first, last, BATCH):
        numbers = range(start, min(start + BATCH, last))
        with cast.head.changing():
            _problems(cast, numbers, dice)
            if with_funds:
                _funds(numbers, dice)
            _projects(cast, numbers, dice)
            if with_funds:
                _requests(numbers, dice)


def _title(number: int, dice: random.Random) -> str:
    return f"{dice.choice(WORDS)} {number:05d} {dice.choice(WORKS)}"


def _problems(cast: SimpleNamespace, numbers: range, dice: random.Random) -> None:
    now = timezone.now()
    declared = [*CriticalPriority.objects.order_by("pk"), None]
    Problem.objects.bulk_create(
        Problem(
            department=dice.choice(cast.departments),
            author=cast.head,
            title=_title(number, dice),
            statement="Families wait nine days to learn about a summer place.",
            critical_priority=dice.choice(declared),
            first_submitted_at=now,
        )
        for number in numbers
    )


def _funds(numbers: range, dice: random.Random) -> None:
    funds = Fund.objects.bulk_create(
        Fund(
            code=f"B{number:05d}",
            name=_title(number, dice),
            fund_type=dice.choice(Fund.Type.values),
        )
        for number in numbers
    )
    Appropriation.objects.bulk_create(appropriation(fund, dice.randrange(1, 90)) for fund in funds)


def appropriation(fund: Fund, thousands: int) -> Appropriation:
    """Return money of `fund` for this year, unsaved."""
    today = timezone.localdate()
    return Appropriation(
        fund=fund,
        fiscal_year=today.year + (today.month >= 7),
        amount=Decimal(thousands * 1000),
        constraint=Appropriation.Constraint.COMMITTED,
        action_type=Appropriation.ActionType.ORDINANCE,
        action_number="Ord. 2026-1",
        action_date=today - timedelta(days=60),
        available_from=today - timedelta(days=30),
        available_until=date(today.year + 2, 6, 30),
    )


def _projects(cast: SimpleNamespace, numbers: range, dice: random.Random) -> None:
    year = timezone.localdate().year + 1
    budgets = Budget.objects.bulk_create(Budget(first_fiscal_year=year) for _ in numbers)
    CostLine.objects.bulk_create(
        CostLine(
            budget=budget,
            fiscal_year=year,
            kind=CostLine.Kind.CAPITAL,
            element=CostLine.Element.SERVICES,
            amount=Decimal(dice.randrange(10, 900) * 1000),
        )
        for budget in budgets
    )
    Project.objects.bulk_create(
        Project(
            title=_title(number, dice),
            department=dice.choice(cast.departments),
            budget=budget,
            created_by=cast.head,
        )
        for number, budget in zip(numbers, budgets, strict=True)
    )


def _requests(numbers: range, dice: random.Random) -> None:
    """Let each project name two of the shared funds, so that money runs out down the list."""
    shared = list(Fund.objects.order_by("pk")[:SHARED_FUNDS])
    large = [
        appropriation(fund, 5000)
        for fund in shared
        if not fund.appropriations.filter(action_number=LARGE).exists()
    ]
    for one in large:
        one.action_number = LARGE
    Appropriation.objects.bulk_create(large)
    year = timezone.localdate().year + 1
    budgets = Budget.objects.order_by("-pk")[: len(numbers)]
    FundingRequest.objects.bulk_create(
        FundingRequest(budget=budget, fund=fund, fiscal_year=year, amount=Decimal(10_000))
        for budget in budgets
        for fund in dice.sample(shared, min(2, len(shared)))
    )


def score_first(by: User, count: int) -> None:
    """Answer every criterion for the first `count` projects of the list."""
    dice, now = random.Random(5), timezone.now()
    asked = list(Criterion.objects.all())
    with by.changing():
        Answer.objects.bulk_create(
            Answer(
                project_id=project,
                criterion=criterion,
                value=dice.randrange(6),
                answered_by=by,
                answered_at=now,
            )
            for project in WorkingPosition.objects.in_order().values_list("pk", flat=True)[:count]
            for criterion in asked
        )


def rank_all(by: User) -> None:
    """Put every project at the end of the working order that is not on it."""
    with transaction.atomic():
        ranking.add_all(list(Project.objects.filter(working_position=None)), by=by)


def tidy() -> None:
    """Bring the database's statistics up to date, as a server that has run for a while has them."""
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
