"""Briefs as pages and as PDFs, and what there is to export."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires, with_project
from portfolio.briefs import freeze, pdf, wording
from portfolio.briefs.content import ListBrief, ProjectBrief
from portfolio.models import AdoptedList, Project
from portfolio.roles import Permission

PER_PAGE = 50
NEWEST_LISTS = 12


@require_safe
@requires(Permission.EXPORT_BRIEFS)
def index(request: SignedInRequest) -> HttpResponse:
    """What can be exported: the adopted lists, then every project that the person may see."""
    text = request.GET.get("q", "").replace("\0", "").strip()
    projects = Project.objects.visible_to(request.user).select_related("department")
    if text:
        projects = projects.filter(title__icontains=text)
    page = Paginator(projects.order_by("title", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    lists = AdoptedList.objects.order_by("-number")[:NEWEST_LISTS]
    return render(request, "briefs/index.html", {"lists": lists, "page": page, "q": text})


@require_safe
@with_project(Permission.EXPORT_BRIEFS)
def project_brief(request: SignedInRequest, project: Project) -> HttpResponse:
    """The brief of one project, as a page."""
    brief = freeze.project_brief(project, by=request.user, at=timezone.now())
    return _project_page(request, project, brief)


@require_safe
@cache_control(private=True, no_cache=True)
@with_project(Permission.EXPORT_BRIEFS)
def project_brief_pdf(request: SignedInRequest, project: Project) -> HttpResponse:
    """The brief of one project, as a PDF to keep."""
    brief = freeze.project_brief(project, by=request.user, at=timezone.now())
    try:
        document = pdf.render("briefs/project.html", brief)
    except pdf.BriefRefused as refusal:
        return _project_page(request, project, brief, refusal=str(refusal))
    return _download(document, f"{brief.reference} {brief.title}", brief)


@require_safe
@requires(Permission.EXPORT_BRIEFS)
def list_brief(request: SignedInRequest, number: int) -> HttpResponse:
    """The brief of an adopted list, as a page."""
    brief = freeze.list_brief(_adopted(number), by=request.user, at=timezone.now())
    return _list_page(request, brief)


@require_safe
@cache_control(private=True, no_cache=True)
@requires(Permission.EXPORT_BRIEFS)
def list_brief_pdf(request: SignedInRequest, number: int) -> HttpResponse:
    """The brief of an adopted list, as a PDF to keep."""
    brief = freeze.list_brief(_adopted(number), by=request.user, at=timezone.now())
    try:
        document = pdf.render("briefs/list.html", brief)
    except pdf.BriefRefused as refusal:
        return _list_page(request, brief, refusal=str(refusal))
    return _download(document, brief.title, brief)


def _adopted(number: int) -> AdoptedList:
    found = AdoptedList.objects.filter(number=number).first()
    if found is None:
        raise Http404("There is no such list.")
    return found


def _project_page(
    request: SignedInRequest, project: Project, brief: ProjectBrief, *, refusal: str = ""
) -> HttpResponse:
    context = {
        "project": project,
        "brief": brief,
        "refusal": refusal,
        "places": wording.left_open(project, brief, reader=request.user),
    }
    return render(request, "briefs/project_page.html", context, status=422 if refusal else 200)


def _list_page(request: SignedInRequest, brief: ListBrief, *, refusal: str = "") -> HttpResponse:
    context = {"brief": brief, "refusal": refusal}
    return render(request, "briefs/list_page.html", context, status=422 if refusal else 200)


def _download(document: bytes, name: str, brief: ProjectBrief | ListBrief) -> HttpResponse:
    """Answer with a file that is named after what it is about and the day it was made."""
    day = brief.masthead.prepared_on.isoformat()
    # Only plain letters, digits and hyphens get into the header.
    file_name = f"brief-{slugify(name)[:80]}-{day}.pdf"
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
