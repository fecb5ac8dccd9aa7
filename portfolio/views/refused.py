"""Answers to requests that no page can read."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template import loader


def unreadable(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request is too large, or that it makes no sense; nothing was changed."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
