"""Texts that are too long, invisible, or not texts at all: refused in a sentence, or kept whole."""

import re
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from problems import completeness
from problems.forms.parts import PART_ROWS
from problems.forms.steps import STEPS, step_of
from problems.models import Problem
from problems.review import answers, decisions
from tests.factories import attach_file, define, draft_problem
from tests.faults.hostile import EMOJI, MARKUP, TURNED, say_everywhere, text_columns, text_fields
from tests.pages import words
from tests.problems.pages import typed

pytestmark = pytest.mark.django_db

MEGABYTE = "Streets are dark. " * 58_255
ACCENTS = "e" + "\u0301" * 10_000
# Seconds: a text that is not kept keeps nobody waiting either.
QUICK = 3.0

# Every place for words of a statement: the step, the control of the page.
PLACES = [
    *((step_of(name).key, name) for name in text_fields()),
    *((step_of(part).key, f"{part}-0-{name}") for part, name, _ in text_columns()),
]


@pytest.fixture
def draft(cast: SimpleNamespace) -> Problem:
    problem = draft_problem(cast)
    problem.prior_attempts.create(what="Longer hours")
    return problem


def state(problem: Problem) -> list[Any]:
    """All words of a statement as they are saved."""
    parts = [list(getattr(problem, part).values_list()) for part in PART_ROWS]
    return [list(Problem.objects.filter(pk=problem.pk).values_list()), parts]


def sends(client: Any, problem: Problem, step: str, changes: dict[str, str]) -> Any:
    """Send the page of a step as a browser would, with some texts in place of others."""
    url = reverse("problems:step", args=[problem.pk, step])
    data = typed(client.get(url)) | changes
    begins = perf_counter()
    answer = client.post(url, data)
    assert perf_counter() - begins < QUICK
    return answer


