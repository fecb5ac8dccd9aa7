"""Lists as files to take along."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portfolio import exports, problem_rows
from portfolio.access import SignedInRequest, requires
from portfolio.roles import Permission
from problems.forms.asking import FilterForm
from problems.models import Problem
from problems.tables import in_order


@require_safe
@requires(Permission.READ_PROBLEMS)
def problems(request: SignedInRequest, file_format: str) -> HttpResponseBase:
    """Every problem that the list shows, on all its pages and in its order, as a file."""
    if file_format not in exports.FORMATS:
        raise Http404("There is no such file.")
    form = FilterForm(request.GET)
    found = form.narrow(Problem.objects.visible_to(request.user))
    if (count := found.count()) > exports.MOST_ROWS:
        messages.error(
            request,
            f"{count:,} problems fit, and a file holds {exports.MOST_ROWS:,}. Narrow the list, for "
            "example to a department or a state, then export it in parts.",
        )
        return redirect(f"{reverse('problems:list')}?{request.GET.urlencode()}")
    table = in_order(found, request, best_first=bool(form.words))
    return exports.answer(
        file_format,
        name=f"problems-{timezone.localdate():%Y-%m-%d}",
        columns=problem_rows.COLUMNS,
        rows=problem_rows.rows(
            table.data.data,
            address=lambda key: request.build_absolute_uri(reverse("problems:detail", args=[key])),
        ),
    )
