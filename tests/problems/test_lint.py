import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import lint_weighing, wording
from problems.lint import Finding, Kind, check, detect_language
from problems.lint_reading import Reading
from problems.wording import CityEntry
from tests.problems import labelled


def kinds(text: str, language: str = "en") -> set[Kind]:
    return {finding.kind for finding in check(text, language)}


def only(text: str, kind: Kind, language: str = "en") -> Finding:
    (finding,) = [found for found in check(text, language) if found.kind == kind]
    return finding


@pytest.mark.parametrize(
    "text",
    [
        "We need a dashboard for the budget office.",
        "The department must procure 30 rugged tablets.",
        "Install noise sensors on Harbor Street.",
        "The county plans to roll out a chatbot in March.",
        "There is no app for the food pantry.",
        "Lack of cameras at the depot.",
        "Inspectors do not have GPS.",
        "Without a data platform we cannot plan.",
        "Staff recommends the purchase of two drones.",
        "A grant for gunshot detection closes on Friday.",
        "Sensors should be installed in all 12 underpasses.",
        "An online portal would let tenants follow their case.",
        "We want to move our archive to the cloud.",
        "The city is building a digital twin of the port.",
        "Potholes wreck 300 tires a month. We need AI to find them.",
        "The fleet has six trackers. The director asks for forty more.",
        "Equip every crew with smart helmets.",
        "Blockchain is the answer.",
        "We will cut waiting times by deploying kiosks.",
        "The council should buy a network of air quality sensors.",
    ],
)
def test_technology_as_the_object_of_need_or_lack_is_technology_first(text: str) -> None:
    assert Kind.TECH_FIRST in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "The dashboard showed the wrong bus for eleven days.",
        "Cameras at the depot were blind all winter, and 14 buses were broken into.",
        "The chatbot sent 90 tenants to the wrong court.",
        "The app crashed during the storm and nobody was warned.",
        "Riders without a bank card cannot pay.",
        "Riders without the app pay two dollars more.",
        "People wait on the platform for 40 minutes without shelter.",
        "A storm cloud formed over the west side and 60 basements flooded.",
        "Smart growth rules did not stop the loss of 200 homes.",
        "Drivers must use the app to pay, and half of them are over 70.",
        "No camera recorded the crash that killed two students.",
        "We need help with the portal: 400 families cannot log in.",
        "We need camera operators for 12 hearings a month.",
        "Since the rollout of the new software, permits take 40 days.",
        "The contractor failed to install the meters and 900 homes were billed twice.",
        "Families need a safe way to reach the clinic.",
        "The city bought kiosks in 2019. Nobody uses them.",
        "Students have no internet at home and do their homework in the car.",
        "The plate reader mistook a zero for an O and officers stopped a family.",
        "We need the sensors fixed before the rain: 40 streets flooded last year.",
        "The library's computers are too slow for 300 job seekers a week.",
        "Seniors lack a place to cool down within a mile of home.",
    ],
)
def test_technology_that_fails_or_is_only_mentioned_is_a_problem(text: str) -> None:
    assert Kind.TECH_FIRST not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "We will be the smartest town in the country.",
        "A game-changing, world-class partnership.",
        "We are thrilled to announce the plan.",
        "The first city in the nation to do so.",
        "Once in a generation we get to reinvent our city.",
        "This will put us on the map!",
        "Our vibrant downtown is the envy of the region.",
    ],
)
def test_praise_without_a_measure_is_hype(text: str) -> None:
    assert Kind.HYPE in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was the longest outage since 2003.",
        "The first bus leaves at seven.",
        "The key to the shelter was lost.",
        "Robust statistics from two surveys agree.",
        "The best of the five clinics sees patients within 20 minutes.",
        "Historic homes on Oak Street flood twice a year.",
        "The rainfall was unprecedented: 11 inches in a day.",
        "Ours was the first city in the state to lose its water.",
        "Crews must unlock the gate by hand.",
        "Traffic deaths hit a record 61.",
    ],
)
def test_measures_and_other_senses_are_no_hype(text: str) -> None:
    assert not kinds(text) & {Kind.HYPE, Kind.ABSOLUTE}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Necesitamos una plataforma para el turismo.", Kind.TECH_FIRST),
        ("La falta de sensores en el puerto.", Kind.TECH_FIRST),
        ("El distrito debe instalar cámaras en la estación.", Kind.TECH_FIRST),
        ("Seremos la mejor ciudad del continente.", Kind.HYPE),
        ("Un plan revolucionario.", Kind.HYPE),
    ],
)
def test_spanish_is_read_too(text: str, kind: Kind) -> None:
    assert kind in kinds(text, "es")


