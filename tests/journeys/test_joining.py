"""Two departments have the same problem: one finds the other's statement and joins it."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from problems.models import Problem
from tests.factories import define, draft_problem
from tests.journeys import memo
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks, field, follow, has_heading, is_told, press
from tests.journeys.problem_steps import starts_it

LIKE_IT = "Families wait to learn about a summer place"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["scripting", "no scripting"])
def test_ours_is_the_same(way: str, cast: SimpleNamespace, windows: Windows) -> None:
    theirs = define(draft_problem(cast, title=memo.TITLE), cast=cast)
    desks = Desks(windows, **WAYS[way])
    outsider = desks.of(cast.outsider)
    starts_it(outsider)
    field(outsider, "Title").fill(LIKE_IT)
    if way == "scripting":
        field(outsider, "Title").press("Tab")
        expect(outsider.locator("#saved")).to_contain_text(LIKE_IT)
        found = outsider.get_by_role("region", name="Written already?")
    else:
        press(outsider, "Check my wording")
        follow(outsider, "Look for similar problems")
        found = outsider.get_by_role("region", name="What sounds alike")
    expect(found.get_by_role("link", name=memo.TITLE, exact=True)).to_be_visible()

    follow(outsider, f"Ours is the same as “{memo.TITLE}”")
    has_heading(outsider, "Ours is the same")
    expect(outsider.get_by_role("radio", name="Water")).to_be_checked()
    expect(outsider.get_by_role("radio", name=LIKE_IT)).to_be_checked()
    press(outsider, "Join this problem")
    is_told(outsider, "Water has this problem too")
    has_heading(outsider, memo.TITLE)
    expect(outsider.get_by_role("main")).to_contain_text("Parks with Water")
    expect(outsider.get_by_role("link", name="Start a project for this problem")).to_be_visible()

    head = desks.of(cast.head)
    follow(head, "Problems")
    expect(head.get_by_role("row").filter(has_text=memo.TITLE)).to_contain_text("Parks with Water")
    expect(head.get_by_text(LIKE_IT)).to_have_count(0)
    draft = Problem.objects.get(title=LIKE_IT)
    assert (draft.state, draft.same_as) == (Problem.State.RETIRED, theirs)
    outsider.goto(draft.get_absolute_url())
    expect(outsider.get_by_role("main")).to_contain_text("describes the same problem")
