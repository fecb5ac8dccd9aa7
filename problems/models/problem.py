"""The problem statement: its own columns, its state, and who decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.text import get_text_list

from problems.models.critical import CriticalPriority


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Problems in the words of the domain."""

    def defined(self) -> Self:
        """Accepted by a reviewer and not changed since."""
        return self.filter(state=Problem.State.DEFINED)

    def writable(self) -> Self:
        """Those whose words may change: not sent yet, or returned."""
        return self.filter(state__in=Problem.WRITABLE)

    def of_departments(self, departments: Iterable[int]) -> Self:
        """Those that one of `departments` has, alone or with others."""
        keys = list(departments)
        joined = Problem.objects.filter(joint_departments__department__in=keys)
        return self.filter(Q(department__in=keys) | Q(pk__in=joined.values("pk")))

    def with_departments(self) -> Self:
        """With every department that has them, in one query more."""
        joined: Any = self.model._meta.get_field("joint_departments").related_model
        rows = joined.objects.select_related("department")
        return self.select_related("department").prefetch_related(
            Prefetch("joint_departments", queryset=rows)
        )

    def with_department_names(self) -> Self:
        """With `joined_names`, which lists need of joint problems, in the same query."""
        joined: Any = self.model._meta.get_field("joint_departments").related_model
        names = joined.objects.filter(problem=OuterRef("pk")).values("department__name")
        return self.select_related("department").annotate(joined_names=ArraySubquery(names))

    def visible_to(self, user: Any) -> Self:
        """What `user` may read: own departments' always, others' once they were sent in.

        A department head of another department sees defined statements only.
        """
        own = Q(pk__in=Problem.objects.of_departments(user.department_ids).values("pk"))
        if user.has_perm("problems.read_submitted"):
            return self.filter(own | Q(first_submitted_at__isnull=False))
        return self.filter(own | Q(state=Problem.State.DEFINED))


