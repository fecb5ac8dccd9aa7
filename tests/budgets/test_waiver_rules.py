"""Security waivers, tried by SQL with the rights of the site, and with the owner's."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError

from budgets import ledger
from budgets.models import Budget, BudgetPolicy, SecurityWaiver
from portfolio.models import Project
from tests.budgets.rules import Sql, refused_by
from tests.database import connect
from tests.factories import add_costs, make_appropriation, make_project, make_user, ready_project

WAIVE = (
    "INSERT INTO budgets_securitywaiver (budget_id, percent, reason, ends_on, signed_by_id, "
    "signed_at) VALUES (%s, %s, %s, %s, %s, now())"
)
CONFIRM = (
    "UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = {}, confirmed_at = now()"
)
LINES = "UPDATE budgets_costline SET "


def day(days: int) -> date:
    return (datetime.now(UTC) + timedelta(days=days)).date()


@pytest.fixture
def below(cast: SimpleNamespace) -> Budget:
    """A covered budget of $146,000 over its life with $6,000 of security: 4.10 percent."""
    budget = add_costs(make_project(cast).budget, cast=cast)
    budget.cost_lines.filter(element="security").update(amount=Decimal(6_000))
    held = ledger.hold(
        budget=budget,
        appropriation=make_appropriation(),
        amount=Decimal(125_000),
        by=cast.finance,
    )
    ledger.commit(held, by=cast.finance)
    budget.refresh_from_db()
    assert (budget.whole_life, budget.security_floor) == (146_000, 7_300)
    return budget


@pytest.fixture
def waived(sql: Sql, cast: SimpleNamespace, below: Budget) -> Budget:
    """The same, waived by the security officer and confirmed."""
    sql(WAIVE, below.pk, 4, "A study.", day(30), cast.security.pk)
    sql(CONFIRM.format(cast.second_finance.pk))
    below.refresh_from_db()
    assert below.is_dedicated
    return below


def test_below_the_floor_nothing_is_dedicated(
    sql: Sql, cast: SimpleNamespace, below: Budget
) -> None:
    assert refused_by(sql, CONFIRM.format(cast.manager.pk)) == "budget_dedicated_is_whole"


def test_a_waiver_lets_it_count_until_its_day(waived: Budget) -> None:
    assert waived.security_waived_until == day(30)
    assert waived.versions.get().security_waived_until == day(30)


def test_the_longest_waiver_counts(sql: Sql, cast: SimpleNamespace, waived: Budget) -> None:
    sql(WAIVE, waived.pk, 4, "Longer.", day(60), cast.security.pk)
    waived.refresh_from_db()
    assert (waived.is_dedicated, waived.security_waived_until) == (True, day(60))


def test_it_covers_its_share_and_not_less(sql: Sql, cast: SimpleNamespace, below: Budget) -> None:
    sql(WAIVE, below.pk, "4.11", "A study.", day(30), cast.security.pk)
    assert refused_by(sql, CONFIRM.format(cast.manager.pk)) == "budget_dedicated_is_whole"
    sql(WAIVE, below.pk, "4.10", "A study.", day(30), cast.security.pk)
    assert sql(CONFIRM.format(cast.manager.pk)) == 1


def test_a_waiver_covers_a_share(sql: Sql, cast: SimpleNamespace, below: Budget) -> None:
    for percent, reason in (("0", "A study."), ("4", "  ")):
        rule = refused_by(sql, WAIVE, below.pk, percent, reason, day(30), cast.security.pk)
        assert rule == "security_waiver_has_a_reason"


@pytest.mark.parametrize("percent", ["0.01", "4"])
def test_nothing_for_security_is_never_waived(
    sql: Sql, cast: SimpleNamespace, below: Budget, percent: str
) -> None:
    sql(f"{LINES} element = 'software' WHERE element = 'security'")
    sql(WAIVE, below.pk, percent, "A study.", day(30), cast.security.pk)
    assert refused_by(sql, CONFIRM.format(cast.manager.pk)) == "budget_dedicated_is_whole"


@pytest.mark.parametrize(
    ("statement", "stays"),
    [
        (f"{LINES} amount = amount - 0.01 WHERE element = 'security'", False),
        (f"{LINES} amount = amount - 0.01 WHERE element = 'services'", True),
        (f"{LINES} amount = amount + 2000 * CASE element WHEN 'security' THEN 1 ELSE -1 END "
         "WHERE element IN ('security', 'services')", True),
        ("UPDATE budgets_securitywaiver SET withdrawn_by_id = signed_by_id, withdrawn_at = now()",
         False),
    ],
)  # fmt: skip
def test_what_rests_on_it(sql: Sql, waived: Budget, statement: str, stays: bool) -> None:
    sql(statement)
    waived.refresh_from_db()
    assert waived.is_dedicated is stays


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ((4, "", 30), "security_waiver_has_a_reason"),
        ((4, "  ", 30), "security_waiver_has_a_reason"),
        ((0, "So.", 30), "security_waiver_has_a_reason"),
        ((-1, "So.", 30), "security_waiver_has_a_reason"),
        (("100.01", "So.", 30), "security_waiver_has_a_reason"),
        (("NaN", "So.", 30), "security_waiver_has_a_reason"),
        ((4, "So.", -2), "security_waiver_ends_in_time"),
        ((4, "So.", 367), "security_waiver_ends_in_time"),
        ((4, "So.", 100_000), "security_waiver_ends_in_time"),
    ],
)
def test_it_has_a_reason_a_share_and_an_end(
    sql: Sql, cast: SimpleNamespace, below: Budget, said: tuple[object, str, int], rule: str
) -> None:
    percent, reason, ends = said
    refusal = refused_by(sql, WAIVE, below.pk, percent, reason, day(ends), cast.security.pk)
    assert refusal == rule


def test_the_policy_says_how_long(sql: Sql, cast: SimpleNamespace, below: Budget) -> None:
    BudgetPolicy.objects.create(waiver_months=1)
    refusal = refused_by(sql, WAIVE, below.pk, 4, "So.", day(32), cast.security.pk)
    assert refusal == "security_waiver_ends_in_time"


def test_a_day_of_signing_in_the_future_is_no_way_around_its_end(
    sql: Sql, cast: SimpleNamespace, below: Budget
) -> None:
    later = WAIVE.replace("now()", "now() + interval '20 years'")
    refusal = refused_by(sql, later, below.pk, 4, "So.", day(365 * 20 + 30), cast.security.pk)
    assert refusal == "security_waiver_ends_in_time"


def test_who_prepared_does_not_sign(sql: Sql, cast: SimpleNamespace, below: Budget) -> None:
    refusal = refused_by(sql, WAIVE, below.pk, 4, "So.", day(30), cast.head.pk)
    assert refusal == "security_waiver_signer_did_not_prepare"


def test_who_sponsors_does_not_sign(sql: Sql, cast: SimpleNamespace, below: Budget) -> None:
    sql(f"UPDATE portfolio_project SET sponsor_id = {cast.security.pk}")
    refusal = refused_by(sql, WAIVE, below.pk, 4, "So.", day(30), cast.security.pk)
    assert refusal == "security_waiver_signer_does_not_own"


def test_who_signed_does_not_sponsor_afterwards(
    sql: Sql, cast: SimpleNamespace, waived: Budget
) -> None:
    sponsor = f"UPDATE portfolio_project SET sponsor_id = {cast.security.pk}"
    assert refused_by(sql, sponsor) == "security_waiver_signer_does_not_own"
    sql(
        "UPDATE budgets_securitywaiver SET withdrawn_at = now(), "
        f"withdrawn_by_id = {cast.manager.pk}"
    )
    assert sql(sponsor) == 1


def test_who_signed_does_not_prepare_afterwards(
    sql: Sql, cast: SimpleNamespace, waived: Budget
) -> None:
    """The signer's own waiver does not count for what the signer prepared."""
    sql(f"UPDATE budgets_budget SET prepared_by_id = {cast.security.pk}")
    waived.refresh_from_db()
    assert (waived.is_dedicated, waived.security_waived_until) == (False, None)


