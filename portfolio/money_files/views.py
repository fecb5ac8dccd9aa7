"""Tables of money as files: of the city's funds, of one fund, of one project's budget."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from budgets.access import with_fund
from budgets.models import Fund
from portfolio import exports
from portfolio.access import SignedInRequest, requires, with_project
from portfolio.models import Project
from portfolio.money_files import registry
from portfolio.money_files.subject import Place, Subject
from portfolio.roles import Permission


@require_safe
@requires(Permission.READ_MONEY)
def of_city(request: SignedInRequest, table: str, file_format: str) -> HttpResponseBase:
    """A table over all funds and projects."""
    subject = Subject(request.user, request.city)
    return _answer(request, Place.CITY, subject, table, file_format)


@require_safe
@with_fund(Permission.READ_MONEY)
def of_fund(request: SignedInRequest, fund: Fund, table: str, file_format: str) -> HttpResponseBase:
    """A table of one fund."""
    subject = Subject(request.user, request.city, fund=fund)
    return _answer(request, Place.FUND, subject, table, file_format)


@require_safe
@with_project(Permission.READ_MONEY)
def of_budget(
    request: SignedInRequest, project: Project, table: str, file_format: str
) -> HttpResponseBase:
    """A table of one project's budget."""
    subject = Subject(request.user, request.city, project=project)
    return _answer(request, Place.BUDGET, subject, table, file_format)


def _answer(
    request: SignedInRequest, place: Place, subject: Subject, name: str, file_format: str
) -> HttpResponseBase:
    table = registry.find(name, place)
    if file_format not in exports.FORMATS:
        raise Http404("There is no such file.")
    try:
        return exports.answer(
            file_format,
            name=registry.file_name(name, subject),
            columns=table.columns,
            rows=table.rows(subject),
        )
    except exports.TooManyRowsError:
        messages.error(
            request,
            f"This table has more rows than an Excel file made here holds ({exports.MOST_ROWS:,}). "
            "Take it as CSV, which holds them all and opens in Excel too.",
        )
        return redirect(subject.page)
