"""A file of what was spent: what it would do, row by row, and what travels back with the page."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import spending as rules
from budgets.models import Fund, Spending
from portfolio.imports import spending, spending_parcel
from portfolio.imports.spending import Check
from portfolio.imports.spending_parcel import TooOldError
from portfolio.imports.tables import UnreadableError
from portfolio.models import Project
from tests.factories import make_project
from tests.portfolio.imports.spreadsheets import HEAD, csv, workbook

AS_OF = date(2026, 11, 15)


@pytest.fixture
def project(cast: SimpleNamespace) -> Project:
    return make_project(cast, title="One sign-up for programs")


@pytest.fixture
def fund(db: None) -> Fund:
    return Fund.objects.create(code="301", name="Capital projects", fund_type="capital_projects")


def checked(content: bytes, cast: SimpleNamespace, as_of: date = AS_OF) -> Check:
    return spending.check(content, file_name="books.csv", as_of=as_of, by=cast.finance)


def save(made: Check, cast: SimpleNamespace) -> None:
    rules.record(made.amounts, source=made.source, seen=made.seen, by=cast.finance)


def refusals(*rows: tuple[Any, ...], cast: SimpleNamespace) -> list[tuple[int, str]]:
    made = checked(csv(*rows, delimiter="\t", head=HEAD), cast)
    return [(row.number, " ".join(row.sentences)) for row in made.refused]


def test_rows_are_new_then_changed_or_the_same(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    other = make_project(cast)
    first = checked(
        csv((project.reference, 2027, 301, 100), (other.pk, "FY 2027", 301, "50.5")), cast
    )
    assert [(entry.number, entry.project, entry.amount) for entry in first.new] == [
        (2, project, Decimal(100)),
        (3, other, Decimal("50.5")),
    ]
    assert (first.changed, first.same, first.refused) == ([], [], ())
    save(first, cast)
    again = checked(
        csv(
            (project.reference, 2027, 301, 80),
            (other.pk, 2027, 301, "50.50"),
            (other.pk, 2026, 301, 0),
        ),
        cast,
    )
    [changed], [same], [new] = again.changed, again.same, again.new
    assert (changed.saved and changed.saved.amount, changed.amount, changed.is_lower) == (
        *(100, 80),
        True,
    )
    assert (same.project, new.amount) == (other, 0)
    assert again.has_news


def test_a_file_that_says_what_is_saved_has_no_news_until_its_day_is_later(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    content = csv((project.pk, 2027, 301, 100))
    save(checked(content, cast), cast)
    assert not checked(content, cast).has_news
    assert checked(content, cast, AS_OF + timedelta(days=1)).has_news


def test_a_workbook_says_the_same_as_a_csv(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    row = (project.reference, 2027, 301, 1200.5)
    one, other = checked(csv(row), cast), checked(workbook(row), cast)
    assert (
        one.amounts
        == other.amounts
        == {rules.Place(project.budget_id, fund.pk, 2027): Decimal("1200.50")}
    )


@pytest.mark.parametrize(
    "written", ["P-{0:03}", "p-{0}", "{0}", "P {0}", "00{0}", " P-{0} ", "P{0}"]
)
def test_a_project_is_named_by_its_number(
    cast: SimpleNamespace, project: Project, fund: Fund, written: str
) -> None:
    made = checked(csv((written.format(project.pk), 2027, 301, 5)), cast)
    assert [entry.project for entry in made.entries] == [project]


@pytest.mark.parametrize(
    "written", ["301", "301 Capital projects", " 301 ", "301 capital PROJECTS"]
)
def test_a_fund_is_named_by_its_number_or_as_lists_name_it(
    cast: SimpleNamespace, project: Project, fund: Fund, written: str
) -> None:
    made = checked(csv((project.pk, 2027, written, 5)), cast)
    assert [entry.fund for entry in made.entries] == [fund]


@pytest.mark.parametrize(
    "head",
    [
        ("Project", "Fiscal Year", "Fund", "Amount spent so far"),
        ("PROJECT NUMBER", "fy", "Fund number", "Actuals"),
        (" project ", "Year", "Fund code:", "spent\u200b"),
    ],
)
def test_columns_are_found_by_their_names_in_any_order(
    cast: SimpleNamespace, project: Project, fund: Fund, head: tuple[str, ...]
) -> None:
    row = (project.pk, 2027, 301, 5)
    made = checked(csv(reversed([*row, "x"]), head=[*reversed([*head, "Remarks"])]), cast)
    assert [entry.amount for entry in made.entries] == [5]
    assert made.left_out == ("Remarks",)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (("project", "fund", "spent"), "Row 1 names no column fiscal year."),
        (("a", "b"), "no column project and no column fiscal year and no column fund"),
        ((*HEAD, "Amount"), "Cells D1 and E1 both name the spent."),
    ],
)
def test_columns_that_are_missing_or_there_twice_are_named(
    cast: SimpleNamespace, head: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UnreadableError) as refused:
        checked(csv(("1", "2", "3", "4", "5"), head=head), cast)
    assert said in str(refused.value)


def test_a_file_without_rows_says_so(cast: SimpleNamespace) -> None:
    for content, said in ((csv(), "has no row below"), (b"\r\n\r\n", "The file is empty.")):
        with pytest.raises(UnreadableError, match=said):
            checked(content, cast)


AMOUNTS = {
    "-5": "Cell D2: An amount cannot be negative.",
    "(5)": "Cell D2: An amount cannot be negative.",
    "123456789012345678": "Cell D2: An amount has at most 13 digits before the point.",
    "1.2.3": "Cell D2: This is not an amount we can read.",
    "€5": "Cell D2: Amounts are in US dollars.",
    "1.200,50": "Cell D2: This is not an amount we can read.",
    "1200.505": "Cell D2: An amount has at most two digits of cents.",
    "5k": "Cell D2: Write the amount out in digits, without letters.",
    "": "Cell D2 is empty. Write the dollars spent so far, 0 where there are none.",
    "=1+1": "Cell D2 holds a formula as text. Put its result in place of it.",
    "NaN": "Cell D2: Write the amount out in digits, without letters.",
    "\u0661\u0662": "Cell D2: Use the digits 0 to 9.",
}


@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount_that_is_none_is_refused_by_its_cell(
    cast: SimpleNamespace, project: Project, fund: Fund, written: str
) -> None:
    [(number, said)] = refusals((project.pk, 2027, 301, written), cast=cast)
    assert number == 2
    assert said.startswith(AMOUNTS[written])


OTHERS = {
    ("P-9999", 2027, 301, 5): "Cell A2: there is no project “P-9999”. Write its number, such as",
    ("Sign-up", 2027, 301, 5): "Cell A2: there is no project “Sign-up”.",
    ("P-1e9", 2027, 301, 5): "Cell A2: there is no project",
    ("99999999999999999999", 2027, 301, 5): "Cell A2: there is no project",
    ("", 2027, 301, 5): "Cell A2 is empty. Write a project's number, such as P-012.",
    ("{0}", 2027, 999, 5): "Cell C2: there is no fund “999”. Write a fund's number as it stands",
    ("{0}", 2027, "", 5): "Cell C2 is empty. Write a fund's number.",
    ("{0}", "27", 301, 5): "Cell B2: “27” is no fiscal year. Write 2027 or FY 2027.",
    ("{0}", 1066, 301, 5): "Cell B2: “1066” is no fiscal year.",
    ("{0}", "next", 301, 5): "Cell B2: “next” is no fiscal year.",
    ("{0}", 2028, 301, 5): "Cell B2: FY 2028 begins after the day the file counts up to.",
    ("{0}", 2027, 301, 5, "x"): "Cell E2 stands behind the last named column.",
    ("<script>", 2027, 301, 5): "Cell A2: there is no project “<script>”.",
}


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: "-".join(map(str, row)))
def test_a_row_that_cannot_be_taken_names_its_cell_and_what_to_do(
    cast: SimpleNamespace, project: Project, fund: Fund, row: tuple[Any, ...]
) -> None:
    written = tuple(str(cell).format(project.pk) for cell in row)
    [(_, said)] = refusals(written, cast=cast)
    assert said.startswith(OTHERS[row])
    assert said.endswith(".")


def test_a_row_tells_everything_that_is_wrong_with_it(cast: SimpleNamespace, fund: Fund) -> None:
    [(_, said)] = refusals(("x", "y", "z", "-1"), cast=cast)
    assert [f"Cell {name}2" in said for name in "ABCD"] == [True] * 4


def test_one_place_named_twice_is_refused_in_both_rows(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    rows = (
        (project.pk, 2027, 301, 5),
        (project.pk, 2026, 301, 6),
        (project.reference, "FY 2027", 301, 7),
    )
    made = checked(csv(*rows), cast)
    assert [entry.amount for entry in made.entries] == [6]
    assert [(row.number, row.sentences[0]) for row in made.refused] == [
        (
            2,
            f"It names {project.reference}, FY 2027, 301, and row 4 does too. Put both amounts "
            "into one row.",
        ),
        (
            4,
            f"It names {project.reference}, FY 2027, 301, and row 2 does too. Put both amounts "
            "into one row.",
        ),
    ]


def test_an_older_file_does_not_replace_a_newer_amount(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    content = csv((project.pk, 2027, 301, 100))
    save(checked(content, cast), cast)
    made = checked(csv((project.pk, 2027, 301, 90)), cast, AS_OF - timedelta(days=1))
    assert made.entries == ()
    assert (
        made.refused[0]
        .sentences[0]
        .startswith("An amount up to November 15, 2026 is saved already, and this file is older.")
    )


def test_checking_writes_nothing_and_asks_as_little_for_many_rows(
    cast: SimpleNamespace, fund: Fund
) -> None:
    counts = []
    # What the person may do is asked once.
    assert cast.finance.has_perm("budgets.enter_money")
    for size in (1, 30):
        rows = [(make_project(cast).pk, 2027, 301, 5) for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            assert len(checked(csv(*rows), cast).entries) == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
    assert not Spending.objects.exists()


# What travels with the page


def test_a_parcel_brings_the_rows_back_and_tells_what_changed(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    rows = ((project.pk, 2027, 301, "100.10", ""), (project.pk, 2026, 301, 5, ""))
    made = checked(csv(*rows, ("x", 2026, 301, 5, ""), head=(*HEAD, "Note")), cast)
    parcel = spending_parcel.packed(made, by=cast.finance)
    again, seen = spending_parcel.opened(parcel, by=cast.finance)
    assert (again, seen) == (made, made.seen)
    assert (len(again.refused), again.left_out) == (1, ("Note",))
    save(checked(csv((project.pk, 2027, 301, 7)), cast), cast)
    overtaken, seen = spending_parcel.opened(parcel, by=cast.finance)
    assert overtaken.seen != seen
    assert [entry.saved and entry.saved.amount for entry in overtaken.changed] == [7]


def test_a_parcel_is_good_for_its_owner_alone_and_for_a_day(
    cast: SimpleNamespace, project: Project, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = spending_parcel.packed(checked(csv((project.pk, 2027, 301, 5)), cast), by=cast.finance)
    forged = signing.dumps({"rows": []}, salt="groundwork.spending")
    for sent, person in (
        (parcel, cast.second_finance),
        (parcel[:-1], cast.finance),
        (forged, cast.finance),
        ("", cast.finance),
        ("\0" * 9, cast.finance),
    ):
        with pytest.raises(TooOldError, match=r"Nothing was saved\."):
            spending_parcel.opened(sent, by=person)
    monkeypatch.setattr(spending_parcel, "GOOD_FOR", timedelta(seconds=-1))
    with pytest.raises(TooOldError):
        spending_parcel.opened(parcel, by=cast.finance)


def test_the_largest_file_fits_into_one_page(
    cast: SimpleNamespace, project: Project, fund: Fund
) -> None:
    made = checked(csv((project.pk, 2027, 301, 5)), cast)
    [entry] = made.entries
    amounts = random.Random(7)
    many = tuple(
        replace(entry, number=number, amount=Decimal(amounts.randrange(10**9)) / 100)
        for number in range(2, 20_002)
    )
    parcel = spending_parcel.packed(replace(made, entries=many), by=cast.finance)
    assert 100_000 < len(parcel) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 2
