"""Eight people at once on one fund, and eight on one list, as fast as they can."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from budgets import amending, ledger
from budgets.models import Allocation, Amendment, Appropriation, Budget, Fund
from portfolio import adopting
from portfolio.models import Project, WorkingPosition
from portfolio.roles import Role
from tests.bench import city
from tests.bench.table import Line
from tests.budgets.model import from_history
from tests.factories import make_user
from tests.gate.movers import Mover, assert_each_is_explained

WRITERS = 8
TAKING = ("hold", "commit", "release")
MUST = "nothing over-committed, no lost move, no deadlock reported to a person"

# One step of a writer; it returns what became of it.
Step = Callable[[], str]


def lines(cast: SimpleNamespace, *, seconds: int) -> Iterator[Line]:
    """Let them write for so many seconds each, then look at what stands in the database."""
    yield _on_one_fund(cast, seconds)
    yield _on_one_list(cast, seconds)


def at_once(steps: Sequence[Step], seconds: int) -> tuple[Counter[str], float]:
    """Run each of `steps` again and again in a thread with a connection of its own.

    Returns how often what became of it, and how many seconds it took.
    """
    became: Counter[str] = Counter()
    start = threading.Barrier(len(steps))

    def write(step: Step) -> None:
        mine = Counter[str]()
        start.wait()
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            try:
                mine[step()] += 1
            except ValidationError:
                mine["refused"] += 1
            except Exception as fault:  # noqa: BLE001 - whatever reaches a person counts
                mine[f"fault: {type(fault).__name__}: {fault}"[:120]] += 1
        connection.close()
        became.update(mine)

    threads = [threading.Thread(target=write, args=[step]) for step in steps]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return became, time.perf_counter() - began


def _faults(became: Counter[str]) -> str:
    faults = [f"{count} × {name}" for name, count in became.items() if name.startswith("fault")]
    return "; ".join(faults) or "no fault"


def _on_one_fund(cast: SimpleNamespace, seconds: int) -> Line:
    fund = Fund.objects.create(code="ONE", name="One fund", fund_type=Fund.Type.GENERAL)
    sources = [city.appropriation(fund, 500), city.appropriation(fund, 500)]
    for number, source in enumerate(sources):
        source.action_number = f"Ord. {number}"
        source.save()
    budgets = list(Budget.objects.order_by("pk")[:WRITERS])
    earlier = Amendment.objects.count()

    def step(dice: random.Random, own: list[Allocation]) -> str:
        kind = dice.choice([*TAKING, *Amendment.Kind.values]) if own else "hold"
        amount = Decimal(dice.randrange(1, 120) * 1000)
        if kind == "hold":
            budget, source = dice.choice(budgets), dice.choice(sources)
            own.append(
                ledger.hold(budget=budget, appropriation=source, amount=amount, by=cast.finance)
            )
        elif kind == "commit":
            ledger.commit(own[0], by=cast.finance)
        elif kind == "release":
            ledger.release(own.pop(0), by=cast.finance)
        else:
            amending.sign(_change(kind, amount, dice.sample(sources, 2)), by=cast.finance)
        return kind

    steps = [partial(step, random.Random(number), []) for number in range(WRITERS)]
    became, took = at_once(steps, seconds)
    return _told_of_fund(became, took, sources, Amendment.objects.count() - earlier)


def _change(kind: str, amount: Decimal, ends: list[Appropriation]) -> amending.Change:
    source, target = ends
    return amending.Change(
        Amendment.Kind(kind),
        amount,
        amending.Action("ordinance", "Ord. 9", timezone.localdate()),
        source=None if kind == "raise" else source,
        target=target if kind in {"raise", "transfer"} else None,
    )


def _told_of_fund(
    became: Counter[str], took: float, sources: list[Appropriation], amended: int
) -> Line:
    """Compare rows, totals and the history, all three worked out on their own."""
    model = from_history(source.pk for source in sources)
    found = Appropriation.objects.filter(pk__in=model.amounts)
    totals = {row.pk: (row.amount, row.held, row.committed) for row in found}
    signed = sum(became[kind] for kind in Amendment.Kind.values)
    taken = Allocation.objects.filter(appropriation__in=sources).count()
    is_right = (
        totals == model.totals()
        and all(model.left(source) >= 0 for source in model.amounts)
        and (amended, taken) == (signed, became["hold"])
    )
    done = signed + sum(became[kind] for kind in TAKING)
    stands = sum(held + committed for _, held, committed in totals.values())
    return Line(
        f"{WRITERS} writers on one fund, {took:.0f} s",
        MUST,
        f"{done / took:.0f} changes a second: {signed:,} amendments and transfers, "
        f"{done - signed:,} holds, commits and releases; {became['refused']:,} conflicts, each "
        f"told in a sentence; ${stands:,.0f} taken of "
        f"${sum(amount for amount, _, _ in totals.values()):,.0f}, "
        f"{'as rows and history say' if is_right else 'NOT as rows and history say'}; "
        f"{_faults(became)}",
        is_right and _faults(became) == "no fault" and min(signed, became["hold"]) > 0,
    )


def _on_one_list(cast: SimpleNamespace, seconds: int) -> Line:
    """Steps, drags, ranks and undoing, each on the list as it was a moment ago; then a replay."""
    projects = list(Project.objects.filter(working_position__isnull=False).order_by("pk")[:40])
    movers = [
        Mover(make_user(f"Manager {number}", role=Role.CITY_MANAGER), number, projects)
        for number in range(WRITERS)
    ]
    before, since = _order(), int(adopting.order_mark())
    became, took = at_once([mover.try_once for mover in movers], seconds)
    fault = ""
    try:
        is_right = assert_each_is_explained(movers, before, since=since) == _order()
    except AssertionError as missed:
        is_right, fault = False, str(missed)
    made = became["moved"] + became["undone"]
    return Line(
        f"{WRITERS} movers on one list of {len(before):,}, {took:.0f} s",
        MUST,
        f"{made / took:.0f} moves a second, {became['undone']} of them taken back; "
        f"{became['stale']:,} told who moved what before them; the history "
        f"{'explains each and leads to the list as it is' if is_right else f'does NOT: {fault}'}; "
        f"{_faults(became)}",
        is_right and _faults(became) == "no fault" and made > 0,
    )


def _order() -> list[int]:
    return list(WorkingPosition.objects.in_order().values_list("pk", flat=True))
