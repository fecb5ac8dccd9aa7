"""Every route, every method, every role: what each of them is answered (`permission_table.txt`).

The routes come from the URLconf: a new one without a row fails, and so does a row without a route.
Answers: 200 and 302 done, 403 theirs to see but not to do, 404 not theirs to see, 405 no such
method, 409 overtaken, 422 something to mend.
"""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from portfolio import scenarios, scoring
from portfolio.briefs import pdf
from portfolio.models import AdoptedList, CriteriaVersion, Criterion, History, Project, User
from problems.models import Problem
from problems.review import decisions
from tests.factories import (
    attach_file,
    city_word,
    declared_priority,
    define,
    draft_problem,
    hoped_for,
    make_appropriation,
    make_project,
    option_of,
    ready_project,
    scoping_project,
    waived_project,
)

TABLE = Path(__file__).with_name("permission_table.txt")
ROLES = (
    "anonymous",
    "reader",
    "outsider",
    "head",
    "finance",
    "manager",
    "security",
    "council",
    "administrator",
)
# Pages of apps that guard themselves; the tests below look at what they let through.
GUARD_THEMSELVES = ("admin:", "account_")
OPEN_TO_STRANGERS = {
    "account_login": "to sign in",
    "account_signup": "says that accounts are made by administrators",
    "account_inactive": "says that the account is closed",
    "account_reset_password": "to ask for a new password by mail",
    "account_reset_password_done": "says that the mail is on its way",
    "account_reset_password_from_key": "to choose the new password",
    "account_reset_password_from_key_done": "says that it is chosen",
    "account_confirm_login_code": "leads to signing in",
    "account_confirm_email": "says that the link is not known",
    "account_email_verification_sent": "says that a mail was sent",
    "account_logout": "leads to signing in",
    "admin:login": "leads to signing in",
}


class Row(NamedTuple):
    """One line of the table: a route, the state of its record, a method, an answer per role."""

    route: str
    record: str
    method: str
    answers: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.record}"


def table() -> Iterator[Row]:
    """Read the table."""
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            route, record, method, *answers = line.split()
            yield Row(route, record, method, dict(zip(ROLES, map(int, answers), strict=True)))


class Route(NamedTuple):
    """A pattern of the URLconf: its full name, and its whole address."""

    name: str
    address: str


def routes(
    resolver: URLResolver | None = None, spaces: tuple[str, ...] = (), above: str = ""
) -> Iterator[Route]:
    """Every pattern of the URLconf."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = f"{above}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern, inner, address)
        else:
            yield Route(":".join([*spaces, pattern.name or ""]), address)


@pytest.fixture
def town(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A record in each state that answers differ by, all of the Parks department."""
    monkeypatch.setattr(pdf, "render", lambda *_: b"%PDF-1.7")
    submitted = attach_file(draft_problem(cast))
    decisions.submit(submitted, by=cast.head, on=cast.city.today())
    town = SimpleNamespace(
        cast=cast,
        scoping=scoping_project(cast),
        ready=ready_project(cast),
        concept=make_project(cast, problem=draft_problem(cast)),
        draft=attach_file(draft_problem(cast)),
        submitted=submitted,
        defined=define(attach_file(draft_problem(cast)), cast=cast),
        fund=make_appropriation().fund,
        money=make_appropriation(),
        priority=declared_priority(),
        word=city_word(),
        waived=waived_project(cast),
    )
    option_of(town.scoping.budget, by=cast.head)
    # One that is only hoped for, and one that finance was asked for.
    hoped_for(town.ready.budget)
    hoped_for(town.concept.budget, asked_by=cast.head, asked_at=timezone.now())
    scoring.answer(town.ready, values={_safety().pk: 3}, by=cast.head)
    town.list = AdoptedList.objects.order_by("-number")[0]
    town.scenario = scenarios.copy(name="Ten percent less", by=cast.finance)
    town.criteria = CriteriaVersion.objects.order_by("-number")[0]
    return town


def _safety() -> Criterion:
    return Criterion.objects.get(code="safety")


