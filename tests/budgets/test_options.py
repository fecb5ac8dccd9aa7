"""Two options of cost: written as one state, compared over the horizon, made the plan."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from budgets import options
from budgets.charts import options as drawn
from budgets.ledger import Stale
from budgets.models import Budget, CostOption, OptionLine
from tests.factories import add_costs, dedicate, make_project

YEARS = range(2027, 2032)


@pytest.fixture
def budget(cast: SimpleNamespace) -> Budget:
    return make_project(cast).budget


def line(year: int, amount: str | int, **changes: Any) -> OptionLine:
    given = {"kind": "one_time", "element": "services"} | changes
    return OptionLine(fiscal_year=year, amount=Decimal(amount), **given)


def write(
    budget: Budget, place: int, *lines: OptionLine, by: Any, name: str = "", seen: int = 0
) -> CostOption:
    return options.save(
        budget,
        place=place,
        name=name or ("Buy at once", "Rent")[place - 1],
        note="",
        lines=lines,
        removed=[],
        seen=seen,
        by=by,
    )


def compared(
    cast: SimpleNamespace, budget: Budget, first: list[int], second: list[int]
) -> options.Comparison:
    """Compare two options that cost so much in the years of the horizon; zero is no line."""
    for place, amounts in ((1, first), (2, second)):
        lines = [line(2027 + n, amount) for n, amount in enumerate(amounts) if amount]
        write(budget, place, *lines, by=cast.head)
    return options.compare(*budget.options.all(), years=YEARS)


@pytest.mark.parametrize(
    ("amounts", "turns_in", "finding"),
    [
        (
            ([100, 10, 10, 10, 10], [30, 35, 35, 35, 35]),
            2030,
            "“Rent” costs $70 less in FY 2027, but “Buy at once” costs $30 less over the 5 years "
            "to FY 2031. By the end of FY 2030 it has cost less.",
        ),
        (
            ([10, 10, 10, 10, 10], [20, 20, 20, 20, 20]),
            None,
            "“Buy at once” costs $50 less over the 5 years to FY 2031, and is the cheaper one in "
            "FY 2027 already.",
        ),
        (
            ([10, 20, 0, 0, 0], [10, 10, 0, 0, 0]),
            None,
            "Both cost the same in FY 2027, but “Rent” costs $10 less over the 5 years to FY 2031.",
        ),
        (
            ([10, 20, 0, 0, 0], [20, 10, 0, 0, 0]),
            None,
            "Both cost $30 over the 5 years to FY 2031. “Buy at once” costs $10 less in FY 2027.",
        ),
        (([5, 0, 0, 0, 0], [5, 0, 0, 0, 0]), None, "Both cost $5 over the 5 years to FY 2031."),
    ],
)
def test_which_is_cheaper_now_and_in_the_end(
    cast: SimpleNamespace,
    budget: Budget,
    amounts: tuple[list[int], list[int]],
    turns_in: int | None,
    finding: str,
) -> None:
    comparison = compared(cast, budget, *amounts)
    assert (comparison.finding, comparison.turns_in) == (finding, turns_in)


def test_lines_that_cross_twice_turn_where_it_stays(cast: SimpleNamespace, budget: Budget) -> None:
    # So far: 10 20 50 60 70 against 20 21 22 70 75; the first is ahead, behind, ahead.
    comparison = compared(cast, budget, [10, 10, 30, 10, 10], [20, 1, 1, 48, 5])
    assert comparison.cheaper_in_the_end is comparison.first
    assert comparison.turns_in == 2030


def test_running_it_and_security_are_in(cast: SimpleNamespace, budget: Budget) -> None:
    write(
        budget,
        1,
        line(2027, "100.10"),
        line(2028, "5.05", kind="recurring"),
        line(2028, 7, element="security"),
        line(2033, 1000),
        by=cast.head,
    )
    write(budget, 2, line(2027, 1), by=cast.head)
    comparison = options.compare(*budget.options.all(), years=YEARS)
    side = comparison.first
    assert side.amounts == (Decimal("100.10"), Decimal("12.05"), 0, 0, 0)
    assert (side.once, side.running, side.security) == (Decimal("107.10"), Decimal("5.05"), 7)
    assert (side.together, side.later, side.left_out) == (Decimal("112.15"), 1000, ())
    assert comparison.second.left_out == ("running it", "security")


def test_an_option_is_written_as_one_state(cast: SimpleNamespace, budget: Budget) -> None:
    first = write(budget, 1, line(2027, 10), line(2028, 20), by=cast.head)
    ten, twenty = first.lines.order_by("amount")
    ten.amount = Decimal(15)
    options.save(
        budget,
        place=1,
        name="Buy",
        note="From two offers",
        lines=[ten, line(2029, 5)],
        removed=[twenty.pk],
        seen=1,
        by=cast.head,
    )
    option = budget.options.get()
    assert (option.name, option.note, option.revision) == ("Buy", "From two offers", 2)
    assert list(option.lines.values_list("amount", flat=True)) == [15, 5]
    assert option.lines.get(pk=ten.pk).amount == 15


def test_an_overtaken_page_of_an_option_saves_nothing(
    cast: SimpleNamespace, budget: Budget
) -> None:
    option = write(budget, 1, line(2027, 10), by=cast.head)
    for seen in (0, 2):
        with pytest.raises(Stale, match="Somebody else changed this option"):
            write(budget, 1, line(2027, 99), by=cast.head, seen=seen)
        with pytest.raises(Stale, match="changed or removed"):
            options.remove(option, seen=seen, by=cast.head)
    assert [row.amount for row in option.lines.all()] == [10]


def test_a_refused_line_leaves_the_option_as_it_was(cast: SimpleNamespace, budget: Budget) -> None:
    write(budget, 1, line(2027, 10), by=cast.head)
    with pytest.raises(IntegrityError), transaction.atomic():
        write(budget, 1, line(2027, 5), line(2027, -1), by=cast.head, seen=1)
    option = budget.options.get()
    assert (option.revision, option.lines.count()) == (1, 1)


def test_lines_of_another_option_are_out_of_reach(cast: SimpleNamespace, budget: Budget) -> None:
    other = write(make_project(cast).budget, 1, line(2027, 70), by=cast.head)
    foreign = other.lines.get()
    foreign.amount = Decimal(1)
    options.save(
        budget,
        place=1,
        name="Mine",
        note="",
        lines=[foreign],
        removed=[foreign.pk],
        seen=0,
        by=cast.head,
    )
    assert other.lines.get().amount == 70


def test_an_option_counts_nowhere(cast: SimpleNamespace, budget: Budget) -> None:
    dedicated = dedicate(add_costs(budget, cast=cast), cast=cast)
    before = Budget.objects.filter(pk=budget.pk).values().get()
    option = write(dedicated, 1, line(2027, 999_999), by=cast.head)
    options.remove(option, seen=1, by=cast.head)
    assert Budget.objects.filter(pk=budget.pk).values().get() == before
    assert not OptionLine.objects.exists()


def test_an_option_becomes_the_plan_and_lines_keep_their_fund(
    cast: SimpleNamespace, budget: Budget
) -> None:
    add_costs(budget, cast=cast)
    first = budget.first_fiscal_year
    paid = budget.cost_lines.get(kind="recurring", fiscal_year=first)
    option = write(
        budget,
        2,
        line(first, 7000, kind="recurring", element="staff"),
        line(first, 50, element="security"),
        line(first, 60, element="hardware"),
        by=cast.head,
    )
    saved = options.use(option, seen=options.mark(budget, option), by=cast.head)
    amounts = sorted(saved.cost_lines.values_list("amount", flat=True))
    assert amounts == [50, 60, 7000]
    kept = saved.cost_lines.get(pk=paid.pk)
    assert (kept.amount, kept.source_id) == (7000, paid.source_id)
    assert (saved.one_time_cost, saved.recurring_cost, saved.security_cost) == (110, 7000, 50)


def test_a_plan_that_changed_is_not_replaced(cast: SimpleNamespace, budget: Budget) -> None:
    option = write(budget, 1, line(2027, 10), by=cast.head)
    seen = options.mark(budget, option)
    options.use(option, seen=seen, by=cast.head)
    with pytest.raises(Stale, match="The plan or the option changed"):
        options.use(option, seen=seen, by=cast.head)
    assert budget.cost_lines.count() == 1


def test_the_chart_draws_both_and_where_they_cross(cast: SimpleNamespace, budget: Budget) -> None:
    comparison = compared(cast, budget, [100, 10, 10, 10, 10], [30, 35, 35, 35, 35])
    chart = drawn.chart(comparison)
    assert chart is not None
    assert comparison.finding in chart.finding
    assert [tick.label for tick in chart.amounts] == ["$0", "$50", "$100", "$150", "$200"]
    assert [tick.label for tick in chart.years] == [f"FY {year}" for year in YEARS]
    assert [(one.name, one.end.label, one.is_dashed) for one in chart.lines] == [
        ("Buy at once", "$140", False),
        ("Rent", "$170", True),
    ]
    assert chart.turn is not None
    assert chart.turn.label == "Turning point, FY 2030"
    for one in chart.lines:
        places = [tuple(map(Decimal, spot.split(","))) for spot in one.points.split()]
        assert [x for x, _ in places] == sorted(x for x, _ in places)
        assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
        assert all(58 <= x <= 372 and 54 <= y <= 204 for x, y in places)


def test_labels_at_the_end_stay_apart(cast: SimpleNamespace, budget: Budget) -> None:
    chart = drawn.chart(compared(cast, budget, [100, 0, 0, 0, 0], [101, 0, 0, 0, 0]))
    assert chart is not None
    ends = [Decimal(one.end.label_at) for one in chart.lines]
    assert ends[0] - ends[1] >= 15


def test_what_costs_nothing_is_not_drawn(cast: SimpleNamespace, budget: Budget) -> None:
    assert drawn.chart(compared(cast, budget, [], [])) is None


@pytest.mark.parametrize("years", [1, 25])
def test_a_short_and_a_long_horizon_fit(cast: SimpleNamespace, budget: Budget, years: int) -> None:
    write(budget, 1, line(2027, "9999999999999.99"), by=cast.head)
    write(budget, 2, line(2027, 1), by=cast.head)
    chart = drawn.chart(options.compare(*budget.options.all(), years=range(2027, 2027 + years)))
    assert chart is not None
    assert len(chart.years) <= 6
    assert len(chart.amounts) <= 5
    assert len(chart.lines[0].marks) == years
