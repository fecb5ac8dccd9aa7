"""The one list: an order to adopt, a list about to lapse, a new list to export."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portfolio.models import AdoptedList, City, History, User, WorkingPosition
from portfolio.roles import Permission, Role
from portfolio.waiting.task import Asked, Kind, Task, counted, morning_of

ADOPT = Kind("adopt", "list", "lists to adopt", "priority_list")
BRIEF = Kind("brief", "print", "briefs to export", "briefs")

# Two months are about the time a council needs to put a list on its agenda and adopt it.
LAPSES_SOON = timedelta(days=60)
# Nobody records that a brief was exported, so a new list is shown for a while.
NEW_FOR = timedelta(days=30)


def tasks(asked: Asked) -> Iterator[Task]:
    """Yield what waits about the list: at most one thing to adopt, and one brief."""
    adopts = asked.user.has_perm(Permission.ADOPT_LIST)
    exports = Role.COUNCIL_STAFF in asked.user.roles
    if not (adopts or exports):
        return
    latest = AdoptedList.objects.latest_adopted()
    if adopts:
        yield from _adopt(asked.user, asked.city, latest)
    if exports and latest and latest.signed_at > timezone.now() - NEW_FOR:
        yield Task(
            kind=BRIEF,
            record=latest.number,
            title=f"Export the brief: {latest}",
            about=f"Adopted by {latest.action_number} on {date_format(latest.adopted_on)}",
            url=reverse("adopted_list_brief", args=[latest.number]),
            since=latest.signed_at,
        )


def _adopt(user: User, city: City, latest: AdoptedList | None) -> Iterator[Task]:
    # An empty order cannot be adopted, so its changes wait on nobody.
    ordered = Exists(WorkingPosition.objects.all())
    changes = History.objects.filter(ordered, table=WorkingPosition._meta.db_table)
    if latest:
        changes = changes.filter(at__gt=latest.signed_at)
    found = changes.aggregate(
        number=Count("pk"),
        by_others=Count("pk", filter=~Q(user_id=user.pk) | Q(user_id=None)),
        since=Min("at"),
    )
    since, mark, by_mail = found["since"], "changed", found["by_others"] > 0
    about = "No list has been adopted yet, so no gate can open"
    if latest:
        about = f"{counted(found['number'], 'change')} since list {latest.number}"
    if latest and latest.valid_until and latest.valid_until <= city.today() + LAPSES_SOON:
        lapsed = latest.valid_until < city.today()
        verb, mark, by_mail = ("lapsed on", "lapsed", True) if lapsed else ("ends", "ending", True)
        day = latest.valid_until + timedelta(days=1) if lapsed else latest.valid_until - LAPSES_SOON
        since = morning_of(day, city)
        changed = f" · {about}" if found["number"] else ""
        about = f"List {latest.number} {verb} {date_format(latest.valid_until)}{changed}"
    if since:
        yield Task(
            kind=ADOPT,
            record=latest.number if latest else 0,
            title="Adopt the working order",
            about=about,
            url=reverse("list_adopt"),
            since=since,
            mark=mark,
            by_mail=by_mail,
        )
