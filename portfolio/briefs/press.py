"""HTML to tagged PDF (PDF/UA-1), reading our own style sheets and fonts and nothing else.

Importing this module loads WeasyPrint, which takes a second or two: only the worker process and
the tests do. It knows neither Django nor the database.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pydyf
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
ASSETS = {".css": "text/css", ".woff2": "font/woff2"}
ASSET_FOLDERS = ("css", "fonts")
LINK_SCHEMES = frozenset({"http", "https", "mailto"})
# The flag "Print" of an annotation: PDF 32000-1, table 165.
PRINT = 4
# Prints what a brief prints: every kind of box, both weights of the font, a chart.
WARM_UP = (
    '<!doctype html><html lang="en"><title>Brief</title>'
    '<link rel="stylesheet" href="app:///css/brief.css"><h1>Brief</h1><p>Plain and <b>bold</b>'
    '<ol><li>One</ol><div class="two"><div><table><caption>Sums</caption>'
    '<tr><th scope="row">One<td class="num">1</table></div></div>'
    '<svg viewBox="0 0 9 9"><title>Chart</title><rect width="9" height="9"/>'
    '<text y="9">1</text></svg>'
)


class AssetFetcher(URLFetcher):
    """Serves `app:///css/…` and `app:///fonts/…` from the static folder; all else is an error.

    No network, no other file, no `data:`; a refusal ends the rendering, because nothing in our
    templates asks for anything else.
    """

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            allowed_protocols=("app",), allow_redirects=False
        )

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the asset at `url`; raises FatalURLFetchingError for anything else."""
        parts = urlsplit(url)
        if parts.scheme != "app" or parts.netloc or parts.query:
            raise FatalURLFetchingError(f"Refused to fetch {url[:80]!r}.")
        file = (STATIC / parts.path.lstrip("/")).resolve()
        inside = any(file.is_relative_to(STATIC / folder) for folder in ASSET_FOLDERS)
        if not inside or file.suffix not in ASSETS or not file.is_file():
            raise FatalURLFetchingError(f"Refused to fetch {url[:80]!r}.")
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": ASSETS[file.suffix]})


def pdf_from(html: str) -> bytes:
    """Return the PDF of a whole HTML page. Same page, same bytes."""
    page = HTML(string=html, base_url="app:///", url_fetcher=AssetFetcher())
    drop_foreign_links(page.etree_element)
    pdf: bytes = page.write_pdf(
        pdf_variant="pdf/ua-1", finisher=finish, pdf_identifier=b"groundwork-brief"
    )
    return pdf


def drop_foreign_links(root: Any) -> None:
    """Take the address from every link that is not web, mail, or a place on the page itself."""
    for element in root.iter():
        if element.tag == "link":
            continue  # Style sheets; the fetcher judges those.
        for name in [key for key in element.attrib if key.rpartition("}")[2] == "href"]:
            if not is_harmless(element.attrib[name]):
                del element.attrib[name]


def is_harmless(address: str) -> bool:
    """Return whether a link may be followed from a council paper."""
    if address.startswith("#"):
        return True
    try:
        return urlsplit(address.strip()).scheme.lower() in LINK_SCHEMES
    except ValueError:
        return False


def finish(_document: Any, pdf: pydyf.PDF) -> None:
    """Add what PDF/UA asks and WeasyPrint leaves out.

    Each header cell says what it heads, each link prints, and running heads, feet and page
    numbers are artifacts that nobody has to hear on every page (ISO 14289-1, 7.5, 7.8, 7.18).
    """
    objects = {item.reference: item for item in pdf.objects if item.number}
    for item in list(objects.values()):
        if isinstance(item, pydyf.Dictionary):
            if item.get("S") == "/TH":
                row = objects[item["P"]]
                group = objects[row["P"]]
                item["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
            elif item.get("Subtype") == "/Link":
                item["F"] = PRINT
    root = objects[pdf.catalog["StructTreeRoot"]]
    heard = marks_in_reading_order(root, objects)
    parents = objects[root["ParentTree"]]["Nums"][1::2]
    for page, marks in zip(pdf.page_references, parents, strict=False):
        mark_artifacts(objects[objects[page]["Contents"]].stream, heard[page])
        marks[:] = [parent if mark in heard[page] else "null" for mark, parent in enumerate(marks)]


def marks_in_reading_order(
    root: pydyf.Dictionary, objects: dict[bytes, Any]
) -> dict[bytes, set[int]]:
    """Return the marks of each page that the structure tree reaches, by the page's reference."""
    heard: dict[bytes, set[int]] = defaultdict(set)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for kid in element.get("K", ()):
            if isinstance(kid, int):
                heard[element["Pg"]].add(kid)
            else:
                waiting.append(objects[kid])
    return heard


def mark_artifacts(operators: list[Any], heard: set[int]) -> None:
    """Turn marked content that no structure element holds into pagination artifacts."""
    for place in range(2, len(operators)):
        marks = operators[place - 1]
        if operators[place] == b"BDC" and marks.get("MCID") not in heard:
            operators[place - 2 : place] = [
                "/Artifact",
                pydyf.Dictionary({"Type": "/Pagination"}),
            ]
