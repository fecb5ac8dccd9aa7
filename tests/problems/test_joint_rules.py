"""Who writes, joins, merges and sends: each rule of the database, tried by SQL as the site's role.

And what a department that joined may not do: decide on its own words, stop the projects of others.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portfolio import projects
from portfolio.models import City, RoleGrant, User
from portfolio.roles import Role
from portfolio.waiting import waiting_for
from problems import drafting, joining
from problems.models import Problem, Submission
from problems.review import answers, decisions
from tests.factories import defined_problem, draft_problem, make_project, scoping_project
from tests.problems.pages import words

JOIN = (
    "INSERT INTO problems_jointdepartment (problem_id, department_id, joined_by_id, joined_at) "
    "VALUES (%s, %s, %s, now())"
)
MERGE = "UPDATE problems_problem SET state = 'retired', same_as_id = %s WHERE id = %s"
KEEP = (
    "INSERT INTO problems_submission (problem_id, number, version, content, by_id, at) "
    "SELECT id, %s, version, '{}', author_id, coalesce(submitted_at, now()) + %s::interval "
    "FROM problems_problem WHERE id = %s"
)


def run(statement: str, *values: Any) -> None:
    """Execute a statement with the rights of the site, in the transaction of the test."""
    raw: psycopg.Connection[Any] = connection.connection
    with raw.transaction():
        raw.execute(statement, values)


def rule_against(statement: str, *values: Any) -> str:
    """Return the name of the rule that refuses the statement."""
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(statement, *values)
    return refused.value.diag.constraint_name or ""


@pytest.fixture
def both(cast: SimpleNamespace) -> User:
    """The head of Water, who is a city manager as well."""
    RoleGrant.objects.create(user=cast.outsider, role=Role.CITY_MANAGER)
    return User.objects.with_duties().get(pk=cast.outsider.pk)


@pytest.fixture
def rewritten(cast: SimpleNamespace, both: User) -> Problem:
    """A problem in review that `both` joined and rewrote; its author sent it."""
    problem = draft_problem(cast)
    decisions.submit(problem, by=cast.head, on=timezone.localdate())
    joining.join(problem, department=cast.water, by=both)
    again = decisions.reopen(problem, by=both)
    drafting.save(again, fields={"impact_now": "All mine."}, seen=again.revision, by=both)
    return decisions.submit(again, by=cast.head, on=timezone.localdate())


# Who wrote does not decide


def test_who_joined_and_wrote_does_not_decide(
    both: User, rewritten: Problem, signed_in: Any
) -> None:
    for decide in (decisions.accept, decisions.send_back):
        more: Any = {"reasons": [("", "No.")]} if decide is decisions.send_back else {}
        with pytest.raises(ValidationError, match="You wrote or sent this problem"):
            decide(rewritten, by=both, **more)
    url = reverse("problems:review", args=[rewritten.pk])
    sent = {"decision": "accept", "revision": rewritten.revision}
    assert signed_in(both).post(url, sent).status_code == 422
    rewritten.refresh_from_db()
    assert rewritten.state == Problem.State.SUBMITTED
    kinds = {task.kind.code for task in waiting_for(both, city=City.current()).tasks}
    assert "review" not in kinds, "nor does it wait on them"


def test_the_database_knows_who_wrote(both: User, rewritten: Problem) -> None:
    rewritten.refresh_from_db()
    assert rewritten.writer_ids == [both.pk]
    decide = (
        "UPDATE problems_problem SET state = 'defined', decision = 'accepted', "
        "decided_by_id = %s, decided_at = now() WHERE id = %s"
    )
    assert rule_against(decide, both.pk, rewritten.pk) == "problem_reviewer_did_not_write"
    review = (
        "INSERT INTO problems_review (problem_id, version, decision, author_id, by_id, at, "
        "open_findings) SELECT id, version, 'accepted', author_id, %s, now(), '[]' "
        "FROM problems_problem WHERE id = %s"
    )
    assert rule_against(review, both.pk, rewritten.pk) == "review_not_by_author"


def test_nobody_takes_a_writer_out_of_the_list(both: User, rewritten: Problem) -> None:
    run("UPDATE problems_problem SET writer_ids = '{}' WHERE id = %s", rewritten.pk)
    rewritten.refresh_from_db()
    assert rewritten.writer_ids == [both.pk]


def test_a_reviewer_who_wrote_nothing_decides_twice(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    for _ in range(2):
        problem = decisions.submit(problem, by=cast.head, on=timezone.localdate())
        decisions.send_back(problem, reasons=[("", "Not yet.")], by=cast.manager)
        problem.refresh_from_db()
    assert problem.writer_ids == []


def test_a_review_is_of_a_problem_that_waits_for_it(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    review = (
        "INSERT INTO problems_review (problem_id, version, decision, author_id, by_id, at, "
        "open_findings) VALUES (%s, %s, 'accepted', %s, %s, now(), '[]')"
    )
    forged = (problem.pk, 1, cast.head.pk, cast.manager.pk)
    assert rule_against(review, *forged) == "review_is_of_a_sent_problem"
    decisions.submit(problem, by=cast.head, on=timezone.localdate())
    for version, author in ((2, cast.head), (1, cast.outsider)):
        forged = (problem.pk, version, author.pk, cast.manager.pk)
        assert rule_against(review, *forged) == "review_is_of_a_sent_problem"


# Joining is no way to stop others


def test_who_joined_does_not_reopen_what_is_defined(cast: SimpleNamespace, signed_in: Any) -> None:
    project = scoping_project(cast)
    problem = project.problem
    assert problem is not None
    joining.join(problem, department=cast.water, by=cast.outsider)
    with pytest.raises(ValidationError, match="Ask a head of that department to reopen it"):
        decisions.reopen(problem, by=cast.outsider)
    client, url = signed_in(cast.outsider), reverse("problems:reopen", args=[problem.pk])
    refused = client.get(url)
    assert refused.status_code == 403
    assert "Only a head of Parks" in words(refused)
    client.post(url)
    assert url not in words(client.get(problem.get_absolute_url()))
    project.refresh_from_db()
    assert (project.on_hold, project.problem_defined) == (False, True)


def test_reopening_tells_nothing_of_projects_of_others(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = defined_problem(cast)
    joining.join(problem, department=cast.water, by=cast.outsider)
    joined = Problem.objects.get(pk=problem.pk)
    projects.start(
        title="A secret of Water", department=cast.water, problem=joined, by=cast.outsider
    )
    page = words(signed_in(cast.head).get(reverse("problems:reopen", args=[problem.pk])))
    assert "A secret of Water" not in page
    assert "The same holds for every project with which another department answers it." in page
    assert "No project answers it yet" not in page


# Joining and merging, by SQL


def test_nobody_joins_a_retired_problem_or_their_own(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    own = (problem.pk, cast.parks.pk, cast.head.pk)
    assert rule_against(JOIN, *own) == "joint_department_is_another"
    run("UPDATE problems_problem SET state = 'retired' WHERE id = %s", problem.pk)
    theirs = (problem.pk, cast.water.pk, cast.outsider.pk)
    assert rule_against(JOIN, *theirs) == "joint_problem_is_open"


@pytest.mark.parametrize("change", ["problem_id = %s", "joined_by_id = %s", "joined_at = now()"])
def test_who_joined_what_is_not_rewritten(cast: SimpleNamespace, change: str) -> None:
    problem, other = defined_problem(cast), draft_problem(cast)
    joining.join(problem, department=cast.water, by=cast.outsider)
    value = {"problem_id = %s": [other.pk], "joined_by_id = %s": [cast.head.pk]}.get(change, [])
    statement = f"UPDATE problems_jointdepartment SET {change}"
    assert rule_against(statement, *value) == "joint_department_stays"


def test_a_retired_problem_points_where_it_pointed(cast: SimpleNamespace) -> None:
    merged, retired = draft_problem(cast), draft_problem(cast)
    one, other = defined_problem(cast), defined_problem(cast)
    run(MERGE, one.pk, merged.pk)
    run("UPDATE problems_problem SET state = 'retired' WHERE id = %s", retired.pk)
    point = "UPDATE problems_problem SET same_as_id = %s WHERE id = %s"
    for where, which in ((other, merged), (None, merged), (one, retired)):
        key = where.pk if where else None
        assert rule_against(point, key, which.pk) == "problem_same_as_stays"


def test_no_two_problems_take_each_other_in(cast: SimpleNamespace) -> None:
    first, second = draft_problem(cast), draft_problem(cast)
    run(MERGE, second.pk, first.pk)
    assert rule_against(MERGE, first.pk, second.pk) == "problem_same_as_is_open"


@pytest.mark.parametrize("made", [draft_problem, defined_problem])
def test_only_a_retired_problem_points_to_another(cast: SimpleNamespace, made: Any) -> None:
    problem, other = made(cast), draft_problem(cast)
    point = "UPDATE problems_problem SET same_as_id = %s WHERE id = %s"
    rules = {"problem_same_as_is_retired", "problem_sent_is_frozen"}
    assert rule_against(point, other.pk, problem.pk) in rules


def test_a_project_goes_on_hold_when_its_problem_is_merged(cast: SimpleNamespace) -> None:
    project, other = scoping_project(cast), defined_problem(cast)
    run(MERGE, other.pk, project.problem_id)
    project.refresh_from_db()
    assert (project.on_hold, project.problem_defined) == (True, False)
    resume = "UPDATE portfolio_project SET on_hold = false, hold_reason = '' WHERE id = %s"
    assert rule_against(resume, project.pk) == "project_gate"


# What was sent


def test_a_submission_is_of_its_own_sending(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    of_a_draft = rule_against(KEEP, 1, "0 seconds", problem.pk)
    decisions.submit(problem, by=cast.head, on=timezone.localdate())
    again = rule_against(KEEP, 2, "0 seconds", problem.pk)
    later = rule_against(KEEP, 2, "1 day", problem.pk)
    with_a_gap = rule_against(KEEP, 7, "0 seconds", problem.pk)
    assert {of_a_draft, again, later, with_a_gap} == {"submission_is_of_its_sending"}
    assert Submission.objects.count() == 1


def test_an_answer_of_tomorrow_freezes_today(cast: SimpleNamespace, returned: Problem) -> None:
    reason = returned.reviews.get().reasons.first()
    assert reason is not None
    answers.answer_reason(reason, answer="Elm Street.", by=cast.head)
    run("UPDATE problems_reasonanswer SET at = '2999-01-01'")
    decisions.submit(returned, by=cast.head, on=timezone.localdate())
    decisions.reopen(returned, by=cast.head)
    change = "UPDATE problems_reasonanswer SET answer = 'Forged.'"
    assert rule_against(change) == "reason_answer_was_sent"


# Projects answer what their department has


def test_a_department_stays_while_its_project_answers_the_problem(cast: SimpleNamespace) -> None:
    theirs = defined_problem(cast)
    joining.join(theirs, department=cast.water, by=cast.outsider)
    project = projects.start(
        title="Later buses", department=cast.water, problem=theirs, by=cast.outsider
    )
    leave = "DELETE FROM problems_jointdepartment WHERE problem_id = %s"
    assert rule_against(leave, theirs.pk) == "joint_department_has_projects"
    run("UPDATE portfolio_project SET problem_id = NULL WHERE id = %s", project.pk)
    run(leave, theirs.pk)


def test_a_project_answers_a_problem_of_its_department_only(cast: SimpleNamespace) -> None:
    theirs = defined_problem(cast)
    foreign = projects.start(title="Later buses", department=cast.water, by=cast.outsider)
    answer = "UPDATE portfolio_project SET problem_id = %s WHERE id = %s"
    assert rule_against(answer, theirs.pk, foreign.pk) == "project_answers_own_problem"
    joining.join(theirs, department=cast.water, by=cast.outsider)
    run(answer, theirs.pk, foreign.pk)


def test_a_project_moves_to_a_department_that_has_its_problem(cast: SimpleNamespace) -> None:
    project = make_project(cast, problem=defined_problem(cast))
    move = "UPDATE portfolio_project SET department_id = %s WHERE id = %s"
    assert rule_against(move, cast.water.pk, project.pk) == "project_answers_own_problem"
