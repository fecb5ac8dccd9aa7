"""Notices when things go wrong, when several senders run, and the command that sends."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, connections

from portfolio import notices
from portfolio.models import Notice, User
from portfolio.roles import Role
from tests.factories import make_user
from tests.portfolio.waiting_steps import (
    receivers,
    submitted,
)

# Failing


class Refusing(BaseEmailBackend):
    """A mail server that answers each mail with the next of `answers`: None takes it."""

    answers: ClassVar[dict[str, Exception]] = {}
    taken: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            (address,) = message.to
            self.asked.append(address)
            answer = self.answers.get(address) or self.answers.get("*")
            if answer:
                raise answer
            self.taken.append(address)
        return len(messages)


@pytest.fixture
def server(settings: Any) -> Iterator[type[Refusing]]:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Refusing"}}
    yield Refusing
    for kept in (Refusing.answers, Refusing.taken, Refusing.asked):
        kept.clear()


@pytest.fixture
def managers(quiet: SimpleNamespace) -> list[User]:
    """Five people on whom the same statement waits, first to last."""
    more = [make_user(f"Manager {number}", role=Role.CITY_MANAGER) for number in range(4)]
    submitted(quiet)
    notices.choose("never", by=quiet.administrator)
    return [quiet.manager, *more]


def refused(address: str, code: int = 550) -> Exception:
    return smtplib.SMTPRecipientsRefused({address: (code, b"No such user")})


def test_one_bad_address_does_not_stop_the_others(
    managers: list[User], server: type[Refusing], caplog: pytest.LogCaptureFixture
) -> None:
    bad = managers[1].email
    server.answers[bad] = refused(bad)
    assert notices.send() == (4, 0)
    assert server.taken == [person.email for person in managers if person.email != bad]
    assert f"The address of person {managers[1].pk} is refused" in caplog.text
    assert bad not in caplog.text
    assert notices.send() == (0, 0)
    assert server.asked.count(bad) == 1, "a refusal for good is not asked for every minute"


def test_a_temporary_refusal_is_tried_again(managers: list[User], server: type[Refusing]) -> None:
    busy = managers[0].email
    server.answers[busy] = refused(busy, 450)
    assert notices.send() == (4, 1)
    server.answers.clear()
    assert notices.send() == (1, 0)
    assert server.taken[-1] == busy


@pytest.mark.parametrize(
    "down",
    [
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError("timed out"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_while_the_server_is_down_nothing_is_recorded_and_nobody_is_forgotten(
    managers: list[User], server: type[Refusing], down: Exception
) -> None:
    server.answers["*"] = down
    assert notices.send() == (0, notices.GIVE_UP_AFTER), "the run ends early"
    assert not Notice.objects.exists()
    server.answers.clear()
    assert notices.send() == (5, 0)


def test_an_address_at_which_the_server_hangs_up_does_not_hide_the_others(
    managers: list[User], server: type[Refusing]
) -> None:
    server.answers[managers[0].email] = smtplib.SMTPServerDisconnected("gone")
    assert notices.send() == (4, 1)


def test_an_address_that_is_none_does_not_stop_the_others(
    managers: list[User], caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=managers[0].pk).update(email="mara@example.org\nBcc: x@example.org")
    assert notices.send().left == 0
    assert receivers() == [person.email for person in managers[1:]]
    assert "Correct it in the administration" in caplog.text


# Two senders


class Slow(BaseEmailBackend):
    """A mail server that takes a mail, and answers when it may."""

    taken: ClassVar[list[str]] = []
    begun: ClassVar[Event] = Event()
    may_end: ClassVar[Event] = Event()

    def send_messages(self, messages: Any) -> int:
        self.taken.extend(message.to[0] for message in messages)
        self.begun.set()
        assert self.may_end.wait(30)
        return len(messages)


def run_apart() -> notices.Sent:
    """Send on a connection of its own."""
    try:
        return notices.send()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_second_sender_leaves_alone_whom_the_first_is_telling(
    quiet: SimpleNamespace, settings: Any
) -> None:
    submitted(quiet)
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Slow"}}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run_apart)
        assert Slow.begun.wait(30)
        assert notices.send() == (0, 1), "it neither waits nor mails"
        Slow.may_end.set()
        assert first.result(30) == (1, 0)
    assert notices.send() == (0, 0)
    assert Slow.taken == [quiet.manager.email]


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_tell_everybody_once(quiet: SimpleNamespace) -> None:
    people = [make_user(f"Manager {number}", role=Role.CITY_MANAGER) for number in range(6)]
    notices.record()
    start = Barrier(4)

    def run() -> notices.Sent:
        start.wait()
        return run_apart()

    for _ in range(3):
        submitted(quiet)
        mail.outbox.clear()
        with ThreadPoolExecutor(4) as pool:
            sent = [future.result(60) for future in [pool.submit(run) for _ in range(4)]]
        told = sorted(receivers())
        assert len(told) == len(set(told)), "nobody twice"
        # Whom two senders met at, the next run tells.
        notices.send()
        expected = sorted(person.email for person in [quiet.manager, *people])
        assert sorted(receivers()) == expected
        assert sum(run.mails for run in sent) == len(told)


# The command


def test_the_command_runs_once(quiet: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    submitted(quiet)
    call_command("send_notices")
    assert capsys.readouterr().out == "1 mailed, 0 left to the next run.\n"
    with pytest.raises(CommandError, match="at least one second"):
        call_command("send_notices", every=0.0)


class Sender:
    """`manage.py send_notices --every` as a process of its own, on the test database."""

    def __init__(self, *more: str) -> None:
        code = (
            "import os, django; django.setup()\n"
            "from django.db import connections\n"
            f"connections['default'].settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
            "from django.core.management import call_command\n"
            f"call_command('send_notices', '--every=1', *{more!r})\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=site_settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_sender_tells_until_it_is_ended(quiet: SimpleNamespace, number: int) -> None:
    submitted(quiet)
    sender = Sender().process
    try:
        until = time.monotonic() + 30
        while not Notice.objects.filter(user=quiet.manager).exists():
            assert time.monotonic() < until
            assert sender.poll() is None, sender.communicate()[0]
        sender.send_signal(number)
        said, _ = sender.communicate(timeout=20)
    finally:
        sender.kill()
    assert sender.returncode == 0, said
    assert f"To: {quiet.manager.email}" in said
    assert "Traceback" not in said


@pytest.mark.django_db(transaction=True)
def test_the_sender_ends_with_the_process_it_stands_beside(quiet: SimpleNamespace) -> None:
    sender = Sender("--beside=1").process
    try:
        said, _ = sender.communicate(timeout=30)
    finally:
        sender.kill()
    assert sender.returncode == 0, said
