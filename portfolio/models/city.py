"""The city itself: its name, its clock, and its own numbers for the list and the gate."""

from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError("Name a time zone such as America/Chicago.")


class City(models.Model):
    """The city: one row. Each number has a default and the reason for it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120, default="Our city")
    time_zone = models.CharField(max_length=60, default="UTC", validators=[check_time_zone])
    is_demonstration = models.BooleanField(default=False, editable=False)
    list_valid_months = models.PositiveSmallIntegerField(
        "An adopted list holds, in months",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="A list older than a budget year no longer says what comes first.",
    )
    scoping_slots = models.PositiveSmallIntegerField(
        "Projects in scoping at once",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="Leaders often have no count of what is under way; too many at once halve the "
        "work that gets done.",
    )
    delivery_slots = models.PositiveSmallIntegerField(
        "Projects in delivery at once",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="With the scoping slots they say how far down the list people reach.",
    )
    critical_floor_percent = models.PositiveSmallIntegerField(
        "Share of the top that serves a critical priority, in percent",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="The list warns below it: what is critical now comes first. A judgement, not a "
        "norm.",
    )
    score_places = models.PositiveSmallIntegerField(
        "Places a rank may leave the score order without a reason",
        default=2,
        validators=[MaxValueValidator(1000)],
        help_text="Scores advise, the manager ranks; a rank far from its score is explained.",
    )

    class Meta:
        verbose_name_plural = "city"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="city_is_one_row",
                violation_error_message="There is one city. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(scoping_slots__range=(1, 50))
                & Q(delivery_slots__range=(1, 50))
                & Q(list_valid_months__range=(1, 60))
                & Q(critical_floor_percent__lte=100)
                & Q(score_places__lte=1000),
                name="city_numbers_make_sense",
                violation_error_message="Slots are 1 to 50, months 1 to 60, a share 0 to 100 "
                "percent, places 0 to 1,000.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "City":
        """Return the city, or its defaults before anybody has named it."""
        return cls.objects.filter(pk=1).first() or cls()

    def today(self) -> date:
        """Return today's date in the city's zone: the gate counts in it."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))
