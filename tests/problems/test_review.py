"""Deciding on a statement: never by its author, with reasons at the field, as it was read."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from portfolio import projects
from portfolio.models import Project, RoleGrant, User
from portfolio.roles import Role
from problems.models import Problem, Review
from problems.review import answers, decisions
from tests.factories import defined_problem, draft_problem, make_project, scoping_project
from tests.problems.pages import typed, words


def review_url(problem: Problem) -> str:
    return reverse("problems:review", args=[problem.pk])


def post(client: Any, problem: Problem, **changes: str) -> Any:
    page = client.get(review_url(problem))
    return client.post(review_url(problem), typed(page, "return") | changes)


def test_a_reviewer_accepts(cast: SimpleNamespace, signed_in: Any, sent: Problem) -> None:
    response = post(signed_in(cast.manager), sent, decision="accept")
    assert response.url == sent.get_absolute_url()
    sent.refresh_from_db()
    assert (sent.state, sent.decided_by) == (Problem.State.DEFINED, cast.manager)


def test_reasons_reach_the_author_at_their_fields_and_on_top(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    client = signed_in(cast.manager)
    reasons = {
        "reasons-0-field": "statement",
        "reasons-0-reason": "Name the buildings.",
        "reasons-1-field": "causes",
        "reasons-1-reason": "Ask the front desk.",
        "general": "Nearly there.",
    }
    assert post(client, sent, decision="return", **reasons).status_code == 302
    sent.refresh_from_db()
    assert sent.state == Problem.State.RETURNED

    client.force_login(cast.head)
    last = words(client.get(reverse("problems:step", args=[sent.pk, "send"])))
    assert "A reviewer returned this. What to change:" in last
    assert last.count("Nearly there.") == 1
    assert last.count("Name the buildings.") == 2
    assert 'id="id_statement_reason"' in last
    proof = words(client.get(reverse("problems:step", args=[sent.pk, "proof"])))
    assert proof.count("Ask the front desk.") == 2
    assert 'id="causes-reason"' in proof


def test_a_problem_goes_back_only_with_a_reason(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    client = signed_in(cast.manager)
    refused = post(client, sent, decision="return")
    assert refused.status_code == 422
    assert "Say what the author should change: at least one reason." in words(refused)
    refused = post(client, sent, decision="return", **{"reasons-0-field": "place", "general": "x"})
    assert refused.status_code == 422
    assert "Say what to change about “Where it happens”." in words(refused)
    assert typed(refused, "return")["general"] == "x"
    assert not Review.objects.exists()


def test_the_reviewer_sees_the_advice_that_was_left_open(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    words_of_author = "Our groundbreaking desk keeps parents waiting for nine days."
    sent = decisions.submit(
        draft_problem(cast, statement=words_of_author), by=cast.head, on=timezone.localdate()
    )
    client = signed_in(cast.manager)
    assert "“<mark>groundbreaking</mark>”" in words(client.get(review_url(sent)))
    post(client, sent, decision="accept")
    kept = Review.objects.get().open_findings
    assert [(item["quote"], item["answer"]) for item in kept] == [("groundbreaking", "")]


def test_the_reviewer_reads_why_words_stay(cast: SimpleNamespace, signed_in: Any) -> None:
    draft = draft_problem(cast, statement="Parents wait nine days. We need an app.")
    reason = {"field": "statement", "quote": "We need an app", "reason": "A law names it."}
    answers.answer_finding(draft, by=cast.head, **reason)
    sent = decisions.submit(draft, by=cast.head, on=timezone.localdate())
    page = words(signed_in(cast.manager).get(review_url(sent)))
    assert "“<mark>We need an app</mark>”" in page
    assert "<strong>The words stay, because:</strong> A law names it." in page
    assert "Keep these words" not in page, "it is not the reviewer's to answer"


def test_the_reviewer_sees_how_it_reads(cast: SimpleNamespace, signed_in: Any) -> None:
    long = "Parents " + "who wait for an answer that never comes and " * 4 + "give up at last now."
    sent = decisions.submit(
        draft_problem(cast, impact_now=long), by=cast.head, on=timezone.localdate()
    )
    page = words(signed_in(cast.manager).get(review_url(sent)))
    assert "How it reads" in page
    assert f"{len(long.split())} words a sentence, the longest {len(long.split())}." in page
    assert "Reads at grade" in page


def test_another_reason_can_be_given(cast: SimpleNamespace, signed_in: Any, sent: Problem) -> None:
    client = signed_in(cast.manager)
    page = client.get(review_url(sent))
    assert "Reason 3" in words(page)
    assert "Reason 4" not in words(page)
    written = {"reasons-0-field": "place", "reasons-0-reason": "Where?", "general": "Nearly."}
    page = client.post(review_url(sent), typed(page, "return") | written | {"another": "1"})
    assert page.status_code == 200
    assert "Reason 4" in words(page)
    again = typed(page, "return")
    assert {name: again[name] for name in written} == written
    last = {"reasons-3-field": "owner", "reasons-3-reason": "Who?", "decision": "return"}
    assert client.post(review_url(sent), again | last).status_code == 302
    given = Review.objects.get().reasons.values_list("field", "reason")
    assert list(given) == [("", "Nearly."), ("place", "Where?"), ("owner", "Who?")]


@pytest.mark.parametrize("count", ["31", "99999999", "x", ""])
def test_reasons_without_end_are_refused(
    cast: SimpleNamespace, signed_in: Any, sent: Problem, count: str
) -> None:
    client = signed_in(cast.manager)
    changes = {"reasons-TOTAL_FORMS": count, "general": "No."}
    for button in ({"decision": "return"}, {"another": "1"}):
        page = post(client, sent, **changes, **button)
        assert page.status_code in {200, 422}
        assert words(page).count('class="row-card"') <= 30
    assert not Review.objects.exists()


def test_a_megabyte_of_reasons_is_refused_in_a_sentence(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    started = time.perf_counter()
    page = post(signed_in(cast.manager), sent, decision="return", general="x " * 500_000)
    assert page.status_code == 422
    assert "Shorten it: at most 2000 characters fit" in words(page)
    assert time.perf_counter() - started < 5
    assert not Review.objects.exists()


@pytest.mark.parametrize("part", ["author", "sender"])
def test_nobody_reviews_what_they_wrote_or_sent(
    cast: SimpleNamespace, signed_in: Any, part: str
) -> None:
    person = cast.head if part == "author" else second_head(cast)
    RoleGrant.objects.create(user=person, role=Role.CITY_MANAGER)
    sent = decisions.submit(draft_problem(cast), by=person, on=timezone.localdate())
    client = signed_in(person)
    page = words(client.get(review_url(sent)))
    assert "Somebody else has to review it." in page
    assert "Accept this problem" not in page
    data = {"decision": "accept", "revision": str(sent.revision)}
    refused = client.post(review_url(sent), data)
    assert refused.status_code == 422
    assert "You wrote or sent this problem. Somebody else has to review it." in words(refused)
    sent.refresh_from_db()
    assert sent.state == Problem.State.SUBMITTED


def second_head(cast: SimpleNamespace) -> User:
    person: User = cast.outsider
    person.memberships.create(department=cast.parks, is_head=True)
    return User.objects.get(pk=person.pk)


def test_nobody_accepts_words_they_have_not_read(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    client = signed_in(cast.manager)
    read = typed(client.get(review_url(sent)), "return")
    again = decisions.reopen(sent, by=cast.head)
    Problem.objects.filter(pk=again.pk).update(statement="Ten parents wait.", revision=99)
    decisions.submit(again, by=cast.head, on=timezone.localdate())

    stale = client.post(review_url(sent), read | {"decision": "accept"})
    assert stale.status_code == 409
    assert "The problem was changed and sent again after you opened this page." in words(stale)
    assert "Ten parents wait." in words(stale)
    sent.refresh_from_db()
    assert sent.state == Problem.State.SUBMITTED
    assert (
        client.post(review_url(sent), typed(stale, "return") | {"decision": "accept"}).status_code
        == 302
    )


def test_a_decision_is_taken_once(cast: SimpleNamespace, signed_in: Any, sent: Problem) -> None:
    client = signed_in(cast.manager)
    read = typed(client.get(review_url(sent)), "return")
    decisions.accept(sent, by=cast.manager)
    refused = client.post(review_url(sent), read | {"decision": "return", "general": "No."})
    assert refused.status_code == 422
    assert "This problem is defined, not waiting for review." in words(refused)
    assert client.get(review_url(sent)).url == sent.get_absolute_url()


def test_an_incomplete_draft_is_not_sent_by_the_button_of_its_page(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast, place="")
    response = signed_in(cast.head).post(reverse("problems:submit", args=[problem.pk]))
    assert response.status_code == 422
    assert "Fix one thing to continue" in words(response)
    assert "#id_place" in words(response)
    assert "Say where it happens." in words(response)


def test_a_problem_is_sent_once(cast: SimpleNamespace, signed_in: Any, sent: Problem) -> None:
    response = signed_in(cast.head).post(reverse("problems:submit", args=[sent.pk]), follow=True)
    assert "This problem is in review already." in words(response)


# Reopening


def test_reopening_says_beforehand_which_gates_close(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    assert project.problem is not None
    idea = make_project(cast, problem=project.problem, title="A second idea")
    url = reverse("problems:reopen", args=[project.problem.pk])
    client = signed_in(cast.head)
    page = words(client.get(url))
    assert "This problem is defined.</strong> Editing reopens it as version 2." in page
    assert f"<li> {project.title} <strong>goes on hold: scoping has begun</strong>" in page
    assert f"<li> {idea.title} </li>" in page
    project.problem.refresh_from_db()
    assert project.problem.state == Problem.State.DEFINED

    response = client.post(url)
    assert response.url == reverse("problems:edit", args=[project.problem.pk])
    held = Project.objects.get(pk=project.pk)
    assert (held.on_hold, held.problem_defined) == (True, False)
    assert held.problem is not None
    assert (held.problem.state, held.problem.version) == (Problem.State.DRAFT, 2)


def test_a_problem_in_review_is_taken_back_in_the_same_version(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    client = signed_in(cast.head)
    url = reverse("problems:reopen", args=[sent.pk])
    assert "Reopening takes it back before anybody has decided." in words(client.get(url))
    client.post(url)
    sent.refresh_from_db()
    assert (sent.state, sent.version) == (Problem.State.DRAFT, 1)


def test_a_draft_has_nothing_to_reopen(cast: SimpleNamespace, signed_in: Any) -> None:
    problem = draft_problem(cast)
    client = signed_in(cast.head)
    url = reverse("problems:reopen", args=[problem.pk])
    assert client.get(url).url == problem.get_absolute_url()
    assert "it can be written as it is" in words(client.post(url, follow=True))


def test_a_defined_problem_keeps_the_gate_shut_while_it_is_rewritten(
    cast: SimpleNamespace,
) -> None:
    project = scoping_project(cast)
    assert project.problem is not None
    again = decisions.reopen(project.problem, by=cast.head)
    held = Project.objects.get(pk=project.pk)
    with pytest.raises(ValidationError):
        projects.resume(held, by=cast.manager)
    decisions.submit(again, by=cast.head, on=timezone.localdate())
    decisions.accept(again, by=cast.manager)
    resumed = projects.resume(Project.objects.get(pk=project.pk), by=cast.manager)
    assert not resumed.on_hold


def test_the_history_of_decisions_survives_every_version(cast: SimpleNamespace) -> None:
    problem = defined_problem(cast)
    again = decisions.reopen(problem, by=cast.head)
    decisions.submit(again, by=cast.head, on=timezone.localdate())
    decisions.send_back(again, reasons=[("", "Too long.")], by=cast.manager)
    told = [(item.version, item.decision) for item in Review.objects.filter(problem=problem)]
    assert told == [(2, "returned"), (1, "accepted")]
