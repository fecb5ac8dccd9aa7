"""The page of holding money: what each choice would leave, and what is refused."""

import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import ledger
from budgets.models import Allocation, Appropriation, BudgetPolicy, Fund
from portfolio.models import Project
from portfolio.views.budgets.holding import PER_PAGE
from tests.factories import dedicate, make_appropriation, make_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, committed, held, hold_made

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def only_the_money_of_the_test(project: Project) -> None:
    """Let what the cost of the project brought lapse, so that a test knows what is offered."""
    Appropriation.objects.update(available_until=timezone.localdate() - timedelta(days=1))


def look(client: Client, project: Project, **typed: Any) -> str:
    answer = client.get(at(project, "hold/"), typed)
    assert answer.status_code == 200
    return words(answer.text)


def shown(page: str) -> list[str]:
    """The numbers of the actions offered, in their order."""
    return re.findall(r" · (Ord\. \d+)<", page)


def row_of(page: str, source: Appropriation) -> str:
    """The row of `source`, from its choice to the next."""
    _, _, rest = page.partition(f'id="id_appropriation_{source.pk}"')
    return rest.partition('<tr role="row"')[0]


@pytest.mark.parametrize("typed", ["50000", "$50,000", " 50 000.00 ", "50,000.0"])
def test_money_is_held_as_people_type_it(
    cast: SimpleNamespace, finance: Client, project: Project, typed: str
) -> None:
    source = make_appropriation(50_000)
    answer = finance.post(at(project, "hold/"), {"appropriation": source.pk, "amount": typed})
    assert (answer.status_code, answer["Location"]) == (302, at(project) + "#money")
    money = Allocation.objects.get()
    assert (money.amount, money.state, money.held_by) == (50_000, "held", cast.finance)
    page = words(finance.get(at(project)).text)
    assert re.search(r"\$50,000 is held until .+?, 20\d\d\. It counts once it is committed\.", page)


