"""Briefs made by hand, so that printing is tested without a database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pymupdf

from budgets.charts import cost_by_year, elements, planned_spent
from portfolio.briefs import content, summary, verdict


def opened(document: bytes) -> Any:
    """Open a PDF to look into it."""
    return pymupdf.open(stream=document)  # type: ignore[no-untyped-call]


MASTHEAD = content.Masthead(
    city="Testville",
    is_demonstration=False,
    prepared_on=date(2026, 11, 22),
    prepared_at="Nov. 22, 2026, 3:42 PM CST",
    prepared_by="Cora Council",
    history_head="3f9a21bc77de0a11",
    history_entry=14820,
)
DEMONSTRATION = replace(MASTHEAD, is_demonstration=True)

WHAT = ("Answer", "Mend", "Count", "Inspect", "Replace", "Publish", "Rank")
WHERE = (
    *("park benches", "shift logs", "permits", "hydrants", "street lamps", "crossings"),
    *("tree pits", "water meters", "library rooms", "court dates", "bus stops"),
)

DEFINED = (
    verdict.Panel("Problem", True, "Accepted on Nov. 2, 2026, version 1.", ()),
    verdict.Panel("Budget", True, "$300,000 is dedicated until June 30, 2027.", ()),
    verdict.Panel("Priority", True, "Number 3 of 12 on the list adopted on Nov. 1, 2026.", ()),
)
MISSING = (
    DEFINED[0],
    verdict.Panel(
        "Budget",
        False,
        "$180,000 of $300,000 is committed.",
        (
            verdict.Blocker("not_covered", "Commit $120,000 more.", "A finance officer"),
            verdict.Blocker("no_security_cost", "Enter the cost of security.", "Head of Water"),
        ),
    ),
    verdict.Panel(
        "Priority",
        False,
        "It is not on priority list 2.",
        (verdict.Blocker("not_listed", "It is not on priority list 2.", "A city manager"),),
    ),
)

PROBLEM = content.ProblemPart(
    title="Lead service lines are found too late",
    owner="Bea Brandt",
    standing="Accepted by Mara Manager on Nov. 2, 2026.",
    is_defined=True,
    statement="About 9,400 households in the river wards drink water through pipes that nobody "
    "has checked. Families wait 41 days for a first answer.",
    facts=(
        content.Fact("Where and since when", "River wards 3, 4 and 7, since March 1, 2019"),
        content.Fact("What happens today", "Inspectors work from paper cards. Severity 4 of 5."),
        content.Fact("If nothing is done", "Lines stay in use. Expected cost: $1,900,000."),
    ),
    do_nothing_cost=Decimal(1_900_000),
    groups=(
        content.AffectedGroup("Households", 9400, "Assessor's roll", date(2025, 12, 1)),
        content.AffectedGroup("Children under 6", None, "", None),
    ),
    measures=(
        content.Measure(
            name="Days from request to written answer",
            unit="days",
            direction="Lower is better",
            baseline=Decimal("41.5000"),
            baseline_date=date(2026, 6, 30),
            baseline_source="311 extract",
            quality="Measured",
            target=Decimal("10.0000"),
            target_date=date(2027, 12, 31),
        ),
    ),
    causes=(content.Cause(1, "Cards of 1962 do not show replacements", "Measured"),),
    evidence=(
        content.EvidenceItem(
            kind="Audit",
            finding="62 percent of sampled cards name the wrong material",
            source="City auditor, 2025-07",
            link="https://example.org/audit",
            count=410,
            dated=date(2025, 7, 9),
        ),
    ),
    attempts=(content.Attempt("Postcard survey", "2021", "7 percent answered"),),
)

PRIORITY = content.PriorityPart(
    rank=3,
    length=12,
    list_number=2,
    action_number="Resolution 2026-14",
    adopted_on=date(2026, 11, 1),
    valid_until=date(2027, 10, 31),
    signed_by="Mara Manager",
    is_in_force=True,
)

SCOPE = content.ScopePart(
    approach="Check each line by hand first.\n\nKeep one sheet for each address.",
    options=(
        content.OptionRow("Do nothing", "Answer when asked", "No new cost", "41 days stay", False),
        content.OptionRow("No new technology", "Two crews check by hand", "", "Slow", True),
    ),
    deliverables=(content.DatedStep("A written answer for each household", "All have one"),),
    milestones=(content.DatedStep("First 500 addresses", "March 31, 2027"),),
    risks=(content.RiskRow("Crews are called away", 4, 3, "A third crew on call"),),
)


def years(*amounts: int, first: int = 2027) -> tuple[cost_by_year.YearCost, ...]:
    """Make the costs of some years: capital and contingency in the first, recurring after it."""
    return tuple(
        cost_by_year.YearCost(
            label=f"FY {first + place}",
            capital=Decimal(0 if place else amount),
            one_time=Decimal(0),
            contingency=Decimal(0 if place else amount // 4),
            recurring=Decimal(amount if place else 0),
        )
        for place, amount in enumerate(amounts)
    )


def cost_table(*spending: cost_by_year.YearCost) -> content.CostTable:
    """Make the table of a spending by year."""
    rows = (
        ("Capital", "Hardware", tuple(year.capital for year in spending)),
        ("Capital", "Contingency", tuple(year.contingency for year in spending)),
        ("Recurring operating", "Security", tuple(year.recurring for year in spending)),
    )
    return content.CostTable(
        years=tuple(year.label for year in spending),
        rows=tuple(
            content.CostRow(kind, element, row, sum(row, Decimal(0)))
            for kind, element, row in rows
            if any(row)
        ),
        totals=tuple(year.total for year in spending),
        total=sum((year.total for year in spending), Decimal(0)),
    )


def allocation() -> content.AllocationRow:
    """Make one allocation that is committed."""
    return content.AllocationRow(
        fund="410 Water capital",
        year="FY 2027",
        action="Ordinance 2026-118",
        constraint="Committed",
        available_from=date(2026, 7, 1),
        available_until=date(2027, 6, 30),
        state="Committed",
        amount=Decimal(180_000),
    )


def budget(*amounts: int, is_dedicated: bool = True) -> content.BudgetPart:
    """Make a budget that costs `amounts` in the years from 2027 on."""
    spending = years(*(amounts or (240_000, 30_000, 31_000)))
    recurring = sum((year.recurring for year in spending), Decimal(0))
    return content.BudgetPart(
        is_dedicated=is_dedicated,
        confirmed_by="Fred Finance" if is_dedicated else "",
        confirmed_on=date(2026, 11, 10) if is_dedicated else None,
        phase_start=date(2026, 12, 1),
        phase_end=date(2027, 6, 30),
        one_time=sum((year.capital for year in spending), Decimal(0)),
        contingency=sum((year.contingency for year in spending), Decimal(0)),
        recurring=recurring,
        recurring_sources="510 Water utility",
        no_recurring_reason="",
        security=recurring,
        horizon="FY 2027 to FY 2031",
        held=Decimal(0),
        committed=Decimal(300_000 if is_dedicated else 180_000),
        tables=(cost_table(*spending),),
        spending=spending,
        notes=(content.Fact("Hardware", "Meter-pit cameras"),),
        allocations=(allocation(),),
        requested=Decimal(0),
        pays_for=cost_elements(*spending),
    )


def cost_elements(*spending: cost_by_year.YearCost) -> tuple[elements.Element, ...]:
    """Make what a spending by year pays for, as `cost_table` names it."""
    nothing = Decimal(0)
    sums = (
        ("Hardware", sum((year.capital for year in spending), nothing), nothing),
        ("Contingency", sum((year.contingency for year in spending), nothing), nothing),
        ("Security", nothing, sum((year.recurring for year in spending), nothing)),
    )
    return tuple(
        elements.Element(name, once, recurring, is_security=name == "Security")
        for name, once, recurring in sums
    )


def spent_budget() -> content.BudgetPart:
    """Make a budget that was overspent in its first year."""
    return replace(
        budget(),
        spent=(
            planned_spent.Year("FY 2026", Decimal(0), Decimal(4_000)),
            planned_spent.Year("FY 2027", Decimal(300_000), Decimal(318_000)),
            planned_spent.Year("FY 2028", Decimal(30_000), Decimal(0)),
        ),
        spent_up_to=date(2026, 10, 31),
    )


def gate(*panels: verdict.Panel, **changes: Any) -> verdict.GateState:
    """Make the state of a concept's gate; open where no panel is given."""
    state = verdict.GateState(
        stage="Concept",
        has_left_concept=False,
        is_over=False,
        hold_reason="",
        stopped_reason="",
        panels=panels or DEFINED,
        others=(),
    )
    return replace(state, **changes)


