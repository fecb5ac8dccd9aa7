"""The one priority list: the working order, and the adopted lists signed from it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, OuterRef, Q, Subquery, Value
from django.urls import reverse

from portfolio.models.project import Project, gate_word


class WorkingPositionQuerySet(models.QuerySet["WorkingPosition"]):
    """The working order, first project first."""

    def in_order(self) -> Self:
        """By key: the order of the list."""
        return self.order_by("key")


class WorkingPosition(models.Model):
    """The place of one project in the working order.

    The key is a fractional index: a string that sorts, byte by byte, between its neighbors', so
    that a move writes this row and no other. Ranks are counted, never stored; `moved_from` and
    `moved_to` say what its last move did on that day.
    """

    project = models.OneToOneField(
        Project, on_delete=models.PROTECT, primary_key=True, related_name="working_position"
    )
    key = models.CharField(max_length=200, db_collation="C")
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    moved_at = models.DateTimeField(null=True)
    moved_from = models.PositiveIntegerField(null=True)
    moved_to = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects = WorkingPositionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["key"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"],
                name="working_position_unique",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="Two projects cannot share a place. Reload the list and "
                "move again.",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[A-Za-z][0-9A-Za-z]+$"),
                name="working_position_has_key",
                violation_error_message="A place on the list is a fractional key.",
            ),
            models.CheckConstraint(
                condition=Q(
                    moved_by__isnull=True,
                    moved_at__isnull=True,
                    moved_from__isnull=True,
                    moved_to__isnull=True,
                    reason="",
                )
                | Q(
                    moved_by__isnull=False,
                    moved_at__isnull=False,
                    moved_from__gte=1,
                    moved_to__gte=1,
                ),
                name="working_position_move_is_whole",
                violation_error_message="A move says who moved the project, when, from where and "
                "to where.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} at {self.key}"


class AdoptedListQuerySet(models.QuerySet["AdoptedList"]):
    """Adopted lists, newest first."""

    def with_rank_of(self, project: Project) -> Self:
        """Each list with the rank that `project` has on it, as `rank_of_project`."""
        rank = AdoptedEntry.objects.filter(adopted_list=OuterRef("pk"), project=project)
        return self.annotate(rank_of_project=Subquery(rank.values("rank")))

    def latest_adopted(self) -> AdoptedList | None:
        """The list adopted last, in force until it lapses."""
        return self.order_by("-number").first()

    def in_force(self, *, on: date) -> AdoptedList | None:
        """The list in force on that day, if the one adopted last has not lapsed."""
        latest = self.latest_adopted()
        return latest if latest and latest.is_in_force(on=on) else None


class AdoptedList(models.Model):
    """The working order as it was signed: numbered, dated, never changed.

    The database fills `number`, `valid_until` and the entries from the working order at the
    moment of signing, so that no other order can be adopted.
    """

    # Only there after `with_rank_of`.
    rank_of_project: int | None

    number = models.PositiveIntegerField(unique=True, editable=False, db_default=0)
    action_number = models.CharField(max_length=60)
    adopted_on = models.DateField()
    valid_until = models.DateField(editable=False, null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signed_lists"
    )
    signed_at = models.DateTimeField(auto_now_add=True)
    length = models.PositiveIntegerField(editable=False, db_default=0)
    shown = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="What stood above the list when it was signed: lines, dollars, shares.",
    )

    objects = AdoptedListQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(action_number=""),
                name="adopted_list_has_action",
                violation_error_message="Enter the number of the action that adopts the list.",
            ),
            models.UniqueConstraint(
                fields=["action_number"],
                name="adopted_list_once_per_action",
                violation_error_message="A list was already adopted by this action. Check the "
                "number.",
            ),
        ]

    def __str__(self) -> str:
        return f"Priority list {self.number}"

    def get_absolute_url(self) -> str:
        """Return the page of this list."""
        return reverse("adopted_list", args=[self.number])

    def is_in_force(self, *, on: date) -> bool:
        """True on days from adoption up to the last valid one."""
        return self.valid_until is not None and self.adopted_on <= on <= self.valid_until


class AdoptedEntry(models.Model):
    """One place of an adopted list, with what it showed when it was signed."""

    adopted_list = models.ForeignKey(AdoptedList, on_delete=models.PROTECT, related_name="entries")
    rank = models.PositiveIntegerField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="adopted_entries")
    title = models.CharField(max_length=120)
    department = models.CharField(max_length=120)
    stage = models.CharField(max_length=10)
    on_hold = models.BooleanField()
    problem_defined = models.BooleanField()
    budget_dedicated = models.BooleanField()
    one_time_cost = models.DecimalField(max_digits=15, decimal_places=2)
    committed = models.DecimalField(max_digits=15, decimal_places=2)
    critical_priority = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="What was critical on the day of adoption, where the problem served it.",
    )
    previous_rank = models.PositiveIntegerField(null=True, help_text="On the list before this one.")
    reason = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Why it was moved last, where it was moved since the list before.",
    )
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    score_rank = models.PositiveIntegerField(null=True)
    has_people = models.BooleanField(null=True, help_text="Null on lists that drew no lines.")
    has_money = models.BooleanField(null=True, help_text="Null on lists that drew no lines.")
    line_sentence = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["adopted_list", "rank"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["adopted_list", "rank"],
                name="adopted_entry_rank_once",
                violation_error_message="Two projects cannot share a rank.",
            ),
            models.UniqueConstraint(
                fields=["adopted_list", "project"],
                name="adopted_entry_project_once",
                violation_error_message="A project stands on a list once.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.title}"

    @property
    def gate_word(self) -> str:
        """Where the project stood at the gate when the list was signed, its place given."""
        return gate_word(
            stage=self.stage,
            on_hold=self.on_hold,
            problem_defined=self.problem_defined,
            budget_dedicated=self.budget_dedicated,
            listed=True,
        )