def test_what_is_short_stands_in_the_field(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(130_000)
    committed(project, cast, 20_000)
    held(project, cast, 5_000)
    page = look(finance, project)
    assert "$125,000 is needed, $20,000 committed, $5,000 held." in page
    assert "<strong>$100,000 is short.</strong>" in page
    assert 'value="$100,000"' in page
    assert ">$130,000</td>" in row_of(page, source), "left now"
    assert "$30,000 </td>" in row_of(page, source), "would leave"


def test_each_choice_says_what_it_would_leave_and_where_it_is_too_little(
    finance: Client, project: Project
) -> None:
    enough, short = make_appropriation(60_000), make_appropriation(40_000)
    page = look(finance, project, amount="50,000.50")
    assert "$9,999.50 </td>" in row_of(page, enough)
    assert "$10,000.50 too little" in row_of(page, short)


@pytest.mark.parametrize("typed", ["", "0", "abc", "1.2.3", "€5", "9" * 18, "-4"])
def test_what_is_no_amount_yet_shows_no_outcome(
    finance: Client, project: Project, typed: str
) -> None:
    source = make_appropriation(60_000)
    page = look(finance, project, amount=typed)
    assert "– </td>" in row_of(page, source)
    assert "too little" not in page


def test_while_typing_only_the_choices_come_back_and_say_how_many_are_enough(
    finance: Client, project: Project
) -> None:
    source = make_appropriation(60_000)
    make_appropriation(40_000)
    typed = {"amount": "50,000", "appropriation": str(source.pk)}
    answer = finance.get(at(project, "hold/"), typed, headers=HTMX)
    part = words(answer.text)
    assert part.startswith('<div id="sources"')
    assert "<html" not in part
    assert "1 of 2 shown have $50,000 left." in answer["HX-Trigger"]
    assert "checked" in row_of(part, source)


def test_without_scripting_a_button_shows_it_and_nothing_typed_is_lost(
    finance: Client, project: Project
) -> None:
    source = make_appropriation(60_000)
    typed = {"amount": "50,000", "appropriation": source.pk, "is_named": "on", "page": "1"}
    answer = finance.post(at(project, "hold/"), typed, follow=True)
    assert answer.redirect_chain[0][0].startswith(at(project, "hold/?amount=50%2C000"))
    page = words(answer.text)
    assert 'value="50,000"' in page
    assert "checked" in row_of(page, source)
    assert 'name="is_named" checked' in page
    assert "csrf" not in answer.redirect_chain[0][0]
    assert not Allocation.objects.exists()


# Which money is offered, and in which order


def test_what_fits_comes_first_and_the_rest_says_why_not(finance: Client, project: Project) -> None:
    today = timezone.localdate()
    unbound = make_appropriation(constraint=Appropriation.Constraint.ASSIGNED)
    late = make_appropriation(available_from=today + timedelta(days=3))
    fits = make_appropriation(constraint=Appropriation.Constraint.RESTRICTED)
    named = make_appropriation(
        constraint=Appropriation.Constraint.UNASSIGNED, for_budget=project.budget
    )
    page = look(finance, project)
    expected = [row.action_number for row in (named, fits, unbound, late)]
    assert shown(page) == expected
    assert "Names this project" in row_of(page, named)
    for row in (named, fits):
        assert "Does not count" not in row_of(page, row)
    assert "Assigned money counts only if its action names this project." in row_of(page, unbound)
    assert "It does not cover the planned phase" in row_of(page, late)
    BudgetPolicy.objects.create(allow_assigned=True)
    assert "Does not count" not in row_of(look(finance, project), unbound)


def test_lapsed_taken_and_anothers_money_is_not_offered(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    gone = make_appropriation(available_until=yesterday)
    others = make_appropriation(for_budget=make_project(cast).budget)
    taken = make_appropriation(5)
    offered = make_appropriation()
    ledger.hold(budget=project.budget, appropriation=taken, amount=Decimal(5), by=cast.finance)
    assert shown(look(finance, project)) == [offered.action_number]
    for source in (gone, others):
        typed = {"appropriation": source.pk, "amount": "5"}
        answer = finance.post(at(project, "hold/"), typed)
        assert answer.status_code == 422
        assert "This appropriation cannot be used here." in words(answer.text)


def test_money_of_a_hold_that_ended_is_left_again(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(5)
    hold_made(62, make_project(cast), cast, source=source)
    page = look(finance, project, amount="4")
    assert ">$5</td>" in row_of(page, source)
    assert "$1 </td>" in row_of(page, source)
    typed = {"appropriation": source.pk, "amount": "4"}
    assert finance.post(at(project, "hold/"), typed).status_code == 302


def test_the_list_is_narrowed_by_words_and_year(finance: Client, project: Project) -> None:
    water = Fund.objects.create(code="W-7", name="Water works", fund_type="enterprise")
    one = make_appropriation(fund=water, fiscal_year=2030)
    two = make_appropriation(fund=water, fiscal_year=2031)
    other = make_appropriation(fiscal_year=2030)
    for asked, expected in (
        ({"q": "water WORKS"}, {one, two}),
        ({"q": "w-7"}, {one, two}),
        ({"q": one.action_number.lower()}, {one}),
        ({"year": "2030"}, {one, other}),
        ({"q": "water", "year": "2031"}, {two}),
        ({"q": "x\x00y"}, set()),
        ({"year": "9" * 30, "q": "works"}, {one, two}),
    ):
        assert set(shown(look(finance, project, **asked))) == {
            row.action_number for row in expected
        }, asked
    assert "No appropriation matches" in look(finance, project, q="nothing like it")
    assert '<option value="2031" selected' in look(finance, project, year="2031")


def test_the_choice_stays_in_sight_on_every_page(finance: Client, project: Project) -> None:
    chosen = make_appropriation()
    for _ in range(PER_PAGE):
        make_appropriation()
    second = look(finance, project, appropriation=chosen.pk, page="2")
    assert f"{PER_PAGE + 1} to {PER_PAGE + 1} of {PER_PAGE + 1}" in second
    assert "checked" in row_of(second, chosen)
    assert len(shown(second)) == 2
    assert "Previous page" in second
    assert "Next page" not in second
    assert len(shown(look(finance, project))) == PER_PAGE


def test_the_page_takes_as_many_queries_for_many_rows(finance: Client, project: Project) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            look(finance, project, amount="5")
        return len(caught)

    make_appropriation()
    few = queries()
    for _ in range(PER_PAGE + 5):
        make_appropriation()
    assert queries() == few <= 12


def test_with_no_money_at_all_the_page_leads_to_the_funds(
    finance: Client, project: Project
) -> None:
    assert "No appropriation has money left" in look(finance, project)


# What is refused


def test_the_second_of_two_is_told_at_the_field_what_is_left(
    cast: SimpleNamespace, finance: Client, second: Client, project: Project
) -> None:
    source = make_appropriation(50_000)
    other = make_project(cast)
    typed = {"appropriation": source.pk, "amount": "50,000"}
    assert finance.post(at(other, "hold/"), typed).status_code == 302
    answer = second.post(at(project, "hold/"), typed)
    assert answer.status_code == 422
    page = words(answer.text)
    sentence = (
        f"{source.fund} has $0 left of {source.action_number}. You asked for $50,000. Take less, "
        "or use another appropriation."
    )
    assert f'<a href="#id_amount">Amount – {sentence}</a>' in page
    assert page.count(sentence) == 2
    assert 'value="50,000"' in page
    assert "checked" in row_of(page, source)
    assert "$50,000 too little" in row_of(page, source)
    assert Allocation.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "50k"}, "without letters"),
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "0"}, "above zero"),
        ({"appropriation": ""}, "Choose the appropriation that the money comes from."),
        ({"appropriation": "999999"}, "This appropriation cannot be used here."),
        ({"appropriation": "9" * 40}, "This appropriation cannot be used here."),
        ({"appropriation": "x"}, "This appropriation cannot be used here."),
    ],
)
def test_what_cannot_be_held_is_said_at_its_field(
    finance: Client, project: Project, typed: dict[str, str], sentence: str
) -> None:
    source = make_appropriation()
    given = {"appropriation": str(source.pk), "amount": "5"} | typed
    answer = finance.post(at(project, "hold/"), given)
    assert answer.status_code == 422
    assert "Fix one thing to continue" in words(answer.text)
    assert sentence in words(answer.text)
    assert not Allocation.objects.exists()


