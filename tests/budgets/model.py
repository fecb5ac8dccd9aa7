"""The ledger in ten lines, and the same worked out anew from the history."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portfolio.models import History

NOTHING = Decimal(0)
TABLES = ("budgets_appropriation", "budgets_amendment", "budgets_allocation")


class Refused(Exception):
    """What the ledger must refuse."""


def insist(holds: bool) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Refused


@dataclass
class Part:
    """Dollars of one source for one budget. `is_old` says that the hold has ended."""

    source: int
    budget: int
    amount: Decimal
    is_old: bool = False
    state: str = "held"


@dataclass
class Model:
    """Dollars of each source, cost of each budget, what each signature stands on, and all parts."""

    amounts: dict[int, Decimal]
    costs: dict[int, Decimal]
    signed: dict[int, tuple[Decimal, frozenset[int]]] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)

    def taken(self, state: str, **of: int) -> Decimal:
        """Return what is held or committed of a source, or for a budget."""
        ((name, key),) = of.items()
        return sum(
            (
                part.amount
                for part in self.parts.values()
                if part.state == state and getattr(part, name) == key
            ),
            NOTHING,
        )

    def left(self, source: int) -> Decimal:
        """Return what nobody took."""
        held, committed = (self.taken(state, source=source) for state in ("held", "committed"))
        return self.amounts[source] - held - committed

    def behind(self, budget: int) -> tuple[Decimal, frozenset[int]]:
        """Return what a signature would stand on: the cost, and the committed parts."""
        parts = self.parts.items()
        mine = {key for key, part in parts if (part.budget, part.state) == (budget, "committed")}
        return self.costs[budget], frozenset(mine)

    # The ten lines.

    def hold(self, source: int, budget: int, amount: Decimal) -> Part:
        """Take what is left; holds of the source that have ended make room."""
        self.expire(source)
        insist(NOTHING < amount <= self.left(source))
        return Part(source, budget, amount)

    def move(self, part: Part, *states: str, to: str) -> None:
        """Commit or release; a hold that has ended is not committed."""
        insist(part.state in states and not (to == "committed" and part.is_old))
        part.state = to

    def expire(self, source: int | None = None) -> None:
        """Release what has ended."""
        for part in self.parts.values():
            if part.is_old and part.state == "held" and source in {None, part.source}:
                part.state = "released"

    def amend(self, source: int | None, target: int | None, amount: Decimal) -> None:
        """Raise, cut, transfer or lapse: nothing leaves but what nobody took."""
        self.expire()
        insist(source != target and (source is None or amount <= self.left(source)))
        for end, change in ((source, -amount), (target, amount)):
            if end is not None:
                self.amounts[end] += change

    def confirm(self, budget: int) -> None:
        """Sign what is covered, once for the same cost and money."""
        insist(self.taken("committed", budget=budget) >= self.costs[budget])
        insist(self.signed.get(budget) != self.behind(budget))
        self.signed[budget] = self.behind(budget)

    def withdraw(self, budget: int) -> None:
        """Take the signature back."""
        insist(budget in self.signed)
        del self.signed[budget]

    def settle(self) -> None:
        """Drop every signature whose cost rose or whose money went."""
        for budget, (cost, parts) in list(self.signed.items()):
            if self.costs[budget] > cost or any(
                self.parts[key].state != "committed" for key in parts
            ):
                del self.signed[budget]

    def totals(self) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
        """Return amount, held and committed of each source."""
        return {
            source: (
                amount,
                self.taken("held", source=source),
                self.taken("committed", source=source),
            )
            for source, amount in self.amounts.items()
        }


def from_history(sources: Iterable[int]) -> Model:
    """Return what the history alone says of these sources: every change replayed in its order.

    Fails where a change has no history, or where a part goes a way that there is none.
    """
    amounts, parts = dict.fromkeys(sources, NOTHING), dict[int, Part]()
    rows = History.objects.filter(table__in=TABLES).order_by("id")
    for line in rows.values_list("table", "action", "row", "after"):
        _replay(amounts, parts, line)
    return Model(amounts, {}, {}, parts)


def _replay(amounts: dict[int, Decimal], parts: dict[int, Part], line: tuple[Any, ...]) -> None:
    table, action, row, after = line
    if table == "budgets_appropriation" and action == "INSERT" and int(row) in amounts:
        amounts[int(row)] = Decimal(str(after["adopted_amount"]))
    elif table == "budgets_amendment":
        for end, sign in (("source_id", -1), ("target_id", 1)):
            if after[end] in amounts:
                amounts[after[end]] += sign * Decimal(str(after["amount"]))
    elif table == "budgets_allocation" and after["appropriation_id"] in amounts:
        part = Part(
            after["appropriation_id"],
            after["budget_id"],
            Decimal(str(after["amount"])),
            state=after["state"],
        )
        before = parts[int(row)].state if action == "UPDATE" else "new"
        assert before == part.state or (before, part.state) in {
            ("new", "held"),
            ("held", "committed"),
            ("held", "released"),
            ("committed", "released"),
        }
        parts[int(row)] = part
