"""Reading the list: its bands and totals, what is folded, filters, sorts, how many queries."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets import ledger
from budgets.models import Appropriation
from portfolio import adopting, ranking
from portfolio.models import City, Project
from tests.factories import (
    add_costs,
    declared_priority,
    defined_problem,
    make_appropriation,
    make_project,
    ready_project,
)
from tests.pages import words
from tests.portfolio.one_list import answer_all, key_of, ranked_projects


def read(client: Any, **asked: Any) -> str:
    answer = client.get(reverse("priority_list"), asked)
    assert answer.status_code == 200
    return words(answer.text)


def titles(page: str) -> list[str]:
    return re.findall(r"Project \d+(?=</a>|\s<span class=\"sub\")", page)


def headings(page: str) -> list[str]:
    """The bands and the rows, in their order."""
    found = re.findall(r"</svg>([^<]+) </h2>|</svg>([^<]+)</h2>|>(Project \d+)</a>", page)
    return ["".join(one) for one in found]


def people_for(number: int) -> None:
    City.objects.update(scoping_slots=1, delivery_slots=number - 1)


def fund(project: Project, cast: SimpleNamespace, source: Appropriation) -> None:
    """Promise a project all that it costs."""
    add_costs(project.budget, cast=cast)
    ledger.hold(
        budget=project.budget,
        appropriation=source,
        amount=project.budget.needed,
        by=cast.finance,
    )


# Bands


def test_people_end_before_money(cast: SimpleNamespace, signed_in: Any) -> None:
    some, source = ranked_projects(cast, 4), make_appropriation()
    people_for(2)
    for project in some[:3]:
        fund(project, cast, source)
    page = read(signed_in(cast.manager), below="shown")
    assert headings(page) == [
        "People and money",
        "Project 1",
        "Project 2",
        "Team capacity ends here",
        "Project 3",
        "Dedicated money ends here",
        "Project 4",
    ]
    assert "$250,000 in all." in page
    assert "2 of 2 slots taken." in page
    assert "$375,000 of $1,000,000 used." in page
    assert "$125,000 so far" in page
    assert "$375,000 so far" in page
    assert "its cost is not estimated" in page


def test_money_ends_before_people(cast: SimpleNamespace, signed_in: Any) -> None:
    some = ranked_projects(cast, 4)
    people_for(3)
    fund(some[0], cast, make_appropriation())
    page = read(signed_in(cast.manager), below="shown")
    assert headings(page) == [
        "People and money",
        "Project 1",
        "Dedicated money ends here",
        "Project 2",
        "Project 3",
        "Team capacity ends here",
        "Project 4",
    ]


def test_the_second_page_says_on_which_side_of_the_lines_it_begins(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    ranked_projects(cast, 52)
    page = read(signed_in(cast.manager), page=2)
    assert headings(page) == ["Below both lines", "Project 51", "Project 52"]


def test_the_facts_above_the_list(cast: SimpleNamespace, signed_in: Any) -> None:
    some = ranked_projects(cast, 4)
    people_for(2)
    fund(some[0], cast, make_appropriation())
    page = read(signed_in(cast.manager))
    facts = page.split('<dl class="facts">')[1].split("</dl>")[0]
    assert "<dt>Slots used</dt> <dd>2 of 2</dd>" in facts
    assert "<dt>Dedicated money used</dt> <dd>$125,000</dd>" in facts
    assert "of $1,000,000, projects 1 to 1" in facts
    assert "<dt>Ready to scope above both lines</dt> <dd>0 of 1</dd>" in facts
    assert "<dd>0 of 4</dd>" in facts


def test_the_page_warns_below_the_floor_of_critical_priorities(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    priority = declared_priority()
    ranked_projects(cast, 3)
    client = signed_in(cast.manager)
    assert "0 of the top 3 serve a critical priority" in read(client)
    serving = make_project(
        cast, title="Project 9", problem=defined_problem(cast, critical_priority=priority)
    )
    ranking.add(serving, by=cast.manager)
    City.objects.update(critical_floor_percent=20)
    page = read(client)
    assert "less than the city" not in page
    assert "Critical priority: </span>Public safety" in page


# Folding


def test_what_is_below_the_lines_is_folded_until_asked(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    some = ranked_projects(cast, 7)
    people_for(3)
    client = signed_in(cast.manager)
    page = read(client)
    assert titles(page) == ["Project 1", "Project 2", "Project 3"]
    assert "Show 4 projects below the lines" in page
    # The last row that is shown still moves down: between two that are folded.
    assert f'value="{some[3].pk}-{some[4].pk}" data-step="down"' in page
    assert f'data-below="{some[3].pk}"' in page
    page = read(client, below="shown")
    assert len(titles(page)) == 7
    assert "Hide what is below the lines" in page
    assert len(titles(read(client, moved=some[6].pk))) == 7
    assert len(titles(read(client, moved=some[1].pk))) == 3


def test_nothing_is_folded_where_nobody_has_anything(cast: SimpleNamespace, signed_in: Any) -> None:
    some = ranked_projects(cast, 3)
    Project.objects.filter(pk__in=[project.pk for project in some]).update(
        on_hold=True, hold_reason="Waits for a study."
    )
    page = read(signed_in(cast.manager))
    assert len(titles(page)) == 3
    assert "Team capacity and dedicated money end here" in page


# Filters and sorts


def test_a_filter_keeps_the_ranks_and_offers_only_a_position(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    eleventh = ranked_projects(cast, 12)[10]
    ready = ready_project(cast)
    client = signed_in(cast.manager)
    assert titles(page := read(client, q="project 1")) == [f"Project {n}" for n in (1, 10, 11, 12)]
    here = f"{reverse('priority_list')}?page=1&moved={eleventh.pk}#project-{eleventh.pk}"
    assert f'href="{here}"' in page
    assert "on the list: Project 11" in page
    assert "4 of 13" in page
    assert "Move to…" in page
    assert "data-step" not in page
    assert "grip" not in page
    assert f'id="project-{ready.pk}"' in read(client, gate="ready")
    assert titles(read(client, gate="ready")) == []
    assert titles(read(client, department=cast.water.pk)) == []
    assert len(titles(read(client, department=cast.parks.pk))) == 12
    assert "No project of the list fits" in read(client, q="nothing like it")


def test_only_what_serves_a_critical_priority(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 2)
    problem = defined_problem(cast, critical_priority=declared_priority())
    ranking.add(make_project(cast, title="Project 3", problem=problem), by=cast.manager)
    assert titles(read(signed_in(cast.manager), critical="yes")) == ["Project 3"]


def test_another_order_is_for_reading_only(cast: SimpleNamespace, signed_in: Any) -> None:
    some = ranked_projects(cast, 4)
    add_costs(some[2].budget, cast=cast)
    for value, project in ((2, some[1]), (5, some[3])):
        answer_all(project, value, by=cast.head)
    client = signed_in(cast.manager)
    by_score = read(client, sort="score")
    assert titles(by_score) == ["Project 4", "Project 2", "Project 1", "Project 3"]
    assert titles(read(client, sort="cost"))[0] == "Project 3"
    Project.objects.filter(pk=some[1].pk).update(department=cast.water)
    assert titles(read(client, sort="department"))[-1] == "Project 2"
    assert titles(read(client, sort="department", q="2")) == ["Project 2"]
    assert "Move to…" not in by_score
    assert "Show the list to move projects." in by_score


def test_what_cannot_be_read_is_ignored(cast: SimpleNamespace, signed_in: Any) -> None:
    ranked_projects(cast, 3)
    client = signed_in(cast.manager)
    for asked in ({"page": "x"}, {"moved": "9" * 40}, {"sort": "no"}, {"gate": "no"}, {"q": "\0"}):
        assert len(titles(read(client, **asked))) == 3


# Scores


def test_the_score_stands_beside_the_rank_and_the_difference_is_marked(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    some = ranked_projects(cast, 4)
    for value, project in zip((1, 3, 4, 5), some, strict=True):
        answer_all(project, value, by=cast.head)
    page = read(signed_in(cast.manager))
    rows = [row.split("</tr>")[0] for row in page.split('<tr role="row" class="p"')[1:]]
    assert "> 20 <span" in rows[0]
    assert "4 by score" in rows[0]
    assert "3 places above its score" in rows[0]
    assert "its score" not in rows[1]
    assert "its score" not in rows[2]
    assert "3 places below its score" in rows[3]


# What else the rows say


def test_a_row_says_where_it_stood_on_the_list_adopted_last(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    some = ranked_projects(cast, 2)
    adopting.adopt(action_number="Res. 1", adopted_on=cast.city.today(), by=cast.manager)
    ranking.add(make_project(cast, title="Project 3"), by=cast.manager)
    ranking.move(some[1], to=1, seen=key_of(some[1]), by=cast.manager)
    page = read(signed_in(cast.manager))
    assert "2 on list 1" in page
    assert "new since list 1" in page


def test_another_departments_head_reads_the_list_without_the_links(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    first, *_ = ranked_projects(cast, 1)
    page = read(signed_in(cast.outsider))
    assert "Project 1" in page
    assert f'href="/projects/{first.pk}/"' not in page


def test_an_empty_list_says_so(cast: SimpleNamespace, signed_in: Any) -> None:
    page = read(signed_in(cast.manager))
    assert "The list is empty" in page
    assert "Slots used" not in page


# Queries


def queries(client: Any, **asked: Any) -> int:
    """Return how many queries the page asks once the facts of the list are remembered."""
    read(client, **asked)
    with CaptureQueriesContext(connection) as seen:
        read(client, **asked)
    return len([one for one in seen if one["sql"] not in {"BEGIN", "COMMIT"}])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [{"below": "shown"}, {"q": "project"}, {"sort": "department"}])
def test_fifty_rows_take_as_many_queries_as_three(
    cast: SimpleNamespace, signed_in: Any, asked: dict[str, str]
) -> None:
    client = signed_in(cast.manager)
    _, second, third = ranked_projects(cast, 3)
    adopting.adopt(action_number="Res. 1", adopted_on=cast.city.today(), by=cast.manager)
    ranking.move(third, to=1, seen=key_of(third), by=cast.manager)
    at_three = queries(client, **asked)
    assert at_three <= 12, at_three
    ranked_projects(cast, 47)
    ranking.move(second, to=1, seen=key_of(second), by=cast.manager)
    assert queries(client, **asked) == at_three
