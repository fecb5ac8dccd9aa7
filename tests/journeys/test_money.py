"""Money asked for, held, committed and confirmed; cut by the council, and made whole again."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from portfolio import ranking
from portfolio.models import Project
from tests.factories import (
    add_costs,
    adopt_list,
    defined_problem,
    make_appropriation,
    make_project,
)
from tests.journeys import amendment_steps, money_steps, project_steps
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks, field, follow, press

# What is left once the council cut the fund and made it whole again: nothing to spare.
LEFT_AT_LAST = {"500,000": "$375,000 too little", "125,000": "$0"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_from_a_request_to_dedicated_and_through_a_cut(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = listed_project(cast)
    source = make_appropriation(400_000, action_number="Ord. 2027-12")
    spare = make_appropriation(20_000, fund=source.fund)
    desks, scripting = Desks(windows, **WAYS[way]), way != "no scripting"
    head, finance = desks.of(cast.head), desks.of(cast.finance)
    second, manager = desks.of(cast.second_finance), desks.of(cast.manager)

    project_steps.is_blocked(head, project, expected={"not_covered", "not_confirmed"})
    money_steps.asks_finance(head, project)
    is_asked(finance, project)
    money_steps.holds_and_commits(finance, project, scripting=scripting)
    money_steps.confirms(second, project)
    is_open(head, project)
    project_steps.opens_scoping(manager, project)

    amendment_steps.cuts_what_is_committed(finance, source, project)
    amendment_steps.sees_why_it_stopped(head, project)
    cannot_resume(manager, project)

    amendment_steps.raises(finance, source)
    amendment_steps.moves(finance, spare, source)
    money_steps.holds_and_commits(finance, project, scripting=scripting, leaves=LEFT_AT_LAST)
    money_steps.reads_what_changed(second, project)
    money_steps.confirms(second, project)
    resumes(manager, project)
    can_work_on(head, project)


def listed_project(cast: SimpleNamespace) -> Project:
    """Make a project that lacks nothing but money: defined, with its cost, on the adopted list."""
    make_appropriation(10_000)
    project = make_project(cast, problem=defined_problem(cast))
    add_costs(project.budget, cast=cast)
    ranking.add(project, by=cast.manager)
    adopt_list(cast)
    return Project.objects.for_pages().get(pk=project.pk)


def is_asked(finance: Page, project: Project) -> None:
    """What the head asked for waits on the officer, and no choice but the large one is enough."""
    finance.goto("/")
    task = finance.get_by_role("listitem").filter(has_text=f"Allocate $125,000: {project.title}")
    expect(task).to_contain_text("Parks asks for it")
    follow(finance, f"Allocate $125,000: {project.title}")
    for amount, outcome in (("$10,000", "$115,000 too little"), ("$20,000", "$105,000 too little")):
        choice = finance.get_by_role("row").filter(has_text=amount)
        expect(choice).to_contain_text(outcome)


def is_open(page: Page, project: Project) -> None:
    page.goto(project.get_absolute_url())
    expect(page.locator(".lockbar.open")).to_be_visible()
    expect(page.locator(".gate > li.done")).to_have_count(3)


def cannot_resume(manager: Page, project: Project) -> None:
    manager.goto(project.get_absolute_url())
    expect(manager.get_by_role("button", name="Take it off hold")).to_have_count(0)


def resumes(manager: Page, project: Project) -> None:
    manager.goto("/")
    follow(manager, f"Take off hold: {project.title}")
    press(manager, "Take it off hold")
    expect(manager.locator(".lockbar.open")).to_contain_text("Scoping is under way.")


def can_work_on(head: Page, project: Project) -> None:
    """The gate is open again: the head has a scope to write in."""
    is_open(head, project)
    assert follow(head, "Open the scope").status == 200
    expect(field(head, "Approach")).to_be_editable()
