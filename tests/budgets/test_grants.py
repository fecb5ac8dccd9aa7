"""Grants: an award with what the city owes for it, and what counts as its match."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from budgets import funds, ledger
from budgets.models import Appropriation, Fund
from tests.budgets.test_fund_views import typed
from tests.factories import make_appropriation, make_project
from tests.pages import words

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def fund(db: None) -> Fund:
    return Fund.objects.create(code="250", name="Transit grants", fund_type="special_revenue")


def test_a_grant_is_entered_with_its_award_and_its_match(
    cast: SimpleNamespace, signed_in: Any, fund: Fund
) -> None:
    payer = make_appropriation().fund
    grant = {
        "action_type": "award_letter",
        "constraint": "restricted",
        "award_number": "FTA-2026-0147",
        "agency": "Federal Transit Administration",
        "match_percent": "20",
        "match_kind": "cash",
        "match_fund": str(payer.pk),
        "obligate_by": "2027-09-30",
        "report_by": "2028-01-31",
    }
    path = f"/funds/{fund.pk}/appropriations/new/"
    signed_in(cast.finance).post(path, typed(amount="80,000", **grant))
    entered = Appropriation.objects.get(fund=fund)
    assert (entered.award_number, entered.agency) == (grant["award_number"], grant["agency"])
    assert (entered.match_fund, entered.match_kind) == (payer, "cash")
    assert (entered.obligate_by, entered.report_by) == (date(2027, 9, 30), date(2028, 1, 31))
    assert funds.match_needed(entered) == 20_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"match_percent": "20"}, "Choose whether the match is in cash or in kind."),
        ({"match_kind": "cash"}, "Enter the match in percent, or clear what is below."),
        ({"match_percent": "20", "match_kind": "cash"}, "Choose the fund that pays the match."),
        ({"match_percent": "100", "match_kind": "in_kind"}, "Enter less than 100 percent"),
        ({"match_percent": "-1", "match_kind": "in_kind"}, "Enter a percentage of zero or more."),
        ({"match_percent": "1.2.3", "match_kind": "in_kind"}, "Enter a percentage such as 20"),
        (
            {"obligate_by": "2027-05-30", "report_by": "2027-05-01"},
            "Enter a day after May 30, 2027.",
        ),
    ],
)
def test_an_unsound_grant_is_refused_at_its_field(
    cast: SimpleNamespace, signed_in: Any, fund: Fund, changes: dict[str, str], sentence: str
) -> None:
    path = f"/funds/{fund.pk}/appropriations/new/"
    answer = signed_in(cast.finance).post(path, typed(**changes))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert '<details class="disc mb" open>' in page
    assert not Appropriation.objects.exists()


@pytest.mark.parametrize(
    ("percent", "needed"),
    [(None, None), ("0", "0"), ("20", "25000"), ("50", "100000"), ("100", None)],
)
def test_the_match_is_the_citys_share_of_the_whole(percent: str | None, needed: str | None) -> None:
    grant = Appropriation(
        amount=Decimal(100_000), match_percent=None if percent is None else Decimal(percent)
    )
    assert funds.match_needed(grant) == (None if needed is None else Decimal(needed))


def test_counted_as_match_is_what_the_fund_committed_beside_the_grant(
    cast: SimpleNamespace, fund: Fund
) -> None:
    grant = make_appropriation(
        80_000, match_percent=Decimal(20), match_kind="cash", match_fund=fund
    )
    own = make_appropriation(50_000, fund=fund)
    with_grant, without = make_project(cast).budget, make_project(cast).budget
    for source, budget, amount in (
        (grant, with_grant, 40_000),
        (own, with_grant, 6_000),
        (own, without, 9_000),
    ):
        held = ledger.hold(
            budget=budget, appropriation=source, amount=Decimal(amount), by=cast.finance
        )
        ledger.commit(held, by=cast.finance)
    ledger.hold(budget=with_grant, appropriation=own, amount=Decimal(100), by=cast.finance)
    found = funds.with_match(Appropriation.objects.filter(pk=grant.pk)).get()
    assert vars(found)["match_committed"] == 6_000
