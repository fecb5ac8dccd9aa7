"""One thing that waits on a person, and how the oldest of each kind are found in one query."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Value, Window
from django.urls import reverse
from django.utils import timezone

from portfolio.models import City, User

LONG = timedelta(days=3)


class Asked(NamedTuple):
    """For whom the tasks are asked, in which city, and how many of a kind at most (None: all)."""

    user: User
    city: City
    most: int | None


class Kind(NamedTuple):
    """What sort of thing waits: its picture, what many of it are called, and the list of them."""

    code: str
    icon: str
    many: str
    route: str
    query: str = ""

    @property
    def listing(self) -> str:
        """The address of the list in which the rest of them are found."""
        return reverse(self.route) + self.query


class Task(NamedTuple):
    """One thing that waits: what to do, about what, where it is done, and since when.

    `mark` tells the same record's waiting now from its waiting another time; without one, `since`
    does. `by_mail` is False for what the person began themselves: the overview shows it, but no
    notice tells them what they know.
    """

    kind: Kind
    record: int
    title: str
    about: str
    url: str
    since: datetime
    of_kind: int = 1
    mark: str = ""
    by_mail: bool = True

    @property
    def icon(self) -> str:
        """The picture, named as in icons.svg."""
        return self.kind.icon

    @property
    def has_waited_long(self) -> bool:
        """True after three days: by then somebody else has noticed."""
        return timezone.now() - self.since >= LONG

    @property
    def key(self) -> str:
        """The name of this waiting, for notices: the same as long as it lasts, at most 120 long."""
        mark = self.mark or self.since.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")
        return f"{self.kind.code}:{self.record}:{mark}"[:120]


class Rest(NamedTuple):
    """How many more of a kind wait than are shown, and where they are."""

    kind: Kind
    number: int


class Wait(NamedTuple):
    """A condition under which a row waits as one kind, and the moment since when it does."""

    kind: Kind
    when: Q
    since: Any


def oldest(rows: QuerySet[Any], waits: Sequence[Wait], *, most: int | None) -> list[Any]:
    """Return the rows that wait, in one query: of each kind the oldest, at most `most`.

    Each row carries its kind in `waits_as`, `waits_since`, and how many there are `of_kind` in all.
    A row that waits in two ways is there twice.
    """
    if not waits:
        return []
    first, *others = (
        rows.filter(wait.when)
        .annotate(
            waits_as=Value(wait.kind.code),
            waits_since=wait.since,
            of_kind=Window(Count("*")),
        )
        .order_by("waits_since", "pk")[:most]
        for wait in waits
    )
    return list(first.union(*others, all=True))


def morning_of(day: date, city: City) -> datetime:
    """Return the first moment of `day` in the city."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(city.time_zone))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word: 1 project, 2 projects."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
