"""An import of what was spent, from upload to saved."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import Fund, Spending, SpendingFile
from portfolio.models import History, Project
from tests.factories import make_project
from tests.pages import words
from tests.portfolio.budgets.spending_steps import IMPORT, parcel, recorded, row, upload
from tests.portfolio.imports.spreadsheets import csv, workbook


def test_a_file_is_checked_then_saved_as_a_whole(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    other = make_project(cast)
    recorded(project, fund, 100, cast)
    rows = (row(project, fund, "80"), row(other, fund, "1200.50"))
    shown = finance.post(IMPORT, upload(workbook(*rows), name="Books of October.xlsx"))
    assert shown.status_code == 200
    page = words(shown.text)
    for part in (
        "“Books of October.xlsx”",
        "Save 2 rows",
        "Lower than before",
        "$1,200.50",
        "Every row can be read",
    ):
        assert part in page
    assert Spending.objects.get().amount == 100, "nothing is saved yet"
    saved = finance.post(IMPORT, parcel(shown))
    assert (saved.status_code, saved["Location"]) == (302, "/funds/spending/")
    assert set(Spending.objects.values_list("budget", "amount")) == {
        (project.budget_id, 80),
        (other.budget_id, Decimal("1200.50")),
    }
    file = SpendingFile.objects.all()[0]
    assert (file.file_name, file.rows, file.imported_by) == (
        *("Books of October.xlsx", 2),
        cast.finance,
    )
    told = words(finance.get("/funds/spending/").text)
    assert "2 amounts up to" in told
    assert "1 new, 1 changed, 0 as before." in told
    listed = words(finance.get("/funds/spending/files/").text)
    assert "Books of October.xlsx" in listed
    assert "Fiona Finance" in listed


def test_refused_rows_are_told_and_left_out_only_when_asked(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    content = csv(row(project, fund, "5"), ("P-9999", 2026, fund.code, "€5"))
    shown = finance.post(IMPORT, upload(content))
    page = words(shown.text)
    assert "Row 3" in page
    assert "Cell A3: there is no project “P-9999”." in page
    assert "Cell D3: Amounts are in US dollars." in page
    assert "Save 1 row, leave out 1" in page
    assert not Spending.objects.exists()
    finance.post(IMPORT, parcel(shown))
    assert Spending.objects.get().amount == 5


def test_a_file_of_which_no_row_can_be_taken_offers_nothing_to_save(
    cast: SimpleNamespace, finance: Client
) -> None:
    page = words(finance.post(IMPORT, upload(csv(("x", "y", "z", "-1")))).text)
    assert "No row can be saved as it is." in page
    assert 'name="parcel"' not in page


def test_what_changed_meanwhile_is_shown_and_nothing_is_saved(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    shown = finance.post(IMPORT, upload(csv(row(project, fund, "80"), ("x", 2026, "y", "5"))))
    recorded(project, fund, 100, cast)
    overtaken = finance.post(IMPORT, parcel(shown))
    assert overtaken.status_code == 409
    page = words(overtaken.text)
    assert "Nothing of your file was saved." in page
    assert "$100" in page
    assert "$80" in page
    assert "there is no project “x”" in page
    assert Spending.objects.get().amount == 100
    assert finance.post(IMPORT, parcel(overtaken)).status_code == 302
    assert Spending.objects.get().amount == 80


def test_sending_the_same_check_twice_saves_once(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    shown = finance.post(IMPORT, upload(csv(row(project, fund, "80"))))
    assert finance.post(IMPORT, parcel(shown)).status_code == 302
    before = History.objects.count()
    again = finance.post(IMPORT, parcel(shown))
    assert again.status_code == 409
    assert "is saved already, up to the same day" in words(again.text)
    assert (SpendingFile.objects.count(), History.objects.count()) == (1, before)


def test_a_check_of_another_officer_is_refused(
    cast: SimpleNamespace, finance: Client, second: Client, project: Project, fund: Fund
) -> None:
    shown = finance.post(IMPORT, upload(csv(row(project, fund, "80"))))
    for sent in (parcel(shown), {"parcel": "x"}, {"parcel": ""}):
        answer = second.post(IMPORT, sent)
        assert answer.status_code == 422
        assert "This check is too old, or it is not yours." in words(answer.text)
    assert not Spending.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Fix 2 things to continue"),
        ({"as_of": "2026-10-31"}, "Choose a file."),
        (upload(b"a,b\n1,2\n", as_of="2999-01-01"), "Enter a day that has come: today is"),
        (upload(b"a,b\n1,2\n"), "Row 1 names no column project"),
        (upload(b"PK\x03\x04 no workbook"), "The file is a damaged or incomplete file."),
        (upload(csv(*[(1, 2, 3, 4)] * 20_001)), "The file has more than 20,000 rows."),
        (upload(b" " * 5_000_001), "at most 5,000,000 are read."),
    ],
    ids=["nothing", "no file", "to come", "columns", "damaged", "rows", "size"],
)
def test_a_form_that_cannot_be_taken_says_what_to_do(
    cast: SimpleNamespace, finance: Client, sent: dict[str, Any], said: str
) -> None:
    answer = finance.post(IMPORT, sent)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert "to continue" in words(answer.text)
    assert not SpendingFile.objects.exists()


def test_a_hostile_file_stays_words(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    hostile = "<script>alert(1)</script>"
    content = csv(
        (hostile, hostile, hostile, hostile),
        row(project, fund, "5"),
        head=("project", "fiscal year", "fund", "spent"),
    )
    answer = finance.post(IMPORT, upload(content, name=f"{hostile}.csv"))
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    finance.post(IMPORT, parcel(answer))
    assert "<script>alert" not in finance.get("/funds/spending/files/").text


def test_a_check_shows_some_rows_and_counts_the_others(
    cast: SimpleNamespace, finance: Client, project: Project, fund: Fund
) -> None:
    rows = [(project.pk, year, fund.code, "5") for year in range(1990, 2027)]
    bad = [("x", year, "y", "z") for year in range(150)]
    answer = finance.post(IMPORT, upload(csv(*rows, *bad), as_of=date(2026, 7, 1)))
    page = words(answer.text)
    assert page.count("Cell A") == 100
    assert "And 50 more. Mend these first" in page
    assert "Save 37 rows, leave out 150" in page


def test_a_check_takes_as_many_queries_for_many_rows(
    cast: SimpleNamespace, finance: Client, fund: Fund
) -> None:
    counts = []
    for size in (2, 40):
        content = csv(*[row(make_project(cast), fund, "5") for _ in range(size)])
        with CaptureQueriesContext(connection) as queries:
            assert finance.post(IMPORT, upload(content)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
