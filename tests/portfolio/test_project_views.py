"""A project's page leads with its gate; its scope stays shut until the gate opens."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from budgets import ledger
from portfolio import projects
from portfolio.models import Project, Scope, ScopeOption
from problems.review import decisions
from tests.factories import defined_problem, make_project, ready_project, scoping_project
from tests.pages import words


def without_tokens(page: str) -> str:
    """The page without its tokens against forged requests, which differ every time."""
    return re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"[^"]*"', "", page)


def scope_data(**changes: Any) -> dict[str, Any]:
    data = {"seen": "0", "approach": "Call families back the same day."}
    for prefix in ("scopeoption", "deliverable", "milestone", "risk"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


def test_the_page_leads_with_the_three_panels(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast, problem=defined_problem(cast))
    page = words(signed_in(cast.head).get(project.get_absolute_url()).text)
    assert page.index("1. Problem") < page.index("2. Budget") < page.index("3. Priority")
    assert "Scoping is blocked: 2 of 3 are missing." in page
    assert "Enter what the planned phase costs, line by line." in page


def test_the_blocked_page_names_every_blocker_its_owner_and_its_link(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast)
    answer = signed_in(cast.head).get(reverse("scope", args=[project.pk]))
    assert answer.status_code == 403
    assert "7 things are missing" in words(answer.text)
    for said in (
        "No problem is named that this project answers.",
        "Head of Parks",
        reverse("project_problem", args=[project.pk]),
        "A second finance officer has not confirmed the money.",
        f"{reverse('project_budget', args=[project.pk])}#not_confirmed",
        "No priority list has been adopted yet.",
    ):
        assert said in words(answer.text)


def test_a_post_to_a_blocked_scope_writes_nothing(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    answer = signed_in(cast.head).post(reverse("scope", args=[project.pk]), scope_data())
    assert answer.status_code == 403
    assert not Scope.objects.exists()


def test_opening_a_closed_gate_is_refused_with_the_blockers(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast)
    answer = signed_in(cast.manager).post(reverse("scope_open", args=[project.pk]))
    assert answer.status_code == 403
    assert "No problem is named" in words(answer.text)
    project.refresh_from_db()
    assert project.stage == Project.Stage.CONCEPT


def test_the_manager_opens_scoping_and_the_head_writes_the_scope(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = ready_project(cast)
    url = reverse("scope", args=[project.pk])
    assert "Open scoping" in words(signed_in(cast.manager).get(url).text)
    signed_in(cast.manager).post(reverse("scope_open", args=[project.pk]))
    project.refresh_from_db()
    assert project.stage == Project.Stage.SCOPING
    option = {
        "scopeoption-TOTAL_FORMS": "1",
        "scopeoption-0-kind": "nothing",
        "scopeoption-0-description": "Leave it as it is",
    }
    answer = signed_in(cast.head).post(url, scope_data(**option))
    assert answer.status_code == 302
    assert Scope.objects.get().approach == "Call families back the same day."
    assert ScopeOption.objects.get().description == "Leave it as it is"


def test_a_half_filled_row_is_an_error_at_its_field_and_nothing_is_lost(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = scoping_project(cast)
    row = {"milestone-TOTAL_FORMS": "1", "milestone-0-what": "", "milestone-0-due": "soon"}
    answer = signed_in(cast.head).post(
        reverse("scope", args=[project.pk]), scope_data(approach="Typed by hand.", **row)
    )
    assert answer.status_code == 422
    assert "Fix 2 things to continue" in words(answer.text)
    assert 'href="#id_milestone-0-due"' in answer.text
    assert "Typed by hand." in words(answer.text)
    assert not Scope.objects.exists()


def test_a_stale_scope_is_shown_beside_the_saved_one(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    url = reverse("scope", args=[project.pk])
    client = signed_in(cast.head)
    client.post(url, scope_data(approach="First."))
    answer = client.post(url, scope_data(approach="Second, from an old page."))
    assert answer.status_code == 409
    assert "First." in words(answer.text)
    assert "Second, from an old page." in words(answer.text)
    assert Scope.objects.get().approach == "First."
    again = client.post(url, scope_data(approach="Second, on purpose.", seen="1"))
    assert again.status_code == 302
    assert Scope.objects.get().approach == "Second, on purpose."


def test_a_scope_on_hold_is_read_and_not_written(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    url = reverse("scope", args=[project.pk])
    client = signed_in(cast.head)
    client.post(url, scope_data())
    decisions.reopen(project.problem, by=cast.head)  # type: ignore[arg-type]
    page = client.get(url)
    assert "On hold: the scope can be read, not changed" in words(page.text)
    assert "Call families back the same day." in words(page.text)
    assert "Save the scope" not in words(page.text)
    answer = client.post(url, scope_data(approach="Sneaked in.", seen="1"))
    assert answer.status_code == 403
    assert Scope.objects.get().approach == "Call families back the same day."


def test_withdrawn_money_holds_the_project_and_its_return_lets_it_resume(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = scoping_project(cast)
    ledger.release(project.budget.allocations.get(), by=cast.finance)
    project.refresh_from_db()
    assert project.on_hold
    assert project.hold_reason == "The gate closed: its budget is not dedicated."
    answer = signed_in(cast.manager).post(reverse("project_resume", args=[project.pk]))
    assert answer.status_code == 403
    assert "Commit $125,000 more" in words(answer.text)


def test_another_departments_project_is_like_one_that_does_not_exist(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = make_project(cast)
    client = signed_in(cast.outsider)
    for name in ("project", "scope", "project_history", "project_problem"):
        there = client.get(reverse(name, args=[project.pk]))
        nowhere = client.get(reverse(name, args=[987_654]))
        assert there.status_code == nowhere.status_code == 404
        assert without_tokens(there.text) == without_tokens(nowhere.text)


def test_the_project_page_takes_fifteen_queries_at_most(
    cast: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    project = scoping_project(cast)
    client = signed_in(cast.manager)
    with django_assert_max_num_queries(15):
        client.get(project.get_absolute_url())


@pytest.mark.parametrize("person", ["head", "manager"])
def test_the_project_list_takes_as_many_queries_at_fifty_rows_as_at_three(
    cast: SimpleNamespace, signed_in: Any, django_assert_num_queries: Any, person: str
) -> None:
    client = signed_in(getattr(cast, person))
    counts = []
    for more in (3, 47):
        for _ in range(more):
            make_project(cast)
        with django_assert_num_queries(6) as captured:
            client.get(reverse("projects"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_new_project_is_a_concept_of_the_own_department(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.head)
    foreign = client.post(
        reverse("project_new"), {"title": "Ours now", "department": cast.water.pk}
    )
    assert foreign.status_code == 422
    client.post(reverse("project_new"), {"title": "One sign-up", "department": cast.parks.pk})
    project = Project.objects.get()
    assert (project.title, project.stage, project.department) == (
        "One sign-up",
        Project.Stage.CONCEPT,
        cast.parks,
    )


def test_history_tells_in_words_what_happened(cast: SimpleNamespace, signed_in: Any) -> None:
    project = projects.stop(scoping_project(cast), reason="Peers dropped it.", by=cast.manager)
    page = words(signed_in(cast.manager).get(reverse("project_history", args=[project.pk])).text)
    for said in (
        "Moved from scoping to stopped: Peers dropped it.",
        "Moved from concept to scoping",
        "Budget dedicated: $125,000",
        "Fred Finance",
        "Problem accepted, version 1",
        "Mara Manager",
    ):
        assert said in page