@pytest.mark.parametrize(
    "change",
    [
        "percent = 1",
        "ends_on = ends_on + 1",
        "reason = 'Another'",
        "signed_by_id = (SELECT min(id) FROM portfolio_user)",
        "budget_id = (SELECT max(id) FROM budgets_budget)",
    ],
)
def test_once_signed_it_stays(sql: Sql, cast: SimpleNamespace, waived: Budget, change: str) -> None:
    make_project(cast)
    refusal = refused_by(sql, f"UPDATE budgets_securitywaiver SET {change}")
    assert refusal == "security_waiver_stays"


def test_it_is_withdrawn_once(sql: Sql, cast: SimpleNamespace, waived: Budget) -> None:
    for change in ("withdrawn_at = now()", f"withdrawn_by_id = {cast.manager.pk}"):
        refusal = refused_by(sql, f"UPDATE budgets_securitywaiver SET {change}")
        assert refusal == "security_waiver_withdrawal_is_whole"
    sql(
        "UPDATE budgets_securitywaiver SET withdrawn_at = now(), "
        f"withdrawn_by_id = {cast.manager.pk}"
    )
    for change in (
        "withdrawn_at = NULL, withdrawn_by_id = NULL",
        f"withdrawn_by_id = {cast.security.pk}",
    ):
        refusal = refused_by(sql, f"UPDATE budgets_securitywaiver SET {change}")
        assert refusal == "security_waiver_stays"


