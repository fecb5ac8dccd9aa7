"""Writing what a project costs, as the head of its department does it."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from budgets.models import Budget
from portfolio.models import Project
from tests.factories import (
    make_project,
    ready_project,
    scoping_project,
)
from tests.pages import words
from tests.portfolio.budgets.money import at


def sheet(project: Project, *rows: dict[str, Any], saved: int = 0, **plan: str) -> dict[str, str]:
    """Return what the page of the cost sends: the plan, and rows of which `saved` are saved."""
    sent = {
        "seen": str(Budget.objects.get(pk=project.budget_id).revision),
        "phase_start": "",
        "phase_end": "",
        "no_recurring_reason": "",
        "lines-TOTAL_FORMS": str(len(rows)),
        "lines-INITIAL_FORMS": str(saved),
    } | plan
    for number, row in enumerate(rows):
        sent |= {f"lines-{number}-{name}": str(value) for name, value in row.items()}
    return sent


def row(amount: str, **changes: Any) -> dict[str, Any]:
    return {
        "fiscal_year": timezone.localdate().year + 1,
        "kind": "capital",
        "element": "hardware",
        "amount": amount,
    } | changes


BLANK = {"line": "", "fiscal_year": "", "kind": "", "element": "", "amount": "", "note": ""}


def test_a_head_writes_the_cost(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    sent = sheet(
        project,
        row("$1,200.50", note="Two servers"),
        row("100", element="security"),
        BLANK,
        phase_start="2027-01-04",
        phase_end="2027-06-30",
    )
    answer = head.post(at(project, "costs/"), sent)
    assert (answer.status_code, answer["Location"]) == (302, at(project))
    budget = Budget.objects.get(pk=project.budget_id)
    assert (budget.one_time_cost, budget.security_cost) == (Decimal("1300.50"), 100)
    assert (budget.prepared_by, budget.revision) == (cast.head, 1)
    assert str(budget.phase_end) == "2027-06-30"
    page = words(head.get(at(project)).text)
    assert "The cost is saved." in page
    assert "Two servers" in page
    assert "Prepared by</dt> <dd>Hanna Head" in page


def test_lines_are_changed_and_removed(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    lines = list(project.budget.cost_lines.all())
    rows = [
        row(
            str(line.amount),
            line=line.pk,
            fiscal_year=line.fiscal_year,
            kind=line.kind,
            element=line.element,
            source=line.source_id or "",
        )
        for line in lines
    ]
    services = next(place for place, line in enumerate(lines) if line.element == "services")
    last = len(rows) - 1
    rows[services]["amount"] = "95,000"
    rows[last] |= {"DELETE": "on", "amount": "gone"}
    answer = head.post(at(project, "costs/"), sheet(project, *rows, saved=len(rows)))
    assert answer.status_code == 302
    project.budget.refresh_from_db()
    assert (project.budget.one_time_cost, project.budget.recurring_cost) == (105_000, 20_000)
    assert project.budget.cost_lines.get(element="services").pk == lines[services].pk


def test_mistakes_are_listed_with_their_line(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    sent = sheet(
        project,
        row("50k"),
        row("", kind="recurring", element="contingency"),
        phase_start="2027-06-30",
        phase_end="2027-01-01",
    )
    answer = head.post(at(project, "costs/"), sent)
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix 4 things to continue" in page
    for part in (
        '<a href="#id_phase_end">Planned phase ends – Enter a day after',
        '<a href="#id_lines-0-amount">Cost line 1, amount – Write the amount out in digits',
        '<a href="#id_lines-1-amount">Cost line 2, amount – Enter an amount.',
        '<a href="#id_lines-1-kind">Cost line 2, kind – Contingency belongs to capital or',
        'value="50k"',
    ):
        assert part in page
    assert not project.budget.cost_lines.exists()


def test_an_overtaken_page_keeps_what_was_written_and_shows_both(
    cast: SimpleNamespace, head: Client, project: Project
) -> None:
    line = project.budget.cost_lines.get(element="services")
    gone = project.budget.cost_lines.get(element="security")
    mine = [
        row("91,000", line=line.pk, kind=line.kind, element="services", note="Mine"),
        row("10,000", line=gone.pk, kind=gone.kind, element="security"),
        row("7", note="New of mine"),
    ]
    sent = sheet(project, *mine, saved=2)
    theirs = sheet(
        project,
        row("92,000", line=line.pk, kind=line.kind, element="services", note="Theirs"),
        row("10,000", line=gone.pk, kind=gone.kind, element="security", DELETE="on"),
        row("8", note="New of theirs"),
        saved=2,
    )
    assert head.post(at(project, "costs/"), theirs).status_code == 302
    answer = head.post(at(project, "costs/"), sent)
    assert answer.status_code == 409
    page = words(answer.text)
    for part in (
        "Nothing was saved.",
        "$91,000 · Mine",
        "$92,000 · Theirs",
        "$8 · New of theirs",
        'value="91,000"',
        'value="New of mine"',
    ):
        assert part in page
    assert project.budget.cost_lines.get(pk=line.pk).note == "Theirs"
    again = head.post(at(project, "costs/"), sheet(project, *mine, saved=2))
    assert again.status_code == 302
    notes = set(project.budget.cost_lines.values_list("note", flat=True))
    assert {"Mine", "New of mine", "New of theirs"} <= notes
    assert project.budget.cost_lines.filter(element="security").count() == 1


def test_the_overtaken_page_can_be_sent_again_as_it_is(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    sent = sheet(project, row("10"))
    head.post(at(project, "costs/"), sheet(project, row("20")))
    answer = head.post(at(project, "costs/"), sent)
    assert 'name="seen" value="1"' in words(answer.text)
    assert head.post(at(project, "costs/"), sent | {"seen": "1"}).status_code == 302
    assert sorted(project.budget.cost_lines.values_list("amount", flat=True)) == [10, 20]


def test_a_page_without_its_revision_saves_nothing(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    for seen in ("", "x"):
        sent = sheet(project, row("10")) | {"seen": seen}
        assert head.post(at(project, "costs/"), sent).status_code == 422
    assert head.post(at(project, "costs/"), {}).status_code == 422
    assert not project.budget.cost_lines.exists()


def test_changing_a_dedicated_cost_is_said_beforehand(cast: SimpleNamespace, head: Client) -> None:
    project = scoping_project(cast)
    page = words(head.get(at(project, "costs/")).text)
    assert "This budget is dedicated." in page
    assert "is in scoping, so it goes on hold at once." in page
    head.post(at(project, "costs/"), sheet(project, row("10")))
    project.refresh_from_db()
    assert (project.budget_dedicated, project.on_hold) == (False, True)
    said = words(head.get(at(project)).text)
    assert "The budget lost its confirmation" in said
    assert f"{project.reference} is on hold." in said


def test_saving_what_is_there_leaves_a_dedicated_budget(
    cast: SimpleNamespace, head: Client
) -> None:
    project = ready_project(cast)
    page = head.get(at(project, "costs/"))
    shown = page.context["sheet"]
    sent = {"lines-TOTAL_FORMS": "9", "lines-INITIAL_FORMS": "8"}
    for form in (shown.plan, *shown.lines.forms):
        for field in form:
            value = field.value()
            text = value.isoformat() if hasattr(value, "isoformat") else value
            if text not in {None, ""}:
                sent[field.html_name] = str(text)
    assert head.post(at(project, "costs/"), sent).status_code == 302
    assert "Nothing was changed." in words(head.get(at(project)).text)
    project.refresh_from_db()
    assert project.budget_dedicated


def test_hostile_words_stay_words(cast: SimpleNamespace, head: Client) -> None:
    project = make_project(cast)
    head.post(at(project, "costs/"), sheet(project, row("10", note="<script>alert(1)</script>")))
    page = head.get(at(project)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
