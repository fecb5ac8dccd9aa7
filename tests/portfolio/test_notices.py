"""Notices by mail: whom, when, how often, and what a mail does not say."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio import notices
from portfolio.models import City, History, Membership, Notice, RoleGrant, User
from problems.review import decisions
from tests.factories import draft_problem, make_user
from tests.portfolio.waiting_steps import receivers, submitted

TITLE = "The fountain of Unspeakable Square leaks"


def wants(person: User, choice: str) -> None:
    notices.choose(choice, by=person)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], notices.Sent]:
    """Send at a moment, which is also what the clock says."""

    def run(moment: datetime) -> notices.Sent:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return notices.send()

    return run


# Whom


def test_whoever_is_waited_for_is_told_once(quiet: SimpleNamespace) -> None:
    submitted(quiet)
    assert notices.send() == (1, 0)
    assert notices.send() == (0, 0)
    assert receivers() == [quiet.manager.email]
    submitted(quiet)
    submitted(quiet)
    assert notices.send() == (1, 0), "one mail, whatever their number"
    assert mail.outbox[1].subject == "2 things wait for you in Groundwork"


def test_the_same_thing_waiting_again_is_told_again(quiet: SimpleNamespace) -> None:
    problem = submitted(quiet)
    notices.send()
    decisions.send_back(problem, reasons=[("", "How many?")], by=quiet.manager)
    notices.send()
    decisions.submit(problem, by=quiet.head, on=quiet.city.today())
    notices.send()
    assert receivers() == [quiet.manager.email, quiet.head.email, quiet.manager.email]


def test_nobody_is_told_what_they_began_themselves(quiet: SimpleNamespace) -> None:
    draft_problem(quiet)
    assert notices.send() == (0, 0)


def test_one_s_own_statement_is_no_news(quiet: SimpleNamespace) -> None:
    Membership.objects.create(user=quiet.manager, department=quiet.parks, is_head=True)
    quiet.head = User.objects.get(pk=quiet.manager.pk)
    submitted(quiet)
    assert notices.send() == (0, 0)


def test_never_costs_nothing_and_tells_nothing(quiet: SimpleNamespace) -> None:
    for person in User.objects.all():
        wants(person, "never")
    submitted(quiet)
    with CaptureQueriesContext(connection) as queries:
        assert notices.send() == (0, 0)
    assert len(queries) <= 4
    assert not Notice.objects.exists(), "nothing is kept of whoever wants nothing"


@pytest.mark.parametrize("how", ["inactive", "without the role"])
def test_whoever_may_not_do_it_any_more_is_told_nothing(quiet: SimpleNamespace, how: str) -> None:
    submitted(quiet)
    if how == "inactive":
        User.objects.filter(pk=quiet.manager.pk).update(is_active=False)
    else:
        RoleGrant.objects.filter(user=quiet.manager).delete()
    notices.send()
    assert quiet.manager.email not in receivers()


def test_a_role_lost_in_the_middle_of_a_run_counts(
    quiet: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(quiet)
    (found,) = notices.due()
    RoleGrant.objects.filter(user=quiet.manager).delete()
    monkeypatch.setattr(notices, "due", lambda _: iter([found]))
    assert notices.send().mails == 0


def test_what_waits_no_more_is_forgotten(quiet: SimpleNamespace) -> None:
    problem = submitted(quiet)
    notices.send()
    told = Notice.objects.get(user=quiet.manager)
    assert told.task.startswith(f"review:{problem.pk}:")
    decisions.accept(problem, by=quiet.manager)
    notices.send()
    assert not Notice.objects.filter(user=quiet.manager).exists()


def test_taking_everybody_as_told_sends_nothing(cast: SimpleNamespace) -> None:
    wants(cast.manager, "daily")
    submitted(cast)
    call_command("send_notices", without_mail=True)
    assert notices.send() == (0, 0)
    assert mail.outbox == []


# When: once a day


@pytest.mark.parametrize(
    ("zone", "too_early", "morning"),
    [
        ("America/Chicago", "2026-03-07T12:59:59", "2026-03-07T13:00:00"),
        # The clocks went forward in the night.
        ("America/Chicago", "2026-03-08T11:59:59", "2026-03-08T12:00:00"),
        # And back.
        ("America/Chicago", "2026-11-01T12:59:59", "2026-11-01T13:00:00"),
        ("Pacific/Auckland", "2026-06-01T18:59:59", "2026-06-01T19:00:00"),
        ("Asia/Kolkata", "2026-06-02T01:29:59", "2026-06-02T01:30:00"),
    ],
)
def test_the_day_s_mail_goes_out_at_seven_in_the_city(
    quiet: SimpleNamespace,
    at: Callable[[datetime], notices.Sent],
    zone: str,
    too_early: str,
    morning: str,
) -> None:
    City.objects.update(time_zone=zone)
    wants(quiet.manager, "daily")
    submitted(quiet)
    Notice.objects.all().delete()
    User.objects.exclude(pk=quiet.manager.pk).update(notices="never")
    moments = [datetime.fromisoformat(f"{moment}Z") for moment in (too_early, morning)]
    assert [at(moment).mails for moment in moments] == [0, 1]


def test_once_a_day_is_once_whatever_comes(
    quiet: SimpleNamespace, at: Callable[[datetime], notices.Sent]
) -> None:
    User.objects.exclude(pk=quiet.manager.pk).update(notices="never")
    Notice.objects.all().delete()
    wants(quiet.manager, "daily")
    problem = submitted(quiet)
    # The sender was away in the morning: later is better than not.
    assert at(datetime.fromisoformat("2026-05-04T20:00:00Z")).mails == 1
    decisions.send_back(problem, reasons=[("", "How many?")], by=quiet.manager)
    submitted(quiet)
    assert at(datetime.fromisoformat("2026-05-04T21:00:00Z")).mails == 0
    assert at(datetime.fromisoformat("2026-05-05T11:00:00Z")).mails == 0
    assert at(datetime.fromisoformat("2026-05-05T12:00:00Z")).mails == 1
    assert at(datetime.fromisoformat("2026-05-06T12:00:00Z")).mails == 0, "nothing new"
    assert (
        mail.outbox[0].subject == mail.outbox[1].subject == "One thing waits for you in Groundwork"
    )


# What


def test_a_mail_says_that_something_waits_and_not_what(
    quiet: SimpleNamespace, settings: Any
) -> None:
    settings.SITE_URL = "https://groundwork.example.gov"
    submitted(quiet, title=TITLE)
    notices.send()
    (sent,) = mail.outbox
    whole = sent.message().as_string() + sent.body
    people = {person.name for person in User.objects.all()}
    secrets = {TITLE, "fountain", "Unspeakable", "Parks", *people}
    assert [word for word in secrets if word in whole] == []
    assert "https://groundwork.example.gov/\n" in sent.body
    assert "https://groundwork.example.gov/accounts/notices/\n" in sent.body
    assert sent.body.startswith("One new thing waits for you in Groundwork, Testville.")
    assert sent.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert max(map(len, sent.body.splitlines())) <= 72, "no line is broken in two on its way"


def test_names_cannot_add_headers(quiet: SimpleNamespace) -> None:
    City.objects.update(name="Town\r\nBcc: everybody@example.org")
    submitted(quiet, title="Title\nBcc: everybody@example.org")
    User.objects.filter(pk=quiet.manager.pk).update(name="Mara\r\nBcc: everybody@example.org")
    notices.send()
    (sent,) = mail.outbox
    assert sent.message()["Bcc"] is None
    assert sent.recipients() == [quiet.manager.email]


# Choosing


def test_the_choice_is_saved_with_its_history(quiet: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(quiet.head)
    page = client.get(reverse("notices")).text
    assert page.count('type="radio"') == 3
    assert quiet.head.email in page
    answer = client.post(reverse("notices"), {"notices": "daily"}, follow=True)
    assert "Your choice is saved." in answer.text
    quiet.head.refresh_from_db()
    assert quiet.head.notices == "daily"
    change = History.objects.filter(table="portfolio_user").latest("id")
    assert change.after is not None
    assert (change.user_id, change.after["notices"]) == (quiet.head.pk, "daily")


@pytest.mark.parametrize("choice", [{}, {"notices": ""}, {"notices": "hourly"}])
def test_another_choice_is_refused_and_changes_nothing(
    quiet: SimpleNamespace, client: Client, choice: dict[str, str]
) -> None:
    client.force_login(quiet.head)
    answer = client.post(reverse("notices"), choice)
    assert answer.status_code == 422
    assert "Fix one thing to continue" in answer.text
    quiet.head.refresh_from_db()
    assert quiet.head.notices == "immediately"
    with pytest.raises(ValidationError, match="Choose one of the three"):
        notices.choose("hourly", by=quiet.head)


def test_the_choice_is_one_step_away_on_every_page(quiet: SimpleNamespace, signed_in: Any) -> None:
    assert f'href="{reverse("notices")}"' in signed_in(quiet.reader).get("/").text


# Cost


def test_a_run_costs_a_few_queries_a_person(quiet: SimpleNamespace) -> None:
    for number in range(20):
        make_user(f"Head {number}", head_of=quiet.parks)
    for _ in range(5):
        draft_problem(quiet)
    notices.send()
    with CaptureQueriesContext(connection) as queries:
        assert notices.send() == (0, 0)
    assert len(queries) <= 5 + 3 * User.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_quiet_minute_costs_one_query(quiet: SimpleNamespace) -> None:
    with CaptureQueriesContext(connection) as queries:
        before = notices.mark()
    assert len(queries) == 1
    assert notices.mark() == before
    draft_problem(quiet)
    assert notices.mark() != before
    hour = datetime.fromisoformat("2026-05-04T12:59:59Z")
    assert notices.mark(hour) != notices.mark(hour + timedelta(seconds=1))
