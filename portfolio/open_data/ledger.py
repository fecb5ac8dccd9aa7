"""The tables of the Fiscal Data Package: what each column is called, means, and holds.

A column's `column_type` is its name in the taxonomy of budgets of the Fiscal Data Package 1.0rc1.
Amounts are US dollars with two decimals. Who signed is left out: a name says nothing of the money.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet

from budgets.models import Allocation, Amendment, Appropriation, CostLine, Fund, Spending
from portfolio.exports import Row, day
from portfolio.models import Project
from portfolio.open_data.publishing import identifier, public_projects

CHUNK = 2000
FUND = "fin-source:generic:code"
FUND_NAME = "fin-source:generic:label"
YEAR = "date:fiscal-year"
VALUE = "value"
PROJECT = "activity:generic:project:code"


class Field(NamedTuple):
    """A column. `kind` is a type of Table Schema: string, number, integer, date."""

    name: str
    kind: str
    says: str
    column_type: str = ""
    is_required: bool = True


class Resource(NamedTuple):
    """A table: its columns, the one that tells rows apart, and which refer to other tables."""

    name: str
    says: str
    fields: tuple[Field, ...]
    key: str
    refers: dict[str, tuple[str, str]]
    rows: Callable[[], Iterator[Row]]


def money(name: str, says: str) -> Field:
    """Return a column of dollars and cents."""
    return Field(name, "number", says, VALUE)


def maybe(name: str, kind: str, says: str, column_type: str = "") -> Field:
    """Return a column that may be empty."""
    return Field(name, kind, says, column_type, is_required=False)


def _read(rows: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*names).iterator(chunk_size=CHUNK)


def _references() -> dict[int, str]:
    """Return the reference of each public project by the key of its budget."""
    rows = public_projects().values_list("budget", "pk").iterator(chunk_size=CHUNK)
    return {budget: Project(pk=key).reference for budget, key in rows}


def funds() -> Iterator[Row]:
    """Yield every fund."""
    return _read(Fund.objects.order_by("code"), "code", "name", "fund_type", "note")


def projects() -> Iterator[Row]:
    """Yield every public project."""
    found = public_projects().select_related("department")
    for project in found.iterator(chunk_size=CHUNK):
        name, code = project.department.name, project.department.code
        yield (project.reference, identifier(project), project.title, name, code, project.stage)


def appropriations() -> Iterator[Row]:
    """Yield every appropriation with what its amendments made of it."""
    references = _references()
    columns = (
        *("pk", "fund__code", "fiscal_year", "adopted_amount", "amount", "held", "committed"),
        *("action_type", "action_number", "action_date", "available_from", "available_until"),
        *("constraint", "restriction", "award_number", "agency", "match_percent", "match_kind"),
        *("match_fund__code", "obligate_by", "report_by", "for_budget"),
    )
    for *values, named in _read(Appropriation.objects.order_by("pk"), *columns):
        yield (*values, references.get(named))


def amendments() -> Iterator[Row]:
    """Yield every amendment."""
    columns = ("number", "kind", "amount", "source", "target")
    action = ("action_type", "action_number", "action_date", "reason")
    return _read(Amendment.objects.order_by("number"), *columns, *action)


def allocations() -> Iterator[Row]:
    """Yield every allocation; its project where that is public."""
    references = _references()
    columns = ("pk", "appropriation", "amount", "state", "has_expired", "expires_on")
    moments = ("held_at", "committed_at", "released_at", "budget")
    for key, source, amount, state, has_expired, ends, *days, budget in _read(
        Allocation.objects.order_by("pk"), *columns, *moments
    ):
        yield (
            *(key, source, references.get(budget), amount, "ended" if has_expired else state),
            *(*map(day, days), ends),
        )


def cost_lines() -> Iterator[Row]:
    """Yield the cost lines of public projects."""
    references = _references()
    found = CostLine.objects.filter(budget__in=public_projects().order_by().values("budget"))
    columns = ("fiscal_year", "kind", "element", "amount", "source__code", "note")
    for key, budget, *values in _read(found.order_by("pk"), "pk", "budget", *columns):
        yield (key, references.get(budget), *values)


def spending() -> Iterator[Row]:
    """Yield what was spent; the project where that is public."""
    references = _references()
    columns = ("pk", "budget", "fund__code", "fiscal_year", "amount", "as_of")
    for key, budget, *values in _read(Spending.objects.order_by("pk"), *columns):
        yield (key, references.get(budget), *values)


FUNDS = Resource(
    "funds",
    "The funds of the city's books, with their type after GFOA.",
    (
        Field("fund", "string", "Number of the fund", FUND),
        Field("name", "string", "Name of the fund", FUND_NAME),
        Field(
            "fund_type", "string", "Type of the fund after GFOA", "fin-source:generic:level1:code"
        ),
        maybe("note", "string", "A note on the fund"),
    ),
    "fund",
    {},
    funds,
)
PROJECTS = Resource(
    "projects",
    "The projects on the adopted list, and those that have been scoped.",
    (
        Field("project", "string", "Number of the project", PROJECT),
        Field("oc4ids", "string", "The project's identifier in the OC4IDS export"),
        Field("title", "string", "Title of the project", "activity:generic:project:label"),
        Field("department", "string", "Name", "administrative-classification:generic:label"),
        maybe("department_code", "string", "Code", "administrative-classification:generic:code"),
        Field("stage", "string", "Stage of the project"),
    ),
    "project",
    {},
    projects,
)
APPROPRIATIONS = Resource(
    "appropriations",
    "Money authorized in a fund for one fiscal year by a numbered action.",
    (
        Field("appropriation", "integer", "Number of the appropriation", "budget-line-id"),
        Field("fund", "string", "Number of the fund", FUND),
        Field("fiscal_year", "integer", "The calendar year in which the fiscal year ends", YEAR),
        money("approved_amount", "What the action authorized"),
        money("adjusted_amount", "What it is after its amendments"),
        money("held", "Held for projects, not committed yet"),
        money("committed", "Committed to projects"),
        Field("action_type", "string", "Kind of action"),
        Field("action_number", "string", "Number of the action"),
        Field("action_date", "date", "Day of the action", "date:fiscal:activity-approval"),
        Field("available_from", "date", "First day it may be used", "date:fiscal:activity-start"),
        Field("available_until", "date", "Last day it may be used", "date:fiscal:activity-end"),
        Field("constraint", "string", "Fund balance class after GASB 54"),
        maybe("restriction", "string", "What it may be used for"),
        maybe("award_number", "string", "Number of the award"),
        maybe("agency", "string", "Who awards it"),
        maybe("match_percent", "number", "The city's own share, in percent"),
        maybe("match_kind", "string", "Whether that share is cash or in kind"),
        maybe("match_fund", "string", "Fund that pays that share"),
        maybe("obligate_by", "date", "Last day to obligate it"),
        maybe("report_by", "date", "Day by which the city reports on it"),
        maybe("for_project", "string", "The project that the action names, if that is public"),
    ),
    "appropriation",
    {
        "fund": ("funds", "fund"),
        "match_fund": ("funds", "fund"),
        "for_project": ("projects", "project"),
    },
    appropriations,
)
AMENDMENTS = Resource(
    "amendments",
    "The actions that changed appropriations: raise, cut, transfer, lapse.",
    (
        Field("amendment", "integer", "Number of the amendment", "budget-line-id"),
        Field("kind", "string", "raise, cut, transfer or lapse"),
        money("amount", "What it moves"),
        maybe("source", "integer", "The appropriation that the money leaves"),
        maybe("target", "integer", "The appropriation that the money enters"),
        Field("action_type", "string", "Kind of action"),
        Field("action_number", "string", "Number of the action"),
        Field("action_date", "date", "Day of the action", "date:generic"),
        maybe("reason", "string", "Why"),
    ),
    "amendment",
    {
        "source": ("appropriations", "appropriation"),
        "target": ("appropriations", "appropriation"),
    },
    amendments,
)
ALLOCATIONS = Resource(
    "allocations",
    "Money of an appropriation held for, committed to or released from one project.",
    (
        Field("allocation", "integer", "Number of the allocation", "budget-line-id"),
        Field("appropriation", "integer", "Number of the appropriation"),
        maybe("project", "string", "Number of the project, if that is public", PROJECT),
        money("amount", "Dollars"),
        Field("state", "string", "held, committed, released, or ended: a hold that ran out"),
        Field("held_on", "date", "Day on which it was held", "date:generic"),
        maybe("committed_on", "date", "Day on which it was committed"),
        maybe("released_on", "date", "Day on which it was released, or its hold ended"),
        maybe("hold_ends_on", "date", "Last day of the hold"),
    ),
    "allocation",
    {"appropriation": ("appropriations", "appropriation"), "project": ("projects", "project")},
    allocations,
)
COST_LINES = Resource(
    "cost-lines",
    "What public projects are planned to cost. A plan is not money.",
    (
        Field("cost_line", "integer", "Number of the cost line", "budget-line-id"),
        Field("project", "string", "Number of the project", PROJECT),
        Field("fiscal_year", "integer", "The calendar year in which the fiscal year ends", YEAR),
        Field("kind", "string", "capital, one_time or recurring", "expenditure-type:code"),
        Field("element", "string", "What it pays for", "economic-classification:generic:code"),
        money("amount", "Planned dollars"),
        maybe("source", "string", "The fund that will pay a recurring cost", FUND),
        maybe("note", "string", "What it pays for, in words"),
    ),
    "cost_line",
    {"project": ("projects", "project"), "source": ("funds", "fund")},
    cost_lines,
)
SPENDING = Resource(
    "spending",
    "What was spent in a fiscal year, as the city's books say it.",
    (
        Field("spending", "integer", "Number of the row", "budget-line-id"),
        maybe("project", "string", "Number of the project, if that is public", PROJECT),
        Field("fund", "string", "Number of the fund", FUND),
        Field("fiscal_year", "integer", "The calendar year in which the fiscal year ends", YEAR),
        money("amount", "Dollars spent so far in that year"),
        Field("as_of", "date", "Last day that is counted", "date:generic"),
    ),
    "spending",
    {"project": ("projects", "project"), "fund": ("funds", "fund")},
    spending,
)

# In this order in the package: what others refer to comes first.
RESOURCES = (FUNDS, PROJECTS, APPROPRIATIONS, AMENDMENTS, ALLOCATIONS, COST_LINES, SPENDING)
