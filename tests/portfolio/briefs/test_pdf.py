"""The PDFs that a council receives."""

import io
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import outloud
import pdfua
import pikepdf
import pytest

from portfolio.briefs import content, pdf
from tests.portfolio.briefs import samples

LIST = "briefs/list.html"
PROJECT = "briefs/project.html"

BRIEFS: dict[str, tuple[str, Any]] = {
    "ready": (PROJECT, samples.project()),
    "blocked": (PROJECT, samples.blocked_project()),
    "on hold": (
        PROJECT,
        samples.project(
            gate=samples.gate(
                *samples.MISSING,
                stage="Scoping",
                has_left_concept=True,
                hold_reason="It fell away.",
            )
        ),
    ),
    "empty": (
        PROJECT,
        samples.blocked_project(
            problem=None,
            sponsor="",
            masthead=samples.DEMONSTRATION,
            budget=replace(
                samples.budget(0), tables=(), spending=(), pays_for=(), allocations=(), notes=()
            ),
        ),
    ),
    "spent": (PROJECT, samples.project(budget=samples.spent_budget())),
    "one year": (PROJECT, samples.project(budget=samples.budget(1000))),
    "six years": (PROJECT, samples.project(budget=samples.budget(*[10] * 6))),
    "list": (LIST, samples.adopted_list()),
    "list of one": (LIST, samples.adopted_list(1, masthead=samples.DEMONSTRATION)),
    "long list": (LIST, samples.adopted_list(70)),
}


@pytest.fixture(scope="module", params=BRIEFS)
def printed(request: pytest.FixtureRequest) -> bytes:
    return pdf.render(*BRIEFS[request.param])


def text_of(document: bytes, page: int) -> str:
    with samples.opened(document) as opened:
        return " ".join(opened[page].get_text().split())


