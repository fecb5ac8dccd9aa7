"""What happens to every request: declared access, the city's clock, constraints put in words."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from portfolio.constraints import sentence_for
from portfolio.models import City

type Handler = Callable[[HttpRequest], HttpResponseBase]

# Apps that guard their own pages.
GUARD_THEMSELVES = ("allauth.", "django.contrib.admin.", "django.contrib.auth.")


class OneEncodingMiddleware:
    """Read every request as UTF-8, the encoding of every page and so of every form.

    Other encodings can stand for signs that no database keeps, or for none at all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse it before anything of it is read."""
        if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
            raise BadRequest("A request is sent in UTF-8.")
        return self.get_response(request)


class DeclaredAccessMiddleware(LoginRequiredMiddleware):
    """Deny by default: sign-in first, and no view without a declared permission."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Send strangers to the sign-in page; refuse a view that declares nothing."""
        if not getattr(view_func, "login_required", True):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None:
            return answer
        if not hasattr(view_func, "permission") and not is_of_guarded_app(view_func):
            raise PermissionDenied("This page declares no permission, so nobody may open it.")
        return None


def is_of_guarded_app(view: Any) -> bool:
    """Return whether `view` belongs to an app that checks access by itself."""
    owner = getattr(view, "view_class", None) or getattr(view, "admin_site", None) or view
    module = getattr(owner, "__module__", "") or type(owner).__module__
    return module.startswith(GUARD_THEMSELVES)


class HtmxMiddleware:
    """Tell caches that htmx gets another answer, and htmx where to sign in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Answer the request, with the headers that htmx needs."""
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        location = response.headers.get("Location", "")
        if not request.htmx or not location.startswith(reverse(settings.LOGIN_URL)):
            return response
        if request.path in {reverse("problems:lint"), reverse("wording")}:
            # Asked while somebody types: leaving the page would lose their words.
            return HttpResponse(status=204)
        if request.htmx.trigger == "autosave":
            return HttpResponse(status=401)
        return HttpResponse(headers={"HX-Redirect": location})


class CityMiddleware:
    """Fetch the city once for a request and show its time."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Answer the request in the city's time zone."""
        request.city = City.current()
        with timezone.override(ZoneInfo(request.city.time_zone)):
            return self.get_response(request)


class ConstraintMiddleware:
    """Turn what the database refuses into the sentence of the constraint that refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer a refused write with 409 and a sentence; nothing was saved."""
        if not isinstance(exception, IntegrityError):
            return None
        context = {
            "title": "This could not be saved",
            "sentence": sentence_for(exception),
            "url": request.path,
            "link_label": "Open the page again",
        }
        return render(request, "409.html", context, status=409)
