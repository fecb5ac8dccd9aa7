"""What a statement consists of besides its own columns: rows, one table a kind."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from problems.models.problem import Problem


def evidence_storage() -> Storage:
    """Return where evidence files lie: outside what the web serves (`STORAGES["evidence"]`)."""
    return storages["evidence"]


def random_name(_evidence: Evidence, _given: str) -> str:
    """Return a name that says nothing and cannot be guessed; the row keeps the given one."""
    name = uuid4().hex
    return f"{name[:2]}/{name}"


class AffectedGroup(models.Model):
    """A group of people who have the problem: how many, says who, as of when."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="affected_groups")
    who = models.CharField("group", max_length=120)
    number = models.PositiveIntegerField("how many", null=True, blank=True)
    number_source = models.CharField("where the number comes from", max_length=300, blank=True)
    as_of = models.DateField("as of", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.who


class Measure(models.Model):
    """An outcome indicator of a problem: where it stands and where it should get to."""

    class Direction(models.TextChoices):
        DOWN = "down", "Lower is better"
        UP = "up", "Higher is better"

    class Kind(models.TextChoices):
        OUTCOME = "outcome", "An outcome: what people notice"
        OUTPUT = "output", "An output: what the city did or installed"
        INPUT = "input", "An input: what the city spent"

    class Quality(models.TextChoices):
        MEASURED = "measured", "Measured"
        ESTIMATED = "estimated", "Estimated"
        ANECDOTAL = "anecdotal", "Anecdotal"

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="measures")
    catalogue_code = models.CharField(
        max_length=40, blank=True, help_text="Of problems/catalogue.toml; empty for an own one."
    )
    kind = models.CharField("what it counts", max_length=8, choices=Kind, default=Kind.OUTCOME)
    name = models.CharField("what is measured", max_length=160)
    unit = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=4, choices=Direction, blank=True)
    baseline_value = models.DecimalField(
        "value today", max_digits=18, decimal_places=4, null=True, blank=True
    )
    baseline_date = models.DateField("measured on", null=True, blank=True)
    baseline_source = models.CharField("source", max_length=300, blank=True)
    baseline_quality = models.CharField("quality", max_length=10, choices=Quality, blank=True)
    target_value = models.DecimalField(
        "target", max_digits=18, decimal_places=4, null=True, blank=True
    )
    target_date = models.DateField("by", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="outcome") | Q(baseline_value__isnull=True),
                name="measure_baseline_is_outcome",
                violation_error_message="Only an outcome has a starting value here: what people "
                "notice, not what the city installs or spends.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """One link of the why-chain, and what it rests on."""

    class Basis(models.TextChoices):
        ASSUMED = "assumed", "Assumed"
        OBSERVED = "observed", "Observed"
        MEASURED = "measured", "Measured"

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="causes")
    depth = models.PositiveSmallIntegerField(
        "why number", default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    cause = models.CharField("because", max_length=300)
    basis = models.CharField("how we know", max_length=10, choices=Basis, default=Basis.ASSUMED)

    class Meta:
        ordering: ClassVar = ["depth", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(depth__range=(1, 5)),
                name="cause_depth_1_to_5",
                violation_error_message="Ask why at most five times: a number from 1 to 5.",
            )
        ]

    def __str__(self) -> str:
        return self.cause


class Evidence(models.Model):
    """A sourced item behind a problem."""

    class Kind(models.TextChoices):
        DATA = "data", "Data"
        SURVEY = "survey", "Survey"
        INTERVIEWS = "interviews", "Interviews"
        REQUESTS_311 = "311", "311 requests"
        AUDIT = "audit", "Audit"
        MANDATE = "mandate", "Mandate"
        INCIDENT = "incident", "Incident"

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DATA)
    finding = models.CharField("what it shows", max_length=400)
    source = models.CharField(max_length=300, blank=True)
    link = models.URLField("link", max_length=500, blank=True)
    count = models.PositiveIntegerField("how many cases", null=True, blank=True)
    dated = models.DateField("date", null=True, blank=True)
    file = models.FileField(
        storage=evidence_storage, upload_to=random_name, max_length=100, blank=True
    )
    file_name = models.CharField("name of the file", max_length=200, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_size = models.PositiveIntegerField("size in bytes", null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        verbose_name_plural = "evidence"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_type="", file_sha256="", file_size=None)
                | (
                    ~Q(file="")
                    & ~Q(file_name="")
                    & ~Q(file_type="")
                    & ~Q(file_sha256="")
                    & Q(file_size__isnull=False)
                ),
                name="evidence_file_is_whole",
                violation_error_message="A file needs its name, type, size and checksum.",
            )
        ]

    def __str__(self) -> str:
        return self.finding


class PriorAttempt(models.Model):
    """What was tried before, and what came of it."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="prior_attempts")
    what = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2200)]
    )
    result = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.what
