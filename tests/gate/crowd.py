"""Many projects with an open gate, made in bulk: one for each race."""

from collections.abc import Iterator, Sequence
from itertools import batched
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from fractional_indexing import generate_n_keys_between

from budgets.models import Allocation, Budget, CostLine
from portfolio.models import Project, WorkingPosition
from problems.models import AffectedGroup, Cause, Evidence, Measure, Problem
from tests.factories import adopt_list, draft_problem, make_appropriation

COST = 1000
LINES = (
    ("one_time", "services", 900),
    ("one_time", "security", 100),
    ("one_time", "contingency", 250),
)
# Each appropriation sums its own allocations anew with each of them: not too many on one.
PROJECTS_PER_APPROPRIATION = 20


def copies[Row: Model](template: Row, count: int, **changes: Any) -> list[Row]:
    """Return unsaved copies of a row."""
    fields = {field.attname: getattr(template, field.attname) for field in template._meta.fields}
    del fields["id"]
    return [type(template)(**fields | changes) for _ in range(count)]


def gather(cast: SimpleNamespace, count: int) -> list[Project]:
    """Make `count` concept projects with all three defined, on one adopted list, committed."""
    with transaction.atomic():
        problems = _define(cast, count)
        budgets = _dedicate(cast, count)
        projects = Project.objects.bulk_create(
            Project(
                title=f"Project {number}",
                department=cast.parks,
                problem=problem,
                budget=budget,
                sponsor=cast.head,
                created_by=cast.head,
            )
            for number, (problem, budget) in enumerate(zip(problems, budgets, strict=True), start=1)
        )
        keys = generate_n_keys_between(None, None, count)
        WorkingPosition.objects.bulk_create(
            WorkingPosition(project=project, key=key)
            for project, key in zip(projects, keys, strict=True)
        )
        adopt_list(cast)
    return projects


def _define(cast: SimpleNamespace, count: int) -> Sequence[Problem]:
    template = draft_problem(cast)
    problems = Problem.objects.bulk_create(copies(template, count))
    parts: tuple[Any, ...] = (AffectedGroup, Measure, Cause, Evidence)
    for part in parts:
        one = part.objects.get(problem=template)
        rows = [copies(one, 1, problem_id=problem.pk)[0] for problem in problems]
        part.objects.bulk_create(rows)
    made = Problem.objects.filter(pk__in=[problem.pk for problem in problems])
    now = timezone.now()
    made.update(state="submitted", submitted_by=cast.head, submitted_at=now, first_submitted_at=now)
    made.update(state="defined", decision="accepted", decided_by=cast.manager, decided_at=now)
    return problems


def _dedicate(cast: SimpleNamespace, count: int) -> Sequence[Budget]:
    today = timezone.localdate()
    budgets = Budget.objects.bulk_create(
        Budget(
            first_fiscal_year=today.year,
            phase_start=today,
            phase_end=today,
            no_recurring_reason="A study.",
            prepared_by=cast.head,
        )
        for _ in range(count)
    )
    CostLine.objects.bulk_create(
        CostLine(budget=budget, fiscal_year=today.year, kind=kind, element=element, amount=amount)
        for budget in budgets
        for kind, element, amount in LINES
    )
    Allocation.objects.bulk_create(_allocations(cast, budgets))
    now = timezone.now()
    Allocation.objects.filter(state="held").update(
        state="committed", committed_by=cast.finance, committed_at=now
    )
    Budget.objects.filter(pk__in=[budget.pk for budget in budgets]).update(
        state="dedicated",
        confirmed_by=cast.second_finance,
        confirmed_at=now,
        revision=F("revision") + 1,
    )
    return budgets


def _allocations(cast: SimpleNamespace, budgets: Sequence[Budget]) -> Iterator[Allocation]:
    for some in batched(budgets, PROJECTS_PER_APPROPRIATION, strict=False):
        source = make_appropriation(amount=10 * COST * len(some))
        for budget in some:
            yield Allocation(
                budget=budget,
                appropriation=source,
                amount=sum(amount for _, _, amount in LINES),
                held_by=cast.finance,
                held_at=timezone.now(),
            )
