"""Money that waits: to be allocated, committed, confirmed or replaced; security left out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from budgets import money
from budgets.models import Allocation, Budget
from portfolio.models import City, History, Project, User
from portfolio.roles import Permission, Role
from portfolio.waiting.task import Asked, Kind, Task, Wait, morning_of, oldest

ALLOCATE = Kind("allocate", "account_balance", "budgets to allocate money to", "projects")
CONFIRM = Kind("confirm", "verified", "budgets to confirm", "projects")
REPLACE = Kind("replace", "undo", "budgets with money to replace", "projects")
SECURITY = Kind("security", "security", "budgets without a security line", "projects")
HELD = Kind("held", "hourglass_empty", "amounts held", "funds")

# Money held for a month is money that no other project could plan with for a month.
HELD_LONG = timedelta(days=30)

# What the plan itself lacks, said by `dedication.unmet` in sentences; here for the database.
COST_GAPS = (
    Q(budget__one_time_cost=0)
    | Q(budget__contingency__lt=F("budget__contingency_floor"))
    | Q(budget__security_cost=0)
    | Q(budget__recurring_cost=0, budget__no_recurring_reason="")
    | Q(budget__years_without_source__gt=0)
    | Q(budget__phase_start=None)
    | Q(budget__phase_end=None)
)
# A concept that a person put on hold waits for that person's reason, and for nobody's work.
UNDER_WAY = Q(stage=Project.Stage.CONCEPT, on_hold=False) | Q(
    stage__in=[Project.Stage.SCOPING, Project.Stage.DELIVERY, Project.Stage.SCALING]
)


def changes_of(table: str, key: str) -> QuerySet[History]:
    """Return the history of the row of `table` that the outer query names by `key`."""
    return History.objects.filter(table=table, row=Cast(OuterRef(key), CharField()))


def tasks(asked: Asked) -> Iterator[Task]:
    """Yield the budgets and allocations that wait on the person."""
    user, city, most = asked
    waits = [*_of_finance(user, city), *_of_security(user)]
    for project in oldest(Project.objects.for_pages(), waits, most=most):
        yield _budget(project, city)
    if user.has_perm(Permission.ENTER_MONEY):
        yield from _held(user, most)


def _of_finance(user: User, city: City) -> Iterator[Wait]:
    """The three things that finance does to a budget whose plan is complete."""
    if not user.has_perm(Permission.CONFIRM_MONEY):
        return
    today = city.today()
    planned = UNDER_WAY & ~COST_GAPS
    draft = planned & Q(budget__state=Budget.State.DRAFT)
    needed = F("budget__one_time_cost") + F("budget__contingency")
    amounts = Allocation.objects.filter(budget=OuterRef("budget")).exclude(state="released")
    of_budget = amounts.order_by().values("budget")
    committed = Subquery(of_budget.annotate(last=Max("committed_at")).values("last"))
    # Since when the costs are as they are.
    written = Subquery(
        changes_of("budgets_budget", "budget")
        .annotate(revision=Cast(KeyTextTransform("revision", "after"), IntegerField()))
        .filter(revision=OuterRef("budget__revision"))
        .order_by("id")
        .values("at")[:1]
    )
    fits = Q(
        budget__unsuitable=0,
        budget__money_from__lte=today,
        budget__money_until__gte=today,
        budget__phase_start__gte=F("budget__money_from"),
        budget__phase_end__lte=F("budget__money_until"),
    )
    # A second officer confirms: neither who wrote the costs nor who entered the money.
    others = ~Q(budget__prepared_by=user) & ~Q(Exists(amounts.filter(held_by=user)))
    unfit = Q(budget__unsuitable__gt=0) | Q(budget__money_until__lt=today)
    yield Wait(REPLACE, planned & unfit, Greatest("created_at", written, committed))
    covered = draft & Q(budget__committed__gte=needed)
    yield Wait(CONFIRM, covered & fits & others, Greatest("created_at", written, committed))
    open_amount = needed - F("budget__committed")
    yield Wait(ALLOCATE, draft & Q(budget__held__lt=open_amount), Coalesce(written, "created_at"))


def _of_security(user: User) -> Iterator[Wait]:
    if Role.SECURITY_OFFICER in user.roles:
        skimped = Q(budget__one_time_cost__gt=0, budget__security_cost=0)
        yield Wait(SECURITY, UNDER_WAY & skimped, F("created_at"))


def _budget(project: Any, city: City) -> Task:
    budget, since = project.budget, project.waits_since
    lapsed = budget.money_until and budget.money_until < city.today()
    if project.waits_as == CONFIRM.code:
        kind, title = CONFIRM, f"Confirm {money.show(budget.needed)}"
        about = "Another officer committed it"
    elif project.waits_as == ALLOCATE.code:
        short = budget.needed - budget.committed - budget.held
        kind, title, about = ALLOCATE, f"Allocate {money.show(short)}", "Its costs are complete"
    elif project.waits_as == SECURITY.code:
        cost = money.show(budget.needed)
        kind, title = SECURITY, "Ask for the security cost"
        about = f"{project.department} plans {cost}, nothing of it for security"
    elif lapsed:
        kind, title, about = REPLACE, "Replace the money", "It lapsed"
        since = morning_of(budget.money_until + timedelta(days=1), city)
    else:
        kind, title = REPLACE, f"Replace {money.show(budget.unsuitable)}"
        about = "It is not bound to its purpose"
    return Task(
        kind=kind,
        record=project.pk,
        title=f"{title}: {project}",
        about=f"{project.reference} · {about}",
        url=reverse("project_budget", args=[project.pk]),
        since=since,
        of_kind=project.of_kind,
        # The costs are as they were while an officer allocates part by part.
        mark=f"{budget.revision}" if kind is ALLOCATE else "",
    )


def _held(user: User, most: int | None) -> Iterator[Task]:
    """Yield money that is held and not committed."""
    under_way = Project.objects.filter(UNDER_WAY, budget=OuterRef("budget"))
    held = Allocation.objects.filter(Exists(under_way), state=Allocation.State.HELD)
    held = held.select_related("budget__project", "appropriation__fund")
    long_ago = timezone.now() - HELD_LONG
    for allocation in held.annotate(of_kind=Window(Count("*"))).order_by("held_at", "pk")[:most]:
        yield _allocation(allocation, user, long_ago)


def _allocation(allocation: Any, user: User, long_ago: datetime) -> Task:
    project = allocation.budget.project
    long = allocation.held_at < long_ago
    verb = "Commit or release" if long else "Commit"
    return Task(
        kind=HELD,
        record=allocation.pk,
        title=f"{verb} {money.show(allocation.amount)}: {project}",
        about=f"{project.reference} · Held of {allocation.appropriation.fund}",
        url=reverse("allocation_commit", args=[project.pk, allocation.pk]),
        since=allocation.held_at,
        of_kind=allocation.of_kind,
        mark="long" if long else "held",
        by_mail=long or allocation.held_by_id != user.pk,
    )
