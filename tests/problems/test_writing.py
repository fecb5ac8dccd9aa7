"""Saving while somebody types: quietly, what can be read, and never over what others wrote."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from problems import drafting, marks
from problems.drafting import Rows
from problems.marks import Stale
from problems.models import Cause, Problem
from problems.review import decisions
from tests.factories import draft_problem
from tests.problems.desk import autosave, opened, saved, send
from tests.problems.pages import typed, words


@pytest.fixture
def page(cast: SimpleNamespace, signed_in: Any) -> SimpleNamespace:
    """The first step of an empty draft, opened by its author."""
    draft = drafting.start(department=cast.parks, by=cast.head)
    return opened(signed_in(cast.head), draft, "who")


def hidden(response: Any) -> dict[str, str]:
    """Return the hidden values in the answer to a save while typing."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', words(response))
    return {name: value.replace("&quot;", '"') for name, value in inputs}


def keeps_typing(page: SimpleNamespace, response: Any, **changes: str) -> Any:
    """Save once more, with what the answer before put into the page and everything typed so far."""
    page.typed = getattr(page, "typed", {}) | hidden(response) | changes
    return autosave(page, **page.typed)


def starts_typing(page: SimpleNamespace, **changes: str) -> Any:
    page.typed = changes
    return autosave(page, **changes)


# What the answer brings


def test_the_answer_says_when_it_was_saved_and_what_is_there_now(page: SimpleNamespace) -> None:
    response = starts_typing(page, place="Depot 4", title="Riders wait")
    text = words(response)
    assert response.status_code == 200
    assert response.headers["HX-Reswap"] == "none"
    assert saved(page).place == "Depot 4"
    assert '<p id="saved" hx-swap-oob="true"> <bdi>Riders wait</bdi> · Parks · saved' in text
    assert "just now</time>" in text
    assert '<h2 id="ready-heading" hx-swap-oob="true">' in text
    assert "<html" not in text
    assert "autofocus" not in text


def test_what_the_answer_replaces_is_on_the_page(page: SimpleNamespace) -> None:
    text = words(starts_typing(page, place="Depot 4", affected_groups__0__who="Riders"))
    parts = re.findall(r'id="([^"]+)"[^>]*hx-swap-oob', text)
    assert {"saved", "steps", "read-at", "ready-points", "overtaken"} <= set(parts)
    shown = words(page.shown)
    assert {part for part in parts if f'id="{part}"' not in shown} == set()


def test_a_new_row_gets_its_key_and_is_not_made_twice(page: SimpleNamespace) -> None:
    response = starts_typing(page, affected_groups__0__who="Rid")
    assert hidden(response)["affected_groups-0-id"] == str(page.problem.affected_groups.get().pk)
    response = keeps_typing(page, response, affected_groups__0__who="Riders")
    response = keeps_typing(page, response, affected_groups__0__number="6,200")
    row = page.problem.affected_groups.get()
    assert (row.who, row.number) == ("Riders", 6200)
    keeps_typing(page, response, affected_groups__0__who="", affected_groups__0__number="")
    assert not page.problem.affected_groups.exists()


def test_nothing_new_is_not_saved_again(page: SimpleNamespace) -> None:
    response = starts_typing(page, place="Depot 4")
    before = saved(page)
    assert before.revision == 1
    for _ in range(3):
        response = keeps_typing(page, response)
    after = saved(page)
    assert (after.revision, after.saved_at) == (before.revision, before.saved_at)


def test_an_answer_that_got_lost_makes_no_second_row(page: SimpleNamespace) -> None:
    autosave(page, affected_groups__0__who="Riders")
    response = autosave(page, affected_groups__0__who="Riders")
    row = page.problem.affected_groups.get()
    assert hidden(response)["affected_groups-0-id"] == str(row.pk)


# What cannot be read


def test_what_cannot_be_read_waits_while_the_rest_is_saved(page: SimpleNamespace) -> None:
    typing = {"place": "Depot 4", "since": "Mar", "affected_groups__0__who": "Riders"}
    text = words(starts_typing(page, **typing, typing="since"))
    assert (saved(page).place, saved(page).since) == ("Depot 4", None)
    assert page.problem.affected_groups.get().who == "Riders"
    assert "Enter a day or a month" not in text
    assert 'id="id_since_wrong"' not in text, "who types there is left alone"

    text = words(autosave(page, **typing, typing="place"))
    slot = text.partition('id="id_since_wrong"')[2]
    assert "Enter a day or a month with its year" in slot[:300]


def test_an_unreadable_cell_keeps_its_saved_value_and_the_row(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "who")
    response = starts_typing(page, affected_groups__0__who="Homes", affected_groups__0__number="x")
    row = page.problem.affected_groups.get()
    assert (row.who, row.number) == ("Homes", 6200)
    keeps_typing(page, response, affected_groups__0__number="7,000")
    row.refresh_from_db()
    assert (row.who, row.number) == ("Homes", 7000)


def test_a_page_that_lost_its_place_is_not_saved(page: SimpleNamespace) -> None:
    response = autosave(page, place="Depot 4", revision="")
    assert "Compare both versions" in words(response)
    assert saved(page).place == ""


# Two windows