# What an address names after its record.
AFTER_THE_RECORD: dict[str, Callable[[Any], list[Any]]] = {
    "problems:file": lambda problem: [problem.evidence.get().pk],
    "problems:step": lambda _: ["who"],
    "problems:changes": lambda _: [1],
    "amend": lambda _: ["cut"],
    "fund_export": lambda _: ["allocations", "csv"],
    "budget_export": lambda _: ["allocations", "csv"],
    "budget_version": lambda _: [1],
    "budget_option": lambda _: [1],
    "budget_option_use": lambda _: [1],
    "budget_option_remove": lambda _: [1],
    "security_waiver_withdraw": lambda project: [project.budget.waivers.get().pk],
    "answer_correct": lambda _: [_safety().pk],
    "allocation_commit": lambda project: [project.budget.allocations.get().pk],
    "allocation_release": lambda project: [project.budget.allocations.get().pk],
    "scenario_move": lambda scenario: [scenario.order[0]],
    "funding_request": lambda project: [project.budget.requests.get().pk],
    "funding_request_remove": lambda project: [project.budget.requests.get().pk],
    "funding_request_decline": lambda project: [project.budget.requests.get().pk],
}


def address(route: str, record: str, town: SimpleNamespace) -> str:
    """Return the address of a route for the record that the table names."""
    if route == "problems_export":
        return reverse(route, args=[record])
    if route == "city_export":
        return reverse(route, args=["allocations", "csv"])
    if record == "-":
        return reverse(route)
    found = getattr(town, record)
    key = found.number if record in {"list", "criteria"} else found.pk
    return reverse(route, args=[key, *AFTER_THE_RECORD.get(route, lambda _: [])(found)])


def answer(client: Client, row: Row, town: SimpleNamespace) -> int:
    """Ask as `client`, with an empty form where it is a POST; nothing of it stays."""
    session = SimpleCookie(client.cookies)
    with transaction.atomic():
        response = client.generic(row.method, address(row.route, row.record, town))
        transaction.set_rollback(True)
    client.cookies = session
    let_go(response)
    return int(response.status_code)


def let_go(response: Any) -> None:
    """Close the file behind an answer that nobody reads."""
    for close in response._resource_closers:
        close()


def own_routes() -> set[str]:
    """The names of the product's own routes."""
    return {route.name for route in routes() if not route.name.startswith(GUARD_THEMSELVES)}


def test_every_route_has_a_row_for_reading_and_writing() -> None:
    asked = {(row.route, row.method) for row in table()}
    assert {route for route, _ in asked} - own_routes() == set(), "no such route"
    assert {(name, method) for name in own_routes() for method in ("GET", "POST")} - asked == set()


@pytest.mark.parametrize("role", ROLES)
def test_the_table_holds_for(town: SimpleNamespace, role: str) -> None:
    client = signed_in_as(role, town)
    wrong = {
        str(row): (got, f"not {row.answers[role]}")
        for row in table()
        if (got := answer(client, row, town)) != row.answers[role]
    }
    assert wrong == {}


def signed_in_as(role: str, town: SimpleNamespace) -> Client:
    """Return a client of that role."""
    client = Client()
    if role != "anonymous":
        client.force_login(getattr(town.cast, role))
    return client


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("role", ["head", "manager"])
def test_no_route_takes_another_method(town: SimpleNamespace, role: str, method: str) -> None:
    client = signed_in_as(role, town)
    taken = {
        str(row): got
        for row in {(row.route, row.record): row for row in table()}.values()
        if (got := answer(client, row._replace(method=method), town)) not in {403, 404, 405}
    }
    assert taken == {}


def test_strangers_are_led_to_the_sign_in(town: SimpleNamespace) -> None:
    elsewhere = {}
    for row in table():
        response = Client().generic(row.method, address(row.route, row.record, town))
        path = response.headers["Location"].partition("?")[0]
        if path != reverse("account_login"):
            elsewhere[str(row)] = path
    assert elsewhere == {}


# What may not be seen answers like what does not exist.


@pytest.mark.parametrize("role", ["outsider", "reader", "administrator"])
def test_the_hidden_looks_like_the_missing(town: SimpleNamespace, role: str) -> None:
    client = signed_in_as(role, town)
    compared = 0
    for row in table():
        if row.answers[role] != 404:
            continue
        here = address(row.route, row.record, town)
        nowhere = here.replace(f"/{getattr(town, row.record).pk}/", "/987654/")
        hidden, missing = (client.generic(row.method, path) for path in (here, nowhere))
        assert hidden.status_code == missing.status_code == 404, row
        assert without_tokens(hidden) == without_tokens(missing), row
        compared += 1
    assert compared > 20


def without_tokens(response: Any) -> str:
    """The page without what differs at every request: the token and the address asked for."""
    text = re.sub(r"\b[0-9A-Za-z]{64}\b", "", response.text)
    return re.sub(r"/\d+/", "/", text)


