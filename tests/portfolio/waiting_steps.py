"""What waits on whom, and how it got there: for the tests of the overview and of the notices."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core import mail

from budgets import ledger
from budgets.models import CostLine
from portfolio.models import City, Project, User
from portfolio.waiting import MOST, Task, Waiting, waiting_for
from problems.models import Problem
from problems.review import decisions
from tests.factories import (
    add_costs,
    defined_problem,
    draft_problem,
    make_appropriation,
    make_project,
    make_user,
)


def waiting(user: User, *, most: int | None = MOST) -> Waiting:
    """What waits on `user` as they are now."""
    return waiting_for(User.objects.get(pk=user.pk), city=City.current(), most=most)


def tasks(user: User, kind: str = "") -> list[Task]:
    """The tasks of `user`, of one kind where it is named."""
    return [task for task in waiting(user).tasks if kind in {"", task.kind.code}]


def kinds(user: User) -> set[str]:
    return {task.kind.code for task in waiting(user).tasks}


def the(user: User, kind: str) -> Task:
    """The one task of that kind."""
    (task,) = tasks(user, kind)
    return task


def submitted(cast: SimpleNamespace, **changes: Any) -> Problem:
    problem = draft_problem(cast, **changes)
    return decisions.submit(problem, by=cast.head, on=cast.city.today())


def costed(cast: SimpleNamespace, title: str = "") -> Project:
    project = make_project(cast, problem=defined_problem(cast), title=title)
    add_costs(project.budget, cast=cast)
    project.refresh_from_db()
    return project


def allocated(cast: SimpleNamespace, *, by: User) -> Project:
    """A project with all its money committed, to be confirmed."""
    project = costed(cast)
    source = make_appropriation()
    held = ledger.hold(
        budget=project.budget, appropriation=source, amount=project.budget.needed, by=by
    )
    ledger.commit(held, by=by)
    return project


def everybody(cast: SimpleNamespace) -> list[User]:
    return [person for person in vars(cast).values() if isinstance(person, User)]


def crowd(cast: SimpleNamespace, number: int) -> None:
    """Let so many of every common kind wait."""
    defined = defined_problem(cast)
    source = make_appropriation(100_000_000)
    for index in range(number):
        draft_problem(cast)
        submitted(cast)
        make_project(cast)
        plan = make_project(cast, problem=defined)
        add_costs(plan.budget, cast=cast)
        amount = plan.budget.needed if index % 2 else Decimal(5)
        held = ledger.hold(budget=plan.budget, appropriation=source, amount=amount, by=cast.finance)
        if index % 2:
            ledger.commit(held, by=cast.finance)
        bare = make_project(cast, problem=defined)
        add_costs(bare.budget, cast=cast)
        CostLine.objects.filter(budget=bare.budget, element="security").delete()
        make_user("New Person")


def receivers() -> list[str]:
    return [address for sent in mail.outbox for address in sent.to]
