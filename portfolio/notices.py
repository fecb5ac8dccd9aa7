"""Notices by e-mail: that something waits, never what.

Nothing is queued. A run asks what waits on each person (`waiting`), compares it with what they were
told (`Notice`), and mails those for whom something is new. Mail is not confidential, so it holds no
title and no name; and nothing is decided by mail, so it links to the overview and nowhere else.

Each person is told once: the record is written and the mail handed over in one transaction, the
mail last, behind a lock that a second sender does not wait for. Only a crash between the mail and
the end of that transaction can repeat a mail.
"""

import logging
import smtplib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portfolio import history
from portfolio.models import City, Notice, User
from portfolio.waiting import waiting_for

log = logging.getLogger(__name__)

# With the person's key, the advisory lock of whoever is telling them.
LOCK = 7404
# In the city: the day's mail is there before the day's work.
MORNING = time(7)
WANTS = Q(is_active=True) & ~Q(notices=User.Notices.NEVER)
# Refusals that are about one mail; any other is about the server.
OF_ONE_PERSON = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
# So many failures of the server one after the other end a run: one odd address never does.
GIVE_UP_AFTER = 3


class Due(NamedTuple):
    """What one person is to be told: the new keys, beside those told before.

    `gone` are told keys that wait no more.
    """

    user: User
    new: tuple[str, ...]
    told: frozenset[str]
    gone: frozenset[str]


class Outcome(Enum):
    """What became of telling one person."""

    MAILED = "mailed"
    NOTHING_NEW = "nothing new"
    REFUSED = "refused"
    LEFT = "left to the next run"


class Sent(NamedTuple):
    """What a run did: mails handed over, and people left to the next run."""

    mails: int
    left: int


def choose(wanted: str, *, by: User) -> None:
    """Set how `by` wants to be told. Raises ValidationError where there is no such choice."""
    if wanted not in User.Notices.values:
        raise ValidationError("Choose one of the three.")
    with by.changing():
        by.notices = wanted
        by.save(update_fields=["notices"])


def due(now: datetime | None = None) -> Iterator[Due]:
    """Yield what each person is to be told at `now`, and what of the told waits no more.

    Nobody is asked for who is inactive, wants no notices, or had or will have today's mail at
    another moment: a daily mail goes out once a day, from 7:00 in the city.
    """
    at, city = now or timezone.now(), City.current()
    zone = ZoneInfo(city.time_zone)
    morning = datetime.combine(at.astimezone(zone).date(), MORNING, tzinfo=zone)
    for user, told in _people():
        has_had_todays = any(told_at >= morning for told_at in told.values())
        if user.notices == User.Notices.DAILY and (at < morning or has_had_todays):
            continue
        found = _due_to(user, city, told)
        if found.new or found.gone:
            yield found


def _people() -> Iterator[tuple[User, dict[str, datetime]]]:
    """Yield everybody who wants notices, with what they were told and when, in two queries."""
    told: dict[int, dict[str, datetime]] = defaultdict(dict)
    for user_id, task, told_at in Notice.objects.values_list("user_id", "task", "told_at"):
        told[user_id][task] = told_at
    for user in User.objects.with_duties().filter(WANTS).order_by("pk"):
        yield user, told[user.pk]


def _due_to(user: User, city: City, told: Iterable[str]) -> Due:
    tasks = waiting_for(user, city=city, most=None).tasks
    new = tuple(task.key for task in tasks if task.by_mail and task.key not in told)
    before = frozenset(told)
    return Due(user, new, before, before - {task.key for task in tasks})


