"""What a file of money is about, and who reads it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse

from budgets.models import Budget, Fund
from portfolio.models import City, Project, User

SOMEBODY_ELSES = "A project of another department"


class Place(Enum):
    """Where a table is offered."""

    CITY = "city"
    FUND = "fund"
    BUDGET = "budget"


class Name(NamedTuple):
    """A project as a row says it."""

    reference: str
    title: str
    department: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One fund, one project's budget, or with neither of them the city; and who reads about it."""

    reader: User
    city: City
    fund: Fund | None = None
    project: Project | None = None

    @property
    def page(self) -> str:
        """The address of the page that shows it."""
        if self.project:
            return reverse("project_budget", args=[self.project.pk])
        return reverse("fund", args=[self.fund.pk]) if self.fund else reverse("funds")

    def narrowed(self, *, fund: str, budget: str) -> Q:
        """Return the condition of the rows that this is about.

        `fund` and `budget` are the paths by which a row reaches both.
        """
        if self.project:
            return Q(**{budget: self.project.budget_id})
        return Q(**{fund: self.fund}) if self.fund else Q()

    def of_fund(self, path: str = "fund") -> dict[str, Any]:
        """Return the filter of the rows of this fund, if it is about one, by the path to it."""
        return {path: self.fund} if self.fund else {}

    def budgets(self) -> QuerySet[Budget]:
        """Return the budgets of the projects that the reader may open, of this one if it is one."""
        projects = Project.objects.visible_to(self.reader)
        if self.project:
            projects = projects.filter(pk=self.project.pk)
        return Budget.objects.filter(pk__in=projects.order_by().values("budget"))

    def names(self) -> dict[int, Name]:
        """Return the name of each project that the reader may open, by the key of its budget."""
        if self.project:
            given = self.project
            name = Name(given.reference, given.title, given.department.name)
            return {given.budget_id: name}
        rows = Project.objects.visible_to(self.reader).order_by()
        return {
            budget: Name(Project(pk=key).reference, title, department)
            for budget, key, title, department in rows.values_list(
                "budget", "pk", "title", "department__name"
            ).iterator()
        }


def named(names: dict[int, Name], budget: int | None) -> tuple[str, str, str]:
    """Return reference, title and department of a budget's project, as the reader may know it."""
    if budget is None:
        return "", "", ""
    return names.get(budget, Name("", SOMEBODY_ELSES, ""))
