"""Phrases arranged for look-up, and the forms of nouns and verbs that the data leaves out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from problems.wording.tokens import read

# A set of phrases: the first word leads to the possible rests, the longest first.
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]


def items(value: str | Sequence[str]) -> list[str]:
    """Return the phrases of an entry, which the data gives as a list or with commas between."""
    if not isinstance(value, str):
        return list(value)
    return [item.strip() for item in value.split(",") if item.strip()]


def split(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared."""
    return tuple(token.word for token in read(phrase))


def phrases(entries: Iterable[str]) -> Phrases:
    """Arrange phrases for look-up by their first word."""
    table: dict[str, set[tuple[str, ...]]] = {}
    for entry in entries:
        first, *rest = split(entry)
        table.setdefault(first, set()).add(tuple(rest))
    return {first: tuple(sorted(rests, key=len, reverse=True)) for first, rests in table.items()}


def plurals(noun: str, language: str) -> set[str]:
    """Return the regular plurals of a noun. In Spanish the adjectives follow the noun."""
    if language == "en":
        return {english_plural(noun)}
    first, *rest = [word + ("s" if word[-1] in "aeiou" else "es") for word in noun.split()]
    return {" ".join([first, *noun.split()[1:]]), " ".join([first, *rest])}


def english_plural(noun: str) -> str:
    """Return the regular plural of an English noun, which is also its form as a verb: "buys"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def verb_forms(verb: str, language: str) -> Iterator[tuple[str, str]]:
    """The regular forms of a verb, each with the ending of its sense: ("-ing", "adding")."""
    return _spanish(verb) if language == "es" else _english(verb)


def _english(verb: str) -> Iterator[tuple[str, str]]:
    first, _, rest = verb.partition(" ")
    stem = first.removesuffix("e")
    past = f"{stem}ed"
    if first.endswith("y") and first[-2] not in "aeiou":
        past = first[:-1] + "ied"
    forms = (("", first), ("-s", english_plural(first)), ("-ing", f"{stem}ing"), ("-ed", past))
    for ending, form in forms:
        yield ending, f"{form} {rest}".strip()


def _spanish(verb: str) -> Iterator[tuple[str, str]]:
    stem, kind = verb[:-2], verb[-2:]
    a_verb = kind == "ar"
    subjunctive = _before_e(stem) if a_verb else stem[:-1] + "zc" if stem.endswith("c") else stem
    past = "o aron ado ada ados adas" if a_verb else "io ieron ido ida idos idas"
    rows = {
        "": [verb],
        "-s": [f"{stem}{end}" for end in ("a an amos" if a_verb else f"e en {kind[0]}mos").split()],
        "-sub": [f"{subjunctive}{end}" for end in ("e en emos" if a_verb else "a an amos").split()],
        "-fut": [f"{verb}{end}" for end in ("a", "an", "emos", "ia", "ian", "iamos")],
        "-ing": [f"{stem}{'ando' if a_verb else 'iendo'}"],
        "-ed": [f"{stem}{end}" for end in past.split()],
    }
    for ending, forms in rows.items():
        for form in forms:
            yield ending, form


def _before_e(stem: str) -> str:
    """Return the stem of an -ar verb as it is spelled before e: coloqu-, entregu-, alc-."""
    for written, before_e in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(written):
            return stem[:-1] + before_e
    return stem
