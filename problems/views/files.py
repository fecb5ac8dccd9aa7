"""Handing out evidence files: to be saved, never to be shown inside the site."""

import logging
from types import MappingProxyType

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from problems.access import READ, SignedInRequest, with_problem
from problems.models import Problem

logger = logging.getLogger(__name__)

HEADERS = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        # Whatever opens it after all runs and fetches nothing, and is of no origin.
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
)


@require_safe
@with_problem(READ)
def evidence_file(request: SignedInRequest, problem: Problem, evidence: int) -> HttpResponseBase:
    """Hand out the file of a piece of evidence under its own name."""
    item = problem.evidence.exclude(file="").filter(pk=evidence).first()
    if item is None:
        raise Http404("There is no such file.")
    try:
        stored = item.file.open("rb")
    except FileNotFoundError:
        logger.exception("The file of evidence %s is not in the storage.", item.pk)
        return render(
            request, "problems/file_gone.html", {"problem": problem, "item": item}, status=404
        )
    response = FileResponse(
        stored, as_attachment=True, filename=item.file_name, content_type=item.file_type
    )
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