@pytest.mark.parametrize("role", ["outsider", "reader", "administrator"])
def test_no_page_lets_out_a_word_of_anothers_drafts(town: SimpleNamespace, role: str) -> None:
    secret = "Unspeakable fountain"
    Problem.objects.filter(pk=town.draft.pk).update(title=secret, statement=secret)
    Project.objects.filter(pk=town.concept.pk).update(title=secret, summary=secret)
    client = signed_in_as(role, town)
    let_out = [
        str(row)
        for row in table()
        if row.method == "GET"
        and secret in as_text(client.get(address(row.route, row.record, town), {"q": secret[:11]}))
    ]
    assert let_out == []


def as_text(response: Any) -> str:
    """The answer as text; a file comes piece by piece."""
    text: str = response.getvalue().decode(errors="replace")
    let_go(response)
    return text


# Pages of others


def addresses_of(prefix: str) -> Iterator[Route]:
    """Every route of an app that guards itself, with 1 for whatever its address asks for."""
    for route in routes():
        if route.name.startswith(prefix):
            plain = re.sub(r"<[^>]+>|\(\?P<(?:[^()]|\([^()]*\))+\)", "1", route.address)
            yield Route(route.name, "/" + re.sub(r"[\^$]", "", plain))


@pytest.mark.parametrize("prefix", GUARD_THEMSELVES)
def test_strangers_reach_only_what_is_named(town: SimpleNamespace, prefix: str) -> None:
    reached = set()
    for name, path in addresses_of(prefix):
        for method in ("GET", "POST"):
            response = Client().generic(method, path)
            assert response.status_code < 500, (method, path)
            to_sign_in = response.status_code == 302 and "login" in response.headers["Location"]
            if not to_sign_in and name not in OPEN_TO_STRANGERS:
                reached.add((name, method, response.status_code))
    assert reached == set()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_the_administration_site_is_for_administrators(town: SimpleNamespace, role: str) -> None:
    client = signed_in_as(role, town)
    reached = [
        (method, path)
        for name, path in addresses_of("admin:")
        for method in ("GET", "POST")
        if client.generic(method, path).status_code not in {302, 403, 404}
        and name not in OPEN_TO_STRANGERS
    ]
    assert reached == []


def test_administrators_administer_people_and_policy_and_nothing_else(
    town: SimpleNamespace,
) -> None:
    client = signed_in_as("administrator", town)
    reached = {
        name
        for name, path in addresses_of("admin:")
        if name.endswith("_changelist") and client.get(path).status_code == 200
    }
    assert reached == {
        "admin:portfolio_user_changelist",
        "admin:portfolio_department_changelist",
        "admin:portfolio_city_changelist",
        "admin:problems_problempolicy_changelist",
    }


def test_nobody_signs_up(town: SimpleNamespace) -> None:
    before = User.objects.count()
    form = {"email": "stranger@example.org", "password1": "a-Long-enough-word-7"}
    Client().post(reverse("account_signup"), form)
    assert User.objects.count() == before


def test_nobody_changes_the_address_they_sign_in_with(town: SimpleNamespace) -> None:
    """Administrators keep people's addresses: a head may not put the manager's on their account."""
    client = signed_in_as("head", town)
    for action, wanted in (
        ("action_add", town.cast.manager.email),
        ("action_add", "another@example.org"),
        ("action_primary", "another@example.org"),
    ):
        client.post("/accounts/email/", {action: "", "email": wanted})
    assert not EmailAddress.objects.filter(user=town.cast.head, email=town.cast.manager.email)
    assert User.objects.get(pk=town.cast.head.pk).email == town.cast.head.email


def test_what_a_page_changes_carries_the_persons_name(town: SimpleNamespace) -> None:
    done = set()
    for row in table():
        for role, status in row.answers.items():
            if row.method != "POST" or status != 302 or role == "anonymous":
                continue
            before = latest_change()
            with transaction.atomic():
                signed_in_as(role, town).post(address(row.route, row.record, town))
                changes = list(History.objects.filter(pk__gt=before))
                transaction.set_rollback(True)
            assert {change.user_id for change in changes} <= {getattr(town.cast, role).pk}, row
            done |= {row.route} if changes else set()
    assert {"scope_open", "budget_withdraw", "list_remove", "problems:submit"} <= done


def latest_change() -> int:
    change = History.objects.first()
    return change.pk if change else 0
