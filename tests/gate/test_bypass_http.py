"""The pages: whatever is sent to them, by whomever, nothing is scoped behind a closed gate."""

import json
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from portfolio.gates import scoping_gate
from portfolio.models import Deliverable, Project, Scope
from tests.gate.invariants import assert_all_is_true
from tests.gate.world import LACKS, World

pytestmark = pytest.mark.usefixtures("inside")

ROLES = (
    "head",
    "outsider",
    "finance",
    "manager",
    "security",
    "council",
    "administrator",
    "reader",
)
PARTS = ("scopeoption", "deliverable", "milestone", "risk")
# A whole scope, and every word that a hopeful person might add.
SCOPE = {
    "seen": "0",
    "approach": "Sensors everywhere.",
    **{f"{part}-TOTAL_FORMS": "1" for part in PARTS},
    **{f"{part}-INITIAL_FORMS": "0" for part in PARTS},
    "deliverable-0-what": "A dashboard",
    "risk-0-likelihood": "3",
    "risk-0-effect": "3",
}
HOPES = {
    "stage": "scoping",
    "on_hold": "false",
    "problem_defined": "on",
    "budget_dedicated": "on",
    "listed": "on",
    "scoping_opened": "on",
    "override": "1",
    "force": "1",
    "confirm": "yes",
    "sure": "1",
    "_method": "PUT",
}
HEADERS = {
    "form": {},
    "htmx": {"HX-Request": "true"},
    "boosted": {"HX-Request": "true", "HX-Boosted": "true"},
    "fetch": {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"},
    "override": {"X-HTTP-Method-Override": "PUT"},
    "another_address": {"X-Original-URL": "/", "X-Rewrite-URL": "/", "X-Forwarded-User": "root"},
}


def client_of(world: World, role: str | None) -> Client:
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(getattr(world.cast, role))
    return client


def assert_nothing_came_of_it(project: Project) -> None:
    before = (project.stage, project.on_hold, project.scoping_opened)
    now = Project.objects.get(pk=project.pk)
    assert (now.stage, now.on_hold, now.scoping_opened) == before
    assert not Scope.objects.filter(project=project, approach__contains="Sensors").exists()
    assert not Deliverable.objects.filter(what="A dashboard").exists()
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


def closed_projects(world: World) -> dict[str, Project]:
    return world.lacking | {"held": world.held}


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize("lack", [*LACKS, "held"])
def test_no_role_posts_a_scope(world: World, lack: str, role: str | None) -> None:
    project = closed_projects(world)[lack]
    response = client_of(world, role).post(reverse("scope", args=[project.pk]), SCOPE | HOPES)
    assert response.status_code in {302, 403, 404}
    if role is None:
        assert "login" in response.headers["Location"]
    else:
        assert response.status_code != 302
    assert_nothing_came_of_it(project)


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize("lack", [*LACKS, "held"])
def test_no_role_opens_scoping(world: World, lack: str, role: str | None) -> None:
    project = closed_projects(world)[lack]
    for name in ("scope_open", "project_resume"):
        response = client_of(world, role).post(reverse(name, args=[project.pk]), HOPES)
        assert response.status_code in ({302} if role is None else {403, 404, 409, 422}), name
    assert_nothing_came_of_it(project)


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("lack", LACKS)
def test_no_header_opens_the_gate(world: World, lack: str, headers: str) -> None:
    project = world.lacking[lack]
    for role, name in (("head", "scope"), ("manager", "scope_open")):
        client = client_of(world, role)
        path = reverse(name, args=[project.pk])
        response = client.post(path, SCOPE | HOPES, headers=HEADERS[headers])
        assert response.status_code == 403
        response = client.post(
            path,
            json.dumps(SCOPE | HOPES),
            content_type="application/json",
            headers=HEADERS[headers],
        )
        assert response.status_code == 403
        assert client.get(path, HOPES, headers=HEADERS[headers]).status_code in {403, 405}
    assert_nothing_came_of_it(project)


@pytest.mark.parametrize(
    ("lack", "method"),
    [*((lack, "get") for lack in LACKS), *((lack, "post") for lack in [*LACKS, "held"])],
)
def test_the_blocked_page_says_everything_who_and_where(
    world: World, lack: str, method: str
) -> None:
    project = Project.objects.for_pages().get(pk=closed_projects(world)[lack].pk)
    client = client_of(world, "head")
    response = getattr(client, method)(reverse("scope", args=[project.pk]), SCOPE)
    assert response.status_code == 403
    page = unescape(response.text)
    blockers = scoping_gate(project).blockers
    assert blockers
    for blocker in blockers:
        assert blocker.sentence in page
        assert blocker.owner in page
        assert f'href="{blocker.url}"' in page
    assert "<textarea" not in page


def test_the_scope_of_a_held_project_is_read_and_not_written(world: World) -> None:
    response = client_of(world, "head").get(reverse("scope", args=[world.held.pk]))
    assert response.status_code == 200
    assert "Ask families." in response.text
    assert "<textarea" not in response.text
    for blocker in scoping_gate(Project.objects.for_pages().get(pk=world.held.pk)).blockers:
        assert blocker.sentence in unescape(response.text)


def test_the_same_post_is_taken_where_the_gate_is_open(world: World) -> None:
    manager, head = client_of(world, "manager"), client_of(world, "head")
    assert manager.post(reverse("scope_open", args=[world.ready.pk])).status_code == 302
    response = head.post(reverse("scope", args=[world.ready.pk]), SCOPE | HOPES)
    assert response.status_code == 302
    assert Scope.objects.get(project=world.ready).approach == SCOPE["approach"]
    assert Deliverable.objects.get(what="A dashboard").scope.project_id == world.ready.pk


@pytest.mark.parametrize("role", [role for role in ROLES if role != "manager"])
def test_only_a_manager_opens_an_open_gate(world: World, role: str) -> None:
    response = client_of(world, role).post(reverse("scope_open", args=[world.ready.pk]), HOPES)
    assert response.status_code in {403, 404}
    assert_nothing_came_of_it(world.ready)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "head"])
