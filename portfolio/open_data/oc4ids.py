"""Projects after OC4IDS 0.9, the Open Contracting for Infrastructure Data Standard.

A plan is not money: `budget` holds committed money alone, with the fund and the fiscal year behind
each part of it; what the project is planned to cost is a forecast, what it spent a metric.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from budgets import fiscal
from budgets.costing import NOTHING
from budgets.models import Allocation, Appropriation, BudgetPolicy, CostLine, Spending
from portfolio.models import City, Project
from portfolio.open_data.publishing import identifier, license_of_data
from problems.models import Measure, Problem

VERSION = "0.9"
CURRENCY = "USD"
CHUNK = 200
Stage = Project.Stage
# Codes of the standard's list projectStatus. There is no code for a pilot or its scaling: both are
# being delivered.
STATUS = {
    Stage.CONCEPT: "identification",
    Stage.SCOPING: "preparation",
    Stage.DELIVERY: "implementation",
    Stage.SCALING: "implementation",
    Stage.CLOSED: "completion",
    Stage.STOPPED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the city counts time: its zone, and the month in which its fiscal year begins."""

    zone: ZoneInfo
    first_month: int

    def moment(self, day: date) -> str:
        """Return the first moment of a day: the standard has moments alone."""
        return datetime.combine(day, time(), self.zone).isoformat()

    def period(self, first: date | None, last: date | None) -> dict[str, str]:
        """Return a period of the standard, with the ends that are known."""
        ends = {"startDate": first, "endDate": last}
        return {name: self.moment(day) for name, day in ends.items() if day}

    def fiscal_year(self, year: int) -> dict[str, str]:
        """Return a fiscal year as a period."""
        return self.period(*fiscal.bounds(year, self.first_month))


def calendar_of(city: City) -> Calendar:
    """Return how the city counts time."""
    return Calendar(ZoneInfo(city.time_zone), BudgetPolicy.current().fiscal_year_first_month)