@pytest.mark.parametrize(
    "text",
    [
        "Las cámaras de la estación llevan un año averiadas.",
        "La aplicación se cayó y 300 vecinos perdieron su turno.",
        "Los mayores sin teléfono no pueden pedir cita.",
        "El casco histórico se inunda dos veces al año.",
        "Los vecinos necesitan ayuda con la aplicación.",
    ],
)
def test_spanish_problems_are_left_alone(text: str) -> None:
    assert not kinds(text, "es") & {Kind.TECH_FIRST, Kind.HYPE}


def test_the_closing_need_decides_over_the_opening_problem() -> None:
    text = "Crashes on Route 4 hurt 30 people last year. We need speed cameras."
    finding = only(text, Kind.TECH_FIRST)
    assert finding.quote == "need speed cameras"
    assert text[finding.start : finding.end] == finding.quote


def test_a_finding_explains_itself_in_sentences() -> None:
    finding = only("We need a dashboard.", Kind.TECH_FIRST)
    assert finding.explanation.endswith(".")
    assert finding.suggestion.endswith(".")


def test_absolutes_and_jargon_have_their_own_kinds() -> None:
    assert only("The pilot pays for itself.", Kind.ABSOLUTE).quote == "pays for itself"
    assert only("Crews utilize the yard.", Kind.JARGON).suggestion == "Write “use”."


def test_a_sentence_of_25_words_is_fine_and_one_of_26_is_long() -> None:
    assert Kind.LONG_SENTENCE not in kinds("word " * 24 + "end.")
    long = only("Short one. " + "word " * 25 + "end.", Kind.LONG_SENTENCE)
    assert long.quote.startswith("word")
    assert "26 words" in long.explanation


def test_an_abbreviation_or_a_figure_ends_no_sentence() -> None:
    text = "On St. Mary Ave. the U.S. census of 2.5 people per home " + "and more " * 8 + "ends."
    assert Kind.LONG_SENTENCE in kinds(text)


def test_a_statement_without_number_or_people_is_told_so() -> None:
    assert {Kind.NO_NUMBER, Kind.NO_PEOPLE} <= kinds(
        "Water stands in the low underpass after rain."
    )
    assert not kinds("Tenants of 40 homes had no heat for nine days in January.")
    assert not kinds("Half of the tenants on Pine had no heat for nine days.")


def test_a_title_needs_neither_number_nor_people() -> None:
    assert kinds("Water in the underpass") == set()


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u202e\u202d", "...", "\x00", "¿?", "—"])
def test_nothing_to_read_gives_no_finding(text: str) -> None:
    assert check(text) in ([], check(text, "es"))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("We need a dash\u200bboard.", "need a dash\u200bboard"),
        ("We \u202eneed\u202c a dashboard.", "need\u202c a dashboard"),
        ("We need a DASHBOARD.", "need a DASHBOARD"),
        ("We need an “AI”.", "need an “AI"),
        ("We don’t have a dashboard.", "don’t have a dashboard"),
        ("We need a ｄａｓｈｂｏａｒｄ.", "need a ｄａｓｈｂｏａｒｄ"),
        ("🚲🚲 We need a dashboard.", "need a dashboard"),
        ("ﬁ ﬁ We need a dashboard.", "need a dashboard"),
    ],
)
def test_spans_are_places_in_the_text_as_typed(text: str, quote: str) -> None:
    finding = only(text, Kind.TECH_FIRST)
    assert finding.quote == quote
    assert text[finding.start : finding.end] == finding.quote


def test_accents_count_neither_composed_nor_decomposed_nor_missing() -> None:
    for cameras in ("cámaras", "ca\u0301maras", "camaras"):
        assert Kind.TECH_FIRST in kinds(f"Queremos instalar {cameras} en la plaza.", "es")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=400), st.sampled_from(["en", "es"]))
