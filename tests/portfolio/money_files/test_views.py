"""Files of money as people take them: named, safe to open, only for who may."""

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client

from portfolio import exports
from portfolio.models import User
from portfolio.money_files.registry import TABLES
from portfolio.money_files.subject import Place
from tests.pages import words
from tests.portfolio.busy_ledger import busy_ledger

SignIn = Callable[[User], Client]
ACTING = set("=+-@\t\r\n")


@pytest.fixture
def busy(cast: SimpleNamespace) -> SimpleNamespace:
    return busy_ledger(cast)


def addresses(busy: SimpleNamespace, file_format: str) -> list[str]:
    """The address of every table in every place."""
    about = {
        Place.CITY: "/funds",
        Place.FUND: f"/funds/{busy.fund.pk}",
        Place.BUDGET: f"/projects/{busy.scoped.pk}/budget",
    }
    return [
        f"{about[place]}/export/{name}.{file_format}"
        for name, table in TABLES.items()
        for place in table.places
    ]


def whole(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


def test_nothing_typed_acts_in_a_csv(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.finance)
    harmful = 0
    for address in addresses(busy, "csv"):
        text = whole(client.get(address)).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            cells = [cell for cell in row if cell and not is_number(cell)]
            assert not [cell for cell in cells if cell[0] in ACTING], address
            harmful += sum(cell.startswith(("'=", "'@", "'-", "'+")) for cell in cells)
    assert harmful > 50


def test_nothing_typed_acts_in_a_workbook(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.finance)
    for address in addresses(busy, "xlsx"):
        page: Any = openpyxl.load_workbook(io.BytesIO(whole(client.get(address)))).active
        kinds = {cell.data_type for row in page.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "d"}, address


def test_amounts_are_numbers_with_cents_in_a_workbook(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    answer = signed_in(cast.finance).get(f"/funds/{busy.fund.pk}/export/appropriations.xlsx")
    page: Any = openpyxl.load_workbook(io.BytesIO(whole(answer))).active
    place = [cell.value for cell in page[1]].index("Authorized now")
    cell = page[2][place]
    assert (cell.value, cell.number_format) == (400051.05, "#,##0.00")


def test_a_file_is_named_for_what_it_is_about(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    client = signed_in(cast.finance)
    day = f"{cast.city.today():%Y-%m-%d}"
    reference = busy.scoped.reference.lower()
    for address, name in (
        ("/funds/export/funds.csv", f"funds-{day}.csv"),
        (f"/funds/{busy.fund.pk}/export/years.xlsx", f"fund-11-years-{day}.xlsx"),
        (
            f"/projects/{busy.scoped.pk}/budget/export/costs.csv",
            f"{reference}-costs-{day}.csv",
        ),
    ):
        answer = client.get(address)
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["Cache-Control"] == "private, no-store"
        whole(answer)


def test_days_are_those_of_the_city_though_a_csv_is_read_late(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    type(cast.city).objects.update(time_zone="Pacific/Kiritimati")
    client = signed_in(cast.finance)
    address = f"/projects/{busy.scoped.pk}/budget/export/allocations"
    page: Any = openpyxl.load_workbook(io.BytesIO(whole(client.get(f"{address}.xlsx")))).active
    in_workbook = [f"{row[10].value:%Y-%m-%d}" for row in list(page.iter_rows())[1:]]
    lines = csv.reader(io.StringIO(whole(client.get(f"{address}.csv")).decode("utf-8-sig")))
    assert [row[10] for row in lines][1:] == in_workbook
    type(cast.city).objects.update(time_zone="Pacific/Pago_Pago")
    lines = csv.reader(io.StringIO(whole(client.get(f"{address}.csv")).decode("utf-8-sig")))
    assert [row[10] for row in lines][1:] != in_workbook


@pytest.mark.parametrize(
    "address",
    [
        "/funds/export/nothing.csv",
        "/funds/export/funds.pdf",
        "/funds/export/versions.csv",
        "/projects/{project}/budget/export/funds.csv",
        "/funds/{fund}/export/costs.csv",
    ],
)
def test_there_is_no_other_file(
    busy: SimpleNamespace, cast: SimpleNamespace, signed_in: SignIn, address: str
) -> None:
    there = address.format(project=busy.scoped.pk, fund=busy.fund.pk)
    assert signed_in(cast.finance).get(there).status_code == 404


def test_a_workbook_that_would_be_too_long_is_refused_and_csv_advised(
    busy: SimpleNamespace,
    cast: SimpleNamespace,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 5)
    client = signed_in(cast.finance)
    answer = client.get(f"/funds/{busy.fund.pk}/export/allocations.xlsx", follow=True)
    assert answer.redirect_chain == [(f"/funds/{busy.fund.pk}/", 302)]
    assert "Take it as CSV" in words(answer.content.decode())
    assert len(whole(client.get("/funds/export/allocations.csv")).splitlines()) > 6
