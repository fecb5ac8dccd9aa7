"""The list of funds, new funds and new appropriations, as people meet them."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import fiscal, funds, ledger
from budgets.models import Appropriation, Budget, BudgetPolicy, Fund, Spending, SpendingFile
from portfolio.models import History
from tests.factories import make_appropriation, make_project
from tests.pages import words

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def fund(db: None) -> Fund:
    return Fund.objects.create(code="301", name="Capital projects", fund_type="capital_projects")


def this_year() -> int:
    return fiscal.fiscal_year_of(timezone.localdate(), 7)


def typed(**changes: str) -> dict[str, str]:
    return {
        "fiscal_year": str(this_year()),
        "amount": "$1,250,000.5",
        "action_type": "ordinance",
        "action_number": "Ord. 2026-12",
        "action_date": "2026-06-16",
        "constraint": "committed",
        "restriction": "",
        "available_from": "",
        "available_until": "",
    } | changes


def spend(budget: Budget, fund: Fund, *, fiscal_year: int, amount: int, by: Any) -> Spending:
    file = SpendingFile.objects.create(
        file_name="books.csv", sha256="0" * 64, as_of=timezone.localdate(), rows=1, imported_by=by
    )
    return Spending.objects.create(
        budget=budget,
        fund=fund,
        fiscal_year=fiscal_year,
        amount=Decimal(amount),
        as_of=file.as_of,
        file=file,
    )


WHO_READS = ["head", "outsider", "finance", "second_finance", "manager", "security", "council"]


@pytest.mark.parametrize("who", WHO_READS)
def test_who_reads_money_sees_the_funds(
    cast: SimpleNamespace, signed_in: Any, fund: Fund, who: str
) -> None:
    page = signed_in(getattr(cast, who)).get("/funds/")
    assert "301 Capital projects" in words(page.text)
    assert ("Enter a fund" in words(page.text)) == (who in {"finance", "second_finance"})


@pytest.mark.parametrize("who", ["administrator", "reader"])
def test_who_reads_no_money_sees_no_fund(
    cast: SimpleNamespace, signed_in: Any, fund: Fund, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    assert client.get("/funds/").status_code == 403
    assert client.get(f"/funds/{fund.pk}/").status_code == 404
    assert client.get(f"/funds/{fund.pk}/appropriations/new/").status_code == 404


@pytest.mark.parametrize("who", ["head", "manager", "security", "council"])
def test_only_finance_enters_money(
    cast: SimpleNamespace, signed_in: Any, fund: Fund, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    for path in ("/funds/new/", f"/funds/{fund.pk}/appropriations/new/"):
        for answer in (client.get(path), client.post(path, typed())):
            assert answer.status_code == 403
            assert "Only a finance officer" in words(answer.text)
    assert client.get("/funds/999/appropriations/new/").status_code == 404
    assert not Appropriation.objects.exists()


def test_a_list_of_funds_shows_this_year_and_all_years(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    year, today = this_year(), timezone.localdate()
    now = make_appropriation(1_000, fund=fund, fiscal_year=year)
    make_appropriation(500, fund=fund, fiscal_year=year - 1)
    gone = today - timedelta(days=1)
    make_appropriation(70, fund=fund, fiscal_year=year - 2, available_until=gone)
    budget = make_project(cast).budget
    ledger.hold(budget=budget, appropriation=now, amount=Decimal(200), by=cast.finance)
    ledger.commit(
        ledger.hold(budget=budget, appropriation=now, amount=Decimal(300), by=cast.finance),
        by=cast.finance,
    )
    row = vars(funds.with_balances(Fund.objects.all(), fiscal_year=year, on=today).get())
    names = ("appropriated", "held", "committed", "free")
    assert [row[f"year_{name}"] for name in names] == [1_000, 200, 300, 500]
    assert [row[f"all_{name}"] for name in names] == [1_570, 200, 300, 1_000]
    page = words(signed_in(cast.manager).get("/funds/").text)
    assert '$1,000<span class="sub line">$1,570 in all years</span>' in page
    assert '$500<span class="sub line">$1,000 in all years</span>' in page


def test_a_fund_is_found_by_number_or_name(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    client = signed_in(cast.manager)
    for text in ("301", "capital", "cap\0ital"):
        assert "301 Capital projects" in words(client.get("/funds/", {"q": text}).text)
    none = words(client.get("/funds/", {"q": "water"}).text)
    assert "No fund has these words" in none
    assert "301 Capital projects" not in none


def test_an_empty_city_has_no_funds(cast: SimpleNamespace, signed_in: Any) -> None:
    assert "No fund has been entered yet." in words(signed_in(cast.finance).get("/funds/").text)


@pytest.mark.parametrize("order", ["code", "-year_free", "fund_type", "-year_appropriated", "<x>"])
def test_funds_can_be_sorted(cast: SimpleNamespace, signed_in: Any, fund: Fund, order: str) -> None:
    big = make_appropriation(9_000, fiscal_year=this_year()).fund
    page = words(signed_in(cast.manager).get("/funds/", {"sort": order}).text)
    first = big if order.startswith("-year") or big.code < fund.code else fund
    other = fund if first == big else big
    assert page.index(str(first)) < page.index(str(other))


def test_the_list_takes_as_many_queries_for_50_funds_as_for_3(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    client = signed_in(cast.manager)
    counts = []
    for wanted in (3, 50):
        for number in range(Fund.objects.count(), wanted):
            fund = Fund.objects.create(code=f"F{number:03}", name="Fund", fund_type="general")
            make_appropriation(100, fund=fund)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/funds/").text
        assert page.partition('aria-label="Funds"')[2].count('scope="row"') == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_fund_is_entered_by_finance(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.finance)
    answer = client.post(
        "/funds/new/", {"code": "225", "name": "Recreation", "fund_type": "special_revenue"}
    )
    fund = Fund.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/funds/{fund.pk}/")
    assert History.objects.get(table="budgets_fund").user_id == cast.finance.pk
    assert "225 Recreation is entered." in words(client.get(answer["Location"]).text)


def test_a_fund_is_entered_once_and_whole(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    again = signed_in(cast.finance).post("/funds/new/", {"code": "301", "name": ""})
    assert again.status_code == 422
    assert "Fix 3 things to continue" in words(again.text)
    assert "A fund with this number exists already. Open it instead." in words(again.text)
    assert Fund.objects.count() == 1


def test_an_appropriation_takes_the_fiscal_years_days(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    client = signed_in(cast.finance)
    answer = client.post(f"/funds/{fund.pk}/appropriations/new/", typed(fiscal_year="2027"))
    entered = Appropriation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/funds/{fund.pk}/")
    assert (entered.amount, entered.entered_by) == (Decimal("1250000.50"), cast.finance)
    assert (entered.available_from, entered.available_until) == (
        date(2026, 7, 1),
        date(2027, 6, 30),
    )
    page = words(client.get(answer["Location"]).text)
    assert "$1,250,000.50 of FY 2027 is entered by Ord. 2026-12." in page


def test_the_first_month_is_the_citys(cast: SimpleNamespace, signed_in: Any, fund: Fund) -> None:
    BudgetPolicy.objects.create(fiscal_year_first_month=1)
    signed_in(cast.finance).post(
        f"/funds/{fund.pk}/appropriations/new/",
        typed(fiscal_year=str(timezone.localdate().year), available_until="2031-03-31"),
    )
    entered = Appropriation.objects.get()
    assert entered.available_from == date(timezone.localdate().year, 1, 1)
    assert entered.available_until == date(2031, 3, 31)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "50k"}, "Write the amount out in digits"),
        ({"amount": "0"}, "Enter an amount above zero."),
        ({"action_number": ""}, "Number of the action – "),
        ({"constraint": ""}, "What binds the money – "),
        ({"fiscal_year": "1066"}, "Fiscal year – "),
        (
            {"available_from": "2027-03-01", "available_until": "2027-02-28"},
            "Enter a day after March 1, 2027, or leave it empty.",
        ),
    ],
)
def test_an_unsound_appropriation_is_refused_at_its_field(
    cast: SimpleNamespace, signed_in: Any, fund: Fund, changes: dict[str, str], sentence: str
) -> None:
    client = signed_in(cast.finance)
    answer = client.post(f"/funds/{fund.pk}/appropriations/new/", typed(**changes))
    assert answer.status_code == 422
    assert "Fix one thing to continue" in words(answer.text)
    assert sentence in words(answer.text)
    assert not Appropriation.objects.exists()


def test_one_action_is_entered_once_for_a_year(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    client, path = signed_in(cast.finance), f"/funds/{fund.pk}/appropriations/new/"
    client.post(path, typed())
    again = client.post(path, typed())
    assert again.status_code == 422
    assert "This action is already entered for this fund and year." in words(again.text)
    assert Appropriation.objects.count() == 1


def test_held_and_named_money_cannot_be_typed_in(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    budget = make_project(cast).budget
    extra = {"held": "5", "committed": "9", "for_budget": str(budget.pk), "entered_by": "1"}
    signed_in(cast.finance).post(f"/funds/{fund.pk}/appropriations/new/", typed(**extra))
    entered = Appropriation.objects.get()
    assert (entered.held, entered.committed, entered.for_budget) == (0, 0, None)
    assert entered.entered_by == cast.finance


def test_each_constraint_is_explained(cast: SimpleNamespace, signed_in: Any, fund: Fund) -> None:
    page = words(signed_in(cast.finance).get(f"/funds/{fund.pk}/appropriations/new/").text)
    for code in Appropriation.Constraint:
        assert f'value="{code}"' in page
    assert "nothing holds the city to it" in page
    year = this_year()
    assert f'<option value="{year}" selected>FY {year}: July 1, {year - 1} to June 30' in page


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (91, None),
        (90, ("Lapses in 90 days", "warn")),
        (1, ("Lapses tomorrow", "warn")),
        (0, ("Lapses today", "warn")),
        (-1, ("Lapsed", "bad")),
    ],
)
def test_money_that_lapses_soon_says_so(days: int, said: tuple[str, str] | None) -> None:
    today = date(2027, 6, 30)
    row = Appropriation(available_until=today + timedelta(days=days))
    assert funds.lapse(row, on=today, warn_days=90) == said


def test_each_year_of_a_fund_says_what_is_there(cast: SimpleNamespace, fund: Fund) -> None:
    today, budget = timezone.localdate(), make_project(cast).budget
    gone = today - timedelta(days=1)
    for year, held, until in ((2027, 30, today), (2026, 10, gone)):
        source = make_appropriation(100, fund=fund, fiscal_year=year, available_until=until)
        ledger.hold(budget=budget, appropriation=source, amount=Decimal(held), by=cast.finance)
    spend(budget, fund, fiscal_year=2025, amount=7, by=cast.finance)
    make_appropriation(9_000, fiscal_year=2027)
    years = funds.by_year(fund, on=today)
    assert [(year, sums.free, sums.lapsed, sums.spent) for year, sums in years] == [
        (2027, 70, 0, 0),
        (2026, 0, 90, 0),
        (2025, 0, 0, 7),
    ]
    total = funds.together(balance for _, balance in years)
    assert (total.appropriated, total.held, total.lapsed, total.free) == (200, 40, 90, 70)


def test_what_was_spent_is_shown_and_takes_nothing_twice(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    make_appropriation(1_000, fund=fund, fiscal_year=this_year())
    budget = make_project(cast).budget
    spend(budget, fund, fiscal_year=this_year(), amount=1_234, by=cast.finance)
    row = vars(
        funds.with_balances(
            Fund.objects.all(), fiscal_year=this_year(), on=timezone.localdate()
        ).get(pk=fund.pk)
    )
    assert (row["year_spent"], row["all_spent"], row["year_free"]) == (1_234, 1_234, 1_000)
    assert "$1,234" in words(signed_in(cast.manager).get("/funds/").text)


def test_the_money_of_the_city_stands_above_the_list(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    year = this_year()
    now = make_appropriation(1_000, fund=fund, fiscal_year=year)
    make_appropriation(4_500, fiscal_year=year + 1)
    budget = make_project(cast).budget
    ledger.hold(budget=budget, appropriation=now, amount=Decimal(200), by=cast.finance)
    client = signed_in(cast.manager)
    page = words(client.get("/funds/").text)
    for part in (
        f"Free in FY {year}</dt> <dd>$800</dd>",
        "of $1,000 appropriated",
        "Free in all years</dt> <dd>$5,300</dd>",
        f"For FY {year} it is $1K, of which $800 is free, $0 is committed and $200 is held.",
        'aria-labelledby="city-title"',
        "All funds together, by fiscal year",
    ):
        assert part in page
    assert "What money is there" not in words(client.get("/funds/", {"q": "301"}).text)


def test_a_long_past_is_one_row_above_the_list(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    for back in range(20):
        make_appropriation(100, fund=fund, fiscal_year=this_year() - back)
    page = words(signed_in(cast.manager).get("/funds/").text)
    table = page.partition("All funds together, by fiscal year</caption>")[2].partition("</tab")[0]
    assert table.count('scope="row"') == 8
    assert (
        '>Earlier</th> <td role="cell" class="num" data-label="Appropriated">$1,400</td>' in table
    )
    assert "$2,000" in table