def send(now: datetime | None = None) -> Sent:
    """Mail everyone for whom something new waits; return how many mails went out.

    One person's bad address is logged and does not stop the others. Where the mail server takes
    nothing, the run ends early; whoever was not told is told by the next run.
    """
    Notice.objects.exclude(user__in=User.objects.filter(WANTS)).delete()
    mails = left = in_a_row = 0
    for found in due(now):
        try:
            outcome = _tell(found)
            in_a_row = 0
        except OSError as refused:
            outcome = Outcome.LEFT
            in_a_row += not isinstance(refused, OF_ONE_PERSON)
            log.warning(
                "Person %s could not be told by mail (%s). The next run tries again.",
                found.user.pk,
                _in_words(refused),
            )
        mails += outcome is Outcome.MAILED
        left += outcome is Outcome.LEFT
        if in_a_row == GIVE_UP_AFTER:
            log.warning("The mail server takes nothing, so this run ends. Check EMAIL_URL.")
            break
    return Sent(mails, left)


def mark(now: datetime | None = None) -> str:
    """Return a mark that differs as soon as something new may wait on somebody.

    That is so after every change, for the history has them all, and after every full hour, for some
    things wait because of the day. A run after which nothing was left need not be repeated before.
    """
    return f"{history.head()} {now or timezone.now():%Y-%m-%dT%H}"


def record() -> int:
    """Take everybody as told of what waits now, without a mail; return how many things wait.

    For a city that begins with notices when much waits already.
    """
    city = City.current()
    return sum(
        len(Notice.objects.bulk_create(Notice(user=user, task=task) for task in found.new))
        for user, told in _people()
        if (found := _due_to(user, city, told)).new
    )


def _tell(found: Due) -> Outcome:
    """Mail one person and record it.

    Somebody whom another sender is telling, or told since, is left to the next run, and so is one
    whose roles or wishes changed since. Raises OSError where the mail could not be handed over
    now: then nothing is recorded.
    """
    user = found.user
    with transaction.atomic():
        if not _is_locked_for(user):
            return Outcome.LEFT
        told = Notice.objects.filter(user=user)
        fresh = User.objects.with_duties().filter(WANTS, pk=user.pk, notices=user.notices).first()
        if fresh is None or _duties(fresh) != _duties(user):
            return Outcome.LEFT
        if set(told.values_list("task", flat=True)) != found.told:
            return Outcome.LEFT
        told.filter(task__in=found.gone).delete()
        if not found.new:
            return Outcome.NOTHING_NEW
        Notice.objects.bulk_create([Notice(user=user, task=task) for task in found.new])
        return _hand_over(_mail(fresh, len(found.new)), to=fresh)


def _duties(user: User) -> tuple[object, object]:
    return user.roles, user.memberships_by_department


def _is_locked_for(user: User) -> bool:
    """Take the lock of whoever tells `user` until this transaction ends, unless it is taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", [LOCK, user.pk])
        return bool(cursor.fetchone()[0])


def _hand_over(mail: EmailMessage, *, to: User) -> Outcome:
    """Send `mail`.

    An address that is refused for good is not tried again for the same things: that is logged, and
    the record stays.
    """
    try:
        mail.send()
    except (*OF_ONE_PERSON, ValueError) as refused:
        if not _is_final(refused):
            raise
        log.warning(
            "The address of person %s is refused (%s). Correct it in the administration.",
            to.pk,
            _in_words(refused),
        )
        return Outcome.REFUSED
    return Outcome.MAILED


def _is_final(refused: Exception) -> bool:
    """Return whether the same mail to the same address would be refused again: 5xx of RFC 5321."""
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return not isinstance(refused, smtplib.SMTPDataError) or refused.smtp_code >= 500


def _in_words(refused: Exception) -> str:
    """Return the kind of a refusal. Its text may hold the address, which a log does not need."""
    return type(refused).__name__


def _mail(user: User, number: int) -> EmailMessage:
    """Return the mail that says that so many things wait."""
    context = {
        "city": City.current(),
        "number": number,
        "user": user,
        "overview": settings.SITE_URL + reverse("home"),
        "choice": settings.SITE_URL + reverse("notices"),
    }
    things = "One thing waits" if number == 1 else f"{number} things wait"
    return EmailMessage(
        subject=f"{things} for you in Groundwork",
        body=render_to_string("portfolio/notice.txt", context),
        to=[user.email],
        # Out-of-office programs do not answer it (RFC 3834).
        headers={"Auto-Submitted": "auto-generated"},
    )
