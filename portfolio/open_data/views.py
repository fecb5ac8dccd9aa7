"""Open data: what there is, and each package as a file."""

from collections.abc import Callable
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portfolio.access import SignedInRequest, requires, with_project
from portfolio.briefs.freeze import one_moment
from portfolio.models import Project
from portfolio.open_data import data_package, oc4ids
from portfolio.open_data.ledger import RESOURCES
from portfolio.open_data.publishing import NO_PREFIX, license_of_data, public_projects
from portfolio.roles import Permission


@require_safe
@requires(Permission.READ_MONEY)
def index(request: SignedInRequest) -> HttpResponse:
    """What the city gives to machines, under which license, and what is left out."""
    context = {
        "tables": RESOURCES,
        "license": license_of_data(),
        "has_prefix": settings.OC4IDS_PREFIX != NO_PREFIX,
        "projects": public_projects().count(),
    }
    return render(request, "portfolio/open_data.html", context)


@require_safe
@requires(Permission.READ_MONEY)
def ledger(request: SignedInRequest) -> HttpResponseBase:
    """The whole ledger as a Fiscal Data Package."""
    at = timezone.localtime()
    write = partial(data_package.write, city=request.city, at=at)
    return _download(write, name=f"ledger-{at:%Y-%m-%d}.zip", kind="application/zip")


@require_safe
@requires(Permission.READ_MONEY)
def projects(request: SignedInRequest) -> HttpResponseBase:
    """Every public project, as one OC4IDS package."""
    found = public_projects()
    if not found.exists():
        raise Http404("No project is public yet: none is on the adopted list or was scoped.")
    return _oc4ids(request, found, name="projects")


@require_safe
@with_project(Permission.READ_MONEY)
def project(request: SignedInRequest, project: Project) -> HttpResponseBase:
    """One project as an OC4IDS package, public or not: as it will be published."""
    name = project.reference.lower()
    return _oc4ids(request, Project.objects.filter(pk=project.pk), name=name)


def _oc4ids(request: SignedInRequest, found: QuerySet[Project], *, name: str) -> HttpResponseBase:
    at, address = timezone.localtime(), request.build_absolute_uri(request.path)
    write = partial(oc4ids.write, projects=found, city=request.city, at=at, address=address)
    return _download(write, name=f"{name}-oc4ids-{at:%Y-%m-%d}.json", kind="application/json")


def _download(write: Callable[[IO[bytes]], Any], *, name: str, kind: str) -> HttpResponseBase:
    """Return a file that `write` writes on disk, not in memory, and as of one moment."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    with one_moment():
        write(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
