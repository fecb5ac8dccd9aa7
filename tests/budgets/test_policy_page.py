"""The city's own numbers for money: who reads them, who sets them, and that none is lost."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets import policies
from budgets.forms.policy import NAMES
from budgets.ledger import Stale
from budgets.models import Budget, BudgetPolicy
from portfolio.models import History
from tests.factories import add_costs, make_project
from tests.pages import words

PATH = "/funds/policy/"


def typed(**changes: str) -> dict[str, str]:
    """The numbers that come with the product as an administrator sends them, but for `changes`."""
    return {
        "fiscal_year_first_month": "7",
        "horizon_years": "5",
        "contingency_percent": "25",
        "contingency_design_percent": "15",
        "contingency_delivery_percent": "10",
        "security_floor_percent": "5",
        "security_note_percent": "10",
        "waiver_months": "12",
        "hold_days": "60",
        "hold_warn_days": "7",
        "at_risk_days": "90",
        "whole_life_warning": "$10,000,000",
        "yearly_warning": "$2,000,000",
        "seen": policies.mark(BudgetPolicy.current()),
    } | changes


@pytest.fixture
def administrator(cast: SimpleNamespace, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


@pytest.mark.parametrize("who", ["head", "finance", "manager", "security", "council"])
def test_who_reads_money_reads_the_numbers_and_sets_none(
    cast: SimpleNamespace, signed_in: Any, who: str
) -> None:
    client = signed_in(getattr(cast, who))
    page = words(client.get(PATH).text)
    assert "Citrus County FL" in page
    assert "The default is 25." in page
    assert 'method="post"' not in page[page.index("<main") :]
    answer = client.post(PATH, typed(horizon_years="9"))
    assert answer.status_code == 403
    assert "Only an administrator may set" in words(answer.text)
    assert not BudgetPolicy.objects.exists()


def test_who_reads_no_money_does_not_read_them(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    assert (client.get(PATH).status_code, client.post(PATH, typed()).status_code) == (403, 403)


def test_every_number_is_shown_with_its_reason_and_its_default(administrator: Client) -> None:
    page = words(administrator.get(PATH).text)
    assert set(NAMES) == set(policies.NUMBERS)
    for name in NAMES:
        column: Any = BudgetPolicy._meta.get_field(name)
        assert f'name="{name}"' in page
        assert column.help_text in page
    assert page.count("The default is ") == len(NAMES)
    for said in ("The default is July.", "The default is $10,000,000.", "The default is No."):
        assert said in page


def test_an_administrator_sets_the_numbers(cast: SimpleNamespace, administrator: Client) -> None:
    sent = typed(horizon_years="7", contingency_percent="30.5", allow_assigned="on")
    answer = administrator.post(PATH, sent)
    assert (answer.status_code, answer["Location"]) == (302, PATH)
    policy = BudgetPolicy.objects.get()
    assert (policy.horizon_years, policy.contingency_percent) == (7, Decimal("30.5"))
    assert (policy.allow_assigned, policy.yearly_warning) == (True, 2_000_000)
    written = History.objects.filter(table="budgets_budgetpolicy")
    assert {row.user_id for row in written} == {cast.administrator.pk}
    page = words(administrator.get(PATH).text)
    assert "The numbers are set." in page
    assert 'value="30.5"' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"horizon_years": ""}, "Enter a number."),
        ({"horizon_years": "many"}, "Enter a number such as 25."),
        ({"horizon_years": "0"}, "Years that a budget looks ahead – "),
        ({"horizon_years": "26"}, "Years that a budget looks ahead – "),
        ({"contingency_percent": "4.99"}, "Contingency of a concept, in percent – "),
        ({"contingency_percent": "NaN"}, "Enter a number such as 25."),
        ({"contingency_percent": "1" * 40}, "Contingency of a concept, in percent – "),
        ({"security_floor_percent": "-1"}, "Least share of security"),
        ({"fiscal_year_first_month": "13"}, "First month of the fiscal year – "),
        ({"hold_days": "5", "hold_warn_days": "5"}, "is warned of before it ends"),
        ({"whole_life_warning": "50k"}, "Write the amount out in digits"),
        ({"yearly_warning": "0"}, "Enter an amount above zero."),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    administrator: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = administrator.post(PATH, typed(**changes))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert not BudgetPolicy.objects.exists()


def test_numbers_that_were_overtaken_are_shown_beside_the_new_ones(
    cast: SimpleNamespace, administrator: Client
) -> None:
    old = typed(horizon_years="9")
    policies.set_numbers(
        {"horizon_years": 8, "contingency_percent": Decimal(40)}, seen=old["seen"], by=cast.manager
    )
    answer = administrator.post(PATH, old)
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Nothing was saved yet" in page
    assert "Years that a budget looks ahead" in page
    assert '<td role="cell" data-label="Yours"> 9 </td>' in page
    assert '<td role="cell" data-label="Saved now"> 8 </td>' in page
    assert BudgetPolicy.objects.get().horizon_years == 8
    again = old | {"seen": policies.mark(BudgetPolicy.current())}
    assert again["seen"] in page
    assert administrator.post(PATH, again).status_code == 302
    assert BudgetPolicy.objects.get().horizon_years == 9


def test_who_signs_what_is_no_longer_there_sets_nothing(cast: SimpleNamespace) -> None:
    with pytest.raises(Stale):
        policies.set_numbers({"horizon_years": 8}, seen="", by=cast.administrator)
    assert not BudgetPolicy.objects.exists()


def test_budgets_that_are_not_dedicated_count_with_the_new_numbers(
    cast: SimpleNamespace, administrator: Client
) -> None:
    budget = add_costs(make_project(cast).budget, cast=cast)
    before = budget.contingency_floor
    administrator.post(PATH, typed(contingency_percent="50"))
    budget.refresh_from_db()
    assert (budget.state, budget.contingency_floor) == (Budget.State.DRAFT, before * 2)
