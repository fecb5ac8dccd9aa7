"""Taking the file into the database: the whole real file, then small changes of it."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Sum

from budgets.models import Allocation, Budget, CostLine, Fund, FundingRequest
from portfolio import projects
from portfolio.models import Department, History, Project, WorkingPosition
from tests.factories import draft_problem
from tests.portfolio.imports.apart import REAL_FILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command and return the lines it prints."""

    def run(file: Path, *words: str) -> list[str]:
        call_command("import_projects", str(file), *words)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def small_file(tmp_path: Path) -> Any:
    """Write the first rows of the real file, changed as asked, and return its path."""

    def write(changes: dict[str, dict[str, str]] | None = None, *, rows: int = 12) -> Path:
        with REAL_FILE.open(newline="", encoding="utf-8") as handle:
            reader = csv.DictReader(handle)
            names = list(reader.fieldnames or [])
            kept = list(islice(reader, rows))
        file = tmp_path / "small.csv"
        with file.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=names)
            writer.writeheader()
            for row in kept:
                writer.writerow(row | (changes or {}).get(row["project_id"], {}))
        return file

    return write


def first_rows_of_the_file() -> Iterator[dict[str, str]]:
    seen = set()
    with REAL_FILE.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["project_id"] not in seen:
                seen.add(row["project_id"])
                yield row


def everything() -> dict[str, int]:
    models = (Department, Fund, Budget, Project, FundingRequest, WorkingPosition, History)
    return {model.__name__: model.objects.count() for model in models}


def test_the_whole_file_to_the_cent(run: Any) -> None:
    lines = run(REAL_FILE)

    assert Project.objects.count() == Budget.objects.count() == 2008
    assert not CostLine.objects.exists()
    assert not Allocation.objects.exists()
    agencies = {row["managing_agency_id"] for row in first_rows_of_the_file()}
    assert set(Department.objects.values_list("code", flat=True)) == agencies

    cents: dict[tuple[str, int], int] = defaultdict(int)
    for row in first_rows_of_the_file():
        for code, payer in (("NYC-CITY", "city"), ("NYC-OTHERS", "non_city")):
            for column, year in (*((str(y), y) for y in range(2021, 2026)), ("_r_t_c", 2026)):
                cents[code, year] += max(0, int(row[f"{payer}{column}"])) * 1000 * 100
    sums = FundingRequest.objects.values_list("fund__code", "fiscal_year").annotate(Sum("amount"))
    assert {(code, year): total * 100 for code, year, total in sums} == dict(cents)

    city = sum(total for (code, _), total in cents.items() if code == "NYC-CITY") // 100
    others = sum(total for (code, _), total in cents.items() if code == "NYC-OTHERS") // 100
    assert lines == [
        "Row 464: not taken: project P-213CNTR stands in row 80 already; that one is taken.",
        "Row 706: not taken: project HBBA24181 stands in row 691 already; that one is taken.",
        "Row 797: taken without a part: city2021 is −$597,000, which nobody can ask for.",
        "Row 1286: taken without a part: non_city2021 is −$482,000, which nobody can ask for.",
        "2,010 rows read: 2,008 projects made, 0 changed, 0 as before; 2 rows not taken.",
        "24 departments and 2 funds made.",
        f"The rows taken ask for ${city:,} of the city's own money and ${others:,} of others'. "
        "None of it is dedicated.",
    ]


def test_each_project_asks_for_what_its_row_says(run: Any) -> None:
    run(REAL_FILE)
    asked: dict[str, set[tuple[str, int, Decimal]]] = defaultdict(set)
    for key, code, year, amount in FundingRequest.objects.values_list(
        "budget__project__imported_id", "fund__code", "fiscal_year", "amount"
    ):
        asked[key].add((code, year, amount))
    for row in first_rows_of_the_file():
        expected = {
            (code, year, Decimal(row[f"{payer}{column}"]) * 1000)
            for code, payer in (("NYC-CITY", "city"), ("NYC-OTHERS", "non_city"))
            for column, year in (*((str(y), y) for y in range(2021, 2026)), ("_r_t_c", 2026))
            if int(row[f"{payer}{column}"]) > 0
        }
        assert asked[row["project_id"]] == expected