def test_two_windows_on_two_steps_do_not_disturb_each_other(cast: Any, signed_in: Any) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    who, today = opened(client, problem, "who"), opened(client, problem, "today")
    assert send(today, impact_now="They wait.").status_code == 302
    assert "Compare" not in words(autosave(who, place="Depot 4"))
    assert send(who, place="Depot 5").status_code == 409, "the same field, by another window"
    assert (saved(who).impact_now, saved(who).place) == ("They wait.", "Depot 4")


def test_two_windows_on_one_step_keep_what_each_of_them_typed(cast: Any, signed_in: Any) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    first, second = opened(client, problem, "who"), opened(client, problem, "who")
    assert send(first, place="Depot 4").status_code == 302
    response = starts_typing(second, title="Riders wait")
    assert (saved(first).place, saved(first).title) == ("Depot 4", "Riders wait")

    response = keeps_typing(second, response, affected_groups__0__number="7,000")
    assert saved(first).place == "Depot 4", "what this page shows of the other is not its own"
    assert problem.affected_groups.get().number == 7000

    overtaken = keeps_typing(second, response, place="Depot 9")
    assert "Compare both versions" in words(overtaken)
    assert saved(first).place == "Depot 4"


def test_the_button_to_compare_shows_both_versions(cast: Any, signed_in: Any) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    first, second = opened(client, problem, "who"), opened(client, problem, "who")
    send(first, place="Depot 4")
    response = send(second, place="Depot 9", compare="1")
    text = words(response)
    assert response.status_code == 409
    assert "Depot 4" in text
    assert typed(response)["place"] == "Depot 9"
    second.shown = response
    assert send(second, compare="1").url == second.url
    assert saved(first).place == "Depot 9"


def test_rows_of_others_stay_when_this_page_is_saved(cast: Any, signed_in: Any) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    first = opened(client, problem, "proof", add="causes")
    second = opened(client, problem, "proof", add="causes")
    send(first, causes__1__cause="No one is told")
    send(second, causes__1__cause="Phones ring out")
    causes = ["Three lists", "No one is told", "Phones ring out"]
    assert [row.cause for row in problem.causes.order_by("pk")] == causes


def test_a_row_taken_out_by_others_stays_out_unless_it_was_changed_here(
    cast: Any, signed_in: Any
) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    first, second = opened(client, problem, "proof"), opened(client, problem, "proof")
    send(first, causes__0__DELETE="on")
    assert "Compare" not in words(autosave(second, mandate="Section 4"))
    assert not problem.causes.exists()
    assert saved(first).mandate == "Section 4"
    assert "Compare" in words(autosave(second, causes__0__cause="Four lists"))
    assert not problem.causes.exists()


def test_a_row_changed_by_others_is_not_taken_out_unseen(cast: Any, signed_in: Any) -> None:
    client, problem = signed_in(cast.head), draft_problem(cast)
    first, second = opened(client, problem, "proof"), opened(client, problem, "proof")
    send(first, causes__0__cause="Four lists")
    assert send(second, causes__0__DELETE="on").status_code == 409
    assert problem.causes.get().cause == "Four lists"


def test_typing_on_while_it_is_sent_in_saves_nothing(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "who")
    decisions.submit(page.problem, by=cast.head, on=cast.city.today())
    assert "This statement was sent in meanwhile." in words(autosave(page, place="Elsewhere"))
    assert saved(page).place == "City-wide"


def test_somebody_signed_out_stays_on_the_page(page: SimpleNamespace) -> None:
    page.client.logout()
    values = typed(page.shown, place="Depot 4")
    headers = {"HX-Request": "true", "HX-Trigger": "autosave"}
    response = page.client.post(page.url, values, headers=headers)
    assert response.status_code == 401
    assert "HX-Redirect" not in response.headers


# The domain function


def test_without_marks_any_newer_revision_is_stale(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    drafting.save(problem, fields={"place": "A"}, seen=0, by=cast.head)
    with pytest.raises(Stale):
        drafting.save(problem, fields={"title": "B"}, seen=0, by=cast.head)


def test_with_marks_only_a_newer_state_of_the_same_is_stale(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    shown = marks.of(problem, fields=["place", "title"], parts=["causes"])
    drafting.save(problem, fields={"place": "A"}, seen=0, by=cast.head)
    drafting.save(problem, fields={"title": "B"}, seen=0, by=cast.head, shown=shown)
    with pytest.raises(Stale):
        drafting.save(problem, fields={"place": "C"}, seen=2, by=cast.head, shown=shown)
    row = problem.causes.get()
    Cause.objects.filter(pk=row.pk).update(cause="Theirs")
    row.cause = "Mine"
    for rows in (Rows(written=[row]), Rows(removed=[row.pk])):
        with pytest.raises(Stale):
            drafting.save(
                problem, fields={}, parts={"causes": rows}, seen=2, by=cast.head, shown=shown
            )
    fresh = Problem.objects.get(pk=problem.pk)
    assert (fresh.place, fresh.title, fresh.revision) == ("A", "B", 2)
    assert fresh.causes.get().cause == "Theirs"


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "[1,2]", "{}", '[{},{"causes":{"x":"y"}}]', "[" * 9999]
)
def test_marks_that_cannot_be_read_count_as_none(text: str) -> None:
    assert marks.read(text) is None


def test_marks_are_read_as_they_were_written(cast: SimpleNamespace) -> None:
    shown = marks.of(
        draft_problem(cast), fields=["place", "severity"], parts=["causes", "measures"]
    )
    assert marks.read(shown.written()) == shown