def test_only_the_own_head_writes_the_scope(world: World, role: str) -> None:
    posted = SCOPE | {"seen": str(world.opened.scope.revision)}
    response = client_of(world, role).post(reverse("scope", args=[world.opened.pk]), posted)
    assert response.status_code in {403, 404}
    assert_nothing_came_of_it(world.opened)


def test_nobody_posts_without_the_pages_token(world: World) -> None:
    for role, name, project in (
        ("manager", "scope_open", world.ready),
        ("head", "scope", world.opened),
    ):
        client = Client(enforce_csrf_checks=True)
        client.force_login(getattr(world.cast, role))
        path = reverse(name, args=[project.pk])
        for headers in HEADERS.values():
            assert client.post(path, SCOPE, headers=headers).status_code == 403
        assert_nothing_came_of_it(project)


def test_a_stranger_by_htmx_is_sent_to_the_sign_in(world: World) -> None:
    response = Client().post(
        reverse("scope_open", args=[world.ready.pk]), headers={"HX-Request": "true"}
    )
    assert reverse("account_login") in response.headers["HX-Redirect"]
    assert response.content == b""
    assert_nothing_came_of_it(world.ready)


def test_a_project_does_not_start_in_scoping(world: World) -> None:
    form = {"title": "Born open", "department": world.cast.parks.pk, "problem": world.other.pk}
    response = client_of(world, "head").post(reverse("project_new"), form | HOPES)
    assert response.status_code == 302
    project = Project.objects.get(title="Born open")
    assert (project.stage, project.scoping_opened) == ("concept", False)
    assert (project.budget_dedicated, project.listed) == (False, False)


def test_a_project_does_not_start_in_another_department(world: World) -> None:
    form = {"title": "Not mine", "department": world.cast.parks.pk}
    response = client_of(world, "outsider").post(reverse("project_new"), form)
    assert response.status_code == 422
    assert not Project.objects.filter(title="Not mine").exists()