def with_everything(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return `projects` with what the standard says of them, in the same few queries for all."""
    committed = Allocation.objects.committed()
    return projects.select_related("department", "problem", "budget").prefetch_related(
        Prefetch("budget__allocations", committed.select_related("appropriation__fund")),
        Prefetch("budget__cost_lines", CostLine.objects.all()),
        Prefetch("budget__spending", Spending.objects.all()),
        Prefetch("problem__measures", Measure.objects.all()),
    )


def write(
    file: IO[bytes], projects: QuerySet[Project], *, city: City, at: datetime, address: str
) -> int:
    """Write a package of `projects` into `file`, one after the other, and return how many.

    `address` is where the package can be fetched; `at` is when it is made. The standard knows no
    package without a project: nothing is written then.
    """
    calendar, chosen = calendar_of(city), license_of_data()
    head = {
        "uri": address,
        "version": VERSION,
        "publishedDate": at.isoformat(timespec="seconds"),
        "publisher": {"name": city.name, "uri": settings.SITE_URL},
        "license": chosen.path,
    }
    count = 0
    for project in with_everything(projects).iterator(chunk_size=CHUNK):
        file.write(b",\n" if count else _json(head).removesuffix(b"\n}") + b',\n  "projects": [\n')
        file.write(_json(describe(project, city=city, calendar=calendar), indent="    "))
        count += 1
    if count:
        file.write(b"\n  ]\n}\n")
    return count


def _json(values: dict[str, Any], *, indent: str = "") -> bytes:
    # Inside a text JSON writes no line break, so each that is there is between two fields.
    text = indent + json.dumps(values, indent=2, ensure_ascii=False).replace("\n", "\n" + indent)
    return text.encode()


def describe(project: Project, *, city: City, calendar: Calendar) -> dict[str, Any]:
    """Return a project that was read `with_everything`, as the standard writes it."""
    defined = project.problem
    if defined is not None and defined.state != Problem.State.DEFINED:
        defined = None
    sources = _sources(project)
    funders = _funders(sources, city)
    return _present(
        {
            "id": identifier(project),
            "identifiers": _identifiers(project),
            "title": project.title,
            "description": project.summary,
            "status": STATUS[Stage(project.stage)],
            "period": calendar.period(project.budget.phase_start, project.budget.phase_end),
            "purpose": defined.statement if defined else "",
            "locations": [{"id": "1", "description": defined.place}] if defined else [],
            "budget": _budget(project, sources, funders, calendar),
            "forecasts": [*_planned(project, calendar), *_targets(defined, calendar)],
            "parties": _parties(project, funders),
            "publicAuthority": _department(project),
            "documents": _documents(sources, calendar),
            "metrics": [*_spent(project, calendar), *_baselines(defined, calendar)],
            "completion": _completion(project, calendar),
        }
    )


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something: the standard leaves others out."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def number(amount: Decimal) -> int | float:
    """Return an amount as JSON writes numbers.

    JSON of Python writes no Decimal. Fifteen digits, what the ledger's columns hold, come back from
    a float as they were; ValueError where they do not, rather than a wrong cent.
    """
    shown = int(amount) if amount == int(amount) else float(amount)
    if Decimal(repr(shown)) != amount:
        raise ValueError(f"{amount} cannot be written as a number of JSON.")
    return shown


def _value(amount: Decimal) -> dict[str, Any]:
    return {"amount": number(amount), "currency": CURRENCY}


def _identifiers(project: Project) -> list[dict[str, str]]:
    own = [{"id": project.reference, "scheme": "internal"}]
    if project.imported_id:
        own.append({"id": project.imported_id, "scheme": project.imported_from})
    return own


def _sources(project: Project) -> dict[Appropriation, Decimal]:
    """Return the committed dollars of each appropriation, in the order of their keys."""
    sums: dict[Appropriation, Decimal] = {}
    for row in sorted(project.budget.allocations.all(), key=lambda row: row.appropriation_id):
        sums[row.appropriation] = sums.get(row.appropriation, NOTHING) + row.amount
    return sums


def _department(project: Project) -> dict[str, str]:
    return {"id": f"department-{project.department_id}", "name": project.department.name}


def _funders(sources: Iterable[Appropriation], city: City) -> dict[Appropriation, dict[str, str]]:
    """Return who gives the money of each appropriation: the agency of its award, or the city."""
    agencies = sorted({source.agency for source in sources if source.agency})
    keys = {name: f"agency-{place}" for place, name in enumerate(agencies, 1)}
    return {
        source: {"id": keys.get(source.agency, "city"), "name": source.agency or city.name}
        for source in sources
    }


def _parties(
    project: Project, funders: dict[Appropriation, dict[str, str]]
) -> list[dict[str, Any]]:
    once = {row["id"]: row for row in funders.values()}
    return [
        {**_department(project), "roles": ["publicAuthority"]},
        *({**row, "roles": ["funder"]} for _, row in sorted(once.items())),
    ]


def _budget(
    project: Project,
    sources: dict[Appropriation, Decimal],
    funders: dict[Appropriation, dict[str, str]],
    calendar: Calendar,
) -> dict[str, Any]:
    """Return the committed money, and the fund, fiscal year and action behind each part of it."""
    if not sources:
        return {}
    confirmed_at = project.budget.confirmed_at
    stands = "confirmed by finance" if confirmed_at else "not confirmed by finance"
    return _present(
        {
            "description": f"Money committed to the project, {stands}.",
            "amount": _value(sum(sources.values(), NOTHING)),
            "approvalDate": _local(confirmed_at, calendar) if confirmed_at else "",
            "budgetBreakdown": [
                {
                    "id": str(source.pk),
                    "description": f"{source.fund}, {fiscal.label(source.fiscal_year)}",
                    "amount": _value(amount),
                    "period": calendar.fiscal_year(source.fiscal_year),
                    "sourceParty": funders[source],
                }
                for source, amount in sources.items()
            ],
        }
    )


def _local(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(calendar.zone).isoformat(timespec="seconds")


def _documents(sources: Iterable[Appropriation], calendar: Calendar) -> list[dict[str, str]]:
    """Return the actions that authorized the money."""
    return [
        {
            "id": str(source.pk),
            "documentType": "budgetApproval",
            "title": f"{source.get_action_type_display()} {source.action_number}",
            "datePublished": calendar.moment(source.action_date),
        }
        for source in sources
    ]


def _planned(project: Project, calendar: Calendar) -> list[dict[str, Any]]:
    return _progress("Planned cost by fiscal year", project.budget.cost_lines.all(), calendar)


def _spent(project: Project, calendar: Calendar) -> list[dict[str, Any]]:
    return _progress("Spent by fiscal year", project.budget.spending.all(), calendar)


def _progress(
    title: str, rows: Iterable[CostLine | Spending], calendar: Calendar
) -> list[dict[str, Any]]:
    """Return dollars by fiscal year under the standard's code for financial progress."""
    sums: dict[int, Decimal] = {}
    for row in rows:
        sums[row.fiscal_year] = sums.get(row.fiscal_year, NOTHING) + row.amount
    observations = [
        {"id": str(year), "period": calendar.fiscal_year(year), "value": _value(sums[year])}
        for year in sorted(sums)
    ]
    if not observations:
        return []
    return [{"id": "financialProgress", "title": title, "observations": observations}]


def _targets(defined: Problem | None, calendar: Calendar) -> list[dict[str, Any]]:
    """Return where each measure of the problem should get to."""
    return [
        _observed(
            row,
            id="target",
            period=calendar.period(None, row.target_date),
            measure=f"{row.target_value.normalize():f}",
        )
        for row in (defined.measures.all() if defined else ())
        if row.target_value is not None
    ]


def _baselines(defined: Problem | None, calendar: Calendar) -> list[dict[str, Any]]:
    """Return where each measure of the problem stood before."""
    return [
        _observed(
            row,
            id="baseline",
            period=calendar.period(None, row.baseline_date),
            measure=f"{row.baseline_value.normalize():f}",
            notes=row.baseline_source,
        )
        for row in (defined.measures.all() if defined else ())
        if row.baseline_value is not None
    ]


def _observed(of: Measure, /, **observation: Any) -> dict[str, Any]:
    unit = _present({"name": of.unit})
    return {
        "id": f"measure-{of.pk}",
        "title": of.name,
        "observations": [_present({**observation, "unit": unit})],
    }


def _completion(project: Project, calendar: Calendar) -> dict[str, Any]:
    """Return when a closed project ended, and what the city's books say that it spent."""
    if project.stage != Stage.CLOSED:
        return {}
    spent = [row.amount for row in project.budget.spending.all()]
    return _present(
        {
            "endDate": _local(project.stage_since, calendar),
            "finalValue": _value(sum(spent, NOTHING)) if spent else {},
        }
    )
