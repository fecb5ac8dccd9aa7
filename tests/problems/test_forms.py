"""Writing a statement: saved at any time, nothing typed is lost, nothing newer is overwritten."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from problems import drafting, review
from problems.forms.fields import CalendarDate, Count, Dollars, Figure
from problems.models import Problem
from tests.factories import defined_problem, draft_problem
from tests.problems.pages import typed, words


@pytest.fixture
def page(cast: SimpleNamespace, signed_in: Any) -> SimpleNamespace:
    """The page of an empty draft, opened by its author."""
    problem = drafting.start(department=cast.parks, by=cast.head)
    return opened(signed_in(cast.head), problem)


def opened(client: Client, problem: Problem) -> SimpleNamespace:
    url = reverse("problems:edit", args=[problem.pk])
    return SimpleNamespace(client=client, problem=problem, url=url, shown=client.get(url))


def send(page: SimpleNamespace, **changes: str) -> Any:
    return page.client.post(page.url, typed(page.shown, **changes))


def saved(page: SimpleNamespace) -> Problem:
    return Problem.objects.get(pk=page.problem.pk)


def test_an_empty_page_is_saved(page: SimpleNamespace) -> None:
    assert send(page).status_code == 302
    assert saved(page).state == Problem.State.DRAFT


def test_each_field_is_saved_alone_with_everything_else_missing(page: SimpleNamespace) -> None:
    values = {
        "title": ("Families wait", "Families wait"),
        "statement": ("Two lines\r\nof text", "Two lines\nof text"),
        "since": ("3/15/2019", date(2019, 3, 15)),
        "frequency": ("weekly", "weekly"),
        "severity": ("0", 0),
        "do_nothing_cost": ("$1,200.50", Decimal("1200.50")),
        "contact_count": ("1,022", 1022),
        "influence": ("none", "none"),
        "owner": ("", None),
    }
    for name, (text, value) in values.items():
        response = send(page, **{name: text})
        assert response.status_code == 302, (name, response.content)
        assert getattr(saved(page), name) == value
        page.shown = page.client.get(page.url)
    assert saved(page).title == "Families wait"


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("affected_groups", {"who": "Riders"}),
        ("affected_groups", {"number": "6,200"}),
        ("measures", {"name": "Days"}),
        ("measures", {"baseline_value": "1,200.5"}),
        ("measures", {"direction": "down"}),
        ("causes", {"cause": "Three lists"}),
        ("evidence", {"source": "Log"}),
        ("evidence", {"link": "https://example.org/a"}),
        ("prior_attempts", {"year": "2019"}),
    ],
)
def test_a_row_is_saved_with_the_rest_of_it_missing(
    page: SimpleNamespace, part: str, fields: dict[str, str]
) -> None:
    assert (
        send(page, **{f"{part}__0__{name}": text for name, text in fields.items()}).status_code
        == 302
    )
    row = getattr(page.problem, part).get()
    for name, text in fields.items():
        assert str(getattr(row, name)).removesuffix("000") == text.replace(",", "")


def test_a_row_with_nothing_in_it_is_ignored(page: SimpleNamespace) -> None:
    send(page, causes__0__basis="measured", causes__0__depth="3", evidence__0__kind="audit")
    assert not page.problem.causes.exists()
    assert not page.problem.evidence.exists()


def test_rows_are_changed_removed_and_added_in_one_go(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    group = page.problem.affected_groups.get()
    evidence = page.problem.evidence.get()
    response = send(
        page,
        affected_groups__0__number="7,000",
        affected_groups__1__who="Grandparents",
        evidence__0__DELETE="on",
    )
    assert response.status_code == 302
    group.refresh_from_db()
    assert (group.number, group.number_source) == (7000, "Registration log 2025")
    assert [row.who for row in page.problem.affected_groups.all()] == ["Households", "Grandparents"]
    assert not page.problem.evidence.filter(pk=evidence.pk).exists()


def test_emptying_a_row_takes_it_out(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    send(page, causes__0__cause="")
    assert not page.problem.causes.exists()


def test_rows_of_another_problem_cannot_be_reached_by_their_key(cast: Any, signed_in: Any) -> None:
    theirs = draft_problem(cast).causes.get()
    page = opened(signed_in(cast.head), drafting.start(department=cast.parks, by=cast.head))
    send(page, causes__0__id=str(theirs.pk), causes__0__cause="Mine", causes__0__DELETE="")
    theirs.refresh_from_db()
    assert theirs.cause == "Three lists"
    assert page.problem.causes.get().cause == "Mine"


def test_what_cannot_be_read_is_listed_with_links_and_nothing_typed_is_lost(
    page: SimpleNamespace,
) -> None:
    response = send(
        page,
        title="x" * 94,
        since="sometime",
        do_nothing_cost="1.200,50",
        affected_groups__0__who="Riders",
        affected_groups__0__number="many",
        measures__0__baseline_date="yesterday",
        measures__0__baseline_value="about 5",
        evidence__0__link="javascript:alert(1)",
    )
    text = words(response)
    assert response.status_code == 422
    assert "Fix 7 things to continue" in text
    for href, sentence in [
        ("#id_title", "Title: Shorten it: at most 80 characters fit, and there are 94."),
        ("#id_since", "Since when: Enter a day as month, day and year, such as 3/15/2025."),
        ("#id_do_nothing_cost", "dollars: Enter dollars such as 1,200 or $1,200.50."),
        ("#id_affected_groups-0-number", "Group 1, how many: Enter a whole number such as 6,200."),
        ("#id_measures-0-baseline_value", "Measure 1, value today: Enter a number such as 26 or"),
        ("#id_evidence-0-link", "Enter an address such as https://example.org/report."),
    ]:
        assert sentence in text
        assert f'href="{href}"' in text
        assert f'id="{href[1:]}"' in text
    kept = typed(response)
    assert kept["affected_groups-0-who"] == "Riders"
    assert kept["affected_groups-0-number"] == "many"
    assert kept["since"] == "sometime"
    assert kept["title"] == "x" * 94
    assert not page.problem.affected_groups.exists()


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Figure("x"), "1,200.5", Decimal("1200.5")),
        (Figure("x"), " -3 ", Decimal(-3)),
        (Figure("x"), ".5", Decimal("0.5")),
        (Figure("x"), "1,5", None),
        (Figure("x"), "1e5", None),
        (Figure("x"), "NaN", None),
        (Figure("x"), "Infinity", None),
        (Figure("x"), "1.23456", None),
        (Figure("x"), "9" * 16, None),
        (Dollars("x"), "$ 1,200.50", Decimal("1200.50")),
        (Dollars("x"), "1200", Decimal(1200)),
        (Dollars("x"), "-1", None),
        (Dollars("x"), "1.005", None),
        (Dollars("x"), "5k", None),
        (Count("x"), "6,200", 6200),
        (Count("x"), "0", 0),
        (Count("x"), "-1", None),
        (Count("x"), "1.5", None),
        (Count("x"), "99999999999", None),
        (Count("x"), "٣", None),
        (CalendarDate("x"), "2025-03-15", date(2025, 3, 15)),
        (CalendarDate("x"), "March 15, 2025", date(2025, 3, 15)),
        (CalendarDate("x"), "3/15/25", date(2025, 3, 15)),
        (CalendarDate("x"), "15/3/2025", None),
        (CalendarDate("x"), "2/30/2025", None),
        (CalendarDate("x"), "3/15/0205", None),
    ],
)
def test_numbers_money_and_days_are_read_as_people_type_them(
    field: Any, text: str, value: Any
) -> None:
    from django.core.exceptions import ValidationError

    if value is None:
        with pytest.raises(ValidationError):
            field.clean(text)
    else:
        assert field.clean(text) == value


def test_sending_with_gaps_saves_the_draft_and_lists_every_gap_with_a_link(
    page: SimpleNamespace,
) -> None:
    response = send(page, title="Families wait", send="1")
    text = words(response)
    assert response.status_code == 422
    assert saved(page).title == "Families wait"
    assert saved(page).state == Problem.State.DRAFT
    assert "Fix 13 things to continue" in text
    summary = text.partition('class="errsum"')[2].partition("</ul>")[0]
    for href in [
        "id_statement",
        "affected_groups",
        "id_place",
        "id_impact_now",
        "id_severity_0",
        "id_do_nothing",
        "evidence",
        "causes",
        "id_contact_method",
        "measures",
        "id_solved_12_months",
        "id_influence",
        "id_critical_priority",
    ]:
        assert f'<a href="#{href}">' in summary, href
        assert f'id="{href}"' in text, href


def test_a_complete_statement_is_sent_by_the_same_button(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    response = send(page, place="All of the city", send="1")
    assert response.status_code == 302
    assert saved(page).state == Problem.State.SUBMITTED
    assert saved(page).place == "All of the city"
    assert saved(page).submitted_by_id == cast.head.pk


def test_the_list_beside_the_page_counts_what_is_there(cast: Any, signed_in: Any) -> None:
    empty = opened(signed_in(cast.head), drafting.start(department=cast.parks, by=cast.head))
    assert "1 of 15" in words(empty.shown)
    full = opened(empty.client, draft_problem(cast))
    assert "15 of 15" in words(full.shown)


def test_adding_a_row_saves_the_draft_and_goes_to_the_empty_row(page: SimpleNamespace) -> None:
    response = send(page, causes__0__cause="Three lists", causes__add="1")
    assert response.url == f"{page.url}#id_causes-1-cause"
    assert 'id="id_causes-1-cause"' in words(page.client.get(page.url))
    assert page.problem.causes.get().cause == "Three lists"


def test_advice_stands_under_the_field_and_never_stops(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    text = "We need a new fleet management system because 300 drivers wait."
    assert send(page, statement=text, check="1").status_code == 302
    text = words(page.client.get(page.url))
    assert "One place to reword, explained under “The problem in two or three sentences”." in text
    assert "“<mark>need a new fleet management system</mark>”" in text
    page.shown = page.client.get(page.url)
    assert send(page, send="1").status_code == 302
    assert saved(page).state == Problem.State.SUBMITTED


def test_live_advice_answers_for_one_field(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.head)
    url = reverse("problems:lint")
    text = words(client.post(url, {"statement": "We need an app <b>now</b>."}))
    assert "<mark>need an app</mark>" in text
    assert 'id="id_statement_count" hx-swap-oob="true"> 574 characters left <' in text
    text = words(client.post(url, {"title": "x" * 83}))
    assert "3 characters too many" in text
    assert client.post(url, {"owner": "1"}).status_code == 400
    assert client.get(url).status_code == 405
    client.force_login(cast.manager)
    assert client.post(url, {"statement": "We need an app."}).status_code == 403


def test_hostile_text_is_text(page: SimpleNamespace) -> None:
    hostile = '</textarea><script>alert(1)</script>" onmouseover=x {{ 7|add:7 }}'
    send(
        page,
        title=hostile[:80],
        statement="We need a <img src=x onerror=alert(1)> dashboard.",
        affected_groups__0__who=hostile,
        causes__0__cause=hostile,
        evidence__0__finding=hostile,
        check="1",
    )
    assert page.problem.affected_groups.get().who == hostile
    detail = reverse("problems:detail", args=[page.problem.pk])
    for url in (page.url, detail, reverse("problems:list")):
        text = words(page.client.get(url))
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;/textarea&gt;&lt;script&gt;" in text


# Two people, one statement


def test_a_stale_page_shows_both_and_overwrites_only_on_purpose(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    with_row = {"affected_groups__1__who": "Riders"}
    assert send(page, place="Depot 4", **with_row).status_code == 302

    stale = send(page, place="Depot 7", title="Mine", affected_groups__0__number="9,999")
    text = words(stale)
    assert stale.status_code == 409
    assert saved(page).place == "Depot 4"
    for shown in (
        "Depot 7",
        "Depot 4",
        "How many: 9,999",
        "How many: 6,200",
        "Who they are: Riders",
    ):
        assert shown in text
    kept = typed(stale)
    assert (kept["place"], kept["title"]) == ("Depot 7", "Mine")

    page.shown = stale
    assert send(page).status_code == 302
    assert (saved(page).place, saved(page).title) == ("Depot 7", "Mine")
    rows = [(row.who, row.number) for row in page.problem.affected_groups.all()]
    assert rows == [("Households", 9999), ("Riders", None)]


def test_a_row_somebody_took_out_meanwhile_comes_back_with_my_words(
    cast: Any, signed_in: Any
) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    send(page, causes__0__DELETE="on")
    stale = send(page, causes__0__cause="Four lists")
    assert stale.status_code == 409
    assert "Because: Four lists" in words(stale)
    page.shown = stale
    send(page)
    assert page.problem.causes.get().cause == "Four lists"


def test_the_same_page_sent_twice_is_saved_once(page: SimpleNamespace) -> None:
    for _ in range(2):
        response = send(page, title="Families wait", causes__0__cause="Three lists")
        assert response.status_code == 302
    assert page.problem.causes.count() == 1


def test_words_typed_while_the_statement_was_sent_in_are_not_lost(
    cast: Any, signed_in: Any
) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast))
    review.submit(page.problem, by=cast.head, on=timezone.localdate())
    response = send(page, place="Somewhere else")
    assert response.status_code == 409
    assert "This problem is in review. Reopen it" in words(response)
    assert typed(response)["place"] == "Somewhere else"
    assert saved(page).place == "City-wide"


def test_a_defined_problem_is_not_edited(cast: Any, signed_in: Any) -> None:
    problem = defined_problem(cast)
    client = signed_in(cast.head)
    response = client.get(reverse("problems:edit", args=[problem.pk]), follow=True)
    assert response.redirect_chain == [(problem.get_absolute_url(), 302)]
    assert "This problem is defined. Reopen it to change its words." in words(response)


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_a_page_without_its_revision_saves_nothing(page: SimpleNamespace, revision: str) -> None:
    assert send(page, title="Mine", revision=revision).status_code == 422
    assert saved(page).title == ""


def test_a_page_with_too_many_rows_saves_nothing(page: SimpleNamespace) -> None:
    response = send(page, title="Mine", causes__TOTAL_FORMS="100000")
    assert response.status_code == 422
    assert saved(page).title == ""


def test_only_heads_of_the_department_may_own_the_problem(cast: Any, page: Any) -> None:
    assert send(page, owner=str(cast.outsider.pk)).status_code == 422
    assert send(page, owner=str(cast.head.pk)).status_code == 302
    assert saved(page).owner_id == cast.head.pk
