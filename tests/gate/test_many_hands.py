"""Eight people at once, each doing anything to the same projects: nobody is told of a deadlock."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from budgets import amending, dedication, ledger
from budgets.models import Appropriation
from portfolio import adopting, projects, ranking, scoping
from portfolio.models import Project, WorkingPosition
from problems.models import Problem
from problems.review import decisions
from tests import database
from tests.factories import make_appropriation
from tests.gate.crowd import gather
from tests.gate.invariants import assert_all_is_true
from tests.gate.withdrawals import actions
from tests.gate.world import problem_of, settle

HANDS, STEPS, PROJECTS = 8, 80, 6
PATIENCE = 60  # Seconds until a writer that never comes is called a fault.


def reopen(project: Project, cast: SimpleNamespace) -> None:
    decisions.reopen(problem_of(project), by=cast.head)


def define(project: Project, cast: SimpleNamespace) -> None:
    problem = Problem.objects.get(pk=problem_of(project).pk)
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    decisions.accept(problem, by=cast.manager)


def hold_and_commit(project: Project, cast: SimpleNamespace) -> None:
    source = Appropriation.objects.order_by("pk")[0]
    held = ledger.hold(
        budget=project.budget, appropriation=source, amount=project.budget.needed, by=cast.finance
    )
    ledger.commit(held, by=cast.finance)


def release(project: Project, cast: SimpleNamespace) -> None:
    for allocation in project.budget.allocations.exclude(state="released")[1:]:
        ledger.release(allocation, by=cast.finance)


def amend(project: Project, cast: SimpleNamespace) -> None:
    """Move what is left between two appropriations, back and forth."""
    source, target = sorted(Appropriation.objects.order_by("pk")[:2], key=lambda one: -one.left)
    action = amending.Action("ordinance", "Ord. 9", cast.city.today())
    half = (source.left / 2).quantize(Decimal("0.01"))
    amending.transfer(source, target=target, amount=half, action=action, by=cast.finance)


def let_holds_end(project: Project, cast: SimpleNamespace) -> None:
    ledger.expire(on=cast.city.today())


def confirm(project: Project, cast: SimpleNamespace) -> None:
    dedication.confirm(project.budget, by=cast.second_finance, on=cast.city.today())


def withdraw(project: Project, cast: SimpleNamespace) -> None:
    dedication.withdraw(project.budget, by=cast.finance)


def rank(project: Project, cast: SimpleNamespace) -> None:
    place = WorkingPosition.objects.filter(project=project).first()
    if place is None:
        ranking.add(project, by=cast.manager)
    else:
        ranking.move(project, to=1, seen=place.key, by=cast.manager, reason="Urgent.")


def unrank(project: Project, cast: SimpleNamespace) -> None:
    ranking.remove(project, by=cast.manager)


def adopt(project: Project, cast: SimpleNamespace) -> None:
    adopting.adopt(
        action_number=f"Act {next(actions)}", adopted_on=cast.city.today(), by=cast.manager
    )


def open_or_resume(project: Project, cast: SimpleNamespace) -> None:
    step = projects.resume if project.on_hold else projects.open_scoping
    step(project, by=cast.manager)


def put_on_hold(project: Project, cast: SimpleNamespace) -> None:
    projects.put_on_hold(project, reason="Staff left.", by=cast.manager)


def answer(project: Project, cast: SimpleNamespace) -> None:
    other = Project.objects.exclude(pk=project.pk).select_related("problem")[0]
    projects.answer(project, problem=problem_of(other), by=cast.head)


def write_scope(project: Project, cast: SimpleNamespace) -> None:
    seen = project.scope.revision if hasattr(project, "scope") else 0
    scoping.save(project, approach="Ask families.", seen=seen, by=cast.head)


def bring_up_to_date(project: Project, cast: SimpleNamespace) -> None:
    projects.bring_up_to_date()


DEEDS: list[Callable[[Project, SimpleNamespace], None]] = [
    reopen,
    define,
    define,
    hold_and_commit,
    release,
    amend,
    let_holds_end,
    confirm,
    confirm,
    withdraw,
    rank,
    rank,
    unrank,
    adopt,
    open_or_resume,
    open_or_resume,
    put_on_hold,
    answer,
    write_scope,
    bring_up_to_date,
]


def hand(seed: int, cast: SimpleNamespace, pks: list[int], start: Barrier) -> Counter[Any]:
    """Do anything, again and again; return how often what came of it."""
    chance = Random(seed)
    came: Counter[Any] = Counter()
    try:
        start.wait(PATIENCE)
        for _ in range(STEPS):
            deed = chance.choice(DEEDS)
            project = Project.objects.for_pages().get(pk=chance.choice(pks))
            try:
                deed(project, cast)
            except (ValidationError, IntegrityError):
                came["refused"] += 1
            except Exception as fault:  # noqa: BLE001 - what it is, the test says
                came[deed.__name__, repr(fault)] += 1
            else:
                came["done"] += 1
    finally:
        connection.close()
    return came


@pytest.mark.django_db(transaction=True)
def test_many_hands_on_few_projects() -> None:
    cast = settle(slots=3)
    make_appropriation()
    pks = [project.pk for project in gather(cast, PROJECTS)]
    # One problem for all of them: its reopening reaches every project at once.
    Project.objects.update(problem=Problem.objects.filter(projects=pks[0]).get())
    start = Barrier(HANDS)
    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(hand, seed, cast, pks, start) for seed in range(HANDS)]
        came = sum((one.result() for one in hands), Counter())
    assert set(came) == {"done", "refused"}, came
    assert came["done"] > HANDS * STEPS / 5
    with database.connect("default") as watcher:
        assert_all_is_true(watcher)
        assert watcher.execute("SELECT * FROM portfolio_verify_history()").fetchall() == []
