"""The pages of an appropriation and of its amendments, as finance officers and others meet them."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets import amending, ledger
from budgets.models import Allocation, Amendment, Appropriation
from portfolio.models import History, Project
from tests.budgets.amendments import amount_of, cut
from tests.factories import make_appropriation, make_project, scoping_project
from tests.pages import words
from tests.portfolio.budgets.money import committed, held

KINDS = ["raise", "cut", "transfer", "lapse"]


def page_of(source: Appropriation, kind: str = "") -> str:
    below = f"amend/{kind}/" if kind else ""
    return f"/funds/appropriations/{source.pk}/{below}"


def typed(source: Appropriation, amount: str = "100", **changes: str) -> dict[str, str]:
    return {
        "amount": amount,
        "action_type": "ordinance",
        "action_number": "Ord. 2026-90",
        "action_date": "2026-09-01",
        "reason": "Less sales tax than planned.",
        "seen": str(source.amount),
    } | changes


def mark_on(page: str) -> str:
    found = re.search(r'name="release"\s+value="(\w+)"', page)
    assert found, "the page offers to release nothing"
    return found[1]


@pytest.fixture
def source(db: None) -> Appropriation:
    return make_appropriation(1_000)


# Who


@pytest.mark.parametrize("who", ["head", "outsider", "manager", "security", "council"])
def test_who_reads_money_reads_it_and_amends_nothing(
    cast: SimpleNamespace, signed_in: Any, source: Appropriation, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    assert "$1,000" in words(client.get(page_of(source)).text)
    assert "/amend/" not in client.get(page_of(source)).text
    for kind in KINDS:
        for answer in (
            client.get(page_of(source, kind)),
            client.post(page_of(source, kind), typed(source)),
        ):
            assert answer.status_code == 403
            assert "Only a finance officer" in words(answer.text)
    assert amount_of(source) == 1_000


@pytest.mark.parametrize("who", ["administrator", "reader"])
def test_who_reads_no_money_finds_nothing(
    cast: SimpleNamespace, signed_in: Any, source: Appropriation, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    assert client.get(page_of(source)).status_code == 404
    for kind in KINDS:
        assert client.post(page_of(source, kind), typed(source)).status_code == 404
    assert client.get("/funds/amendments/").status_code == 403
    assert amount_of(source) == 1_000


def test_there_are_four_kinds(finance: Client, source: Appropriation) -> None:
    page = finance.get(page_of(source)).text
    for kind in KINDS:
        assert f'href="{page_of(source, kind)}"' in page
        assert finance.get(page_of(source, kind)).status_code == 200
    for kind in ("double", "RAISE", "raise%00"):
        assert finance.get(page_of(source, kind)).status_code == 404
    assert finance.get("/funds/appropriations/987654/amend/cut/").status_code == 404


# Signing


@pytest.mark.parametrize(("kind", "comes_to"), [("raise", 1_100), ("cut", 900), ("lapse", 900)])
def test_an_amendment_is_signed_and_shown(
    cast: SimpleNamespace,
    finance: Client,
    source: Appropriation,
    kind: str,
    comes_to: int,
) -> None:
    answer = finance.post(page_of(source, kind), typed(source))
    assert (answer.status_code, answer["Location"]) == (302, page_of(source))
    assert amount_of(source) == comes_to
    signed = Amendment.objects.get()
    assert (signed.signed_by, signed.action_number) == (cast.finance, "Ord. 2026-90")
    assert History.objects.get(table="budgets_amendment").user_id == cast.finance.pk
    page = words(finance.get(page_of(source)).text)
    said = f"Amendment 1 is signed: {kind} of $100."
    for part in (said, "$1,000 adopted, 1 amendment since", "Less sales tax", "Fiona Finance"):
        assert part in page
    assert f"${comes_to:,}" in words(finance.get(f"/funds/{source.fund_id}/").text)


def test_money_is_moved_to_an_appropriation_of_the_fund_that_was_chosen(
    finance: Client, source: Appropriation
) -> None:
    target = make_appropriation(50)
    elsewhere = make_appropriation(50)
    alone = words(finance.get(page_of(source, "transfer")).text)
    assert "This fund has no other appropriation." in alone
    path = f"{page_of(source, 'transfer')}?to={target.fund_id}"
    assert f'<option value="{target.pk}">' in finance.get(path).text
    refused = finance.post(path, typed(source, target=str(elsewhere.pk)))
    assert refused.status_code == 422
    assert "Choose an appropriation from the list." in words(refused.text)
    assert finance.post(path, typed(source, target=str(target.pk))).status_code == 302
    assert (amount_of(source), amount_of(target)) == (900, 150)
    assert "Transfer in" in words(finance.get(page_of(target)).text)


@pytest.mark.parametrize("to", ["", "x", "987654", "9" * 30, "%00"])
def test_a_fund_that_cannot_be_meant_is_the_own_one(
    finance: Client, source: Appropriation, to: str
) -> None:
    other = make_appropriation(7, fund=source.fund, fiscal_year=2031)
    page = finance.get(f"{page_of(source, 'transfer')}?to={to}")
    assert page.status_code == 200
    assert f'<option value="{other.pk}">' in page.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "-5"}, "An amount cannot be negative."),
        ({"amount": "1.2.3"}, "This is not an amount we can read."),
        ({"amount": "€ 5"}, "Amounts are in US dollars."),
        ({"amount": "1" * 18}, "at most 13 digits before the point"),
        ({"amount": "0"}, "Enter an amount above zero."),
        ({"amount": "1,001"}, "comes to $1,000. You asked for $1,001. Enter less."),
        ({"action_number": " "}, "Enter the number of the action that authorizes this."),
        ({"action_type": ""}, "Choose the kind of action."),
        ({"action_type": "whim"}, "Kind of action – "),
        ({"action_date": "2999-01-01"}, "Enter the day on which the action was taken."),
        ({"action_date": "0026-09-01"}, "Check the year: 26 cannot be meant."),
        ({"action_date": "soon"}, "Date of the action – "),
        ({"seen": ""}, "Reload the page, then sign again."),
        ({"seen": "NaN"}, "Reload the page, then sign again."),
        ({"seen": "1e400"}, "Reload the page, then sign again."),
    ],
)
def test_an_unsound_amendment_is_refused_and_keeps_what_was_typed(
    finance: Client, source: Appropriation, changes: dict[str, str], sentence: str
) -> None:
    answer = finance.post(page_of(source, "cut"), typed(source, **changes))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert "Less sales tax than planned." in page
    assert (amount_of(source), Amendment.objects.count()) == (1_000, 0)


def test_who_signs_on_a_page_that_was_overtaken_is_shown_both(
    cast: SimpleNamespace, finance: Client, source: Appropriation
) -> None:
    source.refresh_from_db()
    old = typed(source)
    cut(source, 100, by=cast.second_finance)
    answer = finance.post(page_of(source, "cut"), old)
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Nothing is signed yet" in page
    assert "it came to $1,000 and comes to $900 now" in page
    assert "Less sales tax than planned." in page
    assert amount_of(source) == 900
    again = old | {"seen": "900.00"}
    assert 'name="seen" value="900.00"' in page
    assert finance.post(page_of(source, "cut"), again).status_code == 302
    assert amount_of(source) == 800


def test_sending_a_form_twice_signs_once(finance: Client, source: Appropriation) -> None:
    sent = typed(source)
    assert finance.post(page_of(source, "cut"), sent).status_code == 302
    assert finance.post(page_of(source, "cut"), sent).status_code == 409
    assert amount_of(source) == 900


def test_what_lapses_is_all_that_nobody_took_unless_told(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    source = held(project, cast, 600_000).appropriation
    assert 'value="$400,000"' in finance.get(page_of(source, "lapse")).text
    assert 'value="$400,000"' not in finance.get(page_of(source, "cut")).text


# What stands in the way


def test_a_cut_below_what_is_committed_says_what_stands_in_the_way(
    cast: SimpleNamespace, finance: Client
) -> None:
    project = scoping_project(cast)
    allocation = project.budget.allocations.select_related("appropriation").get()
    source = allocation.appropriation
    answer = finance.post(page_of(source, "cut"), typed(source, "900,000"))
    assert answer.status_code == 422
    page = words(answer.text)
    for part in (
        "has $875,000 that nobody took, and $900,000 would leave it. $25,000 has to be released",
        project.title,
        "Number 1",
        "Release $125,000 and sign",
        "Its budget is no longer dedicated, its scoping gate closes and it goes on hold at once.",
    ):
        assert part in page
    project.refresh_from_db()
    assert (amount_of(source), project.on_hold) == (1_000_000, False)
    confirmed = typed(source, "900,000", release=mark_on(answer.text))
    done = finance.post(page_of(source, "cut"), confirmed)
    assert (done.status_code, done["Location"]) == (302, page_of(source))
    project.refresh_from_db()
    assert (amount_of(source), project.on_hold) == (100_000, True)
    after = words(finance.get(page_of(source)).text)
    reference = project.reference
    assert "cut of $900,000. $125,000 was released first." in after
    assert f"No longer dedicated: {reference}. On hold: {reference}." in after
    assert "Released" in after


def test_a_page_with_other_effects_is_overtaken_and_shows_the_new_ones(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    first = held(project, cast, 600_000)
    source = first.appropriation
    asked = finance.post(page_of(source, "cut"), typed(source, "900,000"))
    old = mark_on(asked.text)
    other = make_project(cast, title="Safer crossings")
    ledger.hold(budget=other.budget, appropriation=source, amount=Decimal(300_000), by=cast.finance)
    answer = finance.post(page_of(source, "cut"), typed(source, "900,000", release=old))
    assert answer.status_code == 409
    assert "What follows from this changed since you looked." in words(answer.text)
    assert "Safer crossings" in answer.text
    assert (amount_of(source), source.held) == (1_000_000, 900_000)
    new = mark_on(answer.text)
    assert new != old
    assert (
        finance.post(page_of(source, "cut"), typed(source, "900,000", release=new)).status_code
        == 302
    )
    assert (amount_of(source), source.held) == (100_000, 0)


def test_where_nothing_has_to_be_released_any_more_nothing_is(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    allocation = held(project, cast, 600_000)
    source = allocation.appropriation
    asked = finance.post(page_of(source, "cut"), typed(source, "900,000"))
    ledger.release(allocation, by=cast.finance)
    sent = typed(source, "900,000", release=mark_on(asked.text))
    answer = finance.post(page_of(source, "cut"), sent)
    assert answer.status_code == 409
    assert 'name="release"' not in answer.text
    assert amount_of(source) == 1_000_000
    assert finance.post(page_of(source, "cut"), typed(source, "900,000")).status_code == 302


@pytest.mark.parametrize("mark", ["", "x", "\x00", "a" * 5_000])
def test_a_mark_that_was_never_shown_releases_nothing(
    cast: SimpleNamespace, finance: Client, project: Project, mark: str
) -> None:
    source = committed(project, cast).appropriation
    sent = typed(source, "950,000", release=mark)
    assert finance.post(page_of(source, "cut"), sent).status_code in {400, 409}
    assert Allocation.objects.get().state == "committed"
    assert not Amendment.objects.exists()


def test_a_release_that_fails_halfway_leaves_everything(
    cast: SimpleNamespace,
    finance: Client,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = committed(project, cast).appropriation
    asked = finance.post(page_of(source, "cut"), typed(source, "950,000"))
    before = History.objects.count()
    monkeypatch.setattr(amending, "sign", lambda *_, **__: 1 / 0)
    sent = typed(source, "950,000", release=mark_on(asked.text))
    with pytest.raises(ZeroDivisionError):
        finance.post(page_of(source, "cut"), sent)
    assert Allocation.objects.get().state == "committed"
    assert History.objects.count() == before