def test_imported_projects_are_concepts_with_a_closed_gate(run: Any) -> None:
    run(REAL_FILE)
    assert Project.objects.filter(stage="concept", problem=None, created_by=None).count() == 2008
    assert not Project.objects.filter(problem_defined=True).exists()
    assert not Project.objects.filter(budget_dedicated=True).exists()
    assert not Project.objects.filter(listed=True).exists()
    assert not WorkingPosition.objects.exists()
    assert set(FundingRequest.objects.values_list("status", flat=True)) == {"requested"}

    library = Project.objects.select_related("department", "budget").get(imported_id="LB20DUMBO")
    assert library.title == "Adams Street Library Fit out"
    assert library.department.name == "Brooklyn Public Library"
    assert library.imported_from == "nyc-cpd-fy2021"
    assert library.budget.first_fiscal_year == 2021


def test_a_second_run_writes_nothing(run: Any) -> None:
    run(REAL_FILE)
    before = everything()
    lines = run(REAL_FILE)
    assert everything() == before
    assert (
        "2,010 rows read: 0 projects made, 0 changed, 2,008 as before; 2 rows not taken." in lines
    )
    assert "0 departments and 0 funds made." in lines


def test_a_dry_run_writes_nothing_and_says_what_would_be(run: Any) -> None:
    before = everything()
    lines = run(REAL_FILE, "--dry-run")
    assert everything() == before
    assert lines[4:7] == [
        "Dry run: nothing was written.",
        "2,010 rows read: 2,008 projects would be made, 0 would be changed, 0 as before; "
        "2 rows not taken.",
        "24 departments and 2 funds would be made.",
    ]


def test_changed_rows_are_changed_and_said(run: Any, small_file: Any) -> None:
    run(small_file())
    before = History.objects.count()
    changes = {
        "LB20DUMBO": {"city2021": "0", "city2022": "5000"},
        "LBC17DRBR": {"project_description": "DYKER ROOF", "city2023": "101"},
    }
    lines = run(small_file(changes))

    first = Project.objects.get(imported_id="LB20DUMBO")
    second = Project.objects.get(imported_id="LBC17DRBR")
    assert lines[0] == f"Row 2: project {first.reference} changed: money asked for."
    assert lines[1] == f"Row 3: project {second.reference} changed: title, money asked for."
    assert "12 rows read: 0 projects made, 2 changed, 10 as before; 0 rows not taken." in lines
    assert list(first.budget.requests.values_list("fiscal_year", "amount")) == [
        (2022, Decimal(5_000_000))
    ]
    assert second.title == "Dyker roof"
    assert second.budget.requests.get(fiscal_year=2023).amount == Decimal(101_000)
    # One request gone, one new, one changed, one title.
    written = History.objects.order_by("id").values_list("table", "action")[before:]
    assert sorted(written) == [
        ("budgets_fundingrequest", "DELETE"),
        ("budgets_fundingrequest", "INSERT"),
        ("budgets_fundingrequest", "UPDATE"),
        ("portfolio_project", "UPDATE"),
    ]


def test_a_dry_run_says_what_would_be_changed(run: Any, small_file: Any) -> None:
    run(small_file())
    before = everything()
    lines = run(small_file({"LB20DUMBO": {"project_description": "ROOF"}}), "--dry-run")
    project = Project.objects.get(imported_id="LB20DUMBO")
    assert lines[0] == f"Row 2: project {project.reference} would be changed: title."
    assert project.title == "Adams Street Library Fit out"
    assert everything() == before