def project(**changes: Any) -> content.ProjectBrief:
    """Make the brief of a project whose gate is open, apart from `changes`."""
    fields: dict[str, Any] = {
        "masthead": MASTHEAD,
        "title": "Find lead service lines before they find children",
        "reference": "P-017",
        "department": "Water Operations",
        "sponsor": "Bea Brandt",
        "gate": gate(),
        "problem": PROBLEM,
        "priority": PRIORITY,
        "budget": budget(),
        "scope": SCOPE,
    } | changes
    fields.setdefault(
        "in_brief",
        summary.of_project(
            problem=fields["problem"], priority=fields["priority"], budget=fields["budget"]
        ),
    )
    return content.ProjectBrief(**fields)


def blocked_project(**changes: Any) -> content.ProjectBrief:
    """Make the brief of a project that misses its budget and its priority."""
    given = {
        "gate": gate(*MISSING),
        "priority": None,
        "budget": budget(is_dedicated=False),
        "scope": None,
    } | changes
    return project(**given)


BANDS = {
    1: ("People and money", "These come first."),
    5: ("Team capacity ends here", "Projects with money wait for people."),
    9: ("Dedicated money ends here", "Projects below have neither people nor money."),
}
NOTES = {
    2: ("Number 7 on list 1", "Score 84 of 100, number 1 by score", "Why it moved: Pumps failed."),
    3: ("New since list 1", "Next, but $120,000 short in Fund 225"),
}


