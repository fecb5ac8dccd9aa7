"""Why a change kept a confirmation or ended it: the words agree with what the database did."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from budgets import keeping, ledger
from budgets.models import Budget
from tests.budgets.rules import Sql
from tests.budgets.test_stays_dedicated import LEAVES, STAYS
from tests.factories import make_appropriation

TODAY = timezone.localdate()

WHY_LOST = {
    "more_for_services": "it costs $0.01 more in FY ",
    "more_and_as_much_less_in_another_year": "running it costs $1 more in FY ",
    "services_a_year_later": "it costs $90,000 more in FY ",
    "services_a_year_earlier": "it costs $90,000 more in FY ",
    "a_line_more": "it costs $0.01 more in FY ",
    "less_for_security": "it plans $0.01 less for security.",
    "less_for_everything": "it plans $5,000 less for security.",
    "security_under_another_name": "it plans $10,000 less for security.",
    "no_security": "it plans $10,000 less for security.",
    "less_contingency": "Add $0.01 of contingency.",
    "contingency_becomes_services": "Add $31,250 of contingency.",
    "more_to_run": "running it costs $0.01 more in FY ",
    "to_run_instead_of_once": "running it costs $90,000 more in FY ",
    "once_instead_of_to_run": "it costs $5,000 more in FY ",
    "a_year_without_running_cost": "in 1 more year of the horizon.",
    "nothing_recurs_and_no_reason": "it says that running it costs nothing any more.",
    "a_year_without_source": "is paid by another fund.",
    "another_fund_runs_it": "is paid by another fund.",
    "no_cost": "it says that running it costs nothing any more",
    "phase_past_the_money": "the planned phase runs from",
    "phase_before_the_money": "the planned phase runs from",
    "no_phase": "Enter when the planned phase begins and ends.",
    "first_year_earlier": "it begins in FY ",
    "first_year_later": "in 1 more year of the horizon.",
    "prepared_by_the_confirmer": "the person who confirmed it changed its cost.",
    "money_released": "$125,000 of the money behind it was released.",
    "withdrawn": "the confirmation was taken back.",
}


def test_every_way_to_lose_a_confirmation_has_its_words() -> None:
    assert WHY_LOST.keys() == LEAVES.keys()


@pytest.mark.parametrize("what", LEAVES)
def test_why_a_confirmation_ended(sql: Sql, dedicated: Budget, what: str) -> None:
    make_appropriation()
    sql(LEAVES[what])
    dedicated = Budget.objects.get(pk=dedicated.pk)
    assert not dedicated.is_dedicated
    why = keeping.why_lost(dedicated.versions.get(), dedicated, on=TODAY)
    assert WHY_LOST[what] in why
    assert why.endswith(".")


@pytest.mark.parametrize("what", STAYS)
def test_why_a_confirmation_was_kept(sql: Sql, dedicated: Budget, what: str) -> None:
    make_appropriation()
    sql(STAYS[what])
    dedicated = Budget.objects.get(pk=dedicated.pk)
    assert dedicated.is_dedicated
    cost = {
        "less_for_services": "it costs $1 less",
        "no_services": "it costs $90,000 less",
        "running_it_costs_less": "it costs $5 less",
        "a_line_split_in_one_statement": "it costs no more",
    }
    why = keeping.why_kept(dedicated.versions.get(), dedicated)
    assert why == f"{cost.get(what, 'it costs no more')} and the money is the same"


def test_more_money_is_told(cast: SimpleNamespace, dedicated: Budget) -> None:
    more = ledger.hold(
        budget=dedicated, appropriation=make_appropriation(), amount=Decimal(40), by=cast.finance
    )
    ledger.commit(more, by=cast.finance)
    why = keeping.why_kept(dedicated.versions.get(), Budget.objects.get(pk=dedicated.pk))
    assert why == "it costs no more and $40 more is committed"


def test_several_reasons_are_told_together(sql: Sql, dedicated: Budget) -> None:
    sql(
        "UPDATE budgets_costline SET amount = amount + CASE element WHEN 'security' THEN -1 "
        "ELSE 10 END WHERE element IN ('security', 'services')"
    )
    year = dedicated.first_fiscal_year
    why = keeping.why_lost(dedicated.versions.get(), Budget.objects.get(pk=dedicated.pk), on=TODAY)
    assert why == f"it costs $9 more in FY {year} and it plans $1 less for security."
