"""“Ours is the same”: one problem of several departments."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from portfolio import projects
from portfolio.briefs import freeze
from portfolio.models import Department, History, Membership, Project, User
from problems import drafting, joining
from problems.models import JointDepartment, Problem
from problems.review import decisions
from tests.factories import defined_problem, draft_problem, fill_problem, make_user
from tests.problems.pages import words


@pytest.fixture
def theirs(cast: SimpleNamespace) -> Problem:
    """A defined problem of Parks; `cast.outsider` heads Water."""
    return defined_problem(cast, title="Seniors miss the last bus")


@pytest.fixture
def own(cast: SimpleNamespace) -> Problem:
    """A draft of Water about the same."""
    draft = drafting.start(department=cast.water, by=cast.outsider)
    return fill_problem(draft, title="The last bus leaves too early")


def afresh(user: User) -> User:
    """The person as a new request sees them."""
    return User.objects.with_duties().get(pk=user.pk)


def refusal(**asked: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        joining.join(**asked)
    return " ".join(refused.value.messages)


# What joining does


def test_a_joined_department_reads_writes_and_answers_the_problem(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = defined_problem(cast)
    joining.join(problem, department=cast.water, by=cast.outsider)
    again = decisions.reopen(Problem.objects.get(pk=problem.pk), by=cast.head)
    client = signed_in(cast.outsider)
    assert client.get(problem.get_absolute_url()).status_code == 200
    drafting.save(
        again, fields={"title": "Of both departments"}, seen=again.revision, by=cast.outsider
    )
    shown = Problem.objects.with_departments().get(pk=problem.pk)
    assert shown.title == "Of both departments"
    assert shown.departments_in_words == "Parks with Water"
    assert list(Problem.objects.of_departments([cast.water.pk])) == [shown]
    assert client.get(reverse("problems:edit", args=[problem.pk])).status_code in {200, 302}


def test_three_departments_are_named_in_the_order_they_came(
    cast: SimpleNamespace, theirs: Problem
) -> None:
    streets = Department.objects.create(name="Streets")
    joining.join(theirs, department=cast.water, by=cast.outsider)
    joining.join(theirs, department=streets, by=make_user("Stella Streets", head_of=streets))
    shown = Problem.objects.with_departments().get(pk=theirs.pk)
    assert shown.departments_in_words == "Parks with Water and Streets"


def test_a_replaced_draft_is_retired_stays_readable_and_points_to_the_joint_one(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem, own: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider, instead_of=own)
    own.refresh_from_db()
    assert (own.state, own.same_as) == (Problem.State.RETIRED, theirs)
    assert own.affected_groups.count() == 1
    client = signed_in(cast.outsider)
    page = words(client.get(own.get_absolute_url()))
    assert f'<a href="{theirs.get_absolute_url()}">Seniors miss the last bus</a>' in page
    assert "Parents who register a child" in page
    joint = words(client.get(theirs.get_absolute_url()))
    assert f'<a href="{own.get_absolute_url()}">The last bus leaves too early</a>' in joint
    client.force_login(cast.head)
    assert "The last bus leaves too early" not in words(client.get(theirs.get_absolute_url()))


def test_the_history_names_who_joined(cast: SimpleNamespace, theirs: Problem) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider)
    change = History.objects.filter(table="problems_jointdepartment").get()
    assert change.user_id == cast.outsider.pk


def test_words_typed_in_a_draft_that_was_replaced_are_not_saved_over_it(
    cast: SimpleNamespace, theirs: Problem, own: Problem
) -> None:
    seen = own.revision
    joining.join(theirs, department=cast.water, by=cast.outsider, instead_of=own)
    with pytest.raises(ValidationError, match="retired"):
        drafting.save(own, fields={"title": "Late"}, seen=seen, by=cast.outsider)


# What is refused


def test_who_may_not_join(cast: SimpleNamespace, theirs: Problem) -> None:
    asked = {"problem": theirs, "department": cast.water}
    for person in (cast.head, cast.manager, cast.administrator, cast.reader):
        assert refusal(**asked, by=person) == "Only a head of Water may do this."
    draft = draft_problem(cast)
    hidden = {"problem": draft, "department": cast.water, "by": cast.outsider}
    assert refusal(**hidden) == "This problem is not yours to read any more."
    assert not JointDepartment.objects.exists()


def test_no_department_joins_twice_or_its_own(cast: SimpleNamespace, theirs: Problem) -> None:
    own = {"problem": theirs, "department": cast.parks, "by": cast.head}
    assert refusal(**own) == "Parks has this problem already."
    joining.join(theirs, department=cast.water, by=cast.outsider)
    again = {"problem": theirs, "department": cast.water, "by": cast.outsider}
    assert refusal(**again) == "Water has this problem already."


def test_a_retired_problem_is_not_joined(
    cast: SimpleNamespace, theirs: Problem, own: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider, instead_of=own)
    Membership.objects.create(user=cast.head, department=cast.water, is_head=True)
    both = afresh(cast.head)
    assert "This problem is retired." in refusal(problem=own, department=cast.parks, by=both)


def test_which_drafts_are_not_replaced(
    cast: SimpleNamespace, theirs: Problem, own: Problem
) -> None:
    asked = {"problem": theirs, "department": cast.water, "by": cast.outsider}
    assert refusal(**asked, instead_of=theirs) == "Choose a draft of Water."
    assert refusal(**asked, instead_of=draft_problem(cast)) == "Choose a draft of Water."
    project = projects.start(
        title="Later buses", department=cast.water, problem=own, by=cast.outsider
    )
    assert "A project answers your draft" in refusal(**asked, instead_of=own)
    Project.objects.filter(pk=project.pk).update(problem=None)
    decisions.submit(own, by=cast.outsider, on=timezone.localdate())
    assert "is in review. Only a draft can be replaced" in refusal(**asked, instead_of=own)
    decisions.accept(own, by=cast.manager)
    joining.join(own, department=cast.parks, by=cast.head)
    decisions.reopen(own, by=cast.outsider)
    assert "Other departments have joined your draft" in refusal(**asked, instead_of=own)
    assert not theirs.joint_departments.exists(), "nothing of a refused joining stays"


# Leaving


def test_a_department_leaves_and_the_first_one_stays(
    cast: SimpleNamespace, theirs: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider)
    with pytest.raises(ValidationError, match="Only a head of Water may do this"):
        joining.leave(theirs, department=cast.water, by=cast.head)
    joining.leave(theirs, department=cast.water, by=cast.outsider)
    assert not theirs.joint_departments.exists()
    with pytest.raises(ValidationError, match="Parks has not joined this problem"):
        joining.leave(theirs, department=cast.parks, by=cast.head)


def test_a_department_whose_project_answers_the_problem_stays(
    cast: SimpleNamespace, theirs: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider)
    projects.start(title="Later buses", department=cast.water, problem=theirs, by=cast.outsider)
    with pytest.raises(ValidationError, match="A project of Water answers this problem"):
        joining.leave(theirs, department=cast.water, by=cast.outsider)


# Projects of a joined department


def test_projects_answer_problems_of_their_department_only(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem
) -> None:
    asked = {"title": "Later buses", "department": cast.water.pk, "problem": theirs.pk}
    client = signed_in(cast.outsider)
    assert client.post(reverse("project_new"), asked).status_code == 422
    with pytest.raises(ValidationError, match="Choose a problem of the department"):
        projects.start(title="Early", department=cast.water, problem=theirs, by=cast.outsider)
    joining.join(theirs, department=cast.water, by=cast.outsider)
    assert client.post(reverse("project_new"), asked).status_code == 302
    project = Project.objects.get(title="Later buses")
    assert project.problem_defined
    brief = freeze.project_brief(project, by=cast.council, at=timezone.now())
    assert brief.problem
    facts = {fact.label: fact.text for fact in brief.problem.facts}
    assert facts["Departments that have it"] == "Parks with Water"


def test_no_project_starts_on_a_retired_problem(
    cast: SimpleNamespace, theirs: Problem, own: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider, instead_of=own)
    with pytest.raises(ValidationError, match="This problem is retired"):
        projects.start(title="Late", department=cast.water, problem=own, by=cast.outsider)


# The pages


def url_of(route: str, problem: Problem) -> str:
    return reverse(f"problems:{route}", args=[problem.pk])


def test_the_page_tells_what_happens_and_offers_the_own_draft(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem, own: Problem
) -> None:
    client = signed_in(cast.outsider)
    page = words(client.get(url_of("join", theirs), {"from": own.pk}))
    for text in (
        "Ours is the same",
        "All departments share one statement.",
        "It stays defined. Only a head of Parks reopens it.",
        "None: we had not written it yet",
        f'value="{own.pk}" id="id_instead_of_1" checked',
        f'value="{cast.water.pk}" id="id_department_0" required checked',
    ):
        assert text.replace(" required", "") in page.replace(" required", ""), text
    answer = client.post(
        url_of("join", theirs), {"department": cast.water.pk, "instead_of": own.pk}, follow=True
    )
    page = words(answer)
    assert "Water has this problem too, and writes it with the others." in page
    assert "Your draft “The last bus leaves too early” is retired and points here." in page
    assert "Parks with Water" in page
    own.refresh_from_db()
    assert own.same_as == theirs


def test_a_form_that_lacks_the_department_or_names_anothers_draft_is_refused(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem, own: Problem
) -> None:
    client = signed_in(cast.outsider)
    lacking = client.post(url_of("join", theirs))
    assert lacking.status_code == 422
    assert "Choose a department." in words(lacking)
    foreign = {"department": cast.water.pk, "instead_of": draft_problem(cast).pk}
    refused = client.post(url_of("join", theirs), foreign)
    assert refused.status_code == 422
    assert "Choose one of your drafts, or none." in words(refused)
    assert not JointDepartment.objects.exists()


def test_who_has_nothing_to_join_is_told_why(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem
) -> None:
    client = signed_in(cast.head)
    refused = client.get(url_of("join", theirs))
    assert refused.status_code == 403
    assert "Your department has this problem already." in words(refused)
    client.force_login(cast.manager)
    assert "Only a head of a department may say" in words(client.get(url_of("join", theirs)))
    client.force_login(cast.outsider)
    assert client.get(url_of("join", draft_problem(cast))).status_code == 404


def test_leaving_is_a_button_for_those_who_joined(
    cast: SimpleNamespace, signed_in: Any, theirs: Problem
) -> None:
    joining.join(theirs, department=cast.water, by=cast.outsider)
    client = signed_in(cast.head)
    leave = f'action="{url_of("leave", theirs)}"'
    assert leave not in words(client.get(theirs.get_absolute_url()))
    client.force_login(cast.outsider)
    assert leave in words(client.get(theirs.get_absolute_url()))
    lost = client.post(url_of("leave", theirs), {"department": "x"}, follow=True)
    assert "Choose a department that has joined this problem." in words(lost)
    left = client.post(url_of("leave", theirs), {"department": cast.water.pk}, follow=True)
    assert "Water has left the problem." in words(left)
    assert not theirs.joint_departments.exists()


def test_who_leaves_a_draft_reads_it_no_longer(cast: SimpleNamespace, signed_in: Any) -> None:
    problem = defined_problem(cast)
    joining.join(problem, department=cast.water, by=cast.outsider)
    decisions.reopen(problem, by=cast.head)
    Problem.objects.filter(pk=problem.pk).update(first_submitted_at=None)
    client = signed_in(cast.outsider)
    answer = client.post(url_of("leave", problem), {"department": cast.water.pk})
    assert answer.url == reverse("problems:list")
    assert client.get(problem.get_absolute_url()).status_code == 404


# Two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_who_join_at_once_one_is_told_that_it_is_done(city: Any) -> None:
    parks, water = (Department.objects.create(name=name) for name in ("Parks", "Water"))
    author = make_user("Hanna Head", head_of=parks)
    heads = [make_user(name, head_of=water) for name in ("Otto", "Olga")]
    problem = Problem.objects.create(department=parks, author=author, title="One")
    Membership.objects.bulk_create(Membership(user=head, department=parks) for head in heads)
    drafts = [
        Problem.objects.create(department=water, author=head, title=f"Draft of {head}")
        for head in heads
    ]

    def attempt(place: int) -> str:
        try:
            person = afresh(heads[place])
            joining.join(problem, department=water, by=person, instead_of=drafts[place])
        except ValidationError as refused:
            return " ".join(refused.messages)
        else:
            return "joined"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(attempt, range(2)))
    assert told == ["Water has this problem already.", "joined"]
    assert problem.joint_departments.count() == 1
    retired = Problem.objects.filter(state=Problem.State.RETIRED)
    assert [draft.same_as_id for draft in retired] == [problem.pk]
    assert connection.is_usable()
