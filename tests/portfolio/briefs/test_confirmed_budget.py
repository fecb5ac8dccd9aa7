"""What a brief says of a budget's confirmation: its version, and the waiver it rests on."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from budgets import dedication, waivers
from portfolio.briefs import freeze_budget
from portfolio.models import Project
from tests.factories import add_costs, dedicate, make_project, waived_project
from tests.pages import words

TODAY = timezone.localdate()


def page(project: Project, cast: SimpleNamespace, signed_in: Any) -> str:
    """The brief as council staff read it."""
    return words(signed_in(cast.council).get(f"/projects/{project.pk}/brief/").text)


def dedicated(cast: SimpleNamespace) -> Project:
    project = make_project(cast)
    dedicate(add_costs(project.budget, cast=cast), cast=cast)
    return Project.objects.for_pages().get(pk=project.pk)


def test_a_brief_names_the_version_and_its_day(cast: SimpleNamespace, signed_in: Any) -> None:
    project = dedicated(cast)
    part = freeze_budget.part(project.budget)
    assert part.version
    assert (part.version.number, part.version.confirmed_on, part.waiver) == (1, TODAY, None)
    assert "Fred Finance of finance confirmed version 1 of it on" in page(project, cast, signed_in)


def test_a_version_that_does_not_count_any_more_is_said(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = dedicated(cast)
    dedication.withdraw(project.budget, by=cast.finance)
    text = page(project, cast, signed_in)
    assert "The budget is not dedicated." in text
    assert "Version 1, confirmed on" in text
    assert "does not count any more." in text


def test_a_waiver_is_printed_with_its_reason_and_its_end(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    project = waived_project(cast)
    project.budget.refresh_from_db()
    waiver = freeze_budget.part(project.budget).waiver
    assert waiver
    assert (waiver.ends_on, waiver.signed_by) == (TODAY + timedelta(days=90), "Sam Security")
    text = page(project, cast, signed_in)
    assert "Security is below the city's floor of $7,200." in text
    assert "Sam Security signed a waiver until" in text
    assert "Guards watch the site until the locks come." in text


def test_a_waiver_that_covers_nothing_is_not_printed(cast: SimpleNamespace) -> None:
    project = waived_project(cast)
    waivers.withdraw(project.budget.waivers.get(), by=cast.security)
    project.budget.refresh_from_db()
    assert freeze_budget.part(project.budget).waiver is None
    project = waived_project(cast)
    project.budget.cost_lines.filter(element="security").update(amount=Decimal(9000))
    project.budget.refresh_from_db()
    assert freeze_budget.part(project.budget).waiver is None
