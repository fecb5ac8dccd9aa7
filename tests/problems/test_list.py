"""The one list of problems: what fits, in which order, and what comes along as a file."""

import csv
import io
import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import exports
from problems import drafting, joining, search
from problems.models import Measure, Problem
from tests.factories import declared_priority, defined_problem, draft_problem
from tests.problems.pages import words

LIST = "/problems/"
SHOWN = re.compile(r'<th role="rowheader" scope="row"> ?<a [^>]*>([^<]*)</a>')


def titles(client: Client, **asked: Any) -> list[str]:
    return SHOWN.findall(words(client.get(LIST, asked)))


@pytest.fixture
def four(cast: SimpleNamespace) -> SimpleNamespace:
    """A draft, a defined one with a priority and one of Water too, and an empty draft."""
    priority = declared_priority()
    streets = defined_problem(cast, title="Dark streets", critical_priority=priority)
    joining.join(streets, department=cast.water, by=cast.outsider)
    return SimpleNamespace(
        priority=priority,
        homes=draft_problem(cast, title="Cold homes", statement="Tenants freeze every winter."),
        streets=streets,
        water=drafting.start(department=cast.water, by=cast.outsider),
        empty=drafting.start(department=cast.parks, by=cast.head),
    )


# Words


@pytest.mark.parametrize(
    ("asked", "fitting"),
    [
        ("street", ["Dark streets"]),
        ("streets dark", ["Dark streets"]),
        ("winters", ["Cold homes"]),
        ("wint", ["Cold homes"]),
        ('"dark streets"', ["Dark streets"]),
        ('"streets are dark"', []),
        ("homes or streets", ["Cold homes", "Dark streets"]),
        ("gives up -tenants", ["Dark streets"]),
        ("households", ["Cold homes", "Dark streets"]),
        ("co", ["Cold homes"]),
        ("d", ["Dark streets"]),
        ("zzz", []),
        ("!!!", []),
        ("'; drop table problems_problem; --", []),
        ("x:* & | !", []),
        ('"', []),
        ("-", []),
        ("\x00\x01street\x02", ["Dark streets"]),
        ("street " * 5000, ["Dark streets"]),
        ("الماء", []),
    ],
)
def test_words_are_read_as_people_mean_them(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace, asked: str, fitting: list[str]
) -> None:
    Problem.objects.filter(pk=four.streets.pk).update(version=2)
    assert sorted(titles(signed_in(cast.head), q=asked)) == fitting


