"""Two options of cost on their pages: written, compared, and one made the plan."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets import options
from budgets.models import Budget, CostOption, OptionLine
from portfolio.models import Project
from tests.factories import make_project, scoping_project
from tests.pages import words
from tests.portfolio.budgets.money import at

BLANK = {"line": "", "fiscal_year": "", "kind": "", "element": "", "amount": "", "note": ""}


def sheet(*rows: dict[str, Any], seen: int = 0, **more: str) -> dict[str, str]:
    """Return what the page of an option sends."""
    sent = {
        "seen": str(seen),
        "name": "Buy at once",
        "note": "",
        "lines-TOTAL_FORMS": str(len(rows)),
        "lines-INITIAL_FORMS": "0",
    } | more
    for number, row in enumerate(rows):
        sent |= {f"lines-{number}-{name}": str(value) for name, value in row.items()}
    return sent


def row(project: Project, amount: str, **changes: Any) -> dict[str, Any]:
    return {
        "fiscal_year": project.budget.first_fiscal_year,
        "kind": "one_time",
        "element": "services",
        "amount": amount,
    } | changes


def write(
    cast: SimpleNamespace, project: Project, place: int, *amounts: int, element: str = "services"
) -> CostOption:
    """Write an option that costs so much year by year."""
    first = project.budget.first_fiscal_year
    lines = [
        OptionLine(
            fiscal_year=first + number % 5,
            kind="recurring",
            element=element,
            amount=Decimal(amount),
            note=f"Part {number}",
        )
        for number, amount in enumerate(amounts)
    ]
    return options.save(
        project.budget,
        place=place,
        name=("Buy at once", "Rent")[place - 1],
        note="",
        lines=lines,
        removed=[],
        seen=0,
        by=cast.head,
    )


def test_a_head_writes_an_option(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    assert "Write option 1" in words(head.get(at(project, "options/")).text)
    sent = sheet(row(project, "$1,200.50", note="Two offers"), BLANK)
    answer = head.post(at(project, "options/1/"), sent)
    assert (answer.status_code, answer["Location"]) == (302, at(project, "options/"))
    option = project.budget.options.get()
    assert (option.name, option.revision, option.written_by) == ("Buy at once", 1, cast.head)
    assert option.lines.get().amount == Decimal("1200.50")
    assert "The option “Buy at once” is saved." in words(head.get(at(project, "options/")).text)


def test_a_line_is_repeated_and_grows(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    repeated = row(project, "1,000", kind="recurring", repeat="on", growth="3")
    assert head.post(at(project, "options/1/"), sheet(repeated)).status_code == 302
    amounts = OptionLine.objects.values_list("amount", flat=True)
    assert list(amounts) == [1000, 1030, Decimal("1060.90"), Decimal("1092.73"), Decimal("1125.51")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "-5"}, "Cost line 1, amount – An amount cannot be negative."),
        ({"amount": "1.2.3"}, "Cost line 1, amount – This is not an amount we can read."),
        ({"amount": "€5"}, "Cost line 1, amount – Amounts are in US dollars."),
        ({"amount": "9" * 18}, "Cost line 1, amount – An amount has at most 13 digits"),
        ({"fiscal_year": ""}, "Cost line 1, fiscal year – Choose the year that it is paid in."),
        ({"kind": ""}, "Cost line 1, kind – Choose the kind of cost."),
        ({"growth": "400", "repeat": "on"}, "Cost line 1, growth a year, in percent – "),
        ({"growth": "3"}, "Cost line 1, growth a year, in percent – Tick the box beside it"),
        ({"kind": "recurring", "element": "contingency"}, "Cost line 1, kind – Contingency"),
    ],
)
def test_mistakes_are_listed_and_nothing_is_saved(
    cast: SimpleNamespace, head: Client, changes: dict[str, str], sentence: str
) -> None:
    project = make_project(cast)
    answer = head.post(at(project, "options/1/"), sheet(row(project, "77") | changes))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert 'value="Buy at once"' in page
    assert not CostOption.objects.exists()


@pytest.mark.parametrize("button", ["more", "plan", "read"])
def test_a_step_on_the_sheet_saves_nothing_and_loses_nothing(
    cast: SimpleNamespace, head: Client, project: Project, button: str
) -> None:
    block = f"FY {project.budget.first_fiscal_year}\tCapital\tHardware\t$9,876\tPasted"
    sent = sheet(row(project, "50k", note="As typed")) | {button: "1", "block": block}
    answer = head.post(at(project, "options/1/"), sent)
    assert answer.status_code == 200
    page = words(answer.text)
    for part in ('value="50k"', 'value="As typed"', 'value="Buy at once"'):
        assert part in page
    assert ('value="Pasted"' in page and 'value="$9,876"' in page) == (button == "read")
    assert ('value="$90,000"' in page) == (button == "plan")
    assert not CostOption.objects.exists()


def test_a_block_that_was_not_read_is_not_lost_by_saving(
    cast: SimpleNamespace, head: Client
) -> None:
    project = make_project(cast)
    sent = sheet(row(project, "77")) | {"block": "Pasted"}
    answer = head.post(at(project, "options/1/"), sent)
    assert answer.status_code == 422
    page = words(answer.text)
    assert '<a href="#id_block">Read the block that you pasted, or empty its field.</a>' in page
    assert "Pasted" in page
    assert not CostOption.objects.exists()


def test_a_block_that_cannot_be_read_names_the_cell(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    year = project.budget.first_fiscal_year
    block = f"{year}\tCapital\tHardware\t=1+1\n{year}\tCapital\t\t5"
    answer = head.post(at(project, "options/2/"), sheet(read="1", block=block))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix 2 things to continue" in page
    assert "Row 1, amount: “=1+1” is a formula." in page
    assert "Row 2, for: The cell is empty. A merged cell" in page
    assert "=1+1 " in page[page.index("<textarea") :]


def test_the_plan_is_copied_into_an_option_unsaved(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    path = at(project, "options/2/?from=plan")
    assert f'href="{path}"' in words(head.get(at(project, "options/")).text)
    page = words(head.get(path).text)
    assert 'value="$90,000"' in page
    assert 'name="lines-TOTAL_FORMS" value="9"' in page
    assert not CostOption.objects.exists()


def test_an_overtaken_option_shows_both(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    head.post(at(project, "options/1/"), sheet(row(project, "20", note="Theirs")))
    mine = sheet(row(project, "10", note="Mine"))
    answer = head.post(at(project, "options/1/"), mine)
    assert answer.status_code == 409
    page = words(answer.text)
    for part in ("Nothing was saved.", "$20 · Theirs", "$10 · Mine", 'name="seen" value="1"'):
        assert part in page
    assert OptionLine.objects.get().note == "Theirs"
    assert head.post(at(project, "options/1/"), mine | {"seen": "1"}).status_code == 302
    assert set(OptionLine.objects.values_list("note", flat=True)) == {"Mine", "Theirs"}


def test_both_options_stand_side_by_side(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    write(cast, project, 1, 100, 10, 10, 10, 10)
    write(cast, project, 2, 30, 35, 35, 35, 35, element="security")
    page = words(head.get(at(project, "options/")).text)
    first = project.budget.first_fiscal_year
    for part in (
        f"“Rent” costs $70 less in FY {first}, but “Buy at once” costs $30 less over the 5 years",
        f"By the end of FY {first + 3} it has cost less.",
        "“<bdi>Buy at once</bdi>” has no line for security.",
        "$135 so far",
        '<svg class="chart money"',
        "Use it as the plan",
    ):
        assert part in page


def test_others_read_the_options_and_change_nothing(
    cast: SimpleNamespace, finance: Client, project: Project
) -> None:
    write(cast, project, 1, 100)
    page = words(finance.get(at(project, "options/")).text)
    assert "Buy at once" in page
    assert "Use it as the plan" not in page
    assert "Change it" not in page


def test_an_option_is_made_the_plan_after_its_effects_are_read(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    write(cast, project, 1, 100, 10)
    asked = head.get(at(project, "options/1/use/"))
    page = words(asked.text)
    assert "is $150,000 now and $110 with this option" in page
    assert "2 recurring lines have no fund yet." in page
    assert project.budget.cost_lines.count() == 8
    answer = head.post(at(project, "options/1/use/"), {"seen": asked.context["seen"]})
    assert (answer.status_code, answer["Location"]) == (302, at(project))
    assert "The lines of “Buy at once” are the plan now." in words(head.get(at(project)).text)
    assert Budget.objects.get(pk=project.budget_id).recurring_cost == 110
    again = head.post(at(project, "options/1/use/"), {"seen": asked.context["seen"]})
    assert again.status_code == 409
    assert "The plan or the option changed since you opened this page." in words(again.text)


def test_a_dedicated_budget_says_what_an_option_may_end(
    cast: SimpleNamespace, head: Client
) -> None:
    project = scoping_project(cast)
    write(cast, project, 1, 100)
    asked = head.get(at(project, "options/1/use/"))
    assert "This budget is dedicated." in words(asked.text)
    head.post(at(project, "options/1/use/"), {"seen": asked.context["seen"]})
    project.refresh_from_db()
    assert not project.budget_dedicated
    assert "The budget lost its confirmation" in words(head.get(at(project)).text)


def test_an_option_is_removed(cast: SimpleNamespace, head: Client, project: Project) -> None:
    write(cast, project, 1, 100)
    for seen in ("7", "", "1.0", "9" * 5000):
        assert head.post(at(project, "options/1/remove/"), {"seen": seen}).status_code == 409
    assert CostOption.objects.count() == 1
    assert head.post(at(project, "options/1/remove/"), {"seen": "1"}).status_code == 302
    assert not CostOption.objects.exists()


@pytest.mark.parametrize("step", ["more", "plan", "read"])
@pytest.mark.parametrize("count", ["", "-1", "x", "9" * 5000])
def test_a_number_of_rows_that_is_none_breaks_nothing(
    head: Client, project: Project, step: str, count: str
) -> None:
    sent = {**sheet(), step: "1", "lines-TOTAL_FORMS": count}
    assert head.post(at(project, "options/1/"), sent).status_code in {200, 422}


@pytest.mark.parametrize("part", ["options/3/", "options/0/", "options/1/use/"])
def test_what_is_not_there_is_not_found(head: Client, project: Project, part: str) -> None:
    assert head.get(at(project, part)).status_code == 404


def test_names_stay_words(cast: SimpleNamespace, head: Client, project: Project) -> None:
    hostile = "<script>alert(1)</script>"
    head.post(at(project, "options/1/"), sheet(row(project, "10"), name=hostile))
    write(cast, project, 2, 5)
    for part in ("options/", "options/1/", "options/1/use/"):
        page = head.get(at(project, part)).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("part", ["options/", "options/1/", "options/1/use/"])
def test_the_pages_take_as_many_queries_for_many_lines(
    cast: SimpleNamespace, head: Client, project: Project, part: str
) -> None:
    other = make_project(cast)
    counts = []
    for measured, lines in ((project, 2), (other, 120)):
        for place in options.PLACES:
            write(cast, measured, place, *range(1, lines + 1))
        with CaptureQueriesContext(connection) as queries:
            assert head.get(at(measured, part)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
