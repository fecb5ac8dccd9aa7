"""Answers as people write them on pages: with scripting, without, hostile, and too long."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from problems import advice
from problems.models import FindingAnswer, Problem, ReasonAnswer, ReviewReason
from problems.review import answers, decisions
from tests.factories import draft_problem
from tests.problems.pages import typed, words

QUOTE = "We need an app"
REASON = "The grant is for this app and nothing else."


def keep(problem: Problem, cast: SimpleNamespace) -> None:
    answers.answer_finding(problem, field="statement", quote=QUOTE, reason=REASON, by=cast.head)


def address(problem: Problem) -> str:
    return reverse("problems:answer", args=[problem.pk])


def finding(problem: Problem) -> advice.Advice:
    return next(item for item in advice.on_problem(problem) if item.is_answerable)


def live(text: str = "Parents wait. We need an app.", **more: str) -> dict[str, str]:
    return {"statement": text, **more}


def test_the_live_check_offers_to_keep_the_words_and_shows_why_they_stay(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem
) -> None:
    client = signed_in(cast.head)
    lint = f"{reverse('problems:lint')}?problem={tech_first.pk}"
    page = words(client.post(lint, live()))
    assert "Keep these words and say why" in page
    assert f'hx-post="{address(tech_first)}"' in page
    assert 'hx-preserve="true"' in page, "a reason that is being typed stays"
    keep(tech_first, cast)
    page = words(client.post(lint, live()))
    assert f"<strong>The words stay, because:</strong> {REASON}" in page
    # Without a problem there is nobody to answer.
    page = words(client.post(reverse("problems:lint"), live()))
    assert "We need an app" in page
    assert "Keep these words" not in page


@pytest.mark.parametrize("person", ["outsider", "second"])
def test_the_live_check_shows_reasons_to_those_who_may_write_only(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem, person: str
) -> None:
    keep(tech_first, cast)
    if person == "second":
        decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
        decisions.accept(tech_first, by=cast.manager)
    client = signed_in(cast.outsider)
    lint = f"{reverse('problems:lint')}?problem={tech_first.pk}"
    answer = client.post(lint, live())
    assert answer.status_code == (404 if person == "outsider" else 403)
    assert REASON not in words(answer)
    for nonsense in ("x", "-1", "1e3", "9" * 30, "²"):
        assert client.post(f"{reverse('problems:lint')}?problem={nonsense}").status_code == 404


def test_a_reason_is_kept_with_scripting(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem
) -> None:
    client = signed_in(cast.head)
    control = finding(tech_first).control
    seen = {f"{control}-seen": ""}
    response = client.post(
        address(tech_first), live(**{control: REASON}, **seen), headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert "<html" not in words(response)
    assert f"<strong>The words stay, because:</strong> {REASON}" in words(response)
    assert "Your answer is kept." in response.headers["HX-Trigger"]
    assert FindingAnswer.objects.get().quote == QUOTE

    overtaken = client.post(
        address(tech_first), live(**{control: "A law."}, **seen), headers={"HX-Request": "true"}
    )
    assert overtaken.status_code == 409
    assert "Somebody answered meanwhile" in words(overtaken)
    assert ">A law.</textarea>" in words(overtaken)
    emptied = client.post(
        address(tech_first),
        live(**{control: "", f"{control}-seen": REASON}),
        headers={"HX-Request": "true"},
    )
    assert emptied.status_code == 200
    assert not FindingAnswer.objects.exists()


def test_what_is_no_reason_is_refused_beside_it(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem
) -> None:
    control = finding(tech_first).control
    response = signed_in(cast.head).post(
        address(tech_first), live(**{control: QUOTE}), headers={"HX-Request": "true"}
    )
    assert response.status_code == 422
    page = words(response)
    assert "To repeat them is no reason." in page
    assert f'aria-describedby="{control}-hint {control}-error" aria-invalid="true"' in page
    assert f">{QUOTE}</textarea>" in page


def test_without_scripting_the_same_address_is_a_page(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem
) -> None:
    client = signed_in(cast.head)
    control = finding(tech_first).control
    refused = client.post(address(tech_first), {control: QUOTE})
    assert refused.status_code == 422
    assert "Fix one thing to continue" in words(refused)
    sent = typed(refused, "answers")
    assert sent[control] == QUOTE
    done = client.post(address(tech_first), sent | {control: REASON}, follow=True)
    assert "Your answer is kept." in words(done)
    assert FindingAnswer.objects.get().reason == REASON


def test_a_reply_is_kept_when_the_person_leaves_it(
    cast: SimpleNamespace, signed_in: Any, returned: Problem
) -> None:
    client = signed_in(cast.head)
    control = answers.open_reasons(returned)[1].control
    sent = {control: "Elm Street.", f"{control}-seen": ""}
    response = client.post(address(returned), sent, headers={"HX-Request": "true"})
    assert "Kept. You can change it until you send the statement." in words(response)
    assert f'name="{control}-seen" value="Elm Street."' in words(response)
    assert ReasonAnswer.objects.get().answer == "Elm Street."
    response = client.post(address(returned), {control: ""}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "Your answer cannot be taken back. Write another one." in words(response)


def test_a_reason_of_another_problem_is_not_answered_from_here(
    cast: SimpleNamespace, signed_in: Any, returned: Problem
) -> None:
    other = draft_problem(cast)
    control = answers.open_reasons(returned)[1].control
    signed_in(cast.head).post(address(other), {control: "Elm Street."})
    assert not ReasonAnswer.objects.exists()


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_script_in_an_answer_is_text(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem
) -> None:
    client = signed_in(cast.head)
    control = finding(tech_first).control
    client.post(address(tech_first), {control: f"Because {HOSTILE}"})
    decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
    decisions.send_back(tech_first, reasons=[("place", HOSTILE)], by=cast.manager)
    answers.answer_reason(ReviewReason.objects.get(), answer=HOSTILE, by=cast.head)
    decisions.submit(tech_first, by=cast.head, on=timezone.localdate())
    client.force_login(cast.manager)
    for route in ("review", "detail"):
        page = client.get(reverse(f"problems:{route}", args=[tech_first.pk])).text
        assert "<script>alert" not in page
        assert "<img" not in page


@pytest.mark.parametrize("text", ["x" * 1_000_000, "need an app " * 80_000])
def test_a_megabyte_is_refused_quickly_in_a_sentence(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem, text: str
) -> None:
    client = signed_in(cast.head)
    control = finding(tech_first).control
    started = time.perf_counter()
    checked = client.post(f"{reverse('problems:lint')}?problem={tech_first.pk}", live(text))
    assert checked.status_code == 422
    assert "This text is too long to check." in words(checked)
    for sent, sentence in (
        (live(text, **{control: REASON}), "This text is too long to check."),
        (live(**{control: text}), "Shorten the reason: at most 1,000 characters fit"),
    ):
        refused = client.post(address(tech_first), sent, headers={"HX-Request": "true"})
        assert refused.status_code == 422
        assert sentence in words(refused)
    assert time.perf_counter() - started < 5
    assert not FindingAnswer.objects.exists()
