import pytest

from problems.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("bus", 1),
        ("heat", 1),
        ("walked", 1),
        ("wanted", 2),
        ("makes", 1),
        ("table", 2),
        ("safely", 2),
        ("statement", 2),
        ("resident", 3),
        ("museum", 3),
        ("municipal", 4),
        ("can’t", 1),
        ("DON'T", 1),
        ("2018", 1),
    ],
)
def test_english_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("sol", 1),
        ("ciudad", 2),
        ("día", 2),
        ("di\u0301a", 2),
        ("que", 1),
        ("aplicación", 4),
        ("bahía", 3),
        ("averiguáis", 4),
        ("y", 1),
    ],
)
def test_spanish_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word, "es") == count


def test_short_words_in_short_sentences_read_at_a_low_grade() -> None:
    found = grade("The bus is late. We wait in the rain. It is cold.")
    assert found is not None
    assert (found.words, found.sentences) == (12, 3)
    # 0.39 * 4 + 11.8 * 12 / 12 - 15.59
    assert found.score == pytest.approx(-2.23)
    assert found.label == "Reads at grade 1"
    assert not found.is_hard


def test_long_words_in_long_sentences_read_at_a_high_grade() -> None:
    found = grade(
        "Municipal administrators acknowledged considerable organizational irregularities "
        "throughout recertification proceedings, notwithstanding intergovernmental coordination."
    )
    assert found is not None
    assert found.is_hard
    assert found.label.startswith("Reads at grade ")


def test_spanish_is_read_on_its_own_scale() -> None:
    easy = grade("El bus va lleno. Hay que ir a pie. Son dos km.", "es")
    hard = grade(
        "La implementación de procedimientos administrativos interdepartamentales imposibilita "
        "considerablemente la tramitación de solicitudes extraordinarias municipales.",
        "es",
    )
    assert easy is not None
    assert hard is not None
    assert not easy.is_hard
    assert easy.label.startswith("Reads as very easy in Spanish (INFLESZ ")
    assert hard.is_hard
    assert hard.label.startswith("Reads as very hard in Spanish (INFLESZ ")


@pytest.mark.parametrize("text", ["", " ", "...", "\u200b"])
def test_a_text_without_words_has_no_grade(text: str) -> None:
    assert grade(text) is None


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no measure of reading for 'fr'"):
        grade("Bonjour", "fr")
