"""What a brief says: plain, frozen values, so that rendering asks nobody anything.

Money is in dollars as Decimal, dates are days in the city's zone, and every text is plain text
that the templates escape. `freeze.py` fills these from the database.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from budgets.charts import cost_by_year, elements, planned_spent
from portfolio.briefs import charts
from portfolio.briefs.verdict import GateState

NO_MONEY = Decimal(0)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who prepared the brief, where and when, and the entry the history ended with just then.

    `history_entry` is 0 before anything happened.
    """

    city: str
    is_demonstration: bool
    prepared_on: date
    prepared_at: str
    prepared_by: str
    history_head: str
    history_entry: int


@dataclass(frozen=True, slots=True)
class AffectedGroup:
    """People who have the problem. `number` is a count of people or cases, if known."""

    who: str
    number: int | None
    source: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Cause:
    """One link of the why-chain: `depth` 1 to 5, and what it rests on."""

    depth: int
    cause: str
    basis: str


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A sourced item. `link` is an http or https address, or empty."""

    kind: str
    finding: str
    source: str
    link: str
    count: int | None
    dated: date | None


@dataclass(frozen=True, slots=True)
class Measure:
    """An outcome indicator: where it stands and where it should get to, in `unit`."""

    name: str
    unit: str
    direction: str
    baseline: Decimal | None
    baseline_date: date | None
    baseline_source: str
    quality: str
    target: Decimal | None
    target_date: date | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried before."""

    what: str
    year: str
    result: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is to be said about it, for tables of two columns."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ProblemPart:
    """The problem statement, as it stood."""

    title: str
    owner: str
    standing: str
    is_defined: bool
    statement: str
    facts: tuple[Fact, ...]
    do_nothing_cost: Decimal | None
    groups: tuple[AffectedGroup, ...]
    measures: tuple[Measure, ...]
    causes: tuple[Cause, ...]
    evidence: tuple[EvidenceItem, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class PriorityPart:
    """The project's place on the list adopted last."""

    rank: int
    length: int
    list_number: int
    action_number: str
    adopted_on: date
    valid_until: date
    signed_by: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class CostRow:
    """Dollars of one kind and element: one amount for each year of its table, and their sum."""

    kind: str
    element: str
    amounts: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class CostTable:
    """Cost by fiscal year, as many years as fit beside each other on a page."""

    years: tuple[str, ...]
    rows: tuple[CostRow, ...]
    totals: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """Money of one appropriation that is held for, or committed to, the budget."""

    fund: str
    year: str
    action: str
    constraint: str
    available_from: date
    available_until: date
    state: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Version:
    """The version of a budget that was confirmed last, whether it still counts or not."""

    number: int
    confirmed_on: date


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a share of security below the floor counts, until when, and who says so."""

    reason: str
    ends_on: date
    signed_by: str


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """The money: what the project costs over the years and where that comes from."""

    is_dedicated: bool
    confirmed_by: str
    confirmed_on: date | None
    phase_start: date | None
    phase_end: date | None
    one_time: Decimal
    contingency: Decimal
    recurring: Decimal
    recurring_sources: str
    no_recurring_reason: str
    security: Decimal
    horizon: str
    held: Decimal
    committed: Decimal
    tables: tuple[CostTable, ...]
    spending: tuple[cost_by_year.YearCost, ...]
    notes: tuple[Fact, ...]
    allocations: tuple[AllocationRow, ...]
    requested: Decimal
    version: Version | None = None
    waiver: Waiver | None = None
    security_floor: Decimal = NO_MONEY
    pays_for: tuple[elements.Element, ...] = ()
    spent: tuple[planned_spent.Year, ...] = ()
    spent_up_to: date | None = None

    @property
    def whole_life(self) -> Decimal:
        """Everything the project costs over the horizon."""
        return self.one_time + self.contingency + self.recurring

    @property
    def needed(self) -> Decimal:
        """What committed money must cover: one-time cost and its contingency."""
        return self.one_time + self.contingency

    @property
    def security_percent(self) -> Decimal:
        """Security's part of the whole-life cost, in percent with one decimal."""
        if not self.whole_life:
            return NO_MONEY
        return (100 * self.security / self.whole_life).quantize(Decimal("0.1"))

    @property
    def chart(self) -> cost_by_year.Chart | None:
        """Cost by fiscal year, stacked by kind; nothing where there is no cost."""
        return cost_by_year.chart(self.spending)

    @property
    def pays_for_chart(self) -> elements.Chart | None:
        """The whole-life cost by what it pays for; nothing where there is no cost."""
        return elements.chart(self.pays_for)

    @property
    def spent_chart(self) -> planned_spent.Chart | None:
        """Planned and spent by fiscal year; nothing where no spending was imported."""
        return planned_spent.chart(self.spent) if self.spent_up_to else None


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One way to answer the problem."""

    kind: str
    description: str
    advantages: str
    drawbacks: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A deliverable or a milestone: what, and when or by which sign it is done."""

    what: str
    when: str


@dataclass(frozen=True, slots=True)
class RiskRow:
    """What may go wrong; `likelihood` and `effect` are 1 to 5."""

    what: str
    likelihood: int
    effect: int
    answer: str


@dataclass(frozen=True, slots=True)
class ScopePart:
    """What is written once the gate has been open."""

    approach: str
    options: tuple[OptionRow, ...]
    deliverables: tuple[DatedStep, ...]
    milestones: tuple[DatedStep, ...]
    risks: tuple[RiskRow, ...]


@dataclass(frozen=True, slots=True)
class ProjectBrief:
    """Everything that the brief of one project prints."""

    masthead: Masthead
    title: str
    reference: str
    department: str
    sponsor: str
    in_brief: str
    gate: GateState
    problem: ProblemPart | None
    priority: PriorityPart | None
    budget: BudgetPart
    scope: ScopePart | None


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One place of an adopted list, with what it showed when it was signed.

    `cost` is the one-time cost with its contingency; the running totals add up to this place.
    `critical_priority` is what was critical that day and its problem served, or empty. `notes` say
    where it stood before, its score, what it lacked and why it was moved. `band` is what stands
    above it where people or money end. People and money are None on lists that drew no lines.
    """

    rank: int
    title: str
    department: str
    gate: str
    cost: Decimal
    committed: Decimal
    cost_so_far: Decimal
    committed_so_far: Decimal
    critical_priority: str = ""
    has_people: bool | None = None
    has_money: bool | None = None
    notes: tuple[str, ...] = ()
    band: tuple[str, str] | None = None

    @property
    def is_covered(self) -> bool:
        """True where committed money covered the cost when the list was signed."""
        return self.cost > 0 and self.committed >= self.cost


@dataclass(frozen=True, slots=True)
class FundTotal:
    """What a fund has committed to the projects of a list on the day of the brief."""

    fund: str
    projects: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ListBrief:
    """Everything that the brief of one adopted list prints."""

    masthead: Masthead
    number: int
    action_number: str
    adopted_on: date
    valid_until: date
    signed_by: str
    standing: str
    in_brief: str
    entries: tuple[ListEntry, ...]
    funds: tuple[FundTotal, ...]

    @property
    def title(self) -> str:
        """The list's name."""
        return f"Priority list {self.number}"

    @property
    def parts(self) -> tuple[tuple[ListEntry, ...], ...]:
        """The entries, cut where a band begins; the first of each part tells the band."""
        starts = [place for place, entry in enumerate(self.entries) if entry.band or not place]
        return tuple(self.entries[start:end] for start, end in pairwise([*starts, None]))

    @property
    def cost(self) -> Decimal:
        """One-time cost, with contingency, of every project on the list."""
        return self.entries[-1].cost_so_far if self.entries else NO_MONEY

    @property
    def committed(self) -> Decimal:
        """Money committed to the projects of the list when it was signed."""
        return self.entries[-1].committed_so_far if self.entries else NO_MONEY

    @property
    def committed_now(self) -> Decimal:
        """Money committed to them on the day of the brief."""
        return sum((fund.amount for fund in self.funds), NO_MONEY)

    @property
    def chart(self) -> charts.RunningChart | None:
        """Cost and committed money, added up down the list; nothing without cost."""
        return charts.running_total(
            [(entry.cost_so_far, entry.committed_so_far) for entry in self.entries]
        )
