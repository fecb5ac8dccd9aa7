"""How the one list stands, remembered per process and right after every change.

What was read is remembered with the newest link of the history: links are written when a
transaction commits, in the order of commits, so whatever was committed since has a newer one. What
an open transaction changed itself has no link yet; what is read there is remembered for it alone,
as it may still be undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from budgets import money
from portfolio import line_needs
from portfolio.lines import Limits, Need, Outcome, Start, Walk, Why, walk_from
from portfolio.models import WorkingPosition

ORDER_TABLE = WorkingPosition._meta.db_table
# With no link given nothing is compared: the newest link is read alone.
CHANGES = """
    WITH newest AS (
        SELECT id, hash FROM portfolio_historylink ORDER BY id DESC LIMIT 1
    ), changed AS (
        SELECT change.table_name
          FROM portfolio_historylink link JOIN portfolio_history change
            ON change.id = link.history_id
         WHERE link.id > %(link)s
        UNION ALL
        -- Of this transaction: nobody else's change is seen without its link.
        SELECT change.table_name
          FROM portfolio_history change
         WHERE change.at >= now() AND change.table_name = ANY(%(tables)s)
           AND NOT EXISTS (SELECT FROM portfolio_historylink WHERE history_id = change.id)
    )
    SELECT (SELECT id FROM newest), (SELECT hash FROM newest),
           pg_current_xact_id_if_assigned()::text,
           (SELECT max(id) FROM portfolio_history),
           EXISTS (SELECT FROM portfolio_historylink WHERE id = %(link)s AND hash = %(hash)s),
           coalesce(bool_or(table_name = ANY(%(facts)s)), false),
           coalesce(bool_or(table_name = %(order)s), false)
      FROM changed
"""
# The mark of the order is that of `adopting.order_mark`, of the same moment as the order.
ORDER = """
    SELECT (SELECT max(id) FROM portfolio_history WHERE table_name = %s),
           (SELECT array_agg(project_id ORDER BY key) FROM portfolio_workingposition)
"""


@dataclass(frozen=True)
class Standing:
    """How the list stands: an order, what its projects need, and what the walk finds.

    `mark` is the mark of the working order that it was read from.
    """

    order: tuple[int, ...]
    mark: str
    facts: line_needs.Facts
    start: Start

    @cached_property
    def walk(self) -> Walk:
        """What the walk down the order finds."""
        return _walked(self.start, self.order)

    @cached_property
    def ranks(self) -> dict[int, int]:
        """The rank of each project, from 1."""
        return {project: rank for rank, project in enumerate(self.order, start=1)}

    @cached_property
    def score_ranks(self) -> dict[int, int]:
        """The rank by score of each project of the list with a complete score, best first."""
        ordered: list[int] = []
        for together in self.facts.by_score:
            listed = [project for project in together if project in self.ranks]
            ordered += sorted(listed, key=self.ranks.__getitem__)
        return {project: rank for rank, project in enumerate(ordered, start=1)}

    @property
    def needs(self) -> Mapping[int, Need]:
        """What each project needs, on the list or not."""
        return self.start.needs

    @property
    def limits(self) -> Limits:
        """The slots, and the money by fund."""
        return self.start.limits

    @property
    def funds(self) -> Mapping[int, str]:
        """What each fund is called in a sentence."""
        return self.facts.funds

    @property
    def critical_warnings(self) -> tuple[str, ...]:
        """Where less than the policy's share serves what the city declared critical."""
        if not self.facts.has_critical:
            return ()
        floor = self.facts.critical_floor
        below = f"less than the city’s {floor} percent."
        (top, of_top), (dollars, of_dollars) = (
            self.walk.critical_of_top_ten,
            self.walk.critical_money,
        )
        warnings = []
        if top * 100 < floor * of_top:
            warnings.append(f"{top} of the top {of_top} serve a critical priority: {below}")
        if dollars * 100 < floor * of_dollars:
            share = dollars * 100 // of_dollars
            warnings.append(
                f"{share} percent of the dollars that reach projects serve a critical priority: "
                f"{below}"
            )
        return tuple(warnings)

    def moved(self, project: int, to_rank: int) -> "Standing":
        """Return how the list would stand with `project` at `to_rank`, counted from 1."""
        others = [one for one in self.order if one != project]
        others.insert(to_rank - 1, project)
        return replace(self, order=tuple(others))

    def changed(
        self,
        *,
        order: Sequence[int] | None = None,
        change_percent: int = 0,
        fund_changes: Mapping[int, int] | None = None,
        slots: int | None = None,
    ) -> "Standing":
        """Return how the list would stand with another order, other money, or other slots.

        Appropriations change by `fund_changes` percent, by fund, and by `change_percent` in all
        other funds.
        """
        start = self.facts.start
        if change_percent or fund_changes or slots is not None:
            start = line_needs.begin_with(
                self.facts.needs,
                self.facts.purses,
                self.facts.slots if slots is None else slots,
                fund_changes or {},
                change_percent,
            )
        return replace(self, order=self.order if order is None else tuple(order), start=start)


