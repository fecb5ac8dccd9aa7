"""A file of a piece of evidence: saved with its row or not at all, handed out, cleared out."""

import os
import re
import stat
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import settings as product
from portfolio.briefs import freeze
from problems import drafting
from problems.evidence_files import shelf
from problems.forms.parts import PART_ROWS, PartRows
from problems.marks import Stale
from problems.models import Evidence, JointDepartment, Problem, ProblemPolicy
from problems.review import decisions
from tests.factories import attach_file, define, draft_problem, make_project
from tests.problems.evidence_samples import PDF, photo
from tests.problems.pages import typed, words


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Evidence files lie in a real folder, with the product's options."""
    evidence: Any = product.STORAGES["evidence"]
    options = evidence["OPTIONS"] | {"location": tmp_path / "evidence"}
    monkeypatch.setattr(Evidence.file.field, "storage", FileSystemStorage(**options))
    return tmp_path / "evidence"


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def rows(problem: Problem, data: dict[str, Any], file: Any = None) -> PartRows:
    """The rows of evidence as a page sends them: the saved one, with `data` and a file."""
    row = problem.evidence.get()
    sent = {
        "evidence-TOTAL_FORMS": "1",
        "evidence-INITIAL_FORMS": "1",
        "evidence-0-id": str(row.pk),
        "evidence-0-kind": row.kind,
        "evidence-0-finding": row.finding,
        "evidence-0-source": row.source,
    } | {f"evidence-0-{name}": value for name, value in data.items()}
    files = {"evidence-0-file": file} if file else {}
    return PART_ROWS["evidence"](sent, files, problem=problem, part="evidence")


def save(problem: Problem, cast: SimpleNamespace, sent: PartRows, *, seen: int = -1) -> None:
    assert sent.is_valid(), sent.errors
    seen = problem.revision if seen < 0 else seen
    drafting.save(problem, fields={}, parts={"evidence": sent.changes()}, seen=seen, by=cast.head)
    problem.refresh_from_db()


def report(name: str = "report.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


# Saving


def test_a_file_is_stored_under_a_name_that_says_nothing(
    cast: SimpleNamespace, folder: Path
) -> None:
    problem = draft_problem(cast)
    save(problem, cast, rows(problem, {}, report("../Café.pdf")))
    row = problem.evidence.get()
    assert (row.file_name, row.file_type, row.file_size) == (
        "Café.pdf",
        "application/pdf",
        len(PDF),
    )
    (path,) = stored(folder)
    assert row.file.name == f"{path.parent.name}/{path.name}"
    assert len(path.name) == 32
    assert int(path.name, 16)
    assert path.parent.name == path.name[:2]
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, path.parent)} == {0o700}


def test_what_is_stored_of_a_photo_is_the_picture_only(cast: SimpleNamespace, folder: Path) -> None:
    problem = draft_problem(cast)
    save(problem, cast, rows(problem, {}, report("photo.jpg", photo())))
    (path,) = stored(folder)
    assert b"Secret" not in path.read_bytes()
    assert problem.evidence.get().file_size == path.stat().st_size


def test_the_same_file_twice_is_two_files(cast: SimpleNamespace, folder: Path) -> None:
    first, second = draft_problem(cast), draft_problem(cast)
    for problem in (first, second):
        save(problem, cast, rows(problem, {}, report()))
    assert first.evidence.get().file.name != second.evidence.get().file.name
    assert len(stored(folder)) == 2


def test_a_row_may_be_a_file_alone_and_is_made_once(cast: SimpleNamespace, folder: Path) -> None:
    problem = drafting.start(department=cast.parks, by=cast.head)
    for _ in range(2):
        sent = PART_ROWS["evidence"](
            {"evidence-TOTAL_FORMS": "1", "evidence-INITIAL_FORMS": "0", "evidence-0-kind": "data"},
            {"evidence-0-file": report()},
            problem=problem,
            part="evidence",
        )
        save(problem, cast, sent)
    assert problem.evidence.get().file_name == "report.pdf"
    assert len(stored(folder)) == 1


def test_a_stale_page_stores_nothing(cast: SimpleNamespace, folder: Path) -> None:
    problem = draft_problem(cast)
    sent = rows(problem, {}, report())
    with pytest.raises(Stale):
        save(problem, cast, sent, seen=problem.revision + 7)
    assert stored(folder) == []


