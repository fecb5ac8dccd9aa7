"""Projects on the list that wait for their department to answer the criteria."""

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from portfolio import history, projects, ranking
from portfolio.models import CriteriaVersion, History
from tests.factories import make_project
from tests.portfolio.scoring_steps import CODES, answer, corrected, reweighed, scored, sign
from tests.portfolio.waiting_steps import tasks, the


def test_a_listed_project_waits_on_its_head_until_every_criterion_is_answered(
    cast: SimpleNamespace,
) -> None:
    project = make_project(cast)
    assert tasks(cast.head, "score") == []
    ranking.add(project, by=cast.manager)
    task = the(cast.head, "score")
    assert task.title == f"Answer the criteria: {project}"
    assert task.about == f"{project.reference} · It stands on the list without a score"
    assert task.url == reverse("project_score", args=[project.pk])
    assert task.by_mail
    answer(project, by=cast.head, safety=4)
    assert the(cast.head, "score").about == f"{project.reference} · 1 of 9 answered"
    for person in (cast.outsider, cast.manager, cast.finance, cast.administrator):
        assert tasks(person, "score") == []
    answer(project, by=cast.head, **dict.fromkeys(CODES[1:], 2))
    assert tasks(cast.head, "score") == []


def test_it_waits_since_it_was_ranked_or_since_the_criteria_changed(
    cast: SimpleNamespace,
) -> None:
    project = scored(cast)
    bare = make_project(cast)
    ranking.add(bare, by=cast.manager)
    ranked = History.objects.get(
        table="portfolio_workingposition", row=str(bare.pk), action=History.Action.INSERT
    )
    assert the(cast.head, "score").since == ranked.at
    sign(reweighed({}, safety="Who was hurt last year?"), by=cast.administrator)
    newest = CriteriaVersion.objects.latest("number")
    waits = {task.record: task.since for task in tasks(cast.head, "score")}
    assert waits == {project.pk: newest.signed_at, bare.pk: newest.signed_at}


def test_neither_what_is_held_nor_what_was_stopped_waits(cast: SimpleNamespace) -> None:
    held, stopped = make_project(cast), make_project(cast)
    ranking.add_all([held, stopped], by=cast.manager)
    projects.put_on_hold(held, reason="The street is dug up.", by=cast.manager)
    projects.stop(stopped, reason="It was enough.", by=cast.manager)
    assert tasks(cast.head, "score") == []


def test_the_rest_leads_to_the_scores_that_are_missing(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ranking.add_all([make_project(cast) for _ in range(9)], by=cast.manager)
    page = signed_in(cast.head).get(reverse("home")).text
    assert f"{reverse('scores')}?answers=missing" in page
    assert signed_in(cast.head).get(f"{reverse('scores')}?answers=missing").status_code == 200


def test_the_history_tells_of_changed_answers_and_of_corrections(cast: SimpleNamespace) -> None:
    project = scored(cast, safety=5)
    answer(project, by=cast.head, safety=4)
    corrected(project, cast, value=2)
    corrected(project, cast, value=3, reason="The audit came.")
    told = [entry.sentence for entry in history.of_project(project)]
    assert told[:3] == [
        "An answer of the score corrected from 2 to 3: The audit came.",
        "An answer of the score corrected from 4 to 2: No court ruled.",
        "An answer of the score changed from 5 to 4",
    ]
    assert not [sentence for sentence in told[3:] if "score" in sentence]
