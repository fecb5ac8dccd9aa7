"""Two windows on one statement: nothing is overwritten, and whoever comes second sees both."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from problems.models import Problem
from tests.factories import draft_problem, make_user
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, Desks, field, press
from tests.journeys.problem_steps import goes_to

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = "What happens to people today"
OTHERWISE = "What happens if the city does nothing"
HERS = "Families stand in line at noon."
HIS = "Parents call three offices."


@pytest.fixture
def pair(cast: SimpleNamespace, windows: Windows) -> SimpleNamespace:
    """Two heads of one department, each with the second step of the same draft on the desk."""
    problem, desks = draft_problem(cast), Desks(windows, **DESK)
    second = make_user("Hugo Head", head_of=cast.parks)
    found = SimpleNamespace(problem=problem, her=desks.of(cast.head), his=desks.of(second))
    for page in (found.her, found.his):
        page.goto(f"/problems/{problem.pk}/edit/today/")
    return found


def types(page: Page, label: str, text: str) -> None:
    """Type a text and leave the field."""
    field(page, label).fill(text)
    field(page, label).press("Tab")


def types_and_saves(page: Page, label: str, text: str) -> None:
    """Type a text, leave the field, and go on when it is saved."""
    with page.expect_response(lambda answer: "/edit/" in answer.url and answer.status == 200):
        types(page, label, text)


def kept(pair: SimpleNamespace, name: str) -> str:
    return str(getattr(Problem.objects.get(pk=pair.problem.pk), name))


def test_two_people_in_one_field_see_both_texts(pair: SimpleNamespace) -> None:
    types_and_saves(pair.her, TODAY, HERS)
    types(pair.his, TODAY, HIS)
    overtaken = pair.his.locator("#overtaken")
    expect(overtaken).to_contain_text("Somebody saved other words in this step")
    expect(field(pair.his, TODAY)).to_have_value(HIS)
    assert kept(pair, "impact_now") == HERS
    answer = press(pair.his, "Compare both versions")
    assert answer.status == 409
    compared = pair.his.get_by_role("row").filter(has_text=TODAY)
    expect(compared).to_contain_text(HIS)
    expect(compared).to_contain_text(HERS)
    expect(field(pair.his, TODAY)).to_have_value(HIS)
    assert kept(pair, "impact_now") == HERS
    field(pair.his, TODAY).fill(f"{HERS} {HIS}")
    press(pair.his, "Save and continue")
    assert kept(pair, "impact_now") == f"{HERS} {HIS}"


def test_two_people_in_two_fields_of_a_step_keep_both(pair: SimpleNamespace) -> None:
    types_and_saves(pair.her, TODAY, HERS)
    types_and_saves(pair.his, OTHERWISE, HIS)
    expect(pair.his.locator("#overtaken")).to_have_text("")
    assert kept(pair, "impact_now") == HERS
    assert kept(pair, "do_nothing") == HIS
    types_and_saves(pair.his, OTHERWISE, f"{HIS} Again.")
    assert kept(pair, "impact_now") == HERS
    pair.his.reload()
    expect(field(pair.his, TODAY)).to_have_value(HERS)


def test_two_windows_on_two_steps_keep_both(pair: SimpleNamespace) -> None:
    other = pair.her.context.new_page()
    other.goto(pair.her.url)
    goes_to(other, "What success looks like")
    types_and_saves(pair.her, TODAY, HERS)
    types_and_saves(other, "What people would notice after 12 months", HIS)
    press(pair.her, "Save and continue")
    press(other, "Save and continue")
    assert kept(pair, "impact_now") == HERS
    assert kept(pair, "solved_12_months") == HIS
    goes_to(other, "What happens today")
    expect(field(other, TODAY)).to_have_value(HERS)


def test_who_types_after_it_was_sent_is_told_and_loses_no_word(
    pair: SimpleNamespace,
) -> None:
    goes_to(pair.her, "Check and send")
    press(pair.her, "Send to review")
    types(pair.his, TODAY, HIS)
    expect(pair.his.locator("#overtaken")).to_contain_text("This statement was sent in meanwhile.")
    before = kept(pair, "impact_now")
    press(pair.his, "Compare both versions")
    expect(field(pair.his, TODAY)).to_have_value(HIS)
    expect(pair.his.get_by_role("row").filter(has_text=TODAY)).to_contain_text(before)
    assert kept(pair, "impact_now") == before