def test_a_save_that_the_database_refuses_stores_nothing(
    cast: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = draft_problem(cast)

    def refuse(*_: Any, **__: Any) -> None:
        assert len(stored(folder)) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(Evidence, "save", refuse)
    with pytest.raises(KeyboardInterrupt):
        save(problem, cast, rows(problem, {}, report()))
    assert stored(folder) == []
    assert problem.evidence.get().file_name == ""


def test_a_statement_that_was_sent_takes_no_file(cast: SimpleNamespace, folder: Path) -> None:
    problem = draft_problem(cast)
    sent = rows(problem, {}, report())
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    problem.refresh_from_db()
    with pytest.raises(ValidationError, match="Reopen it"):
        save(problem, cast, sent)
    assert stored(folder) == []


def test_a_file_is_removed_by_its_checkbox_and_replaced_by_another(
    cast: SimpleNamespace, folder: Path
) -> None:
    problem = draft_problem(cast)
    save(problem, cast, rows(problem, {}, report()))
    save(problem, cast, rows(problem, {"file-remove": "1"}, report("new.txt", b"new")))
    assert problem.evidence.get().file_name == "new.txt"
    save(problem, cast, rows(problem, {"file-remove": "1"}))
    row = problem.evidence.get()
    assert (row.file.name, row.file_name, row.file_type) == ("", "", "")
    assert (row.file_sha256, row.file_size) == ("", None)
    assert len(stored(folder)) == 2, "both lie there until the daily clean-up"


def test_saving_without_the_file_keeps_it(cast: SimpleNamespace) -> None:
    problem = draft_problem(cast)
    save(problem, cast, rows(problem, {}, report()))
    save(problem, cast, rows(problem, {"finding": "More"}))
    row = problem.evidence.get()
    assert (row.finding, row.file_name) == ("More", "report.pdf")


def test_the_limit_is_the_citys(cast: SimpleNamespace) -> None:
    ProblemPolicy.objects.update_or_create(pk=1, defaults={"evidence_max_megabytes": 1})
    problem = draft_problem(cast)
    sent = rows(problem, {}, report("long.txt", b"x" * 1_200_000))
    assert "“long.txt” is too large: it has 1.2 MB, and at most 1 MB fit." in str(sent.errors)
    assert "up to 1 MB" in str(sent.forms[0]["file"].help_text)


# The page


@pytest.fixture
def page(cast: SimpleNamespace, signed_in: Any) -> SimpleNamespace:
    problem = draft_problem(cast)
    url = reverse("problems:step", args=[problem.pk, "proof"])
    client = signed_in(cast.head)
    return SimpleNamespace(problem=problem, url=url, client=client, shown=client.get(url))


def send(page: SimpleNamespace, **changes: Any) -> Any:
    named = {name.replace("__", "-"): value for name, value in changes.items()}
    return page.client.post(page.url, typed(page.shown) | named)


def test_a_page_saves_a_file_and_shows_it(page: SimpleNamespace) -> None:
    assert send(page, evidence__0__file=report()).status_code == 302
    row = page.problem.evidence.get()
    address = reverse("problems:file", args=[page.problem.pk, row.pk])
    shown = page.client.get(page.url).content.decode()
    assert f'<a href="{address}">report.pdf</a>' in shown
    assert 'name="evidence-0-file-remove"' in shown
    read = page.client.get(page.problem.get_absolute_url()).content.decode()
    assert re.search(rf'<a\s+href="{address}"\s*>report.pdf</a>', read)


def test_a_refused_file_loses_no_typed_word(page: SimpleNamespace) -> None:
    drawing = report("plan.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = send(
        page,
        evidence__0__file=drawing,
        evidence__0__finding="Typed just now",
        mandate="Ord. 12 & <more>",
    )
    assert answer.status_code == 422
    assert "“plan.png” is a web page, a drawing or other XML." in words(answer)
    again = typed(answer)
    assert again["evidence-0-finding"] == "Typed just now"
    assert again["mandate"] == "Ord. 12 & <more>"
    assert page.problem.evidence.get().file_name == ""


def test_a_file_that_was_saved_beside_a_slip_is_shown_as_saved(
    page: SimpleNamespace, folder: Path
) -> None:
    answer = send(page, evidence__0__file=report(), contact_count="many")
    assert answer.status_code == 422
    assert ">report.pdf</a>" in answer.content.decode()
    assert page.client.post(page.url, typed(answer, contact_count="5")).status_code == 302
    assert page.problem.evidence.get().file_name == "report.pdf"
    assert len(stored(folder)) == 1


# Handing out


def file_url(problem: Problem) -> str:
    return reverse("problems:file", args=[problem.pk, problem.evidence.get().pk])


def test_a_file_is_handed_out_to_be_saved_and_never_shown(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = draft_problem(cast)
    save(problem, cast, rows(problem, {}, report("Café “x”.pdf")))
    client = signed_in(cast.head)
    answer = client.get(file_url(problem))
    assert answer.getvalue() == PDF
    assert dict(answer.headers) | {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": "attachment; filename*=utf-8''Caf%C3%A9%20%E2%80%9Cx%E2%80%9D.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    } == dict(answer.headers)
    head = client.head(file_url(problem))
    for close in head._resource_closers:
        close()
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(PDF)))
    assert client.post(file_url(problem)).status_code == 405


