"""The steps of writing a cost that save nothing: a line more, copies over the years, a block."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets import tally
from budgets.models import Budget, BudgetPolicy, CostLine, Fund
from portfolio.forms.cost_lines import MOST_LINES
from portfolio.models import Project
from tests.factories import dedicate, make_appropriation, make_project
from tests.pages import words
from tests.portfolio.budgets.money import at
from tests.portfolio.budgets.test_writing_cost import BLANK, row, sheet


def sent_back(answer: Any) -> list[dict[str, Any]]:
    """Return the rows that an answer shows, as their fields would send them."""
    forms = answer.context["sheet"].lines.forms
    return [
        {
            name: str(value)
            for name in form.fields
            if (value := form.fields[name].prepare_value(form[name].value()))
        }
        for form in forms
    ]


def without_gaps(answer: Any) -> str:
    """Return the page without white space beside its tags."""
    return re.sub(r"\s*([<>])\s*", r"\1", words(answer.text))


def years_of(answer: Any) -> list[tuple[str, str]]:
    return [(found["fiscal_year"], found["amount"]) for found in sent_back(answer) if found]


def unsaved(project: Project) -> bool:
    fresh = Budget.objects.get(pk=project.budget_id)
    return fresh.revision == project.budget.revision


@pytest.fixture
def empty(cast: SimpleNamespace) -> Project:
    return make_project(cast)


def test_one_more_line_is_shown_and_nothing_saved(head: Client, empty: Project) -> None:
    sent = sheet(empty, row("50k", note="Half done"), BLANK, phase_start="soon")
    answer = head.post(at(empty, "costs/"), sent | {"lines-add": "1"})
    assert answer.status_code == 200
    assert [len(found) for found in sent_back(answer)] == [5, 0, 0]
    page = words(answer.text)
    assert 'value="50k"' in page
    assert 'value="soon"' in page
    assert "Fix" not in page
    assert page.count("autofocus") == 1
    assert not CostLine.objects.exists()


def test_new_lines_that_are_ticked_leave_and_saved_ones_stay(
    head: Client, project: Project
) -> None:
    saved = project.budget.cost_lines.first()
    assert saved is not None
    rows = [
        row("1", line=saved.pk, DELETE="on"),
        row("2", DELETE="on"),
        row("3"),
    ]
    answer = head.post(at(project, "costs/"), sheet(project, *rows) | {"lines-add": "1"})
    assert [found.get("amount") for found in sent_back(answer)] == ["1", "3", None]
    assert sent_back(answer)[0]["DELETE"]
    assert answer.context["tally"].whole_life == 3


def test_a_line_is_copied_to_the_end_of_the_horizon(head: Client, empty: Project) -> None:
    first = empty.budget.first_fiscal_year
    fund = make_appropriation().fund
    line = row(
        "5,000",
        kind="recurring",
        element="staff",
        fiscal_year=first + 1,
        note="Desk",
        source=fund.pk,
        growth="3",
    )
    sent = sheet(empty, row("7"), line, row("8"))
    answer = head.post(at(empty, "costs/"), sent | {"copy": "1"})
    assert answer.status_code == 200
    assert years_of(answer)[1:] == [
        (str(first + 1), "5,000"),
        (str(first + 2), "$5,150"),
        (str(first + 3), "$5,304.50"),
        (str(first + 4), "$5,463.64"),
        (str(first), "8"),
    ]
    copies = sent_back(answer)[2:5]
    assert {(copy["note"], copy["source"], copy["kind"]) for copy in copies} == {
        ("Desk", str(fund.pk), "recurring")
    }
    assert not any("growth" in found for found in sent_back(answer))
    said = f"Cost line 2 is copied to FY {first + 2} to FY {first + 4}."
    assert f"{said} <strong>Nothing is saved yet.</strong>" in words(answer.text)
    assert not CostLine.objects.exists()
    saved = head.post(at(empty, "costs/"), sheet(empty, *sent_back(answer)))
    assert saved.status_code == 302
    budget = Budget.objects.get(pk=empty.budget_id)
    assert budget.recurring_cost == Decimal("20918.14")
    assert budget.years_without_source == 0


def test_a_saved_line_is_copied_and_another_rate_replaces_its_copies(
    head: Client, project: Project
) -> None:
    shown = head.get(at(project, "costs/"))
    rows = sent_back(shown)
    place = next(number for number, found in enumerate(rows) if found["element"] == "staff")
    first = project.budget.first_fiscal_year
    rows[place]["growth"] = "10"
    answer = head.post(at(project, "costs/"), sheet(project, *rows) | {"copy": str(place)})
    staff = [found for found in sent_back(answer) if found.get("element") == "staff"]
    assert [found["amount"] for found in staff] == [
        "$5,000",
        "$5,500",
        "$6,050",
        "$6,655",
        "$7,320.50",
    ]
    assert all(found["line"] for found in staff)
    assert f"It replaced $5,000 in FY {first + 1}" in words(answer.text)
    assert unsaved(project)


def test_two_lines_alike_in_one_year_do_not_replace_each_other(
    head: Client, empty: Project
) -> None:
    first = empty.budget.first_fiscal_year
    rows = [row(amount, fiscal_year=first + 3) for amount in ("1", "2")]
    one = head.post(at(empty, "costs/"), sheet(empty, *rows) | {"copy": "0"})
    rows = [found for found in sent_back(one) if found]
    both = head.post(at(empty, "costs/"), sheet(empty, *rows) | {"copy": "2"})
    assert sorted(amount for year, amount in years_of(both) if year == str(first + 4)) == [
        "$1",
        "$2",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"growth": "101"}, "Cost line 1, growth a year, in percent – Type percent a year from"),
        ({"growth": "a lot"}, "such as 3 or 2.5. You typed “a lot”."),
        ({"amount": "0.01", "growth": "-50"}, "nothing would be left of it."),
        ({"amount": "9999999999999", "growth": "1"}, "this would be more than an amount may be."),
        ({"amount": "€5"}, "Cost line 1, amount – Amounts are in US dollars."),
        ({"fiscal_year": ""}, "Cost line 1, fiscal year – "),
        ({"kind": "", "element": ""}, "Cost line 1, kind – "),
    ],
)
def test_what_keeps_a_line_from_being_copied_is_named(
    head: Client, empty: Project, changes: dict[str, str], sentence: str
) -> None:
    line = row("5", note="Kept", fiscal_year=empty.budget.first_fiscal_year) | changes
    answer = head.post(at(empty, "costs/"), sheet(empty, line, row("50k")) | {"copy": "0"})
    assert answer.status_code == 422
    page = words(answer.text)
    assert sentence in page
    assert 'href="#id_lines-0-' in page
    assert 'value="Kept"' in page
    assert 'value="50k"' in page
    assert "Cost line 2, amount –" not in page


def test_the_last_year_of_the_horizon_is_copied_nowhere(head: Client, empty: Project) -> None:
    last = empty.budget.first_fiscal_year + 4
    answer = head.post(
        at(empty, "costs/"), sheet(empty, row("5", fiscal_year=last)) | {"copy": "0"}
    )
    assert answer.status_code == 422
    assert f"A line is copied to the years up to FY {last}, the last" in words(answer.text)


def test_growth_that_was_typed_and_not_used_is_not_lost(head: Client, empty: Project) -> None:
    answer = head.post(at(empty, "costs/"), sheet(empty, row("5", growth="3")))
    assert answer.status_code == 422
    assert "Press “Copy” to repeat this line in the later years" in words(answer.text)
    assert not CostLine.objects.exists()


@pytest.mark.parametrize("place", ["", "x", "99", "9" * 5000])
def test_a_place_that_is_no_row_breaks_nothing(head: Client, empty: Project, place: str) -> None:
    sent = sheet(empty, row("5")) | {"copy": place, "lines-TOTAL_FORMS": place or "1"}
    assert head.post(at(empty, "costs/"), sent).status_code in {200, 422}
    assert not CostLine.objects.exists()


def test_a_block_is_read_into_rows_to_check(head: Client, empty: Project) -> None:
    first = empty.budget.first_fiscal_year
    Fund.objects.create(code="301", name="Parks", fund_type="special_revenue")
    block = (
        f"Amount\tFor\tKind\tFiscal year\tFund\tOwner\n1,200\tSecurity\tCapital\t{first}\t\tKim\n"
        f"$50\tStaff\tRecurring\tFY {first + 1}\t301\tKim"
    )
    sent = sheet(empty, row("50k", note="Kept"), BLANK) | {"block": block, "read": "1"}
    answer = head.post(at(empty, "costs/"), sent)
    assert answer.status_code == 200
    assert years_of(answer)[1:] == [(str(first), "$1,200"), (str(first + 1), "$50")]
    page = words(answer.text)
    assert "The block is read: cost lines 2 to 3. Nothing was read from “Owner”." in page
    assert "Kim" not in page
    assert answer.context["tally"].whole_life == 1250
    assert not CostLine.objects.exists()
    rows = sent_back(answer)
    assert rows[2]["source"] == str(Fund.objects.get(code="301").pk)
    assert head.post(at(empty, "costs/"), sheet(empty, *rows[1:])).status_code == 302
    assert CostLine.objects.filter(budget=empty.budget_id).count() == 2


def test_a_block_with_mistakes_adds_no_row_and_stays(head: Client, empty: Project) -> None:
    block = "2027\tCapital\tHardware\t€5\n\tOpex\tStaff\t=1+1"
    sent = sheet(empty, row("7", note="Kept")) | {"block": block, "read": "1"}
    answer = head.post(at(empty, "costs/"), sent)
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix 4 things to continue" in page
    for sentence in (
        '<a href="#id_block">Row 1, amount: Amounts are in US dollars.',
        "Row 2, fiscal year: The cell is empty.",
        "Row 2, amount: “=1+1” is a formula.",
        'value="Kept"',
        "€5",
    ):
        assert sentence in page
    assert len(sent_back(answer)) == 1


def test_there_is_an_end_to_the_lines(head: Client, empty: Project) -> None:
    year = empty.budget.first_fiscal_year
    block = "\n".join([f"{year}\tCapital\tHardware\t5"] * 100_000)
    answer = head.post(at(empty, "costs/"), sheet(empty) | {"block": block, "read": "1"})
    assert f"The block has more than the {MOST_LINES} rows" in words(answer.text)
    full = sheet(empty, *[row("1", fiscal_year=year)] * MOST_LINES)
    for step in ({"lines-add": "1"}, {"copy": "0"}, {"read": "1", "block": block[:30]}):
        answer = head.post(at(empty, "costs/"), full | step)
        assert answer.status_code == 422
        assert f"A page holds {MOST_LINES} cost lines at most." in words(answer.text)
        assert len(sent_back(answer)) == MOST_LINES


def test_a_block_that_was_not_read_is_not_lost_by_saving(head: Client, empty: Project) -> None:
    answer = head.post(at(empty, "costs/"), sheet(empty, row("5")) | {"block": "Pasted"})
    assert answer.status_code == 422
    assert "Read the block that you pasted, or empty its field." in words(answer.text)
    assert "Pasted" in answer.text
    assert not empty.budget.cost_lines.exists()


def test_a_block_too_large_to_take_is_answered(head: Client, empty: Project) -> None:
    sent = sheet(empty) | {"block": "2027\tCapital\tHardware\t5\n" * 200_000, "read": "1"}
    assert head.post(at(empty, "costs/"), sent).status_code == 413


def test_recalculating_counts_and_saves_nothing(head: Client, empty: Project) -> None:
    first = empty.budget.first_fiscal_year
    rows = [
        row("$1,000", fiscal_year=first),
        row("100", element="security", kind="one_time", fiscal_year=first),
        row("500.50", element="staff", kind="recurring", fiscal_year=first + 1),
        row("9", element="other", DELETE="on"),
        row("50k", note="Not readable"),
    ]
    answer = head.post(at(empty, "costs/"), sheet(empty, *rows) | {"recalculate": "1"})
    assert answer.status_code == 422
    page = without_gaps(answer)
    for part in (
        "Cost line 5, amount – Write the amount out in digits",
        '<span data-sum="all">$1,600.50</span>',
        f'data-sum="{first}">$1,100</td>',
        f'data-sum="{first + 1}-recurring">$500.50</td>',
        'data-sum="contingency-asked">$275</span>',
        'data-sum="security-asked">$80.03</span>',
        '<span data-share="security">6.2</span>',
        '<strong data-count="uncounted">1</strong>',
    ):
        assert part in page
    again = head.post(at(empty, "costs/"), sheet(empty, *rows[:4]) | {"recalculate": "1"})
    assert again.status_code == 200
    assert not CostLine.objects.exists()


def test_the_totals_are_those_that_the_database_keeps(project: Project) -> None:
    policy = BudgetPolicy.current()
    BudgetPolicy.objects.update_or_create(pk=1, defaults={"security_floor_percent": "7.33"})
    extra = {"kind": "capital", "element": "other", "fiscal_year": 2040}
    CostLine.objects.create(budget=project.budget, amount=Decimal("33.35"), **extra)
    budget = Budget.objects.get(pk=project.budget_id)
    policy = BudgetPolicy.current()
    lines = list(budget.cost_lines.all())
    counted = tally.Tally(tally.of_lines(lines), range(2020, 2050), 2031, policy, budget.estimate)
    assert counted.whole_life == budget.whole_life
    assert counted.one_time == budget.one_time_cost
    assert counted.contingency_asked == budget.contingency_floor
    assert counted.security == budget.security_cost
    assert counted.security_floor == budget.security_floor
    assert sum(year.total for year in counted.by_year) == budget.whole_life
    assert sum(element.total for element in counted.by_element) == budget.whole_life


@pytest.mark.parametrize(
    ("estimate", "percent"), [("concept", 25), ("design", 15), ("delivery", 10)]
)
def test_contingency_is_asked_by_how_far_the_estimate_is(estimate: str, percent: int) -> None:
    cost = tally.Cost(2027, "capital", "other", Decimal("33.30"))
    counted = tally.Tally((cost,), range(2027, 2030), 2029, BudgetPolicy(), estimate)
    asked = {25: "8.33", 15: "5.00", 10: "3.33"}[percent]
    assert (counted.contingency_percent, str(counted.contingency_asked)) == (percent, asked)


def test_so_much_money_is_advised_against_and_not_refused(head: Client, empty: Project) -> None:
    first = empty.budget.first_fiscal_year
    just = [row("2,000,000", fiscal_year=first + year) for year in range(5)]
    answer = head.post(at(empty, "costs/"), sheet(empty, *just) | {"recalculate": "1"})
    assert (answer.context["tally"].is_large, answer.context["tally"].has_dear_years) == (
        False,
        False,
    )
    just[0]["amount"] = "2,000,000.01"
    answer = head.post(at(empty, "costs/"), sheet(empty, *just) | {"recalculate": "1"})
    assert answer.status_code == 200
    page = without_gaps(answer)
    assert 'data-when="large">' in page
    assert "18F advises to keep a project under $10 million" in page
    assert f'data-when="dear-{first}">' in page
    assert f'data-when="dear-{first + 1}" hidden' in page
    assert head.post(at(empty, "costs/"), sheet(empty, *just)).status_code == 302
    assert Budget.objects.get(pk=empty.budget_id).whole_life == Decimal("10000000.01")


def test_a_dedicated_budget_is_told_what_a_cheaper_line_does(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    dedicate(project.budget, cast=cast)
    page = head.get(at(project, "costs/"))
    assert "This budget is dedicated." in words(page.text)
    rows = [found for found in sent_back(page) if found]
    cheaper = next(found for found in rows if found["element"] == "services")
    cheaper["amount"] = "89,999"
    sent = sheet(project, *rows) | {
        "phase_start": str(project.budget.phase_start),
        "phase_end": str(project.budget.phase_end),
    }
    assert head.post(at(project, "costs/"), sent).status_code == 302
    said = words(head.get(at(project)).text)
    assert "The budget stays dedicated: it costs $1 less" in said
    assert Budget.objects.get(pk=project.budget_id).is_dedicated


def queries_with(lines: int, head: Client, project: Project, counter: Any) -> int:
    fund = Fund.objects.first() or make_appropriation().fund
    CostLine.objects.bulk_create(
        CostLine(
            budget=project.budget,
            fiscal_year=project.budget.first_fiscal_year,
            kind="recurring",
            element="staff",
            amount=Decimal(5),
            source=fund,
        )
        for _ in range(lines)
    )
    with counter(15) as counted:
        assert head.get(at(project, "costs/")).status_code == 200
    return len(counted)


def test_the_page_asks_the_database_as_often_for_many_lines(
    head: Client, empty: Project, django_assert_max_num_queries: Any
) -> None:
    few = queries_with(3, head, empty, django_assert_max_num_queries)
    assert queries_with(60, head, empty, django_assert_max_num_queries) == few
