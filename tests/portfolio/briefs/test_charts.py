"""Geometry of the charts, and the contrast of their colors."""

from decimal import Decimal
from itertools import pairwise

import pytest

from portfolio.briefs import charts
from tests.portfolio.briefs.samples import years


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors (WCAG 2.2, relative luminance)."""

    def luminance(color: str) -> float:
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", charts.KINDS, ids=lambda kind: kind[0])
def test_labels_on_bars_can_be_read(kind: tuple[str, str, str, str]) -> None:
    assert contrast(kind[3], charts.PAPER) >= 4.5


def test_bars_are_as_long_as_their_amounts() -> None:
    chart = charts.cost_by_year(years(80_000, 50_000))
    assert chart
    first, second = chart.bars
    assert [bar.total for bar in chart.bars] == ["$100K", "$50K"]
    longest = sum(float(part.width) + 1 for part in first.segments)
    assert longest == pytest.approx(float(charts.BARS_WIDTH), abs=0.2)
    assert float(second.segments[0].width) + 1 == pytest.approx(longest / 2, abs=0.2)
    assert [part.css for part in first.segments] == ["c-f1", "c-f3"]
    assert [key.label for key in chart.keys] == ["Capital", "Contingency", "Recurring"]


def test_the_finding_names_the_dearest_year() -> None:
    chart = charts.cost_by_year(years(80_000, 50_000))
    assert chart
    assert "The dearest year is FY 2027 with $100,000; together they cost $150,000" in chart.finding


def test_no_cost_draws_nothing() -> None:
    assert charts.cost_by_year(()) is None
    assert charts.cost_by_year(years(0, 0)) is None
    assert charts.running_total([]) is None
    assert charts.running_total([(Decimal(0), Decimal(0))]) is None


def test_later_years_share_the_last_bar() -> None:
    chart = charts.cost_by_year(years(*[10] * 30))
    assert chart
    assert len(chart.bars) == charts.MOST_BARS
    assert chart.bars[-1].label == "Later"
    assert chart.bars[-1].total == "$190"


def test_running_totals_rise_and_end_at_their_labels() -> None:
    steps = [
        (Decimal(100), Decimal(100)),
        (Decimal(300), Decimal(100)),
        (Decimal(400), Decimal(250)),
    ]
    chart = charts.running_total(steps)
    assert chart
    assert [tick.label for tick in chart.amounts] == ["$0", "$100", "$200", "$300", "$400"]
    heights = [float(part.split("H")[0]) for part in chart.cost.split("V")[1:]]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == float(chart.amounts[-1].at), "the last step is at the top mark"
    assert chart.finding.startswith("The 3 projects cost $400 once, with contingency. $250 was")
    assert [tick.label for tick in chart.ranks] == ["1", "2", "3"]


@pytest.mark.parametrize("length", [1, 2, 9, 10, 11, 199, 2008, 10_000])
def test_a_list_of_any_length_gets_a_handful_of_marks(length: int) -> None:
    steps = [(Decimal(place), Decimal(place)) for place in range(1, length + 1)]
    chart = charts.running_total(steps)
    assert chart
    assert chart.cost.count("H") <= charts.MOST_STEPS
    labels = [int(tick.label.replace(",", "")) for tick in chart.ranks]
    assert labels[0] == 1
    assert labels[-1] == length
    assert len(labels) <= 12
    assert all(one < other for one, other in pairwise(labels))


def test_labels_of_close_totals_do_not_touch() -> None:
    chart = charts.running_total([(Decimal(1000), Decimal(999))])
    assert chart
    gap = float(chart.committed_label.label_at) - float(chart.cost_label.label_at)
    assert gap >= float(charts.LABEL_GAP) - 0.1


@pytest.mark.parametrize("most", ["0.01", "1", "3", "999", "1000", "1001", "9999999999999.99"])
def test_the_axis_has_few_round_steps_and_holds_everything(most: str) -> None:
    chart = charts.running_total([(Decimal(most), Decimal(0))])
    assert chart
    assert 2 <= len(chart.amounts) <= 6
    assert float(chart.cost_label.label_at) >= float(charts.LINES_TOP)
