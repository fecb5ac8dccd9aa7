"""The brief of a list says where people and money ended, ranks before, scores and reasons.

All of it as it was signed: what happens afterwards reaches neither the page nor the PDF.
"""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from portfolio import adopting, ranking
from portfolio import projects as set_aside
from portfolio.briefs import freeze, pdf
from portfolio.briefs.content import ListBrief
from portfolio.models import AdoptedList, City
from tests.factories import add_costs, adopt_list, make_project
from tests.pages import words
from tests.portfolio.briefs import samples
from tests.portfolio.one_list import answer_all, move
from tests.portfolio.scenario_steps import priced

REASON = "Its pumps failed twice."


def brief_of(signed: AdoptedList, cast: SimpleNamespace) -> ListBrief:
    return freeze.list_brief(signed, by=cast.council, at=datetime.now(UTC))


@pytest.fixture
def signed(cast: SimpleNamespace) -> AdoptedList:
    """List 2: money for two of four, one moved up with a reason, one scored, one new."""
    City.objects.update(scoping_slots=1, delivery_slots=2)
    projects, _ = priced(cast, 4, money=260_000)
    adopt_list(cast)
    answer_all(projects[3], 4, by=cast.head)
    move(projects[3], 1, cast, reason=REASON)
    ranking.add(make_project(cast, title="Project new"), by=cast.manager)
    return adopt_list(cast)


def test_the_lines_stand_above_what_they_end(cast: SimpleNamespace, signed: AdoptedList) -> None:
    walk = adopting.signing(on=cast.city.today()).now.walk
    brief = brief_of(signed, cast)
    drawn = {entry.rank: entry.band for entry in brief.entries if entry.band}
    assert drawn == {band.first: (band.title, band.note) for band in walk.bands()}
    assert len(drawn) > 1
    assert "There were people for 3 of them, and money for 2." in brief.in_brief


def test_ranks_before_scores_and_reasons_are_notes(
    cast: SimpleNamespace, signed: AdoptedList
) -> None:
    entries = {entry.title: entry for entry in brief_of(signed, cast).entries}
    assert entries["Project 004"].notes == (
        "Number 4 on list 1",
        "Score 80 of 100, number 1 by score",
        f"Why it moved: {REASON}",
    )
    assert entries["Project new"].notes[0] == "New since list 1"
    (short,) = [note for note in entries["Project 003"].notes if "short in" in note]
    assert short.startswith("Next, but $")


def test_who_lacks_people_above_their_line_says_so(cast: SimpleNamespace) -> None:
    projects = [make_project(cast) for _ in range(4)]
    ranking.add_all(projects, by=cast.manager)
    for waiting in (projects[1], projects[3]):
        set_aside.put_on_hold(waiting, reason="The vendor left.", by=cast.manager)
    brief = brief_of(adopt_list(cast), cast)
    assert [entry.has_people for entry in brief.entries] == [True, False, True, False]
    assert ["Had no slot" in entry.notes for entry in brief.entries] == [False, True, False, False]


def test_nothing_that_happens_afterwards_reaches_it(
    cast: SimpleNamespace, signed: AdoptedList
) -> None:
    before = brief_of(signed, cast)
    City.objects.update(scoping_slots=1, delivery_slots=1)
    for project in [entry.project for entry in signed.entries.select_related("project__budget")]:
        add_costs(project.budget, cast=cast, cost=900_000)
        if project.title == "Project 001":
            answer_all(project, 1, by=cast.head)
    move(signed.entries.get(rank=1).project, 4, cast, reason="Later.")
    after = brief_of(signed, cast)
    assert replace(after, masthead=before.masthead) == before


def test_it_is_the_same_on_the_page_and_on_paper(
    cast: SimpleNamespace, signed: AdoptedList
) -> None:
    brief = brief_of(signed, cast)
    page = words(render_to_string("briefs/list_content.html", {"brief": brief}))
    with samples.opened(pdf.render("briefs/list.html", brief)) as opened:
        paper = " ".join(" ".join(sheet.get_text() for sheet in opened).split())
    for said in (REASON, "Score 80 of 100", "Number 4 on list 1", "Dedicated money ends here"):
        assert said in page
        assert said in paper