def test_naming_a_draft_puts_a_project_in_scoping_on_hold(world: World) -> None:
    client = client_of(world, "head")
    path = reverse("project_problem", args=[world.opened.pk])
    client.post(path, {"problem": world.draft.pk} | HOPES)
    assert Project.objects.get(pk=world.opened.pk).on_hold
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


def test_parts_of_another_scope_are_not_reached_through_mine(world: World) -> None:
    foreign = Deliverable.objects.get(scope__project=world.held)
    posted = SCOPE | {
        "seen": str(world.opened.scope.revision),
        "deliverable-INITIAL_FORMS": "1",
        "deliverable-0-id": str(foreign.pk),
        "deliverable-0-scope": str(foreign.scope_id),
    }
    for more in ({}, {"deliverable-0-DELETE": "on"}):
        response = client_of(world, "head").post(
            reverse("scope", args=[world.opened.pk]), posted | more
        )
        assert response.status_code in {302, 422}
        untouched = Deliverable.objects.get(pk=foreign.pk)
        assert (untouched.what, untouched.scope_id) == (foreign.what, foreign.scope_id)
    with connection.cursor() as cursor:
        assert_all_is_true(cursor)


@pytest.mark.parametrize("name", ["allocation_commit", "allocation_release"])
def test_money_of_another_project_is_not_reached_through_mine(world: World, name: str) -> None:
    foreign = world.opened.budget.allocations.get()
    path = reverse(name, args=[world.ready.pk, foreign.pk])
    assert client_of(world, "finance").post(path, HOPES).status_code == 404
    assert world.opened.budget.allocations.get().state == "committed"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "path",
    [
        "/admin/portfolio/project/",
        "/admin/portfolio/project/add/",
        "/admin/portfolio/project/{ready}/change/",
        "/admin/portfolio/scope/",
        "/admin/portfolio/scope/add/",
        "/admin/portfolio/adoptedlist/add/",
        "/admin/problems/problem/{ready_problem}/change/",
        "/admin/budgets/budget/{ready_budget}/change/",
    ],
)
def test_the_administration_site_knows_no_projects(world: World, path: str, role: str) -> None:
    client = client_of(world, role)
    where = path.format(**world.names)
    for response in (client.get(where), client.post(where, SCOPE | HOPES)):
        assert response.status_code in {302, 403, 404}
        if response.status_code == 302:
            assert role != "administrator"
            assert "login" in response.headers["Location"]
    assert_nothing_came_of_it(world.ready)


def test_an_administrator_bends_no_rule_by_policy(world: World) -> None:
    client = client_of(world, "administrator")
    path = reverse("admin:portfolio_city_change", args=[1])
    city = {"name": "Testville", "list_valid_months": "12"}
    for change in (
        {"time_zone": "X+167", "scoping_slots": "2"},
        {"time_zone": "UTC", "scoping_slots": "0"},
        {"time_zone": "UTC", "scoping_slots": "999999"},
        {"time_zone": "UTC", "scoping_slots": "2", "list_valid_months": "9999"},
    ):
        response = client.post(path, city | change)
        assert response.status_code == 200, "the form comes back with what is wrong"
    world.cast.city.refresh_from_db()
    assert world.cast.city.time_zone == "America/Chicago"


def test_there_is_no_other_way_in() -> None:
    for name in ("api", "api-root", "project_edit", "project_stage", "project_delete"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def read_as(world: World, role: str, path: str) -> Any:
    return client_of(world, role).get(path)


def test_the_page_of_a_closed_gate_offers_nothing_to_open(world: World) -> None:
    for project in closed_projects(world).values():
        page = read_as(world, "manager", reverse("project", args=[project.pk])).text
        assert f'action="{reverse("scope_open", args=[project.pk])}"' not in page
        assert f'action="{reverse("project_resume", args=[project.pk])}"' not in page
    page = read_as(world, "manager", reverse("project", args=[world.ready.pk])).text
    assert f'action="{reverse("scope_open", args=[world.ready.pk])}"' in page