def test_any_text_is_read_and_spans_lie_within_it(text: str, language: str) -> None:
    for finding in check(text, language):
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.quote


@settings(deadline=None)
@given(st.lists(st.sampled_from("we need no a to , . first app will be ! smart the".split())))  # noqa: SIM905
def test_findings_of_one_kind_do_not_overlap(words: list[str]) -> None:
    last: dict[Kind, int] = {}
    for finding in check(" ".join(words)):
        if finding.kind in {Kind.TECH_FIRST, Kind.HYPE, Kind.ABSOLUTE, Kind.JARGON}:
            assert finding.start >= last.get(finding.kind, 0)
            last[finding.kind] = finding.end


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words for 'fr'"):
        check("Bonjour", "fr")


def test_the_language_is_detected() -> None:
    assert detect_language("The last bus leaves at six and it is full.") == "en"
    assert detect_language("El agua no llega a las casas de la colina.") == "es"
    assert detect_language("") == "en"


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
def test_every_weight_can_be_read_and_names_a_sense_or_a_word(kind: Kind) -> None:
    weights = lint_weighing.weights()[kind]
    assert len(weights.signs) > 500
    assert all(-9 < weight < 9 for weight in weights.signs.values())


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


def test_a_text_that_is_hard_to_read_is_told_so() -> None:
    hard = (
        "Recertification irregularities proliferated throughout municipal administration, "
        "notwithstanding intergovernmental coordination initiatives, necessitating comprehensive "
        "organizational accountability determinations regarding approximately 113 beneficiaries "
        "experiencing considerable deprivation, disproportionately elderly tenants without income. "
        "Deterioration accelerated considerably."
    )
    finding = only(hard, Kind.HARD_TO_READ)
    assert finding.explanation.startswith("Reads at grade ")
    assert Kind.HARD_TO_READ not in kinds("Tenants of 40 homes had no heat for nine days. " * 5)
    assert Kind.HARD_TO_READ not in kinds("Recertification irregularities proliferated.")


def calls(text: str) -> int:
    """How many functions are called to check a text: its work, whatever the machine."""
    count = 0

    def counted(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        check(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "need ",
        "no, ",
        "app ",
        "to install a ",
        "smart city ",
        "a.",
        "1.",
        "!",
        "\n ",
        "d\u200b",
        "'",
    ],
)
def test_hostile_repetition_takes_linear_work(piece: str) -> None:
    short, long = piece * (4_000 // len(piece)), piece * (32_000 // len(piece))
    check(short + long)
    # Eight times the text; quadratic work would be 64 times as much.
    assert calls(long) < 12 * calls(short) + 2_000


def test_a_megabyte_is_read() -> None:
    text = "Tenants of 40 homes had no heat. We need a dashboard.\n\n" * 18_500
    assert len(text) > 1_000_000
    counts = Counter(finding.kind for finding in check(text))
    assert counts == {Kind.TECH_FIRST: 18_500}


def test_the_check_agrees_with_the_statements_it_was_made_with() -> None:
    for kind in labelled.LABELLED_KINDS:
        found = labelled.agreement(labelled.rows(labelled.DEVELOPMENT), kind)
        assert found.precision >= 0.97
        assert found.recall >= 0.95


@pytest.mark.skipif(not labelled.HELD_BACK.exists(), reason="There are no held-back statements.")
def test_the_check_agrees_with_statements_nobody_developing_it_has_seen() -> None:
    statements = labelled.rows(labelled.HELD_BACK)
    least = {Kind.TECH_FIRST: 0.90, Kind.HYPE: 0.85}
    for kind in labelled.LABELLED_KINDS:
        found = labelled.agreement(statements, kind)
        assert found.f1 >= least[kind], found
        assert found.alarms_plain <= 0.02, found
        assert found.alarms_technology <= 0.05, found


def test_at_least_half_of_the_labelled_statements_are_harmless() -> None:
    statements = labelled.rows(labelled.DEVELOPMENT)
    harmless = [row for row in statements if row["label_kind"].startswith("problem_")]
    assert len(statements) >= 300
    assert len(harmless) * 2 >= len(statements)
    assert all(row["source"] for row in statements)
    assert len({row["id"] for row in statements}) == len(statements)
