"""The administration site: people and policy for administrators, nothing of the domain."""

from types import SimpleNamespace
from typing import Any

import pytest

from portfolio.models import City, History, User
from portfolio.roles import Role
from problems import policies
from problems.models import ProblemPolicy

PERSON = {
    "email": "new.person@example.org",
    "name": "New Person",
    "is_active": "on",
    "new_password": "",
    "memberships-TOTAL_FORMS": "0",
    "memberships-INITIAL_FORMS": "0",
    "role_grants-TOTAL_FORMS": "1",
    "role_grants-INITIAL_FORMS": "0",
    "role_grants-0-role": Role.CITY_MANAGER,
}


def test_an_administrator_makes_a_person_and_history_says_who(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    signed_in(cast.administrator).post("/admin/portfolio/user/add/", PERSON)
    person = User.objects.get(email="new.person@example.org")
    assert person.roles == {Role.CITY_MANAGER}
    assert not person.has_usable_password()
    change = History.objects.get(table="portfolio_user", row=str(person.pk))
    assert change.user_id == cast.administrator.pk
    assert "password" not in (change.after or {})


def test_a_weak_password_is_refused(cast: SimpleNamespace, signed_in: Any) -> None:
    answer = signed_in(cast.administrator).post(
        "/admin/portfolio/user/add/", PERSON | {"new_password": "12345678"}
    )
    assert "too common" in answer.text
    assert not User.objects.filter(email="new.person@example.org").exists()


def test_policy_stays_within_its_range(cast: SimpleNamespace, signed_in: Any) -> None:
    answer = signed_in(cast.administrator).post(
        "/admin/portfolio/city/1/change/",
        {"name": "Oz", "time_zone": "Emerald/City", "list_valid_months": 0, "scoping_slots": 2},
    )
    assert "Name a time zone such as America/Chicago." in answer.text
    assert City.current().name == "Testville"


@pytest.mark.parametrize(
    "path",
    [
        "portfolio/project",
        "portfolio/scope",
        "portfolio/adoptedlist",
        "portfolio/history",
        "problems/problem",
        "budgets/budget",
        "budgets/allocation",
        "budgets/fund",
    ],
)
def test_no_domain_record_is_there(cast: SimpleNamespace, signed_in: Any, path: str) -> None:
    assert signed_in(cast.administrator).get(f"/admin/{path}/").status_code == 404


@pytest.mark.parametrize("person", ["manager", "finance", "head", "reader"])
def test_nobody_else_enters(cast: SimpleNamespace, signed_in: Any, person: str) -> None:
    answer = signed_in(getattr(cast, person)).get("/admin/portfolio/user/")
    assert answer.status_code == 302


def test_nobody_deletes_a_person(cast: SimpleNamespace, signed_in: Any) -> None:
    answer = signed_in(cast.administrator).post(
        f"/admin/portfolio/user/{cast.head.pk}/delete/", {"post": "yes"}
    )
    assert answer.status_code == 403
    assert User.objects.filter(pk=cast.head.pk).exists()


def test_numbers_for_statements_keep_their_ranges_here_too(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client, url = signed_in(cast.administrator), "/admin/problems/problempolicy/add/"
    numbers = {name: str(at.most) for name, at in policies.RANGES.items()}
    answer = client.post(url, numbers | {"statement_max_characters": "99"})
    assert "Enter a whole number from 100 to 2,000." in answer.text
    assert not ProblemPolicy.objects.exists()
    assert client.post(url, numbers).status_code == 302
    assert ProblemPolicy.current().statement_max_characters == 2000
