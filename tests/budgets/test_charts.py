"""Geometry of the charts of money, their findings in words, and the contrast of their looks."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from budgets.charts import cost_by_year, drawing, elements, fund_stack, planned_spent
from budgets.charts.drawing import CROSS, EMPTY, SOLID, Look, Segment
from budgets.models import CostLine
from tests.contrast import contrast

STACK = [
    fund_stack.Year("FY 2026", *map(Decimal, (900_000, 100_000, 0, 50_000, 950_000))),
    fund_stack.Year("FY 2027", *map(Decimal, (1_800_000, 250_000, 950_000, 0, 318_000))),
]
SPENT = [
    planned_spent.Year("FY 2026", Decimal(500_000), Decimal(600_000)),
    planned_spent.Year("FY 2027", Decimal(1_000_000), Decimal(250_000)),
]
COST = [
    elements.Element("Services", Decimal(900_000), Decimal(100_000)),
    elements.Element("Security", Decimal(0), Decimal(100_000), is_security=True),
]


def length(part: Segment) -> float:
    """The part with the gap behind it."""
    return float(part.width) + 2


# Looks


@pytest.mark.parametrize("look", drawing.LOOKS, ids=lambda look: look.css)
def test_every_color_stands_out_from_the_paper(look: Look) -> None:
    assert contrast(look.color, drawing.PAPER) >= 4.5


def token(name: str) -> tuple[str, str]:
    """Return a color of the style sheet as it is on a light and on a dark page."""
    sheet = (settings.BASE_DIR / "static" / "css" / "base.css").read_text()
    found = re.search(rf"--{name}: light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)", sheet)
    assert found, name
    light, dark = (
        f"#{''.join(2 * sign for sign in c[1:])}" if len(c) == 4 else c for c in found.groups()
    )
    return light, dark


@pytest.mark.parametrize("name", ["f1", "f2", "f3", "bad", "ink", "ink-2"])
def test_every_color_stands_out_from_the_page_in_light_and_dark(name: str) -> None:
    pairs = zip(token(name), token("card"), strict=True)
    assert all(contrast(color, card) >= 4.5 for color, card in pairs)


@pytest.mark.parametrize("name", ["f1", "f2"])
def test_labels_on_solid_bars_can_be_read_in_light_and_dark(name: str) -> None:
    light, dark = token(name)
    sheet = (settings.BASE_DIR / "static" / "css" / "app.css").read_text()
    assert ".chart .c-in {\n    fill: light-dark(#fff, #0f151b);" in sheet
    assert contrast(light, "#ffffff") >= 4.5
    assert contrast(dark, "#0f151b") >= 4.5


def test_no_two_parts_of_one_bar_share_a_pattern() -> None:
    patterns = [look.pattern for _, _, look in fund_stack.PARTS]
    assert len(set(patterns)) == len(patterns)
    assert len({SOLID.pattern, CROSS.pattern, EMPTY.pattern}) == 3


@pytest.mark.parametrize("look", drawing.LOOKS, ids=lambda look: look.css)
def test_a_pattern_is_defined_where_it_is_used(look: Look) -> None:
    defined = render_to_string("charts/patterns.html", {"chart_id": "one"})
    fill = render_to_string("charts/fill.html", {"look": look, "chart_id": "one"})
    assert (f"url(#one-{look.pattern})" in fill) == look.is_hatched
    assert (f'id="one-{look.pattern}"' in defined) == look.is_hatched
    assert ("stroke=" in fill) == (look.pattern != "solid")


# Bars


def test_parts_are_as_long_as_their_amounts_with_a_gap_between() -> None:
    parts = drawing.bar([(SOLID, Decimal(75)), (EMPTY, Decimal(25))], most=Decimal(100))
    assert [length(part) for part in parts] == pytest.approx([201, 67], abs=0.2)
    first, second = parts
    assert float(second.x) - float(first.x) - float(first.width) == pytest.approx(2, abs=0.2)
    assert float(first.x) == float(drawing.LEFT)


def test_nothing_and_less_than_nothing_are_not_drawn() -> None:
    parts = [(SOLID, Decimal(0)), (SOLID, Decimal(-5)), (SOLID, Decimal("0.01"))]
    [one] = drawing.bar(parts, most=Decimal(10) ** 13)
    assert (one.width, one.label) == ("0.5", "")


def test_a_label_stands_only_where_it_fits() -> None:
    long, short = drawing.bar([(SOLID, Decimal(90)), (SOLID, Decimal(10))], most=Decimal(100))
    assert (long.label, short.label) == ("$90", "")
    assert float(long.x) < float(long.label_x) < float(long.x) + float(long.width)
    assert float(long.plate_width) < float(long.width)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(1, 0, None), (0, 5, 0), (1, 1000, 1), (996, 1000, 99), (1, 1, 100), (1002, 1000, 101)],
)
def test_a_share_is_100_only_where_both_are_the_same(
    part: int, whole: int, percent: int | None
) -> None:
    assert drawing.share(Decimal(part), Decimal(whole)) == percent


def test_too_many_years_are_summed_in_the_first_row() -> None:
    years = [planned_spent.Year(f"FY {2000 + n}", Decimal(10), Decimal(n)) for n in range(30)]
    chart = planned_spent.chart(years)
    assert chart
    assert len(chart.bars) == drawing.MOST_ROWS
    assert [bar.label for bar in chart.bars[:2]] == ["Earlier", "FY 2019"]
    assert chart.bars[0].planned_label == "$190"
    assert len(chart.years) == 30, "the table has every year"
    assert chart.total == planned_spent.Year("All years", Decimal(300), Decimal(435))


def test_rows_do_not_touch_and_stay_inside_the_drawing() -> None:
    for chart in (fund_stack.chart(STACK * 6, current="FY 2027"), elements.chart(COST * 4)):
        assert chart
        tops = [float(bar.y) for bar in chart.bars]
        assert all(below - above >= float(chart.bar_height) + 2 for above, below in pairwise(tops))
        assert tops[-1] + float(chart.bar_height) <= float(chart.height)


def test_legends_do_not_overlap_and_fit() -> None:
    for chart in (
        fund_stack.chart(STACK, current="FY 2027"),
        planned_spent.chart(SPENT),
        elements.chart(COST),
    ):
        assert chart
        assert all(float(one.text_x) < float(other.x) for one, other in pairwise(chart.keys))
        last = chart.keys[-1]
        assert float(last.text_x) + 6.4 * len(last.label) < drawing.WIDTH


# What was appropriated


def test_the_parts_of_a_year_are_what_was_appropriated() -> None:
    chart = fund_stack.chart(STACK, current="FY 2027")
    assert chart
    first, second = chart.bars
    assert [bar.total for bar in chart.bars] == ["$1.1M", "$3M"]
    assert [part.look.pattern for part in first.segments] == ["solid", "lines", "dots"]
    assert [part.look.pattern for part in second.segments] == ["solid", "lines", "empty"]
    assert sum(map(length, second.segments)) == pytest.approx(float(drawing.LONGEST), abs=0.3)
    assert second.spent_label == "$318K spent"
    assert [key.label for key in chart.keys] == [
        *("Committed", "Held", "Free", "Lapsed"),
        "Spent in the year",
    ]
    assert (chart.total.appropriated, chart.total.free) == (4_050_000, 950_000)


def test_spending_above_what_was_appropriated_is_longer_than_its_year() -> None:
    year = fund_stack.Year("FY 2027", *map(Decimal, (100, 0, 0, 0, 150)))
    chart = fund_stack.chart([year], current="FY 2027")
    assert chart
    assert year.over == 50
    [above], [below] = chart.bars[0].segments, chart.bars[0].spent
    assert length(below) == pytest.approx(length(above) * 1.5, abs=0.3)


def test_the_finding_of_a_stack_speaks_of_the_current_year_and_of_all() -> None:
    assert fund_stack.finding(STACK, current="FY 2027") == (
        "Bars of what was appropriated for each fiscal year, and what became of it. For FY 2027 it "
        "is $3M, of which $950K is free, $1.8M is committed and $250K is held. In that year $318K "
        "was spent. In all years together, $950K of $4.1M is free."
    )
    assert "For FY 2026 it is $1.1M" in fund_stack.finding(STACK[:1], current="FY 2027")
    assert "$50K lapsed." in fund_stack.finding(STACK[:1], current="FY 2026")


# Planned and spent


def test_what_is_beyond_the_plan_is_drawn_apart() -> None:
    chart = planned_spent.chart(SPENT)
    assert chart
    over, under = chart.bars
    assert [part.look for part in over.spent] == [SOLID, CROSS]
    assert length(over.spent[0]) == pytest.approx(length(over.planned[0]), abs=0.2)
    assert [part.look for part in under.spent] == [SOLID]
    assert (over.spent_label, under.spent_label) == ("$600K, 120% – over", "$250K, 25%")
    assert (over.is_over, under.is_over) == (True, False)


def test_a_plan_that_is_kept_has_no_word_of_over() -> None:
    chart = planned_spent.chart(SPENT[1:])
    assert chart
    assert [key.label for key in chart.keys] == ["Planned", "Spent"]
    assert chart.finding.endswith("No year is over its plan.")


@pytest.mark.parametrize(
    ("planned", "spent", "said"),
    [
        (100, 0, "Nothing spent"),
        (100, 40, "40% spent"),
        (100, 100, "100% spent"),
        (100_000, 100_100, "101% spent, over by $100"),
        (100, 1_200_000, "1,200,000% spent, over by $1,199,900"),
        (0, 7, "Spent without a plan"),
    ],
)
def test_how_much_of_the_plan_is_spent_is_told_in_words(
    planned: int, spent: int, said: str
) -> None:
    assert planned_spent.Year("FY 2027", Decimal(planned), Decimal(spent)).words == said


def test_the_finding_names_the_years_over_their_plan() -> None:
    assert planned_spent.finding(SPENT) == (
        "Bars of what was planned and what was spent in each fiscal year from FY 2026 to FY 2027. "
        "Of $1.5M planned, $850K is spent, 56 percent. The spending of FY 2026 is over its plan by "
        "$100K: 120 percent."
    )
    many = [planned_spent.Year(f"FY {2020 + n}", Decimal(1), Decimal(2)) for n in range(5)]
    assert planned_spent.finding(many).endswith(" 2 more years are over.")
    unplanned = planned_spent.Year("FY 2027", Decimal(0), Decimal(5))
    assert "Nothing was planned for FY 2027, and $5 was spent." in planned_spent.finding(
        [unplanned]
    )
    unspent = planned_spent.Year("FY 2027", Decimal(5), Decimal(0))
    assert "nothing is spent yet" in planned_spent.finding([unspent])


# Cost by year


def years(*amounts: int) -> tuple[cost_by_year.YearCost, ...]:
    """Capital and contingency in the first year, recurring cost after it."""
    return tuple(
        cost_by_year.YearCost(
            label=f"FY {2027 + place}",
            capital=Decimal(0 if place else amount),
            one_time=Decimal(0),
            contingency=Decimal(0 if place else amount // 4),
            recurring=Decimal(amount if place else 0),
        )
        for place, amount in enumerate(amounts)
    )


def test_a_year_is_stacked_by_kind_and_no_two_kinds_look_alike() -> None:
    chart = cost_by_year.chart(years(80_000, 50_000))
    assert chart
    first, second = chart.bars
    assert [bar.total for bar in chart.bars] == ["$100K", "$50K"]
    assert sum(map(length, first.segments)) == pytest.approx(float(drawing.LONGEST), abs=0.2)
    assert length(second.segments[0]) == pytest.approx(float(drawing.LONGEST) / 2, abs=0.2)
    assert [part.look.pattern for part in first.segments] == ["solid", "dots"]
    assert [key.label for key in chart.keys] == ["Capital", "Contingency", "Recurring"]
    patterns = [look.pattern for _, _, look in cost_by_year.KINDS]
    assert len(set(patterns)) == len(patterns)


def test_the_finding_names_the_dearest_year() -> None:
    chart = cost_by_year.chart(years(80_000, 50_000))
    assert chart
    assert "The dearest year is FY 2027 with $100,000; together they cost $150,000" in chart.finding
    assert cost_by_year.finding(years(80_000)).startswith("One bar: all of the cost")


def test_later_years_share_the_last_bar() -> None:
    chart = cost_by_year.chart(years(*[10] * 30))
    assert chart
    assert len(chart.bars) == drawing.MOST_ROWS
    assert (chart.bars[-1].label, chart.bars[-1].total) == ("Later", "$190")


# Whole-life cost


def line(element: str, amount: int, kind: str = "capital") -> CostLine:
    return CostLine(element=element, kind=kind, fiscal_year=2027, amount=Decimal(amount))


def test_lines_are_summed_by_element_dearest_first() -> None:
    found = elements.of_lines(
        [
            line("software", 10),
            line("services", 30),
            line("software", 5, "one_time"),
            line("software", 40, "recurring"),
        ]
    )
    assert [(one.label, one.once, one.recurring) for one in found] == [
        ("Software", 15, 40),
        ("Services", 30, 0),
        ("Security", 0, 0),
    ]
    assert elements.of_lines([]) == ()


def test_elements_show_once_and_recurring_apart_and_the_part_of_the_whole() -> None:
    chart = elements.chart(COST)
    assert chart
    assert [[part.look.pattern for part in bar.segments] for bar in chart.bars] == [
        ["solid", "lines"],
        ["lines"],
    ]
    assert [row.percent for row in chart.rows] == [Decimal("90.9"), Decimal("9.1")]
    assert (chart.total.once, chart.total.recurring, chart.total.total) == (
        900_000,
        200_000,
        1_100_000,
    )
    assert chart.finding == (
        "Bars of the whole-life cost by what it pays for, together $1.1M. The largest part is "
        "services with $1M, 90.9 percent. Security is $100K, 9.1 percent. Of the whole, $200K "
        "recurs, 18.2 percent."
    )


# Drawn


@pytest.mark.parametrize("name", ["fund_stack", "planned_spent", "elements"])
def test_a_drawing_states_its_finding_and_its_table_has_every_amount(name: str) -> None:
    charts = {
        "fund_stack": fund_stack.chart(STACK, current="FY 2027"),
        "planned_spent": planned_spent.chart(SPENT),
        "elements": elements.chart(COST),
    }
    context = {"chart": charts[name], "chart_id": "one", "caption": "Numbers"}
    drawn = render_to_string(f"charts/{name}.html", context)
    assert f'<title id="one-title">{charts[name].finding}</title>' in drawn  # type: ignore[union-attr]
    assert 'role="img"' in drawn
    assert 'aria-labelledby="one-title"' in drawn
    assert "style=" not in drawn
    table = render_to_string(f"charts/{name}_table.html", context)
    amounts = {
        "fund_stack": ("$1,050,000", "$250,000", "$318,000", "All years"),
        "planned_spent": ("120% spent, over by $100,000", "$250,000", "56% spent", "All years"),
        "elements": ("$900,000", "9.1%", "$1,100,000", "Together"),
    }
    for amount in amounts[name]:
        assert amount in table


def test_nothing_draws_nothing() -> None:
    assert fund_stack.chart([], current="FY 2027") is None
    assert fund_stack.chart([fund_stack.Year("FY 2027", *[Decimal(0)] * 5)], current="") is None
    assert planned_spent.chart([]) is None
    assert planned_spent.chart([planned_spent.Year("FY 2027", Decimal(0), Decimal(0))]) is None
    assert elements.chart([]) is None
    assert cost_by_year.chart([]) is None
    assert cost_by_year.chart(years(0, 0)) is None


@pytest.mark.parametrize("most", ["0.01", "1", "9999999999999.99"])
def test_amounts_of_any_size_are_drawn(most: str) -> None:
    chart = planned_spent.chart([planned_spent.Year("FY 2027", Decimal(most), Decimal(most))])
    assert chart
    assert length(chart.bars[0].planned[0]) == pytest.approx(float(drawing.LONGEST), abs=0.2)