class _Version(NamedTuple):
    """What of the history this connection sees: no two states of the database have the same.

    `transaction` is the open transaction, where it wrote anything; `change` the newest change.
    """

    link: int | None
    hash: bytes
    transaction: str | None
    change: int | None


class _Remembered(NamedTuple):
    """A standing, the day for which it was read, and the state of the database."""

    on: date
    version: _Version
    standing: Standing


class _Memory:
    """What this process remembers: a standing of what is committed, one of what is not, walks."""

    committed: _Remembered | None = None
    uncommitted: _Remembered | None = None
    # The last walks: a move is walked before it is written, and read again after.
    walks: tuple[tuple[Start, tuple[int, ...], Walk], ...] = ()


def _walked(start: Start, order: tuple[int, ...]) -> Walk:
    for known_start, known_order, walk in _Memory.walks:
        if known_start is start and known_order == order:
            return walk
    walk = walk_from(start, order)
    _Memory.walks = ((start, order, walk), *_Memory.walks[:2])
    return walk


def forget() -> None:
    """Forget what was remembered: the next standing is read anew."""
    _Memory.committed = _Memory.uncommitted = None
    _Memory.walks = ()


def standing(on: date) -> Standing:
    """Return how the list stands on that day.

    One query where nothing changed, two where only the order did, nine where all is read.
    """
    kept = _Memory.committed
    if kept and kept.on != on:
        kept = None
    version, facts_changed, order_changed = _look(kept)
    mine = _Memory.uncommitted
    if mine and (mine.on, mine.version) == (on, version):
        return mine.standing
    if kept and not facts_changed and not order_changed:
        now = kept.standing
    else:
        mark, order = _read_order()
        facts = line_needs.read(on) if not kept or facts_changed else kept.standing.facts
        if not all(project in facts.needs for project in order):
            # A project was made and put on the list between two of these queries.
            facts = line_needs.read(on)
        now = Standing(order, mark, facts, facts.start)
    if version.transaction is not None:
        _Memory.uncommitted = _Remembered(on, version, now)
    elif version.link is not None:
        _Memory.committed = _Remembered(on, version, now)
    return now


def _look(kept: _Remembered | None) -> tuple[_Version, bool, bool]:
    """Return what this connection sees, and whether facts or order changed since `kept`.

    Everything did where the link of `kept` is not there any more: it is another database.
    """
    given = {
        "link": kept.version.link if kept else None,
        "hash": kept.version.hash if kept else None,
        "facts": list(line_needs.TABLES),
        "order": ORDER_TABLE,
        "tables": [*line_needs.TABLES, ORDER_TABLE],
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, given)
        link, of_link, transaction, change, is_known, facts, order = cursor.fetchone()
    version = _Version(link, bytes(of_link or b""), transaction, change)
    return version, facts or not is_known, order or not is_known


def _read_order() -> tuple[str, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ORDER, [ORDER_TABLE])
        last, order = cursor.fetchone()
    return str(last or 0), tuple(order or ())


def sentence(outcome: Outcome, funds: Mapping[int, str]) -> str:
    """Return in words why a project has no money: empty where it has.

    "next, but $120,000 short in Fund 225". `funds` are the funds' names by their keys.
    """
    dollars = money.show(Decimal(outcome.missing) / 100)
    if outcome.fund is not None:
        return f"next, but {dollars} short in {funds[outcome.fund]}"
    if outcome.why is Why.NO_FUND:
        return f"names no fund for {dollars}"
    if outcome.why is Why.NOT_ESTIMATED:
        return "its cost is not estimated"
    return ""