def test_the_site_deletes_none(sql: Sql, waived: Budget) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql("DELETE FROM budgets_securitywaiver")


def test_the_gate_closes_with_it(sql: Sql, cast: SimpleNamespace) -> None:
    project = ready_project(cast)
    budget = project.budget
    sql(WAIVE, budget.pk, 1, "A study.", day(30), cast.security.pk)
    sql(f"{LINES} amount = 100000 WHERE element = 'services'")
    sql(f"{LINES} amount = 7000 WHERE element = 'security'")
    sql(f"{LINES} amount = 60000 WHERE element = 'contingency'")
    held = ledger.hold(
        budget=budget, appropriation=make_appropriation(), amount=Decimal(90_000), by=cast.finance
    )
    ledger.commit(held, by=cast.finance)
    sql(CONFIRM.format(make_user("Thea Third").pk))
    sql(f"UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project.pk}")
    sql("UPDATE budgets_securitywaiver SET withdrawn_by_id = signed_by_id, withdrawn_at = now()")
    held_project = Project.objects.get(pk=project.pk)
    assert (held_project.budget_dedicated, held_project.on_hold) == (False, True)


# The owner


@pytest.fixture
def owner(transactional_db: None, cast: SimpleNamespace) -> Iterator[psycopg.Connection[Any]]:
    budget = add_costs(make_project(cast).budget, cast=cast)
    with closing(connect("owner", autocommit=True)) as raw:
        raw.execute(WAIVE, [budget.pk, 4, "So.", day(30), cast.security.pk])
        yield raw


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE budgets_securitywaiver SET ends_on = ends_on + 1", "security_waiver_stays"),
        (
            "INSERT INTO budgets_securitywaiver (budget_id, percent, reason, ends_on, "
            "signed_by_id, signed_at) SELECT id, 4, 'So.', CURRENT_DATE, prepared_by_id, now() "
            "FROM budgets_budget",
            "security_waiver_signer_did_not_prepare",
        ),
    ],
)
def test_not_even_the_owner(owner: psycopg.Connection[Any], statement: str, rule: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(statement)
    assert refused.value.diag.constraint_name == rule
    assert SecurityWaiver.objects.count() == 1