def test_money_whose_action_names_the_project_counts(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation(constraint=Appropriation.Constraint.UNASSIGNED)
    finance.post(
        at(project, "hold/"), {"appropriation": source.pk, "amount": "125,000", "is_named": "on"}
    )
    finance.post(at(project, f"allocations/{Allocation.objects.get().pk}/commit/"))
    project.budget.refresh_from_db()
    assert (project.budget.committed, project.budget.unsuitable) == (125_000, 0)
    assert "The action names this project" in words(finance.get(at(project)).text)


def test_an_action_in_use_cannot_be_said_to_name_the_project(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = make_appropriation()
    ledger.hold(
        budget=make_project(cast).budget, appropriation=source, amount=Decimal(1), by=cast.finance
    )
    answer = finance.post(
        at(project, "hold/"), {"appropriation": source.pk, "amount": "5", "is_named": "on"}
    )
    assert answer.status_code == 422
    assert "was taken before" in words(answer.text)


def test_more_money_for_a_dedicated_budget_is_held_without_a_warning(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    dedicate(project.budget, cast=cast)
    assert "no longer dedicated" not in look(finance, project)
    typed = {"appropriation": make_appropriation().pk, "amount": "5"}
    assert finance.post(at(project, "hold/"), typed).status_code == 302
    project.refresh_from_db()
    assert project.budget_dedicated
    page = words(finance.get(at(project)).text)
    assert "The budget lost its confirmation" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("head", 403), ("manager", 403), ("outsider", 404), ("administrator", 404)],
)
def test_others_do_not_reach_the_page(
    cast: SimpleNamespace, project: Project, who: str, status: int
) -> None:
    client = client_of(getattr(cast, who))
    typed = {"appropriation": make_appropriation().pk, "amount": "5"}
    for answer in (
        client.get(at(project, "hold/")),
        client.get(at(project, "hold/"), headers=HTMX),
        client.post(at(project, "hold/"), typed),
        client.post(at(project, "hold/"), typed | {"page": "1"}),
    ):
        assert answer.status_code == status
    assert not Allocation.objects.exists()


# How long a hold lasts, on pages


def test_the_budget_says_when_a_hold_ends_and_that_it_ended(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    hold_made(57, project, cast, amount=7)
    ended = hold_made(62, project, cast, amount=8)
    fresh = held(project, cast, 9)
    page = words(finance.get(at(project)).text)
    assert "Ends in 3 days" in page or "Ends in 2 days" in page or "Ends in 4 days" in page
    assert "Hold ended" in page
    assert f"allocations/{ended.pk}/commit/" not in page, "it can be released only"
    assert f"allocations/{ended.pk}/release/" in page
    assert f"Held until {fresh.expires_on:%b}" in page
    ledger.expire(on=timezone.localdate())
    page = words(finance.get(at(project)).text)
    assert "Not committed by" in page
    answer = finance.post(at(project, f"allocations/{ended.pk}/commit/"))
    assert answer.status_code == 409
    assert "This hold ended on" in words(answer.text)
