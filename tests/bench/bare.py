"""The bare page: what a Django page of 50 rows of 10,000 costs when nothing else is asked of it.

One hand-written view, one paginator over the projects by title, one plain template of 50 rows with
six cells: a link, a number, a department, a stage, an amount, a date. Two queries. No middleware,
no session, nobody signed in, no layout around it, no form, no right to check.
"""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.test.client import Client, ClientHandler
from django.urls import path

from portfolio.models import Project

TEMPLATE = engines["django"].from_string(
    """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Projects</title></head>
<body>
<table>
<thead><tr><th>Project</th><th>Number</th><th>Department</th><th>Stage</th><th>Cost</th><th>Since</th></tr></thead>
<tbody>
{% for project in page %}
<tr>
<td><a href="/projects/{{ project.pk }}/">{{ project.title }}</a></td>
<td>{{ project.reference }}</td>
<td>{{ project.department }}</td>
<td>{{ project.get_stage_display }}</td>
<td>{{ project.budget.one_time_cost }}</td>
<td>{{ project.stage_since }}</td>
</tr>
{% endfor %}
</tbody>
</table>
<p>Page {{ page.number }} of {{ page.paginator.num_pages }}</p>
</body>
</html>"""
)


def page(request: HttpRequest) -> HttpResponse:
    """The first 50 projects by title."""
    projects = Project.objects.select_related("department", "budget").order_by("title", "pk")
    shown = Paginator(projects, 50).get_page(request.GET.get("page"))
    return HttpResponse(TEMPLATE.render({"page": shown}))


urlpatterns = [path("bare/", page)]


class BareHandler(ClientHandler):
    """Django's own handler with no middleware and this module's one address."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Load none."""
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async=is_async)

    def get_response(self, request: Any) -> Any:
        """Answer with this module's addresses."""
        request.urlconf = __name__
        return super().get_response(request)


def client() -> Client:
    """Return a test client that reaches the bare page and nothing else."""
    bare = Client(headers={"host": "127.0.0.1"})
    bare.handler = BareHandler(enforce_csrf_checks=False)
    return bare
