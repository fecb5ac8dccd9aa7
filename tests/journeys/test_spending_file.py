"""Spending comes out of the city's books: checked first, then saved as a whole."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.factories import ready_project
from tests.journeys.chromium import Windows
from tests.journeys.desk import WAYS, Desks, field, fill, follow, has_heading, is_told, press


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_spending_is_checked_row_by_row_and_imported(
    way: str, cast: SimpleNamespace, windows: Windows
) -> None:
    project = ready_project(cast)
    year, fund = (
        project.budget.first_fiscal_year,
        project.budget.allocations.get().appropriation.fund,
    )
    good = f"{project.reference},{year},{fund.code},"
    officer = Desks(windows, **WAYS[way]).of(cast.finance)
    officer.goto("/")
    follow(officer, "Funds")
    follow(officer, "Planned and spent")
    follow(officer, "Import spending")

    brings(officer, f"{good}140000", f"P-999,{year},{fund.code},=1+1", on=f"{cast.city.today()}")
    has_heading(officer, "What the file would change")
    refused = officer.get_by_role("region", name="Refused").get_by_role("row", name="Row 3")
    expect(refused).to_contain_text("Cell A3: there is no project “P-999”.")
    expect(refused).to_contain_text("Cell D3 holds a formula")
    expect(officer.get_by_role("region", name="New")).to_contain_text("$140,000")
    follow(officer, "Choose the mended file")

    brings(officer, f"{good}140000", on=f"{cast.city.today()}")
    press(officer, "Save 1 row")
    is_told(officer, "1 amount up to")
    follow(officer, project.title)
    has_heading(officer, "Planned and spent")
    over = officer.get_by_role("row", name=f"FY {year}").filter(has_text="$130,000")
    expect(over).to_contain_text("$140,000")
    expect(over).to_contain_text("108%")


def brings(officer: Page, *rows: str, on: str) -> None:
    """Choose a file of these rows, and have it checked."""
    text = "\n".join(("project,fiscal year,fund,spent", *rows))
    fill(officer, {"Spent up to": on})
    field(officer, "File").set_input_files(
        FilePayload(name="books.csv", mimeType="text/csv", buffer=text.encode())
    )
    press(officer, "Check the file")