def adopted_list(length: int = 12, **changes: Any) -> content.ListBrief:
    """Make the brief of an adopted list; every third project has no money."""
    cost = committed = Decimal(0)
    entries = []
    for rank in range(1, length + 1):
        amount = Decimal(240_000 - 13_000 * (rank % 12))
        money = amount if rank % 3 else Decimal(0)
        cost, committed = cost + amount, committed + money
        entries.append(
            content.ListEntry(
                rank=rank,
                title=f"{WHAT[rank % 7]} {WHERE[rank // 7 % 11]}",
                department=("Water", "Parks", "Fire", "Library", "Streets")[rank % 5],
                gate="Ready to scope" if money else "Needs budget",
                cost=amount,
                committed=money,
                cost_so_far=cost,
                committed_so_far=committed,
                has_people=rank <= 4,
                has_money=bool(money) and rank <= 8,
                notes=NOTES.get(rank, ()),
                band=BANDS.get(rank),
            )
        )
    standing = "It is in force: adopted Nov. 1, 2026 by Resolution 2026-14."
    fields: dict[str, Any] = {
        "masthead": MASTHEAD,
        "number": 2,
        "action_number": "Resolution 2026-14",
        "adopted_on": date(2026, 11, 1),
        "valid_until": date(2027, 10, 31),
        "signed_by": "Mara Manager",
        "standing": standing,
        "in_brief": summary.of_list(
            entries=tuple(entries), standing=standing, cost=cost, committed=committed
        ),
        "entries": tuple(entries),
        "funds": (content.FundTotal("410 Water capital", 8, committed),),
    }
    return content.ListBrief(**fields | changes)
