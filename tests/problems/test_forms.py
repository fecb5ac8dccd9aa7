"""Writing a statement by its buttons: nothing typed is lost, nothing newer is overwritten."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from problems import drafting
from problems.completeness import missing
from problems.forms.steps import STEPS, step_of
from problems.models import Problem
from tests.factories import declared_priority, defined_problem, draft_problem
from tests.problems.desk import opened, saved, send
from tests.problems.pages import typed, words

EVERY_STEP = [step.key for step in STEPS]


@pytest.fixture
def draft(cast: SimpleNamespace) -> Problem:
    return drafting.start(department=cast.parks, by=cast.head)


# The five steps


@pytest.mark.parametrize("step", EVERY_STEP)
def test_each_step_is_a_page_and_saved_with_everything_missing(
    cast: Any, signed_in: Any, draft: Problem, step: str
) -> None:
    page = opened(signed_in(cast.head), draft, step)
    assert page.shown.status_code == 200
    assert words(page.shown).count('aria-current="step"') == 1
    response = send(page)
    following = EVERY_STEP[min(EVERY_STEP.index(step) + 1, len(EVERY_STEP) - 1)]
    assert response.url == reverse("problems:step", args=[draft.pk, following])
    assert saved(page).state == Problem.State.DRAFT


def test_a_step_that_does_not_exist_is_not_found(cast: Any, signed_in: Any, draft: Problem) -> None:
    url = reverse("problems:step", args=[draft.pk, "budget"])
    assert signed_in(cast.head).get(url).status_code == 404


def test_editing_opens_the_first_step_that_lacks_something_else_the_last(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    client = signed_in(cast.head)

    def opens(problem: Problem) -> str:
        answer = client.get(reverse("problems:edit", args=[problem.pk]))
        return str(answer.url).rstrip("/").rpartition("/")[2]

    assert opens(draft) == "who"
    assert opens(draft_problem(cast, impact_now="")) == "today"
    assert opens(draft_problem(cast, contact_method="")) == "proof"
    assert opens(draft_problem(cast, influence="")) == "success"
    assert opens(draft_problem(cast)) == "send"


def test_the_buttons_lead_where_they_say(cast: Any, signed_in: Any, draft: Problem) -> None:
    page = opened(signed_in(cast.head), draft, "today")
    assert send(page, leave="1").url == draft.get_absolute_url()
    assert send(page, check="1").url == page.url
    assert f'href="{reverse("problems:step", args=[draft.pk, "who"])}">Back</a>' in words(
        page.shown
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("title", "Families wait", "Families wait"),
        ("since", "March 2019", date(2019, 3, 1)),
        ("frequency", "weekly", "weekly"),
        ("severity", "0", 0),
        ("do_nothing", "Two lines\r\nof text", "Two lines\nof text"),
        ("do_nothing_cost", "$1,200.50", Decimal("1200.50")),
        ("contact_count", "about 1,022", 1022),
        ("influence", "none", "none"),
        ("statement", "Families wait.", "Families wait."),
        ("owner", "", None),
    ],
)
def test_each_field_is_saved_alone_with_everything_else_missing(
    cast: Any, signed_in: Any, draft: Problem, name: str, *, text: str, value: Any
) -> None:
    page = opened(signed_in(cast.head), draft, step_of(name).key)
    assert send(page, **{name: text}).status_code == 302
    assert getattr(saved(page), name) == value


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
    cast: Any, signed_in: Any, draft: Problem, part: str, fields: dict[str, str]
) -> None:
    page = opened(signed_in(cast.head), draft, step_of(part).key, add=part)
    typing = {f"{part}__0__{name}": text for name, text in fields.items()}
    assert send(page, **typing).status_code == 302
    row = getattr(draft, part).get()
    for name, text in fields.items():
        assert str(getattr(row, name)).removesuffix("000") == text.replace(",", "")


def test_a_row_with_nothing_in_it_is_ignored(cast: Any, signed_in: Any, draft: Problem) -> None:
    page = opened(signed_in(cast.head), draft, "proof")
    send(page, causes__0__basis="measured", causes__0__depth="3", evidence__0__kind="audit")
    assert not draft.causes.exists()
    assert not draft.evidence.exists()


def test_rows_are_changed_removed_and_added_in_one_go(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "who", add="affected_groups")
    group = page.problem.affected_groups.get()
    assert (
        send(
            page, affected_groups__0__number="7,000", affected_groups__1__who="Grandparents"
        ).status_code
        == 302
    )
    group.refresh_from_db()
    assert (group.number, group.number_source) == (7000, "Registration log 2025")
    assert [row.who for row in page.problem.affected_groups.all()] == ["Households", "Grandparents"]
    page = opened(page.client, page.problem, "proof")
    send(page, evidence__0__DELETE="on", causes__0__cause="")
    assert not page.problem.evidence.exists()
    assert not page.problem.causes.exists(), "emptying a row takes it out"


def test_rows_of_another_problem_cannot_be_reached_by_their_key(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    theirs = draft_problem(cast).causes.get()
    page = opened(signed_in(cast.head), draft, "proof")
    send(page, causes__0__id=str(theirs.pk), causes__0__cause="Mine", causes__0__DELETE="")
    theirs.refresh_from_db()
    assert theirs.cause == "Three lists"
    assert draft.causes.get().cause == "Mine"


def test_adding_a_row_saves_and_shows_an_empty_one(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    page = opened(signed_in(cast.head), draft, "proof")
    response = send(page, causes__0__cause="Three lists", causes__add="1")
    assert response.url == f"{page.url}?add=causes#causes-new"
    assert 'id="id_causes-1-cause"' in words(page.client.get(response.url))
    assert 'id="id_causes-1-cause"' not in words(page.client.get(page.url))
    assert draft.causes.get().cause == "Three lists"


# What cannot be read


def test_what_cannot_be_read_is_listed_with_links_and_the_rest_is_saved(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    page = opened(signed_in(cast.head), draft, "who")
    response = send(
        page,
        title="x" * 94,
        place="Depot 4",
        since="sometime",
        affected_groups__0__who="Riders",
        affected_groups__0__number="many",
    )
    text = words(response)
    assert response.status_code == 422
    assert "Fix 3 things to continue" in text
    for href, sentence in [
        ("#id_title", "Title: Shorten it: at most 80 characters fit, and there are 94."),
        ("#id_since", "Since when: Enter a day or a month with its year, such as 3/15/2025 or"),
        ("#id_affected_groups-0-number", "Group 1, how many: Enter a whole number such as 6,200."),
    ]:
        assert sentence in text
        assert f'href="{href}"' in text
        assert f'id="{href[1:]}"' in text
    kept = typed(response)
    assert kept["affected_groups-0-number"] == "many"
    assert (kept["since"], kept["title"]) == ("sometime", "x" * 94)
    assert (saved(page).place, saved(page).title) == ("Depot 4", "")
    assert kept["affected_groups-0-id"] == str(draft.affected_groups.get().pk)

    page.shown = response
    mended = send(page, title="Riders wait", since="3/2019", affected_groups__0__number="12")
    assert mended.status_code == 302
    assert [(row.who, row.number) for row in draft.affected_groups.all()] == [("Riders", 12)]


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_a_page_without_its_revision_saves_nothing(
    cast: Any, signed_in: Any, draft: Problem, revision: str
) -> None:
    page = opened(signed_in(cast.head), draft, "who")
    assert send(page, title="Mine", revision=revision).status_code == 422
    assert saved(page).title == ""


def test_a_page_with_too_many_rows_saves_nothing(cast: Any, signed_in: Any, draft: Problem) -> None:
    page = opened(signed_in(cast.head), draft, "who")
    response = send(page, title="Mine", affected_groups__TOTAL_FORMS="100000")
    assert response.status_code == 422
    assert saved(page).title == ""


def test_only_heads_of_the_department_may_own_the_problem(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    page = opened(signed_in(cast.head), draft, "send")
    assert send(page, owner=str(cast.outsider.pk)).status_code == 422
    assert send(page, owner=str(cast.head.pk)).status_code == 302
    assert saved(page).owner_id == cast.head.pk


def test_declared_priorities_stand_with_their_dates_and_reasons(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    now = declared_priority()
    declared_priority("Snow", starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 1))
    page = opened(signed_in(cast.head), draft, "today")
    text = words(page.shown)
    assert "None of these" in text
    assert "Critical from January 1, 2025 until further notice. Somebody is badly hurt" in text
    assert "Snow" not in text
    send(page, critical_priority=str(now.pk), critical_reason="People fall.")
    assert saved(page).critical_priority == now


# Sending


def test_sending_with_gaps_saves_and_lists_every_gap_with_a_link_to_its_step(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    page = opened(signed_in(cast.head), draft, "send")
    response = send(page, statement="Families wait.", send="1")
    text = words(response)
    assert response.status_code == 422
    assert saved(page).statement == "Families wait."
    assert saved(page).state == Problem.State.DRAFT
    gaps = missing(saved(page), on=cast.city.today())
    assert f"Fix {len(gaps)} things to continue" in text
    assert len(gaps) > 10
    summary = text.partition('class="errsum"')[2].partition("</ul>")[0]
    for name in ["title", "place", "impact_now", "do_nothing", "contact_method", "influence"]:
        href = f"/problems/{draft.pk}/edit/{step_of(name).key}/?missing=1#id_{name}"
        assert f'<a href="{href}">' in summary, href
    for name in ["affected_groups", "evidence", "causes", "measures"]:
        href = f"/problems/{draft.pk}/edit/{step_of(name).key}/?missing=1#{name}"
        assert f'<a href="{href}">' in summary, href
        assert f'id="{name}"' in words(page.client.get(href))
    there = words(page.client.get(f"/problems/{draft.pk}/edit/today/?missing=1"))
    assert "Describe what happens to people today.</p>" in there
    assert "Describe what happens to people today.</p>" not in words(
        page.client.get(f"/problems/{draft.pk}/edit/today/")
    )


def test_a_complete_statement_is_sent_from_the_last_step(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "send")
    shown = words(page.shown)
    for text in ("Registration log 2025", "Three lists", "Families call the front desk"):
        assert text in shown
    response = send(page, statement="Families wait up to nine days.", send="1")
    assert response.status_code == 302
    assert saved(page).state == Problem.State.SUBMITTED
    assert saved(page).statement == "Families wait up to nine days."
    assert saved(page).submitted_by_id == cast.head.pk


def test_the_list_beside_the_page_counts_what_is_there(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    client = signed_in(cast.head)
    empty = words(opened(client, draft, "today").shown)
    assert "0 of 8" in empty
    assert f'"/problems/{draft.pk}/edit/success/?missing=1#measures" id="point-measure"' in empty
    assert 'Has a measure with a starting value</a> <span class="sub">Step 4</span>' in empty
    assert "Needs a group, its number and a source" in empty
    assert "8 of 8" in words(opened(client, draft_problem(cast), "send").shown)


def test_an_example_is_the_newest_that_was_accepted(
    cast: Any, signed_in: Any, draft: Problem
) -> None:
    client = signed_in(cast.head)
    assert "Permit applicants wait 11 days" in words(opened(client, draft, "who").shown)
    accepted = defined_problem(cast, title="Bus stops without shade")
    shown = words(opened(client, draft, "who").shown)
    assert "Permit applicants wait 11 days" not in shown
    assert f'<a href="{accepted.get_absolute_url()}">Read all of it</a>' in shown


def test_a_named_solution_is_reworded_before_sending(cast: Any, signed_in: Any) -> None:
    page = opened(signed_in(cast.head), draft_problem(cast), "send")
    text = "We need a new fleet management system because 300 drivers wait."
    assert send(page, statement=text, check="1").status_code == 302
    shown = page.client.get(page.url)
    assert "to reword, explained under “The problem in two or three sentences”." in words(shown)
    assert "1 phrase to reword" in words(shown)
    page.shown = shown
    assert send(page, send="1").status_code == 422
    assert saved(page).state == Problem.State.DRAFT


def test_hostile_text_is_text(cast: Any, signed_in: Any, draft: Problem) -> None:
    hostile = '</textarea><script>alert(1)</script>" onmouseover=x {{ 7|add:7 }}'
    client = signed_in(cast.head)
    first = opened(client, draft, "who")
    send(first, title=hostile[:80], affected_groups__0__who=hostile)
    proof = opened(client, draft, "proof")
    send(proof, causes__0__cause=hostile, evidence__0__finding=hostile)
    last = opened(client, draft, "send")
    send(last, statement="We need a <img src=x onerror=alert(1)> dashboard.", check="1")
    assert draft.affected_groups.get().who == hostile
    detail = reverse("problems:detail", args=[draft.pk])
    for url in (first.url, proof.url, last.url, detail, reverse("problems:list")):
        text = words(client.get(url))
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;/textarea&gt;&lt;script&gt;" in text


# How much a page costs


@pytest.mark.parametrize("step", EVERY_STEP)
def test_a_step_takes_as_few_queries_for_many_rows_as_for_one(
    cast: Any, signed_in: Any, step: str, django_assert_max_num_queries: Any
) -> None:
    declared_priority()
    problem = draft_problem(cast)
    client = signed_in(cast.head)
    opened(client, problem, step)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(15) as queries:
            assert opened(client, problem, step).shown.status_code == 200
        counts.append(len(queries))
        for number in range(20):
            problem.causes.create(cause=f"Cause {number}")
            problem.affected_groups.create(who=f"Group {number}")
            problem.measures.create(name=f"Measure {number}")
    assert counts[0] == counts[1]