def test_what_people_took_further_is_left_to_them(
    run: Any, small_file: Any, cast: SimpleNamespace
) -> None:
    run(small_file())
    taken = Project.objects.get(imported_id="LB20DUMBO")
    stopped = projects.stop(
        Project.objects.get(imported_id="LBC17DRBR"), reason="Done elsewhere.", by=cast.manager
    )
    Department.objects.filter(pk=taken.department_id).update(name="Library")
    problem = draft_problem(cast)
    problem.department = taken.department
    problem.save()
    projects.answer(taken, problem=problem, by=cast.head)
    before = everything()

    changes = {key: {"project_description": "OTHER"} for key in ("LB20DUMBO", "LBC17DRBR")}
    lines = run(small_file(changes))
    assert [line for line in lines if line.startswith("Row")] == [
        f"Row {row}: not taken: its title changed, but people here have taken project "
        f"{project.reference} further. Change it on its page."
        for row, project in ((2, taken), (3, stopped))
    ]
    assert "12 rows read: 0 projects made, 0 changed, 10 as before; 2 rows not taken." in lines
    assert everything() == before


def test_departments_are_known_by_number_then_by_name(run: Any, small_file: Any) -> None:
    renamed = Department.objects.create(name="Libraries", code="38")
    run(small_file())
    assert list(Department.objects.all()) == [renamed]

    Department.objects.update(name="BROOKLYN public library", code="")
    assert "10 as before" not in " ".join(run(small_file()))
    assert Department.objects.count() == 1


def test_two_numbers_with_one_name_are_one_department(run: Any, small_file: Any) -> None:
    run(small_file({"LBC17DRBR": {"managing_agency_id": "9038"}}))
    (department,) = Department.objects.annotate(count=Count("projects"))
    assert (department.code, department.count) == ("38", 12)


def test_requests_of_other_funds_stay(run: Any, small_file: Any) -> None:
    run(small_file())
    budget = Project.objects.get(imported_id="LB20DUMBO").budget
    fund = Fund.objects.create(code="520", name="Grants", fund_type=Fund.Type.SPECIAL_REVENUE)
    FundingRequest.objects.create(budget=budget, fund=fund, fiscal_year=2021, amount=1)
    lines = run(small_file({"LB20DUMBO": {"city2021": "0"}}))
    assert "1 changed" in " ".join(lines)
    assert list(budget.requests.values_list("fund__code", flat=True)) == ["520"]


def test_history_names_the_person_or_the_role(
    run: Any, small_file: Any, cast: SimpleNamespace
) -> None:
    imported = History.objects.filter(table__in=["portfolio_project", "budgets_fundingrequest"])
    run(small_file(rows=3))
    assert set(imported.values_list("user_id", flat=True)) == {None}
    assert set(imported.values_list("database_role", flat=True)) == {
        settings.DATABASES["default"]["USER"]
    }
    run(small_file(rows=6), "--by", cast.finance.email.upper())
    assert set(imported.values_list("user_id", flat=True)) == {None, cast.finance.pk}
    assert Project.objects.filter(created_by=cast.finance).count() == 3


def test_ranking_puts_them_at_the_end_in_the_files_order(
    run: Any, small_file: Any, cast: SimpleNamespace
) -> None:
    by = ("--by", cast.manager.email)
    run(small_file(rows=3))
    order = list(Project.objects.order_by("pk"))
    projects.stop(order[1], reason="Done elsewhere.", by=cast.manager)
    lines = run(small_file(rows=6), "--rank", "--dry-run", *by)
    assert lines[-1] == "5 projects would be put at the end of the working order."

    lines = run(small_file(rows=6), "--rank", *by)
    assert lines[-1] == "5 projects put at the end of the working order."
    ranked = WorkingPosition.objects.in_order().values_list("project__imported_id", flat=True)
    file_order = [row["project_id"] for row in islice(first_rows_of_the_file(), 6)]
    assert list(ranked) == [key for key in file_order if key != order[1].imported_id]

    before = everything()
    lines = run(small_file(rows=6), "--rank", *by)
    assert everything() == before
    assert "working order" not in lines[-1]


def test_ranking_all_of_the_file(run: Any, cast: SimpleNamespace) -> None:
    run(REAL_FILE, "--rank", "--by", cast.manager.email)
    ranked = WorkingPosition.objects.in_order().values_list("project__imported_id", flat=True)
    assert list(ranked) == [row["project_id"] for row in first_rows_of_the_file()]
