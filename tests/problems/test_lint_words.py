import pytest

from problems import wording
from problems.lint import Kind, check
from problems.wording import CityEntry, explaining, weighing
from problems.wording.reading import Reading
from tests.problems import labelled
from tests.problems.linting import kinds, only


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_rule_fires_on_its_example_and_not_on_its_harmless_sentence(language: str) -> None:
    words = wording.load(language)
    for rule in words.rules:
        reading = Reading(rule.example, words, language)
        assert rule in [match for _, _, match in reading.matches], rule.example
        assert Kind(rule.kind) not in kinds(rule.harmless, language), rule.harmless
        assert rule.reason.endswith(".")
        assert rule.suggestion.endswith(".")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_sense_has_a_reason_and_an_example_that_holds_one_of_its_words(language: str) -> None:
    data = wording.data(language)
    for sense, entry in {**data["senses"], **data["verbs"]}.items():
        reading = Reading(entry["example"], wording.load(language), language)
        found = {name.partition("-")[0] for senses in reading.senses for name, _ in senses}
        assert sense in found, (sense, entry["example"])
        assert entry["reason"].endswith(".")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_name_and_class_has_a_reason_and_an_example(language: str) -> None:
    data = wording.data(language)
    for entry in [*data["names"], *data["classes"].values()]:
        assert entry["reason"].endswith("."), entry
        assert entry["example"], entry


@pytest.mark.parametrize("kind", [Kind.TECH_FIRST, Kind.HYPE])
def test_every_weight_can_be_read(kind: Kind) -> None:
    weights = weighing.weights()[kind]
    assert -9 < weights.start < 0
    assert len(weights.signs) > 500
    assert all(0.2 <= abs(weight) < 20 for weight in weights.signs.values())


def test_a_weighed_word_stands_in_a_labelled_statement() -> None:
    """Nothing is in the weights that the labelled statements do not show."""
    words = {
        token.word
        for row in labelled.rows(labelled.DEVELOPMENT)
        for token in wording.read(row["text"])
    }
    signs = {sign for weights in weighing.weights().values() for sign in weights.signs}
    assert {sign[1] for sign in signs if sign[0] == "whole"} <= words


def city(kind: str, words: str, **values: str) -> CityEntry:
    given = {"language": "en", "reason": "A name of ours.", "example": f"We need {words} now."}
    return CityEntry(kind=kind, words=words, **(given | values))


def test_a_city_adds_names_of_technology() -> None:
    text = "The department wants to buy two Zorblatts for the marina."
    assert Kind.TECH_FIRST in {
        found.kind for found in check(text, "en", [city("technology", "Zorblatt")])
    }
    broken = "The Zorblatt at the marina broke in May and 40 boats could not dock."
    assert Kind.TECH_FIRST not in {
        found.kind for found in check(broken, "en", [city("technology", "Zorblatt")])
    }


def test_what_a_city_says_of_its_technology_stands_in_the_finding() -> None:
    text = "Tenants of 40 homes wait nine days. The department wants to buy two Zorblatts."
    entry = city("technology", "Zorblatt", reason="We own six.", suggestion="Ask the yard first.")
    (finding,) = [found for found in check(text, "en", [entry]) if found.kind == Kind.TECH_FIRST]
    assert finding.quote.endswith("buy two Zorblatts")
    assert (finding.explanation, finding.suggestion) == ("We own six.", "Ask the yard first.")
    other = only("The department wants to buy two drones.", Kind.TECH_FIRST)
    assert other.explanation != "We own six."
    assert other.suggestion == wording.data("en")["rules"]["tech_first"]["suggestion"]


def test_the_advice_on_solutions_is_the_same_wherever_it_comes_from() -> None:
    for language in wording.LANGUAGES:
        rules = wording.data(language)["rules"]
        assert rules["tech_first"]["suggestion"] == explaining.TECH_SUGGESTION
        assert rules["hype"]["suggestion"] == explaining.HYPE_SUGGESTION


@pytest.mark.parametrize("kind", ["hype", "absolute", "jargon"])
def test_a_city_adds_words_that_are_always_reported(kind: str) -> None:
    text = "Forty tenants had no heat in Riverglow for nine days."
    entry = city(kind, "Riverglow", reason="Our old slogan.", suggestion="Name the street.")
    (finding,) = check(text, "en", [entry])
    assert (finding.kind, finding.quote) == (kind, "Riverglow")
    assert (finding.explanation, finding.suggestion) == ("Our old slogan.", "Name the street.")
    assert check(text, "es", [entry]) == check(text, "es")


def test_a_city_names_what_is_never_reported() -> None:
    text = "Forty tenants on Best-in-Class Boulevard had no heat for nine days."
    assert Kind.HYPE in kinds("Our best in class team!")
    entry = city("fine", "Best in Class Boulevard")
    assert check(text, "en", [entry]) == []
    pride = "The world class, visionary, smartest Smart Street."
    quotes = [found.quote for found in check(pride, "en", [city("fine", "Smart Street")])]
    assert not any("Smart Street" in quote for quote in quotes[:1])


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (city("technology", ""), "Write the words to look for."),
        (
            city("technology", "the"),
            "“the” is in nearly every text. Write a name or a longer phrase.",
        ),
        (city("hype", "a b c d e f g"), "Shorten the words: at most 6 are looked for together."),
        (
            city("hype", "new, bold"),
            "Write the words alone, with no comma, full stop or quotation mark.",
        ),
        (city("hype", "bold", reason=" "), "Say why. People read it as the explanation."),
        (
            city("fine", "Smart Street", example=""),
            "Write a sentence with the words as an example.",
        ),
        (
            city("fine", "Smart Street", example="Smart people on the street."),
            "The example does not contain “Smart Street”. Write a sentence that does.",
        ),
        (
            city("hope", "bold"),
            "Choose what the words are: technology, hype, absolute, jargon, fine.",
        ),
        (city("hype", "bold", language="fr"), "Choose English or Spanish."),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(entry: CityEntry, fault: str) -> None:
    assert wording.faults(entry) == [fault]


def test_an_entry_whose_example_has_its_plural_is_fine() -> None:
    assert wording.faults(city("technology", "Zorblatt", example="We need Zorblatts.")) == []
