"""What to show of the priority list, and in which order: for reading, never for ranking."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from portfolio.forms.same_select import SameSelect, options
from portfolio.line_facts import Standing
from portfolio.models import Department, Project, User
from problems.forms.asking import ListFilter, SearchWords
from problems.models import CriticalPriority, Problem

STARTED = ("scoping", "delivery", "scaling")
AT_THE_GATE: dict[str, tuple[str, Q]] = {
    "ready": (
        "Ready to scope",
        Q(problem_defined=True, budget_dedicated=True, listed=True),
    ),
    "problem": ("Needs problem", Q(problem_defined=False)),
    "budget": ("Needs budget", Q(budget_dedicated=False)),
    "priority": ("Needs priority", Q(listed=False)),
}
GATES: dict[str, tuple[str, Q]] = {
    **{
        code: (words, fits & Q(stage=Project.Stage.CONCEPT, on_hold=False))
        for code, (words, fits) in AT_THE_GATE.items()
    },
    "started": ("Started", Q(stage__in=STARTED, on_hold=False)),
    "hold": ("On hold", Q(on_hold=True)),
}


class ReadingForm(ListFilter):
    """Which projects of the list to show, and sorted by what."""

    SCORE, COST, DEPARTMENT = "score", "cost", "department"

    q = SearchWords(label="Words in the title", required=False)
    department = forms.ChoiceField(required=False, widget=SameSelect)
    gate = forms.ChoiceField(
        label="Scoping gate",
        required=False,
        choices=[(code, words) for code, (words, _) in GATES.items()],
        widget=SameSelect,
    )
    critical = forms.ChoiceField(
        label="Critical priority",
        required=False,
        choices=[("yes", "Serves one")],
        widget=SameSelect,
    )
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[
            (SCORE, "Highest score first"),
            (COST, "Highest cost first"),
            (DEPARTMENT, "By department"),
        ],
        widget=SameSelect,
    )
    FILTERS = ("q", "department", "gate", "critical")
    EMPTY: ClassVar = {
        "department": "Every department",
        "gate": "Every state",
        "critical": "With or without one",
        "sort": "The list",
    }

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.departments = list(Department.objects.order_by("name").values_list("pk", "name"))
        self.fields["department"].choices = self.departments  # type: ignore[attr-defined]
        for name, empty in self.EMPTY.items():
            field: Any = self.fields[name]
            field.widget.shared = options(field.choices, empty=empty)
        self.is_valid()

    @property
    def is_sorted(self) -> bool:
        """True where the rows are not in the order of the list."""
        return bool(self.cleaned_data.get("sort"))

    @property
    def is_reading(self) -> bool:
        """True where not all of the list is shown, or in another order."""
        return any(self.cleaned_data.get(name) for name in self.fields)

    def narrow(self, drawn: Standing, *, reader: User, on: date) -> Sequence[int]:
        """Return the keys of the projects to show, in their order: one query at most."""
        shown: Sequence[int] = drawn.order
        if any(self.cleaned_data.get(name) for name in self.FILTERS):
            # As one array: ten thousand rows would take longer than everything else.
            fits = set(self._found(reader, on).aggregate(keys=ArrayAgg("pk"))["keys"] or ())
            shown = [project for project in shown if project in fits]
        sort = self.cleaned_data.get("sort")
        # Equal ones stay as they are on the list.
        if sort == self.SCORE:
            unscored = len(drawn.order) + 1
            return sorted(shown, key=lambda project: drawn.score_ranks.get(project, unscored))
        if sort == self.COST:
            return sorted(shown, key=lambda project: -drawn.needs[project].cost)
        return self._by_department(shown) if sort == self.DEPARTMENT else shown

    def _by_department(self, shown: Sequence[int]) -> list[int]:
        listed = Project.objects.filter(working_position__isnull=False)
        together: dict[int, list[int]] = {pk: [] for pk, _ in self.departments}
        place: dict[int, list[int]] = {}
        # One row for each department.
        for department, keys in listed.values_list("department").annotate(keys=ArrayAgg("pk")):
            place |= dict.fromkeys(keys, together[department])
        for project in shown:
            # One that left the list between two queries is not shown.
            place.get(project, []).append(project)
        return [project for projects in together.values() for project in projects]

    def _found(self, reader: User, on: date) -> Any:
        asked, found = self.cleaned_data, Project.objects.filter(working_position__isnull=False)
        for word in asked.get("q", "").split():
            found = found.filter(title__icontains=word)
        if asked.get("department"):
            found = found.filter(department=asked["department"])
        if asked.get("gate"):
            found = found.filter(GATES[asked["gate"]][1])
        if asked.get("critical"):
            declared = CriticalPriority.objects.declared(on=on)
            problems = Problem.objects.visible_to(reader).filter(critical_priority__in=declared)
            found = found.filter(problem__in=problems)
        return found