@pytest.mark.parametrize("person", ["outsider", "manager", "finance", "council", "reader"])
def test_the_file_of_a_draft_looks_like_one_that_does_not_exist(
    cast: SimpleNamespace, signed_in: Any, person: str
) -> None:
    problem = attach_file(draft_problem(cast))
    client: Client = signed_in(getattr(cast, person))
    row = problem.evidence.get().pk
    hidden = client.get(reverse("problems:file", args=[problem.pk, row]))
    missing = client.get(reverse("problems:file", args=[problem.pk + 999, row + 999]))
    assert hidden.status_code == missing.status_code == 404


def test_heads_of_every_department_that_has_the_problem_read_its_files(
    cast: SimpleNamespace, signed_in: Any
) -> None:
    problem = attach_file(draft_problem(cast))
    client = signed_in(cast.outsider)
    assert client.get(file_url(problem)).status_code == 404
    JointDepartment.objects.create(problem=problem, department=cast.water, joined_by=cast.outsider)
    assert client.get(file_url(problem)).getvalue() == b"a,b"


def test_a_file_is_found_under_its_own_problem_only(cast: SimpleNamespace, signed_in: Any) -> None:
    hidden, own = attach_file(draft_problem(cast)), draft_problem(cast)
    Problem.objects.filter(pk=own.pk).update(department=cast.water)
    client = signed_in(cast.outsider)
    borrowed = reverse("problems:file", args=[own.pk, hidden.evidence.get().pk])
    assert client.get(borrowed).status_code == 404
    assert client.get(file_url(own)).status_code == 404, "it has no file"


def test_a_file_that_is_not_on_disk_any_more_is_a_sentence(
    cast: SimpleNamespace, signed_in: Any, folder: Path
) -> None:
    problem = attach_file(draft_problem(cast))
    for path in stored(folder):
        path.unlink()
    answer = signed_in(cast.head).get(file_url(problem))
    assert answer.status_code == 404
    assert "The file “log.csv” cannot be found" in words(answer)


def test_a_brief_names_the_file(cast: SimpleNamespace) -> None:
    problem = define(attach_file(draft_problem(cast)), cast=cast)
    project = make_project(cast, problem=problem)
    brief = freeze.project_brief(project, by=cast.council, at=timezone.now())
    assert brief.problem
    assert [item.source for item in brief.problem.evidence] == ["Log 2025, log.csv"]


# Clearing out


def old(path: Path, *, days: int) -> None:
    """Set the clock of a file back."""
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def test_the_daily_command_removes_what_no_row_names(
    cast: SimpleNamespace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attach_file(draft_problem(cast))
    (named,) = stored(folder)
    (folder / "ab").mkdir(exist_ok=True)
    left, fresh = folder / "ab" / ("ab" * 16), folder / "ab" / ("ac" * 16)
    for path in (left, fresh):
        path.write_bytes(b"left by a crash")
    for path in (named, left):
        old(path, days=8)
    call_command("daily")
    assert "1 file removed." in capsys.readouterr().out
    assert stored(folder) == sorted([named, fresh])
    assert named.read_bytes() == b"a,b"


def test_a_file_that_was_given_up_just_now_stays_a_week(
    cast: SimpleNamespace, folder: Path
) -> None:
    problem = attach_file(draft_problem(cast))
    (path,) = stored(folder)
    old(path, days=400)
    save(problem, cast, rows(problem, {"DELETE": "on"}))
    assert not problem.evidence.exists()
    now = timezone.now()
    assert shelf.clear_out(now=now) == 0
    assert shelf.clear_out(now=now + shelf.KEPT_FOR - timedelta(hours=1)) == 0
    assert shelf.clear_out(now=now + shelf.KEPT_FOR + timedelta(hours=1)) == 1


def test_a_file_that_a_reviewer_was_sent_stays(cast: SimpleNamespace, folder: Path) -> None:
    problem = attach_file(draft_problem(cast))
    decisions.submit(problem, by=cast.head, on=cast.city.today())
    decisions.reopen(problem, by=cast.head)
    problem.refresh_from_db()
    save(problem, cast, rows(problem, {"file-remove": "1"}))
    assert shelf.clear_out(now=timezone.now() + timedelta(days=365)) == 0
    assert len(stored(folder)) == 1


def test_clearing_out_begins_without_a_folder(db: None, folder: Path) -> None:
    assert not folder.exists()
    assert shelf.clear_out(now=timezone.now()) == 0
