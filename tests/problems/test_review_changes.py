"""What a reviewer reads when a statement comes again: what was asked, answered and changed."""

import html
import re
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from problems.models import Problem
from problems.review import answers, decisions
from tests.problems.pages import words


def review_url(problem: Problem) -> str:
    return reverse("problems:review", args=[problem.pk])


def rewritten(cast: SimpleNamespace, sent: Problem) -> Problem:
    """Return it for three reasons, answer one, change two places, and send it again."""
    reasons = [("", "Nearly there."), ("place", "Which streets?"), ("causes", "Ask at the desk.")]
    decisions.send_back(sent, reasons=reasons, by=cast.manager)
    sent.refresh_from_db()
    asked = answers.open_reasons(sent)[1].reason
    answers.answer_reason(asked, answer="The two that flood.", by=cast.head)
    sent.statement = sent.statement.replace("nine days", "eleven days")
    sent.place = "Elm Street and Oak Street"
    sent.save()
    sent.causes.create(cause="Nobody answers the phone", basis="observed")
    return decisions.submit(sent, by=cast.head, on=timezone.localdate())


def test_what_changed_stands_beside_the_reason_it_answers(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    again = rewritten(cast, sent)
    page = plain(signed_in(cast.manager).get(review_url(again)))
    news = page[page.index("Since it was read last") : page.index("The problem Parents who")]
    assert "3 fields changed since it was sent on" in news
    place = news[news.index("Where it happens Asked: Which streets?") :]
    assert place.startswith(
        "Where it happens Asked: Which streets? Answer: The two that flood. "
        "Taken out: City-wide . Added: Elm Street and Oak Street ."
    )
    assert "Asked: Ask at the desk. No answer was written. Cause 2, added" in news
    assert "Asked: Nearly there. No answer was written." in news
    also = news[news.rindex("Cause 2, added") :]
    assert "wait up to Taken out: nine . Added: eleven . days for an answer." in also


def plain(response: Any) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.text)).split())


def test_a_statement_that_is_sent_for_the_first_time_has_no_news(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    assert "Since it was read last" not in words(signed_in(cast.manager).get(review_url(sent)))


def test_each_sending_can_be_read_and_compared(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    again = rewritten(cast, sent)
    decisions.accept(again, by=cast.manager)
    client = signed_in(cast.council)
    detail = plain(client.get(again.get_absolute_url()))
    told = detail[detail.index("Sent and decided") :]
    turns = ["Sent to review", "Returned", "Which streets?", "Answer: The two", "See what changed"]
    places = [told.index(turn) for turn in [*turns, "Accepted"]]
    assert places == sorted(places)

    def changes(number: int) -> Any:
        return client.get(reverse("problems:changes", args=[again.pk, number]))

    first = plain(changes(1))
    assert "It was sent for the first time. This is what it said." in first
    assert "Where it happens City-wide" in first
    assert "Added:" not in first
    assert "What was sent after" in first
    second = plain(changes(2))
    assert "3 fields changed since it was sent on" in second
    assert "Taken out: City-wide . Added: Elm Street and Oak Street ." in second
    for number in (0, 3, 10**20):
        assert changes(number).status_code == 404


def test_characters_that_nobody_sees_do_not_hide_a_change(
    cast: SimpleNamespace, signed_in: Any, sent: Problem
) -> None:
    decisions.send_back(sent, reasons=[("", "Again.")], by=cast.manager)
    sent.refresh_from_db()
    sent.place = "City\u200b-wide\u202e<script>alert(1)</script>"
    sent.save()
    again = decisions.submit(sent, by=cast.head, on=timezone.localdate())
    page = words(signed_in(cast.manager).get(review_url(again)))
    assert "City[U+200B]-wide[U+202E]&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_long_conversation_takes_as_many_queries_as_a_short_one(
    cast: SimpleNamespace, signed_in: Any, sent: Problem, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.manager)
    counts: list[list[int]] = []
    for rows in (3, 50):
        reasons = [("place", f"Reason {number}") for number in range(rows)]
        decisions.send_back(sent, reasons=reasons, by=cast.manager)
        sent.refresh_from_db()
        for asked in answers.open_reasons(sent):
            answers.answer_reason(asked.reason, answer="Done.", by=cast.head)
        for number in range(rows):
            sent.causes.create(cause=f"Cause {number}", basis="observed")
        sent = decisions.submit(sent, by=cast.head, on=timezone.localdate())
        pages = (review_url(sent), sent.get_absolute_url(), changes_url(sent))
        counts.append([])
        for page in pages:
            client.get(page)
            with django_assert_max_num_queries(26) as queries:
                assert client.get(page).status_code == 200
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]


def changes_url(problem: Problem) -> str:
    return reverse("problems:changes", args=[problem.pk, 2])