@pytest.mark.parametrize(("step", "control"), PLACES, ids=[control for _, control in PLACES])
def test_a_megabyte_is_refused_and_nothing_of_it_is_saved(
    step: str, control: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    before = state(draft)
    answer = sends(signed_in(cast.head), draft, step, {control: MEGABYTE})
    assert answer.status_code == 422
    told = words(answer.content.decode())
    assert re.search(r"Shorten it: at most \d+ characters fit, and there are \d+\.", told)
    assert "Fix one thing to continue" in told
    assert state(draft) == before


def test_a_megabyte_in_every_place_at_once_is_refused_as_a_whole(
    draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    before = state(draft)
    for step in STEPS:
        texts = {control: MEGABYTE for key, control in PLACES if key == step.key}
        if len(texts) < 3:
            continue
        answer = sends(signed_in(cast.head), draft, step.key, texts)
        assert answer.status_code == 413
        assert "too much to send at once" in words(answer.content.decode())
    assert state(draft) == before


@pytest.mark.parametrize(("step", "control"), PLACES, ids=[control for _, control in PLACES])
def test_a_null_character_is_told_in_a_sentence_or_dropped(
    step: str, control: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    before = state(draft)
    answer = sends(signed_in(cast.head), draft, step, {control: "Dark\0streets"})
    if answer.status_code == 422:
        assert "Fix one thing to continue" in words(answer.content.decode())
        assert state(draft) == before
    else:
        assert answer.status_code == 302
        assert "\0" not in str(state(draft))


@pytest.mark.parametrize("text", [EMOJI, TURNED, MARKUP], ids=["emoji", "turned", "markup"])
def test_what_fits_is_kept_as_it_was_typed(
    text: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.head)
    for step in STEPS:
        texts = {control: text for key, control in PLACES if key == step.key}
        assert sends(client, draft, step.key, texts).status_code == 302
        again = typed(client.get(reverse("problems:step", args=[draft.pk, step.key])))
        # Characters that turn round what follows may be cleaned away, all others stay.
        shown = {name: again[name] for name in texts}
        assert set(shown.values()) in ({text}, {re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)})


def test_ten_thousand_accents_are_one_letter_too_many(
    draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    client, before = signed_in(cast.head), state(draft)
    for step, control in [("who", "title"), ("today", "impact_now"), ("send", "statement")]:
        assert sends(client, draft, step, {control: ACCENTS}).status_code == 422
    assert state(draft) == before
    assert sends(client, draft, "today", {"impact_now": ACCENTS[:3_900]}).status_code == 302
    draft.refresh_from_db()
    assert draft.impact_now == ACCENTS[:3_900]
    assert client.get(draft.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "nothing", ["\u200b\u200b", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u3164"]
)
def test_a_title_that_nobody_sees_is_no_title(
    nothing: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    sends(signed_in(cast.head), draft, "who", {"title": nothing})
    draft.refresh_from_db()
    codes = {gap.code for gap in completeness.missing(draft, on=cast.city.today())}
    assert "title_missing" in codes
    assert str(draft) == "Untitled problem"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:r()",
        "data:text/html,<script>r()</script>",
        '//x"onmouseover=r()',
        "\tjavascript:r()",
    ],
)
def test_a_link_that_runs_something_is_no_link(
    link: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    before = state(draft)
    answer = sends(signed_in(cast.head), draft, "proof", {"evidence-0-link": link})
    if answer.status_code == 422:
        assert state(draft) == before
    else:
        page = signed_in(cast.head).get(draft.get_absolute_url()).content.decode()
        assert not re.search(r"<a [^>]*(javascript|data:|onmouseover)", page)


# Words beside the statement: searches, answers, reasons, what is checked while it is typed


HOSTILE = {
    "a megabyte": MEGABYTE,
    "null": "Dark\0streets",
    "accents": ACCENTS,
    "turned": TURNED,
    "half a pair": "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "quotes": "' OR 1=1; -- \" \\ %s %(x)s ) & | ! <-> :*",
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "url",
    ["/problems/?q=", "/search/?q=", "/problems/similar/?statement=", "/problems/export.csv?q="],
)
def test_any_words_can_be_searched_for(
    url: str, kind: str, cast: SimpleNamespace, signed_in: Any
) -> None:
    define(draft_problem(cast), cast=cast)
    path, _, name = url.partition("?")
    begins = perf_counter()
    answer = signed_in(cast.manager).get(path, {name.rstrip("="): HOSTILE[kind]})
    assert perf_counter() - begins < QUICK
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("field", ["title", "statement", "impact_now"])
def test_any_words_can_be_checked_and_compared(
    field: str, kind: str, draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.head)
    for name in ("lint", "similar"):
        url = reverse(f"problems:{name}") + f"?problem={draft.pk}"
        begins = perf_counter()
        answer = client.post(url, {field: HOSTILE[kind]}, headers={"HX-Request": "true"})
        assert perf_counter() - begins < QUICK
        assert answer.status_code in {200, 204, 422}


@pytest.mark.parametrize("kind", HOSTILE)
def test_any_answer_is_kept_or_refused_in_a_sentence(
    kind: str, cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast, do_nothing="Families need a sign-up portal.")
    client, url = signed_in(cast.head), ""
    keep = {"do_nothing": problem.do_nothing}
    page = client.get(reverse("problems:step", args=[problem.pk, "today"]))
    control = next(name for name in typed(page) if re.fullmatch(r"keep-do_nothing-\w+", name))
    url = reverse("problems:answer", args=[problem.pk])
    answer = client.post(url, keep | {control: HOSTILE[kind]}, headers={"HX-Request": "true"})
    assert answer.status_code in {200, 422}
    if kind in {"a megabyte", "null", "accents"}:
        assert answer.status_code == 422
        assert not problem.finding_answers.exists()
    answer = sends(client, problem, "today", {control: HOSTILE[kind], "keep": "1"})
    assert answer.status_code in {302, 422}


@pytest.mark.parametrize("kind", HOSTILE)
def test_any_reason_is_kept_or_refused_in_a_sentence(
    kind: str, cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast)
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    client, url = signed_in(cast.manager), reverse("problems:review", args=[problem.pk])
    data = typed(client.get(url), "return") | {
        "reasons-0-field": "title",
        "reasons-0-reason": HOSTILE[kind],
        "decision": "return",
    }
    answer = client.post(url, data)
    is_refused = kind in {"a megabyte", "null", "accents"}
    assert answer.status_code == (422 if is_refused else 302)
    if is_refused:
        assert not problem.reviews.exists()
        return
    reply = {answers.open_reasons(Problem.objects.get(pk=problem.pk))[0].control: MARKUP}
    assert sends(signed_in(cast.head), problem, "who", reply).status_code == 302


@pytest.mark.parametrize("kind", ["a megabyte", "null", "accents"])
def test_any_reply_to_a_reason_is_refused_in_a_sentence(
    kind: str, cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast)
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    decisions.send_back(problem, reasons=[("title", "Shorter")], by=cast.manager)
    asked = answers.open_reasons(Problem.objects.get(pk=problem.pk))[0]
    client = signed_in(cast.head)
    answer = sends(client, problem, "who", {asked.control: HOSTILE[kind]})
    assert answer.status_code == 422
    url = reverse("problems:answer", args=[problem.pk])
    answer = client.post(url, {asked.control: HOSTILE[kind]}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answers.open_reasons(Problem.objects.get(pk=problem.pk))[0].answer == ""


def test_markup_everywhere_is_only_text_in_every_answer(
    draft: Problem, cast: SimpleNamespace, signed_in: Any
) -> None:
    say_everywhere(attach_file(draft), MARKUP)
    client = signed_in(cast.head)
    for step in STEPS:
        page = client.get(reverse("problems:step", args=[draft.pk, step.key])).content.decode()
        assert "<script>r()" not in page
        assert "<img src=x" not in page
    rows = client.get("/problems/export.csv").getvalue().decode("utf-8-sig")
    assert MARKUP.replace('"', '""') in rows