def structure(document: bytes) -> Iterator[tuple[str, Any]]:
    """Walk the structure elements of a PDF in reading order."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        waiting: list[Any] = [opened.Root.StructTreeRoot]
        while waiting:
            element = waiting.pop()
            if "/S" in element:
                yield str(element["/S"]), element
            kids = list(element.get("/K", []))
            waiting.extend(kid for kid in reversed(kids) if isinstance(kid, pikepdf.Dictionary))


def test_it_passes_both_checkers(printed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "brief.pdf"
    file.write_bytes(printed)
    first = pdfua.validate(str(file))
    assert [finding.message for finding in first.findings] == []
    second = outloud.check(str(file))
    assert second.error is None
    assert [finding.rule for finding in second.findings] == []
    assert (second.errors, second.warnings) == (0, 0)


def test_it_says_what_it_is(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as opened:
        assert opened.Root.Lang == "en"
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"].startswith("Council brief: ")


def test_its_fonts_are_embedded(printed: bytes) -> None:
    with samples.opened(printed) as opened:
        fonts = {font[3]: font[1] for page in opened for font in page.get_fonts()}
    assert fonts
    assert all("Public-Sans" in name for name in fonts)
    assert set(fonts.values()) == {"ttf"}


def test_each_header_cell_says_what_it_heads(printed: bytes) -> None:
    scopes = [
        str(element["/A"].get("/Scope")) for kind, element in structure(printed) if kind == "/TH"
    ]
    assert scopes
    assert set(scopes) <= {"/Column", "/Row"}


def test_headings_go_down_step_by_step(printed: bytes) -> None:
    levels = [int(kind[2]) for kind, _ in structure(printed) if re.fullmatch("/H[1-6]", kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_charts_state_their_finding() -> None:
    for brief in (BRIEFS["ready"], BRIEFS["spent"], BRIEFS["list"]):
        told = [
            str(element["/Alt"])
            for kind, element in structure(pdf.render(*brief))
            if kind == "/Figure"
        ]
        if brief[0] == LIST:
            drawn = [brief[1].chart]
        else:
            budget = brief[1].budget
            drawn = [budget.chart, budget.pays_for_chart, budget.spent_chart]
        assert told == [chart.finding for chart in drawn if chart]


def test_every_page_is_numbered_and_carries_the_head_of_the_history() -> None:
    document = pdf.render(*BRIEFS["long list"])
    with samples.opened(document) as opened:
        pages = opened.page_count
    assert pages >= 2
    for page in range(pages):
        text = text_of(document, page)
        assert f"Page {page + 1} of {pages}" in text
        assert "History 3f9a21bc77de0a11" in text


def test_a_demonstration_says_so_on_every_page() -> None:
    brief = samples.project(masthead=samples.DEMONSTRATION)
    document = pdf.render(PROJECT, brief)
    with samples.opened(document) as opened:
        texts = [" ".join(page.get_text().split()) for page in opened]
    assert all("P-017 · Demonstration city" in text for text in texts)
    assert "Demonstration" not in text_of(pdf.render(PROJECT, samples.project()), 0)


def test_a_blocked_project_says_so_on_its_first_page() -> None:
    first = text_of(pdf.render(*BRIEFS["blocked"]), 0)
    verdict = first.index("This project may not be scoped yet: 2 of 3 are missing.")
    assert verdict < first.index("In brief")
    for blocker in samples.blocked_project().gate.blockers:
        assert first.index(blocker.sentence) < first.index("In brief")
        assert blocker.owner in first
    assert "may be scoped" not in first


def test_a_ready_project_says_so_on_its_first_page() -> None:
    first = text_of(pdf.render(*BRIEFS["ready"]), 0)
    assert "This project may be scoped: problem, budget and priority are all defined." in first
    assert "may not be scoped" not in first


def test_a_project_fits_on_two_pages() -> None:
    with samples.opened(pdf.render(*BRIEFS["ready"])) as opened:
        assert opened.page_count == 2
        assert opened[0].rect.br == (612, 792), "letter paper"


def test_rendering_asks_the_database_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        pdf.render(*BRIEFS["ready"])
        pdf.render(*BRIEFS["list"])


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert pdf.render(*BRIEFS["ready"]) == pdf.render(*BRIEFS["ready"])


HOSTILE = {
    "script": "<script>alert(1)</script><img src=http://example.org/x><style>p{}</style>",
    "closing": "</title></svg></table></main></body><h1>Approved</h1>",
    "template": "{{ brief.title }}{% include 'x' %}",
    "one word": "W" * 600,
    "right to left": "שלום עולם \u202egnp.exe\u202c مرحبا \u2066x",
    "zero width": "a\u200bb\u200c\u200d\ufeffc\u00ad" * 40,
    "controls": "a\x00b\x08c\x1b\x85\u2028\ud800",
    "combining": "e" + "\u0301" * 300,
    "unknown signs": "中文 ಠ_ಠ \U0001f600 \U0001fae8",
    "lines": "\n" * 500 + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_harmless(name: str, tmp_path: Path) -> None:
    text = HOSTILE[name]
    problem = replace(
        samples.PROBLEM,
        statement=text,
        facts=(content.Fact("What happens today", text),),
        groups=(content.AffectedGroup(text[:120], 1, text[:300], None),),
        evidence=(replace(samples.PROBLEM.evidence[0], finding=text[:400], link="javascript:1"),),
    )
    brief = samples.blocked_project(title=f"Title {text[:110]}", problem=problem)
    document = pdf.render(PROJECT, brief)
    file = tmp_path / "brief.pdf"
    file.write_bytes(document)
    assert not [
        item for item in pdfua.validate(str(file)).findings if item.severity.name == "ERROR"
    ]
    assert "This project may not be scoped yet" in text_of(document, 0)
    kinds = [kind for kind, _ in structure(document)]
    assert kinds.count("/H1") == 1
    with samples.opened(document) as opened:
        assert opened.page_count <= 4
        assert not [link for page in opened for link in page.get_links()]
        paper = opened[0].rect
        for page in opened:
            assert all(paper.contains(word[:4]) for word in page.get_text("words"))


def test_marks_that_turn_the_reading_direction_are_dropped() -> None:
    brief = samples.project(title="Pay \u202e000,001$\u202c to nobody")
    assert "Pay 000,001$ to nobody" in text_of(pdf.render(PROJECT, brief), 0)


def test_a_megabyte_is_refused_with_a_sentence() -> None:
    brief = samples.project(scope=replace(samples.SCOPE, approach="word " * 200_000))
    with pytest.raises(pdf.BriefRefused, match=r"too long for a PDF: it has 1,0\d\d,\d\d\d char"):
        pdf.render(PROJECT, brief)


LONG = ("<!doctype html><html lang=en><title>x</title>" + "<p>" + "word " * 400_000).encode()


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    made: list[pdf.Press] = []

    def make(**limits: int) -> pdf.Press:
        made.append(pdf.Press(**limits))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_page_that_takes_too_long_is_given_up(press: Any) -> None:
    impatient = press(seconds=1)
    assert impatient.ask(LONG) is None
    assert impatient.ask(b"<title>short</title>short").startswith(b"%PDF-1.7")


def test_a_page_that_takes_too_much_memory_is_given_up(press: Any) -> None:
    assert press(memory=1_000_000).ask(b"<title>x</title>" + b"<p>word</p>" * 20_000) is None


def test_a_foreign_address_is_given_up_too(press: Any) -> None:
    assert press().ask(b'<title>x</title><img src="http://example.org/x.png">') is None


def test_what_is_given_up_is_a_sentence_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.PRESS, "ask", lambda _html: None)
    with pytest.raises(pdf.BriefRefused, match="No PDF was made: printing took too much time"):
        pdf.render(PROJECT, samples.project())


def test_a_killed_worker_is_started_anew(press: Any) -> None:
    one = press()
    assert one.ask(b"<title>a</title>a")
    worker = one._process
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert one.ask(b"<title>b</title>b").startswith(b"%PDF-1.7")
    assert one._process.pid != worker.pid


def test_threads_print_at_the_same_time(press: Any) -> None:
    one = press()
    pages = [f"<title>{number}</title><p>Page {number}".encode() for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        documents = list(pool.map(one.ask, pages))
    assert [text_of(document, 0) for document in documents] == [
        f"Page {number}" for number in range(6)
    ]


def test_the_worker_ends_with_the_process_that_asked(press: Any) -> None:
    one = press()
    one.ask(b"<title>a</title>a")
    worker = one._process
    one._control.close()
    assert worker.wait(timeout=20) == 0


def test_the_worker_knows_no_secrets(press: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    one = press()
    one.ask(b"<title>a</title>a")
    environment = subprocess.run(
        ["ps", "eww", str(one._process.pid)], capture_output=True, text=True, check=True
    ).stdout
    assert "portfolio.briefs.worker" in environment
    assert "very-secret" not in environment
    assert "DATABASE" not in environment