def test_the_best_fit_stands_first_until_another_order_is_asked_for(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    draft_problem(cast, title="Ice on the bridge", statement="Ice, ice and ice on the bridge.")
    draft_problem(cast, title="A slow morning", statement="There is ice at times.")
    draft_problem(cast, title="Bridge closed", statement="Because of ice.")
    client = signed_in(cast.head)
    best = ["Ice on the bridge", "Bridge closed", "A slow morning"]
    assert titles(client, q="ice") in (best, [best[0], best[2], best[1]])
    assert titles(client, q="ice", sort="title") == sorted(best)
    page = words(client.get(LIST, {"q": "ice"}))
    assert "the best fit first" in page
    assert "the best fit first" not in words(client.get(LIST, {"q": "ice", "sort": "title"}))


def test_the_words_in_the_box_are_escaped(cast: SimpleNamespace, signed_in: Any) -> None:
    page = words(signed_in(cast.head).get(LIST, {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  a\tb\nc  ", "a b c"),
        ("a\x00b", "a b"),
        ("x" * 5000, "x" * 200),
        (" \x00 ", ""),
        ("\ud800a", "a"),
    ],
)
def test_what_was_typed_is_put_on_one_line(text: str, read: str) -> None:
    assert search.typed(text) == read


# The other choices


def test_joint_problems_are_each_departments(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    client = signed_in(cast.head)
    assert titles(client, department=cast.water.pk) == ["Dark streets"]
    assert "Dark streets" in titles(client, department=cast.parks.pk)
    page = words(client.get(LIST, {"department": cast.water.pk}))
    assert "Parks with Water" in page
    client.force_login(cast.outsider)
    water = {"Dark streets", "Untitled problem"}
    assert set(titles(client, department=cast.water.pk)) == water


def test_critical_priorities_and_none(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    client = signed_in(cast.head)
    assert titles(client, priority=four.priority.pk) == ["Dark streets"]
    assert set(titles(client, priority="none")) == {"Cold homes", "Untitled problem"}
    for unreadable in ("x", "999999", "-1", "9" * 40):
        assert len(titles(client, priority=unreadable)) == 3
    assert "None of those declared" in words(client.get(LIST))


def test_choices_narrow_together_and_survive_paging_and_sorting(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    author = {"department": cast.parks, "author": cast.head, "statement": "Ice everywhere."}
    Problem.objects.bulk_create(Problem(title=f"Ice {n:02}", **author) for n in range(60))
    draft_problem(cast, title="Something else")
    asked = {"q": "ice", "state": "draft", "department": cast.parks.pk, "sort": "title"}
    client = signed_in(cast.head)
    page = words(client.get(LIST, asked))
    assert "<strong>60</strong> problems fit" in page
    assert "1 to 50 of 60" in page
    links = [
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(\?[^"]*|[^"]*export[^"]*)"', page)
    ]
    assert len(links) > 6
    for link in links:
        assert {"q=ice", "state=draft", f"department={cast.parks.pk}"} <= set(
            link.partition("?")[2].split("&")
        ), link
    second = SHOWN.findall(words(client.get(LIST, {**asked, "page": 2})))
    assert second == [f"Ice {n:02}" for n in range(50, 60)]


def test_an_empty_answer_says_what_to_do(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.head)
    nothing = words(client.get(LIST))
    assert "No problem is written yet" in nothing
    assert "Export as" not in nothing
    draft_problem(cast)
    narrowed = words(client.get(LIST, {"q": "zzz"}))
    assert "No problem fits" in narrowed
    assert "Take out a word or a choice, or show all." in narrowed
    assert f'<a class="btn quiet" href="{LIST}">Show all problems</a>' in narrowed


def test_no_draft_of_others_is_listed_nor_counted(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    client = signed_in(cast.outsider)
    assert titles(client, q="homes") == []
    assert "<strong>2</strong> problems" in words(client.get(LIST))
    client.force_login(cast.manager)
    assert titles(client) == ["Dark streets"]


def test_as_many_queries_for_50_rows_as_for_3(
    cast: SimpleNamespace, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.head)
    author = {"department": cast.parks, "author": cast.head, "statement": "Ice everywhere."}
    declared_priority()
    asked = {"q": "ice", "department": cast.parks.pk, "state": "draft", "priority": "none"}
    counts = []
    for more in (3, 47):
        made = Problem.objects.bulk_create(Problem(title=f"P{n}", **author) for n in range(more))
        if more > 3:
            for problem in made[:5]:
                problem.joint_departments.create(department=cast.water, joined_by=cast.outsider)
        client.get(LIST, asked)
        with django_assert_max_num_queries(12) as queries:
            assert len(titles(client, **asked)) == min(50, 3 if more == 3 else 50)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Files


def download(client: Client, file_format: str, **asked: Any) -> Any:
    return client.get(reverse("problems_export", args=[file_format]), asked)


def csv_rows(response: Any) -> list[list[str]]:
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def sheet(response: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(response.getvalue())).active


def test_a_csv_holds_what_the_list_shows(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    client = signed_in(cast.head)
    response = download(client, "csv", state="defined")
    day = timezone.localdate()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="problems-{day}.csv"' in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue().startswith(b"\xef\xbb\xbf")
    heading, row = csv_rows(download(client, "csv", state="defined"))
    told = dict(zip(heading, row, strict=True))
    assert told == {
        "Number": str(four.streets.pk),
        "Title": "Dark streets",
        "Department": "Parks with Water",
        "State": "Defined",
        "Critical priority": "Public safety",
        "Severity (0 to 5)": "3",
        "Who is affected": "Households: 6,200",
        "People affected (largest group)": "6200",
        "Measures: today → target": "Families who start and give up: 26 → 10 percent",
        "Owner": "Hanna Head",
        "Saved": day.isoformat(),
        "Sent": day.isoformat(),
        "Defined on": day.isoformat(),
        "Link": f"http://testserver{four.streets.get_absolute_url()}",
    }


def test_a_workbook_holds_numbers_and_days_as_such(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    page = sheet(download(signed_in(cast.head), "xlsx", state="defined"))
    heading, row = page.iter_rows()
    told = dict(zip((cell.value for cell in heading), row, strict=True))
    assert told["Severity (0 to 5)"].value == 3
    assert told["People affected (largest group)"].value == 6200
    assert told["Saved"].value.date() == timezone.localdate()
    assert told["Saved"].number_format == "yyyy-mm-dd"
    assert told["Title"].value == "Dark streets"
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["B"].width == 50
    assert heading[0].font.bold
    assert page.title == f"problems-{timezone.localdate()}"


def test_both_files_hold_every_page_in_the_order_of_the_list(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    author = {"department": cast.parks, "author": cast.head, "statement": "Ice everywhere."}
    Problem.objects.bulk_create(Problem(title=f"Ice {n:03}", **author) for n in range(120))
    draft_problem(cast, title="Something else")
    client = signed_in(cast.head)
    asked = {"q": "ice", "sort": "-title", "page": "2", "per_page": "10"}
    in_order = [f"Ice {n:03}" for n in reversed(range(120))]
    assert [row[1] for row in csv_rows(download(client, "csv", **asked))[1:]] == in_order
    rows = sheet(download(client, "xlsx", **asked)).iter_rows(min_row=2, values_only=True)
    assert [row[1] for row in rows] == in_order
    by_rank = [row[1] for row in csv_rows(download(client, "csv", q="ice"))[1:51]]
    assert by_rank == titles(client, q="ice")


def test_no_file_holds_another_departments_draft(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    client = signed_in(cast.outsider)
    for file_format in exports.FORMATS:
        content = download(client, file_format).getvalue()
        assert b"Cold homes" not in content
    shown = {row[1] for row in csv_rows(download(client, "csv"))[1:]}
    assert shown == {"Dark streets", "Untitled problem"}
    client.force_login(cast.manager)
    assert {row[1] for row in csv_rows(download(client, "csv"))[1:]} == {"Dark streets"}


def test_more_than_a_file_holds_is_said_and_not_cut(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    response = signed_in(cast.head).get(
        reverse("problems_export", args=["xlsx"]), {"sort": "title"}, follow=True
    )
    assert response.redirect_chain == [(f"{LIST}?sort=title", 302)]
    assert "3 problems fit, and a file holds 2. Narrow the list" in words(response)


def test_another_format_is_no_file(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.head)
    assert client.get("/problems/export.pdf").status_code == 404
    assert client.get("/problems/export.").status_code == 404


@pytest.mark.parametrize("file_format", exports.FORMATS)
def test_a_file_takes_as_many_queries_for_many_rows_as_for_few(
    cast: SimpleNamespace,
    signed_in: Any,
    django_assert_max_num_queries: Any,
    four: SimpleNamespace,
    file_format: str,
) -> None:
    client = signed_in(cast.head)
    asked = {"q": "streets", "department": cast.parks.pk, "priority": "none"}
    client.get(LIST)
    counts = []
    for more in (1, 40):
        author = {"department": cast.parks, "author": cast.head}
        made = Problem.objects.bulk_create(
            Problem(title=f"Streets {n}", **author) for n in range(more)
        )
        Measure.objects.bulk_create(
            Measure(problem=problem, name="Falls", baseline_value=2) for problem in made
        )
        with django_assert_max_num_queries(12) as queries:
            assert download(client, file_format, **asked).getvalue()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_old_days_and_missing_values_are_left_empty(
    cast: SimpleNamespace, signed_in: Any, four: SimpleNamespace
) -> None:
    Measure.objects.filter(problem=four.homes).update(baseline_value=None, unit="")
    Problem.objects.filter(pk=four.homes.pk).update(
        saved_at=timezone.now() - timedelta(days=4000), severity=None, owner=None
    )
    heading, row = csv_rows(download(signed_in(cast.head), "csv", q="homes"))
    told = dict(zip(heading, row, strict=True))
    assert told["Measures: today → target"] == "Families who start and give up: ? → 10"
    assert told["Owner"] == told["Sent"] == told["Defined on"] == told["Severity (0 to 5)"] == ""
    assert date.fromisoformat(told["Saved"]).year < timezone.localdate().year
