"""The list of funds, a new fund, a new appropriation. One fund's page is the site's."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from budgets import fiscal, ledger
from budgets import funds as fund_rules
from budgets.access import ENTER, READ, requires, with_fund
from budgets.charts import drawing, fund_stack
from budgets.forms.funds import AppropriationForm, FundForm
from budgets.models import BudgetPolicy, Fund
from budgets.money import show
from budgets.tables import FundTable

PER_PAGE = 50
# So many rows of the city's money leave the list of funds in sight; a fund's page has every year.
YEARS_AT_A_GLANCE = 7


@require_safe
@requires(READ)
def funds(request: Any) -> HttpResponse:
    """Every fund with its money of this fiscal year and of all years."""
    first_month = BudgetPolicy.current().fiscal_year_first_month
    today = request.city.today()
    year = fiscal.fiscal_year_of(today, first_month)
    text = request.GET.get("q", "").replace("\0", "").strip()
    table = FundTable(
        _found(text),
        fiscal_year=year,
        on=today,
        empty_text="No fund has these words in its number or name." if text else None,
    )
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    first, last = fiscal.bounds(year, first_month)
    context = {
        "table": table,
        "q": text,
        "year": year,
        "first": first,
        "last": last,
        "may_enter": request.user.has_perm(ENTER),
        **({} if text else _city(year, today)),
    }
    return render(request, "budgets/funds.html", context)


def _found(text: str) -> QuerySet[Fund]:
    """Return the funds with `text` in their number or name, every fund without one."""
    funds: QuerySet[Fund] = Fund.objects.all()
    return (
        funds.filter(name__icontains=text) | funds.filter(code__icontains=text) if text else funds
    )


def _city(year: int, today: date) -> dict[str, Any]:
    """Return the money of all funds together: by fiscal year, and this year's balance."""
    years = fund_rules.city_by_year(on=today)
    rows = drawing.earlier_together(fund_rules.stack(years), most=YEARS_AT_A_GLANCE)
    return {
        "chart": fund_stack.chart(rows, current=fiscal.label(year)),
        "now": dict(years).get(year, fund_rules.Balance()),
        "every_year": fund_rules.together(balance for _, balance in years),
    }


@require_http_methods(["GET", "POST"])
@requires(ENTER)
def new_fund(request: Any) -> HttpResponse:
    """Enter a fund of the city's books."""
    form = FundForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        fund = ledger.open_fund(form.save(commit=False), by=request.user)
        messages.success(request, f"{fund} is entered. Now enter what was appropriated in it.")
        return redirect(fund)
    status = 422 if form.is_bound else 200
    return render(request, "budgets/fund_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@with_fund(ENTER)
def new_appropriation(request: Any, fund: Fund) -> HttpResponse:
    """Enter money that a numbered action authorized in `fund`."""
    data = request.POST if request.method == "POST" else None
    form = AppropriationForm(data, fund=fund, today=request.city.today())
    if form.is_valid():
        entered = ledger.appropriate(form.save(commit=False), by=request.user)
        amount, year = show(entered.amount), fiscal.label(entered.fiscal_year)
        messages.success(request, f"{amount} of {year} is entered by {entered.action_number}.")
        return redirect(fund)
    context = {"form": form, "fund": fund}
    status = 422 if form.is_bound else 200
    return render(request, "budgets/appropriation_new.html", context, status=status)
