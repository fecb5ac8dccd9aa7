"""What a sheet of costs comes to while it is written: by year, by kind and by element.

The database computes the same for what is saved (`budgets_keep_budget`, migration
`0004_amended_frozen_and_waived`); this is for lines that are not saved yet. Nothing here blocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from budgets.costing import percent
from budgets.models import Budget, BudgetPolicy, CostLine
from budgets.money import CENT

NOTHING = Decimal(0)


class Cost(NamedTuple):
    """Dollars of one kind, for one element, in one fiscal year."""

    fiscal_year: int
    kind: str
    element: str
    amount: Decimal


class Year(NamedTuple):
    """Dollars of one fiscal year, by kind in the order of the words, and whether it is dear."""

    fiscal_year: int
    kinds: list[tuple[str, Decimal]]
    total: Decimal
    is_dear: bool
    is_shown: bool

    @property
    def key(self) -> str:
        """The year in plain digits, as a field of the page sends it."""
        return str(self.fiscal_year)


class Element(NamedTuple):
    """Dollars for one element, and its share of everything in percent."""

    value: str
    label: str
    total: Decimal
    percent: Decimal


@dataclass(frozen=True)
class Tally:
    """What `costs` come to. `years` are the years a line may have, `until` the horizon's last."""

    costs: tuple[Cost, ...]
    years: range
    until: int
    policy: BudgetPolicy
    estimate: str

    def _sum(self, **wanted: str | int) -> Decimal:
        return sum(
            (
                cost.amount
                for cost in self.costs
                if all(getattr(cost, name) == value for name, value in wanted.items())
            ),
            NOTHING,
        )

    @property
    def whole_life(self) -> Decimal:
        """Dollars of everything, over all years."""
        return self._sum()

    @property
    def contingency(self) -> Decimal:
        """Dollars kept for surprises."""
        return self._sum(element="contingency")

    @property
    def one_time(self) -> Decimal:
        """Dollars that contingency is counted on: what neither recurs nor is contingency."""
        return self.whole_life - self.contingency - self._sum(kind="recurring")

    @property
    def contingency_percent(self) -> Decimal:
        """The share of contingency that the policy asks of an estimate this far."""
        name = {
            Budget.Estimate.CONCEPT: "contingency_percent",
            Budget.Estimate.DESIGN: "contingency_design_percent",
            Budget.Estimate.DELIVERY: "contingency_delivery_percent",
        }[Budget.Estimate(self.estimate)]
        return Decimal(getattr(self.policy, name))

    @property
    def contingency_asked(self) -> Decimal:
        """Dollars of contingency that the policy asks for."""
        return _part(self.one_time, self.contingency_percent)

    @property
    def contingency_short(self) -> Decimal:
        """Dollars of contingency that are missing."""
        return max(self.contingency_asked - self.contingency, NOTHING)

    @property
    def security(self) -> Decimal:
        """Dollars that keep it secure."""
        return self._sum(element="security")

    @property
    def security_percent(self) -> Decimal:
        """Security's share of everything: cut to one decimal below the floor, else rounded."""
        return percent(self.security, self.whole_life, is_cut=self.security_short > 0)

    @property
    def security_floor(self) -> Decimal:
        """Dollars of security below which a security officer has to sign a waiver."""
        return _part(self.whole_life, Decimal(self.policy.security_floor_percent))

    @property
    def security_short(self) -> Decimal:
        """Dollars of security that are missing to the floor."""
        return max(self.security_floor - self.security, NOTHING)

    @property
    def large(self) -> Decimal:
        """Dollars of everything above which the policy asks to think again."""
        return Decimal(self.policy.whole_life_warning)

    @property
    def dear(self) -> Decimal:
        """Dollars of one year above which the policy asks to think again."""
        return Decimal(self.policy.yearly_warning)

    @property
    def is_large(self) -> bool:
        """Whether everything together is above the amount from which to think again."""
        return self.whole_life > self.large

    @property
    def has_dear_years(self) -> bool:
        """Whether a year costs more than the amount from which to think again."""
        return any(year.is_dear for year in self.by_year)

    @property
    def large_reason(self) -> str:
        """Why the policy asks to think again of so much in all."""
        return _reason("whole_life_warning")

    @property
    def dear_reason(self) -> str:
        """Why the policy asks to think again of so much in one year."""
        return _reason("yearly_warning")

    @property
    def by_kind(self) -> list[tuple[str, str, Decimal]]:
        """Each kind with its words and its dollars over all years."""
        return [
            (str(value), str(label), self._sum(kind=value))
            for value, label in CostLine.Kind.choices
        ]

    @property
    def by_year(self) -> list[Year]:
        """Every year a line may have; those beyond the horizon are shown where they cost."""
        sums = dict.fromkeys(self.years, NOTHING)
        kinds: dict[tuple[int, str], Decimal] = {}
        for cost in self.costs:
            sums[cost.fiscal_year] += cost.amount
            key = (cost.fiscal_year, cost.kind)
            kinds[key] = kinds.get(key, NOTHING) + cost.amount
        return [
            Year(
                year,
                [(kind, kinds.get((year, kind), NOTHING)) for kind in CostLine.Kind.values],
                total,
                total > self.dear,
                year <= self.until or bool(total),
            )
            for year, total in sums.items()
        ]

    @property
    def by_element(self) -> list[Element]:
        """Every element with its dollars over all years and its share."""
        found = []
        for value, label in CostLine.Element.choices:
            total = self._sum(element=value)
            found.append(Element(str(value), str(label), total, percent(total, self.whole_life)))
        return found


def _reason(number: str) -> str:
    return str(getattr(BudgetPolicy._meta.get_field(number), "help_text", ""))


def _part(whole: Decimal, share: Decimal) -> Decimal:
    return (whole * share / 100).quantize(CENT, rounding=ROUND_HALF_UP)


def of_lines(lines: Iterable[CostLine]) -> tuple[Cost, ...]:
    """Return the costs of saved lines."""
    return tuple(Cost(line.fiscal_year, line.kind, line.element, line.amount) for line in lines)
