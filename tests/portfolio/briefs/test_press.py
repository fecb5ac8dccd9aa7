"""From HTML to PDF: what is fetched, what may be followed, what a screen reader is told."""

from pathlib import Path

import pytest
from weasyprint.urls import FatalURLFetchingError

from portfolio.briefs import press
from tests.portfolio.briefs import samples


@pytest.mark.parametrize("asset", ["css/brief.css", "fonts/public-sans.woff2"])
def test_own_style_sheets_and_fonts_are_served(asset: str) -> None:
    response = press.AssetFetcher().fetch(f"app:///{asset}")
    assert response.read() == (press.STATIC / asset).read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.css",
        "https://example.org/a.css",
        "ftp://example.org/a.css",
        "file:///etc/passwd",
        f"file://{press.STATIC}/css/brief.css",
        "data:text/css,p{}",
        "app://elsewhere/css/brief.css",
        "app:///css/brief.css?x",
        "app:///css/missing.css",
        "app:///js/app.js",
        "app:///icons.svg",
        "app:///css/../js/app.js",
        "app:///css/../../pyproject.toml",
        "app:///css/%2e%2e/%2e%2e/pyproject.toml",
        "app:////etc/passwd",
        "css/brief.css",
        "",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        press.AssetFetcher().fetch(url)


def test_a_link_out_of_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "secret.css").write_text("secret")
    (tmp_path / "css" / "away.css").symlink_to(tmp_path / "secret.css")
    monkeypatch.setattr(press, "STATIC", tmp_path)
    with pytest.raises(FatalURLFetchingError):
        press.AssetFetcher().fetch("app:///css/away.css")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://example.org/a.png" alt="">',
        '<img src="file:///etc/passwd" alt="">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<style>@import url("file:///etc/passwd")</style>',
        '<p style="background: url(http://example.org/a.png)">x',
        '<object data="file:///etc/passwd">x</object>',
    ],
)
def test_a_page_that_asks_for_more_is_not_printed(markup: str) -> None:
    page = f'<!doctype html><html lang="en"><title>Brief</title><p>Text{markup}'
    with pytest.raises(FatalURLFetchingError):
        press.pdf_from(page)


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("https://example.org/a", True),
        ("HTTP://example.org", True),
        ("mailto:clerk@example.org", True),
        ("#budget", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("data:text/html,x", False),
        ("/projects/1/", False),
        ("//example.org", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_only_web_and_mail_can_be_followed(address: str, stays: bool) -> None:
    assert press.is_harmless(address) is stays


def test_other_addresses_do_not_reach_the_pdf() -> None:
    pdf = press.pdf_from(
        '<!doctype html><html lang="en"><title>Links</title><h1>Links</h1>'
        '<p><a href="https://example.org/good">good</a> <a href="javascript:alert(1)">bad</a> '
        '<a href="file:///etc/passwd">worse</a></p>'
        '<svg viewBox="0 0 9 9"><title>x</title><a href="javascript:alert(2)"><text>y</text></a>'
    )
    with samples.opened(pdf) as document:
        assert [link["uri"] for link in document[0].get_links()] == ["https://example.org/good"]
    assert b"javascript" not in pdf
    assert b"passwd" not in pdf
