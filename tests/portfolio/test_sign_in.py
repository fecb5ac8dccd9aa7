"""Signing in and out, and who gets no further than the sign-in page."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portfolio.demo.accounts import DEMO_ACCOUNTS
from portfolio.models import City, User
from tests.pages import words

PASSWORD = "a long and unusual phrase"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def head(cast: SimpleNamespace) -> User:
    person: User = cast.head
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Any, login: str, password: str) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password})


def test_a_person_signs_in_and_out(head: User, client: Client) -> None:
    answer = sign_in(client, head.email, PASSWORD)
    assert answer.url == reverse("home")
    assert "Hanna Head" in client.get(reverse("home")).text
    client.post(reverse("account_logout"))
    assert client.get(reverse("home")).headers["Location"] == (f"{reverse('account_login')}?next=/")


def test_a_wrong_password_says_no_more_than_that(head: User, client: Client) -> None:
    known = words(sign_in(client, head.email, "wrong").text)
    unknown = words(sign_in(client, "nobody@example.org", "wrong").text)
    sentence = "The email address or the password is wrong. Try again,"
    assert sentence in known
    assert sentence in unknown


def test_guessing_ends_after_a_few_tries(head: User, client: Client) -> None:
    answers = [sign_in(client, head.email, "wrong") for _ in range(12)]
    assert "Too many tries. Wait five minutes" in words(answers[-1].text)
    assert "Too many tries. Wait five minutes" in words(sign_in(client, head.email, PASSWORD).text)


def test_a_person_made_inactive_is_kept_out(head: User, client: Client) -> None:
    User.objects.filter(pk=head.pk).update(is_active=False)
    sign_in(client, head.email, PASSWORD)
    assert client.get(reverse("home")).status_code == 302


def test_the_page_speaks_in_our_words_and_puts_none_into_a_box(city: City, client: Client) -> None:
    page = client.get(reverse("account_login")).text
    assert "Keep me signed in on this device" in words(page)
    assert "placeholder" not in page


def test_signing_in_is_not_announced_and_signing_out_is(head: User, client: Client) -> None:
    sign_in(client, head.email, PASSWORD)
    assert "Successfully" not in client.get(reverse("home")).text
    answer = client.post(reverse("account_logout"), follow=True)
    assert "You are signed out." in words(answer.text)


def test_nobody_signs_up(cast: SimpleNamespace, client: Client) -> None:
    before = User.objects.count()
    client.post(reverse("account_signup"), {"email": "stranger@example.org", "password1": PASSWORD})
    assert User.objects.count() == before


def test_accounts_are_shown_in_a_demonstration_only(city: City, client: Client) -> None:
    shown = "Demonstration accounts"
    assert shown not in client.get(reverse("account_login")).text
    City.objects.update(is_demonstration=True)
    page = words(client.get(reverse("account_login")).text)
    assert shown in page
    assert all(account.name in page for account in DEMO_ACCOUNTS)


def test_an_htmx_request_without_a_session_is_sent_to_the_sign_in_page(
    city: City, client: Client
) -> None:
    answer = client.post(reverse("list_move", args=[1]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))
    assert answer.content == b""


def test_advice_on_wording_never_leaves_the_page_that_is_being_written(
    city: City, client: Client
) -> None:
    answer = client.post(reverse("problems:lint"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_reader_without_a_role_is_told_who_may(cast: SimpleNamespace, signed_in: Any) -> None:
    answer = signed_in(cast.reader).get(reverse("priority_list"))
    assert answer.status_code == 403
    assert "may do this. Ask one of them" in words(answer.text)


def test_a_forgotten_password_is_set_anew_by_mail(
    head: User, client: Client, mailoutbox: Any
) -> None:
    client.post(reverse("account_reset_password"), {"email": head.email})
    (mail,) = mailoutbox
    link = next(word for word in mail.body.split() if "/password/reset/key/" in word)
    form: Any = client.get(link.removeprefix("http://testserver"), follow=True)
    fresh = "another long and unusual phrase"
    client.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})
    assert sign_in(client, head.email, fresh).url == reverse("home")
