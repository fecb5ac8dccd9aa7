"""The project: the only thing that has a stage, and the row on which the gate stands."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.text import get_text_list

from budgets.models import Budget
from portfolio.models.people import Department, User
from portfolio.models.search import words_of
from problems.models import CriticalPriority, Problem


def critical_name(problem: str, *, reader: User, on: date) -> Subquery:
    """Return an expression: the name of what is critical on that day and a problem serves.

    `problem` is the path to the problem's key. It is None where the problem serves nothing that is
    declared, and where `reader` may not read the problem.
    """
    named = Problem.objects.visible_to(reader).filter(
        pk=OuterRef(problem), critical_priority__in=CriticalPriority.objects.declared(on=on)
    )
    return Subquery(named.values("critical_priority__name")[:1])


def gate_word(
    *, stage: str, on_hold: bool, problem_defined: bool, budget_dedicated: bool, listed: bool
) -> str:
    """Return where a project stands at the scoping gate, in the few words a list has room for."""
    if stage in {Project.Stage.STOPPED, Project.Stage.CLOSED}:
        return Project.Stage(stage).label
    if on_hold:
        return "On hold"
    if stage != Project.Stage.CONCEPT:
        return f"{Project.Stage(stage).label} started"
    facts = (("problem", problem_defined), ("budget", budget_dedicated), ("priority", listed))
    missing = [word for word, fact in facts if not fact]
    return f"Needs {get_text_list(missing, 'and')}" if missing else "Ready to scope"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects in the words of the domain."""

    def visible_to(self, user: User) -> Self:
        """Those that `user` may open: own departments', or all for the city-wide roles."""
        if user.has_perm("portfolio.read_all_projects"):
            return self
        return self.filter(department__in=user.department_ids)

    def for_pages(self) -> Self:
        """With what every page says about a project, in one query."""
        return self.select_related("department", "sponsor", "problem", "budget", "score")

    def with_critical_priority(self, reader: User, *, on: date) -> Self:
        """With `critical`: what is critical and each one's problem serves, as `reader` sees it."""
        return self.annotate(critical=critical_name("problem", reader=reader, on=on))

    def in_scoping(self) -> Self:
        """Those that take a scoping slot: in scoping and not on hold."""
        return self.filter(stage=Project.Stage.SCOPING, on_hold=False)

    def facts(self) -> dict[str, int]:
        """Count those that are ready to scope, in scoping, on hold."""
        return self.aggregate(
            ready=Count(
                "pk",
                filter=Q(stage=Project.Stage.CONCEPT)
                & Q(problem_defined=True, budget_dedicated=True, listed=True),
            ),
            scoping=Count("pk", filter=Q(stage=Project.Stage.SCOPING, on_hold=False)),
            on_hold=Count("pk", filter=Q(on_hold=True)),
        )

    def gate_open(self) -> Self:
        """Those whose problem, budget and priority are all defined."""
        return self.filter(problem_defined=True, budget_dedicated=True, listed=True)


class Project(models.Model):
    """An initiative that answers one problem.

    `problem_defined`, `budget_dedicated` and `listed` are facts that the database computes from
    the problem, the budget and the adopted list (migration `project_gate`); whatever a client
    writes there is ignored. The gate is the constraint `project_gate` over them.
    """

    class Stage(models.TextChoices):
        CONCEPT = "concept", "Concept"
        SCOPING = "scoping", "Scoping"
        DELIVERY = "delivery", "Delivery"
        SCALING = "scaling", "Scaling"
        CLOSED = "closed", "Closed"
        STOPPED = "stopped", "Stopped"

    title = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="projects")
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_projects",
    )
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    budget = models.OneToOneField(Budget, on_delete=models.PROTECT, related_name="project")
    summary = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    imported_from = models.CharField(max_length=60, blank=True)
    imported_id = models.CharField(max_length=60, blank=True)

    stage = models.CharField(max_length=10, choices=Stage, default=Stage.CONCEPT)
    stage_since = models.DateTimeField(auto_now_add=True)
    stopped_reason = models.TextField(max_length=1000, blank=True)
    on_hold = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)

    problem_defined = models.BooleanField(default=False, db_default=False, editable=False)
    budget_dedicated = models.BooleanField(default=False, db_default=False, editable=False)
    listed = models.BooleanField(default=False, db_default=False, editable=False)
    scoping_opened = models.BooleanField(default=False, db_default=False, editable=False)

    # Only there after `with_critical_priority`.
    critical: str | None

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stage__in=["concept", "stopped", "closed"])
                | Q(on_hold=True)
                | Q(problem_defined=True, budget_dedicated=True, listed=True),
                name="project_gate",
                violation_error_message="The scoping gate is closed. Problem, budget and "
                "priority must all be defined first. Open the project to see what is missing.",
            ),
            models.CheckConstraint(
                condition=Q(on_hold=False, hold_reason="") | (Q(on_hold=True) & ~Q(hold_reason="")),
                name="project_hold_has_reason",
                violation_error_message="A project on hold says why, and only then.",
            ),
            models.CheckConstraint(
                condition=~Q(stage="stopped") | ~Q(stopped_reason=""),
                name="project_stop_has_reason",
                violation_error_message="A stopped project says why: the reason is published.",
            ),
            models.UniqueConstraint(
                fields=["imported_from", "imported_id"],
                condition=~Q(imported_id=""),
                name="project_imported_once",
                violation_error_message="This project was imported already.",
            ),
            # What the scope's foreign key points at: see migration `gate`.
            models.UniqueConstraint(
                fields=["id", "scoping_opened"],
                name="project_scoping_opened_key",
                violation_error_message="A project has one row.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["title", "id"], name="project_by_title"),
            models.Index(fields=["department", "title", "id"], name="project_by_department"),
            models.Index(fields=["stage"], name="project_by_stage"),
            GinIndex(words_of(title="A", summary="B"), name="project_words"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of this project."""
        return reverse("project", args=[self.pk])

    @property
    def reference(self) -> str:
        """The short name people use: P-017."""
        return f"P-{self.pk:03d}"

    @property
    def has_left_concept(self) -> bool:
        """True where the gate must hold: in scoping, delivery or scaling."""
        return self.stage in {self.Stage.SCOPING, self.Stage.DELIVERY, self.Stage.SCALING}

    @property
    def is_gate_open(self) -> bool:
        """True where problem, budget and priority are all defined: the gate's three facts."""
        return self.problem_defined and self.budget_dedicated and self.listed

    @property
    def gate_word(self) -> str:
        """Where the project stands at the gate, for lists, from its own row alone."""
        return gate_word(
            stage=self.stage,
            on_hold=self.on_hold,
            problem_defined=self.problem_defined,
            budget_dedicated=self.budget_dedicated,
            listed=self.listed,
        )

    @property
    def gate_icon(self) -> str:
        """The icon beside `gate_word`, named as in icons.svg."""
        return {"ok": "check", "info": "lock_open", "warn": "lock"}[self.gate_tone]

    @property
    def gate_tone(self) -> str:
        """The tone of `gate_word`: ok, info or warn."""
        if self.on_hold:
            return "warn"
        if self.stage != self.Stage.CONCEPT:
            return "info"
        return "ok" if self.is_gate_open else "warn"