class Problem(models.Model):
    """A problem statement: who is affected, where, how badly, how we know."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "In review"
        RETURNED = "returned", "Returned"
        DEFINED = "defined", "Defined"
        RETIRED = "retired", "Retired"

    WRITABLE: ClassVar = (State.DRAFT, State.RETURNED)

    class Frequency(models.TextChoices):
        CONSTANT = "constant", "All the time"
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        SEASONAL = "seasonal", "In some seasons"
        EPISODIC = "episodic", "From time to time"

    class Influence(models.TextChoices):
        FULL = "full", "The city can change it alone"
        SHARED = "shared", "The city can change it with others"
        CONVENE_ONLY = "convene_only", "The city can only bring others together"
        NONE = "none", "The city cannot influence it"

    class Decision(models.TextChoices):
        NONE = "", "Not decided"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"

    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL, on_delete=models.PROTECT, related_name="problems"
    )
    title = models.CharField(max_length=80, blank=True)
    statement = models.TextField(max_length=2000, blank=True)
    place = models.CharField("where", max_length=200, blank=True)
    since = models.DateField(null=True, blank=True)
    frequency = models.CharField(max_length=12, choices=Frequency, blank=True)
    impact_now = models.TextField("what happens today", max_length=4000, blank=True)
    severity = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    do_nothing = models.TextField("if nothing is done", max_length=4000, blank=True)
    do_nothing_cost = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    contact_method = models.CharField("how people were asked", max_length=200, blank=True)
    contact_count = models.PositiveIntegerField("how many were asked", null=True, blank=True)
    contact_dates = models.CharField("when they were asked", max_length=100, blank=True)
    no_contact_reason = models.TextField(max_length=1000, blank=True)
    mandate = models.CharField("legal mandate", max_length=300, blank=True)
    influence = models.CharField(max_length=12, choices=Influence, blank=True)
    critical_priority = models.ForeignKey(
        CriticalPriority,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        help_text="None with a reason: no declared priority fits.",
    )
    critical_reason = models.TextField("why now", max_length=1000, blank=True)
    not_in_scope = models.TextField(max_length=2000, blank=True)
    constraints = models.TextField(max_length=2000, blank=True)
    solved_6_months = models.TextField("sign of success in 6 months", max_length=1000, blank=True)
    solved_12_months = models.TextField("sign of success in 12 months", max_length=1000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_problems",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="authored_problems"
    )
    writer_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text="Who saved its words so far; the database adds them.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, help_text="Rises when it is reopened.")
    revision = models.PositiveIntegerField(default=0, help_text="Rises with every save.")
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submitted_problems",
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_problems",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    same_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The joint problem that took this one in.",
    )

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-saved_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "retired"])
                | (
                    ~Q(title="")
                    & ~Q(statement="")
                    & ~Q(place="")
                    & ~Q(impact_now="")
                    & Q(severity__isnull=False)
                    & ~Q(do_nothing="")
                    & (~Q(no_contact_reason="") | ~Q(contact_method=""))
                    & Q(influence__in=["full", "shared", "convene_only"])
                    & ~Q(critical_reason="")
                    & ~Q(solved_12_months="")
                    & Q(owner__isnull=False)
                ),
                name="problem_sent_is_complete",
                violation_error_message="A problem is sent only when every required part is there. "
                "Open it to see what is missing.",
            ),
            models.CheckConstraint(
                condition=Q(severity__isnull=True) | Q(severity__range=(0, 5)),
                name="problem_severity_0_to_5",
                violation_error_message="Severity is a number from 0 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    decision__in=["accepted", "returned"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="problem_decision_is_whole",
                violation_error_message="A decision needs who decided and when.",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="problem_submission_is_whole",
                violation_error_message="A submission needs who sent it and when.",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("author")) & ~Q(decided_by=F("submitted_by"))),
                name="problem_reviewer_is_not_author",
                violation_error_message="A problem is reviewed by someone who did not write it. "
                "Ask another reviewer.",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | (Q(state="retired") & ~Q(same_as=F("pk"))),
                name="problem_same_as_is_retired",
                violation_error_message="A problem that another one took in is retired.",
            ),
            models.CheckConstraint(
                condition=Q(state="retired")
                | Q(state="draft", decision="")
                | Q(state="submitted", decision="", submitted_by__isnull=False)
                | Q(state="returned", decision="returned", submitted_by__isnull=False)
                | Q(state="defined", decision="accepted", submitted_by__isnull=False),
                name="problem_state_fits_decision",
                violation_error_message="A problem is defined only by an accepting review.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at"], name="problem_state_submitted"),
            models.Index(fields=["-saved_at", "-id"], name="problem_saved"),
        ]
        permissions: ClassVar = []
        default_permissions = ()

    def __str__(self) -> str:
        return self.title or "Untitled problem"

    def get_absolute_url(self) -> str:
        """Return the page of this problem."""
        return reverse("problems:detail", args=[self.pk])

    @property
    def department_ids(self) -> frozenset[int]:
        """Keys of the departments that have the problem: the first, and those that joined."""
        joined = (row.department_id for row in self.joint_departments.all())
        return frozenset({self.department_id, *joined})

    @property
    def departments_in_words(self) -> str:
        """The departments that have the problem: Public Works with Water and Sewer."""
        # Lists bring the names along.
        joined = self.__dict__.get("joined_names")
        if joined is None:
            joined = [row.department.name for row in self.joint_departments.all()]
        return " with ".join(filter(None, [self.department.name, get_text_list(joined, "and")]))

    @property
    def is_defined(self) -> bool:
        """True once accepted and not changed since."""
        return self.state == self.State.DEFINED

    @property
    def state_tone(self) -> str:
        """The tone of the state's tag: ok, info, warn or none."""
        return {"submitted": "info", "returned": "warn", "defined": "ok"}.get(self.state, "")

    @property
    def can_be_written(self) -> bool:
        """True while the words may change: before sending, and after a return."""
        return self.state in self.WRITABLE

    def is_by(self, person: Any) -> bool:
        """Return whether `person` began, wrote or sent it: somebody else reviews it."""
        return person.pk in {self.author_id, self.submitted_by_id, *self.writer_ids}
