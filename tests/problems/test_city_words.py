"""The city's own words: kept with a reason, tried on their example, in force at once."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.models import History
from problems import city_words, lint, marks, word_lists
from problems.marks import Stale
from problems.models import CityWord
from tests.factories import city_word
from tests.pages import words

PRODUCT = {
    "words": "CivicFlow",
    "kind": "technology",
    "language": "en",
    "reason": "A product: say what people need instead.",
    "example": "We need CivicFlow for permits.",
    "suggestion": "",
}
NAME = PRODUCT | {
    "words": "Innovation Way",
    "kind": "fine",
    "reason": "A street of ours.",
    "example": "The parade goes down Innovation Way.",
}

SLOGAN = PRODUCT | {
    "words": "Riverbend Rising",
    "kind": "hype",
    "reason": "The slogan of a campaign.",
    "example": "Riverbend Rising reaches every neighborhood.",
}


def kinds(text: str) -> set[str]:
    return {str(item.kind) for item in lint.check(text, "en", additions=city_words.entries())}


def test_a_product_counts_as_technology_from_then_on(cast: SimpleNamespace) -> None:
    assert kinds("Clerks need CivicFlow.") == set()
    city_words.add(**PRODUCT, by=cast.administrator)
    assert "tech_first" in kinds("Clerks need CivicFlow.")
    assert "tech_first" not in kinds("CivicFlow crashes every day.")
    assert History.objects.get(table="problems_cityword").user_id == cast.administrator.pk


def test_a_name_that_is_fine_here_is_never_advised_on(cast: SimpleNamespace) -> None:
    assert "hype" in kinds(NAME["example"])
    city_words.add(**NAME, by=cast.administrator)
    assert "hype" not in kinds(NAME["example"])
    assert "hype" in kinds("An innovative way to pay.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"example": "Clerks wait for nine days."}, "example"),
        ({"kind": "fine", "example": "We meet at CivicFlow."}, "example"),
        ({"kind": "poetry"}, "kind"),
        ({"words": "..."}, "words"),
        ({"words": "the"}, "words"),
        ({"words": "CivicFlow, Inc."}, "words"),
    ],
)
def test_words_that_do_nothing_are_refused(
    cast: SimpleNamespace, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        city_words.add(**PRODUCT | changes, by=cast.administrator)
    assert field in refusal.value.message_dict
    assert not CityWord.objects.exists()


def test_the_city_has_a_word_once_in_a_language(cast: SimpleNamespace) -> None:
    city_words.add(**PRODUCT, by=cast.administrator)
    with pytest.raises(ValidationError, match="has this word already"):
        city_words.add(**PRODUCT | {"words": "civicflow"}, by=cast.administrator)


def test_the_later_of_two_administrators_is_told(cast: SimpleNamespace) -> None:
    word = city_words.add(**PRODUCT, by=cast.administrator)
    seen = marks.of_row(word)
    newer = PRODUCT | {"reason": "Bought in 2019."}
    city_words.change(word, **newer, seen=seen, by=cast.administrator)
    with pytest.raises(Stale):
        city_words.change(word, **PRODUCT, seen=seen, by=cast.administrator)
    with pytest.raises(Stale):
        city_words.remove(word, seen=seen, by=cast.administrator)
    word.refresh_from_db()
    city_words.remove(word, seen=marks.of_row(word), by=cast.administrator)
    with pytest.raises(ValidationError, match="Somebody removed these words"):
        city_words.remove(word, seen=seen, by=cast.administrator)


# Pages


def test_an_administrator_adds_changes_and_removes_words(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.administrator)
    page = client.post(reverse("problems:word_new"), PRODUCT, follow=True)
    assert "“CivicFlow” counts from now on." in words(page.text)
    word = CityWord.objects.get()
    url = reverse("problems:word_change", args=[word.pk])
    changed = PRODUCT | {"suggestion": "Say what clerks do.", "seen": marks.of_row(word)}
    assert client.post(url, changed).status_code == 302
    stale = client.post(url, changed | {"suggestion": "Say it plainly."})
    assert stale.status_code == 409
    assert "Say what clerks do." in words(stale.text)
    word.refresh_from_db()
    url = reverse("problems:word_remove", args=[word.pk])
    assert client.post(url, {"seen": "old"}).status_code == 409
    assert client.post(url, {"seen": marks.of_row(word)}).status_code == 302
    assert not CityWord.objects.exists()


def test_a_word_whose_example_does_not_show_it_is_an_error_at_the_example(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    form = PRODUCT | {"example": "Clerks wait for nine days."}
    answer = signed_in(cast.administrator).post(reverse("problems:word_new"), form)
    assert answer.status_code == 422
    assert 'href="#id_example"' in answer.text
    assert "A product: say what people need instead." in words(answer.text)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_text_is_tried_with_the_citys_words(
    cast: SimpleNamespace, signed_in: Any, headers: dict[str, str]
) -> None:
    city_words.add(**PRODUCT, by=cast.administrator)
    city_words.add(**SLOGAN, by=cast.administrator)
    client, url = signed_in(cast.head), reverse("problems:words_try")
    text = "The board needs CivicFlow. Riverbend Rising reaches everybody."
    answer = client.post(url, {"text": text}, headers=headers)
    assert answer.status_code == 200
    assert "needs CivicFlow</mark>" in words(answer.text)
    assert "The slogan of a campaign." in words(answer.text)
    assert ("<html" in answer.text) == (not headers)


def test_script_in_a_word_is_text(cast: SimpleNamespace, signed_in: Any) -> None:
    city_word("<script>alert(1)</script>", reason="<img src=x>")
    page = signed_in(cast.administrator).get(reverse("problems:words")).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_the_list_asks_the_database_as_often_for_three_as_for_fifty(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client, url, counts = signed_in(cast.administrator), reverse("problems:words"), []
    for wanted in (3, 50):
        for number in range(CityWord.objects.count(), wanted):
            city_word(f"Product {number:02d}")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).text
        assert page.count('<th role="rowheader"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_citys_words_are_filtered(cast: SimpleNamespace, signed_in: Any) -> None:
    city_word("CivicFlow")
    city_word("Innovation Way", kind=CityWord.Kind.FINE)
    client, url = signed_in(cast.head), reverse("problems:words")
    page = words(client.get(url, {"kind": "fine"}).text)
    assert "Innovation Way" in page
    assert "CivicFlow" not in page
    assert "None of the city’s words fits" in words(client.get(url, {"q": "nothing"}).text)
    assert "CivicFlow" in client.get(url, {"kind": "poetry", "language": "xx"}).text


# The words that come with the check


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_entry_says_why_and_shows_a_sentence(language: str) -> None:
    entries = word_lists.entries(language)
    assert len(entries) > 20
    assert {entry.topic for entry in entries} == set(word_lists.TOPICS.values())
    for entry in entries:
        assert entry.words, entry
        assert entry.reason.endswith("."), entry
        assert entry.example, entry


def test_the_lists_are_searched(cast: SimpleNamespace, signed_in: Any) -> None:
    client, url = signed_in(cast.head), reverse("problems:words_built_in")
    page = words(client.get(url, {"q": "World-Class", "topic": "Hype"}).text)
    assert "world class" in page or "world-class" in page
    assert "Office language" not in page
    assert "No entry has these words" in words(client.get(url, {"q": "zzzz"}).text)
    assert client.get(url, {"page": "99", "language": "es"}).status_code == 200
