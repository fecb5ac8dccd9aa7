"""What was spent: compared with the plan for the city and for a project; imported from files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig
from django_tables2.data import TableQuerysetData

from budgets import spending as rules
from budgets.access import with_fund
from budgets.charts import elements, planned_spent
from budgets.ledger import Stale
from budgets.models import Fund, SpendingFile
from portfolio.access import SignedInRequest, requires, with_project
from portfolio.forms.spending import SpendingFileForm
from portfolio.imports import spending_parcel
from portfolio.imports.spending import Check
from portfolio.imports.spending_parcel import TooOldError
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.spending import compared, compared_in, count_compared, count_rows
from portfolio.tables import SpendingTable

PER_PAGE = 50
# Rows of each kind that a check shows one by one; the others are counted.
MOST_SHOWN = 100


@require_safe
@requires(Permission.READ_MONEY)
def spending(request: SignedInRequest) -> HttpResponse:
    """What the whole city planned and spent by year, then every project."""
    seen = Project.objects.visible_to(request.user)
    count, over = count_compared(seen)
    found = compared(seen)
    table = _table(request, found, count)
    table.over = rules.years_over(row.record.budget_id for row in table.paginated_rows)
    context = {
        "table": table,
        "chart": planned_spent.chart(rules.of_city()),
        "over": over,
        "as_of": rules.as_of(),
        "sees_all": request.user.has_perm(Permission.READ_ALL_PROJECTS),
        "may_enter": request.user.has_perm(Permission.ENTER_MONEY),
    }
    return render(request, "portfolio/spending/city.html", context)


@require_safe
@with_fund(Permission.READ_MONEY)
def fund_spending(request: SignedInRequest, fund: Fund) -> HttpResponse:
    """What of a fund is committed and spent by year, then by project."""
    found = compared_in(Project.objects.visible_to(request.user), fund)
    count, over = count_rows(found)
    table = _table(request, found, count, empty_text="No project has money of this fund.")
    context = {
        "fund": fund,
        "table": table,
        "chart": planned_spent.chart(rules.of_fund(fund)),
        "over": over,
        "as_of": fund.spending.aggregate(day=Max("as_of"))["day"],
        "sees_all": request.user.has_perm(Permission.READ_ALL_PROJECTS),
    }
    return render(request, "portfolio/spending/fund.html", context)


class _Counted(TableQuerysetData):
    """Rows of a table that were counted before, together with something else about them."""

    def __init__(self, rows: QuerySet[Project], *, count: int) -> None:
        super().__init__(rows)  # type: ignore[no-untyped-call]
        self.count = count

    def __len__(self) -> int:
        return self.count


def _table(
    request: SignedInRequest, found: QuerySet[Project], count: int, **more: str
) -> SpendingTable:
    table = SpendingTable(_Counted(found, count=count), **more)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    return table


@require_safe
@with_project(Permission.READ_MONEY)
def project_spending(request: SignedInRequest, project: Project) -> HttpResponse:
    """What a project planned and spent by year, and of which fund."""
    context = {"project": project, "spent": spent(request, project)}
    return render(request, "portfolio/spending/project.html", context)


def spent(_request: SignedInRequest, project: Project) -> dict[str, Any]:
    """Return what pages show of a project's spending: charts, and its rows by year and fund."""
    lines = project.budget.cost_lines.all()
    years, rows = rules.of_budget(project.budget, lines)
    together = planned_spent.together(years)
    return {
        "chart": planned_spent.chart(years),
        "together": together,
        "over": [year for year in years if year.is_over and year.spent],
        "rows": rows,
        "as_of": max((row.as_of for row in rows), default=None),
        "elements": elements.chart(elements.of_lines(lines)),
    }


@require_safe
@requires(Permission.READ_MONEY)
def spending_files(request: SignedInRequest) -> HttpResponse:
    """Every file that was imported, the latest first."""
    files = SpendingFile.objects.select_related("imported_by")
    page = Paginator(files, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_enter": request.user.has_perm(Permission.ENTER_MONEY)}
    return render(request, "portfolio/spending/files.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ENTER_MONEY)
def spending_import(request: SignedInRequest) -> HttpResponse:
    """Take a file of what was spent: first show what it would do, then save it as a whole."""
    if "parcel" in request.POST:
        return _save(request)
    is_sent = request.method == "POST"
    form = SpendingFileForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        by=request.user,
        today=request.city.today(),
    )
    if form.is_valid() and form.check is not None:
        return _show(request, form.check)
    return _form_page(request, form, status=422 if is_sent else 200)


def _form_page(request: SignedInRequest, form: SpendingFileForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"form": form, **more}
    return render(request, "portfolio/spending/import.html", context, status=status)


def _show(request: SignedInRequest, made: Check, *, stale: str = "") -> HttpResponse:
    """Show what saving would do, row by row."""
    groups = (
        ("changed", "Would change", made.changed),
        ("new", "New", made.new),
        ("same", "Saved already", made.same),
    )
    context = {
        "made": made,
        "refused": made.refused[:MOST_SHOWN],
        "refused_more": max(len(made.refused) - MOST_SHOWN, 0),
        "groups": [
            {
                "name": name,
                "title": title,
                "count": len(rows),
                "rows": rows[:MOST_SHOWN],
                "more": max(len(rows) - MOST_SHOWN, 0),
            }
            for name, title, rows in groups
            if rows
        ],
        "parcel": spending_parcel.packed(made, by=request.user) if made.has_news else "",
        "stale": stale,
    }
    status = 409 if stale else 200
    return render(request, "portfolio/spending/check.html", context, status=status)


def _save(request: SignedInRequest) -> HttpResponse:
    """Save what was shown, if nothing changed since; else show what the file would do now."""
    try:
        made, seen = spending_parcel.opened(request.POST["parcel"], by=request.user)
    except TooOldError as reason:
        form = SpendingFileForm(by=request.user, today=request.city.today())
        return _form_page(request, form, refused=str(reason), status=422)
    try:
        file = rules.record(made.amounts, source=made.source, seen=seen, by=request.user)
    except Stale as stale:
        return _show(request, made, stale=stale.messages[0])
    except ValidationError as refused:
        messages.info(request, refused.messages[0])
        return redirect("spending")
    told = (
        f"{file.rows:,} {'amount' if file.rows == 1 else 'amounts'} up to "
        f"{date_format(file.as_of)} stand here now: {len(made.new):,} new, "
        f"{len(made.changed):,} changed, {len(made.same):,} as before."
    )
    messages.success(request, told)
    return redirect("spending")
