"""Problems that sound alike: found by the words that tell, never beyond what a person may read."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from portfolio.models import User
from problems.models import Problem
from problems.review import decisions
from problems.similar import similar_to, text_of
from tests.factories import defined_problem, draft_problem, fill_problem
from tests.problems.pages import words

BUSES = "Seniors in the hills miss the last bus and cannot get home from the clinic."
URL = "/problems/similar/"


@pytest.fixture
def buses(cast: SimpleNamespace) -> Problem:
    """A defined problem of Parks, beside others that share its everyday words."""
    defined_problem(cast, title="Dark paths", statement="People fall on dark paths in the park.")
    defined_problem(cast, title="Cold homes", statement="Tenants cannot heat their homes.")
    return defined_problem(cast, title="Seniors miss the last bus", statement=BUSES)


def alike(text: str, user: User, **asked: Any) -> list[str]:
    return [found.problem.title for found in similar_to(text, user=user, **asked)]


def test_what_shares_rare_words_is_found_and_the_rest_is_not(
    cast: SimpleNamespace, buses: Problem
) -> None:
    typed = "Older people wait at the clinic because the last bus has left the hills."
    assert alike(typed, cast.outsider) == ["Seniors miss the last bus"]


def test_the_most_alike_stands_first(cast: SimpleNamespace, buses: Problem) -> None:
    defined_problem(cast, title="Bus shelters leak", statement="Seniors wait in the rain.")
    typed = "Seniors miss the bus and cannot get home"
    assert alike(typed, cast.outsider) == ["Seniors miss the last bus", "Bus shelters leak"]
    assert alike(typed, cast.outsider, limit=1) == ["Seniors miss the last bus"]


@pytest.mark.parametrize(
    "typed",
    [
        "The bus driver cannot read the paper map of the northern suburbs",
        "and the of with",
        "",
        "!!! '; -- \x00 :* & |",
        "🚌🚌🚌",
        "12 2025 7.5",
    ],
)
def test_one_shared_word_of_many_and_words_that_say_nothing_find_nothing(
    cast: SimpleNamespace, buses: Problem, typed: str
) -> None:
    assert alike(typed, cast.outsider) == []


def test_a_first_word_finds_something(cast: SimpleNamespace, buses: Problem) -> None:
    assert alike("Buses", cast.outsider) == ["Seniors miss the last bus"]


def test_spanish_is_read_as_spanish(cast: SimpleNamespace) -> None:
    said = "Las familias esperan nueve días la respuesta de la piscina."
    defined_problem(cast, title="Familias que esperan", statement=said)
    typed = "Una familia espera semanas por las piscinas"
    assert alike(typed, cast.outsider) == ["Familias que esperan"]


def test_a_megabyte_is_cut(cast: SimpleNamespace, buses: Problem) -> None:
    assert alike(f"{BUSES} " + "word " * 200_000, cast.outsider) != []


def test_words_that_most_have_say_nothing(cast: SimpleNamespace) -> None:
    common = "Residents wait for answers"
    author = {"department": cast.parks, "author": cast.head, "statement": common}
    Problem.objects.bulk_create(Problem(title=f"P{n}", **author) for n in range(60))
    assert alike("Residents wait for answers", cast.head) == []
    special = draft_problem(cast, title="Sirens fail", statement="Sirens fail and residents wait")
    assert alike("The sirens fail: residents wait", cast.head) == [special.title]


def test_a_problem_is_not_like_itself_nor_like_a_retired_one(
    cast: SimpleNamespace, buses: Problem
) -> None:
    assert alike(text_of(buses), cast.outsider, problem=buses) == []
    with cast.head.changing():
        Problem.objects.filter(pk=buses.pk).update(state="retired")
    assert alike(BUSES, cast.head) == []


# Who may see what


def test_another_departments_draft_is_not_found(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast, title="Seniors miss the last bus", statement=BUSES)
    assert alike(BUSES, cast.outsider) == alike(BUSES, cast.manager) == []
    assert alike(BUSES, cast.head) == [problem.title]
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    assert alike(BUSES, cast.outsider) == []
    assert alike(BUSES, cast.manager) == [problem.title]


def test_hidden_drafts_do_not_change_what_is_found(cast: SimpleNamespace, buses: Problem) -> None:
    before = alike(BUSES, cast.outsider)
    hidden = {"department": cast.parks, "author": cast.head, "statement": BUSES}
    Problem.objects.bulk_create(Problem(title=f"Hidden {n}", **hidden) for n in range(80))
    assert alike(BUSES, cast.outsider) == before


def test_only_those_who_may_join_are_offered_to(cast: SimpleNamespace, buses: Problem) -> None:
    offered = {
        person: similar_to(BUSES, user=getattr(cast, person))[0].may_join
        for person in ("outsider", "head", "manager")
    }
    assert offered == {"outsider": True, "head": False, "manager": False}


def test_it_takes_three_queries(
    cast: SimpleNamespace, buses: Problem, django_assert_max_num_queries: Any
) -> None:
    user = User.objects.with_duties().get(pk=cast.outsider.pk)
    with django_assert_max_num_queries(3):
        assert similar_to(BUSES, user=user)


# The page, and the answers while somebody types


def test_the_page_says_whose_it_is_and_offers_to_join(
    cast: SimpleNamespace, signed_in: Any, buses: Problem
) -> None:
    own = fill_problem(Problem.objects.create(department=cast.water, author=cast.outsider))
    client = signed_in(cast.outsider)
    page = words(client.get(URL, {"problem": own.pk, "statement": BUSES}))
    join = reverse("problems:join", args=[buses.pk])
    for text in (
        f'<a href="{buses.get_absolute_url()}">Seniors miss the last bus</a>',
        "Parks",
        "Defined",
        "Seniors in the hills miss the last bus",
        f'href="{join}?from={own.pk}" >Ours is the same',
        "One problem sounds alike.",
    ):
        assert text in page, text
    client.force_login(cast.manager)
    read = words(client.get(URL, {"statement": BUSES}))
    assert "Seniors miss the last bus</a>" in read
    assert "Ours is the same" not in read


def test_a_saved_draft_is_compared_where_nothing_is_typed(
    cast: SimpleNamespace, signed_in: Any, buses: Problem
) -> None:
    own = Problem.objects.create(
        department=cast.water, author=cast.outsider, title="The last bus", statement=BUSES
    )
    client = signed_in(cast.outsider)
    assert "Seniors miss the last bus</a>" in words(client.get(URL, {"problem": own.pk}))
    other = draft_problem(cast, title="Secret fountain")
    page = words(client.get(URL, {"problem": other.pk}))
    assert "Secret fountain" not in page
    assert "Say in a sentence what goes wrong" in page


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "0"])
def test_an_address_that_cannot_be_read_is_answered(
    cast: SimpleNamespace, signed_in: Any, key: str
) -> None:
    assert signed_in(cast.head).get(URL, {"problem": key}).status_code == 200


def test_while_typing_comes_the_list_alone_and_the_same_list_only_once(
    cast: SimpleNamespace, signed_in: Any, buses: Problem
) -> None:
    client = signed_in(cast.outsider)
    live = {"HX-Request": "true"}
    first = client.post(URL, {"title": "", "statement": BUSES}, headers=live)
    assert "<html" not in words(first)
    assert f'name="shown" value="{buses.pk}"' in words(first)
    assert "1 similar problem written already." in first.headers["HX-Trigger"]
    again = {"title": "More", "statement": BUSES, "shown": str(buses.pk)}
    assert client.post(URL, again, headers=live).status_code == 204
    none = client.post(URL, {"title": "Zebra", "shown": str(buses.pk)}, headers=live)
    assert 'name="shown" value="none"' in words(none)
    assert "No problem sounds alike so far." in words(none)


def test_what_stands_on_another_step_comes_as_it_is_saved(
    cast: SimpleNamespace, signed_in: Any, buses: Problem
) -> None:
    own = Problem.objects.create(department=cast.water, author=cast.outsider, statement=BUSES)
    client = signed_in(cast.outsider)
    address = f"{URL}?problem={own.pk}"
    live = {"HX-Request": "true"}
    only_title = client.post(address, {"title": "Late"}, headers=live)
    assert "Seniors miss the last bus</a>" in words(only_title)
    both = client.post(address, {"title": "Late", "statement": ""}, headers=live)
    assert "No problem sounds alike so far." in words(both)


def test_the_typed_words_are_escaped(cast: SimpleNamespace, signed_in: Any) -> None:
    evil = "<script>alert(1)</script> bus clinic"
    defined_problem(cast, title="<b>Bus</b> clinic", statement=evil)
    page = words(signed_in(cast.outsider).get(URL, {"statement": evil}))
    assert "<script>alert" not in page
    assert "<b>Bus</b>" not in page
    assert "&lt;b&gt;Bus&lt;/b&gt; clinic" in page
