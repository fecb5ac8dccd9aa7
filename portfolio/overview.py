"""The figures of the overview: what the list costs, in order, against the money dedicated."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portfolio.models import Project, WorkingPosition


@dataclass(frozen=True, slots=True)
class CostBar:
    """One project's part of the running cost; `start` and `width` are percent of the whole."""

    rank: int
    project: Project
    cost: Decimal
    so_far: Decimal
    start: float
    width: float


def list_cost(positions: Iterable[WorkingPosition]) -> list[CostBar]:
    """Return the running one-time cost of the projects, first rank first, ready to draw."""
    projects = [position.project for position in positions]
    total = sum((project.budget.needed for project in projects), Decimal(0))
    bars, so_far = [], Decimal(0)
    for rank, project in enumerate(projects, start=1):
        cost = project.budget.needed
        start = round(float(so_far / total * 100), 2) if total else 0.0
        width = round(float(cost / total * 100), 2) if total else 0.0
        so_far += cost
        bars.append(CostBar(rank, project, cost, so_far, start, width))
    return bars
