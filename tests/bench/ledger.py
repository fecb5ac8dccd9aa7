"""The pages of money in a city with 300 funds, 20 fiscal years and 200,000 allocations."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

from budgets.models import Allocation, Appropriation, CostLine, Fund
from portfolio.models import Project
from tests.bench import bare, books
from tests.bench.pages import MOST_QUERIES, MOST_TIMES_BARE, ask, count, signed_in
from tests.bench.table import Line, Times, in_turn

MOST_QUERIES_OF_PAGE = 15
MUST_OF_LIST = f"at most {MOST_TIMES_BARE} times bare; at most {MOST_QUERIES} queries"
MUST_OF_PAGE = f"at most {MOST_QUERIES_OF_PAGE} queries"
MANY_LINES = 150


def lines(cast: SimpleNamespace, small: Project, large: Project, *, rounds: int) -> Iterator[Line]:
    """Measure each page beside the bare one. The budget of `small` has few lines, `large` many."""
    _add_lines(large)
    lists, pages, drafts = _lists(), _pages(small, large), _drafts(large)
    finance, head = signed_in(cast.finance), signed_in(cast.head)
    fetches = [ask(finance, address) for address in (*lists, *pages)]
    fetches += [ask(head, address) for address in drafts]
    bare_times, *times = in_turn([ask(bare.client(), "/bare/"), *fetches], rounds=rounds)
    yield Line(
        f"{books.FUNDS} funds, {books.YEARS} fiscal years, {Allocation.objects.count():,} "
        "allocations",
        "the bare page again",
        str(bare_times),
    )
    asked = [count(fetch) for fetch in fetches]
    names = {**lists, **pages, **drafts}
    for (address, name), measured, queries in zip(names.items(), times, asked, strict=True):
        yield _line(f"{name} {address}", measured, bare_times, queries, is_list=address in lists)
    yield _same(asked[len(lists)], asked[len(lists) + 1])


def _add_lines(project: Project) -> None:
    """Give the project a cost in every year of a long horizon."""
    first = project.budget.first_fiscal_year
    source = Fund.objects.order_by("code")[0]
    CostLine.objects.bulk_create(
        CostLine(
            budget=project.budget,
            fiscal_year=first + number // 10,
            kind=CostLine.Kind.RECURRING,
            element=CostLine.Element.values[number % 7 % 6],
            amount=Decimal(1000 + number),
            source=source,
        )
        for number in range(MANY_LINES)
    )


def _lists() -> dict[str, str]:
    return {
        "/funds/": "Funds",
        "/funds/?page=4": "Funds, page 4",
        "/funds/amendments/": "Amendments",
        "/funds/spending/": "Spending of the city",
    }


def _pages(small: Project, large: Project) -> dict[str, str]:
    fund = Fund.objects.order_by("code")[7]
    busiest = Appropriation.objects.filter(fund=fund).order_by("-fiscal_year")[5]
    budget = f"{large.get_absolute_url()}budget/"
    lines = large.budget.cost_lines.count()
    taken = large.budget.allocations.count()
    return {
        f"{small.get_absolute_url()}budget/": "Budget page, few lines",
        budget: f"Budget page, {lines} lines and {taken} allocations",
        fund.get_absolute_url(): "Fund page",
        f"/funds/appropriations/{busiest.pk}/": "Appropriation page",
        f"{budget}hold/": "Holding money",
        f"{budget}hold/?words=fund+01": "Holding money, by words",
        f"{budget}spending/": "Spending of a project",
        f"{budget}versions/": "Versions of a budget",
        f"{budget}requests/": "Funding requests",
    }


def _drafts(large: Project) -> dict[str, str]:
    budget = f"{large.get_absolute_url()}budget/"
    return {f"{budget}costs/": f"Cost builder, {large.budget.cost_lines.count()} lines"}


def _line(work: str, times: Times, bare_times: Times, queries: int, *, is_list: bool) -> Line:
    ratio = times.quick / bare_times.quick
    most = MOST_QUERIES if is_list else MOST_QUERIES_OF_PAGE
    return Line(
        work,
        MUST_OF_LIST if is_list else MUST_OF_PAGE,
        f"{ratio:.1f} times bare: {times}; {queries} queries",
        queries <= most and (not is_list or ratio <= MOST_TIMES_BARE),
    )


def _same(few: int, many: int) -> Line:
    return Line(
        "Budget page, whatever the number of lines",
        "as many queries with few lines as with many",
        f"{few} and {many} queries",
        few == many,
    )
