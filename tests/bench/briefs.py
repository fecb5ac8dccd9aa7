"""The brief of one project as a PDF, beside what WeasyPrint itself needs for that page."""

from collections.abc import Iterator
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils import timezone

from portfolio.briefs import freeze, pdf
from portfolio.models import Project
from tests.bench.pages import ask, signed_in
from tests.bench.table import Line, in_turn

MOST_TIMES_WEASYPRINT = 1.3


def lines(cast: SimpleNamespace, project: Project, *, rounds: int) -> Iterator[Line]:
    """Measure the address of the PDF: sign-in, freezing, template, printing, download."""
    # Loads WeasyPrint, which takes a second or two.
    from weasyprint import HTML

    from portfolio.briefs.press import AssetFetcher

    brief = freeze.project_brief(project, by=cast.manager, at=timezone.now())
    page = render_to_string("briefs/project.html", {"brief": brief}).translate(pdf.DROPPED)

    def weasyprint_itself() -> bytes:
        document: bytes = HTML(
            string=page, base_url="app:///", url_fetcher=AssetFetcher()
        ).write_pdf(pdf_variant="pdf/ua-1")
        return document

    fetch = ask(signed_in(cast.manager), f"{project.get_absolute_url()}brief.pdf")
    itself, ours = in_turn([weasyprint_itself, fetch], rounds=max(5, rounds // 2))
    ratio = ours.quick / itself.quick
    yield Line(
        "Brief of one project as PDF",
        f"at most {MOST_TIMES_WEASYPRINT} times WeasyPrint itself for that page",
        f"{ratio:.2f} times: {ours}, WeasyPrint itself {itself}",
        ratio <= MOST_TIMES_WEASYPRINT,
    )
