"""Requests that no browser sends: each is answered in words, and harms nothing."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.test.client import BOUNDARY, encode_multipart
from django.urls import reverse

from problems.advice import Check
from problems.models import FindingAnswer, Problem, ReasonAnswer
from problems.review import decisions
from tests.factories import draft_problem
from tests.problems import desk
from tests.problems.pages import typed, words

HUGE = "9" * 5000
MARKS = (
    "",
    "null",
    "[]",
    "[[],[]]",
    "[{},{}]",
    "[" * 10_000,
    f"[{HUGE}]",
    '[{"title":"\\ud800"},{}]',
    '[{"title":1},{"measures":{"1":1}}]',
    '[{},{"measures":{"' + HUGE + '":"a"}}]',
    '[{},{"measures":{"' + "9" * 40 + '":"a"}}]',
    "NaN",
    "\0",
    "x" * 1_000_000,
)
# Encodings that can stand for signs that cannot be kept, and some that are none.
ENCODINGS = ("unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "hex", "rot13", "undefined")
WAYS = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


@pytest.fixture
def page(cast: SimpleNamespace, signed_in: Any) -> SimpleNamespace:
    """The last step of numbers, opened by the head of Parks."""
    return desk.opened(signed_in(cast.head), draft_problem(cast), "success")


# The place of a page


@WAYS
@pytest.mark.parametrize("shown", MARKS, ids=range(len(MARKS)))
def test_forged_marks_reach_no_row_of_another_problem(
    cast: SimpleNamespace, page: SimpleNamespace, shown: str, headers: dict[str, str]
) -> None:
    other = draft_problem(cast).measures.get()
    values = typed(page.shown) | {"shown": shown, "measures-0-name": "Forged"}
    values["measures-0-id"] = str(other.pk)
    assert page.client.post(page.url, values, headers=headers).status_code < 500
    other.refresh_from_db()
    assert other.name == "Families who start and give up"


def test_a_forged_mark_of_anothers_row_makes_an_own_row(
    cast: SimpleNamespace, page: SimpleNamespace
) -> None:
    other = draft_problem(cast).measures.get()
    values = typed(page.shown) | {"measures-0-name": "Forged", "measures-0-id": str(other.pk)}
    values["shown"] = json.dumps([{}, {"measures": {str(other.pk): "0" * 12}}])
    page.client.post(page.url, values)
    other.refresh_from_db()
    assert (other.name, other.problem_id == page.problem.pk) == (
        "Families who start and give up",
        False,
    )


@pytest.mark.parametrize("revision", ["-1", "1.5", "\0", "²", "9" * 40, HUGE])
def test_a_forged_revision_saves_nothing(page: SimpleNamespace, revision: str) -> None:
    values = typed(page.shown) | {"revision": revision, "shown": "", "measures-0-name": "Forged"}
    assert page.client.post(page.url, values).status_code in {409, 422}
    assert not page.problem.measures.filter(name="Forged").exists()


@WAYS
@pytest.mark.parametrize("total", ["1000000000", "-1", "", "\0", "²", "1e9", HUGE])
def test_a_forged_number_of_rows_takes_none_out(
    page: SimpleNamespace, total: str, headers: dict[str, str]
) -> None:
    for initial in ("1000000000", "-1", "0"):
        values = typed(page.shown)
        values |= {"measures-TOTAL_FORMS": total, "measures-INITIAL_FORMS": initial}
        assert page.client.post(page.url, values, headers=headers).status_code < 500
        assert page.problem.measures.count() == 1


# Signs that cannot be kept


def test_an_answer_to_a_reviewer_is_text(
    cast: SimpleNamespace, signed_in: Any, returned: Problem
) -> None:
    reason = returned.reviews.get().reasons.all()[0]
    url = reverse("problems:answer", args=[returned.pk])
    refused = signed_in(cast.head).post(url, {f"answer-{reason.pk}": "Elm\0Street"})
    assert refused.status_code == 422
    assert "it holds a sign that cannot be kept" in words(refused)
    assert not ReasonAnswer.objects.exists()


@pytest.mark.parametrize(
    "text", ["Parents wait nine days. We need an app.", "We need\0 an app.", "We need a\0n app."]
)
def test_a_reason_to_keep_words_is_text_and_so_are_the_words(
    cast: SimpleNamespace, signed_in: Any, tech_first: Problem, text: str
) -> None:
    client, url = signed_in(cast.head), reverse("problems:answer", args=[tech_first.pk])
    for item in (found for found in Check().on_text("statement", text) if found.is_answerable):
        sent = {"statement": text, item.control: "They asked\0for it."}
        refused = client.post(url, sent, headers={"HX-Request": "true"})
        assert refused.status_code == 422
        assert client.post(url, sent | {item.control: "They asked."}).status_code < 500
    assert not FindingAnswer.objects.filter(reason__contains="for it").exists()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["step", "similar", "lint", "answer", "notices"])
def test_a_request_is_utf_8(page: SimpleNamespace, encoding: str, name: str) -> None:
    urls = {
        "step": page.url,
        "answer": reverse("problems:answer", args=[page.problem.pk]),
        "notices": reverse("notices"),
    }
    values = typed(page.shown) | {"title": "\\ud800 +2AA-", "statement": "\\ud800"}
    body = encode_multipart(BOUNDARY, values | {"measures-0-name": "\\ud800 +2AA-"})
    kind = f"multipart/form-data; boundary={BOUNDARY}; charset={encoding}"
    url = urls.get(name) or reverse(f"problems:{name}")
    answer = page.client.generic("POST", url, body, kind)
    assert answer.status_code == 400
    assert page.problem.measures.get().name == "Families who start and give up"


def test_utf_8_may_be_said(page: SimpleNamespace) -> None:
    body = encode_multipart(BOUNDARY, typed(page.shown) | {"measures-0-name": "Días"})
    kind = f"multipart/form-data; boundary={BOUNDARY}; charset=UTF-8"
    assert page.client.generic("POST", page.url, body, kind).status_code == 302
    assert page.problem.measures.get().name == "Días"


def test_invalid_bytes_are_shown_as_such(cast: SimpleNamespace, signed_in: Any) -> None:
    page = desk.opened(signed_in(cast.head), draft_problem(cast), "who")
    body = encode_multipart(BOUNDARY, typed(page.shown) | {"place": "@@"})
    body = body.replace(b"@@", b"Elm\xff\xed\xa0\x80")
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    assert page.client.generic("POST", page.url, body, kind).status_code == 302
    assert desk.saved(page).place.startswith("Elm\ufffd")


# Other people's rows in the body of a request


def test_join_takes_no_draft_of_another_department(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    decisions.accept(sent, by=cast.manager)
    anothers = draft_problem(cast, title="A secret of Parks")
    client, url = signed_in(cast.outsider), reverse("problems:join", args=[sent.pk])
    page = client.get(url, {"from": anothers.pk})
    assert "A secret of Parks" not in words(page)
    client.post(url, {"department": cast.water.pk, "instead_of": anothers.pk})
    client.post(url, {"department": [cast.water.pk, cast.parks.pk], "instead_of": [anothers.pk]})
    anothers.refresh_from_db()
    assert (anothers.state, anothers.same_as_id) == (Problem.State.DRAFT, None)


def test_evidence_is_handed_out_at_its_own_problem_only(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    own, hidden = draft_problem(cast), draft_problem(cast)
    row = hidden.evidence.get()
    row.file.save("a.txt", ContentFile(b"A secret"), save=False)
    row.file_name, row.file_type, row.file_size, row.file_sha256 = "a.txt", "text/plain", 8, "c"
    row.save()
    Problem.objects.filter(pk=hidden.pk).update(department=cast.water)
    client: Client = signed_in(cast.head)
    for problem, key in ((own, row.pk), (hidden, row.pk), (own, 2**63)):
        url = reverse("problems:file", args=[problem.pk, key])
        assert client.get(url).status_code == 404
    there = reverse("problems:file", args=[hidden.pk, row.pk])
    answer = signed_in(cast.outsider).get(there)
    assert b"".join(answer.streaming_content) == b"A secret"
    answer.close()


def test_an_answer_reaches_no_reason_of_another_problem(
    cast: SimpleNamespace, signed_in: Any, returned: Problem
) -> None:
    own, reason = draft_problem(cast), returned.reviews.get().reasons.all()[0]
    url = reverse("problems:answer", args=[own.pk])
    signed_in(cast.head).post(url, {f"answer-{reason.pk}": "Smuggled in."})
    assert not ReasonAnswer.objects.exists()
