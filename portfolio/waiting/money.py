"""Money that waits: asked for, to allocate, commit, confirm or replace; security left out."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from budgets import money, waivers
from budgets.models import Allocation, Budget, BudgetPolicy, FundingRequest
from portfolio.models import City, History, Project, User
from portfolio.roles import Permission, Role
from portfolio.waiting.task import Asked, Kind, Task, Wait, morning_of, oldest

ALLOCATE = Kind("allocate", "account_balance", "budgets to allocate money to", "projects")
ASKED = Kind("asked", "attach_money", "requests for money to answer", "projects")
DECLINED = Kind("declined", "do_not_disturb", "declined requests for money", "projects")
CONFIRM = Kind("confirm", "verified", "budgets to confirm", "projects")
REPLACE = Kind("replace", "undo", "budgets with money to replace", "projects")
SECURITY = Kind("security", "security", "budgets with too little security", "projects")
WAIVER = Kind("waiver", "event", "security waivers that end soon", "projects")
HELD = Kind("held", "hourglass_empty", "amounts held", "funds")

# Money held for a month is money that no other project could plan with for a month.
HELD_LONG = timedelta(days=30)

KINDS = {
    kind.code: kind
    for kind in (ASKED, DECLINED, ALLOCATE, CONFIRM, REPLACE, SECURITY, WAIVER, HELD)
}

# Where the work is done, if not on the page of the budget.
PLACES = {
    ASKED: "allocation_hold",
    ALLOCATE: "allocation_hold",
    WAIVER: "security_waiver",
}

NO_SECURITY = Q(budget__security_cost=0)
BELOW_FLOOR = Q(
    budget__security_cost__lt=F("budget__security_floor"), budget__security_waived_until=None
)
# What the plan itself lacks, said by `dedication.unmet` in sentences; here for the database.
COST_GAPS = (
    Q(budget__one_time_cost=0)
    | Q(budget__contingency__lt=F("budget__contingency_floor"))
    | NO_SECURITY
    | BELOW_FLOOR
    | Q(budget__recurring_cost=0, budget__no_recurring_reason="")
    | Q(budget__years_without_source__gt=0)
    | Q(budget__phase_start=None)
    | Q(budget__phase_end=None)
)
# What is neither held nor committed of what is needed, in dollars.
NEEDED = F("budget__one_time_cost") + F("budget__contingency")
IS_SHORT = Q(budget__one_time_cost__gt=0) & (Q(budget__committed__lt=NEEDED - F("budget__held")))
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
    waits = [*_of_finance(user, city), *_of_security(user, city), *_of_head(user)]
    last_reason = _requests(declined=True).order_by("-declined_at").values("declined_reason")[:1]
    projects = Project.objects.for_pages().annotate(declined_reason=Subquery(last_reason))
    for project in oldest(projects, waits, most=most):
        yield _budget(project, city)
    if user.has_perm(Permission.ENTER_MONEY):
        yield from _held(user, city, most)


def _requests(*, declined: bool) -> QuerySet[FundingRequest]:
    """Return what finance was asked for the budget of the outer query, answered no or not yet."""
    asked = FundingRequest.objects.filter(budget=OuterRef("budget"), asked_at__isnull=False)
    return asked.filter(declined_at__isnull=not declined)


def _of_head(user: User) -> Iterator[Wait]:
    """What finance declined, until the department asks again or nothing is short any more."""
    if not user.has_perm(Permission.DRAFT_COSTS):
        return
    own = Q(department__in=user.headed_department_ids)
    refused = Q(Exists(_requests(declined=True))) & ~Q(Exists(_requests(declined=False)))
    since = Subquery(_requests(declined=True).order_by("-declined_at").values("declined_at")[:1])
    yield Wait(DECLINED, own & UNDER_WAY & IS_SHORT & refused, since)


def _of_finance(user: User, city: City) -> Iterator[Wait]:
    """What a department asks for, and what finance does to a budget whose plan is complete."""
    if not user.has_perm(Permission.CONFIRM_MONEY):
        return
    today = city.today()
    planned = UNDER_WAY & ~COST_GAPS & ~Q(budget__security_waived_until__lt=today)
    draft = planned & Q(budget__state=Budget.State.DRAFT)
    amounts = Allocation.objects.taken().filter(budget=OuterRef("budget"))
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
    covered = draft & Q(budget__committed__gte=NEEDED)
    yield Wait(CONFIRM, covered & fits & others, Greatest("created_at", written, committed))
    waiting = _requests(declined=False)
    asked_at = Subquery(waiting.order_by("asked_at").values("asked_at")[:1])
    yield Wait(ASKED, UNDER_WAY & IS_SHORT & Q(Exists(waiting)), asked_at)
    # What was asked for is a task of its own; what was declined waits to be asked for again.
    unasked = ~Q(Exists(waiting)) & ~Q(Exists(_requests(declined=True)))
    yield Wait(ALLOCATE, draft & IS_SHORT & unasked, Coalesce(written, "created_at"))


def _of_security(user: User, city: City) -> Iterator[Wait]:
    """Budgets with less for security than the floor, and no waiver that covers it."""
    if Role.SECURITY_OFFICER in user.roles:
        today = city.today()
        skimped = Q(budget__one_time_cost__gt=0) & (NO_SECURITY | BELOW_FLOOR)
        ended = Q(budget__security_waived_until__lt=today)
        yield Wait(SECURITY, UNDER_WAY & (skimped | ended), F("created_at"))
        ends_soon = Q(budget__security_waived_until__range=(today, today + waivers.WARN))
        since = Cast(F("budget__security_waived_until") - waivers.WARN, DateTimeField())
        yield Wait(WAIVER, UNDER_WAY & ends_soon, since)


def _budget(project: Any, city: City) -> Task:
    kind = KINDS[project.waits_as]
    title, about = _words(kind, project, city)
    lapsed = project.budget.money_until and project.budget.money_until < city.today()
    since = project.waits_since
    if kind is REPLACE and lapsed:
        since = morning_of(project.budget.money_until + timedelta(days=1), city)
    elif kind is SECURITY and project.budget.security_waived_until:
        since = morning_of(project.budget.security_waived_until + timedelta(days=1), city)
    return Task(
        kind=kind,
        record=project.pk,
        title=f"{title}: {project}",
        about=f"{project.reference} · {about}",
        url=reverse(PLACES.get(kind, "project_budget"), args=[project.pk]),
        since=since,
        of_kind=project.of_kind,
        # The costs are as they were while an officer allocates part by part.
        mark=f"{project.budget.revision}" if kind is ALLOCATE else "",
    )


def _words(kind: Kind, project: Any, city: City) -> tuple[str, str]:
    """Return what to do about the money of `project`, and why."""
    budget = project.budget
    if kind is SECURITY:
        return _security_words(project)
    if kind is WAIVER:
        ends = f"It ends on {date_format(budget.security_waived_until)}; then the gate closes"
        return "Look at the security waiver again", ends
    if kind is REPLACE and budget.money_until and budget.money_until < city.today():
        return "Replace the money", "It lapsed"
    return {
        ASKED: (f"Allocate {money.show(budget.short)}", f"{project.department} asks for it"),
        ALLOCATE: (f"Allocate {money.show(budget.short)}", "Its costs are complete"),
        DECLINED: ("Finance declined the money", project.declined_reason),
        CONFIRM: (f"Confirm {money.show(budget.needed)}", "Another officer committed it"),
        REPLACE: (
            f"Replace {money.show(budget.unsuitable)}",
            "It is not bound to its purpose",
        ),
    }[kind]


def _security_words(project: Any) -> tuple[str, str]:
    budget = project.budget
    if not budget.security_cost:
        cost = money.show(budget.needed)
        about = f"{project.department} plans {cost}, nothing of it for security"
        return "Ask for the security cost", about
    planned, floor = money.show(budget.security_cost), money.show(budget.security_floor)
    about = f"{project.department} plans {planned} for security, the policy asks for {floor}"
    if budget.security_waived_until:
        about = f"The waiver ended on {date_format(budget.security_waived_until)} · {about}"
    return "Ask for more security, or sign a waiver", about


def _held(user: User, city: City, most: int | None) -> Iterator[Task]:
    """Yield money that is held and not committed, until its hold ends."""
    under_way = Project.objects.filter(UNDER_WAY, budget=OuterRef("budget"))
    held = Allocation.objects.filter(Exists(under_way), state=Allocation.State.HELD)
    held = held.filter(expires_on__gte=city.today())
    warn_days = Subquery(BudgetPolicy.objects.values("hold_warn_days")[:1])
    held = held.select_related("budget__project", "appropriation__fund").annotate(
        of_kind=Window(Count("*")),
        warn_days=Coalesce(warn_days, Value(BudgetPolicy().hold_warn_days)),
    )
    for allocation in held.order_by("held_at", "pk")[:most]:
        yield _allocation(allocation, user, city.today())


def _allocation(allocation: Any, user: User, today: date) -> Task:
    project = allocation.budget.project
    last_day = allocation.expires_on
    ending = (last_day - today).days <= allocation.warn_days
    long = allocation.held_at < timezone.now() - HELD_LONG
    verb = "Commit or release" if long or ending else "Commit"
    about = f"Held of {allocation.appropriation.fund}"
    if ending:
        about = f"The hold ends {_on(last_day, today)} · {about}"
    return Task(
        kind=HELD,
        record=allocation.pk,
        title=f"{verb} {money.show(allocation.amount)}: {project}",
        about=f"{project.reference} · {about}",
        url=reverse("allocation_commit", args=[project.pk, allocation.pk]),
        since=allocation.held_at,
        of_kind=allocation.of_kind,
        mark="ending" if ending else "long" if long else "held",
        by_mail=long or ending or allocation.held_by_id != user.pk,
    )


def _on(day: date, today: date) -> str:
    return "today" if day == today else f"on {date_format(day)}"
