import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.lint import Kind, check, detect_language
from problems.wording.explaining import LONGEST_QUOTE
from tests.problems.linting import kinds, only


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
    assert finding.quote == "We need speed cameras"
    assert text[finding.start : finding.end] == finding.quote


def test_a_need_that_opens_the_text_is_found_over_the_problem_that_follows() -> None:
    text = (
        "We need a new fleet management system because mechanics find out about failing brakes and "
        "batteries when the truck is already on a route. Crews then wait for a spare truck and "
        "streets are missed."
    )
    finding = only(text, Kind.TECH_FIRST)
    assert finding.quote == "We need a new fleet management system"
    assert finding.explanation == (
        "This asks for a solution. It does not say what is wrong for people."
    )


@pytest.mark.parametrize(
    ("title", "is_found"),
    [
        ("Fix the crashing permit portal", False),
        ("Permit counter, city hall", False),
        ("Half of the plans for new homes get their first review on time", False),
        ("New booking app for picnic sites", True),
        ("Drones over the reservoir", True),
    ],
)
def test_a_title_may_name_what_fails_but_not_what_is_wanted(title: str, is_found: bool) -> None:
    assert (Kind.TECH_FIRST in kinds(title)) == is_found


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
        ("We need a dash\u200bboard.", "We need a dash\u200bboard"),
        ("We \u202eneed\u202c a dashboard.", "We \u202eneed\u202c a dashboard"),
        ("We need a DASHBOARD.", "We need a DASHBOARD"),
        ("We need an “AI”.", "We need an “AI"),
        ("We don’t have a dashboard.", "We don’t have a dashboard"),
        ("We need a ｄａｓｈｂｏａｒｄ.", "We need a ｄａｓｈｂｏａｒｄ"),
        ("🚲🚲 We need a dashboard.", "We need a dashboard"),
        ("ﬁ ﬁ We need a dashboard.", "We need a dashboard"),
    ],
)
def test_spans_are_places_in_the_text_as_typed(text: str, quote: str) -> None:
    finding = only(text, Kind.TECH_FIRST)
    assert finding.quote == quote
    assert text[finding.start : finding.end] == finding.quote


def test_accents_count_neither_composed_nor_decomposed_nor_missing() -> None:
    for cameras in ("cámaras", "ca\u0301maras", "camaras"):
        assert Kind.TECH_FIRST in kinds(f"Queremos instalar {cameras} en la plaza.", "es")


def test_a_quotation_is_short_though_its_sentence_is_long() -> None:
    text = (
        "After a year of meetings in which neighbors from nine blocks told the council how long "
        "they wait for an answer about their trees, staff recommends that the city buy an "
        "interactive map of trees from a vendor in the next fiscal year, with training for six."
    )
    for found in check(text):
        if found.kind in {Kind.TECH_FIRST, Kind.HYPE}:
            assert len(found.quote.split()) <= LONGEST_QUOTE
    assert only(text, Kind.TECH_FIRST).quote == "buy an interactive map"


def test_the_same_words_are_reported_once() -> None:
    only("We need a dashboard. " * 5, Kind.TECH_FIRST)


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
