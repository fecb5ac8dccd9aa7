"""Compares rows of New York City's capital projects with what is here. Reads only.

A project is the same when its mark and id are (`imported_from`, `imported_id`), a department when
its number in the city's books is, else its name. What people here have taken further, by naming
its problem or moving its stage, an import no longer changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from budgets.models import Fund, FundingRequest
from portfolio.imports.nyc_capital_projects import SOURCE, YEARS, Fault, Payer, Row
from portfolio.models import Department, Project

# The funds asked: number and name in the books, and what to know about each.
FUNDS = {
    Payer.CITY: ("NYC-CITY", "Capital projects, the city's own money"),
    Payer.OTHERS: ("NYC-OTHERS", "Capital projects, money of federal, state and private sources"),
}
PAYERS = {number: payer for payer, (number, _) in FUNDS.items()}
ABOUT_FUNDS = (
    "As New York City's Capital Project Detail Data counts it. The import brings requests only; "
    "appropriations and awards are entered here."
)

# Dollars by payer and fiscal year.
Asked = dict[tuple[Payer, int], Decimal]


@dataclass(frozen=True, slots=True)
class Change:
    """A project that is here and of which the file now says otherwise."""

    row: Row
    project: int
    budget: int
    asked: Asked
    what: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """What an import has to do. Departments and funds without a key are to be made."""

    departments: dict[str, Department]
    new_departments: list[Department]
    funds: dict[Payer, Fund]
    new_funds: list[Fund]
    new: list[Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def taken(self) -> list[Row]:
        """Rows that stand here once the plan is carried out, in the file's order."""
        rows = [*self.new, *(change.row for change in self.changes), *self.unchanged]
        return sorted(rows, key=lambda row: row.number)


def plan(rows: Sequence[Row]) -> Plan:
    """Return what taking `rows` into this database would do."""
    departments, new_departments = _departments(rows)
    made = Plan(departments, new_departments, *_funds())
    here = _projects_here(rows)
    asked = _asked_here()
    for row in rows:
        project = here.get(row.project_id)
        if project is None:
            made.new.append(row)
        else:
            _compare(made, row, project, asked.get(project.budget_id, {}))
    return made


def _departments(rows: Iterable[Row]) -> tuple[dict[str, Department], list[Department]]:
    """Return each agency's department by the agency's number, and the ones to be made."""
    here = list(Department.objects.order_by("-pk"))
    by_code = {department.code: department for department in here if department.code}
    by_name = {department.name.casefold(): department for department in here}
    new = []
    for agency in dict.fromkeys(row.agency for row in rows):
        name = agency.name.casefold()
        department = by_code.get(agency.code) or by_name.get(name)
        if department is None:
            department = Department(name=agency.name, code=agency.code)
            new.append(department)
        by_code.setdefault(agency.code, department)
        by_name.setdefault(name, department)
    return by_code, new


def _funds() -> tuple[dict[Payer, Fund], list[Fund]]:
    """Return the fund of each payer, and the ones to be made."""
    here = {PAYERS[fund.code]: fund for fund in Fund.objects.filter(code__in=PAYERS)}
    new = {
        payer: Fund(code=number, name=name, fund_type=Fund.Type.CAPITAL_PROJECTS, note=ABOUT_FUNDS)
        for payer, (number, name) in FUNDS.items()
        if payer not in here
    }
    return here | new, list(new.values())


def _projects_here(rows: Iterable[Row]) -> dict[str, Project]:
    found = Project.objects.filter(
        imported_from=SOURCE, imported_id__in=[row.project_id for row in rows]
    )
    return {project.imported_id: project for project in found}


def _asked_here() -> dict[int, Asked]:
    """Return what imported budgets ask of the file's funds in the file's years."""
    asked: dict[int, Asked] = {}
    for budget, number, year, amount in FundingRequest.objects.filter(
        budget__project__imported_from=SOURCE,
        fund__code__in=PAYERS,
        fiscal_year__in=YEARS.values(),
    ).values_list("budget", "fund__code", "fiscal_year", "amount"):
        asked.setdefault(budget, {})[PAYERS[number], year] = amount
    return asked


def asked_by(row: Row) -> Asked:
    """Return what a row asks for."""
    return {(ask.payer, ask.fiscal_year): ask.amount for ask in row.asks}


def _compare(made: Plan, row: Row, project: Project, asked: Asked) -> None:
    here = made.departments[row.agency.code].pk
    differences = {
        "title": project.title != row.title,
        "summary": project.summary != row.summary,
        "department": project.department_id != here,
        "money asked for": asked != asked_by(row),
    }
    what = tuple(name for name, differs in differences.items() if differs)
    if not what:
        made.unchanged.append(row)
    elif project.problem_id is not None or project.stage != Project.Stage.CONCEPT:
        made.faults.append(
            Fault(
                row.number,
                f"its {', '.join(what)} changed, but people here have taken project "
                f"{project.reference} further. Change it on its page",
            )
        )
    else:
        made.changes.append(Change(row, project.pk, project.budget_id, asked, what))
