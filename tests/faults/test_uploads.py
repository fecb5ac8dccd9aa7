"""Uploads that go wrong: too large, cut off in the middle, sent by strangers."""

import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from portfolio.models import History
from portfolio.wsgi import WholeBody
from problems.evidence_files.uploads import MOST_KEPT, BoundedUploadHandler
from problems.models import Problem
from tests.factories import draft_problem
from tests.faults.serving import Site, served
from tests.problems.evidence_samples import PDF

MEGABYTE = 1024 * 1024
CHUNK = b"x" * 64 * 1024
TYPED = "Typed just before: “O'Brien & sons” <b>"


def signed_in_handler() -> BoundedUploadHandler:
    request = RequestFactory().post("/")
    request.user = SimpleNamespace(is_authenticated=True)  # type: ignore[assignment]
    return BoundedUploadHandler(request)


# The handler


def test_of_60_megabytes_no_more_is_kept_than_any_city_allows(
    tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    handler = signed_in_handler()
    handler.new_file("file", "long.pdf", "application/pdf", None)
    sent = 0
    while sent < 60 * MEGABYTE:
        handler.receive_data_chunk(CHUNK, sent)
        sent += len(CHUNK)
    upload = handler.file_complete(sent)
    assert (upload.name, upload.size) == ("long.pdf", 60 * MEGABYTE)
    assert upload.file
    assert upload.file.seek(0, 2) == MOST_KEPT
    assert list(tmp_path.iterdir()) == [], "it lies on disk under no name"
    upload.close()


def test_of_strangers_nothing_is_kept() -> None:
    handler = BoundedUploadHandler(RequestFactory().post("/"))
    with pytest.raises(SkipFile):
        handler.new_file("file", "long.pdf", "application/pdf", None)


def test_a_request_that_is_too_large_as_a_whole_is_read_to_its_end_and_refused(
    settings: Any,
) -> None:
    settings.LARGEST_REQUEST = 1000
    sent = BytesIO(b"x" * 1001)
    with pytest.raises(RequestDataTooBig):
        signed_in_handler().handle_raw_input(sent, {}, 1001, b"")
    assert sent.read() == b""


@pytest.mark.parametrize("what", ["a file", "text"])
def test_too_much_at_once_is_a_page_that_says_so(db: None, settings: Any, what: str) -> None:
    settings.LARGEST_REQUEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    large = SimpleUploadedFile("a.txt", b"x" * 20_000) if what == "a file" else "x" * 20_000
    answer = client.post(reverse("account_login"), {"a": large})
    assert answer.status_code == 413
    assert "Attach fewer or smaller files" in " ".join(answer.text.split())


# The body of a request


@pytest.mark.parametrize("size", [-1, 1, 4, 100])
def test_a_whole_body_is_read_as_it_is(size: int) -> None:
    body = WholeBody(BytesIO(b"abc\ndef and what follows"), 7)
    read = b""
    while len(read) < 7:
        read += body.read(size)
    assert (read, body.read(size), body.readline()) == (b"abc\ndef", b"", b"")
    assert WholeBody(BytesIO(b"abc\ndef"), 7).readline() == b"abc\n"


@pytest.mark.parametrize("method", ["read", "readline"])
def test_half_a_body_is_an_error(method: str) -> None:
    with pytest.raises(BadRequest):
        list(iter(getattr(WholeBody(BytesIO(b"abc"), 7), method), b""))


def test_a_broken_line_is_the_same_error() -> None:
    def broken(_size: int) -> bytes:
        raise ConnectionResetError

    with pytest.raises(BadRequest):
        WholeBody(SimpleNamespace(read=broken), 7).read()


# A web server, and lines that break


@pytest.fixture
def desk(
    transactional_db: None, cast: SimpleNamespace, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    """The step of a statement that takes files, opened by its author."""
    problem = draft_problem(cast)
    url = reverse("problems:step", args=[problem.pk, "proof"])
    with served(tmp_path, cast.head) as site:
        yield SimpleNamespace(site=site, problem=problem, url=url)


def state(desk: SimpleNamespace) -> tuple[Any, ...]:
    """All that an upload could have changed."""
    problem = Problem.objects.get(pk=desk.problem.pk)
    return (
        problem.revision,
        problem.mandate,
        list(problem.evidence.values_list()),
        History.objects.count(),
        desk.site.files("evidence"),
        desk.site.files("tmp"),
    )


def cut_off(site: Site, url: str, body: bytes, kind: str, *, sent: int) -> socket.socket:
    """Promise the whole body and send its beginning."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(site.folder / "socket"))
    token = site.cookies["csrftoken"]
    head = {
        "Host": "localhost",
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        # htmx sends the token ahead of the form.
        "X-CSRFToken": token,
    } | site.headers()
    lines = [f"POST {url} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    line.sendall("\r\n".join(lines).encode() + body[:sent])
    return line


def test_an_upload_is_saved_over_a_real_line(desk: SimpleNamespace) -> None:
    file = SimpleUploadedFile("report.pdf", PDF)
    body = desk.site.form(desk.url, {"evidence-0-file": file, "mandate": TYPED})
    assert desk.site.post(desk.url, body).status_code == 302
    revision, mandate, _, _, stored, left = state(desk)
    assert (revision, mandate) == (desk.problem.revision + 1, TYPED)
    assert [path.read_bytes() for path in stored] == [PDF]
    assert left == []


@pytest.mark.parametrize("part", ["a file", "a text", "the last byte"])
@pytest.mark.parametrize("ending", ["half closed", "gone"])
def test_an_upload_that_breaks_off_leaves_nothing(
    desk: SimpleNamespace, part: str, ending: str
) -> None:
    long = PDF.replace(b"endobj", b"endobj" + b" " * 3_000_000)
    file = SimpleUploadedFile("report.pdf", long)
    body = desk.site.form(desk.url, {"mandate": TYPED, "evidence-0-file": file})
    before = state(desk)
    sent = {
        "a file": body.index(b"endobj") + 2_900_000,
        "a text": body.index(TYPED.encode()) + 9,
        "the last byte": len(body) - 1,
    }[part]
    line = cut_off(desk.site, desk.url, body, MULTIPART_CONTENT, sent=sent)
    if ending == "half closed":
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    line.close()
    # The one web process answers this only when it is done with that.
    assert desk.site.ask("GET", desk.url).status_code == 200
    assert state(desk) == before


def test_an_upload_whose_web_process_is_killed_leaves_nothing(desk: SimpleNamespace) -> None:
    file = SimpleUploadedFile("report.pdf", PDF + b" " * 9_000_000)
    body = desk.site.form(desk.url, {"mandate": TYPED, "evidence-0-file": file})
    before = state(desk)
    # So much is sent only when the server has read nearly all of it.
    line = cut_off(desk.site, desk.url, body, MULTIPART_CONTENT, sent=len(body) - 100)
    desk.site.kill()
    line.close()
    assert desk.site.ask("GET", desk.url).status_code == 200
    assert state(desk) == before


def test_half_a_plain_form_saves_no_half_word(desk: SimpleNamespace) -> None:
    desk.site.ask("GET", desk.url)
    body = f"csrfmiddlewaretoken={desk.site.cookies['csrftoken']}&mandate=Ordinance".encode()
    before = state(desk)
    kind = "application/x-www-form-urlencoded"
    line = cut_off(desk.site, desk.url, body, kind, sent=len(body) - 4)
    line.shutdown(socket.SHUT_WR)
    assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    line.close()
    assert state(desk) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux counts memory in /proc.")
def test_60_megabytes_fill_no_memory_and_lose_no_word(desk: SimpleNamespace) -> None:
    file = SimpleUploadedFile("scan.pdf", PDF + b" " * 60 * MEGABYTE)
    body = desk.site.form(desk.url, {"evidence-0-file": file, "mandate": TYPED})
    before, memory = state(desk), desk.site.most_memory()
    answer = desk.site.post(desk.url, body)
    assert answer.status_code == 422
    shown = " ".join(answer.content.decode().split())
    assert "“scan.pdf” is too large: it has 60.1 MB, and at most 10 MB fit." in shown
    assert "Typed just before: “O&#x27;Brien &amp; sons” &lt;b&gt;" in shown
    _, _, *after = state(desk)
    assert after[0] == before[2], "the row is as it was"
    assert after[2:] == [[], []], "and no file lies anywhere"
    assert desk.site.most_memory() - memory < 20 * MEGABYTE


def test_a_page_full_of_files_is_refused_as_a_whole(desk: SimpleNamespace) -> None:
    file = SimpleUploadedFile("a.txt", b"x" * 71_000_000)
    body = desk.site.form(desk.url, {"evidence-0-file": file})
    answer = desk.site.post(desk.url, body)
    assert answer.status_code == 413
    assert b"too much to send at once" in answer.content
    assert desk.site.ask("GET", desk.url).status_code == 200
