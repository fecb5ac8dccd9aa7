"""Eight people at once on one fund, and eight on one list, as fast as they can."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Sum

from budgets import ledger
from budgets.models import Allocation, Budget, Fund
from portfolio import ranking
from portfolio.models import History, Project, WorkingPosition
from tests.bench import city
from tests.bench.table import Line

WRITERS = 8
MUST = "nothing over-committed, no lost move, no deadlock reported to a person"

# One step of a writer, who has dice and keeps what is held; it returns what became of it.
Step = Callable[[random.Random, list[Allocation]], str]


def lines(cast: SimpleNamespace, *, seconds: int) -> Iterator[Line]:
    """Let them write for so many seconds each, then look at what stands in the database."""
    yield _on_one_fund(cast, seconds)
    yield _on_one_list(cast, seconds)


def at_once(step: Step, seconds: int) -> tuple[Counter[str], float]:
    """Run `step` again and again in eight threads, each with a connection of its own.

    Returns how often what became of it, and how many seconds it took.
    """
    became: Counter[str] = Counter()
    start = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        dice, own, mine = random.Random(number), list[Allocation](), Counter[str]()
        start.wait()
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            try:
                mine[step(dice, own)] += 1
            except ranking.Stale:
                mine["stale"] += 1
            except ValidationError:
                mine["refused"] += 1
            except Exception as fault:  # noqa: BLE001 - whatever reaches a person counts
                mine[f"fault: {type(fault).__name__}: {fault}"[:120]] += 1
        connection.close()
        became.update(mine)

    threads = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
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
    source = city.appropriation(fund, 500)
    source.save()
    budgets = list(Budget.objects.order_by("pk")[:WRITERS])

    def step(dice: random.Random, own: list[Allocation]) -> str:
        kind = dice.choice(["hold", "commit", "release"]) if own else "hold"
        if kind == "hold":
            amount = Decimal(dice.randrange(1, 120) * 1000)
            own.append(
                ledger.hold(
                    budget=dice.choice(budgets),
                    appropriation=source,
                    amount=amount,
                    by=cast.finance,
                )
            )
        elif kind == "commit":
            ledger.commit(own[0], by=cast.finance)
        else:
            ledger.release(own.pop(0), by=cast.finance)
        return kind

    became, took = at_once(step, seconds)
    done = became["hold"] + became["commit"] + became["release"]
    source.refresh_from_db()
    taken = Allocation.objects.filter(appropriation=source).exclude(state="released")
    stands = taken.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    is_right = stands == source.held + source.committed and stands <= source.amount
    return Line(
        f"{WRITERS} writers on one fund, {took:.0f} s",
        MUST,
        f"{done / took:.0f} holds, commits and releases a second, {became['refused']} refused; "
        f"${stands:,.0f} of ${source.amount:,.0f} taken, "
        f"{'as the ledger says' if is_right else 'NOT as the ledger says'}; {_faults(became)}",
        is_right and _faults(became) == "no fault" and became["hold"] > 0,
    )


def _on_one_list(cast: SimpleNamespace, seconds: int) -> Line:
    projects = list(Project.objects.filter(working_position__isnull=False).order_by("pk")[:40])
    moves = History.objects.filter(table=WorkingPosition._meta.db_table, action="UPDATE")
    before, length = moves.count(), WorkingPosition.objects.count()

    def step(dice: random.Random, own: list[Allocation]) -> str:
        project = dice.choice(projects)
        seen = WorkingPosition.objects.get(project=project).key
        done = ranking.move(project, to=dice.randrange(1, length), seen=seen, by=cast.manager)
        return "moved" if done.before != done.after else "stayed"

    became, took = at_once(step, seconds)
    written = moves.count() - before
    same_key = WorkingPosition.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1)
    is_right = (
        written == became["moved"]
        and WorkingPosition.objects.count() == length
        and not same_key.exists()
    )
    return Line(
        f"{WRITERS} movers on one list of {length:,}, {took:.0f} s",
        MUST,
        f"{became['moved'] / took:.0f} moves a second, {became['stale']} told that somebody moved "
        f"it first; {written} of {became['moved']} moves stand in the history; {_faults(became)}",
        is_right and _faults(became) == "no fault" and became["moved"] > 0,
    )
